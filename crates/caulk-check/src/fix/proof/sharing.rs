//! Whom a fix changes besides those that it is about.

use std::collections::{BTreeMap, BTreeSet};

use caulk_model::Container;
use caulk_source::{Edit, FileId, Span};

use super::super::proposal::Proposal;

/// A text that an edit wrote, by its place in the file afterwards.
struct Text {
    start: i64,
    end: i64,
    /// The proposals that have the edit.
    by: Vec<usize>,
}

/// For each proposal of a round, the containers afterwards that have from it what it wrote, and that it
/// is not about.
pub(super) fn sharers(containers: &[&Container], round: &[&Proposal<'_>]) -> Vec<BTreeSet<usize>> {
    let texts = Texts::of(round);
    let mut sharers = vec![BTreeSet::new(); round.len()];
    for (index, container) in containers.iter().enumerate() {
        let origins = container.declared.origins();
        let by = origins.filter_map(|origin| texts.who_wrote(origin.span()));
        let by: BTreeSet<usize> = by.flatten().copied().collect();
        for position in by {
            let about = round
                .get(position)
                .is_none_or(|proposal| proposal.touches.contains(&index));
            if let Some(sharers) = sharers.get_mut(position).filter(|_| !about) {
                sharers.insert(index);
            }
        }
    }
    sharers
}

/// The texts that the edits of a round wrote, file by file and in order.
pub(super) struct Texts(BTreeMap<FileId, Vec<Text>>);

impl Texts {
    pub(super) fn of(round: &[&Proposal<'_>]) -> Self {
        let mut by_edit: BTreeMap<&Edit, Vec<usize>> = BTreeMap::new();
        for (position, proposal) in round.iter().enumerate() {
            for edit in &proposal.edits {
                by_edit.entry(edit).or_default().push(position);
            }
        }
        let mut texts: BTreeMap<FileId, Vec<Text>> = BTreeMap::new();
        let mut shifts: BTreeMap<FileId, i64> = BTreeMap::new();
        for (edit, by) in by_edit {
            let shift = shifts.entry(edit.span.file).or_default();
            let start = i64::from(edit.span.start) + *shift;
            let length = i64::try_from(edit.text.len()).unwrap_or(i64::MAX);
            let end = start.saturating_add(length);
            *shift += length - i64::from(edit.span.end - edit.span.start);
            texts
                .entry(edit.span.file)
                .or_default()
                .push(Text { start, end, by });
        }
        Self(texts)
    }

    /// The proposals that wrote the text at a place.
    fn who_wrote(&self, place: Span) -> Option<&[usize]> {
        let texts = self.0.get(&place.file)?;
        let first = texts.partition_point(|text| text.end <= i64::from(place.start));
        let text = texts.get(first)?;
        (text.start < i64::from(place.end)).then_some(text.by.as_slice())
    }

    /// Whether a place of the text afterwards is one that the edits wrote.
    pub(super) fn hold(&self, place: Span) -> bool {
        self.who_wrote(place).is_some()
    }
}
