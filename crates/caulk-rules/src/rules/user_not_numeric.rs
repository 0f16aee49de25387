//! See the page below.

use std::collections::BTreeSet;

use caulk_model::{Account, Identity, Image, ImageSource};

use crate::prelude::*;

rule! {
    /// The image names its user, and nobody can see from outside that it is not root.
    ///
    /// ## Why it matters
    ///
    /// A name means what the image's own passwd file says. An orchestrator that is told to start nothing as
    /// root (`runAsNonRoot` in Kubernetes) cannot look into the image and refuses a name; a number says it
    /// by itself.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM debian:12-slim
    /// RUN useradd --uid 10001 app
    /// USER app
    /// ```
    ///
    /// ## Good
    ///
    /// ```dockerfile,good
    /// FROM debian:12-slim
    /// RUN useradd --uid 10001 app
    /// USER 10001:10001
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *A name*: the last `USER` of the stage that is built, or of one on which it stands. Not a number,
    ///   whatever the group is.
    /// - *Its groups* (fires): where steps say the number of the account's group it is named; where they
    ///   put the account into other groups, the number alone is, because a group behind it drops those.
    /// - *Root* (silent): `runs-as-root` judges it.
    /// - *Not known* (silent): the name hangs on something unknown.
    /// - *A default* (silent): the user that a base image brings.
    /// - *Windows* (silent): there a name is what there is.
    ///
    /// ## About the fix
    ///
    /// There is none: write the number of the account, with its group, because a number that stands alone
    /// keeps group 0 where the passwd file does not have it. An account without a number of its own needs
    /// one first: which one it gets, the base image decides.
    ///
    /// ## Sources
    ///
    /// Kubernetes `pkg/kubelet/kuberuntime/security_context.go` (`verifyRunAsNonRoot`).
    "user-not-numeric",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Info),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Dockerfile],
    references: &[Reference::same(Authority::Hadolint, "DL3066")],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for container in repository.containers() {
        let image = &container.image;
        let judged = container.source == ImageSource::Itself
            && !image.is_windows()
            && !image.user_from_base
            && container.root == State::Known(false);
        let Some(user) = container.user.value().filter(|_| judged) else {
            continue;
        };
        let Identity::Name(name) = user.identity() else {
            continue;
        };
        if !seen.insert(container.user.span()) {
            continue;
        }
        let title = container.title();
        let finding = Finding::new(
            &RULE.info,
            container.surface,
            Label::new(container.user.span(), "means what the image's passwd file says"),
            format!("{title} names its user `{name}` instead of giving a number"),
        )
        .container(&title, container.anchor)
        .fact("user name")
        .why("an orchestrator that may start nothing as root cannot see what the name means, and refuses the image")
        .advice(match image.created(&name) {
            Some(account) => advice(&name, account),
            None => match of_base(image, &name) {
                Some(uid) => with_group(&name, uid),
                None => format!("write the numbers of the user and its group, which `id {name}` prints in the image"),
            },
        });
        findings.report(finding);
    }
}

/// The number of an account that the base image brings.
fn of_base(image: &Image, name: &str) -> Option<u32> {
    let account = image.base.row()?.account.as_ref()?;
    account.uid.filter(|_| account.name == name)
}

/// What to write instead.
fn advice(name: &str, account: &Account) -> String {
    let Some(uid) = account.uid else {
        let group = if account.in_other_groups {
            "alone, because a group behind it drops the account's other groups"
        } else {
            "and the number of its group"
        };
        return format!(
            "give the account a number first, with `--uid`; then write `USER` with that number {group}"
        );
    };
    if account.in_other_groups {
        return format!(
            "write `USER {uid}` alone: a group behind it drops the account's other groups"
        );
    }
    match account.gid {
        Some(gid) => format!("write `USER {uid}:{gid}`"),
        None => with_group(name, uid),
    }
}

fn with_group(name: &str, uid: u32) -> String {
    format!("write `USER {uid}:GROUP`, with the number that `id -g {name}` prints in the image")
}
