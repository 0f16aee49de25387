//! See the page below.

use std::collections::BTreeMap;

use caulk_model::base_images::{self, ImageReference};
use caulk_model::build::{ArgumentDefault, BaseUse, BuildFact, NamePart, NamedByArgument};
use caulk_model::{Base, Engine, ImageSource, Pulling};
use caulk_source::{FileId, Span};

use crate::build;
use crate::prelude::*;
use crate::written;

use services::built_by_services;
use tags::says_no_version;

mod services;
mod tags;

rule! {
    /// An image is named so that it can be another one tomorrow.
    ///
    /// ## Why it matters
    ///
    /// A tag is a name that its owner can move. `latest`, and no tag at all, move with every release; a
    /// version moves when it is built anew, or when somebody takes the account over. A digest is the image
    /// itself: what was tested is what runs, on every host and in every build.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM node
    /// USER node
    /// ```
    ///
    /// ## Good
    ///
    /// ```dockerfile,good
    /// FROM node:22.11.0@sha256:5c76d05034644fa8ecc9c2aa84e0a83cd981d0ef13af5455b87b9adf5b216561
    /// USER node
    /// ```
    ///
    /// ## How it is judged
    ///
    /// The images on which the stages stand that are built, and those that services pull.
    ///
    /// - *No tag, or latest*: medium. With a digest it is not reported. A tag that says which build is meant and
    ///   not which release (`alpine`, `lts`, `slim-bookworm`, `nightly`) goes from release to release as well;
    ///   of Debian and Ubuntu the name of a release is the version.
    /// - *Another tag*: low. With a digest it is not reported.
    /// - *Copied or mounted from*: an image from which a stage that is built takes files.
    /// - *A build argument* (fires): where one has a part in the name, its value here counts, its `ARG` is a
    ///   related place, and confidence is medium: who builds may give another. So it is with a variable in the
    ///   `image` of a service.
    /// - *Documentation* (silent): how a line that a reader types is hardened is the reader's to decide.
    /// - *Not known* (silent): the name hangs on something unknown.
    /// - *Not pulled* (silent): a stage of the file, `scratch`, and the `image` of a service that is built
    ///   here.
    /// - *A name of a build here*: a line starts, or a Dockerfile stands on, the image to which
    ///   `docker build -t` or a bake target of some file here gives that name, or the build of a service,
    ///   by its `image` or by what Compose makes of project and service: nothing is pulled then.
    /// - *A bare name* (fires): without registry and namespace, and of no official image that is known,
    ///   confidence is low: it may be built by hand. So may one that is never pulled (`pull_policy: never`). On a command line of docker it surely is: silent there.
    /// - *Several times in one file* (fires): the first place is the finding, the others are related places, a
    ///   few of them and a count of the rest.
    /// - *Another stage* (silent): one that nothing needs.
    ///
    /// ## About the fix
    ///
    /// There is none: the digest of an image has to be looked up. `docker buildx imagetools inspect` shows
    /// it; tools that update dependencies keep tag and digest together.
    ///
    /// ## Sources
    ///
    /// Docker's documentation, "Building best practices", on pinning base images.
    "unpinned-image",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Derived { least: Severity::Low, worst: Severity::Medium },
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Dockerfile, Surface::Compose, Surface::CommandLine, Surface::Workflow],
    references: &[
        Reference::like(Authority::Cis, "4.2"),
        Reference::like(Authority::Cis, "5.28"),
        Reference::like(Authority::Owasp, "Rule 13"),
        Reference::like(Authority::Nist, "4.1.5"),
        Reference::like(Authority::DockerBench, "check_5_28"),
        Reference::like(Authority::Hadolint, "DL3006"),
        Reference::like(Authority::Hadolint, "DL3007"),
        Reference::like(Authority::Trivy, "DS-0001"),
        Reference::like(Authority::Checkov, "CKV_DOCKER_7"),
        Reference::like(Authority::Kics, "9efb0b2d-89c9-41a3-91ca-dcc0aec911fd"),
        Reference::like(Authority::Kics, "f45ea400-6bbe-4501-9fc7-1c3d75c32067"),
        Reference::like(Authority::Semgrep, "avoid-latest-version"),
        Reference::like(Authority::Semgrep, "dockerfile-source-not-pinned"),
        Reference::like(Authority::Semgrep, "missing-image-version"),
        Reference::like(Authority::Tally, "hadolint/DL3006"),
        Reference::like(Authority::Tally, "hadolint/DL3007"),
        Reference::like(Authority::Dockle, "DKL-DI-0006"),
        Reference::like(Authority::ComposeLint, "CL-0004"),
        Reference::like(Authority::ComposeLint, "CL-0019"),
        Reference::like(Authority::Dclint, "service-image-require-explicit-tag"),
        Reference::like(Authority::ComposeAuditor, "IMG001"),
        Reference::like(Authority::CloudSecurity, "dfs001"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    let services = built_by_services(repository);
    let mut uses: Vec<Use<'_>> = Vec::new();
    for (container, fact) in build::facts(repository, |build| &build.bases) {
        if let Some(reference) = fact.value.reference.known()
            && !repository.is_built_here(reference)
            && !repository.is_build_context(reference)
            && !services.build(reference, container)
        {
            uses.extend(stood_on(repository, container, fact, reference));
        }
    }
    for container in repository.containers() {
        let judged = RULE.info.surfaces.contains(&container.surface);
        if !judged || container.declared.example {
            continue;
        }
        let ImageSource::Pulled { span } = &container.source else {
            continue;
        };
        let Base::External {
            reference: State::Known(reference),
            tag_is_written,
            has_variable,
            ..
        } = &container.image.base
        else {
            continue;
        };
        if repository.is_built_here(reference) || services.build(reference, container) {
            continue;
        }
        // Nobody but Docker has bare names on its registry: somebody builds it on the spot.
        let by_hand = container.surface == Surface::CommandLine
            && container.declared.engine == Engine::Docker
            && may_be_local(reference);
        if by_hand {
            continue;
        }
        if let Some(finding) = pulled(container, *span, reference, *tag_is_written) {
            let varies = *has_variable && container.surface == Surface::Compose;
            uses.push(Use {
                finding: if varies { varied(finding) } else { finding },
                again: again(container),
                reference,
            });
        }
    }
    findings.extend(together(uses));
}

/// An image on which a stage stands, or from which it copies.
fn stood_on<'a>(
    repository: &Repository,
    container: &Container,
    fact: &'a BuildFact<BaseUse>,
    reference: &'a ImageReference,
) -> Option<Use<'a>> {
    let (severity, label) = judged(reference, fact.value.tag_is_written)?;
    let verb = if fact.value.copied_from {
        "takes files from"
    } else {
        "stands on"
    };
    let says = format!("{verb} `{}`, which can change", reference.familiar());
    let by_argument = fact.value.by_argument.as_ref();
    let label = if by_argument.is_some() {
        format!("{label}, as a build argument has it")
    } else {
        label.to_owned()
    };
    let finding = build::report(&RULE.info, container, fact, label, &says);
    let finding = completed(finding, severity, reference, false);
    Some(Use {
        finding: match by_argument {
            Some(named) => given(argued(finding, named), repository, container, named),
            None => finding,
        },
        again: format!("and {} {verb} it too", container.title_of(&fact.stage)),
        reference,
    })
}

