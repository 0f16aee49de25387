//! The files of a run as trees, and what they refer to.

use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::Change;
use caulk_model::State;
use caulk_source::{Edit, FileId, SourceFile, Sources, Span, Surface, join_path, parent_path};
use caulk_syntax::dockerfile::{self as dockerfile_syntax, Dockerfile};
use caulk_syntax::yaml::{self, Stream};
use memchr::memmem;
use rayon::prelude::*;

use crate::compose::{self, Build, Service};
use crate::dockerfile::{self, Builder};
use crate::{NotOffered, seccomp};

/// Whether a file may declare a container, by its path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// It does not.
    No,
    /// It does, by its name.
    ByName,
    /// Its content decides: [`Wanted::by_content`].
    ByContent,
}

impl Wanted {
    /// Whether a file whose content decides is worth reading further. Quick, and never wrong about
    /// a file that declares something.
    pub fn by_content(path: &str, bytes: &[u8]) -> bool {
        if path.to_ascii_lowercase().ends_with(".json") {
            memmem::find(bytes, b"SCMP_ACT_").is_some()
        } else {
            memmem::find(bytes, b"services").is_some()
        }
    }
}

/// Whether the file at `path` may declare a container.
pub fn may_matter(path: &str) -> Wanted {
    let name = path.rsplit('/').next().unwrap_or(path);
    if by_name(name).is_some() {
        return Wanted::ByName;
    }
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let decided_by_content = ["yml", "yaml", "json"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(extension));
    if decided_by_content {
        Wanted::ByContent
    } else {
        Wanted::No
    }
}

fn by_name(name: &str) -> Option<Surface> {
    if dockerfile::is_dockerfile(name) {
        Some(Surface::Dockerfile)
    } else if compose::is_compose(name) {
        Some(Surface::Compose)
    } else if seccomp::is_profile(name) {
        Some(Surface::Seccomp)
    } else {
        None
    }
}

/// What a file is, read.
#[derive(Clone, Debug)]
pub(crate) enum Tree {
    Dockerfile(Dockerfile),
    Compose(Stream),
    Seccomp(Box<caulk_seccomp::Parsed>),
}

impl Tree {
    /// Whether a file that another merely says to be of this kind is. What is not is left alone: no
    /// line of a password file is to be shown because a Compose file calls it a profile.
    fn is_what_it_is_called(&self, file: &SourceFile) -> bool {
        match self {
            Self::Dockerfile(dockerfile) => !dockerfile::stages(dockerfile).is_empty(),
            Self::Compose(stream) => compose::looks_like_compose(stream),
            Self::Seccomp(parsed) => {
                let says = parsed.profile.as_ref().map(|profile| !profile.is_none());
                says.is_some_and(|says| says || seccomp::is_empty(file.text()))
            }
        }
    }

    /// Whether a profile's text is JSON.
    fn is_well_formed(&self) -> bool {
        match self {
            Self::Seccomp(parsed) => parsed.problems.is_empty(),
            Self::Dockerfile(_) | Self::Compose(_) => true,
        }
    }

    fn surface(&self) -> Surface {
        match self {
            Self::Dockerfile(_) => Surface::Dockerfile,
            Self::Compose(_) => Surface::Compose,
            Self::Seccomp(_) => Surface::Seccomp,
        }
    }
}

/// What was read of the files of a run, free of the files themselves.
#[derive(Default)]
pub struct Parsed {
    trees: BTreeMap<FileId, Tree>,
}

/// The files of a run as trees.
pub struct Workspace<'a> {
    pub(crate) sources: &'a Sources,
    pub(crate) trees: BTreeMap<FileId, Tree>,
    pub(crate) services: BTreeMap<FileId, Vec<Service>>,
}

impl<'a> Workspace<'a> {
    /// Reads every file that declares something, in parallel.
    pub fn parse(sources: &'a Sources) -> Self {
        Self::resume(sources, Parsed::default())
    }

