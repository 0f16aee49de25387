//! See the page below.

use std::collections::BTreeMap;

use caulk_model::{ImageSource, User};
use caulk_source::{FileId, Span};

use crate::images;
use crate::prelude::*;

mod image;
mod instead;

use image::built;

rule! {
    /// The container's first process runs as root.
    ///
    /// ## Why it matters
    ///
    /// Root in a container is user 0 of the host's kernel unless user namespaces are on. Namespaces,
    /// capabilities and seccomp stand between it and the host; a fault in any of them is a way out,
    /// and most ways out that were found need root to begin with. Root can also write to every file of
    /// every volume it is given.
    ///
    /// Nobody has to write it: an image without `USER` runs as its base image does, and that is root
    /// unless the base says otherwise.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM alpine:3.20
    /// COPY server /usr/local/bin/server
    /// CMD ["server"]
    /// ```
    ///
    /// Here the image is innocent and the service is not:
    ///
    /// ```dockerfile,bad file=Dockerfile
    /// FROM alpine:3.20
    /// USER 65532:65532
    /// ```
    ///
    /// ```yaml,bad file=compose.yaml
    /// services:
    ///   web:
    ///     build: .
    ///     user: root
    /// ```
    ///
    /// ## Good
    ///
    /// ```dockerfile,good
    /// FROM alpine:3.20
    /// COPY server /usr/local/bin/server
    /// USER 65532:65532
    /// CMD ["server"]
    /// ```
    ///
    /// An entrypoint that starts as root to prepare its folders and then steps down by itself is how
    /// many databases start, and is not reported:
    ///
    /// ```dockerfile,good
    /// FROM alpine:3.20
    /// RUN apk add --no-cache su-exec && adduser -D -u 1000 app
    /// ENTRYPOINT ["su-exec", "app", "server"]
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *The stage that is built* counts, through every `FROM` another stage; other stages do
    ///   not.
    /// - *What is root*: `0`, `00`, `+0`, `root`, `0:0`, no user before a colon, and an account
    ///   that the build creates with uid 0. `0x0` is a name.
    /// - *Arguments and variables* are followed; what only the base image could set is not known.
    /// - *A service's own `user`* wins over the image's. If every service that runs an image sets
    ///   another user, it is not root that runs, and nothing is said.
    /// - *A service that inherits root* (fires) from a Dockerfile of the repository is a related
    ///   place of that finding, not a second one.
    /// - *A base image that nobody here knows*: without a `USER` on it, the finding is of medium
    ///   severity and low confidence, because the image's own default decides; for a service that
    ///   only pulls it, and of a name that no image can have (`REPLACE-ME`), nothing is said. A step that
    ///   installs packages shows that it is root: then the finding is of high severity, and of medium
    ///   confidence as long as the base image's own entrypoint may give root up.
    /// - *A base image for dev containers* (silent) names in its label who uses it, if the Dockerfile is one of
    ///   a dev container.
    /// - *An image that starts nothing* (fires): of one without a `USER` that no service runs and that names
    ///   no program, on a base that starts no server, severity is medium, and there is no fix: it is for
    ///   others to stand on, or to copy from.
    /// - *An entrypoint that steps down*, read in the repository or known of the base image, is
    ///   silent unless somebody replaces it, or takes the capabilities from it without which it goes
    ///   on as root.
    /// - *The image of a dev container* (fires): of a Dockerfile in a folder `.devcontainer` severity is
    ///   medium, and there is no fix: its configuration says as whom it is used.
    /// - *A dev container that says who uses it* (silent): where the dev containers of such a Dockerfile name a
    ///   `remoteUser` other than root.
    /// - *Prints and ends* (silent): a service whose command is nothing but `echo`, `env`, `true` or the like,
    ///   or the shell of a plain image that nobody types into, leaves no process that would be root.
    /// - *Windows* (silent) has no uid 0.
    ///
    /// ## About the fix
    ///
    /// It writes a `USER` after the last step that may need root and before the command: the base
    /// image's own unprivileged account where it has one, an account that the Dockerfile itself
    /// creates, by its number where that is known; else the number 65532. That needs no account to
    /// start, but programs that look up their own user fail without one, and their home folder is `/`,
    /// where they may not write: give them one with `ENV HOME=/tmp`, or create an account.
    /// Files that the program writes must be writable for it: `COPY --chown`, or a `chown` of its
    /// folders before the `USER`.
    ///
    /// There is none where another user would not start, or would change nothing: where something is
    /// mounted in `/root`, where the command installs packages, where the socket of a runtime is mounted.
    ///
    /// ## Sources
    ///
    /// BuildKit `frontend/dockerfile/dockerfile2llb` (how `USER` is inherited) and `parser` (the whole
    /// rest of its line is one argument), moby/sys `user` (how it is read). The default users of base
    /// images: caulk's own table, each row with its source.
    "runs-as-root",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::Medium, worst: Severity::High },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Dockerfile, Surface::Compose, Surface::CommandLine, Surface::DevContainer, Surface::Quadlet],
    references: &[
        Reference::same(Authority::Cis, "4.1"),
        Reference::same(Authority::Owasp, "Rule 2"),
        Reference::like(Authority::Nist, "4.1.2"),
        Reference::like(Authority::DockerBench, "check_4_1"),
        Reference::like(Authority::Hadolint, "DL3002"),
        Reference::like(Authority::Trivy, "DS-0002"),
        Reference::like(Authority::Checkov, "CKV_DOCKER_3"),
        Reference::like(Authority::Checkov, "CKV_DOCKER_8"),
        Reference::like(Authority::Kics, "67fd0c4a-68cf-46d7-8c41-bc9fba7e40ae"),
        Reference::like(Authority::Kics, "fd54f200-402c-4333-a5a4-36ef6709af2f"),
        Reference::like(Authority::Semgrep, "last-user-is-root"),
        Reference::like(Authority::Semgrep, "missing-user"),
        Reference::like(Authority::Semgrep, "missing-user-entrypoint"),
        Reference::like(Authority::TrailOfBits, "container-user-root"),
        Reference::like(Authority::Tally, "hadolint/DL3002"),
        Reference::like(Authority::Tally, "tally/stateful-root-runtime"),
        Reference::like(Authority::Tally, "tally/user-created-but-never-used"),
        Reference::like(Authority::Dockle, "CIS-DI-0001"),
        Reference::like(Authority::ComposeLint, "CL-0018"),
        Reference::like(Authority::DockSec, "compose-no-non-root-user"),
        Reference::like(Authority::ComposeAuditor, "SEC002"),
        Reference::like(Authority::CloudSecurity, "dfs002"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    let mut pulled: BTreeMap<(FileId, String), Finding> = BTreeMap::new();
    for container in repository.containers() {
        let steps_down = container.steps_down().is_some_and(|step| !step.assumed);
        if container.image.is_windows() || steps_down {
            continue;
        }
        let declared = container.declared.user.as_ref();
        let found = match (&container.source, declared) {
            (ImageSource::Itself, _) => built(repository, container),
            _ if images::runs_nothing(container) => None,
            (_, Some(user)) if !user.value().is_some_and(User::is_empty) => {
                declared_root(container)
            }
            // A tool that is started and ends is the image's matter.
            (ImageSource::Pulled { .. }, _) if !container.declared.stays() => None,
            // The file over which it is put may name a user.
            (ImageSource::Pulled { .. }, _) if container.is_part() => None,
            (ImageSource::Pulled { span }, _) => {
                let key = (container.file, container.image.base.name());
                if let Some(finding) = pulled_root(container, *span) {
                    let finding = match pulled.remove(&key) {
                        Some(first) => together(first, container, finding.remedy),
                        None => finding,
                    };
                    pulled.insert(key, finding);
                }
                None
            }
            (
                ImageSource::Built {
                    container: stage,
                    span,
                },
                _,
            ) => {
                let stage = stage.and_then(|stage| repository.container(stage));
                built_otherwise(container, stage, *span)
            }
            (ImageSource::Fragment, _) => None,
        };
        if let Some(finding) = found {
            findings.report(finding);
        }
    }
    for finding in pulled.into_values() {
        findings.report(finding);
    }
}

/// A service that makes root of an image which, built and started by itself, is not: by its build
/// arguments, or by replacing the entrypoint that would step down.
fn built_otherwise(
    container: &Container,
    stage: Option<&Container>,
    build: Span,
) -> Option<Finding> {
    if container.root != State::Known(true) {
        return None;
    }
    let title = container.title();
    if let (Some(entrypoint), Some(step)) =
        (container.other_entrypoint(), &container.image.steps_down)
    {
        let message = format!("{title} runs as root: it replaces the entrypoint that steps down");
        let label = "starts as root and stays it";
        let finding = report(container, entrypoint, label, message);
        return Some(match step.span {
            Some(span) => finding.related(span, "while this would give root up"),
            None => finding,
        });
    }
    let stage_is_root = stage.is_none_or(|stage| stage.root == State::Known(true));
    if stage_is_root {
        return None;
    }
    let message = format!("{title} runs as root: its build arguments make it so");
    let finding = report(
        container,
        build,
        "builds the image so that it is root",
        message,
    );
    Some(finding.related(container.user.span(), "is root with these arguments"))
}

/// One finding for an image and a file: one more service that pulls it, and a remedy for all.
fn together(first: Finding, container: &Container, remedy: Option<Remedy>) -> Finding {
    let mut again = format!("and {} runs it too", container.title());
    if container.other_entrypoint().is_some() {
        again.push_str(", with an entrypoint of its own");
    }
    let mut finding = first.related(container.anchor, again);
    finding.remedy = match (finding.remedy, remedy) {
        (Some(mut all), Some(one)) => {
            all.changes.extend(one.changes);
            Some(all)
        }
        // Half of them would not close it.
        (None | Some(_), _) => None,
    };
    finding
}

/// A service that says so itself.
fn declared_root(container: &Container) -> Option<Finding> {
    if container.root != State::Known(true) {
        return None;
    }
    let user = user_text(container);
    let message = format!(
        "{} runs as root: its `user` is {}",
        container.title(),
        container.user.origin.quoted(user)
    );
    let image = &container.image.user;
    let image_is_other = image
        .value()
        .is_some_and(|user| !container.image.is_root(user));
    let mut finding = report(container, container.user.span(), "makes it root", message);
    if image_is_other {
        let asked = image.value().map_or("", User::text);
        finding = finding.related(
            image.span(),
            format!("while the image asks for user `{asked}`"),
        );
    }
    let Some(written) = container.user.origin.written() else {
        return Some(finding.advice("change it where it is written, for all who share it"));
    };
    if let Some(first) = instead::what_comes_first(container, &[]) {
        return Some(finding.advice(first));
    }
    let remedy = if image_is_other {
        Remedy::unsafe_because(
            "let the image's own user apply",
            Change::Remove { entry: written },
            "volumes that root has written so far stay root's: change their owner once",
        )
    } else if let Some(remedy) = instead::user_remedy(container, &[]) {
        remedy
    } else if image.value().is_none() {
        return Some(finding.advice(
            "take `user` away, so that the image's own user applies, or name one that the image brings; what it \
             reads and writes must be open to that one",
        ));
    } else {
        return Some(finding.advice(instead::what_to_find_out(container, &[])));
    };
    Some(finding.remedy(remedy))
}

/// A service that pulls an image which is known to run as root.
fn pulled_root(container: &Container, image: Span) -> Option<Finding> {
    if container.root != State::Known(true) {
        return None;
    }
    let name = container.image.base.name();
    let message = format!(
        "{} runs as root: `{name}` does, and no `user` is set",
        container.title()
    );
    let mut finding = report(container, image, "starts as root", message);
    if container.is_kept_from_stepping_down() {
        if let Some(dropped) = container.declared.cap_drop.first() {
            let label = "and this keeps its entrypoint from stepping down";
            finding = finding.related(dropped.origin.span(), label);
        }
        let advice = "add `SETGID` and `SETUID` back: its entrypoint needs them to step down";
        return Some(finding.advice(advice));
    }
    if let Some(replaced) = container.other_entrypoint()
        && container.image.steps_down.is_some()
    {
        // The image would have stepped down; here it cannot.
        let finding = finding.related(
            replaced,
            "and this replaces the entrypoint that would step down",
        );
        return Some(finding.advice(
            "name the `user` that its program needs, or start it through the image's own entrypoint",
        ));
    }
    if let Some(command) = container.declared.command.first()
        && let Some(step) = &container.image.steps_down
        && !step.takes(&command.value)
    {
        let label = "and this command is none for which its entrypoint steps down";
        return Some(finding.related(command.origin.span(), label).advice(
            "name the `user` that its program needs, or let the command begin with the server itself",
        ));
    }
    Some(match instead::user_remedy(container, &[]) {
        Some(remedy) => finding.remedy(remedy),
        None => finding.advice(instead::what_to_find_out(container, &[])),
    })
}

fn report(container: &Container, place: Span, label: &str, message: String) -> Finding {
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(place, label),
        message,
    )
    .container(container.title(), container.anchor)
    .fact("user");
    let held = match container.privileged.value() {
        Some(true) => "it is privileged as well: nothing separates it from the host's root",
        _ => {
            "uid 0 in it is uid 0 on the host unless user namespaces are on: one fault in the kernel or \
             the runtime, and it is the host's root"
        }
    };
    finding.why(held)
}

fn user_text(container: &Container) -> &str {
    container.user.value().map_or("", User::text)
}
