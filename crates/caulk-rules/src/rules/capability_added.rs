//! See the page below.

use caulk_linux::{Beside, Capability, CapabilityWord, DOCKER_DEFAULT, Reach};
use caulk_model::{Entry, Fact, Namespace};
use caulk_source::Span;

use crate::prelude::*;

rule! {
    /// The container is given a Linux capability that a container does not have by itself.
    ///
    /// ## Why it matters
    ///
    /// Capabilities are root's powers, cut into pieces. Docker leaves a container fourteen of the
    /// forty-one; each one added opens what it names, and some of them open nearly everything.
    /// The kernel's seccomp filter follows: adding `SYS_ADMIN` also opens two dozen system calls that
    /// the default profile denies without it.
    ///
    /// How bad it is depends on the container. Severity begins with what the capability reaches for a
    /// root process (`SYS_ADMIN` the host: critical; `NET_ADMIN` neighbours and the kernel: high; the
    /// container's own files: medium; little: low), rises with what stands beside it (`NET_ADMIN` in
    /// the host's network, `SYS_PTRACE` among the host's processes), and falls where the process is
    /// not root: Docker gives added capabilities to root's processes and, through the bounding set, to
    /// setuid programs and programs with file capabilities. With no-new-privileges those cannot use
    /// them either.
    ///
    /// What the engine's default set has already is low: adding it changes nothing. After
    /// `cap_drop: [ALL]`, adding back one of the default set is how it should be done, and silent.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   vpn:
    ///     image: ghcr.io/acme/vpn:1
    ///     cap_add: [SYS_ADMIN]
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1
    ///     cap_drop: [ALL]
    ///     cap_add: [NET_BIND_SERVICE]
    /// ```
    ///
    /// ## About the fix
    ///
    /// It removes the entry. What the program did with the capability will fail with `EPERM`.
    ///
    /// ## Sources
    ///
    /// capabilities(7); moby `daemon/pkg/oci/caps` (the default set, the order of add and drop) and
    /// `profiles/seccomp/default.json` (which calls come with which capability).
    "capability-added",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::Low, worst: Severity::Critical },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose],
    references: &[
        Reference::same(Authority::Cis, "5.4"),
        Reference::same(Authority::Owasp, "Rule 3"),
        Reference::like(Authority::Kics, "ce76b7d0-9e77-464d-b86f-c5c48e03e22d"),
        Reference::like(Authority::ComposeLint, "CL-0011, CL-0024, CL-0027 to CL-0030"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        // Privileged mode ignores the lists and gives everything: that is its own finding.
        if container.privileged.value() == Some(&true) {
            continue;
        }
        for entry in &container.declared.cap_add {
            let finding = match entry.value {
                CapabilityWord::All => Some(all(container, entry)),
                CapabilityWord::One(capability) => one(container, entry, capability),
            };
            if let Some(finding) = finding {
                findings.report(finding);
            }
        }
    }
}

fn all(container: &Container, entry: &Entry<CapabilityWord>) -> Finding {
    let title = container.title();
    let (severity, why) = weighed(
        container,
        Reach::Host,
        "do everything that root on the host can",
    );
    finding(
        container,
        entry,
        format!("{title} is given every capability"),
        "gives it all of them",
        "ALL",
    )
    .severity(severity)
    .why(why)
}

fn one(
    container: &Container,
    entry: &Entry<CapabilityWord>,
    capability: Capability,
) -> Option<Finding> {
    let title = container.title();
    let name = capability.short_name();
    if DOCKER_DEFAULT.contains(capability) {
        if drops(container, CapabilityWord::All) {
            return None;
        }
        let label = "changes nothing: a container has it by itself";
        let message = format!("{title} is given `{name}`, which it has anyway");
        return Some(
            finding(container, entry, message, label, name)
                .severity(Severity::Low)
                .why(format!(
                    "the list reads as if {title} held little, while it holds the whole default set: \
                     drop `ALL` first, and the list says what is true"
                )),
        );
    }
    let escalation = capability
        .worse_beside()
        .filter(|escalation| stands_beside(container, escalation.beside).is_some())
        .max_by_key(|escalation| escalation.reach);
    let (reach, opens) = escalation
        .as_ref()
        .map_or((capability.reach(), capability.opens()), |more| {
            (more.reach, more.opens)
        });
    let (severity, why) = weighed(container, reach, opens);
    let label = format!("lets a process {}", capability.opens());
    let message = format!("{title} is given the capability `{name}`");
    let mut finding = finding(container, entry, message, &label, name)
        .severity(severity)
        .why(why);
    if let Some(place) = escalation.and_then(|more| stands_beside(container, more.beside)) {
        finding = finding.related(place, "and this carries it further");
    }
    let calls = capability.also_opens_syscalls();
    if !calls.is_empty() && container.seccomp.value() == Some(&caulk_model::Seccomp::Default) {
        finding = finding.advice(opened(calls));
    }
    if container.seccomp.value() == Some(&caulk_model::Seccomp::Disabled) {
        finding = finding.related(
            container.seccomp.span(),
            "with no seccomp filter in its way",
        );
    }
    Some(finding)
}

