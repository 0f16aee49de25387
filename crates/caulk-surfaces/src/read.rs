//! From trees to the model.

use std::collections::{BTreeMap, BTreeSet};

use caulk_model::base_images::ImageReference;
use caulk_model::{
    Base, ContainerId, Fact, Image, ImageSource, Origin, Refused, Repository, State, Unreadable,
};
use caulk_source::{FileId, Span, join_path, parent_path};
use caulk_syntax::dockerfile::Dockerfile;

use crate::compose::{self, Build, Project};
use crate::dockerfile::{self, BuildArguments};
use crate::tree::Tree;
use crate::workspace::{Workspace, context};

/// The containers of the built stages.
#[derive(Default)]
pub(crate) struct Stages {
    /// By file and stage.
    pub(crate) files: BTreeMap<(FileId, usize), ContainerId>,
    /// Of Dockerfiles in Compose files, by place and stage.
    pub(crate) inline: BTreeMap<(Span, usize), ContainerId>,
}

impl Workspace<'_> {
    /// The model of everything that was read. `target` names the stage that is built where no
    /// service says another.
    pub fn repository(&self, target: Option<&str>) -> Repository {
        let mut repository = Repository::new();
        self.read_stated(&mut repository);
        let stages = self.read_stages(&mut repository, target);
        for project in &self.projects {
            self.read_references(&mut repository, project);
            self.read_project(&mut repository, project, &stages);
        }
        for (file, tree) in &self.trees {
            if let Tree::Seccomp(parsed) = tree.as_ref()
                && let Some(profile) = &parsed.profile
            {
                repository.add_profile(*file, profile.clone());
            }
            if let Tree::Other(other) = tree.as_ref() {
                self.read_other(&mut repository, other.as_ref(), &stages);
            }
        }
        for unreadable in self.unreadable() {
            repository.add_unreadable(unreadable);
        }
        let files = self.trees.keys().filter_map(|file| self.dockerfile(*file));
        let inline = self.inline.values().map(|inline| &inline.0);
        for step in files.chain(inline).flat_map(dockerfile::privileged_steps) {
            repository.add_privileged_step(step);
        }
        repository.join();
        repository
    }

    pub(crate) fn dockerfile(&self, file: FileId) -> Option<&Dockerfile> {
        match self.trees.get(&file)?.as_ref() {
            Tree::Dockerfile(tree) => Some(tree),
            Tree::Compose(_) | Tree::Seccomp(_) | Tree::Other(_) => None,
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
        let named = self.named_contexts();
        for (file, tree) in &self.trees {
            let Tree::Dockerfile(dockerfile) = tree.as_ref() else {
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
                let named = named.get(file);
                let image = image
                    .map(|image| without_contexts(image, named.into_iter().flatten().copied()));
                let container =
                    image.and_then(|image| dockerfile::container(dockerfile, index, image));
                if let Some(container) = container {
                    built
                        .files
                        .insert((*file, index), repository.add_container(container));
                }
            }
        }
        self.read_inline_stages(repository, &mut built);
        built
    }

    /// The stages that Dockerfiles within Compose files build.
    fn read_inline_stages(&self, repository: &mut Repository, stages: &mut Stages) {
        let services = self.projects.iter().flat_map(|project| {
            let services = project.services.iter();
            services.map(move |service| (project, service))
        });
        for (project, service) in services {
            let requested = service.build.as_ref();
            let image = requested.and_then(|build| self.inline_image(project, build));
            let Some((place, index, image)) = image else {
                continue;
            };
            let is_new = !stages.inline.contains_key(&(place, index));
            let inline = self.inline.get(&place).filter(|_| is_new);
            let container =
                inline.and_then(|inline| dockerfile::container(&inline.0, index, image));
            if let Some(mut container) = container {
                container.image_of = Some(service.name.clone());
                let id = repository.add_container(container);
                stages.inline.insert((place, index), id);
            }
        }
    }

    /// The names that other build contexts have for a Dockerfile.
    fn named_contexts(&self) -> BTreeMap<FileId, BTreeSet<&String>> {
        let mut named: BTreeMap<FileId, BTreeSet<&String>> = BTreeMap::new();
        for (dockerfile, build) in self.builds() {
            if !build.contexts.is_empty() {
                let contexts = build.contexts.keys();
                named.entry(dockerfile).or_default().extend(contexts);
            }
        }
        named
    }

    /// The image that a Dockerfile in the Compose file makes, with the Dockerfile's place and the
    /// stage.
    pub(crate) fn inline_image(
        &self,
        project: &Project,
        build: &Build,
    ) -> Option<(Span, usize, Image)> {
        let place = build.inline?;
        let (dockerfile, source) = self.inline.get(&place)?.as_ref();
        let target = build.target.as_ref().and_then(State::known);
        let stages = dockerfile::stages(dockerfile);
        let index = dockerfile::target(&stages, target.map(String::as_str))?;
        let contexts = context(project, build);
        let read = |path: &str| self.text_of(self.find_in(contexts.iter(), path)?);
        let image = dockerfile::image(dockerfile, source, index, &build.arguments, &read)?;
        Some((place, index, with_contexts(image, build)))
    }

    pub(crate) fn image(
        &self,
        file: FileId,
        index: usize,
        arguments: &BuildArguments,
        contexts: &BTreeSet<String>,
    ) -> Option<Image> {
        let source = self.sources.get(file)?;
        let dockerfile = self.dockerfile(file)?;
        let find = |path: &str| self.find_in(contexts.iter(), path);
        let stage = (file, index);
        self.evaluated.image(stage, arguments, &find, |asking| {
            let read = |path: &str| self.text_of(asking.find(path)?);
            dockerfile::image(dockerfile, source, index, arguments, &read)
        })
    }

    /// A file of one of the contexts.
    fn find_in<'c>(
        &self,
        mut contexts: impl Iterator<Item = &'c String>,
        path: &str,
    ) -> Option<FileId> {
        contexts.find_map(|context| self.sources.find(&join_path(context, path)?))
    }

    fn text_of(&self, file: FileId) -> Option<String> {
        Some(self.sources.get(file)?.text().to_owned())
    }

    /// Whether a file is what git makes of a symbolic link where there are none: the path, and nothing
    /// else, of another file.
    fn is_link(&self, file: FileId) -> bool {
        let target = self.sources.get(file).and_then(|source| {
            let text = source.text().trim_start_matches('\u{feff}').trim_end();
            let is_path = !text.is_empty() && !text.contains(['\n', '\r']);
            is_path.then(|| join_path(parent_path(source.path()), text))?
        });
        target.is_some_and(|target| {
            self.sources
                .find(&target)
                .is_some_and(|other| other != file)
        })
    }

    /// What engines refuse, file by file.
    fn unreadable(&self) -> Vec<Unreadable> {
        let mut problems: BTreeMap<FileId, BTreeSet<Refused>> = BTreeMap::new();
        let quadlets = self.quadlets();
        for (file, tree) in &self.trees {
            let found = match tree.as_ref() {
                Tree::Dockerfile(tree) => tree.problems.clone(),
                Tree::Compose(stream) => compose::problems(stream),
                Tree::Seccomp(parsed) => parsed.problems.clone(),
                Tree::Other(other) => {
                    let here = problems.entry(*file).or_default();
                    if let Some(unit) = other.quadlet() {
                        here.extend(unit.refused_among(&quadlets));
                        continue;
                    }
                    here.extend(other.unjudged_from().map(Refused::unjudged));
                    other.problems()
                }
            };
            let found = found
                .into_iter()
                .map(|problem| Refused::when_read(problem.span, problem.message));
            problems.entry(*file).or_default().extend(found);
        }
        for problem in self.projects.iter().flat_map(|project| &project.problems) {
            let found = Refused::when_read(problem.span, problem.message.clone());
            problems.entry(problem.span.file).or_default().insert(found);
        }
        let unreadable = problems.into_iter().filter_map(|(file, problems)| {
            if self.is_link(file) {
                return None;
            }
            let surface = self.surface(file)?;
            let problems: Vec<Refused> = problems.into_iter().collect();
            let is_whole = match self.trees.get(&file).map(AsRef::as_ref) {
                Some(Tree::Compose(stream)) => compose::is_refused_whole(stream),
                _ => false,
            };
            (!problems.is_empty()).then_some(Unreadable {
                surface,
                problems,
                is_whole,
            })
        });
        unreadable.collect()
    }
}

