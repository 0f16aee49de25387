//! See the page below.

use caulk_linux::{Beside, Capability, CapabilityWord, Escalation, Reach};
use caulk_model::{AppArmor, Engine, Entry, Fact, Mount, Namespace, Seccomp};
use caulk_source::{Span, clean_path};

use crate::images;
use crate::prelude::*;
use crate::seccomp::and_profile;
use crate::shared::{
    FOR_THE_HOSTS_NETWORK, asked_again, is_for_the_hosts_network, remove_for_all, unless_by_label,
    unless_rootless,
};

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
    /// container's own files: medium; little: low) and rises with what stands beside it (`SYS_PTRACE`
    /// among the host's processes). Where the first process is not
    /// root it is at most medium: then only setuid programs and programs with file capabilities can use
    /// the capability. With no-new-privileges they cannot, so what is left is low: the calls that the
    /// filter lets through with it. Podman is different: it gives what is added to any first process.
    ///
    /// What nothing in the container can use, and what it has anyway, is `capability-without-effect`;
    /// `ALL` is `all-capabilities-added`. After `cap_drop: [ALL]`, adding back one of the default set is
    /// how it should be done, and silent.
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
    /// ## How it is judged
    ///
    /// - *A capability outside the default set*: what it reaches for a root process is where
    ///   severity begins.
    /// - *What stands beside it* (fires) carries some of them further: a namespace of the host, a
    ///   path that is writable, another capability.
    /// - *A first process that is not root* (fires) makes it medium at most.
    /// - *Podman* (fires) makes what is added ambient for a first process that is not root: it holds it
    ///   like root's. Without root on the host, many capabilities count for nothing, and the finding says
    ///   so.
    /// - *With no-new-privileges*, where the first process is not root: only a file of the build
    ///   to which it is given, and calls that the filter lets through, are left. Without either
    ///   it is `capability-without-effect`.
    /// - *Made for it* (fires): an image that is called after a tunnel (`wireguard`, `openvpn`, `gluetun`), or
    ///   after a program that changes the host's network (`fail2ban`, `keepalived`), does nothing without
    ///   `NET_ADMIN`, so there is no fix. In a network of its own that is low.
    /// - *The host's network* (fires): beside it, `NET_ADMIN` and `NET_RAW` are for changing and watching that
    ///   network, so there is no fix: keep both, or take both away.
    /// - *A security module in between* (fires): Docker's AppArmor profile keeps processes of a container from
    ///   those outside, so `SYS_PTRACE` among the host's processes has medium confidence where that
    ///   profile is not taken away: whether the host has AppArmor is not known here.
    /// - *A feature that asks for the same* (fires): there is no fix then, because the feature would
    ///   add it by itself.
    /// - *Together with the filter* (silent): of a feature or an image that takes the seccomp filter away as
    ///   well, `seccomp-disabled` says the same, unless the capability is more than low.
    /// - *Privileged mode, and `ALL`* (silent): beside them the list counts for nothing.
    /// - *A variable* (silent) is not guessed.
    ///
    /// ## About the fix
    ///
    /// It removes the entry. What the program did with the capability is refused then; a program
    /// whose file has it in force from the start will not start at all.
    ///
    /// ## Sources
    ///
    /// capabilities(7); moby `daemon/pkg/oci/caps` (the default set, the order of add and drop) and
    /// `profiles/seccomp/default.json` (which calls come with which capability) and
    /// `profiles/apparmor/template.go` (`ptrace` among its own processes alone).
    "capability-added",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::Low, worst: Severity::Critical },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::DevContainer, Surface::Workflow, Surface::Quadlet],
    references: &[
        Reference::same(Authority::Cis, "5.4"),
        Reference::same(Authority::Owasp, "Rule 3"),
        Reference::like(Authority::Nist, "4.4.3"),
        Reference::like(Authority::DockerBench, "check_5_4"),
        Reference::like(Authority::Kics, "ce76b7d0-9e77-464d-b86f-c5c48e03e22d"),
        Reference::like(Authority::TrailOfBits, "container-privileged"),
        Reference::like(Authority::ComposeLint, "CL-0011"),
        Reference::like(Authority::ComposeLint, "CL-0024"),
        Reference::like(Authority::ComposeLint, "CL-0027"),
        Reference::like(Authority::ComposeLint, "CL-0028"),
        Reference::like(Authority::ComposeLint, "CL-0029"),
        Reference::like(Authority::ComposeLint, "CL-0030"),
        Reference::like(Authority::DockSec, "compose-dangerous-capabilities"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        // Privileged mode ignores the lists and gives everything: that is its own finding. So is `ALL`,
        // beside which the rest of the list counts for nothing.
        let added = &container.declared.cap_add;
        let all = |entry: &Entry<CapabilityWord>| entry.value == CapabilityWord::All;
        if container.privileged.value() == Some(&true) || added.iter().any(all) {
            continue;
        }
        for entry in added {
            let CapabilityWord::One(capability) = entry.value else {
                continue;
            };
            // What changes nothing is `capability-without-effect`'s.
            let judged = !container
                .declared
                .engine
                .default_capabilities()
                .contains(capability)
                && !container.nothing_can_use(capability);
            if judged {
                let finding = finding(container, entry, capability);
                if finding.severity > Severity::Low || !comes_without_a_filter(container, entry) {
                    findings.report(finding);
                }
            }
        }
    }
}

