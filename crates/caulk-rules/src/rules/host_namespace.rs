//! See the page below.

use caulk_linux::Capability;
use caulk_model::{Namespace, NamespaceKind, SelinuxLabel};

use crate::made_for_host::{made_for, reads_control_groups};
use crate::prelude::*;
use crate::shared::unless_rootless;

rule! {
    /// The container lives in a namespace of the host.
    ///
    /// ## Why it matters
    ///
    /// Namespaces are what makes a container see a machine of its own. In the host's network it
    /// reaches everything that listens on 127.0.0.1 there, and listens on the host's own addresses.
    /// Among the host's processes it sees them all, and as root it can end them. In the host's IPC
    /// namespace it reads and writes the shared memory of the host's programs. The engine also
    /// switches SELinux's label off for a container in the host's process or IPC namespace.
    ///
    /// The host's network, processes and IPC are of high severity. Its name (`uts`) and its tree of
    /// control groups (`cgroup`) are low: they show more than they give. The host's user namespace is
    /// low as well: it changes something only where the daemon remaps users, and there it is the way
    /// out of that.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   monitor:
    ///     image: ghcr.io/acme/monitor:3
    ///     network_mode: host
    ///     pid: host
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   monitor:
    ///     image: ghcr.io/acme/monitor:3
    ///     ports:
    ///       - "127.0.0.1:9100:9100"
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Network, processes and shared memory* with semaphores and message queues, of the host: high.
    /// - *Name, control groups and user numbers*, of the host: low.
    /// - *Another container's* (silent) is another question.
    /// - *Privileged mode* (fires) leaves namespaces alone. The host's control groups can be changed in it,
    ///   for they are mounted writable.
    /// - *The host's control groups mounted* (fires): beside a mount of `/sys/fs/cgroup` the container is
    ///   made to manage or to watch the host's, as one with systemd in it is. Then there is no fix.
    /// - *A right to the network* (fires): a service that is given `NET_ADMIN` or `NET_RAW` beside the
    ///   host's network is made to change or to watch that one, and in one of its own it does not. Then
    ///   there is no fix. So it is with a mount of `/var/run/docker/netns`, with a privileged engine in a
    ///   container, and with an image that is called after a tunnel (`wireguard`) or a firewall
    ///   (`netfilter`).
    /// - *The host's udev mounted* (fires): a program that makes volumes with device-mapper waits for udev by
    ///   a semaphore of the host. Then there is no fix of its IPC namespace.
    /// - *The host's loopback address* (fires): a service that is told `localhost` or `127.0.0.1` means the
    ///   host, or listens where the host alone reaches it. There is no fix then: what to change first is
    ///   said.
    /// - *A service that publishes nothing* (fires) beside the host's network is reached there alone, or is
    ///   there to find, to wake or to watch what the host's network has. There is no fix: without it, nobody
    ///   would reach it.
    /// - *The host shown or changed* (fires): privileged mode beside the host's network, or a mount of the
    ///   host's `/`, `/proc` or `/sys` beside its network or processes, is of what changes or watches the host.
    ///   Then there is no fix.
    /// - *Control groups that are mounted to be read* (silent): the mount shows the same, so that the namespace
    ///   beside it adds nothing, unless the container is privileged.
    /// - *The engine's configuration* (silent): what it makes the default is said once, by
    ///   `daemon-weakened`.
    /// - *A variable*: one without a default is not known; a default counts.
    ///
    /// ## About the fix
    ///
    /// It removes the key; of control groups it writes `private`, because an engine's own choice is the
    /// host's where the host has version 1 of them. (There it refuses `private` to a privileged container,
    /// so that one loses the key.) Programs that look for neighbours by broadcast, measure
    /// the host's network, or watch the host's processes, need what it takes away.
    ///
    /// ## Sources
    ///
    /// namespaces(7); moby `daemon/create.go` (`generateSecurityOpt`) and `daemon/daemon_unix.go` (what
    /// `userns-remap` excludes, and `adaptContainerSettings` for the control groups of a container that
    /// names none).
    "host-namespace",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::Low, worst: Severity::High },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::DevContainer, Surface::Workflow, Surface::Quadlet],
    references: &[
        Reference::same(Authority::Cis, "5.10"),
        Reference::same(Authority::Cis, "5.16"),
        Reference::same(Authority::Cis, "5.17"),
        Reference::same(Authority::Cis, "5.21"),
        Reference::same(Authority::Cis, "5.31"),
        Reference::like(Authority::Nist, "4.4.3"),
        Reference::like(Authority::DockerBench, "check_5_10"),
        Reference::like(Authority::DockerBench, "check_5_16"),
        Reference::like(Authority::DockerBench, "check_5_17"),
        Reference::like(Authority::DockerBench, "check_5_21"),
        Reference::like(Authority::DockerBench, "check_5_31"),
        Reference::like(Authority::Kics, "071a71ff-f868-47a4-ac0b-3c59e4ab5443"),
        Reference::like(Authority::Kics, "4f31dd9f-2cc3-4751-9b53-67e4af83dac0"),
        Reference::like(Authority::Kics, "baa3890f-bed7-46f5-ab8f-1da8fc91c729"),
        Reference::like(Authority::Kics, "8af7162d-6c98-482f-868e-0d33fb675ca8"),
        Reference::like(Authority::TrailOfBits, "container-privileged"),
        Reference::like(Authority::ComposeLint, "CL-0008"),
        Reference::like(Authority::ComposeLint, "CL-0010"),
        Reference::like(Authority::DockSec, "compose-host-namespace"),
        Reference::like(Authority::DockSec, "compose-host-network"),
        Reference::like(Authority::ComposeAuditor, "NET001"),
    ],
    check: check,
}