    /// The same, with what was read before some of the files were added.
    pub fn resume(sources: &'a Sources, parsed: Parsed) -> Self {
        let mut trees = parsed.trees;
        let files: Vec<(FileId, &SourceFile)> = sources
            .iter()
            .filter(|(id, _)| !trees.contains_key(id))
            .collect();
        let new: Vec<(FileId, Tree)> = files
            .par_iter()
            .filter_map(|(id, file)| Some((*id, tree(*id, file)?)))
            .collect();
        trees.extend(new);
        let mut workspace = Self {
            sources,
            trees,
            services: BTreeMap::new(),
        };
        workspace.read_services();
        workspace.follow();
        workspace
    }

    /// What was read, free of the files.
    pub fn into_parsed(self) -> Parsed {
        Parsed { trees: self.trees }
    }

    /// Which kind of file it is, where it declares something.
    pub fn surface(&self, file: FileId) -> Option<Surface> {
        self.trees.get(&file).map(Tree::surface)
    }

    /// The names of the stages of every Dockerfile, each once.
    pub fn stage_names(&self) -> BTreeSet<String> {
        let dockerfiles = self.trees.values().filter_map(|tree| match tree {
            Tree::Dockerfile(dockerfile) => Some(dockerfile),
            Tree::Compose(_) | Tree::Seccomp(_) => None,
        });
        dockerfiles
            .flat_map(dockerfile::stages)
            .filter_map(|stage| stage.name().map(str::to_lowercase))
            .collect()
    }

    /// Paths inside the root that the files refer to and that were not given.
    pub fn wanted(&self) -> BTreeSet<String> {
        let mut wanted: BTreeSet<String> = self.references().map(|(path, _)| path).collect();
        for (file, tree) in &self.trees {
            let Tree::Dockerfile(dockerfile) = tree else {
                continue;
            };
            let contexts = self.contexts(*file);
            for script in self.scripts(*file, dockerfile) {
                wanted.extend(
                    contexts
                        .iter()
                        .filter_map(|context| join_path(context, &script)),
                );
            }
        }
        wanted.retain(|path| self.sources.find(path).is_none());
        wanted
    }

