//! From trees to the model.

use std::collections::{BTreeMap, BTreeSet};

use caulk_model::base_images::ImageReference;
use caulk_model::{
    Base, Container, ContainerId, Fact, Image, ImageSource, Origin, Referred, Repository, State,
    Unreadable, UnresolvedReference, WhyUnresolved,
};
use caulk_source::{FileId, Span, Surface, join_path, parent_path};
use caulk_syntax::dockerfile::Dockerfile;

use crate::compose::{self, Build, Project, Service};
use crate::dockerfile::{self, BuildArguments};
use crate::workspace::{Tree, Workspace, context};

/// The containers of the built stages.
#[derive(Default)]
struct Stages {
    /// By file and stage.
    files: BTreeMap<(FileId, usize), ContainerId>,
    /// Of Dockerfiles in Compose files, by place and stage.
    inline: BTreeMap<(Span, usize), ContainerId>,
}

impl Workspace<'_> {
    /// The model of everything that was read. `target` names the stage that is built where no
    /// service says another.
    pub fn repository(&self, target: Option<&str>) -> Repository {
        let mut repository = Repository::new();
        let stages = self.read_stages(&mut repository, target);
        for project in &self.projects {
            self.read_project(&mut repository, project, &stages);
        }
        for (file, tree) in &self.trees {
            if let Tree::Seccomp(parsed) = tree
                && let Some(profile) = &parsed.profile
            {
                repository.add_profile(*file, profile.clone());
            }
        }
        for unreadable in self.unreadable() {
            repository.add_unreadable(unreadable);
        }
        repository.join();
        repository
    }

    fn dockerfile(&self, file: FileId) -> Option<&Dockerfile> {
        match self.trees.get(&file)? {
            Tree::Dockerfile(tree) => Some(tree),
            Tree::Compose(_) | Tree::Seccomp(_) => None,
        }
    }

    /// Every build that a service asks for: its Dockerfile, and what it says of it.
    fn builds(&self) -> impl Iterator<Item = (FileId, &Build)> {
        self.all_builds().filter_map(|(project, build)| {
            let path = Self::dockerfile_path(project, build)?;
            Some((self.sources.find(&path)?, build))
        })
    }

    /// The stages that are built: the one that `target` means, and those that services name.
    fn read_stages(&self, repository: &mut Repository, target: Option<&str>) -> Stages {
        let nothing = BuildArguments::new();
        let mut wanted: BTreeMap<FileId, BTreeMap<usize, &BuildArguments>> = BTreeMap::new();
        for (dockerfile, build) in self.builds() {
            let Some(tree) = self.dockerfile(dockerfile) else {
                continue;
            };
            let stages = dockerfile::stages(tree);
            let named = build
                .target
                .as_ref()
                .and_then(State::known)
                .map(String::as_str);
            if let Some(index) = dockerfile::target(&stages, named) {
                let wanted = wanted.entry(dockerfile).or_default();
                wanted.entry(index).or_insert(&build.arguments);
            }
        }
        let mut built = Stages::default();
        let contexts = self.contexts();
        for (file, tree) in &self.trees {
            let Tree::Dockerfile(dockerfile) = tree else {
                continue;
            };
            let stages = dockerfile::stages(dockerfile);
            let asked = target.and_then(|target| dockerfile::target(&stages, Some(target)));
            let default = asked.or_else(|| dockerfile::target(&stages, None));
            let mut indices = wanted.remove(file).unwrap_or_default();
            if let Some(default) = default {
                indices.entry(default).or_insert(&nothing);
            }
            let path = self.sources.path(*file);
            let mut contexts = contexts.get(path).cloned().unwrap_or_default();
            contexts.insert(parent_path(path).to_owned());
            for (index, arguments) in indices {
                let image = self.image(*file, index, arguments, &contexts);
                let container =
                    image.and_then(|image| dockerfile::container(dockerfile, index, image));
                if let Some(container) = container {
                    built
                        .files
                        .insert((*file, index), repository.add_container(container));
                }
            }
        }
        for (project, build) in self.all_builds() {
            let Some((place, index, image)) = self.inline_image(project, build) else {
                continue;
            };
            let is_new = !built.inline.contains_key(&(place, index));
            let dockerfile = self.inline.get(&place).filter(|_| is_new);
            let container = dockerfile
                .and_then(|(dockerfile, _)| dockerfile::container(dockerfile, index, image));
            if let Some(container) = container {
                let id = repository.add_container(container);
                built.inline.insert((place, index), id);
            }
        }
        built
    }

    /// The image that a Dockerfile in the Compose file makes, with the Dockerfile's place and the
    /// stage.
    fn inline_image(&self, project: &Project, build: &Build) -> Option<(Span, usize, Image)> {
        let place = build.inline?;
        let (dockerfile, source) = self.inline.get(&place)?;
        let target = build.target.as_ref().and_then(State::known);
        let stages = dockerfile::stages(dockerfile);
        let index = dockerfile::target(&stages, target.map(String::as_str))?;
        let contexts = context(project, build);
        let read = |path: &str| self.read_in(contexts.iter(), path);
        let image = dockerfile::image(dockerfile, source, index, &build.arguments, &read)?;
        Some((place, index, image))
    }

    fn image(
        &self,
        file: FileId,
        index: usize,
        arguments: &BuildArguments,
        contexts: &BTreeSet<String>,
    ) -> Option<Image> {
        let read = |path: &str| self.read_in(contexts.iter(), path);
        let source = self.sources.get(file)?;
        dockerfile::image(self.dockerfile(file)?, source, index, arguments, &read)
    }

    fn read_project(&self, repository: &mut Repository, project: &Project, stages: &Stages) {
        // A service may run by its tag what another one builds.
        let mut tags: BTreeMap<String, &Build> = BTreeMap::new();
        let canonical = |tag: &String| {
            ImageReference::parse(tag).map_or_else(|| tag.clone(), |reference| reference.familiar())
        };
        for service in &project.services {
            let tag = service.image.as_ref().and_then(|image| image.value.known());
            if let (Some(tag), Some(build)) = (tag, &service.build) {
                tags.insert(canonical(tag), build);
            }
        }
        for reference in &project.unresolved {
            repository.add_unresolved(reference.clone());
        }
        for service in &project.services {
            if !self.is_active(service) {
                continue;
            }
            let (source, image) = match (&service.build, &service.image) {
                (Some(build), _) => {
                    if let Some(reference) = self.unresolved(project, build) {
                        repository.add_unresolved(reference);
                    }
                    self.built(project, build, build.span, stages)
                }
                (None, Some(named)) => {
                    let tag = named
                        .value
                        .known()
                        .and_then(|tag| tags.get(&canonical(tag)));
                    if let Some(build) = tag {
                        self.built(project, build, named.span, stages)
                    } else {
                        let written = self.sources.slice(named.span);
                        // A name with a part from `.env` is never shown: the rest of it is known.
                        let hidden = || State::unknown("a variable of `.env` is in its name");
                        let name = service.image_hidden.then(hidden);
                        pulled(name.as_ref().unwrap_or(&named.value), written, named.span)
                    }
                }
                (None, None) => {
                    let because = "nothing here says which image it runs";
                    (
                        ImageSource::Fragment,
                        unknown_image(because, service.anchor),
                    )
                }
            };
            let mut container = Container::assemble(
                Surface::Compose,
                Some(service.name.clone()),
                service.anchor,
                source,
                image,
                service.declared.clone(),
            );
            container.project = Some(project.folder.clone());
            container.steps.clone_from(&service.steps);
            repository.add_container(container);
        }
    }

    /// Whether a service is started with the profiles that were asked for.
    fn is_active(&self, service: &Service) -> bool {
        let own = &service.declared.profiles;
        let Some(asked) = &self.options.profiles else {
            return true;
        };
        let all = asked.contains("*");
        all || own.is_empty() || own.iter().any(|profile| asked.contains(&profile.value))
    }

    /// Why the Dockerfile of a build is not here, where its path is known.
    fn unresolved(&self, project: &Project, build: &Build) -> Option<UnresolvedReference> {
        if build.inline.is_some() {
            return None;
        }
        let context = build.context.known()?;
        build.dockerfile.known()?;
        let why = if compose::is_remote(context) {
            WhyUnresolved::Remote
        } else {
            match Self::dockerfile_path(project, build) {
                None => WhyUnresolved::Outside,
                Some(path) => match self.sources.find(&path) {
                    Some(file) if self.dockerfile(file).is_some() => return None,
                    Some(_) => WhyUnresolved::OtherKind,
                    None if self.sources.is_withheld(&path) => WhyUnresolved::Unread,
                    None => WhyUnresolved::Missing,
                },
            }
        };
        Some(UnresolvedReference {
            span: build.place,
            kind: Referred::Dockerfile,
            target: build.written.clone(),
            why,
            discovered: project.discovered,
        })
    }

    /// The image that a build makes for a service, with the service's own arguments.
    fn built(
        &self,
        project: &Project,
        build: &Build,
        span: Span,
        stages: &Stages,
    ) -> (ImageSource, Image) {
        let named = build
            .target
            .as_ref()
            .and_then(State::known)
            .map(String::as_str);
        let found = || {
            let dockerfile = self.sources.find(&Self::dockerfile_path(project, build)?)?;
            let index =
                dockerfile::target(&dockerfile::stages(self.dockerfile(dockerfile)?), named)?;
            let contexts = BTreeSet::from([context(project, build)?]);
            let image = self.image(dockerfile, index, &build.arguments, &contexts)?;
            Some((stages.files.get(&(dockerfile, index)).copied(), image))
        };
        let inline = || {
            let (place, index, image) = self.inline_image(project, build)?;
            Some((stages.inline.get(&(place, index)).copied(), image))
        };
        let Some((container, image)) = found().or_else(inline) else {
            let because = match build.inline {
                Some(_) => "its Dockerfile is written in the Compose file, with variables in it",
                None => "its Dockerfile is not in the repository",
            };
            let image = unknown_image(because, span);
            return (
                ImageSource::Built {
                    container: None,
                    span,
                },
                image,
            );
        };
        (ImageSource::Built { container, span }, image)
    }

    /// A file of one of the contexts.
    fn read_in<'c>(
        &self,
        mut contexts: impl Iterator<Item = &'c String>,
        path: &str,
    ) -> Option<String> {
        let found = contexts.find_map(|context| {
            let path = join_path(context, path)?;
            self.sources.find(&path)
        })?;
        Some(self.sources.get(found)?.text().to_owned())
    }

    /// What engines refuse, file by file.
    fn unreadable(&self) -> Vec<Unreadable> {
        let mut problems: BTreeMap<FileId, BTreeSet<(Span, String)>> = BTreeMap::new();
        for (file, tree) in &self.trees {
            let found = match tree {
                Tree::Dockerfile(tree) => tree.problems.clone(),
                Tree::Compose(stream) => compose::problems(stream),
                Tree::Seccomp(parsed) => parsed.problems.clone(),
            };
            let found = found
                .into_iter()
                .map(|problem| (problem.span, problem.message));
            problems.entry(*file).or_default().extend(found);
        }
        for problem in self.projects.iter().flat_map(|project| &project.problems) {
            let found = (problem.span, problem.message.clone());
            problems.entry(problem.span.file).or_default().insert(found);
        }
        let unreadable = problems.into_iter().filter_map(|(file, problems)| {
            let surface = self.surface(file)?;
            let problems: Vec<(Span, String)> = problems.into_iter().collect();
            (!problems.is_empty()).then_some(Unreadable { surface, problems })
        });
        unreadable.collect()
    }
}

fn pulled(name: &State<String>, written: &str, span: Span) -> (ImageSource, Image) {
    let base = match name {
        State::Known(name) => {
            let reference = ImageReference::parse(name).map_or_else(
                || State::unknown("its name is no image reference"),
                State::Known,
            );
            Base::external(reference, span)
        }
        State::Unknown { because } => {
            Base::partly_known(written.trim_matches(['"', '\'']), because, span)
        }
    };
    (ImageSource::Pulled { span }, Image::pulled(base, span))
}

fn unknown_image(because: &str, span: Span) -> Image {
    Image {
        base: Base::external(State::unknown(because), span),
        user: Fact::unknown(because, Origin::Default(span)),
        user_from_base: false,
        accounts: Vec::new(),
        privileged_files: Vec::new(),
        root_only: None,
        windows: false,
        entrypoint: None,
        steps_down: None,
    }
}