/// What is said of a container where another one's finding stands for both. A line that gives its
/// container no name is called after the image, which says nothing here.
fn again(container: &Container) -> String {
    if container.is_called_after_its_image() {
        "and this command runs it too".to_owned()
    } else {
        format!("and {} runs it too", container.title())
    }
}

/// How many other places that use an image are shown.
const SHOWN: usize = 4;

/// A finding about a name in which a build argument has a part: it is in the argument that it is mended.
fn argued(finding: Finding, named: &NamedByArgument) -> Finding {
    let finding = finding.doubted(
        Confidence::Medium,
        "whoever builds it may give the argument another value",
    );
    let Some(argument) = &named.argument else {
        return finding.advice("let the argument name a version and its digest");
    };
    let name = &argument.name;
    let label = match named.default {
        ArgumentDefault::Declaration => "has a part in the name",
        ArgumentDefault::Use => "is declared without a value",
        ArgumentDefault::Builder => "is what a build gives a value to",
    };
    let finding = finding.related(argument.declared, label);
    let default = match named.default {
        ArgumentDefault::Declaration => format!("the default of `{name}`"),
        ArgumentDefault::Use => format!("the default of `{name}` in this line"),
        ArgumentDefault::Builder => {
            let advice = format!("let what is given to `{name}` name a version and its digest");
            return finding.advice(advice);
        }
    };
    finding.advice(match named.part {
        NamePart::Tag => format!(
            "write tag and digest into {default}, as `version@sha256:…`: with a digest behind the variable \
             the tag would say nothing any more, so that both have to move together"
        ),
        NamePart::Whole => {
            format!("write a version and its digest into {default}: `name:version@sha256:…`")
        }
        NamePart::Other => {
            "end the whole name with a digest, `…@sha256:…`, and move it together with the version".to_owned()
        }
    })
}

