//! See the page below.

use caulk_model::build::{BuildFact, UnverifiedFile, UnverifiedWay};

use crate::build;
use crate::prelude::*;

rule! {
    /// The build takes a file from elsewhere and compares it with nothing.
    ///
    /// ## Why it matters
    ///
    /// What an address answers today it need not answer tomorrow, and over plain HTTP anybody on the way
    /// can answer in its place. A build that keeps whatever comes puts it into every image from then on, and
    /// nobody notices.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM debian:12-slim
    /// ADD https://download.acme.dev/agent-1.4.2 /usr/local/bin/agent
    /// ```
    ///
    /// ## Good
    ///
    /// ```dockerfile,good
    /// FROM debian:12-slim
    /// ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d \
    ///     https://download.acme.dev/agent-1.4.2 /usr/local/bin/agent
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *An address*: `ADD` of one without `--checksum`.
    /// - *A Git repository*: `ADD` of one without a whole commit.
    /// - *Plain HTTP*: curl and wget in a `RUN`, with an `http://` address; not one of this machine or of a
    ///   private network. A download over HTTPS is not reported: who answers was checked.
    /// - *Compared later* (silent): a later command of the stage compares a checksum or a signature
    ///   (`sha256sum -c`, `gpg --verify` …).
    /// - *A whole commit* (silent): an address of GitHub that names a file as it is in one commit, by the 40
    ///   digits of that.
    /// - *A build argument* (fires): in a branch that runs only where an argument has another value than its
    ///   default, or where it has none and would have to have one, it has low confidence; where nobody here
    ///   says its value, medium. Where a service builds it with that value, it counts as usual.
    /// - *Another stage*: it counts if the image takes files from it.
    ///
    /// ## About the fix
    ///
    /// There is none that could be written here: the checksum has to come from whoever publishes the file.
    /// A Git repository, and an address of GitHub with a branch or a tag in it, can name a commit instead.
    ///
    /// ## Sources
    ///
    /// Dockerfile reference, "ADD --checksum" and "Adding files from a Git repository".
    "remote-file-unverified",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::Medium),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Dockerfile],
    references: &[
        Reference::like(Authority::Cis, "4.11"),
        Reference::like(Authority::Nist, "4.1.5"),
        Reference::like(Authority::Hadolint, "DL3020"),
        Reference::like(Authority::TrailOfBits, "curl-unencrypted-url"),
        Reference::like(Authority::TrailOfBits, "wget-unencrypted-url"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for (container, fact) in build::facts(repository, |build| &build.unverified_files) {
        findings.report(finding(container, fact));
    }
}

fn finding(container: &Container, fact: &BuildFact<UnverifiedFile>) -> Finding {
    let UnverifiedFile { url, way } = &fact.value;
    let (says, why, advice) = match way {
        UnverifiedWay::AddGit => (
            format!("takes in `{url}` as it comes"),
            "what the repository names so can change, and nothing in the build would notice",
            "write the 40 digits of a commit behind `#`, instead of a branch or a tag".to_owned(),
        ),
        UnverifiedWay::AddOfBranch { branch } => (
            format!("takes in `{url}` as it comes"),
            "what stands behind that address can change, and nothing in the build would notice",
            format!(
                "write the 40 digits of a commit in place of `{branch}`, or `ADD --checksum=sha256:…` with the \
                 checksum of the file"
            ),
        ),
        UnverifiedWay::Add => (
            format!("takes in `{url}` as it comes"),
            "what stands behind that address can change, and nothing in the build would notice",
            "write `ADD --checksum=sha256:…` with the checksum that its publisher names; where there is none, \
             take the file out of the build"
                .to_owned(),
        ),
        UnverifiedWay::PlainHttp { program } => (
            format!("fetches `{url}` with {program} in the clear"),
            "anybody on the way can answer in the server's place, and nothing in the build would notice",
            "ask over HTTPS, or compare what comes with a checksum that stands here".to_owned(),
        ),
    };
    build::report(
        &RULE.info,
        container,
        fact,
        "is compared with nothing",
        &says,
    )
    .fact(format!("remote file {url}"))
    .why(why)
    .advice(advice)
}