/// An image whose base another build context stands for: what that brings is known of an image that
/// is pulled, and of nothing else.
pub(crate) fn with_contexts(image: Image, build: &Build) -> Image {
    let mut image = without_contexts(image, build.contexts.keys());
    let Base::External {
        reference: State::Known(reference),
        span,
        ..
    } = &image.base
    else {
        return image;
    };
    let (named, span) = (reference.familiar(), *span);
    let mut contexts = build.contexts.iter();
    let stands = contexts.find(|(name, _)| **name == named || format!("{name}:latest") == named);
    let Some((_, pulled)) = stands else {
        return image;
    };
    let pulled = pulled.as_deref();
    let pulled = pulled.filter(|name| ImageReference::parse(name).is_some());
    image.base = pulled.map_or_else(
        || {
            let because = "a build context of the service stands for its base image";
            Base::external(State::unknown(because), span)
        },
        |name| Base::named(name, span),
    );
    if image.user_from_base {
        image.user.state = image.base.default_user(span).state;
    }
    if image.entrypoint.is_none() {
        image.steps_down = image.base.step_down();
    }
    image
}

/// An image without the images that are none: a build context stands for them.
fn without_contexts<'n>(mut image: Image, named: impl Iterator<Item = &'n String>) -> Image {
    let named: BTreeSet<&str> = named.map(String::as_str).collect();
    image.build.bases.retain(|base| {
        let name = base.value.name();
        let short = name.strip_suffix(":latest").unwrap_or(&name);
        !named.contains(name.as_str()) && !named.contains(short)
    });
    image
}

pub(crate) fn pulled(name: &State<String>, written: &str, span: Span) -> (ImageSource, Image) {
    let base = match name {
        State::Known(name) => Base::named(name, span).written(written),
        State::Unknown { because } => {
            Base::partly_known(written.trim_matches(['"', '\'']), because, span)
        }
    };
    (ImageSource::Pulled { span }, Image::pulled(base, span))
}

pub(crate) fn unknown_image(because: &str, span: Span) -> Image {
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
        stated: None,
    }
}
