//! See the page below.

use std::collections::BTreeSet;

use caulk_model::base_images::KnownAccounts;
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
    /// - *A base image that is known*: distroless, and alpine: their makers publish which accounts they have.
    ///   Only where no step runs a program, which might create another; of alpine, only accounts.
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
    /// moby/sys `user` (`GetExecUser`): a name without an entry is an error. GoogleContainerTools/distroless,
    /// `common/BUILD.bazel`; alpinelinux/aports, `main/alpine-baselayout/passwd`.
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
    if image.build.brings_accounts {
        return None;
    }
    let (accounts, groups): (&[&str], Option<&[&str]>) = match &image.base {
        Base::Scratch => (&["root"], Some(&[])),
        Base::External {
            reference: State::Known(reference),
            ..
        } if !image.build.runs_programs => {
            let known = KnownAccounts::of(reference)?;
            (known.accounts, known.groups)
        }
        Base::External { .. } => return None,
    };
    let user = container.user.value()?;
    if let Identity::Name(name) = user.identity()
        && !accounts.contains(&name.as_str())
        && image.created(&name).is_none()
    {
        return Some(("account", name));
    }
    let group = user.group().unwrap_or_default();
    let is_name = !group.is_empty() && !group.bytes().all(|byte| byte.is_ascii_digit());
    let is_missing = is_name && groups.is_some_and(|groups| !groups.contains(&group));
    is_missing.then(|| ("group", group.to_owned()))
}

fn finding(container: &Container, what: &str, name: &str) -> Finding {
    let title = container.title();
    let (base, where_to) = match &container.image.base {
        Base::Scratch => (
            "an image that starts from nothing".to_owned(),
            "which are not there",
        ),
        base @ Base::External { .. } => (format!("`{}`", base.name()), "which do not have it"),
    };
    Finding::new(
        &RULE.info,
        container.surface,
        Label::new(container.user.span(), format!("is no {what} of {base}")),
        format!("{title} does not start: it has no {what} `{name}`"),
    )
    .container(&title, container.anchor)
    .fact("user missing")
    .why(format!(
        "the engine looks the name up in the image's `/etc/passwd` and `/etc/group`, {where_to}"
    ))
    .advice("write numbers, as in `65532:65532`, which need no entry; or copy the two files into the image")
}
