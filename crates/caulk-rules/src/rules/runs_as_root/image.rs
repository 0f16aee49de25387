//! An image that a Dockerfile builds.

use caulk_model::base_images::{BaseImage, rows};
use caulk_model::build::BaseUse;
use caulk_model::{Base, ContainerId, FileGrant, ImageSource, Origin, PrivilegedFile};
use caulk_source::Span;

use super::{instead, report, user_text};
use crate::prelude::*;

/// A stage that is built.
pub(super) fn built(repository: &Repository, container: &Container) -> Option<Finding> {
    let services: Vec<&Container> = container
        .run_by
        .iter()
        .filter_map(|id: &ContainerId| repository.container(*id))
        .collect();
    let all_override = services
        .iter()
        .all(|service| service.root == State::Known(false));
    if !services.is_empty() && all_override {
        return None;
    }
    let build = &container.image.build;
    let base = container.image.base.row();
    if build.for_development && base.is_some_and(BaseImage::is_for_dev_containers) {
        return None;
    }
    if build.for_development
        && !services.is_empty()
        && services.iter().copied().all(is_used_by_another)
    {
        return None;
    }
    let mut finding = match container.root {
        State::Known(true) => known_root(container),
        State::Known(false) => return None,
        State::Unknown { .. } => unless_the_base(container)?,
    };
    let inherits = |service: &&&Container| service.declared.user.is_none();
    let services: Vec<&Container> = services.iter().filter(inherits).copied().collect();
    for service in &services {
        finding = finding.related(service.anchor, format!("{} runs it", service.title()));
    }
    if let Some(step) = container.steps_down() {
        // A tool for it was put into the image, but nobody here has read that it is used.
        finding = finding
            .severity(Severity::Medium)
            .doubted(
                Confidence::Low,
                "a tool for stepping down is in the image, and whether its script uses it is not here to read",
            )
            .advice(format!(
                "see whether its script steps down through {}; if it does not, set a user",
                step.tools()
            ));
        if let Some(span) = step.span {
            finding = finding.related(span, "puts a tool for stepping down into it");
        }
    }
    let start = container.image.entrypoint.as_ref();
    if !start.is_none_or(|start| start.was_read) {
        finding = finding.doubted(
            Confidence::Medium,
            "the script that starts it is not here to read, and may give root up",
        );
    }
    Some(with_remedy(container, &services, finding))
}

/// Whether what is done in it is another user's: it does not start as root, or it is a dev container whose
/// tools attach as somebody else.
fn is_used_by_another(service: &Container) -> bool {
    let attached = service.declared.around.attached_as.as_ref();
    let attached = attached.and_then(|attached| attached.value());
    service.root == State::Known(false) || attached.is_some_and(|user| !service.image.is_root(user))
}

/// With a fix, or with what to do where none can be offered.
fn with_remedy(container: &Container, services: &[&Container], mut finding: Finding) -> Finding {
    if container.image.build.for_development {
        return finding.severity(Severity::Medium).advice(
            "see that its `devcontainer.json` names the account that uses it: as `containerUser`, or as \
             `remoteUser` for what is started in it later",
        );
    }
    if let Some(file) = setuid_start(container) {
        let advice = format!(
            "take the setuid bit of `{}` away first: with it, a `USER` changes nothing",
            file.path
        );
        let label = "and this makes it root again, whoever starts it";
        return finding.related(file.span, label).advice(advice);
    }
    if is_only_built_on(container) {
        return finding.severity(Severity::Medium).advice(
            "the Dockerfile names no program to start: set the user in the images that are built on this one, or \
             here, if it is started as it is",
        );
    }
    match instead::user_remedy(container, services) {
        Some(remedy) => {
            // One order is enough.
            finding.advice = None;
            finding.remedy(remedy)
        }
        None if finding.advice.is_none() => {
            finding.advice(instead::what_to_find_out(container, services))
        }
        None => finding,
    }
}

/// Whether it is an image that nobody here starts and that starts nothing by itself: one for others to
/// stand on, or a stage of which something is taken out.
fn is_only_built_on(container: &Container) -> bool {
    let image = &container.image;
    let base_starts = match &image.base {
        Base::Scratch => false,
        Base::External { row, .. } => row.is_none_or(BaseImage::starts_a_server),
    };
    container.source == ImageSource::Itself
        && container.run_by.is_empty()
        && matches!(container.user.origin, Origin::Default(_))
        && image.entrypoint.is_none()
        && !base_starts
}

