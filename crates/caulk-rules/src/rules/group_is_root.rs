//! See the page below.

use caulk_model::{Base, Identity, ImageSource};

use crate::prelude::*;

rule! {
    /// The container's user is not root, and its group is.
    ///
    /// ## Why it matters
    ///
    /// Files that belong to root's group, in the image and on every volume, are open to such a process as
    /// far as their group is. A number as the user is enough to get there: where the image's passwd file
    /// does not have it, its group is 0. Some platforms count on that and make files writable for group 0;
    /// elsewhere it is more than the program needs.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM debian:12-slim
    /// USER 10001:0
    /// ```
    ///
    /// ## Good
    ///
    /// ```dockerfile,good
    /// FROM debian:12-slim
    /// USER 10001:10001
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Written*: the group is `0` or `root`, beside another user. Confidence is high.
    /// - *A number alone*: no group is written, and no account with that number is known. Confidence is
    ///   medium, because the base image may have one; from `scratch` it is high.
    /// - *Inherited by a service* (fires): where the Dockerfile says it, the service that runs the image is
    ///   no second finding.
    /// - *Asked for by the image* (silent): Apache Airflow's image wants group 0 beside any other user.
    /// - *Root* (silent): root's own group is not reported. `runs-as-root` judges the user.
    /// - *Not known* (silent): a user that hangs on something unknown, or a base image's default.
    /// - *Documentation* (silent): how a line that a reader types is hardened is the reader's to decide.
    /// - *Windows* (silent): its images have no such group.
    ///
    /// ## About the fix
    ///
    /// There is none: name a group of its own, and give it the files that the program writes.
    ///
    /// ## Sources
    ///
    /// moby/sys `user` (`GetExecUser`): the defaults are 0. Docker reference, "USER". Apache Airflow, "Building
    /// the image" and "Entrypoint" (arbitrary user with group 0). NetBox's own Dockerfile (`unit:root` has the
    /// folders that it writes).
    "group-is-root",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Low),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Dockerfile, Surface::Compose, Surface::CommandLine],
    references: &[],
    check: check,
}

/// Images that do not work in another group: what they write belongs to group 0.
const WANT_GROUP_0: &[&str] = &[
    "docker.io/apache/airflow",
    "docker.io/netboxcommunity/netbox",
    "ghcr.io/netbox-community/netbox",
    "quay.io/netboxcommunity/netbox",
];

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        if !RULE.info.surfaces.contains(&container.surface) || container.declared.example {
            continue;
        }
        // What a service inherits is said where it is written; a base image's default is not judged.
        let inherits = if container.source == ImageSource::Itself {
            container.image.user_from_base
        } else {
            container.declared.user.is_none()
        };
        if container.root != State::Known(false) || inherits || container.image.is_windows() {
            continue;
        }
        let repository = container.image.base.repository();
        if repository.is_some_and(|name| WANT_GROUP_0.contains(&name.as_str())) {
            continue;
        }
        let Some((confidence, label)) = group(container) else {
            continue;
        };
        findings.report(finding(container, confidence, label));
    }
}

/// Why the group is 0, and how sure that is.
fn group(container: &Container) -> Option<(Confidence, &'static str)> {
    let user = container.user.value()?;
    let image = &container.image;
    match (user.group(), user.identity()) {
        (Some("0" | "root"), _) => Some((Confidence::High, "names root's group")),
        (None | Some(""), Identity::Uid(uid)) => {
            // An account whose number nobody wrote may have this one.
            let known = image
                .accounts
                .iter()
                .any(|account| account.uid.is_none_or(|known| known == uid));
            let account = image.base.row().and_then(|row| row.account.as_ref());
            let brought =
                account.is_some_and(|account| account.uid.is_none_or(|known| known == uid));
            if known || brought || image.build.brings_accounts {
                return None;
            }
            let confidence = match image.base {
                Base::Scratch => Confidence::High,
                Base::External { .. } => Confidence::Medium,
            };
            Some((
                confidence,
                "names no group, and no account is known that would have one",
            ))
        }
        (_, Identity::Uid(_) | Identity::Name(_) | Identity::OutOfRange) => None,
    }
}

fn finding(container: &Container, confidence: Confidence, label: &str) -> Finding {
    let title = container.title();
    let user = container.user.value().map_or("", |user| user.account());
    let message = match confidence {
        Confidence::High => format!("{title} runs as user `{user}` in root's group"),
        Confidence::Medium | Confidence::Low => {
            format!(
                "{title} runs as user `{user}` in root's group unless its image has an account for it"
            )
        }
    };
    Finding::new(
        &RULE.info,
        container.surface,
        Label::new(container.user.span(), label),
        message,
    )
    .container(&title, container.anchor)
    .fact("group")
    .doubted(confidence, "the base image may bring an account with that number, and then its group counts")
    .why("what belongs to group 0, in the image and on every volume, is open to it as far as the group is")
    .advice(match container.user.value().and_then(|user| user.group()) {
        Some("") | None => format!("name a group as well, as in `{user}:{user}`"),
        Some(_) => format!(
            "name another group, as in `{user}:{user}`, unless the image keeps what it writes for group 0, as \
             images for OpenShift do"
        ),
    })
}
