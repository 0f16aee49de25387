//! Which fixes one patch can hold.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use caulk_finding::{Fix, Report};
use caulk_source::{Edit, FileId, Sources, Span};

use crate::hunk::{Hunk, hunks};

/// Findings by their place in the report.
pub(crate) type FindingIndex = usize;

/// Why a fix is not in the patch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LeftOut {
    /// The fix of this finding wants the same bytes.
    Overlaps(FindingIndex),
    /// It changes nothing, or names bytes that are not there.
    Unfit,
}

/// The edits of one file, and the findings that ask for each.
#[derive(Default, Debug)]
pub(crate) struct FileEdits {
    /// Sorted; none overlaps another.
    pub(crate) edits: Vec<Edit>,
    /// As many as there are edits: who asks for each of them.
    pub(crate) askers: Vec<Vec<FindingIndex>>,
}

/// The fixes that one patch holds, and those that it cannot.
#[derive(Default, Debug)]
pub(crate) struct Choice {
    /// By file.
    pub(crate) files: BTreeMap<FileId, FileEdits>,
    /// By finding.
    pub(crate) left_out: BTreeMap<FindingIndex, LeftOut>,
}

/// Chooses the fixes of the more severe findings, then of the earlier ones. A fix is taken whole
/// or not at all, and what two fixes both ask for is done once.
pub(crate) fn choose(report: &Report, sources: &Sources) -> Choice {
    let mut order: Vec<(FindingIndex, &Fix)> = Vec::new();
    for (index, reported) in report.findings.iter().enumerate() {
        order.extend(reported.fix.as_ref().map(|fix| (index, fix)));
    }
    let severity = |index: FindingIndex| {
        report
            .findings
            .get(index)
            .map(|reported| reported.finding.severity)
    };
    order.sort_by_key(|(index, _)| (Reverse(severity(*index)), *index));

    let mut taken: BTreeMap<Edit, Vec<FindingIndex>> = BTreeMap::new();
    let mut left_out = BTreeMap::new();
    for (index, fix) in order {
        if !fits(fix, sources) {
            left_out.insert(index, LeftOut::Unfit);
        } else if let Some(other) = fix.edits.iter().find_map(|edit| overlap(&taken, edit)) {
            left_out.insert(index, LeftOut::Overlaps(other));
        } else {
            for edit in &fix.edits {
                taken.entry(edit.clone()).or_default().push(index);
            }
        }
    }

    let mut files: BTreeMap<FileId, FileEdits> = BTreeMap::new();
    for (edit, mut askers) in taken {
        let file = files.entry(edit.span.file).or_default();
        askers.sort_unstable();
        file.edits.push(edit);
        file.askers.push(askers);
    }
    Choice { files, left_out }
}

/// The hunks of one fix alone, by file; nothing where it changes nothing or does not fit.
pub(crate) fn fix_hunks(fix: &Fix, sources: &Sources) -> Option<Vec<(FileId, Vec<Hunk>)>> {
    let mut by_file: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
    for edit in &fix.edits {
        by_file
            .entry(edit.span.file)
            .or_default()
            .push(edit.clone());
    }
    let mut result = Vec::new();
    for (id, mut edits) in by_file {
        edits.sort();
        let hunks = hunks(sources.get(id)?, &edits)?;
        if !hunks.is_empty() {
            result.push((id, hunks));
        }
    }
    (!result.is_empty()).then_some(result)
}

/// Whether all edits lie inside their files, none overlaps another, and one at least changes what
/// stands there.
fn fits(fix: &Fix, sources: &Sources) -> bool {
    let mut edits: Vec<&Edit> = fix.edits.iter().collect();
    edits.sort();
    let overlap_none = edits
        .iter()
        .zip(edits.iter().skip(1))
        .all(|(one, next)| !one.overlaps(next));
    let stands = |edit: &Edit| sources.get(edit.span.file)?.bytes().get(edit.span.range());
    overlap_none
        && edits.iter().all(|edit| stands(edit).is_some())
        && edits
            .iter()
            .any(|edit| stands(edit) != Some(edit.text.as_bytes()))
}

/// Who asked for an edit that `edit` overlaps and is not the same as.
///
/// What is taken does not overlap itself, so only its last entries before the end of `edit` can.
fn overlap(taken: &BTreeMap<Edit, Vec<FindingIndex>>, edit: &Edit) -> Option<FindingIndex> {
    let past = Edit::insert(
        Span {
            start: edit.span.end.saturating_add(1),
            ..edit.span
        },
        "",
    );
    taken
        .range(..past)
        .rev()
        .take_while(|(other, _)| {
            other.span.file == edit.span.file && other.span.end >= edit.span.start
        })
        .find(|(other, _)| *other != edit && other.overlaps(edit))
        .and_then(|(_, askers)| askers.first().copied())
}
