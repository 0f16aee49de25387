//! See the page below.

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
    surfaces: &[Surface::Compose],
    references: &[
        Reference::same(Authority::Cis, "5.26"),
        Reference::same(Authority::Owasp, "Rule 4"),
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
}

fn finding(container: &Container) -> Finding {
    let title = container.title();
    let place = container.no_new_privileges.span();
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(
            place,
            "lets programs gain privileges, even where the daemon forbids it",
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
