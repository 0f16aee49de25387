//! A remedy as edits, before anybody has proved them.

use std::collections::BTreeSet;

use caulk_finding::{Applicability, Change, Finding, Fix, Remedy};
use caulk_source::{Edit, FileId, Span, Surface};
use caulk_surfaces::Work;

use super::view::View;

/// A remedy as edits.
pub(crate) struct Proposal<'a> {
    pub(crate) finding: &'a Finding,
    remedy: &'a Remedy,
    pub(crate) edits: Vec<Edit>,
    /// The containers that it may change, by their index in the view.
    pub(super) touches: BTreeSet<usize>,
}

impl<'a> Proposal<'a> {
    /// The remedy of a finding as edits; nothing where it has none.
    pub(crate) fn of(view: &View<'_>, finding: &'a Finding) -> Option<Result<Self, String>> {
        let remedy = finding.remedy.as_ref()?;
        Some(Self::written(view, finding, remedy))
    }

    fn written(view: &View<'_>, finding: &'a Finding, remedy: &'a Remedy) -> Result<Self, String> {
        let mut edits: BTreeSet<Edit> = BTreeSet::new();
        for change in &remedy.changes {
            let written = view.workspace.edits(change);
            edits.extend(written.map_err(|refusal| refusal.to_string())?);
        }
        let edits: Vec<Edit> = edits.into_iter().collect();
        let mut pairs = edits.iter().zip(edits.iter().skip(1));
        if pairs.any(|(a, b)| a.overlaps(b)) {
            return Err("two of its edits want the same text".to_owned());
        }
        let stands = |edit: &Edit| view.sources.slice(edit.span) == edit.text;
        if edits.iter().all(stands) {
            return Err("it would change nothing".to_owned());
        }
        let mut proposal = Self {
            finding,
            remedy,
            edits,
            touches: BTreeSet::new(),
        };
        proposal.touches = proposal.touched(view);
        Ok(proposal)
    }

    /// The files that it changes.
    pub(super) fn files(&self) -> BTreeSet<FileId> {
        self.edits.iter().map(|edit| edit.span.file).collect()
    }

    /// What it is to make true, and how.
    pub(super) fn work(&self) -> Work<'_> {
        Work {
            changes: &self.remedy.changes,
            edits: &self.edits,
            takes_comments: self.remedy.applicability != Applicability::Safe,
        }
    }

    /// The items and values that it takes away.
    pub(super) fn removed(&self) -> impl Iterator<Item = Span> {
        self.remedy
            .changes
            .iter()
            .filter_map(|change| match change {
                Change::Remove { entry } => Some(*entry),
                Change::RunAs { .. } | Change::Become { .. } | Change::Harden { .. } => None,
            })
    }

    /// As a fix that is not proved yet.
    pub(super) fn fix(&self) -> Fix {
        Fix {
            title: self.remedy.title.clone(),
            applicability: self.remedy.applicability.clone(),
            edits: self.edits.clone(),
            reveals: Vec::new(),
        }
    }

    /// A file that is not a Compose file is changed for all who stand on it; in a Compose file the
    /// services count that are named, or all where none is.
    fn touched(&self, view: &View<'_>) -> BTreeSet<usize> {
        let mut touched = BTreeSet::new();
        for file in self.files() {
            let named = if view.surface(file) == Some(Surface::Compose) {
                view.declared_at(&self.named())
            } else {
                BTreeSet::new()
            };
            if named.is_empty() {
                touched.extend(view.touched_by(file));
            } else {
                touched.extend(named);
            }
        }
        touched
    }

    /// Where the containers that it is about are declared.
    fn named(&self) -> BTreeSet<Span> {
        let places = self.remedy.changes.iter().map(Change::place);
        let related = self.finding.related.iter().map(|label| label.span);
        let declared = self.finding.declared;
        places.chain(related).chain(declared).collect()
    }
}
