//! Which files bear on each other.

use std::collections::{BTreeMap, BTreeSet};

use caulk_model::Seccomp;
use caulk_source::{FileId, join_path};

use crate::compose::{self, Project};
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
        for project in &self.projects {
            let Some(main) = project.main else {
                continue;
            };
            let found = self.paths_of(project).into_iter();
            let found = found.filter_map(|path| self.sources.find(&path));
            let parts = project.used.iter().copied().chain(found);
            pairs.extend(parts.map(|to| (main, to)));
        }
        let contexts = self.contexts();
        for (file, tree) in &self.trees {
            if let Tree::Dockerfile(dockerfile) = tree {
                let scripts = self.scripts(*file, dockerfile);
                let paths = self.script_paths(*file, &scripts, &contexts);
                let found = paths.iter().filter_map(|path| self.sources.find(path));
                pairs.extend(found.map(|to| (*file, to)));
            }
        }
        pairs
    }

    /// The paths that a project looks at or names: its other files, its services' Dockerfiles and
    /// profiles.
    fn paths_of(&self, project: &Project) -> BTreeSet<String> {
        let mut paths = compose::discoverable(&project.folder, self.sources);
        paths.extend(project.wanted.iter().cloned());
        paths.extend(project.referred.iter().cloned());
        for service in &project.services {
            let build = service.build.as_ref();
            paths.extend(build.and_then(|build| Self::dockerfile_path(project, build)));
            let seccomp = service.declared.seccomp.as_ref();
            if let Some(Seccomp::Profile { path, .. }) = seccomp.and_then(|fact| fact.value()) {
                paths.extend(join_path(&project.folder, path));
            }
        }
        paths
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
