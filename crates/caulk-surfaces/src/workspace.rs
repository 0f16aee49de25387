//! The files of a run as trees, and what they refer to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use caulk_source::{FileId, SourceFile, Sources, Span, Surface, join_path, parent_path};
use caulk_syntax::dockerfile::Dockerfile;
use caulk_syntax::yaml::Stream;
use rayon::prelude::*;

use crate::compose::{self, Build, ComposeOptions, Plan, Project};
use crate::dockerfile::{self, Builder};
use crate::evaluated::Evaluated;
use crate::tree::{Tree, read, tree_as};

/// What was read of the files of a run, free of the files themselves.
#[derive(Default)]
pub struct Parsed {
    trees: BTreeMap<FileId, Arc<Tree>>,
    options: ComposeOptions,
    evaluated: Evaluated,
}

/// The files of a run as trees.
pub struct Workspace<'a> {
    pub(crate) sources: &'a Sources,
    pub(crate) trees: BTreeMap<FileId, Arc<Tree>>,
    pub(crate) options: ComposeOptions,
    pub(crate) projects: Vec<Arc<Project>>,
    /// Dockerfiles that are written in Compose files, by their places there.
    pub(crate) inline: BTreeMap<Span, Arc<(Dockerfile, SourceFile)>>,
    pub(crate) evaluated: Evaluated,
}

impl<'a> Workspace<'a> {
    /// Reads every file that declares something, in parallel.
    pub fn parse(sources: &'a Sources) -> Self {
        Self::with(sources, ComposeOptions::default())
    }

    /// The same, with what is said of projects.
    pub fn with(sources: &'a Sources, options: ComposeOptions) -> Self {
        let parsed = Parsed {
            options,
            ..Parsed::default()
        };
        Self::resume(sources, parsed)
    }

    /// The same, with what was read before some of the files were added.
    pub fn resume(sources: &'a Sources, parsed: Parsed) -> Self {
        let mut workspace = Self {
            sources,
            trees: parsed.trees,
            options: parsed.options,
            projects: Vec::new(),
            inline: BTreeMap::new(),
            evaluated: parsed.evaluated,
        };
        workspace.read(|_| true);
        workspace.tie();
        workspace
    }