    /// The edits that make a change true in the file that it names.
    ///
    /// # Errors
    ///
    /// [`NotOffered`] with the reason where the surface cannot write it without touching more.
    pub fn edits(&self, change: &Change) -> Result<Vec<Edit>, NotOffered> {
        let file = change.place().file;
        let missing = NotOffered("the file is not here");
        let source = self.sources.get(file).ok_or(missing)?;
        match self.trees.get(&file).ok_or(missing)? {
            Tree::Dockerfile(tree) => dockerfile::edits(tree, source, change),
            Tree::Compose(tree) => compose::edits(tree, source, change),
            Tree::Seccomp(_) => seccomp::edits(file, source, change),
        }
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

    /// The Dockerfile that a service's build reads.
    pub(crate) fn dockerfile_path(&self, file: FileId, build: &Build) -> Option<String> {
        if build.inline {
            return None;
        }
        let context = self.context(file, build)?;
        join_path(&context, build.dockerfile.known()?)
    }

    /// The folder that a service's build sees.
    pub(crate) fn context(&self, file: FileId, build: &Build) -> Option<String> {
        join_path(parent_path(self.sources.path(file)), build.context.known()?)
    }

    /// The folders as which a Dockerfile's build context is known.
    pub(crate) fn contexts(&self, dockerfile: FileId) -> BTreeSet<String> {
        let path = self.sources.path(dockerfile);
        let mut contexts = BTreeSet::from([parent_path(path).to_owned()]);
        for (file, services) in &self.services {
            for build in services.iter().filter_map(|service| service.build.as_ref()) {
                if self.dockerfile_path(*file, build).as_deref() == Some(path) {
                    contexts.extend(self.context(*file, build));
                }
            }
        }
        contexts
    }

    fn scripts(&self, file: FileId, dockerfile: &Dockerfile) -> BTreeSet<String> {
        let text = self.sources.get(file).map_or("", SourceFile::text);
        let arguments = BTreeMap::new();
        let nothing = |_: &str| None;
        let builder = Builder::new(dockerfile, text, &arguments, &nothing);
        let stages = 0..builder.stages().len();
        stages.flat_map(|index| builder.scripts(index)).collect()
    }

    fn read_services(&mut self) {
        let sources = self.sources;
        let compose = self.trees.iter().filter_map(|(file, tree)| match tree {
            Tree::Compose(stream) => Some((*file, stream)),
            Tree::Dockerfile(_) | Tree::Seccomp(_) => None,
        });
        self.services = compose
            .map(|(file, stream)| {
                let folder = parent_path(sources.path(file));
                let find = |path: &str| match join_path(folder, path) {
                    Some(whole) if sources.is_withheld(&whole) => {
                        State::unknown(format!("`{path}` is not read"))
                    }
                    whole => State::Known(whole.and_then(|whole| sources.find(&whole))),
                };
                (file, compose::services(stream, &find))
            })
            .collect();
    }

    /// Files with any name become what the files that refer to them say they are.
    fn follow(&mut self) {
        let found: Vec<(FileId, Surface)> = self
            .references()
            .filter_map(|(path, surface)| Some((self.sources.find(&path)?, surface)))
            .filter(|(file, _)| !self.trees.contains_key(file))
            .collect();
        for (id, surface) in found {
            let Some(file) = self.sources.get(id) else {
                continue;
            };
            let tree = tree_as(surface, id, file);
            if tree.is_what_it_is_called(file) {
                self.trees.insert(id, tree);
            }
        }
    }

    /// What Compose files refer to: Dockerfiles and profiles.
    fn references(&self) -> impl Iterator<Item = (String, Surface)> {
        self.services.iter().flat_map(|(file, services)| {
            services.iter().flat_map(|service| {
                let build = service.build.as_ref();
                let dockerfile = build.and_then(|build| self.dockerfile_path(*file, build));
                let profile = || {
                    let folder = parent_path(self.sources.path(*file));
                    match service.declared.seccomp.as_ref()?.value()? {
                        caulk_model::Seccomp::Profile { path, .. } => join_path(folder, path),
                        caulk_model::Seccomp::Default | caulk_model::Seccomp::Disabled => None,
                    }
                };
                let dockerfile = dockerfile.map(|path| (path, Surface::Dockerfile));
                dockerfile
                    .into_iter()
                    .chain(profile().map(|path| (path, Surface::Seccomp)))
            })
        })
    }
}

fn tree(id: FileId, file: &SourceFile) -> Option<Tree> {
    let name = file.path().rsplit('/').next().unwrap_or_default();
    if let Some(surface) = by_name(name) {
        let tree = tree_as(surface, id, file);
        // A JSON file about seccomp need not be a profile.
        let is_profile = || tree.is_what_it_is_called(file) || !tree.is_well_formed();
        return (surface != Surface::Seccomp || is_profile()).then_some(tree);
    }
    if may_matter(file.path()) != Wanted::ByContent {
        return None;
    }
    let by_content = Wanted::by_content(file.path(), file.bytes());
    if !by_content {
        return None;
    }
    if seccomp::looks_like_profile(file.text()) && name.to_ascii_lowercase().ends_with(".json") {
        return Some(tree_as(Surface::Seccomp, id, file));
    }
    let stream = yaml::parse(id, file.text());
    compose::looks_like_compose(&stream).then_some(Tree::Compose(stream))
}

fn tree_as(surface: Surface, id: FileId, file: &SourceFile) -> Tree {
    match surface {
        Surface::Dockerfile => Tree::Dockerfile(dockerfile_syntax::parse(id, file.text())),
        Surface::Compose => Tree::Compose(yaml::parse(id, file.text())),
        Surface::Seccomp => Tree::Seccomp(Box::new(caulk_seccomp::parse(id, file.text()))),
    }
}
