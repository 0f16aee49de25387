//! See the page below.

use caulk_model::ImageSource;
use caulk_source::Span;

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
    /// - *From an image*: the same, from an image that is pulled. Whether it is made to be copied whole,
    ///   nobody here can see.
    /// - *Another stage*: only the stage that is built counts, with those on which it stands. Where all
    ///   that build the file name other stages, the last one is not built.
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
        if !is_built(repository, container, fact.span) {
            continue;
        }
        let mut bases = container.image.build.bases.iter();
        let pulled = bases.any(|base| base.value.copied_from && fact.span.contains(base.span));
        let label = if pulled {
            "brings along whatever that image holds, now and in later versions"
        } else {
            "brings what only the build needs along"
        };
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

/// Whether the stage is one that somebody builds: the default one is not where all that build the
/// file name others.
fn is_built(repository: &Repository, container: &Container, copy: Span) -> bool {
    let of_file = || {
        let all = repository.containers();
        all.filter(|other| other.source == ImageSource::Itself && other.file == container.file)
    };
    let has_it = |other: &Container| {
        let mut copies = other.image.build.whole_copies.iter();
        copies.any(|fact| fact.span == copy)
    };
    !of_file().any(|other| !other.run_by.is_empty())
        || of_file().any(|other| !other.run_by.is_empty() && has_it(other))
}
