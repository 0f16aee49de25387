//! From remedies to edits of the files in which they are written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use caulk_finding::Change;
use caulk_source::{Edit, FileId, SourceFile, Span};
use caulk_syntax::dockerfile::Dockerfile;
use caulk_syntax::yaml::Role;

use crate::compose::{self, Project};
use crate::tree::Tree;
use crate::workspace::Workspace;
use crate::{NotOffered, Reach, dockerfile, seccomp};

impl Workspace<'_> {
    /// The edits that make a change true in the file that it names.
    ///
    /// # Errors
    ///
    /// [`NotOffered`] with the reason where the surface cannot write it without touching more.
    pub fn edits(&self, change: &Change, reach: Reach<'_>) -> Result<Vec<Edit>, NotOffered> {
        let file = change.place().file;
        let missing = NotOffered("the file is not here");
        let source = self.sources.get(file).ok_or(missing)?;
        if let Some((_, (dockerfile, text))) = self.inline_at(change.place()) {
            return compose::inline::edits(dockerfile, text, change);
        }
        match (self.trees.get(&file).ok_or(missing)?.as_ref(), reach) {
            (Tree::Compose(_), Reach::AtServices(services))
                if matches!(change, Change::Remove { .. } | Change::Become { .. }) =>
            {
                self.edits_at(services, change)
            }
            (Tree::Compose(tree), _) => compose::edits(tree, source, change),
            (Tree::Dockerfile(tree), _) => dockerfile::edits(tree, source, change),
            (Tree::Seccomp(_), _) => seccomp::edits(file, source, change),
            (Tree::Other(other), _) => other.edits(source, change),
        }
    }

    /// The edits that make a change true for these services alone, each in its file.
    fn edits_at(
        &self,
        services: &BTreeSet<Span>,
        change: &Change,
    ) -> Result<Vec<Edit>, NotOffered> {
        let mut by_file: BTreeMap<FileId, BTreeSet<Span>> = BTreeMap::new();
        for service in services {
            by_file.entry(service.file).or_default().insert(*service);
        }
        let mut edits = Vec::new();
        for (file, services) in by_file {
            let missing = NotOffered("the file is not here");
            let source = self.sources.get(file).ok_or(missing)?;
            let Some(Tree::Compose(stream)) = self.tree(file) else {
                return Err(missing);
            };
            let extended = |service| self.extended(service);
            edits.extend(compose::edits_at(
                stream, source, change, &services, &extended,
            )?);
        }
        Ok(edits)
    }

    /// What the service that is declared at this place has from those that it extends.
    pub(crate) fn extended(&self, service: Span) -> &[compose::Extended] {
        let mut services = self.projects.iter().flat_map(|project| &project.services);
        let service = services.find(|other| other.anchor == service);
        service.map_or(&[], |service| &service.extended)
    }

    /// The Dockerfile in a Compose file in which a place lies, by its own place.
    fn inline_at(&self, place: Span) -> Option<(Span, &(Dockerfile, SourceFile))> {
        let (span, inline) = self.inline.range(..=place).next_back()?;
        let here = span.contains(place).then_some((*span, inline.as_ref()));
        // It begins where the scalar does, and what begins there is longer than what is asked for.
        here.filter(|(span, _)| *span != place)
    }

    /// Whether what a change is about is read for several containers: by an anchor on it or on what
    /// holds it, by services that extend the one that has it, by projects that have the file.
    pub fn is_shared(&self, change: &Change) -> bool {
        let place = change.place();
        let place = self.inline_at(place).map_or(place, |(span, _)| span);
        let Some(Tree::Compose(stream)) = self.tree(place.file) else {
            return false;
        };
        let anchored = stream.node_at(place).is_some_and(|node| match node.role() {
            // Of a service, what its key stands for.
            Role::Key(entry) => entry.value.shared() > 0,
            Role::Root | Role::Item(_) | Role::Value(_) => node.shared() > 0,
        });
        let extended = |project: &Arc<Project>| {
            let mut here = project.extended.iter().filter(|at| at.file == place.file);
            here.any(|at| *at == place || compose::holds(stream, *at, place))
        };
        let reads = |project: &&Arc<Project>| {
            project.main == Some(place.file) || project.used.contains(&place.file)
        };
        let readers = self.projects.iter().filter(reads).count();
        anchored || readers > 1 || self.projects.iter().any(extended)
    }

    /// The change at the place of the service at which it takes effect: in the last of its files that
    /// has the key.
    ///
    /// # Errors
    ///
    /// [`NotOffered`] where several projects read the service.
    pub fn placed(&self, change: &Change) -> Result<Change, NotOffered> {
        let (anchor, keys) = match change {
            Change::RunAs { container, .. } => (*container, &["user"] as &[&str]),
            Change::Harden {
                container,
                hardening,
            } => (*container, compose::keys_of(hardening)),
            Change::Remove { .. }
            | Change::ReadOnly { .. }
            | Change::Become { .. }
            | Change::Set { .. }
            | Change::Filter { .. } => {
                return Ok(change.clone());
            }
        };
        let has_it = |project: &&Arc<Project>| {
            let mut services = project.services.iter();
            services.any(|service| service.anchor == anchor)
        };
        let projects: Vec<&Arc<Project>> = self.projects.iter().filter(has_it).collect();
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
            let Some(Tree::Compose(stream)) = self.tree(place.file) else {
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
            Change::Remove { .. }
            | Change::ReadOnly { .. }
            | Change::Become { .. }
            | Change::Set { .. }
            | Change::Filter { .. } => {}
        }
        Ok(change)
    }

    /// The lists that nothing is left of when all of `entries` are gone, each as its entries.
    pub fn exhausted(&self, entries: &BTreeSet<Span>) -> Vec<BTreeSet<Span>> {
        let mut by_file: BTreeMap<FileId, BTreeSet<Span>> = BTreeMap::new();
        for entry in entries {
            by_file.entry(entry.file).or_default().insert(*entry);
        }
        let lists = by_file
            .iter()
            .filter_map(|(file, entries)| match self.tree(*file)? {
                Tree::Compose(stream) => Some(compose::exhausted(stream, entries)),
                Tree::Dockerfile(_) | Tree::Seccomp(_) | Tree::Other(_) => None,
            });
        lists.flatten().collect()
    }
}