/// What is said of one kind of namespace.
struct Words {
    severity: Severity,
    /// Completes "shares the host's …".
    what: &'static str,
    label: &'static str,
    /// Completes "give the container … of its own".
    own: &'static str,
    may_break: &'static str,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        if !container.runs() || container.image.is_windows() {
            continue;
        }
        for kind in NamespaceKind::ALL {
            let fact = container.namespaces.get(*kind);
            let adds_nothing = *kind == NamespaceKind::Cgroup && reads_control_groups(container);
            if fact.value() == Some(&Namespace::Host)
                && !fact.origin.is_from_daemon()
                && !adds_nothing
            {
                findings.report(finding(container, *kind));
            }
        }
    }
}

fn words(kind: NamespaceKind) -> Words {
    let (severity, what, label, own, may_break) = match kind {
        NamespaceKind::Network => (
            Severity::High,
            "network",
            "lets the container reach what listens on the host's 127.0.0.1, and listen on every address",
            "a network",
            "its ports have to be published; `localhost` is the container itself and no longer the host; it \
             neither finds others by broadcast nor is found, and cannot wake them; it sees and changes only \
             a network of its own",
        ),
        NamespaceKind::Pid => (
            Severity::High,
            "processes",
            "shows the container every process of the host",
            "a process tree",
            "it no longer sees the host's processes, which a monitor or debugger may need",
        ),
        NamespaceKind::Ipc => (
            Severity::High,
            "shared memory, semaphores and message queues",
            "lets the container use the shared memory, semaphores and message queues of the host's programs",
            "shared memory, semaphores and message queues",
            "a program that shares them with one on the host no longer finds it",
        ),
        NamespaceKind::Uts => (
            Severity::Low,
            "name",
            "gives the container the host's name",
            "a name",
            "a program that reports the host's name reports the container's instead",
        ),
        NamespaceKind::User => (
            Severity::Low,
            "user numbers",
            "takes the container out of the daemon's remapping of users, where there is one",
            "user numbers",
            "where the daemon remaps users, files that it wrote belong to other numbers, and it may \
             not be privileged or share the host's network or processes any more",
        ),
        NamespaceKind::Cgroup => (
            Severity::Low,
            "control groups",
            "shows the container the host's whole tree of control groups",
            "a tree of control groups",
            "a monitor that reads other containers' control groups no longer sees them, and an engine or systemd in the container has only a tree of its own",
        ),
    };
    Words {
        severity,
        what,
        label,
        own,
        may_break,
    }
}

fn finding(container: &Container, kind: NamespaceKind) -> Finding {
    let title = container.title();
    let fact = container.namespaces.get(kind);
    let words = words(kind);
    let is_privileged = container.privileged.value() == Some(&true);
    // It mounts `/sys/fs/cgroup` so that it can be written to.
    let may_write = is_privileged && !container.declared.may_be_rootless();
    let label = if kind == NamespaceKind::Cgroup && may_write {
        "lets root in the container change the host's whole tree of control groups"
    } else {
        words.label
    };
    let mut finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(fact.span(), label),
        format!("{title} shares the host's {}", words.what),
    )
    .severity(words.severity)
    .container(&title, container.anchor)
    .fact(format!("{kind} namespace of the host"))
    .why(why(container, kind));
    let port = container.declared.ports.first();
    if let (NamespaceKind::Network, Some(port)) = (kind, port) {
        finding = finding
            .related(
                port.origin.span(),
                "and publishing ports does nothing beside it",
            )
            .advice(
                "without it the published ports count again: `port-on-all-interfaces` judges them",
            );
    }
    if let Some((places, label, advice)) = made_for(container, kind) {
        for place in places {
            finding = finding.related(place, label);
        }
        return finding.advice(advice);
    }
    if kind == NamespaceKind::Network && container.declared.stays() && port.is_none() {
        return finding.advice(
            "a program that changes, watches or searches the host's network needs it; give any other a network of \
             its own, and publish its ports",
        );
    }
    let Some(entry) = fact.origin.written() else {
        return finding.advice("remove it where it is written, for all who share it");
    };
    // The engine's own choice is the host's on a host with version 1 of control groups, where it refuses
    // the other one to a privileged container.
    let change = if kind == NamespaceKind::Cgroup && !is_privileged {
        Change::Become {
            entry,
            value: "private".to_owned(),
        }
    } else {
        Change::Remove { entry }
    };
    finding.remedy(Remedy::unsafe_because(
        format!("give the container {} of its own", words.own),
        change,
        words.may_break,
    ))
}

