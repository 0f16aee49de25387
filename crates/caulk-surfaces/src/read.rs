//! From trees to the model.

use std::collections::{BTreeMap, BTreeSet};

use caulk_model::base_images::ImageReference;
use caulk_model::{
    Base, Container, ContainerId, Fact, Image, ImageSource, Origin, Repository, State, Unreadable,
};
use caulk_source::{FileId, Span, Surface, join_path};
use caulk_syntax::Problem;
use caulk_syntax::dockerfile::Dockerfile;

use crate::compose::{self, Build, Service};
use crate::declaring::Declaring;
use crate::dockerfile::{self, BuildArguments};
use crate::quadlet;
use crate::workspace::{Tree, Workspace};

/// The containers of the built stages, by file and stage.
type Stages = BTreeMap<(FileId, usize), ContainerId>;

impl Workspace<'_> {
    /// The model of everything that was read. `target` names the stage that is built where no
    /// service says another.
    pub fn repository(&self, target: Option<&str>) -> Repository {
        let mut repository = Repository::new();
        let stages = self.read_stages(&mut repository, target);
        for (file, services) in &self.services {
            self.read_compose(&mut repository, *file, services, &stages);
        }
        for (file, tree) in &self.trees {
            if let Tree::Seccomp(parsed) = tree
                && let Some(profile) = &parsed.profile
            {
                repository.add_profile(*file, profile.clone());
            }
            if let Tree::Other(other) = tree {
                self.read_other(&mut repository, *file, other.as_ref(), &stages);
            }
            if let Some(unreadable) = unreadable(tree) {
                repository.add_unreadable(unreadable);
            }
        }
        repository.join();
        repository
    }

    fn dockerfile(&self, file: FileId) -> Option<&Dockerfile> {
        match self.trees.get(&file)? {
            Tree::Dockerfile(tree) => Some(tree),
            Tree::Compose(_) | Tree::Seccomp(_) | Tree::Other(_) => None,
        }
    }

    /// Every build that a service asks for: its Dockerfile, and what it says of it.
    fn builds(&self) -> impl Iterator<Item = (FileId, FileId, &Build)> {
        self.services.iter().flat_map(move |(file, services)| {
            services.iter().filter_map(move |service| {
                let build = service.build.as_ref()?;
                let path = self.dockerfile_path(*file, build)?;
                Some((self.sources.find(&path)?, *file, build))
            })
        })
    }

    /// The stages that are built: the one that `target` means, and those that services name.
    fn read_stages(&self, repository: &mut Repository, target: Option<&str>) -> Stages {
        let nothing = BuildArguments::new();
        let mut wanted: BTreeMap<FileId, BTreeMap<usize, &BuildArguments>> = BTreeMap::new();
        for (dockerfile, _, build) in self.builds() {
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
        let mut built = Stages::new();
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
            let contexts = self.contexts(*file);
            for (index, arguments) in indices {
                let image = self.image(*file, index, arguments, &contexts);
                let container =
                    image.and_then(|image| dockerfile::container(dockerfile, index, image));
                if let Some(container) = container {
                    built.insert((*file, index), repository.add_container(container));
                }
            }
        }
        built
    }

    fn image(
        &self,
        file: FileId,
        index: usize,
        arguments: &BuildArguments,
        contexts: &BTreeSet<String>,
    ) -> Option<Image> {
        let read = |path: &str| {
            let mut candidates = contexts
                .iter()
                .filter_map(|context| join_path(context, path));
            let found = candidates.find_map(|path| self.sources.find(&path))?;
            Some(self.sources.get(found)?.text().to_owned())
        };
        let source = self.sources.get(file)?;
        dockerfile::image(self.dockerfile(file)?, source, index, arguments, &read)
    }

    fn read_compose(
        &self,
        repository: &mut Repository,
        file: FileId,
        services: &[Service],
        stages: &Stages,
    ) {
        // A service may run by its tag what another one builds.
        let mut tags: BTreeMap<String, &Build> = BTreeMap::new();
        let canonical = |tag: &String| {
            ImageReference::parse(tag).map_or_else(|| tag.clone(), |reference| reference.familiar())
        };
        for service in services {
            let tag = service.image.as_ref().and_then(|image| image.value.known());
            if let (Some(tag), Some(build)) = (tag, &service.build) {
                tags.insert(canonical(tag), build);
            }
        }
        for service in services {
            let (source, image) = match (&service.build, &service.image) {
                (Some(build), _) => self.built(file, build, build.span, stages),
                (None, Some(named)) => {
                    let tag = named
                        .value
                        .known()
                        .and_then(|tag| tags.get(&canonical(tag)));
                    if let Some(build) = tag {
                        self.built(file, build, named.span, stages)
                    } else {
                        let written = self.sources.slice(named.span);
                        pulled(&named.value, written, named.span)
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
            repository.add_container(Container::assemble(
                Surface::Compose,
                Some(service.name.clone()),
                service.anchor,
                source,
                image,
                service.declared.clone(),
            ));
        }
    }

    /// What a file says that answers for itself.
    fn read_other(
        &self,
        repository: &mut Repository,
        file: FileId,
        other: &dyn Declaring,
        stages: &Stages,
    ) {
        let find = |folder: &str, path: &str| self.find_from(folder, path);
        other.below(&find, repository);
        let quadlet = other
            .quadlet()
            .and_then(|unit| unit.declaration(&self.quadlets(), &find));
        for declaration in other.declarations(&find).into_iter().chain(quadlet) {
            let (source, image) = match (&declaration.build, &declaration.image) {
                (Some(build), _) => self.built(file, build, build.span, stages),
                (None, Some(named)) => {
                    pulled(&named.value, self.sources.slice(named.span), named.span)
                }
                (None, None) => {
                    let because = "nothing here says which image it runs";
                    let image = unknown_image(because, declaration.anchor);
                    (ImageSource::Fragment, image)
                }
            };
            repository.add_container(Container::assemble(
                declaration.surface,
                declaration.name,
                declaration.anchor,
                source,
                image,
                declaration.declared,
            ));
        }
    }

    /// The quadlets and their drop-ins.
    fn quadlets(&self) -> Vec<&quadlet::File> {
        let quadlets = self.trees.values().filter_map(|tree| match tree {
            Tree::Other(other) => other.quadlet(),
            Tree::Dockerfile(_) | Tree::Compose(_) | Tree::Seccomp(_) => None,
        });
        quadlets.collect()
    }

    /// The file at a path that is seen from a folder.
    fn find_from(&self, folder: &str, path: &str) -> State<Option<FileId>> {
        if path.starts_with(['/', '~']) {
            return State::unknown(format!("`{path}` is a path of the machine it runs on"));
        }
        match join_path(folder, path) {
            Some(whole) if self.sources.is_withheld(&whole) => {
                State::unknown(format!("`{path}` is not read"))
            }
            whole => State::Known(whole.and_then(|whole| self.sources.find(&whole))),
        }
    }

    /// The image that a build makes for a service, with the service's own arguments.
    fn built(
        &self,
        file: FileId,
        build: &Build,
        span: Span,
        stages: &Stages,
    ) -> (ImageSource, Image) {
        let found = || {
            let dockerfile = self.sources.find(&self.dockerfile_path(file, build)?)?;
            let named = build
                .target
                .as_ref()
                .and_then(State::known)
                .map(String::as_str);
            let index =
                dockerfile::target(&dockerfile::stages(self.dockerfile(dockerfile)?), named)?;
            let contexts = BTreeSet::from([self.context(file, build)?]);
            let image = self.image(dockerfile, index, &build.arguments, &contexts)?;
            Some((stages.get(&(dockerfile, index)).copied(), image))
        };
        let Some((container, image)) = found() else {
            let image = unknown_image("its Dockerfile is not in the repository", span);
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
        build: caulk_model::build::Build::default(),
    }
}

fn unreadable(tree: &Tree) -> Option<Unreadable> {
    let (surface, problems): (Surface, Vec<Problem>) = match tree {
        Tree::Dockerfile(tree) => (Surface::Dockerfile, tree.problems.clone()),
        Tree::Compose(stream) => (Surface::Compose, compose::problems(stream)),
        Tree::Seccomp(parsed) => (Surface::Seccomp, parsed.problems.clone()),
        Tree::Other(other) => (other.surface(), other.problems()),
    };
    if problems.is_empty() {
        return None;
    }
    let problems = problems
        .into_iter()
        .map(|problem| (problem.span, problem.message));
    Some(Unreadable {
        surface,
        problems: problems.collect(),
    })
}
