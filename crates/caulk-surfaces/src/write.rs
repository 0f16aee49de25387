//! From remedies to edits of the files in which they are written.

use std::collections::BTreeSet;

use caulk_finding::Change;
use caulk_source::{Edit, Span};

use crate::compose::{self, Project};
use crate::workspace::{Tree, Workspace};
use crate::{NotOffered, dockerfile};

impl Workspace<'_> {
    /// The edits that make a change true in the file that it names.
    ///
    /// # Errors
    ///
    /// [`NotOffered`] with the reason where the surface cannot write it without touching more.
    pub fn edits(&self, change: &Change) -> Result<Vec<Edit>, NotOffered> {
        let change = &self.placed(change)?;
        let file = change.place().file;
        let missing = NotOffered("the file is not here");
        let source = self.sources.get(file).ok_or(missing)?;
        match self.trees.get(&file).ok_or(missing)? {
            Tree::Dockerfile(tree) => dockerfile::edits(tree, source, change),
            Tree::Compose(tree) => compose::edits(tree, source, change),
            Tree::Seccomp(_) => Err(NotOffered("a profile is not edited yet")),
        }
    }

    /// The change at the place of the service at which it takes effect: in the last of its files that
    /// has the key.
    fn placed(&self, change: &Change) -> Result<Change, NotOffered> {
        let (anchor, keys) = match change {
            Change::RunAs { container, .. } => (*container, &["user"] as &[&str]),
            Change::Harden {
                container,
                hardening,
            } => (*container, compose::keys_of(hardening)),
            Change::Remove { .. } | Change::Become { .. } => return Ok(change.clone()),
        };
        let has_it = |project: &&Project| {
            let mut services = project.services.iter();
            services.any(|service| service.anchor == anchor)
        };
        let projects: Vec<&Project> = self.projects.iter().filter(has_it).collect();
        let is_base = |project: &Project| project.extended.contains(&anchor);
        if self.projects.iter().any(is_base) {
            return Err(NotOffered("other services extend it"));
        }
        if projects.len() > 1 {
            return Err(NotOffered("several projects read it"));
        }
        let places = projects
            .iter()
            .find_map(|project| project.written.get(&anchor));
        let Some(places) = places else {
            return Ok(change.clone());
        };
        let has_key = |place: &&Span| {
            let Some(Tree::Compose(stream)) = self.trees.get(&place.file) else {
                return false;
            };
            compose::has_key(stream, **place, keys)
        };
        let place = places.iter().rev().find(has_key).copied().unwrap_or(anchor);
        let mut change = change.clone();
        match &mut change {
            Change::RunAs { container, .. } | Change::Harden { container, .. } => {
                *container = place;
            }
            Change::Remove { .. } | Change::Become { .. } => {}
        }
        Ok(change)
    }

    /// The lists that nothing is left of when all of `entries` are gone, each with its entries and
    /// with the edits that remove it whole.
    pub fn exhausted(&self, entries: &BTreeSet<Span>) -> Vec<(BTreeSet<Span>, Vec<Edit>)> {
        let compose = self.trees.iter().filter_map(|(file, tree)| match tree {
            Tree::Compose(stream) => Some((self.sources.get(*file)?, stream, *file)),
            Tree::Dockerfile(_) | Tree::Seccomp(_) => None,
        });
        compose
            .flat_map(|(source, stream, file)| {
                let here = entries
                    .iter()
                    .filter(|entry| entry.file == file)
                    .copied()
                    .collect();
                compose::exhausted(stream, source, &here)
            })
            .collect()
    }
}