/// Whether the same feature or image takes the seccomp filter away, of which `seccomp-disabled` says the
/// same.
fn comes_without_a_filter(container: &Container, entry: &Entry<CapabilityWord>) -> bool {
    container.seccomp.value() == Some(&Seccomp::Disabled)
        && container.seccomp.span() == entry.origin.span()
}

fn finding(
    container: &Container,
    entry: &Entry<CapabilityWord>,
    capability: Capability,
) -> Finding {
    let title = container.title();
    let name = capability.short_name();
    let file = container.file_that_can_use(capability);
    let escalation = capability
        .worse_beside()
        .filter(|escalation| stands_beside(container, escalation.beside).is_some())
        .max_by_key(|escalation| escalation.reach);
    let (reach, opens) = escalation
        .as_ref()
        .map_or((capability.reach(), capability.opens()), |more| {
            (more.reach, more.opens)
        });
    let reaches_the_host =
        (escalation.as_ref()).is_some_and(|more| more.beside != Beside::OthersPid);
    let needs_root_on_the_host = reaches_the_host || capability.needs_the_hosts_users();
    let unless = if needs_root_on_the_host {
        unless_rootless(container)
    } else {
        ""
    };
    let is_held = container.keeps_without_root(capability);
    let can = format!("{opens}{unless}");
    let (severity, mut why) = weighed(container, reach, &can, is_held, file.is_some());
    // Nobody who wants a tunnel has a choice.
    let severity = if escalation.is_none() && made_for(container, capability).is_some() {
        severity.min(Severity::Low)
    } else {
        severity
    };
    let calls = capability.also_opens_syscalls();
    // Podman's default profile goes by others.
    let is_podman = container.declared.engine == Engine::Podman;
    if !calls.is_empty() && !is_podman && container.seccomp.value() == Some(&Seccomp::Default) {
        why = format!("{why}; {}", opened(calls));
    }
    let message = format!("{title} is given the capability `{name}`");
    let label = unless_by_label(&entry.origin, reaches(reach));
    let primary = Label::new(entry.origin.span(), label);
    let finding = about(container, primary, message, name);
    let finding = with_advice(finding, container, entry, capability);
    let finding = doubted(finding, container, escalation.as_ref());
    let mut finding = finding.severity(severity).why(why);
    if let Some(place) = escalation.and_then(|more| stands_beside(container, more.beside)) {
        finding = finding.related(place, "and reaches further through this");
    }
    let mut dropped = container.declared.cap_drop.iter();
    if let Some(drop) = dropped.find(|dropped| dropped.value == entry.value) {
        finding = finding.related(drop.origin.span(), "although this drops it: adding wins");
    }
    if let (Some(file), State::Known(false)) = (file, &container.root) {
        finding = finding.related(file.span, "and this makes a file that can use it");
    }
    finding
}

/// With the doubt whether a security module of the host is in between.
fn doubted(finding: Finding, container: &Container, escalation: Option<&Escalation>) -> Finding {
    let among_processes = escalation.is_some_and(|more| {
        more.capability == Capability::SysPtrace
            && matches!(more.beside, Beside::HostPid | Beside::HostProcesses)
    });
    if among_processes && container.apparmor.value() == Some(&AppArmor::Default) {
        finding.doubted(
            Confidence::Medium,
            "where the host has AppArmor, Docker's default profile still keeps it from processes outside of \
             the container",
        )
    } else {
        finding
    }
}

/// With what to do about it.
fn with_advice(
    finding: Finding,
    container: &Container,
    entry: &Entry<CapabilityWord>,
    capability: Capability,
) -> Finding {
    let name = capability.short_name();
    let may_break = match container.file_that_insists_on(capability) {
        Some(file) => format!(
            "`{}`, to which the build gives it, no longer starts",
            file.path
        ),
        None if capability == Capability::SysModule => {
            "it can no longer load a kernel module that it wants: load that on the host before it starts"
                .to_owned()
        }
        None => "what the program does with it is refused".to_owned(),
    };
    let may_break = and_profile(container, &may_break);
    if let Some(advice) = made_for(container, capability) {
        finding.advice(advice)
    } else if is_for_the_hosts_network(container, capability) {
        let network = container.namespaces.network.span();
        // What carries it further points at it already.
        let finding = if capability == Capability::NetRaw {
            finding.related(network, "beside the host's network")
        } else {
            finding
        };
        finding.advice(FOR_THE_HOSTS_NETWORK)
    } else {
        match asked_again(finding, container, entry.origin.span()) {
            (finding, true) => finding,
            (finding, false) => with_remedy(finding, entry, name, &may_break),
        }
    }
}

