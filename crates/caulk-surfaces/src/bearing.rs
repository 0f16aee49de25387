//! Which files bear on each other.

use std::collections::{BTreeMap, BTreeSet};

use caulk_model::Seccomp;
use caulk_source::{FileId, join_path, parent_path};

use crate::compose::Service;
use crate::workspace::{Tree, Workspace};

impl Workspace<'_> {
    /// The files that declare something, in groups: what a file of one group says has no say in
    /// what is made of a file of another. By the first file of each.
    pub fn groups(&self) -> Vec<BTreeSet<FileId>> {
        let mut first: BTreeMap<FileId, FileId> = self.trees.keys().map(|id| (*id, *id)).collect();
        for (from, to) in self.references_between_files() {
            first.entry(to).or_insert(to);
            let (a, b) = (find(&mut first, from), find(&mut first, to));
            first.insert(a.max(b), a.min(b));
        }
        let mut groups: BTreeMap<FileId, BTreeSet<FileId>> = BTreeMap::new();
        let files: Vec<FileId> = first.keys().copied().collect();
        for file in files {
            let group = find(&mut first, file);
            groups.entry(group).or_default().insert(file);
        }
        groups.into_values().collect()
    }

    /// Every file that another one refers to: who, and to whom.
    fn references_between_files(&self) -> BTreeSet<(FileId, FileId)> {
        let mut pairs = BTreeSet::new();
        for (file, services) in &self.services {
            for service in services {
                let paths = self.paths_of(*file, service);
                let found = paths.iter().filter_map(|path| self.sources.find(path));
                pairs.extend(found.map(|to| (*file, to)));
            }
        }
        for (file, tree) in &self.trees {
            if let Tree::Dockerfile(dockerfile) = tree {
                let scripts = self.script_paths(*file, dockerfile);
                let found = scripts.iter().filter_map(|path| self.sources.find(path));
                pairs.extend(found.map(|to| (*file, to)));
            }
        }
        pairs
    }

    /// The files that a service names: its Dockerfile, its profile.
    fn paths_of(&self, file: FileId, service: &Service) -> Vec<String> {
        let build = service.build.as_ref();
        let dockerfile = build.and_then(|build| self.dockerfile_path(file, build));
        let folder = parent_path(self.sources.path(file));
        let seccomp = service.declared.seccomp.as_ref();
        let profile = match seccomp.and_then(|fact| fact.value()) {
            Some(Seccomp::Profile { path, .. }) => join_path(folder, path),
            Some(Seccomp::Default | Seccomp::Disabled) | None => None,
        };
        dockerfile.into_iter().chain(profile).collect()
    }
}

/// The first file of a group; shortens the way for the next who asks.
fn find(first: &mut BTreeMap<FileId, FileId>, mut file: FileId) -> FileId {
    while let Some(next) = first.get(&file).copied().filter(|next| *next != file) {
        let skip = first.get(&next).copied().unwrap_or(next);
        first.insert(file, skip);
        file = next;
    }
    file
}
