//! See the page below.

use std::collections::BTreeSet;

use caulk_model::ImageSource;

use crate::prelude::*;

rule! {
    /// Whoever builds the image decides as whom it runs.
    ///
    /// ## Why it matters
    ///
    /// A `USER` that hangs on a build argument is not root as long as nobody says otherwise. One
    /// `--build-arg` later it is, and nothing in the repository shows it: the same Dockerfile, under review
    /// and scanned, makes an image that runs as root.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM debian:12-slim
    /// ARG RUN_AS=65532
    /// USER ${RUN_AS}
    /// ```
    ///
    /// ## Good
    ///
    /// ```dockerfile,good
    /// FROM debian:12-slim
    /// USER 65532:65532
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Directly*: the last `USER` of the stage that is built names the argument. Not one that a later
    ///   `USER` replaces.
    /// - *Through a variable*: `ENV` sets the variable from an argument. Not one that `ENV` gives a value
    ///   of its own after the argument; an argument after it counts.
    /// - *A stage below*: the stage on which it stands says so.
    /// - *A new account's number*: the argument is the `--uid` of a `useradd` or `adduser` before it.
    ///   With root's number that step fails, unless `--non-unique` lets two accounts have it.
    /// - *No default* (fires): without one the user is unknown, and it is still whoever builds that
    ///   decides.
    /// - *Windows* (silent): there the user is another matter.
    ///
    /// ## About the fix
    ///
    /// There is none: which user is meant, the default of the argument often says. Write that, and let
    /// whoever needs another one set it when the container is started.
    ///
    /// ## Sources
    ///
    /// Dockerfile reference, "Environment replacement" and "Scope" of `ARG`.
    "user-from-build-argument",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::Low),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Dockerfile],
    references: &[
        Reference::like(Authority::Cis, "4.1"),
        Reference::like(Authority::CloudSecurity, "dfs002"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for container in repository.containers() {
        let built_here = container.source == ImageSource::Itself && !container.image.is_windows();
        let argument = container.image.build.user_argument.as_ref();
        let Some(argument) = argument.filter(|_| built_here) else {
            continue;
        };
        let place = container.user.span();
        if !seen.insert(place) {
            continue;
        }
        let title = container.title();
        let name = &argument.name;
        let finding = Finding::new(
            &RULE.info,
            container.surface,
            Label::new(place, format!("is whatever `{name}` says")),
            format!("{title} runs as whom the build argument `{name}` says"),
        )
        .container(&title, container.anchor)
        .fact("user argument")
        .related(argument.declared, "can be given by whoever builds it")
        .why("with `--build-arg` it is root, and nothing in the repository says so")
        .advice("write the user that is meant; who needs another one can set it when the container starts");
        findings.report(finding);
    }
}