    /// Some of these files, as they are after a change: what did not change is not read again.
    ///
    /// What the files of `sources` refer to must be among them, as [`Workspace::groups`] has it.
    #[must_use]
    pub fn revised<'b>(&self, sources: &'b Sources) -> Workspace<'b> {
        let is_same = |id: &FileId| match (self.sources.share(*id), sources.share(*id)) {
            (Some(was), Some(is)) => Arc::ptr_eq(&was, &is),
            (_, _) => false,
        };
        let files = sources.iter().map(|(id, _)| id);
        let unchanged: BTreeSet<FileId> = files.filter(is_same).collect();
        let kept = unchanged.iter();
        let kept = kept.filter_map(|id| Some((*id, Arc::clone(self.trees.get(id)?))));
        let mut workspace = Workspace {
            sources,
            trees: kept.collect(),
            options: self.options.clone(),
            projects: Vec::new(),
            inline: BTreeMap::new(),
            evaluated: self.evaluated.of(&unchanged),
        };
        workspace.read(|id| !unchanged.contains(&id));
        let projects = self.projects.iter().filter(|project| {
            let main = project.main.and_then(|main| sources.get(main));
            main.is_some()
        });
        let stands = |project: &Arc<Project>| {
            let mut read = self.read_by(project).into_iter();
            read.all(|file| unchanged.contains(&file))
        };
        if projects.clone().all(stands) {
            workspace.projects = projects.map(Arc::clone).collect();
            workspace.read_inline();
            workspace.follow();
        } else {
            workspace.tie();
        }
        workspace
    }

    /// The files that make a project what it is; not those that it merely names.
    fn read_by(&self, project: &Project) -> BTreeSet<FileId> {
        let found = project.wanted.iter();
        let found = found.filter_map(|path| self.sources.find(path));
        let own = project.main.into_iter().chain(found);
        own.chain(project.used.iter().copied()).collect()
    }

    /// Reads the files that have no tree yet, in parallel.
    fn read(&mut self, is_wanted: impl Fn(FileId) -> bool + Sync) {
        let sources = self.sources;
        let files: Vec<(FileId, &SourceFile)> = sources
            .iter()
            .filter(|(id, _)| !self.trees.contains_key(id) && is_wanted(*id))
            .collect();
        let new: Vec<(FileId, Arc<Tree>)> = files
            .par_iter()
            .filter_map(|(id, file)| Some((*id, Arc::new(read(sources, *id, file)?))))
            .collect();
        self.trees.extend(new);
    }

    /// Finds out which files belong together.
    fn tie(&mut self) {
        self.read_projects();
        // A file with another name may turn out to be a part of a project.
        if self.follow() {
            self.read_projects();
        }
    }

    /// What was read, free of the files.
    pub fn into_parsed(self) -> Parsed {
        Parsed {
            trees: self.trees,
            options: self.options,
            evaluated: self.evaluated,
        }
    }

    /// A file, read.
    pub(crate) fn tree(&self, file: FileId) -> Option<&Tree> {
        self.trees.get(&file).map(AsRef::as_ref)
    }

    /// What is said of Compose projects.
    pub fn options(&self) -> &ComposeOptions {
        &self.options
    }

    /// Which kind of file it is, where it declares something.
    pub fn surface(&self, file: FileId) -> Option<Surface> {
        self.tree(file).map(Tree::surface)
    }

    /// The names of the stages of every Dockerfile, each once.
    pub fn stage_names(&self) -> BTreeSet<String> {
        let dockerfiles = self.trees.values().filter_map(|tree| match tree.as_ref() {
            Tree::Dockerfile(dockerfile) => Some(dockerfile),
            Tree::Compose(_) | Tree::Seccomp(_) | Tree::Other(_) => None,
        });
        dockerfiles
            .flat_map(dockerfile::stages)
            .filter_map(|stage| stage.name().map(str::to_lowercase))
            .collect()
    }

    /// Paths inside the root that the files refer to and that were not given.
    pub fn wanted(&self) -> BTreeSet<String> {
        let references = self.references().chain(self.references_of_others());
        let mut wanted: BTreeSet<String> = references.map(|(path, _)| path).collect();
        for project in &self.projects {
            wanted.extend(project.wanted.iter().cloned());
            wanted.extend(compose::discoverable(&project.folder, self.sources));
        }
        let contexts = self.contexts();
        for (file, tree) in &self.trees {
            let Tree::Dockerfile(dockerfile) = tree.as_ref() else {
                continue;
            };
            let scripts = self.scripts(*file, dockerfile);
            wanted.extend(self.script_paths(*file, &scripts, &contexts));
        }
        wanted.retain(|path| self.sources.find(path).is_none());
        wanted
    }

    /// The Dockerfile that a service's build reads.
    pub(crate) fn dockerfile_path(project: &Project, build: &Build) -> Option<String> {
        if build.inline.is_some() {
            return None;
        }
        let context = context(project, build)?;
        join_path(&context, build.dockerfile.known()?)
    }

    /// The builds of every project.
    pub(crate) fn all_builds(&self) -> impl Iterator<Item = (&Project, &Build)> {
        self.projects.iter().flat_map(|project| {
            let builds = project
                .services
                .iter()
                .filter_map(|service| service.build.as_ref());
            builds.map(move |build| (project.as_ref(), build))
        })
    }

    /// The folders as which each Dockerfile's build context is known.
    pub(crate) fn contexts(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut contexts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (project, build) in self.all_builds() {
            let dockerfile = Self::dockerfile_path(project, build);
            if let (Some(dockerfile), Some(context)) = (dockerfile, context(project, build)) {
                contexts.entry(dockerfile).or_default().insert(context);
            }
        }
        contexts
    }

    /// Where the scripts of a Dockerfile may lie.
    pub(crate) fn script_paths(
        &self,
        file: FileId,
        scripts: &BTreeSet<String>,
        contexts: &BTreeMap<String, BTreeSet<String>>,
    ) -> Vec<String> {
        let path = self.sources.path(file);
        let known = contexts.get(path).into_iter().flatten();
        let contexts: BTreeSet<&str> = known
            .map(String::as_str)
            .chain([parent_path(path)])
            .collect();
        let paths = scripts.iter().flat_map(|script| {
            contexts
                .iter()
                .filter_map(move |context| join_path(context, script))
        });
        paths.collect()
    }

    pub(crate) fn scripts(&self, file: FileId, dockerfile: &Dockerfile) -> Arc<BTreeSet<String>> {
        self.evaluated.scripts(file, || {
            let text = self.sources.get(file).map_or("", SourceFile::text);
            let arguments = BTreeMap::new();
            let nothing = |_: &str| None;
            let builder = Builder::new(dockerfile, text, &arguments, &nothing);
            let stages = 0..builder.stages().len();
            stages.flat_map(|index| builder.scripts(index)).collect()
        })
    }

    fn read_projects(&mut self) {
        let (sources, options) = (self.sources, &self.options);
        let stream = |file: FileId| self.stream(file);
        let compose = self
            .trees
            .iter()
            .filter_map(|(file, tree)| match tree.as_ref() {
                Tree::Compose(_) => Some(*file),
                Tree::Dockerfile(_) | Tree::Seccomp(_) | Tree::Other(_) => None,
            });
        let plans: Vec<Plan> = compose::plans(&compose.collect(), sources);
        let alone = BTreeSet::new();
        let load = |plan: &Plan, bases: &BTreeSet<Span>| {
            compose::load(plan, sources, &stream, options, bases)
        };
        let mut projects: Vec<Project> = plans.par_iter().map(|plan| load(plan, &alone)).collect();
        // A service that another project extends is not written for its own alone.
        let extended = projects.iter().flat_map(|project| &project.extended);
        let bases: BTreeSet<Span> = extended.copied().collect();
        for (plan, project) in plans.iter().zip(&mut projects) {
            if project.has_foreign_bases(&bases) {
                *project = load(plan, &bases);
            }
        }
        compose::drop_parts(&mut projects);
        self.projects = projects.into_iter().map(Arc::new).collect();
        self.read_inline();
    }

    fn read_inline(&mut self) {
        let services = self.projects.iter().flat_map(|project| &project.services);
        let inline = services.filter_map(|service| {
            let span = service.build.as_ref()?.inline?;
            let source = self.sources.get(span.file)?;
            let read = compose::inline::read(self.stream(span.file)?, source, span)?;
            Some((span, Arc::new(read)))
        });
        self.inline = inline.collect();
    }

    fn stream(&self, file: FileId) -> Option<&Stream> {
        match self.tree(file)? {
            Tree::Compose(stream) => Some(stream),
            Tree::Dockerfile(_) | Tree::Seccomp(_) | Tree::Other(_) => None,
        }
    }

    /// Files with any name become what the files that refer to them say they are; whether one of
    /// them is a Compose file.
    fn follow(&mut self) -> bool {
        let found: Vec<(FileId, Surface)> = self
            .references()
            .chain(self.references_of_others())
            .filter_map(|(path, surface)| Some((self.sources.find(&path)?, surface)))
            .filter(|(file, _)| !self.trees.contains_key(file))
            .collect();
        let mut compose = false;
        for (id, surface) in found {
            let Some(file) = self.sources.get(id) else {
                continue;
            };
            if let Some(tree) = tree_as(surface, id, file)
                && tree.is_what_it_is_called(file)
            {
                compose |= surface == Surface::Compose;
                self.trees.insert(id, Arc::new(tree));
            }
        }
        compose
    }

    /// What files that answer for themselves refer to.
    fn references_of_others(&self) -> impl Iterator<Item = (String, Surface)> {
        let others = self.trees.values().filter_map(|tree| match tree.as_ref() {
            Tree::Other(other) => Some(other),
            Tree::Dockerfile(_) | Tree::Compose(_) | Tree::Seccomp(_) => None,
        });
        others
            .flat_map(|other| other.references())
            .filter_map(|(folder, path, surface)| Some((join_path(&folder, &path)?, surface)))
            .chain(self.references_of_hosts())
    }

    /// What Compose files refer to: other Compose files, Dockerfiles and profiles.
    fn references(&self) -> impl Iterator<Item = (String, Surface)> {
        let folders: BTreeSet<&str> = self
            .projects
            .iter()
            .map(|project| project.folder.as_str())
            .collect();
        let named = folders
            .into_iter()
            .flat_map(|folder| compose::named(folder, self.sources))
            .map(|path| (path, Surface::Compose));
        let referred = self.projects.iter().flat_map(|project| {
            let services = project.services.iter().flat_map(|service| {
                let build = service.build.as_ref();
                let dockerfile = build.and_then(|build| Self::dockerfile_path(project, build));
                let profile = || match service.declared.seccomp.as_ref()?.value()? {
                    caulk_model::Seccomp::Profile { path, .. } => join_path(&project.folder, path),
                    caulk_model::Seccomp::Default | caulk_model::Seccomp::Disabled => None,
                };
                let dockerfile = dockerfile.map(|path| (path, Surface::Dockerfile));
                dockerfile
                    .into_iter()
                    .chain(profile().map(|path| (path, Surface::Seccomp)))
            });
            let files = project.referred.iter();
            services.chain(files.map(|path| (path.clone(), Surface::Compose)))
        });
        named.chain(referred)
    }
}

/// The folder that a service's build sees.
pub(crate) fn context(project: &Project, build: &Build) -> Option<String> {
    let context = build.context.known()?;
    let is_here = !compose::is_remote(context);
    is_here.then(|| join_path(&project.folder, context))?
}
