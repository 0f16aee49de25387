//! From Compose projects to the model.

use std::collections::{BTreeMap, BTreeSet};

use caulk_model::base_images::ImageReference;
use caulk_model::{
    Container, Extent, Image, ImageSource, Referred, Repository, SecurityOption, State,
    UnresolvedReference, WhyUnresolved,
};
use caulk_source::{Span, Surface, in_nearest_folder, join_path};

use crate::compose::{self, Build, Project, Service};
use crate::dockerfile;
use crate::read::{Stages, pulled, unknown_image, with_contexts};
use crate::workspace::{Workspace, context};

impl Workspace<'_> {
    pub(crate) fn read_project(
        &self,
        repository: &mut Repository,
        project: &Project,
        stages: &Stages,
    ) {
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
        for service in &project.services {
            if !self.is_active(service) {
                continue;
            }
            let (source, image) = match (&service.build, &service.image) {
                (Some(build), _) => self.built(project, build, build.span, stages),
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
                        let hidden =
                            || State::unknown("a variable of an environment file is in its name");
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
            container.project = project.main.map(|main| caulk_model::Project {
                folder: project.folder.clone(),
                main,
            });
            container.steps.clone_from(&service.steps);
            repository.add_container(container);
        }
    }

    /// What the services that are started refer to and what is not read.
    pub(crate) fn read_references(&self, repository: &mut Repository, project: &Project) {
        for reference in &project.unresolved {
            repository.add_unresolved(reference.clone());
        }
        let active = project
            .services
            .iter()
            .filter(|service| self.is_active(service));
        for service in active {
            // Paths of a part are seen from the folder of the file over which it is put.
            let is_whole = service.declared.around.extent != Extent::Part;
            let build = service.build.as_ref().filter(|_| is_whole);
            let dockerfile = build.and_then(|build| self.unresolved(project, build));
            let profile = self.unread_profile(project, service);
            for reference in dockerfile.into_iter().chain(profile) {
                repository.add_unresolved(reference);
            }
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

    /// Why the seccomp profile of a service is not read. One that is simply not there is a finding of
    /// its own.
    fn unread_profile(&self, project: &Project, service: &Service) -> Option<UnresolvedReference> {
        let options = service.declared.security_options.iter().rev();
        let mut named = options.filter_map(|entry| {
            let option = SecurityOption::parse(entry.value.known()?);
            (option.key == "seccomp").then_some((entry.origin.span(), option.value?))
        });
        let (span, path) = named.next()?;
        if matches!(path.as_str(), "" | "unconfined" | "builtin") || path.starts_with('{') {
            return None;
        }
        let why = match join_path(&project.folder, &path) {
            None => WhyUnresolved::Outside,
            Some(path) if self.sources.is_withheld(&path) => WhyUnresolved::Unread,
            Some(_) => return None,
        };
        let written = self.sources.slice(span).trim_matches(['"', '\'']);
        Some(UnresolvedReference {
            span,
            kind: Referred::Profile,
            target: SecurityOption::parse(written).value.unwrap_or_default(),
            why,
            discovered: project.discovered,
        })
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
        if why == WhyUnresolved::Missing && self.is_found_above(project, build) {
            return None;
        }
        Some(UnresolvedReference {
            span: build.place,
            kind: Referred::Dockerfile,
            target: build.written.clone(),
            why,
            discovered: project.discovered,
        })
    }

    /// Whether a folder above the project has the Dockerfile. A file that the engine does not find by
    /// itself may be one that is given to it, copied or included from there.
    fn is_found_above(&self, project: &Project, build: &Build) -> bool {
        let here = |folder: &str| {
            let context = join_path(folder, build.context.known()?)?;
            self.sources
                .find(&join_path(&context, build.dockerfile.known()?)?)
        };
        !project.discovered && in_nearest_folder(&project.folder, here).is_some()
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
            let image = with_contexts(image, build);
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
}
