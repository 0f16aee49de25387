//! What a fix, or a pass of fixes, does to each file.

use std::collections::BTreeMap;

use caulk_finding::{Fix, Pass};
use caulk_source::{Edit, FileId, Sources};

use crate::hunk::{Hunk, changes, hunks};

/// Steps by their place in the plan.
pub(crate) type StepIndex = usize;

/// The edits of one file, and the steps that ask for each.
#[derive(Default, Debug)]
pub(crate) struct FileEdits {
    /// Sorted; none overlaps another.
    pub(crate) edits: Vec<Edit>,
    /// As many as there are edits: who asks for each of them.
    pub(crate) askers: Vec<Vec<StepIndex>>,
}

/// The edits of a pass by file. Its steps are counted from `first` on.
pub(crate) fn by_file(pass: &Pass, first: StepIndex) -> BTreeMap<FileId, FileEdits> {
    let mut asked: BTreeMap<&Edit, Vec<StepIndex>> = BTreeMap::new();
    for (index, step) in (first..).zip(&pass.steps) {
        for edit in &step.fix.edits {
            asked.entry(edit).or_default().push(index);
        }
    }
    let mut files: BTreeMap<FileId, FileEdits> = BTreeMap::new();
    for (edit, askers) in asked {
        let file = files.entry(edit.span.file).or_default();
        file.edits.push(edit.clone());
        file.askers.push(askers);
    }
    files
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
        let file = sources.get(id)?;
        let changes = changes(file, &edits)?;
        let one_part = vec![0; changes.len()];
        let hunks = hunks(file, changes, &one_part).into_iter();
        let hunks: Vec<Hunk> = hunks.map(|(_, hunk)| hunk).collect();
        if !hunks.is_empty() {
            result.push((id, hunks));
        }
    }
    (!result.is_empty()).then_some(result)
}