/// What is left to do where the image is of a program that does nothing without `capability`.
fn made_for(container: &Container, capability: Capability) -> Option<&'static str> {
    if capability != Capability::NetAdmin {
        None
    } else if images::is_called(container, images::TUNNELS) {
        Some(
            "a tunnel does not work without it: keep what else the container holds small, and let nothing \
             join its network that need not",
        )
    } else if images::is_called(container, images::NETWORKERS) {
        Some(
            "a program that changes the network needs it: keep what else the container holds small, and pin \
             its image",
        )
    } else {
        None
    }
}

fn about(container: &Container, primary: Label, message: String, name: &str) -> Finding {
    Finding::new(&RULE.info, container.surface, primary, message)
        .container(container.title(), container.anchor)
        .fact(format!("capability {name}"))
}

fn with_remedy(
    finding: Finding,
    entry: &Entry<CapabilityWord>,
    name: &str,
    may_break: &str,
) -> Finding {
    match entry.origin.written() {
        Some(place) => finding.remedy(Remedy::unsafe_because(
            format!("take `{name}` away"),
            Change::Remove { entry: place },
            may_break,
        )),
        None => finding.advice(remove_for_all(
            &entry.origin,
            "remove it where it is written, for all who share it",
        )),
    }
}

/// How far a capability reaches, in a few words: what it opens stands below the snippet.
fn reaches(reach: Reach) -> &'static str {
    match reach {
        Reach::Host => "is close to root on the host",
        Reach::Neighbours => "reaches beyond this container",
        Reach::Container => "is more than a container has by itself",
        Reach::Little => "opens little more than a container has by itself",
    }
}

/// How bad it is, and why, given what the container's processes are.
fn weighed(
    container: &Container,
    reach: Reach,
    opens: &str,
    any_process_holds_it: bool,
    a_file_can_use_it: bool,
) -> (Severity, String) {
    let full = match reach {
        Reach::Host => Severity::Critical,
        Reach::Neighbours => Severity::High,
        Reach::Container => Severity::Medium,
        Reach::Little => Severity::Low,
    };
    let sealed = container.is_sealed() && !a_file_can_use_it;
    match &container.root {
        State::Known(true) if container.steps_down().is_some() => (
            full,
            format!(
                "its first process starts as root and holds it until it steps down: until then it can \
                 {opens}"
            ),
        ),
        State::Known(true) => (
            full,
            format!("its first process is root and holds it from the start: it can {opens}"),
        ),
        _ if any_process_holds_it => (
            full,
            format!("podman gives it to the first process, root or not: it can {opens}"),
        ),
        State::Known(false) if sealed => (
            full.min(Severity::Low),
            "its first process is not root and no-new-privileges is on, so no process in it gets the \
             capability; but a seccomp filter that goes by it lets more through, to all of them"
                .to_owned(),
        ),
        State::Known(false) => (
            full.min(Severity::Medium),
            format!(
                "its first process is not root, so only a setuid program or one with file \
                 capabilities can use it: one of those can {opens}"
            ),
        ),
        State::Unknown { because } => (
            full,
            format!("a root process in it can {opens}; as whom it starts is not known, because {because}"),
        ),
    }
}

/// Where the setting is written that carries a capability further, where this container has it.
fn stands_beside(container: &Container, beside: Beside) -> Option<Span> {
    let shared =
        |fact: &Fact<Namespace>| (fact.value() == Some(&Namespace::Host)).then(|| fact.span());
    match beside {
        Beside::HostPid => shared(&container.namespaces.pid),
        Beside::OthersPid => {
            let pid = &container.namespaces.pid;
            matches!(pid.value(), Some(Namespace::Joined { .. })).then(|| pid.span())
        }
        Beside::HostProcesses => container
            .declared
            .mounts
            .iter()
            .find(|mount| shows_processes(&mount.value))
            .map(Entry::place),
        Beside::HostIpc => shared(&container.namespaces.ipc),
        Beside::HostNetwork => shared(&container.namespaces.network),
        Beside::HostFiles => container
            .declared
            .mounts
            .iter()
            .find(|mount| mount.value.is_writable())
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

/// Whether the host's processes are among what it mounts: a mount of `/` takes `/proc` along.
fn shows_processes(mount: &Mount) -> bool {
    let source = mount.source.known().map(|source| clean_path(source));
    source.is_some_and(|source| source == "/" || source == "/proc")
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
        "with it, the default seccomp profile also lets through the call{plural} {}{more}",
        named.join(", ")
    )
}
