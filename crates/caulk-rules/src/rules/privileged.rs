//! See the page below.

use caulk_linux::CapabilityWord;
use caulk_model::Base;

use crate::prelude::*;
use crate::seccomp::and_profile;
use crate::shared::{is_by_feature, remove_for_all};

/// Where `capability-without-effect` reads lists.
const CAPABILITY_LISTS: &[Surface] = &[Surface::Compose, Surface::CommandLine, Surface::Quadlet];

rule! {
    /// The container runs in privileged mode.
    ///
    /// ## Why it matters
    ///
    /// Privileged mode is not one permission but the end of most of them: every capability, every
    /// device of the host, no seccomp filter, no AppArmor or SELinux confinement, and `/proc` and
    /// `/sys` writable and unmasked. A process that is root in such a container can load a kernel
    /// module or mount the host's disk. Dropping capabilities beside it changes nothing: the engine
    /// ignores the list.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   worker:
    ///     image: ghcr.io/acme/worker:1.4
    ///     privileged: true
    /// ```
    ///
    /// ## Good
    ///
    /// Grant the one thing that is needed:
    ///
    /// ```yaml,good
    /// services:
    ///   worker:
    ///     image: ghcr.io/acme/worker:1.4
    ///     devices:
    ///       - /dev/ttyUSB0
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *The value*, as Compose reads it: a quoted `"true"` is true.
    /// - *An engine in a container* (fires): Docker's own image with an engine in it does not start
    ///   without privileged mode, so there is no fix for it, and what replaces it is said.
    /// - *A variable*: one without a default is not known; a default counts.
    /// - *Who reads the file* (fires): Swarm ignores the key and Compose does not, and nothing in
    ///   the file says which of them it is for.
    ///
    /// ## About the fix
    ///
    /// It removes the key. What the program needed privileged mode for will fail, with an error that
    /// says what it was: grant that device or capability then.
    ///
    /// ## Sources
    ///
    /// moby `daemon/pkg/oci` (`WithCapabilities`, `WithDevices`, `WithApparmor`), `daemon/seccomp_linux.go`.
    "privileged",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::Critical),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::DevContainer, Surface::Workflow, Surface::Quadlet],
    references: &[
        Reference::same(Authority::Cis, "5.5"),
        Reference::like(Authority::Owasp, "Rule 3"),
        Reference::same(Authority::Nist, "4.4.3"),
        Reference::like(Authority::DockerBench, "check_5_5"),
        Reference::same(Authority::Kics, "ae5b6871-7f45-42e0-bb4c-ab300c4d2026"),
        Reference::same(Authority::Semgrep, "privileged-service"),
        Reference::like(Authority::TrailOfBits, "container-privileged"),
        Reference::same(Authority::ComposeLint, "CL-0002"),
        Reference::same(Authority::DockSec, "compose-privileged"),
        Reference::same(Authority::ComposeAuditor, "SEC001"),
        Reference::same(Authority::CloudSecurity, "dcs001"),
        Reference::like(Authority::Zshellcheck, "ZC1454"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        if container.privileged.value() == Some(&true) {
            findings.report(finding(container));
        }
    }
}

fn finding(container: &Container) -> Finding {
    let title = container.title();
    let place = container.privileged.span();
    let mut finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(
            place,
            "gives it every capability and every device, and switches its confinement off",
        ),
        format!("{title} runs in privileged mode"),
    )
    .container(&title, container.anchor)
    .fact("privileged")
    .why(why(container));
    if let Some(dropped) = container.declared.cap_drop.first() {
        finding = finding.related(
            dropped.origin.span(),
            "so that dropping capabilities changes nothing",
        );
    }
    if let Some(added) = container.declared.cap_add.first() {
        finding = finding.related(
            added.origin.span(),
            "and this list counts for nothing beside it",
        );
    }
    let written = container.privileged.origin.written();
    match written {
        _ if runs_an_engine(container) => finding.advice(
            "the engine in this image does not start without it: build with a remote or rootless \
             builder, or give the job a proxy of the host's engine that allows only what it needs",
        ),
        Some(entry) => {
            let words = and_profile(
                container,
                "whatever needed a device or a capability fails until that one thing is granted",
            );
            finding.remedy(Remedy::unsafe_because(
                "leave privileged mode",
                Change::Remove { entry },
                format!("{words}{}", what_counts_then(container)),
            ))
        }
        None => finding.advice(remove_for_all(
            &container.privileged.origin,
            "remove it where it is written, for all who share it",
        )),
    }
}

/// Whether its image is Docker's own engine, which mounts and makes containers itself.
fn runs_an_engine(container: &Container) -> bool {
    let Base::External {
        reference: State::Known(reference),
        ..
    } = &container.image.base
    else {
        return false;
    };
    let tag = reference.tag.as_deref().unwrap_or_default();
    reference.repository == "docker.io/library/docker" && tag.split('-').any(|part| part == "dind")
}

/// Which rules judge what is declared beside it, once it is gone.
fn what_counts_then(container: &Container) -> String {
    let declared = &container.declared;
    let mut judges = Vec::new();
    if !declared.cap_add.is_empty() {
        judges.push("`capability-added`");
        if declared
            .cap_add
            .iter()
            .any(|added| added.value == CapabilityWord::All)
        {
            judges.push("`all-capabilities-added`");
        }
        if CAPABILITY_LISTS.contains(&container.surface) {
            judges.push("`capability-without-effect`");
        }
    }
    if !declared.devices.is_empty() || !declared.device_rules.is_empty() {
        judges.push("`host-device`");
    }
    let by_feature = declared.seccomp.as_ref();
    if by_feature.is_some_and(|fact| is_by_feature(&fact.origin)) {
        judges.push("`seccomp-disabled`");
    }
    match judges.as_slice() {
        [] => String::new(),
        [one] => format!("; what is declared beside it counts then, as {one} judges it"),
        several => format!(
            "; what is declared beside it counts then, as {} judge it",
            several.join(", ")
        ),
    }
}

fn why(container: &Container) -> String {
    let profile = match container.seccomp.value() {
        Some(caulk_model::Seccomp::Profile { .. }) => "AppArmor",
        _ => "seccomp, AppArmor",
    };
    let who = match container.root {
        State::Known(true) if container.steps_down().is_some() => {
            "its first process starts as root, and any setuid program in it"
        }
        State::Known(true) => "its first process is root and",
        State::Known(false) => "its first process is not root, but any setuid program in it",
        State::Unknown { .. } => "root in it",
    };
    format!(
        "{who} can mount the host's disks or load a kernel module: {profile}, the SELinux label, \
         masked paths and the device list are all off here"
    )
}