/// What is said besides where services give an argument.
const THERE: &str = "; and the same where a service gives it";

/// With the services that give the argument when they build it.
fn given(
    finding: Finding,
    repository: &Repository,
    container: &Container,
    named: &NamedByArgument,
) -> Finding {
    let Some(argument) = &named.argument else {
        return finding;
    };
    let services = container.run_by.iter();
    let services = services.filter_map(|id| repository.container(*id));
    let places = services.filter_map(|service| {
        let given = &service.declared.build.as_ref()?.arguments;
        let entry = given.iter().find(|entry| entry.value == argument.name)?;
        Some((entry.origin.span(), service.title()))
    });
    places
        .take(SHOWN)
        .fold(finding, |mut finding, (place, title)| {
            // The default does not count for it.
            let says_so = named.default == ArgumentDefault::Builder;
            let advice = finding.advice.as_mut();
            if let Some(advice) = advice.filter(|advice| !says_so && !advice.ends_with(THERE)) {
                advice.push_str(THERE);
            }
            finding.related(place, format!("and {title} gives it here"))
        })
}

/// A finding about a service's image in whose name a variable of the environment has a part.
fn varied(finding: Finding) -> Finding {
    finding
        .doubted(
            Confidence::Medium,
            "whoever starts it may give the variable another value",
        )
        .advice(
            "end the name with a version and its digest, `version@sha256:…`; where a variable is that end, in \
             its default",
        )
}

/// Something that uses an image.
struct Use<'a> {
    finding: Finding,
    /// What is said of it where another use stands for both.
    again: String,
    reference: &'a ImageReference,
}

/// One finding for an image and a file: the first that uses it, and the places of the others.
fn together(mut uses: Vec<Use<'_>>) -> Vec<Finding> {
    uses.sort_by_key(|one| one.finding.primary.span);
    let mut findings: Vec<Finding> = Vec::new();
    let mut known: BTreeMap<(FileId, &ImageReference), usize> = BTreeMap::new();
    // How many others each names, and how many it does not; its own places stand before them.
    let mut named: BTreeMap<usize, usize> = BTreeMap::new();
    let mut hidden: BTreeMap<usize, usize> = BTreeMap::new();
    for one in uses {
        let place = one.finding.primary.span;
        let key = (place.file, one.reference);
        let index = known.get(&key).copied();
        let first = index.and_then(|index| findings.get_mut(index));
        match first.zip(index) {
            // What several share is written once.
            Some((first, index)) if first.primary.span != place => {
                let shown = named.entry(index).or_default();
                if *shown < SHOWN {
                    *shown += 1;
                    first.related.push(Label::new(place, one.again));
                } else {
                    *hidden.entry(index).or_default() += 1;
                }
            }
            Some(_) | None => {
                known.entry(key).or_insert(findings.len());
                findings.push(one.finding);
            }
        }
    }
    for (index, count) in hidden {
        let last = findings
            .get_mut(index)
            .and_then(|finding| finding.related.last_mut());
        if let Some(last) = last {
            let more = if count == 1 {
                "place does"
            } else {
                "places do"
            };
            last.text = format!("{}, as {count} more {more}", last.text);
        }
    }
    findings
}