fn finding(
    container: &Container,
    entry: &Entry<CapabilityWord>,
    message: String,
    label: &str,
    name: &str,
) -> Finding {
    let primary = Label::new(entry.origin.span(), label);
    let finding = Finding::new(&RULE.info, container.surface, primary, message)
        .container(container.title(), container.anchor)
        .fact(format!("capability {name}"));
    match entry.origin.written() {
        Some(place) => finding.remedy(Remedy::unsafe_because(
            format!("take `{name}` away"),
            Change::Remove { entry: place },
            "what the program does with it fails with EPERM",
        )),
        None => finding,
    }
}

/// How bad it is, and why, given what the container's processes are.
fn weighed(container: &Container, reach: Reach, opens: &str) -> (Severity, String) {
    let full = match reach {
        Reach::Host => Severity::Critical,
        Reach::Neighbours => Severity::High,
        Reach::Container => Severity::Medium,
        Reach::Little => Severity::Low,
    };
    let sealed = container.no_new_privileges.value() == Some(&true);
    match &container.root {
        State::Known(true) => (
            full,
            format!("its first process is root, so it holds the capability from the start: it can {opens}"),
        ),
        State::Known(false) if sealed => (
            full.min(Severity::Low),
            "its first process is not root and no-new-privileges is on, so nothing in it can use the \
             capability: the grant is there without a purpose"
                .to_owned(),
        ),
        State::Known(false) => (
            full.min(Severity::Medium),
            format!(
                "its first process is not root, so only a setuid program or one with file \
                 capabilities can use it: one of those can {opens}"
            ),
        ),
        State::Unknown { because } => {
            (full, format!("a root process in it can {opens} ({because})"))
        }
    }
}

/// Where the setting is written that carries a capability further, where this container has it.
fn stands_beside(container: &Container, beside: Beside) -> Option<Span> {
    let shared =
        |fact: &Fact<Namespace>| (fact.value() == Some(&Namespace::Host)).then(|| fact.span());
    match beside {
        Beside::HostPid => shared(&container.namespaces.pid),
        Beside::HostIpc => shared(&container.namespaces.ipc),
        Beside::HostNetwork => shared(&container.namespaces.network),
        Beside::HostFiles => container
            .declared
            .mounts
            .iter()
            .find(|mount| !mount.value.read_only)
            .map(|mount| mount.origin.span()),
        Beside::HostDevices => {
            let devices = container.declared.devices.iter().map(|entry| &entry.origin);
            let rules = container
                .declared
                .device_rules
                .iter()
                .map(|entry| &entry.origin);
            devices.chain(rules).next().map(caulk_model::Origin::span)
        }
        Beside::Capability(other) => container
            .declared
            .cap_add
            .iter()
            .find(|entry| entry.value == CapabilityWord::One(other))
            .map(|entry| entry.origin.span()),
    }
}

fn drops(container: &Container, word: CapabilityWord) -> bool {
    container
        .declared
        .cap_drop
        .iter()
        .any(|entry| entry.value == word)
}

/// Which calls come with it in Docker's default profile.
fn opened(calls: &[&str]) -> String {
    let named: Vec<&str> = calls.iter().take(6).copied().collect();
    let more = match calls.len().saturating_sub(named.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let plural = if calls.len() == 1 { "" } else { "s" };
    format!(
        "with it, the default seccomp profile also opens the call{plural} {}{more}",
        named.join(", ")
    )
}
