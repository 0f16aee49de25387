//! See the page below.

use caulk_model::Engine;
use caulk_source::Span;

use super::privilege_escalation_possible::{remedy, why, with_loser};
use crate::prelude::*;

rule! {
    /// The container is explicitly allowed to gain privileges.
    ///
    /// ## Why it matters
    ///
    /// `no-new-privileges:false` looks like the default, and is more: where the daemon gives
    /// `no-new-privileges` to every container, it takes this one out. And it tells a reader that the
    /// question was answered, with no.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1.4
    ///     security_opt:
    ///       - no-new-privileges:false
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1.4
    ///     security_opt:
    ///       - no-new-privileges:true
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *The value*, as the daemon reads it: `0`, `f`, `F`, `false`, `FALSE`, `False`. It
    ///   refuses what is no boolean.
    /// - *A unit's `NoNewPrivileges=no`* (silent) becomes no flag: it is as if nothing were written.
    /// - *The last entry* counts.
    /// - *Nothing written* (silent) is `privilege-escalation-possible`.
    /// - *A variable* (silent) is not guessed.
    ///
    /// ## About the fix
    ///
    /// It turns the option on. What that breaks is the same as there: `sudo`, `su` and other setuid
    /// programs no longer work, `gosu`, `su-exec` and `setpriv` do.
    ///
    /// ## Sources
    ///
    /// moby `daemon/daemon_unix.go` (`parseSecurityOpt`); the kernel's
    /// `Documentation/userspace-api/no_new_privs.rst`.
    "privilege-escalation-enabled",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::Medium),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::Quadlet, Surface::Daemon],
    references: &[
        Reference::like(Authority::Cis, "2.14"),
        Reference::same(Authority::Cis, "5.26"),
        Reference::same(Authority::Owasp, "Rule 4"),
        Reference::like(Authority::Nist, "4.4.3"),
        Reference::like(Authority::DockerBench, "check_2_14"),
        Reference::like(Authority::DockerBench, "check_5_26"),
        Reference::like(Authority::ComposeLint, "CL-0003"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        let declared = container.declared.no_new_privileges.as_ref();
        if declared.and_then(|fact| fact.value()) == Some(&false) {
            findings.report(finding(container));
        }
    }
    for daemon in repository.engines() {
        if let Some(fact) = &daemon.no_new_privileges
            && fact.value() == Some(&false)
        {
            findings.report(for_all(fact.span()));
        }
    }
}

fn for_all(place: Span) -> Finding {
    Finding::new(
        &RULE.info,
        Surface::Daemon,
        Label::new(place, "is the default, and says that it is wanted"),
        "programs in every container of this engine are allowed to gain privileges",
    )
    .fact("no-new-privileges false")
    .why(
        "a setuid program of any image makes its caller root in the container, unless the container \
         itself forbids it",
    )
    .remedy(Remedy::unsafe_because(
        "forbid it for every container",
        Change::Become {
            entry: place,
            value: "true".to_owned(),
        },
        "`sudo`, `su` and other setuid programs no longer work in any container",
    ))
}

fn finding(container: &Container) -> Finding {
    let title = container.title();
    let place = container.no_new_privileges.span();
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(
            place,
            match container.declared.engine {
                Engine::Docker => "lets programs gain privileges, even where the daemon forbids it",
                Engine::Podman => "lets programs gain privileges, and says that it is wanted",
            },
        ),
        format!("programs in {title} are allowed to gain privileges"),
    )
    .container(&title, container.anchor)
    .fact("no-new-privileges false")
    .why(why(container));
    let finding = with_loser(finding, container);
    match container.no_new_privileges.origin.written() {
        Some(entry) => {
            let change = Change::Become {
                entry,
                value: "no-new-privileges:true".to_owned(),
            };
            finding.remedy(remedy(container, change))
        }
        None => finding.advice("turn it on where it is written, for all who share it"),
    }
}