/// A service that pulls an image.
fn pulled(
    container: &Container,
    span: Span,
    reference: &ImageReference,
    tag_is_written: bool,
) -> Option<Finding> {
    let (severity, label) = judged(reference, tag_is_written)?;
    let title = container.title();
    let who = if container.is_called_after_its_image() {
        "this command"
    } else {
        title.as_str()
    };
    let message = format!("{who} runs `{}`, which can change", reference.familiar());
    let label = Label::new(span, label);
    let finding = Finding::new(&RULE.info, container.surface, label, message);
    let mut finding = finding.container(&title, container.anchor);
    if let Some(pulled) = container.declared.around.pulled_at {
        finding = finding.related(
            pulled,
            "and this pulls it, so that both are to name the same digest",
        );
    }
    let part = container.declared.around.part_of_image;
    let tag = reference.tag.as_deref();
    if let Some((place, tag)) = part
        .zip(tag)
        .filter(|(place, tag)| written::is_text(tag, *place))
    {
        return Some(
            rated(finding, severity, reference)
                .related(place, "is the tag that the variable holds")
                .why(CHANGES)
                .advice(format!(
                    "write the digest into the value of the variable, behind the tag: `{tag}@sha256:…`"
                )),
        );
    }
    let never_pulled = container.declared.around.pulling == Pulling::Never;
    Some(completed(finding, severity, reference, never_pulled))
}

/// Whether a name without registry and namespace is none of the official images that are known: then it
/// may be one that somebody builds on the spot.
fn may_be_local(reference: &ImageReference) -> bool {
    reference.repository.starts_with("docker.io/library/") && !is_official(reference)
}

/// Whether it is one of the images that everybody knows by a bare name.
fn is_official(reference: &ImageReference) -> bool {
    let bare = reference.repository.strip_prefix("docker.io/library/");
    bare.is_some_and(base_images::is_official)
}

/// How bad a reference is, and what to say of its place.
fn judged(reference: &ImageReference, tag_is_written: bool) -> Option<(Severity, &'static str)> {
    if reference.digest.is_some() {
        return None;
    }
    Some(match reference.tag.as_deref() {
        Some("latest") if tag_is_written => {
            (Severity::Medium, "is `latest`: whatever was pushed last")
        }
        Some("latest") => (Severity::Medium, "names no tag, which means `latest`"),
        Some(tag) if says_no_version(reference, tag) => (
            Severity::Medium,
            "names a tag without a version: it moves with every release",
        ),
        Some(_) => (Severity::Low, "names a tag, which its owner can move"),
        None => return None,
    })
}

/// Why a name is no promise.
const CHANGES: &str =
    "what was tested need not be what is pulled next: the name can come to mean another image";

fn rated(finding: Finding, severity: Severity, reference: &ImageReference) -> Finding {
    finding
        .severity(severity)
        .fact(format!("image {}", reference.repository))
}

fn completed(
    finding: Finding,
    severity: Severity,
    reference: &ImageReference,
    never_pulled: bool,
) -> Finding {
    let finding = rated(finding, severity, reference);
    let by_hand = if never_pulled {
        Some("it is never pulled, so it may be one that is built by hand")
    } else if may_be_local(reference) {
        Some("by its bare name it may be one that is built by hand")
    } else {
        None
    };
    if let Some(by_hand) = by_hand {
        return finding
            .doubted(Confidence::Low, by_hand)
            .why("what was tested need not be what runs next: the name can come to mean another image")
            .advice(
                "if it is built by hand, let the file that uses it build it; else name its registry, a version \
                 and its digest",
            );
    }
    finding.why(CHANGES).advice(match reference.tag.as_deref() {
        None | Some("latest") => format!(
            "name a version and its digest: `{}:VERSION@sha256:…`",
            reference.familiar_name()
        ),
        // A version alone need not be the same variant.
        Some(tag) if says_no_version(reference, tag) => {
            format!("name a version of `{tag}`, if there is one, and its digest: `TAG@sha256:…`")
        }
        Some(_) => {
            format!(
                "write its digest behind the tag: `{}@sha256:…`",
                reference.familiar()
            )
        }
    })
}
