//! See the page below.

use caulk_model::Fact;
use caulk_source::Span;

use crate::prelude::*;

rule! {
    /// Nothing of what the container prints is kept.
    ///
    /// ## Why it matters
    ///
    /// With the driver `none` the engine throws away what a container writes to its output. After an
    /// incident nobody can say what happened in it, and `docker logs` shows nothing.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    ///     logging:
    ///       driver: none
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    ///     logging:
    ///       driver: local
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *The driver*: `none` fires. Every other driver is silent, and so is the engine's own where none is
    ///   named.
    /// - *A later file*: its driver is the one that holds.
    /// - *The engine's configuration*: `log-driver` of `daemon.json`, for every container that names no
    ///   driver. It is said once, and not with each of them.
    /// - *Shared text* (fires): what several services have from one place is said once, with all of
    ///   them, and has no fix.
    /// - *A variable* (silent): what has no value here is not guessed.
    ///
    /// ## About the fix
    ///
    /// It chooses the driver `local`, which keeps a limited amount on the host. Unsafe, because what the
    /// program prints is then on the host's disk, personal data among it, and options of another driver
    /// beside it may be refused.
    "logging-disabled",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Low),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::Daemon],
    references: &[
        Reference::same(Authority::ComposeLint, "CL-0014"),
        Reference::like(Authority::ComposeAuditor, "OPS003"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        if !RULE.info.surfaces.contains(&container.surface) {
            continue;
        }
        let driver = container.declared.logging.as_ref();
        if let Some(driver) =
            driver.filter(|driver| driver.value().is_some_and(|name| name == "none"))
        {
            findings.report(finding(container, driver));
        }
    }
    for daemon in repository.engines() {
        let driver = daemon.log_driver.as_ref();
        if let Some(driver) =
            driver.filter(|driver| driver.value().is_some_and(|name| name == "none"))
        {
            findings.report(for_all(driver.span()));
        }
    }
}

fn for_all(place: Span) -> Finding {
    Finding::new(
        &RULE.info,
        Surface::Daemon,
        Label::new(place, "throws away what they print"),
        "nothing is kept of what containers of this engine print that name no logging driver",
    )
    .fact("logging driver")
    .why("after an incident nobody can say what happened in any of them")
    .remedy(Remedy::unsafe_because(
        "keep it with the driver `local`",
        Change::Become {
            entry: place,
            value: "local".to_owned(),
        },
        "what programs print is then on the host's disk, whatever it is",
    ))
}

fn finding(container: &Container, driver: &Fact<String>) -> Finding {
    let title = container.title();
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(driver.span(), "throws away what it prints"),
        format!("nothing is kept of what {title} prints"),
    )
    .container(&title, container.anchor)
    .fact("logging driver")
    .why("after an incident nobody can say what happened in it");
    match driver.origin.written() {
        Some(entry) => finding.remedy(Remedy::unsafe_because(
            "keep it with the driver `local`",
            Change::Become {
                entry,
                value: "local".to_owned(),
            },
            "what the program prints is then on the host's disk, whatever it is",
        )),
        None => finding.advice("choose a driver where this one is written, for all who share it"),
    }
}
