//! See the page below.

use caulk_model::build::{BuildFact, UncheckedPeer};

use crate::build;
use crate::prelude::*;

rule! {
    /// The build, or the image, does not check whom it talks to over TLS.
    ///
    /// ## Why it matters
    ///
    /// Without the check of a certificate, TLS hides what is said from everybody but the one who sits in
    /// the middle: he answers with a certificate of his own and sends what he likes. What is fetched so is
    /// as good as fetched in the clear. A variable or a configuration stays in the image, and then the
    /// program in it checks nothing either.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM node:22-slim
    /// ENV NODE_TLS_REJECT_UNAUTHORIZED=0
    /// RUN curl --insecure -o /usr/local/share/model.bin https://models.acme.dev/model.bin
    /// ```
    ///
    /// ## Good
    ///
    /// A certificate of one's own is trusted by name:
    ///
    /// ```dockerfile,good
    /// FROM node:22-slim
    /// COPY acme-ca.crt /usr/local/share/ca-certificates/
    /// RUN update-ca-certificates
    /// ENV NODE_EXTRA_CA_CERTS=/usr/local/share/ca-certificates/acme-ca.crt
    /// RUN curl -o /usr/local/share/model.bin https://models.acme.dev/model.bin
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *An option*: of curl, wget, git, npm, Yarn, pip, apt, apk, yum and dnf, conda and Composer.
    /// - *A variable*: of Node.js, Python, git, npm, pip, uv, Go and Perl.
    /// - *A configuration*: a step sets it, or writes a line into a file of one of these programs.
    /// - *Compared* (silent): a checksum or a signature is compared with the download in the same step.
    /// - *This machine* (silent): a request to it.
    /// - *Another stage*: it counts if the image takes files from it.
    ///
    /// ## About the fix
    ///
    /// It removes the option. Where the server's certificate is not one that the image trusts, the step
    /// fails then: put the authority's certificate into the image.
    ///
    /// ## Sources
    ///
    /// The manuals of the programs: curl(1) `--insecure`, wget(1) `--no-check-certificate`,
    /// git-config(1) `http.sslVerify`, npm `strict-ssl`, pip `--trusted-host`; Node.js,
    /// `NODE_TLS_REJECT_UNAUTHORIZED`.
    "tls-verification-disabled",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::High),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Dockerfile],
    references: &[
        Reference::like(Authority::Cis, "4.11"),
        Reference::like(Authority::Nist, "4.1.5"),
        Reference::same(Authority::Checkov, "CKV2_DOCKER_2"),
        Reference::same(Authority::Checkov, "CKV2_DOCKER_3"),
        Reference::same(Authority::Checkov, "CKV2_DOCKER_4"),
        Reference::same(Authority::Checkov, "CKV2_DOCKER_5"),
        Reference::same(Authority::Checkov, "CKV2_DOCKER_6"),
        Reference::same(Authority::Checkov, "CKV2_DOCKER_12"),
        Reference::same(Authority::Checkov, "CKV2_DOCKER_13"),
        Reference::same(Authority::Checkov, "CKV2_DOCKER_14"),
        Reference::same(Authority::Checkov, "CKV2_DOCKER_15"),
        Reference::same(Authority::Checkov, "CKV2_DOCKER_16"),
        Reference::like(Authority::TrailOfBits, "curl-insecure"),
        Reference::like(Authority::TrailOfBits, "node-disable-certificate-validation"),
        Reference::like(Authority::TrailOfBits, "wget-no-check-certificate"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for (container, fact) in build::facts(repository, |build| &build.unchecked_peers) {
        findings.report(finding(container, fact));
    }
}

fn finding(container: &Container, fact: &BuildFact<UncheckedPeer>) -> Finding {
    let peer = &fact.value;
    let program = &peer.program;
    let (says, why) = if peer.lasts && fact.stage.ships {
        (
            format!("tells {program} not to check certificates, from here on"),
            format!(
                "it stays in the image: whoever sits between {program} and a server can answer in the \
                 server's name, now and when the container runs"
            ),
        )
    } else {
        (
            format!("tells {program} not to check certificates"),
            "whoever sits between the build and the server decides what comes, and so what is in the image"
                .to_owned(),
        )
    };
    let finding = build::report(&RULE.info, container, fact, "switches the check off", &says)
        .fact(format!("tls {program} {} {}", peer.spelling, peer.subject))
        .why(why);
    match &peer.correction {
        Some(correction) => finding.remedy(build::spelt(
            correction,
            format!("let {program} check certificates"),
            "the step fails where the server's certificate is not one that the image trusts",
        )),
        None => finding.advice(
            "remove it; where the server has a certificate of its own authority, put that authority's \
             certificate into the image",
        ),
    }
}
