//! Which files bear on each other.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use caulk_model::{Repository, Seccomp};
use caulk_source::{FileId, Surface, join_path};

use crate::compose::{self, Project};
use crate::declaring::Declaring;
use crate::quadlet;
use crate::tree::Tree;
use crate::workspace::Workspace;

/// Some files that bear on each other.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Group {
    /// The files: what one of them says has a say in what is made of another.
    pub files: BTreeSet<FileId>,
    /// Files of other groups that have a say in it too. What these files say has none in what is
    /// made of those, unless they are the configuration of an engine.
    pub beside: BTreeSet<FileId>,
    /// Whether they say what holds for every container, wherever it is declared.
    pub for_all: bool,
}

impl Group {
    /// All files that are read to judge the group's.
    pub fn read(&self) -> BTreeSet<FileId> {
        self.files.union(&self.beside).copied().collect()
    }
}

impl Workspace<'_> {
    /// The files that declare something, in groups, by the first file of each.
    ///
    /// The configuration of an engine holds for whatever that engine starts, and so do the files
    /// that it names: they are a group of their own, the first, which stands beside each other one.
    pub fn groups(&self) -> Vec<Group> {
        let for_all = self.for_all();
        let files = self.trees.keys().filter(|id| !for_all.contains(id));
        let mut first: BTreeMap<FileId, FileId> = files.map(|id| (*id, *id)).collect();
        let pairs = self.references_between_files().into_iter();
        for (from, to) in
            pairs.filter(|(from, to)| !for_all.contains(from) && !for_all.contains(to))
        {
            first.entry(to).or_insert(to);
            let (a, b) = (find(&mut first, from), find(&mut first, to));
            first.insert(a.max(b), a.min(b));
        }
        let mut groups: BTreeMap<FileId, BTreeSet<FileId>> = BTreeMap::new();
        let files: BTreeSet<FileId> = first.keys().copied().collect();
        for file in &files {
            let group = find(&mut first, *file);
            groups.entry(group).or_default().insert(*file);
        }
        let whole = (!for_all.is_empty()).then(|| Group {
            files: for_all.clone(),
            beside: files,
            for_all: true,
        });
        let each = groups.into_values().map(|files| Group {
            files,
            beside: for_all.clone(),
            for_all: false,
        });
        whole.into_iter().chain(each).collect()
    }

    /// The configurations of engines, and the files that they look up.
    fn for_all(&self) -> BTreeSet<FileId> {
        let mut files = BTreeSet::new();
        for (file, tree) in &self.trees {
            if let Tree::Other(other) = tree.as_ref()
                && other.surface() == Surface::Daemon
            {
                files.insert(*file);
                files.extend(self.found_by(other.as_ref()));
            }
        }
        let named = self.references_of_hosts();
        files.extend(named.filter_map(|(path, _)| self.sources.find(&path)));
        files
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
            if let Tree::Dockerfile(dockerfile) = tree.as_ref() {
                let scripts = self.scripts(*file, dockerfile);
                let paths = self.script_paths(*file, &scripts, &contexts);
                let found = paths.iter().filter_map(|path| self.sources.find(path));
                pairs.extend(found.map(|to| (*file, to)));
            }
        }
        pairs.extend(self.references_of_the_others());
        pairs
    }

    /// The same of files that answer for themselves: each is asked what it declares, and what it
    /// looks up meanwhile is what it refers to. The quadlets of a folder have drop-ins there.
    fn references_of_the_others(&self) -> BTreeSet<(FileId, FileId)> {
        let mut pairs = BTreeSet::new();
        let mut quadlets: BTreeMap<&str, FileId> = BTreeMap::new();
        for (file, tree) in &self.trees {
            let Tree::Other(other) = tree.as_ref() else {
                continue;
            };
            let found = self.found_by(other.as_ref());
            pairs.extend(found.into_iter().map(|to| (*file, to)));
            if other.quadlet().is_some() {
                let folder = quadlet::folder_of_units(self.sources.path(*file));
                let first = quadlets.entry(folder).or_insert(*file);
                pairs.insert((*first, *file));
            }
        }
        pairs
    }

    /// The files that another one looks up as it says what it declares.
    fn found_by(&self, other: &dyn Declaring) -> BTreeSet<FileId> {
        let found = RefCell::new(BTreeSet::new());
        let find = |folder: &str, path: &str| {
            let answer = self.find_from(folder, path);
            found.borrow_mut().extend(answer.known().copied().flatten());
            answer
        };
        other.below(&find, &mut Repository::default());
        let quadlet = other
            .quadlet()
            .and_then(|unit| unit.declaration(&self.quadlets(), &find));
        for declaration in other.declarations(&find).into_iter().chain(quadlet) {
            let dockerfile = declaration.build.and_then(|build| {
                let path = join_path(&build.folder, build.dockerfile.known()?)?;
                self.sources.find(&path)
            });
            found.borrow_mut().extend(dockerfile);
        }
        let references = other.references().into_iter();
        let references = references.filter_map(|(folder, path, _)| join_path(&folder, &path));
        let mut found = found.into_inner();
        found.extend(references.filter_map(|path| self.sources.find(&path)));
        found
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
