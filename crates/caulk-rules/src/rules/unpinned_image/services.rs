//! Images that services build under a name.

use std::collections::{BTreeMap, BTreeSet};

use caulk_model::Project;
use caulk_model::base_images::ImageReference;

use super::is_official;
use crate::prelude::*;

/// The names that services give the images that they build, and in which projects.
pub(super) struct BuiltByServices<'a>(
    BTreeMap<(String, Option<String>), BTreeSet<Option<&'a Project>>>,
);

impl BuiltByServices<'_> {
    /// Whether a container finds this image built. What a project calls like an image that everybody
    /// knows is no other project's.
    pub(super) fn build(&self, reference: &ImageReference, container: &Container) -> bool {
        let projects = self.0.get(&name(reference));
        projects.is_some_and(|projects| {
            projects.contains(&container.project.as_ref()) || !is_official(reference)
        })
    }
}

pub(super) fn built_by_services(repository: &Repository) -> BuiltByServices<'_> {
    let mut built: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let services = repository.containers();
    for service in services.filter(|container| container.declared.build.is_some()) {
        let names = match &service.declared.image {
            Some(image) => image.value().cloned().into_iter().collect(),
            None => names_by_compose(service),
        };
        for image in names
            .iter()
            .filter_map(|image| ImageReference::parse(image))
        {
            let projects = built.entry(name(&image)).or_default();
            projects.insert(service.project.as_ref());
        }
    }
    BuiltByServices(built)
}

/// What Compose calls the image of a service that names none: by project and service, between which
/// version 1 put `_`. The project is called like its folder.
fn names_by_compose(container: &Container) -> Vec<String> {
    let (Some(project), Some(service)) = (&container.project, &container.name) else {
        return Vec::new();
    };
    let folder = project.folder.rsplit('/').next().unwrap_or_default();
    let kept = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    let project: String = folder.to_ascii_lowercase().chars().filter(kept).collect();
    let project = project.trim_start_matches(['_', '-']);
    if project.is_empty() {
        return Vec::new();
    }
    vec![
        format!("{project}-{service}"),
        format!("{project}_{service}"),
    ]
}

fn name(reference: &ImageReference) -> (String, Option<String>) {
    (reference.repository.clone(), reference.tag.clone())
}
