//! See the page below.

use caulk_linux::Capability;
use caulk_model::{Namespace, NamespaceKind, SelinuxLabel};

use crate::made_for_host;
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
    ///   there is no fix. So it is with a mount of `/var/run/docker/netns`, and with a privileged engine in
    ///   a container.
    /// - *The host's udev mounted* (fires): a program that makes volumes with device-mapper waits for udev by
    ///   a semaphore of the host. Then there is no fix of its IPC namespace.
    /// - *The host's loopback address* (fires): a service that is told `localhost` or `127.0.0.1` means the
    ///   host, or listens where the host alone reaches it. There is no fix then: what to change first is
    ///   said.
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
            if fact.value() == Some(&Namespace::Host) && !fact.origin.is_from_daemon() {
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
            "ports have to be published, `localhost` in the configuration is the container itself, broadcasts that \
             find or wake neighbours of the host no longer reach them, and what the program measures or \
             configures is the container's network",
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

/// What to say of the place. Privileged mode mounts `/sys/fs/cgroup` so that it can be written to.
fn label(container: &Container, kind: NamespaceKind, usual: &'static str) -> &'static str {
    let is_written = kind == NamespaceKind::Cgroup
        && container.privileged.value() == Some(&true)
        && !container.declared.may_be_rootless();
    if is_written {
        "lets root in the container change the host's whole tree of control groups"
    } else {
        usual
    }
}

fn finding(container: &Container, kind: NamespaceKind) -> Finding {
    let title = container.title();
    let fact = container.namespaces.get(kind);
    let words = words(kind);
    let is_privileged = container.privileged.value() == Some(&true);
    let mut finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(fact.span(), label(container, kind, words.label)),
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
    if let Some(made) = made_for_host::with(container, kind) {
        for place in made.places {
            finding = finding.related(place, made.label);
        }
        return finding.advice(made.advice);
    }
    let Some(entry) = fact.origin.written() else {
        return finding.advice("remove it where it is written, for all who share it");
    };
    let change = match kind {
        // The engine's own choice is the host's on a host with version 1 of control groups, where it
        // refuses the other one to a privileged container.
        NamespaceKind::Cgroup if !is_privileged => Change::Become {
            entry,
            value: "private".to_owned(),
        },
        NamespaceKind::Network
        | NamespaceKind::Pid
        | NamespaceKind::Ipc
        | NamespaceKind::Uts
        | NamespaceKind::User
        | NamespaceKind::Cgroup => Change::Remove { entry },
    };
    finding.remedy(Remedy::unsafe_because(
        format!("give the container {} of its own", words.own),
        change,
        words.may_break,
    ))
}

fn writable_groups(container: &Container) -> String {
    format!(
        "privileged mode mounts them writable, so root in the container lifts its own limits, and stops or \
         starves what else runs on the host{}",
        unless_rootless(container)
    )
}

fn why(container: &Container, kind: NamespaceKind) -> String {
    let holds = |capability| {
        let held = container.effective();
        held.known().is_some_and(|held| held.contains(capability))
    };
    // Where it is not known whether it is root, what root in it could do.
    let root_holds = |capability| {
        let bounding = container.bounding();
        container.root != State::Known(false)
            && bounding
                .known()
                .is_none_or(|held| held.contains(capability))
    };
    let text = match kind {
        NamespaceKind::Network if holds(Capability::NetAdmin) => {
            "it holds `NET_ADMIN` as well, so it can change the host's firewall, routes and interfaces"
        }
        NamespaceKind::Network => {
            "services that the host keeps to itself, and abstract sockets of its daemons, take the container's \
             connections for local ones"
        }
        NamespaceKind::Pid if holds(Capability::SysPtrace) => {
            "it holds `SYS_PTRACE` as well, so it can read and change the memory of every process"
        }
        NamespaceKind::Pid if root_holds(Capability::Kill) => {
            "root in it reads the command lines of every process of the host, and can end them unless the \
             host's AppArmor keeps it from that"
        }
        NamespaceKind::Pid => {
            "it reads the command lines of all of them, and can end those with its own user number"
        }
        NamespaceKind::Ipc if root_holds(Capability::DacOverride) => {
            "root in it reads and writes every file of the host's `/dev/shm`, whoever's it is"
        }
        NamespaceKind::Ipc => {
            "what the host's programs share with anybody, or with its user number, they share with it"
        }
        NamespaceKind::Uts if holds(Capability::SysAdmin) => {
            "it holds `SYS_ADMIN` as well, so it can rename the host"
        }
        NamespaceKind::Uts => "it learns the host's name, and sees it change",
        NamespaceKind::User => {
            "with `userns-remap` in the daemon, root in it is root on the host again; without, it \
             changes nothing"
        }
        NamespaceKind::Cgroup if container.privileged.value() == Some(&true) => {
            return writable_groups(container);
        }
        NamespaceKind::Cgroup => {
            "it learns which other containers and services run, and how they are limited"
        }
    };
    let label_lost = matches!(kind, NamespaceKind::Pid | NamespaceKind::Ipc)
        && container.declared.selinux.is_none()
        && container.selinux.value() == Some(&SelinuxLabel::Disabled);
    if label_lost {
        format!("{text}; the engine also switches SELinux's label off for it")
    } else {
        text.to_owned()
    }
}
