//! From the files that answer for themselves to the model.

use std::collections::BTreeSet;

use caulk_model::{
    Base, Container, Fact, Image, ImageSource, Origin, Repository, State, Step, StepKind, User,
};
use caulk_source::{FileId, Surface, join_path, parent_path};

use crate::declaring::{BuiltFrom, Declaring};
use crate::read::{Stages, pulled, unknown_image};
use crate::tree::Tree;
use crate::workspace::Workspace;
use crate::{devcontainer, dockerfile, quadlet};

impl Workspace<'_> {
    /// What a file says that answers for itself.
    pub(crate) fn read_other(
        &self,
        repository: &mut Repository,
        other: &dyn Declaring,
        stages: &Stages,
    ) {
        let find = |folder: &str, path: &str| self.find_from(folder, path);
        other.below(&find, repository);
        let quadlet = other
            .quadlet()
            .and_then(|unit| unit.declaration(&self.quadlets(), &find));
        for mut declaration in other.declarations(&find).into_iter().chain(quadlet) {
            let (source, image) = match (&declaration.build, &declaration.image) {
                (Some(build), _) => self.built_from(build, stages),
                (None, Some(named)) => {
                    pulled(&named.value, self.sources.slice(named.span), named.span)
                }
                (None, None) => {
                    let because = "nothing here says which image it runs";
                    let image = unknown_image(because, declaration.anchor);
                    (ImageSource::Fragment, image)
                }
            };
            if let Some(file) = other.dev_container() {
                let feature = |folder: &str, path: &str| self.feature(folder, path);
                let build = declaration.build.as_ref();
                let own = build.and_then(|build| self.metadata(build));
                let label = own.or_else(|| label_of_base(&image));
                file.complete(&mut declaration.declared, &feature, label);
            }
            if declaration.surface == Surface::DevContainer && declaration.declared.user.is_none() {
                declaration.declared.user = user_of_label(&image, &source);
            }
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

    /// The feature whose file lies at a path that is seen from a folder.
    fn feature(&self, folder: &str, path: &str) -> Option<&devcontainer::File> {
        let found = self.find_from(folder, path);
        match self.tree(*found.known()?.as_ref()?)? {
            Tree::Other(other) => other.dev_container(),
            Tree::Dockerfile(_) | Tree::Compose(_) | Tree::Seccomp(_) => None,
        }
    }

    /// What the label of an image that is built here says about dev containers.
    ///
    /// The specification has it merged. The reference implementation reads the label of a base image,
    /// and of an image that is built already; of the Dockerfile that it builds itself it may drop it
    /// (devcontainers/cli 1225, open in 2026-11).
    fn metadata(&self, build: &BuiltFrom) -> Option<devcontainer::Label> {
        let path = join_path(&build.folder, build.dockerfile.known()?)?;
        let dockerfile = self.dockerfile(self.sources.find(&path)?)?;
        let target = build.target.as_ref().and_then(State::known);
        let stages = dockerfile::stages(dockerfile);
        let index = dockerfile::target(&stages, target.map(String::as_str))?;
        let label = dockerfile::label(dockerfile, index, "devcontainer.metadata")?;
        Some(devcontainer::Label {
            text: label.value,
            origin: Origin::Inherited {
                from: label.span,
                steps: vec![Step {
                    kind: StepKind::BuiltImage,
                    span: build.span,
                }],
            },
        })
    }

    /// The image that a Dockerfile makes for a container whose file only names it.
    fn built_from(&self, build: &BuiltFrom, stages: &Stages) -> (ImageSource, Image) {
        let span = build.span;
        let target = build.target.as_ref().and_then(State::known);
        let found = || {
            let path = join_path(&build.folder, build.dockerfile.known()?)?;
            let file = self.sources.find(&path)?;
            let stages_there = dockerfile::stages(self.dockerfile(file)?);
            let index = dockerfile::target(&stages_there, target.map(String::as_str))?;
            let contexts = BTreeSet::from([parent_path(&path).to_owned()]);
            let image = self.image(file, index, &build.arguments, &contexts)?;
            Some((stages.files.get(&(file, index)).copied(), image))
        };
        let (container, image) = found().unwrap_or_else(|| {
            let because = "its Dockerfile is not in the repository";
            (None, unknown_image(because, span))
        });
        (ImageSource::Built { container, span }, image)
    }

    /// The quadlets and their drop-ins.
    pub(crate) fn quadlets(&self) -> Vec<&quadlet::File> {
        let quadlets = self.trees.values().filter_map(|tree| match tree.as_ref() {
            Tree::Other(other) => other.quadlet(),
            Tree::Dockerfile(_) | Tree::Compose(_) | Tree::Seccomp(_) => None,
        });
        quadlets.collect()
    }

    /// The file at a path that is seen from a folder.
    pub(crate) fn find_from(&self, folder: &str, path: &str) -> State<Option<FileId>> {
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
}

/// What the label of a known base image asks for.
fn label_of_base(image: &Image) -> Option<devcontainer::Label> {
    let Base::External {
        row: Some(row),
        span,
        ..
    } = &image.base
    else {
        return None;
    };
    Some(devcontainer::Label {
        text: row.dev_container?.to_owned(),
        origin: Origin::Inherited {
            from: *span,
            steps: vec![Step {
                kind: StepKind::ImageLabel,
                span: *span,
            }],
        },
    })
}

/// The user that the label of a known base image names for dev containers.
fn user_of_label(image: &Image, source: &ImageSource) -> Option<Fact<User>> {
    let Base::External {
        row: Some(row),
        span: from,
        ..
    } = &image.base
    else {
        return None;
    };
    let step = match source {
        ImageSource::Built { span, .. } => (StepKind::BuiltImage, *span),
        ImageSource::Pulled { span } => (StepKind::PulledImage, *span),
        ImageSource::Itself | ImageSource::Fragment => return None,
    };
    let origin = Origin::Inherited {
        from: *from,
        steps: vec![Step {
            kind: step.0,
            span: step.1,
        }],
    };
    Some(Fact::known(User::new(row.container_user?), origin))
}
