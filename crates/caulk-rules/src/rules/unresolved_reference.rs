//! See the page below.

use std::collections::BTreeSet;

use caulk_source::Span;

use caulk_model::{Referred, UnresolvedReference, WhyUnresolved};

use crate::prelude::*;

rule! {
    /// A file refers to another one that caulk cannot read, so a part of what runs is not judged.
    ///
    /// ## Why it matters
    ///
    /// An included file brings services of its own, an extended one the half of a service, a
    /// Dockerfile decides as whom the image starts. Where such a file is not in the repository, caulk
    /// judges what is left and says here what it could not see. If the reference is a mistake, the
    /// project does not start either.
    ///
    /// Files of environment variables (`env_file`, `.env`) are not among these: they are often kept
    /// out of a repository on purpose.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// include:
    ///   - infra/database.yaml
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// include:
    ///   - infra/database.yaml
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    /// ```
    ///
    /// ```yaml,good,file=infra/database.yaml
    /// services:
    ///   database:
    ///     image: postgres:17
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Not there*: an included file, the file of an extended service or a Dockerfile is not in the
    ///   repository. A missing seccomp profile is the matter of `seccomp-profile-not-found`.
    /// - *Out of reach*: it lies outside the repository, or is fetched from elsewhere.
    /// - *Built from elsewhere* (silent): the Dockerfile of a build from a git repository or an archive is for
    ///   its own repository to judge; of the image, nothing is known here.
    /// - *Something else*: the file is there, and is no Compose file.
    /// - *A variable*: the name hangs on one that has no value here.
    /// - *Another folder*: the engine does not find the Compose file by itself, so it may be meant to be
    ///   read from another folder. Where one of the folders above has what it names, nothing is said; else
    ///   confidence is low.
    /// - *An override file alone* (silent): its paths are seen from the folder of the file over which it is
    ///   put, which is not known.
    /// - *Environment files* (silent): `env_file` and `.env`.
    ///
    /// ## About the fix
    ///
    /// There is none: add the file, correct the path, or take the reference out. What is fetched from
    /// elsewhere is never fetched by caulk: check it where it lies.
    "unresolved-reference",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::Low),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Compose],
    references: &[],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    // A file may be reached both by what the engine finds and by what it is merely given: that counts once.
    let found = repository.unresolved().filter(|one| one.discovered);
    let found: BTreeSet<(Span, &str)> = found.map(|one| (one.span, one.target.as_str())).collect();
    for reference in repository.unresolved() {
        if reference.kind == Referred::Dockerfile && reference.why == WhyUnresolved::Remote {
            continue;
        }
        if reference.discovered || !found.contains(&(reference.span, reference.target.as_str())) {
            findings.report(finding(reference));
        }
    }
}

fn finding(reference: &UnresolvedReference) -> Finding {
    let target = &reference.target;
    let (what, kind, loses) = match reference.kind {
        Referred::Include => (
            "the included file",
            "Compose file",
            "brings services that are not judged here",
        ),
        Referred::Extends => (
            "the file that a service extends from",
            "Compose file",
            "holds a part of this service that is not judged here",
        ),
        Referred::Dockerfile => (
            "the Dockerfile",
            "Dockerfile",
            "decides what the image brings, which is not known here",
        ),
        Referred::Profile => (
            "the seccomp profile",
            "seccomp profile",
            "decides which system calls are left, which is not known here",
        ),
    };
    let message = match reference.why {
        WhyUnresolved::Missing => format!("{what} `{target}` is not in the repository"),
        WhyUnresolved::Outside => format!("{what} `{target}` lies outside the repository"),
        WhyUnresolved::Unread => format!("{what} `{target}` is no file that can be read here"),
        WhyUnresolved::Remote => format!("{what} `{target}` is fetched from elsewhere"),
        WhyUnresolved::Unknown => format!("{what} `{target}` hangs on a variable"),
        WhyUnresolved::OtherKind => format!("{what} `{target}` is no {kind}"),
    };
    // A file that the engine is merely given may be read from another folder than its own.
    let confidence = if reference.discovered {
        Confidence::High
    } else {
        Confidence::Low
    };
    Finding::new(
        &RULE.info,
        Surface::Compose,
        Label::new(reference.span, loses),
        message,
    )
    .doubted(
        confidence,
        "nothing that the engine finds by itself leads to the Compose file",
    )
    .fact(format!("{:?} {target}", reference.kind))
    .why(why(reference.kind))
    .advice(advice(reference.why))
}

/// What is not judged because of it.
fn why(kind: Referred) -> &'static str {
    match kind {
        Referred::Include => "none of the services behind it is judged",
        Referred::Extends => "the service is judged without what it has from there",
        Referred::Dockerfile => "nothing is known of the image, not even its user",
        Referred::Profile => "the system calls that it leaves are not judged",
    }
}

fn advice(why: WhyUnresolved) -> &'static str {
    match why {
        WhyUnresolved::Missing => "add the file, or correct the path",
        WhyUnresolved::Unread | WhyUnresolved::OtherKind => "correct the file or the path",
        WhyUnresolved::Unknown => {
            "give the variable a default, or check the other file where it lies"
        }
        WhyUnresolved::Outside | WhyUnresolved::Remote => {
            "nothing here is to be changed: run caulk where it lies as well"
        }
    }
}
