//! See the page below.

use std::collections::BTreeSet;

use caulk_model::{Base, Identity, ImageSource};

use crate::prelude::*;

rule! {
    /// The image runs as an account that it does not have.
    ///
    /// ## Why it matters
    ///
    /// The engine looks a name up in the image's `/etc/passwd` when the container starts. An image that
    /// starts from nothing has none unless somebody puts one in, and then the container does not start at
    /// all: *unable to find user app*. What is done about that in a hurry is to run it as root.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM golang:1.24 AS build
    /// RUN go build -o /server .
    /// FROM scratch
    /// COPY --from=build /server /server
    /// USER app
    /// ENTRYPOINT ["/server"]
    /// ```
    ///
    /// ## Good
    ///
    /// A number needs no account:
    ///
    /// ```dockerfile,good
    /// FROM golang:1.24 AS build
    /// RUN go build -o /server .
    /// FROM scratch
    /// COPY --from=build /server /server
    /// USER 65532:65532
    /// ENTRYPOINT ["/server"]
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *An account*: a name, in an image from `scratch`. Not a number.
    /// - *A group*: the name of one. Not a number.
    /// - *Accounts are brought* (silent): a step copies a passwd file, or a whole `/etc` or `/`, or unpacks
    ///   an archive.
    /// - *Root* (silent): the name `root`: `runs-as-root` judges it.
    /// - *Another base image* (silent): nobody here can say which accounts it has.
    ///
    /// ## About the fix
    ///
    /// There is none: write the number of the account, or copy a passwd file that names it.
    ///
    /// ## Sources
    ///
    /// moby/sys `user` (`GetExecUser`): a name without an entry is an error.
    "user-not-in-image",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::Medium),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Dockerfile],
    references: &[Reference::same(Authority::Tally, "tally/named-identity-in-passwdless-stage")],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for container in repository.containers() {
        if container.source != ImageSource::Itself {
            continue;
        }
        if let Some((what, name)) = missing(container)
            && seen.insert(container.user.span())
        {
            findings.report(finding(container, what, &name));
        }
    }
}

/// The account or group that the image does not have.
fn missing(container: &Container) -> Option<(&'static str, String)> {
    let image = &container.image;
    if image.base != Base::Scratch || image.build.brings_accounts {
        return None;
    }
    let user = container.user.value()?;
    if let Identity::Name(name) = user.identity()
        && name != "root"
        && image.created(&name).is_none()
    {
        return Some(("account", name));
    }
    let group = user.group().unwrap_or_default();
    let is_name = !group.is_empty() && !group.bytes().all(|byte| byte.is_ascii_digit());
    is_name.then(|| ("group", group.to_owned()))
}

fn finding(container: &Container, what: &str, name: &str) -> Finding {
    let title = container.title();
    Finding::new(
        &RULE.info,
        container.surface,
        Label::new(container.user.span(), format!("is no {what} of an image that starts from nothing")),
        format!("{title} does not start: it has no {what} `{name}`"),
    )
    .container(&title, container.anchor)
    .fact("user missing")
    .why("the engine looks the name up in the image's `/etc/passwd` and `/etc/group`, which are not there")
    .advice("write numbers, as in `65532:65532`, which need no entry; or copy the two files into the image")
}
