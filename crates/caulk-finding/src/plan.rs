//! Fixes in the order in which they are applied.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use caulk_source::{Edit, FileId, SourceFile, apply_edits};

use crate::{Finding, Fix};

/// One finding and how it is closed, on the text that the passes before have left.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The finding. Its places are those of the text that the fix is for.
    pub finding: Finding,
    /// Its place in the report; nothing for one that an earlier pass has revealed.
    pub reported: Option<usize>,
    /// What is done.
    pub fix: Fix,
}

/// Fixes that keep out of each other's way.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Pass {
    /// The files that they change, as they are before.
    pub before: BTreeMap<FileId, Arc<SourceFile>>,
    /// By path, then place.
    pub steps: Vec<Step>,
}

/// Fixes in the order in which they are applied: each pass on what the one before has left. What
/// wants the text that another fix changes is planned again on the result.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Plan {
    /// The passes.
    pub passes: Vec<Pass>,
    /// Findings that no step is for and that are gone with the others, by their places in the report.
    pub along: BTreeSet<usize>,
    /// Whether only fixes that are safe were wanted.
    pub only_safe: bool,
}

impl Pass {
    /// The edits of a file, sorted; what two fixes both ask for once.
    pub fn edits(&self, file: FileId) -> Vec<Edit> {
        let edits = self.steps.iter().flat_map(|step| &step.fix.edits);
        let edits: BTreeSet<&Edit> = edits.filter(|edit| edit.span.file == file).collect();
        edits.into_iter().cloned().collect()
    }

    /// The bytes of each file that it changes, afterwards. A file whose edits do not fit is left
    /// out.
    pub fn after(&self) -> BTreeMap<FileId, Vec<u8>> {
        let files = self.before.iter().filter_map(|(id, file)| {
            let bytes = apply_edits(file.bytes(), &self.edits(*id)).ok()?;
            Some((*id, bytes))
        });
        files.collect()
    }
}

impl Plan {
    /// Whether nothing is done.
    pub fn is_empty(&self) -> bool {
        self.passes.is_empty()
    }

    /// The path of the file, as it is before the first pass that changes it.
    pub fn file(&self, id: FileId) -> Option<&Arc<SourceFile>> {
        self.passes.iter().find_map(|pass| pass.before.get(&id))
    }

    /// Every step, in order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.passes.iter().flat_map(|pass| &pass.steps)
    }

    /// The bytes of each file that it changes, after all passes.
    pub fn after(&self) -> BTreeMap<FileId, Vec<u8>> {
        self.passes.iter().flat_map(Pass::after).collect()
    }
}