/// The file with which an image starts, where its build makes that setuid root.
fn setuid_start(container: &Container) -> Option<&PrivilegedFile> {
    let image = &container.image;
    let program = image.entrypoint.as_ref()?.words.first()?;
    let is_setuid = |file: &&PrivilegedFile| file.grant == State::Known(FileGrant::SetUid);
    let mut files = image.privileged_files.iter().filter(is_setuid);
    files.find(|file| file.is_started_by(program) == Some(true))
}

/// A stage whose user is root, whoever said so.
fn known_root(container: &Container) -> Finding {
    let title = container.title();
    match &container.user.origin {
        Origin::Default(anchor) => {
            let label = match &container.image.base {
                Base::Scratch => "starts from nothing, where the user is root".to_owned(),
                Base::External { .. } => {
                    let base = container.image.base.name();
                    format!("starts as root, as `{base}` does, and nothing after it changes that")
                }
            };
            let message = format!("{title} runs as root: no `USER` is set");
            report(container, *anchor, &label, message)
        }
        Origin::Written(span) => {
            let user = user_text(container);
            let message = match user {
                "" => format!("{title} runs as root: its last `USER` is empty"),
                user => format!("{title} runs as root: its last `USER` is `{user}`"),
            };
            let label = "is root, and no later `USER` changes that";
            let finding = report(container, *span, label, message);
            match container.image.created(user) {
                Some(account) => finding.related(account.span, "creates that account with uid 0"),
                None => finding,
            }
        }
        Origin::Inherited { from, steps } => {
            let message = format!("{title} runs as root: the stage that it stands on does");
            let finding = report(container, *from, "is root", message);
            steps.iter().fold(finding, |finding, step| {
                finding.related(step.span, "is inherited here")
            })
        }
    }
}

/// A stage without `USER` on a base that nobody here knows.
fn unless_the_base(container: &Container) -> Option<Finding> {
    let Origin::Default(anchor) = container.user.origin else {
        return None;
    };
    if is_template(container) {
        return None;
    }
    if let Some(step) = container.image.build.works_as_root {
        return Some(on_a_base_that_is_root(container, anchor, step));
    }
    let message = format!(
        "{} runs as root unless its base image says otherwise: no `USER` is set",
        container.title()
    );
    let see = match &container.image.base {
        Base::External {
            reference: State::Known(image),
            ..
        } => format!(
            "`docker image inspect -f '{{{{.Config.User}}}}' {}` shows as whom it starts: where that is root, \
             or nothing",
            image.familiar()
        ),
        Base::External { .. } | Base::Scratch => {
            "see as whom the base image starts: where that is root".to_owned()
        }
    };
    let finding = report(container, anchor, &left_to(&container.image.base), message)
        .severity(Severity::Medium)
        .doubted(
            Confidence::Low,
            "the user that the base image sets is not known here",
        )
        .advice(format!(
            "{see}, and its entrypoint does not step down by itself, set a `USER` here"
        ));
    Some(finding)
}

/// Whether it has a name that no image can have, and that is to be replaced before anybody builds.
fn is_template(container: &Container) -> bool {
    let mut bases = container.image.build.bases.iter();
    bases.any(|base| {
        let BaseUse {
            reference,
            repository,
            by_argument,
            copied_from,
            ..
        } = &base.value;
        let is_unknown = reference.known().is_none() && repository.is_none();
        is_unknown && by_argument.is_none() && !copied_from
    })
}

/// To which image the user is left, as a label.
fn left_to(base: &Base) -> String {
    let name = base.name();
    let Base::External {
        reference: State::Unknown { .. },
        repository,
        ..
    } = base
    else {
        return format!("leaves the user to `{name}`, which caulk does not know");
    };
    let is_in_the_table = |full: String| rows().any(|row| row.repository == full);
    match repository {
        None => format!("leaves the user to {name}"),
        Some(repository) if base.repository().is_some_and(is_in_the_table) => {
            format!("leaves the user to `{repository}`, whose tag is not known here")
        }
        Some(_) => format!("leaves the user to `{name}`, which caulk does not know"),
    }
}

/// The same where one of its own steps shows that the base starts as root.
fn on_a_base_that_is_root(container: &Container, anchor: Span, step: Span) -> Finding {
    let message = format!(
        "{} runs as root: its base image does, and no `USER` is set",
        container.title()
    );
    let label = "starts as root, and nothing after it changes that";
    let finding = report(container, anchor, label, message)
        .related(step, "shows that it is root, as nobody else may do this");
    let start = container.image.entrypoint.as_ref();
    if start.is_some_and(|start| start.replaces_the_base) {
        return finding;
    }
    finding
        .doubted(
            Confidence::Medium,
            "the entrypoint of the base image is not known here, and may give root up",
        )
        .advice("set a `USER`, unless the base image's entrypoint steps down by itself")
}
