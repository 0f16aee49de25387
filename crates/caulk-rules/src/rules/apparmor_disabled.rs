//! See the page below.

use caulk_model::AppArmor;

use crate::prelude::*;
use crate::shared::remove_for_all;

rule! {
    /// AppArmor is switched off for the container.
    ///
    /// ## Why it matters
    ///
    /// On a host with AppArmor the engine confines every container with its profile `docker-default`.
    /// That profile refuses what capabilities and seccomp still let through: writing to `/proc/sys`
    /// and `/sys`, mounting, and tracing processes outside the container. `unconfined` takes it away.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   backup:
    ///     image: ghcr.io/acme/backup:1.4
    ///     security_opt:
    ///       - apparmor=unconfined
    /// ```
    ///
    /// ## Good
    ///
    /// A profile of its own allows the one thing that `docker-default` refuses, and no more:
    ///
    /// ```yaml,good
    /// services:
    ///   backup:
    ///     image: ghcr.io/acme/backup:1.4
    ///     security_opt:
    ///       - apparmor=acme-backup
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *The last entry counts*, in either spelling: `apparmor=unconfined`,
    ///   `apparmor:unconfined`.
    /// - *A profile of its own* (silent) is a choice.
    /// - *Privileged mode* switches AppArmor off as well. Alone, that is `privileged`'s; an entry
    ///   written beside it is reported, for it would outlive that mode.
    /// - *A variable*: one without a default is not known; a default counts.
    ///
    /// ## About the fix
    ///
    /// It removes the entry, so that `docker-default` applies. A program that mounts filesystems, FUSE
    /// above all, is refused then: it needs a profile that allows its mounts. On a host without
    /// AppArmor the entry does nothing, and neither does the fix.
    ///
    /// ## Sources
    ///
    /// moby `daemon/apparmor_default.go`, `daemon/pkg/oci` (`WithApparmor`), `profiles/apparmor`.
    "apparmor-disabled",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::High),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::DevContainer, Surface::Quadlet],
    references: &[
        Reference::same(Authority::Cis, "5.2"),
        Reference::like(Authority::Owasp, "Rule 6"),
        Reference::like(Authority::Nist, "4.4.3"),
        Reference::like(Authority::DockerBench, "check_5_2"),
        Reference::like(Authority::TrailOfBits, "container-privileged"),
        Reference::same(Authority::ComposeLint, "CL-0009"),
        Reference::like(Authority::DockSec, "compose-disabled-security-opt"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        let declared = container.declared.apparmor.as_ref();
        if declared.and_then(|fact| fact.value()) == Some(&AppArmor::Unconfined) {
            findings.report(finding(container));
        }
    }
}

fn finding(container: &Container) -> Finding {
    let title = container.title();
    let place = container.apparmor.span();
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(place, "takes the engine's AppArmor profile away"),
        format!("{title} runs without AppArmor"),
    )
    .container(&title, container.anchor)
    .fact("apparmor unconfined")
    .why(why(container));
    let finding = if container.privileged.value() == Some(&true) {
        finding.related(
            container.privileged.span(),
            "which privileged mode does as well",
        )
    } else {
        finding
    };
    match container.apparmor.origin.written() {
        Some(entry) => finding.remedy(Remedy::unsafe_because(
            "let the engine's profile apply",
            Change::Remove { entry },
            "a program that mounts filesystems or traces processes of others is refused again",
        )),
        None => finding.advice(remove_for_all(
            &container.apparmor.origin,
            "remove the entry where it is written, for all who share it",
        )),
    }
}

fn why(container: &Container) -> String {
    let left = match container.seccomp.value() {
        Some(caulk_model::Seccomp::Disabled) => "and no seccomp filter stands behind it here",
        Some(caulk_model::Seccomp::Default | caulk_model::Seccomp::Profile { .. }) | None => {
            "capabilities and seccomp are what is left"
        }
    };
    format!(
        "the profile refuses mounts and writes below `/proc/sys` and `/sys`, whatever else {} is \
         given; {left}",
        container.title()
    )
}
