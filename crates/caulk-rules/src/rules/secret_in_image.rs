//! See the page below.

use caulk_model::build::{BuildFact, Secret, SecretKind};

use crate::build;
use crate::prelude::*;

rule! {
    /// The image holds a credential.
    ///
    /// ## Why it matters
    ///
    /// Whoever can pull an image can read all of it: its variables with `docker inspect`, its files layer
    /// by layer, the arguments of its build with `docker history`. A later step that deletes a file or
    /// sets a variable anew changes nothing in the layers below. And one credential is in every container
    /// that is started from it, on every host.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM node:22-slim
    /// ENV DB_PASSWORD=hunter2
    /// COPY id_rsa /root/.ssh/id_rsa
    /// ```
    ///
    /// ## Good
    ///
    /// The build sees it while a step runs, and the container is given it when it starts:
    ///
    /// ```dockerfile,good
    /// FROM node:22-slim
    /// RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci
    /// ENV DB_PASSWORD_FILE=/run/secrets/db_password
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *A variable*: `ENV` with a value, under a name that says that it holds a credential (`…_PASSWORD`,
    ///   `…_TOKEN`, `…_SECRET`, `…_API_KEY`), or an address with a password in it: high. Not where the value
    ///   is an empty text, a placeholder, a password that everybody knows (`postgres`), a path or a switch.
    ///   Public keys and their fingerprints (`GPG_KEY`) are none.
    /// - *From an argument*: `ENV` with the value of a build argument, under such a name: high.
    /// - *A default*: `ARG` with a value, under such a name: high, with medium confidence.
    /// - *No default*: `ARG` without a value, before a `RUN`: medium, with medium confidence. Whoever
    ///   builds gives the value, and the image's history keeps it.
    /// - *A known token*: a value with the mark of a known kind of token, or a private key, under any name.
    /// - *A key file*: it is copied, by its name: high, with medium confidence. A public key is none.
    /// - *Another stage*: only the stages whose files are the image's count: what another stage is given is
    ///   not in it.
    ///
    /// What a report shows of the line has dots instead of the credential. A patch (`--format diff`) has the
    /// line as it is where it needs it, or else nothing could apply it.
    ///
    /// ## About the fix
    ///
    /// There is none: take the credential out, and give it at run time as a secret, or to the one step of
    /// the build with `RUN --mount=type=secret`. One that was in an image that somebody could pull is to be
    /// replaced.
    ///
    /// ## Sources
    ///
    /// Docker's documentation, "Build secrets"; BuildKit `frontend/dockerfile/dockerfile2llb` (what goes
    /// into the history of an image).
    "secret-in-image",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::Medium, worst: Severity::High },
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Dockerfile],
    references: &[
        Reference::same(Authority::Cis, "4.10"),
        Reference::same(Authority::Owasp, "Rule 12"),
        Reference::same(Authority::Nist, "4.1.4"),
        Reference::like(Authority::DockerBench, "check_4_10"),
        Reference::like(Authority::Hadolint, "DL3064"),
        Reference::like(Authority::Trivy, "DS-0031"),
        Reference::like(Authority::Kics, "c3e1b6ae-d92c-44b3-8ed5-1f5442bab6a4"),
        Reference::like(Authority::Semgrep, "secret-in-build-arg"),
        Reference::like(Authority::BuildKit, "SecretsUsedInArgOrEnv"),
        Reference::like(Authority::Tally, "buildkit/SecretsUsedInArgOrEnv"),
        Reference::like(Authority::Tally, "tally/require-secret-mounts"),
        Reference::like(Authority::Tally, "tally/ruby/secrets-in-arg-or-env"),
        Reference::like(Authority::Tally, "tally/secrets-in-code"),
        Reference::like(Authority::Dockle, "CIS-DI-0010"),
        Reference::like(Authority::CloudSecurity, "dfs009"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for (container, fact) in build::facts(repository, |build| &build.secrets) {
        if fact.stage.ships {
            findings.report(finding(container, fact));
        }
    }
}

fn finding(container: &Container, fact: &BuildFact<Secret>) -> Finding {
    let name = &fact.value.name;
    let (says, label, severity, confidence) = match fact.value.kind {
        SecretKind::Environment => (
            format!("holds a credential in its variable `{name}`"),
            "is there for whoever inspects the image",
            Severity::High,
            Confidence::High,
        ),
        SecretKind::EnvironmentFromArgument => (
            format!("keeps the credential that its build is given as `{name}`"),
            "puts the build's argument into the image",
            Severity::High,
            Confidence::High,
        ),
        SecretKind::ArgumentDefault => (
            format!("is built with a credential in its argument `{name}`"),
            "stands here for whoever reads the file, and in the image's history",
            Severity::High,
            Confidence::Medium,
        ),
        SecretKind::Argument => (
            format!("is given a credential as the build argument `{name}`"),
            "comes to stand in the image's history",
            Severity::Medium,
            Confidence::Medium,
        ),
        SecretKind::File => (
            format!("takes in `{name}`, which is a key by its name"),
            "is copied into a layer of the image",
            Severity::High,
            Confidence::Medium,
        ),
    };
    let (why, advice) = match fact.value.kind {
        SecretKind::Environment | SecretKind::EnvironmentFromArgument => (
            "whoever can pull the image, or look at a container of it, has it; replacing it means a new image",
            "give it to the container when it starts, as a secret in a file, and replace it if the image was \
             ever published",
        ),
        SecretKind::ArgumentDefault | SecretKind::Argument => (
            "`docker history` shows the arguments of every step that ran, to whoever can pull the image",
            "give it to the one step that needs it with `RUN --mount=type=secret`",
        ),
        SecretKind::File => (
            "a layer keeps it, even if a later step deletes it; whoever can pull the image has it",
            "mount it for the one step that needs it with `RUN --mount=type=secret` or `type=ssh`, or give it \
             to the container when it starts",
        ),
    };
    let finding = build::report(&RULE.info, container, fact, label, &says)
        .severity(severity)
        .doubted(confidence, doubt(fact.value.kind))
        .fact(format!("secret {name}"))
        .why(why)
        .advice(advice);
    match &fact.value.text {
        Some(text) => finding.hide(fact.span, text),
        None => finding,
    }
}

/// What it hangs on whether it is a credential, where the confidence is not high.
fn doubt(kind: SecretKind) -> &'static str {
    match kind {
        SecretKind::Environment | SecretKind::EnvironmentFromArgument => "",
        SecretKind::ArgumentDefault => "the default may be a placeholder that nothing uses",
        SecretKind::Argument => "that it is a credential is read from its name",
        SecretKind::File => "that it is a key is read from its name",
    }
}
