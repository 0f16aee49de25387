//! See the page below.

use caulk_model::build::{Added, AddedSource, BuildFact};

use crate::build;
use crate::prelude::*;

rule! {
    /// A file of the build context is taken in with `ADD`, which does more than to copy it.
    ///
    /// ## Why it matters
    ///
    /// `ADD` unpacks a source that turns out to be an archive, and fetches one that looks like an address.
    /// Whoever can put a file into the build context decides then what lands in the image, and where. `COPY`
    /// copies.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM debian:12-slim
    /// ADD app.conf /etc/app.conf
    /// ```
    ///
    /// ## Good
    ///
    /// ```dockerfile,good
    /// FROM debian:12-slim
    /// COPY app.conf /etc/app.conf
    /// ADD rootfs.tar.gz /
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *A plain source*: a file or folder of the build context whose name is no archive's and no
    ///   pattern's, hangs on no variable and is no address, taken in with no flag that only `ADD` has.
    /// - *A folder* (fires): one that is written as such (`.`, `src/`).
    /// - *What only ADD does* (silent): an archive by its name, an address, such a flag.
    /// - *Not known which file* (silent): a pattern, or a name that hangs on a variable.
    /// - *Another stage*: it counts if the image takes files from it.
    ///
    /// ## About the fix
    ///
    /// It writes `COPY`, and is offered for a folder, and where the file is among those that were read and its
    /// first bytes are no archive's: then both do the same.
    ///
    /// ## Sources
    ///
    /// Dockerfile reference, "ADD".
    "add-instead-of-copy",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Low),
    confidence: Confidence::High,
    fixes: Fixes::Safe,
    surfaces: &[Surface::Dockerfile],
    references: &[
        Reference::same(Authority::Cis, "4.9"),
        Reference::like(Authority::DockerBench, "check_4_9"),
        Reference::like(Authority::Hadolint, "DL3020"),
        Reference::like(Authority::Trivy, "DS-0005"),
        Reference::like(Authority::Checkov, "CKV_DOCKER_4"),
        Reference::like(Authority::Kics, "9513a694-aa0d-41d8-be61-3271e056f36b"),
        Reference::like(Authority::Semgrep, "prefer-copy-over-add"),
        Reference::like(Authority::Tally, "hadolint/DL3020"),
        Reference::like(Authority::Dockle, "CIS-DI-0009"),
        Reference::like(Authority::CloudSecurity, "dfs007"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for (container, fact) in build::facts(repository, |build| &build.added) {
        if matches!(
            fact.value.kind,
            AddedSource::Folder | AddedSource::Plain { .. }
        ) {
            findings.report(finding(container, fact));
        }
    }
}

fn finding(container: &Container, fact: &BuildFact<Added>) -> Finding {
    let source = &fact.value.source;
    let (label, why) = if fact.value.kind == AddedSource::Folder {
        (
            "does no more for a folder than `COPY` does",
            "what is in a folder is copied as it is; `ADD` says that something is unpacked or fetched, and \
             does so as soon as another source stands here",
        )
    } else {
        (
            "would also unpack an archive or fetch an address, which nobody asks for here",
            "if the file is ever a tar archive, it is unpacked over whatever lies there",
        )
    };
    let says = format!("takes in `{source}` with `ADD`");
    let finding = build::report(&RULE.info, container, fact, label, &says)
        .fact(format!("add {source}"))
        .why(why);
    if fact.value.kind == (AddedSource::Plain { unseen: true }) {
        return finding.advice("write `COPY`, which only copies");
    }
    let change = Change::Become {
        entry: fact.span,
        value: "COPY".to_owned(),
    };
    finding.remedy(Remedy::safe("write `COPY`", change))
}
