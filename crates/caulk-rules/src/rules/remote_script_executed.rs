//! See the page below.

use caulk_model::build::{BuildFact, RemoteCode, RemoteWay};

use crate::build;
use crate::prelude::*;

rule! {
    /// The build runs a program as it comes from elsewhere.
    ///
    /// ## Why it matters
    ///
    /// `curl … | sh` runs whatever the other side sends at the moment of the build, as root of the
    /// build. Nobody has read it, nothing says that it is what it was yesterday, and a server can tell a
    /// pipe from a download and answer each with something else. Who takes over the server or its domain is
    /// in every image that is built from then on; and so is who sits on the way to it, over plain HTTP or
    /// where the server's certificate is not checked.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM debian:12-slim
    /// RUN curl -fsSL https://get.acme.dev/install.sh | bash -s -- --yes
    /// ```
    ///
    /// ## Good
    ///
    /// The file is compared with what it should be before it runs:
    ///
    /// ```dockerfile,good
    /// FROM debian:12-slim
    /// RUN curl -fsSLo install.sh https://get.acme.dev/1.4.2/install.sh \
    ///     && echo "8a1cc5a40e8bcb2b5a1b4b1a6a2d5a3d0f6f4ad6b3c1e0d9b8a7f6e5d4c3b2a1  install.sh" | sha256sum -c - \
    ///     && bash install.sh --yes
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Into an interpreter*: what goes into a shell or another interpreter counts, not what a line looks
    ///   like: through a pipe and the programs in it that only pass on what they read, as `sh -c "$(curl
    ///   …)"`, `eval`, `bash <(curl …)`, a here-string, a variable that holds what was downloaded. A text
    ///   that merely contains such a line is none, and neither is a pipe into an interpreter that has its
    ///   own program, as in `curl … | python3 -c '…'`.
    /// - *Run afterwards*: a file that is downloaded and then run. Confidence is medium. Not where a
    ///   checksum or a signature is looked at in between: `sha256sum -c`, `gpg --verify`, `cosign` and
    ///   their like; a check that caulk does not know is why confidence is not high.
    /// - *A build argument* (fires): a branch of the step that runs only where a build argument has a
    ///   certain value names it. Where that is not its value here, by its default or by the service that
    ///   builds the image, confidence is low.
    /// - *The other branch* (fires): where the branches of one `if` run the same, the other one is a related
    ///   place, and no second finding.
    /// - *This machine* (silent): what comes from it, or lies on it.
    /// - *Another shell* (silent): a step of PowerShell or of another shell that caulk does not read.
    /// - *Another stage*: it counts if the image takes files from it.
    ///
    /// ## About the fix
    ///
    /// There is none that could be written here. Download the file, compare it with a checksum that stands
    /// in the Dockerfile, and run it then; or take the package of your distribution, whose signature the
    /// package manager checks; or copy the program from an image that is pinned by its digest.
    ///
    /// ## Sources
    ///
    /// curl(1); bash(1), "Invocation"; OWASP Docker Security Cheat Sheet, on the supply chain.
    "remote-script-executed",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::High),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Dockerfile],
    references: &[
        Reference::like(Authority::Cis, "4.11"),
        Reference::like(Authority::Owasp, "Rule 13"),
        Reference::like(Authority::Nist, "4.1.5"),
        Reference::like(Authority::CloudSecurity, "dfs017"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    let facts = build::facts(repository, |build| &build.remote_code);
    for same in build::alternatives(facts, |one, other| one.url == other.url) {
        findings.report(same.with_others(finding(same.container, same.fact)));
    }
}

fn finding(container: &Container, fact: &BuildFact<RemoteCode>) -> Finding {
    let code = &fact.value;
    let from = if code.url.is_empty() {
        "elsewhere".to_owned()
    } else {
        format!("`{}`", code.url)
    };
    let says = format!("runs what it downloads from {from}");
    let label = match (code.way, code.reader.as_str()) {
        (RemoteWay::Pipe | RemoteWay::Text, reader) => {
            format!("gives to `{reader}` whatever comes")
        }
        (RemoteWay::File { .. }, "") => "is run as it came".to_owned(),
        (RemoteWay::File { .. }, reader) => format!("is run by `{reader}` as it came"),
    };
    let finding = build::report(&RULE.info, container, fact, label, &says)
        .fact(format!("remote code {}", code.url))
        .why(if code.unchecked {
            "whoever controls that address, or the way to it, decides what is in the image; nothing in the \
             build would notice"
        } else {
            "whoever controls that address decides what is in the image; nothing in the build would notice"
        })
        .advice(match code.way {
            RemoteWay::Pipe | RemoteWay::Text => {
                "download it to a file, compare it with a checksum that stands here, and run it then; or \
                 install a package that is signed, or copy the program from an image that is pinned"
            }
            RemoteWay::File { .. } => {
                "compare the file with a checksum that stands here before it is run; or install a package \
                 that is signed, or copy the program from an image that is pinned"
            }
        });
    match code.way {
        RemoteWay::Pipe | RemoteWay::Text => finding,
        RemoteWay::File { downloaded } => finding
            .doubted(
                Confidence::Medium,
                "the file may be checked in a way that caulk does not know",
            )
            .related(downloaded, "is downloaded here and compared with nothing"),
    }
}
