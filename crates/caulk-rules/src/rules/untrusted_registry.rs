//! See the page below.

use std::collections::BTreeSet;

use caulk_model::base_images::ImageReference;
use caulk_model::{ImageSource, Project};
use caulk_source::Span;

use crate::build;
use crate::prelude::*;

rule! {
    /// An image comes from a registry that nobody here has said to trust.
    ///
    /// ## Why it matters
    ///
    /// Whoever may push to a repository decides what runs where its images are pulled. A team that has
    /// settled from where it takes images wants to hear of the one that comes from elsewhere: a name with a
    /// letter too many, a private copy, the account of a stranger.
    ///
    /// ## Bad
    ///
    /// ```toml,bad file=caulk.toml
    /// [rules.untrusted-registry]
    /// trusted = ["docker.io/library", "ghcr.io/acme/*"]
    /// ```
    ///
    /// ```dockerfile,bad
    /// FROM ghcr.io/acme-tools/node:22
    /// USER node
    /// ```
    ///
    /// ## Good
    ///
    /// ```toml,good file=caulk.toml
    /// [rules.untrusted-registry]
    /// trusted = ["docker.io/library", "ghcr.io/acme/*"]
    /// ```
    ///
    /// ```dockerfile,good
    /// FROM node:22
    /// USER node
    /// ```
    ///
    /// ## How it is judged
    ///
    /// Nothing is said until a configuration says what is trusted, for the files around it. Every image that
    /// a build or a container needs is then looked at, under its whole name: `nginx` is
    /// `docker.io/library/nginx`, as it is for the engine.
    ///
    /// An entry of `trusted` is a registry (`ghcr.io`), a namespace (`ghcr.io/acme`) or a repository, and
    /// everything below it; `*` stands for any letters of a part (`*.acme.example`). Without a registry it
    /// is one of Docker Hub: `nginx` is the official image, `acme/*` all of that account.
    ///
    /// - *Stands on*: an image on which a stage stands that is built.
    /// - *Copied or mounted from*: an image from which such a stage takes files.
    /// - *Runs*: an image that a container runs and that is not built here.
    /// - *Run by a step* (fires): the image of a workflow's step, `uses: docker://…`.
    /// - *Tag not known*: where a variable hides the tag alone, the repository is judged.
    /// - *Not known* (silent): the repository hangs on something unknown.
    /// - *Not pulled* (silent): a stage of the file, another build context, `scratch`, and the `image` of a
    ///   service that is built here, for every service of its project that names it.
    /// - *Not configured* (silent): nothing is said of what is trusted.
    ///
    /// ## About the fix
    ///
    /// There is none: which image was meant is for a person to say.
    ///
    /// ## Sources
    ///
    /// CIS Docker Benchmark 1.6.0, 4.2; NIST SP 800-190, 4.1.5, on the use of untrusted images; the names of
    /// images as `github.com/distribution/reference` has them.
    "untrusted-registry",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::High),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Dockerfile, Surface::Compose, Surface::CommandLine, Surface::Workflow],
    references: &[
        Reference::like(Authority::Cis, "4.2"),
        Reference::like(Authority::Nist, "4.1.5"),
        Reference::like(Authority::DockerBench, "check_4_2"),
        Reference::same(Authority::Hadolint, "DL3026"),
        Reference::same(Authority::Tally, "hadolint/DL3026"),
        Reference::like(Authority::Dockle, "CIS-DI-0002"),
    ],
    options: &[RuleOption {
        name: TRUSTED,
        about: "the registries, namespaces and repositories from which images may be taken",
        kind: OptionKind::Images,
    }],
    check: check,
}

const TRUSTED: &str = "trusted";

fn check(repository: &Repository, findings: &mut Findings) {
    for (container, fact) in build::facts(repository, |build| &build.bases) {
        let Some(untrusted) = judged(repository, fact.span, fact.value.repository()) else {
            continue;
        };
        let uses = if fact.value.copied_from {
            "takes files from"
        } else {
            "stands on"
        };
        let says = format!("{uses} `{}`, {FROM_ELSEWHERE}", fact.value.name());
        let finding = build::report(&RULE.info, container, fact, LABEL, &says);
        findings.report(untrusted.completed(finding));
    }
    let built = built(repository);
    for container in repository.containers() {
        let ImageSource::Pulled { span } = &container.source else {
            continue;
        };
        let image = named(container);
        let is_built = image.is_some_and(|image| built.contains(&(&container.project, image)));
        if is_built || !RULE.info.surfaces.contains(&container.surface) {
            continue;
        }
        let base = &container.image.base;
        if let Some(untrusted) = judged(repository, *span, base.repository()) {
            let title = container.title();
            let message = format!("{title} runs `{}`, {FROM_ELSEWHERE}", base.name());
            let label = Label::new(*span, LABEL);
            let finding = Finding::new(&RULE.info, container.surface, label, message);
            findings.report(untrusted.completed(finding.container(&title, container.anchor)));
        }
    }
    for pull in repository.image_pulls() {
        if let Some(untrusted) = judged(repository, pull.anchor, pull.image.repository()) {
            let name = pull.image.name();
            let message = format!("{} runs `{name}`, {FROM_ELSEWHERE}", pull.title);
            let label = Label::new(pull.anchor, LABEL);
            let finding = Finding::new(&RULE.info, pull.surface, label, message);
            findings.report(untrusted.completed(finding.container(&pull.title, pull.anchor)));
        }
    }
}

/// What services are built here, by their projects and the names that the images get.
fn built(repository: &Repository) -> BTreeSet<(&Option<Project>, &str)> {
    let containers = repository.containers();
    let built = containers.filter(|one| matches!(one.source, ImageSource::Built { .. }));
    built
        .filter_map(|container| Some((&container.project, named(container)?)))
        .collect()
}

/// The image that a container names, as it is written.
fn named(container: &Container) -> Option<&str> {
    let image = container.declared.image.as_ref()?;
    image.value().map(String::as_str)
}

const FROM_ELSEWHERE: &str = "which no trusted registry has";
const LABEL: &str = "comes from elsewhere";

/// A repository that is not trusted, and where is said what is.
struct Untrusted {
    repository: String,
    said: Span,
}

/// Whether the image that is named at a place is not trusted there.
fn judged(repository: &Repository, place: Span, image: Option<String>) -> Option<Untrusted> {
    let trusted = repository.images_named(place.file, RULE.info.id, TRUSTED)?;
    let image = image?;
    (!trusted.include(&image)).then_some(Untrusted {
        repository: image,
        said: trusted.span,
    })
}

impl Untrusted {
    fn completed(&self, finding: Finding) -> Finding {
        let whole = &self.repository;
        let registry = ImageReference::of_repository(whole);
        let registry = registry.as_ref().map_or("", ImageReference::registry);
        finding
            .fact(format!("image {whole}"))
            .related(self.said, "than what is trusted here")
            .why(format!(
                "whoever may push to `{whole}` on `{registry}` decides what runs, and nobody here \
                 has said to trust them"
            ))
            .advice(
                "take the image from where images are taken, or add its repository to `trusted`",
            )
    }
}
