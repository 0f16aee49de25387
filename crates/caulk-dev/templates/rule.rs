//! See the page below.

use crate::prelude::*;

rule! {
    /// SAY in one sentence what is wrong with the container.
    ///
    /// ## Why it matters
    ///
    /// SAY what it opens, and for whom.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services: {}
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *SAY the name of a condition*: SAY on what it hangs.
    ///
    /// ## About the fix
    ///
    /// SAY what it changes and what may break, or what to do where there is none.
    "RULE-ID",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Low),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Compose],
    references: &[],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    let containers = repository.containers();
    for container in containers.filter(|container| container.surface == Surface::Compose) {
        findings.report(finding(container));
    }
}

fn finding(container: &Container) -> Finding {
    let title = container.title();
    Finding::new(
        &RULE.info,
        container.surface,
        Label::new(container.anchor, "say what is said of this place"),
        format!("{title}: say what is wrong"),
    )
    .container(title, container.anchor)
    .fact("RULE-ID")
    .why("say why it matters here")
}
