//! See the page below.

use crate::build;
use crate::prelude::*;

rule! {
    /// All of another stage or image is copied into the image.
    ///
    /// ## Why it matters
    ///
    /// A stage of its own is there to leave behind what only the build needs: compilers, package managers,
    /// caches, credentials that a step left lying. `COPY --from=build / /` brings all of it along, setuid
    /// programs and accounts included, and hides where each file comes from.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM golang:1.24 AS build
    /// RUN go build -o /server .
    /// FROM scratch
    /// COPY --from=build / /
    /// USER 65532:65532
    /// ```
    ///
    /// ## Good
    ///
    /// ```dockerfile,good
    /// FROM golang:1.24 AS build
    /// RUN go build -o /server .
    /// FROM scratch
    /// COPY --from=build /server /server
    /// USER 65532:65532
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *From a stage*: `COPY --from=…` of `/` into `/`. Not of a folder, nor into one. What the steps of
    ///   that stage do to files and accounts is judged as the image's own.
    /// - *From an image*: the same, from an image.
    /// - *Another stage*: only the stage that is built counts, with those on which it stands.
    ///
    /// ## About the fix
    ///
    /// There is none: name the files that the program needs. Who wants one layer instead of many builds with
    /// an exporter that squashes.
    ///
    /// ## Sources
    ///
    /// Dockerfile reference, "COPY --from"; Docker's documentation, "Multi-stage builds".
    "whole-filesystem-copied",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Low),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Dockerfile],
    references: &[Reference::same(Authority::Hadolint, "DL3067")],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for (container, fact) in build::facts(repository, |build| &build.whole_copies) {
        let from = &fact.value.from;
        let says = format!("takes in all of `{from}`");
        let label = "brings what only the build needs along";
        let finding = build::report(&RULE.info, container, fact, label, &says)
            .fact(format!("whole copy {from}"))
            .why(format!(
                "everything that `{from}` has is in the image: tools, accounts, setuid programs, what a step \
                 left lying"
            ))
            .advice("name the files that the program needs");
        findings.report(finding);
    }
}