fn why(container: &Container, kind: NamespaceKind) -> String {
    let is_privileged = container.privileged.value() == Some(&true);
    let text = what_root_can(container, kind, is_privileged)
        .unwrap_or_else(|| what_any_can(kind).to_owned());
    // Privileged mode has none either.
    let label_lost = matches!(kind, NamespaceKind::Pid | NamespaceKind::Ipc)
        && !is_privileged
        && container.declared.selinux.is_none()
        && container.selinux.value() == Some(&SelinuxLabel::Disabled);
    if label_lost {
        format!("{text}; the engine also switches SELinux's label off for it")
    } else {
        text
    }
}

/// What it can do with this namespace of the host as root, or by a capability that it holds.
fn what_root_can(
    container: &Container,
    kind: NamespaceKind,
    is_privileged: bool,
) -> Option<String> {
    let holds = |capability| {
        let held = container.effective();
        held.known().is_some_and(|held| held.contains(capability))
    };
    // Where it is not known whether it is root, what root in it could do.
    let root_may_hold = |capability, if_unknown| {
        let bounding = container.bounding();
        let held = bounding.known().copied();
        container.root != State::Known(false)
            && held.map_or(if_unknown, |held| held.contains(capability))
    };
    let unless = unless_rootless(container);
    let text = match kind {
        NamespaceKind::Network if holds(Capability::NetAdmin) => {
            "it holds `NET_ADMIN` as well, so it can change the host's firewall, routes and interfaces"
        }
        NamespaceKind::Network if root_may_hold(Capability::NetAdmin, false) => {
            "root in it can change the host's firewall, routes and interfaces"
        }
        NamespaceKind::Pid if holds(Capability::SysPtrace) => {
            "it holds `SYS_PTRACE` as well, so it can read and change the memory of every process"
        }
        NamespaceKind::Pid if root_may_hold(Capability::Kill, true) => {
            let except = if is_privileged {
                unless.to_owned()
            } else if unless.is_empty() {
                " unless the host's AppArmor keeps it from that".to_owned()
            } else {
                format!("{unless} or the host's AppArmor keeps it from that")
            };
            return Some(format!(
                "root in it reads the command lines of every process of the host, and can end them{except}"
            ));
        }
        NamespaceKind::Ipc if root_may_hold(Capability::DacOverride, true) => {
            "root in it reads and writes every file of the host's `/dev/shm`, whosever it is"
        }
        NamespaceKind::Uts if holds(Capability::SysAdmin) => {
            "it holds `SYS_ADMIN` as well, so it can rename the host"
        }
        NamespaceKind::Cgroup if is_privileged => {
            "privileged mode mounts them writable, so root in it lifts its own limits, and stops or starves \
             what else runs on the host"
        }
        NamespaceKind::Network
        | NamespaceKind::Pid
        | NamespaceKind::Ipc
        | NamespaceKind::Uts
        | NamespaceKind::User
        | NamespaceKind::Cgroup => return None,
    };
    Some(format!("{text}{unless}"))
}

/// What whoever runs in it can do.
fn what_any_can(kind: NamespaceKind) -> &'static str {
    match kind {
        NamespaceKind::Network => {
            "services that the host keeps to itself, and abstract sockets of its daemons, take its \
             connections for local ones"
        }
        NamespaceKind::Pid => {
            "it reads the command lines of all of them, and can end those with its own user number"
        }
        NamespaceKind::Ipc => {
            "what the host's programs share with anybody, or with its user number, they share with it"
        }
        NamespaceKind::Uts => "it learns the host's name, and sees it change",
        NamespaceKind::User => {
            "with `userns-remap` in the daemon, root in it is root on the host again; without, it \
             changes nothing"
        }
        NamespaceKind::Cgroup => {
            "it learns which other containers and services run, and how they are limited"
        }
    }
}
