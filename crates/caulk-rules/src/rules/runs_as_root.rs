//! See the page below.

use std::collections::BTreeMap;

use caulk_model::base_images::BaseImage;
use caulk_model::build::BaseUse;
use caulk_model::{Base, ContainerId, FileGrant, ImageSource, Origin, PrivilegedFile, User};
use caulk_source::{FileId, Span};

use crate::prelude::*;

/// The user of a fix where no account is known to exist: numeric, so that it needs none.
const NOBODY_IN_PARTICULAR: &str = "65532:65532";

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
    ///   only pulls it, and of a name that no image can have (`REPLACE-ME`), nothing is said.
    /// - *An entrypoint that steps down*, read in the repository or known of the base image, is
    ///   silent unless somebody replaces it, or takes the capabilities from it without which it goes
    ///   on as root.
    /// - *The image of a dev container* (fires): of a Dockerfile in a folder `.devcontainer` severity is
    ///   medium, and there is no fix: its configuration says as whom it is used.
    /// - *Windows* (silent) has no uid 0.
    ///
    /// ## About the fix
    ///
    /// It writes a `USER` after the last step that may need root and before the command: the base
    /// image's own unprivileged account where it has one, an account that the Dockerfile itself
    /// creates, else the number 65532, which needs no account. Files that the program writes must be
    /// writable for it: `COPY --chown`, or a `chown` of its folders before the `USER`.
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
    let again = format!("and {} runs it too", container.title());
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

/// A stage that is built.
fn built(repository: &Repository, container: &Container) -> Option<Finding> {
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
    let mut finding = match container.root {
        State::Known(true) => known_root(container),
        State::Known(false) => return None,
        State::Unknown { .. } => unless_the_base(container)?,
    };
    let inherits = |service: &&&Container| service.declared.user.is_none();
    for service in services.iter().filter(inherits) {
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
                "it starts as root; whether its script then steps down through {} is not here to read",
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
    Some(with_remedy(container, finding))
}

/// With a fix, or with what to do where none can be offered.
fn with_remedy(container: &Container, finding: Finding) -> Finding {
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
    match user_remedy(container) {
        Some(remedy) => finding.remedy(remedy),
        None if finding.advice.is_none() => finding.advice(what_to_find_out(container)),
        None => finding,
    }
}

/// The file with which an image starts, where its build makes that setuid root.
fn setuid_start(container: &Container) -> Option<&PrivilegedFile> {
    let image = &container.image;
    let program = image.entrypoint.as_ref()?.words.first()?;
    let is_setuid = |file: &&PrivilegedFile| file.grant == State::Known(FileGrant::SetUid);
    let mut files = image.privileged_files.iter().filter(is_setuid);
    files.find(|file| file.is_started_by(program) == Some(true))
}

/// What a person has to find out where no fix can be offered.
fn what_to_find_out(container: &Container) -> String {
    let image = &container.image;
    if let Some(root_only) = &image.root_only {
        return format!(
            "the program in it {}: give it a place and a way to run as another user first",
            root_only.why
        );
    }
    let name = image.base.name();
    if name.contains("linuxserver/") && !name.contains("socket-proxy") {
        return "`PUID` and `PGID` change whom the program runs as, not the first process: see whether \
                the image also runs with `user:`"
            .to_owned();
    }
    if image.base.row().is_some_and(BaseImage::is_a_program) {
        return format!(
            "see whether `{name}` can run as another user, or has a variant that does, and name that user"
        );
    }
    if image
        .entrypoint
        .as_ref()
        .is_some_and(|start| !start.was_read)
    {
        return "the script that starts it is not in the repository: find out which user its program \
                can run as, and set it"
            .to_owned();
    }
    "find out which user its program can run as, and set it".to_owned()
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
    // A name that no image can have is to be replaced before anybody builds.
    let bases = &container.image.build.bases;
    let is_template = bases.iter().any(|base| {
        let BaseUse {
            reference,
            repository,
            by_argument,
            copied_from,
            ..
        } = &base.value;
        let is_unknown = reference.known().is_none() && repository.is_none();
        is_unknown && by_argument.is_none() && !copied_from
    });
    if is_template {
        return None;
    }
    let base = container.image.base.name();
    let message = format!(
        "{} runs as root unless its base image says otherwise: no `USER` is set",
        container.title()
    );
    let label = match &container.image.base {
        Base::External {
            reference: State::Unknown { .. },
            repository: None,
            ..
        } => format!("leaves the user to {base}"),
        Base::External { .. } | Base::Scratch => {
            format!("leaves the user to {base}, which caulk does not know")
        }
    };
    let finding = report(container, anchor, &label, message)
        .severity(Severity::Medium)
        .doubted(
            Confidence::Low,
            "the user that the base image sets is not known here",
        )
        .advice(
            "write the `USER`, even if the base image sets one: then it stays true when that changes",
        );
    Some(finding)
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
    let remedy = if image_is_other {
        Remedy::unsafe_because(
            "let the image's own user apply",
            Change::Remove { entry: written },
            "volumes that root has written so far stay root's: change their owner once",
        )
    } else if let Some(remedy) = user_remedy(container) {
        remedy
    } else {
        return Some(
            finding.advice("name a user that the image brings, or a number such as 65532:65532"),
        );
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
    Some(match user_remedy(container) {
        Some(remedy) => finding.remedy(remedy),
        None => finding.advice(what_to_find_out(container)),
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

/// A user for the image: an account that surely exists, else a number that needs none.
///
/// Not where an entrypoint that nobody here has read decides how the image starts, for it may step
/// down by itself and then needs root to begin with; and not for an image that is pulled for the
/// program in it, which starts as whom its publisher chose.
fn user_remedy(container: &Container) -> Option<Remedy> {
    let image = &container.image;
    let own_start = image
        .entrypoint
        .as_ref()
        .is_some_and(|start| start.replaces_the_base);
    let was_read = image.entrypoint.as_ref().is_none_or(|start| start.was_read);
    let starts_anybody = match &image.base {
        Base::Scratch => true,
        Base::External { row: Some(row), .. } => !row.is_a_program(),
        Base::External { row: None, .. } => own_start,
    };
    if !was_read || !starts_anybody || image.root_only.is_some() {
        return None;
    }
    let of_base = || {
        let user = image.base.row().map(|row| row.user);
        user.filter(|user| !image.is_root(&User::new(*user)))
    };
    let account = image.unprivileged_account().or_else(of_base);
    let user = account.unwrap_or(NOBODY_IN_PARTICULAR);
    let change = Change::RunAs {
        container: container.anchor,
        user: user.to_owned(),
    };
    let home = if account.is_none() {
        ", and its home folder becomes `/`"
    } else {
        ""
    };
    // What is built on an image that says nothing of how it starts may need root for its steps.
    let builds_on = if container.source == ImageSource::Itself && image.entrypoint.is_none() {
        "; the steps of an image that is built on it run as that user, and images built on it start as that \
         user too"
    } else {
        ""
    };
    Some(Remedy::unsafe_because(
        format!("run as `{user}`"),
        change,
        format!(
            "what the program reads and writes, volumes included, must be open to that user{home}{builds_on}{}",
            and_sudo(container)
        ),
    ))
}

/// As root nobody needs the sudo that a build argument may bring; as another user it is a way back.
fn and_sudo(container: &Container) -> &'static str {
    let mut facts = container.image.build.sudo.iter();
    let is_optional = facts.any(|fact| fact.only_where.is_some());
    if is_optional {
        "; the sudo that a build argument may bring counts then, and `sudo-in-image` judges it"
    } else {
        ""
    }
}
