//! See the page below.

use caulk_linux::{Capability, CapabilityWord};
use caulk_model::{Entry, Namespace, NamespaceKind, SelinuxLabel, path_holds};
use caulk_source::Span;

use crate::prelude::*;

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
    ///   there is no fix.
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
    /// Completes "give it … of its own".
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
            let adds_nothing = *kind == NamespaceKind::Cgroup && reads_the_same(container);
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
            "lets it reach what listens on the host's 127.0.0.1, and listen on every address itself",
            "a network",
            "ports have to be published, `localhost` in its configuration is the container itself and no \
             longer the host, broadcasts reach no neighbour of the host any more, to find it or to wake it, and what it measures or \
             configures is its own network then",
        ),
        NamespaceKind::Pid => (
            Severity::High,
            "processes",
            "shows it every process of the host",
            "a process tree",
            "it no longer sees the host's processes, which a monitor or debugger may need",
        ),
        NamespaceKind::Ipc => (
            Severity::High,
            "shared memory, semaphores and message queues",
            "lets it use the shared memory, semaphores and message queues of the host's programs",
            "shared memory, semaphores and message queues",
            "a program that shares them with one on the host no longer finds it",
        ),
        NamespaceKind::Uts => (
            Severity::Low,
            "name",
            "gives it the host's name",
            "a name",
            "a program that reports the host's name reports the container's instead",
        ),
        NamespaceKind::User => (
            Severity::Low,
            "user numbers",
            "takes it out of the daemon's remapping of users, where there is one",
            "user numbers",
            "where the daemon remaps users, files that it wrote belong to other numbers, and it may \
             not be privileged or share the host's network or processes any more",
        ),
        NamespaceKind::Cgroup => (
            Severity::Low,
            "control groups",
            "shows it the host's whole tree of control groups",
            "a tree of control groups",
            "a monitor that reads other containers' control groups no longer sees them",
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
    let mut finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(
            fact.span(),
            // It mounts `/sys/fs/cgroup` so that it can be written to.
            if kind == NamespaceKind::Cgroup && is_privileged {
                "lets root in it change the host's whole tree of control groups"
            } else {
                words.label
            },
        ),
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
            "keep it where it is to change, to watch or to find what the host's network has; else give it \
             a network of its own and publish its ports",
        );
    }
    let Some(entry) = fact.origin.written() else {
        return finding.advice("remove it where it is written, for all who share it");
    };
    let change = change(kind, is_privileged, entry);
    finding.remedy(Remedy::unsafe_because(
        format!("give it {} of its own", words.own),
        change,
        words.may_break,
    ))
}

/// The change that gives it a namespace of its own.
fn change(kind: NamespaceKind, is_privileged: bool, entry: Span) -> Change {
    match kind {
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
    }
}

/// Beginnings of the names that Linux and udev give interfaces of a machine; numbers follow.
const INTERFACES: &[&str] = &["eno", "enp", "ens", "enx", "eth", "wlan", "wlp", "wlx"];

/// Where a container is told of an interface of the host: there is none of that name in a network of its
/// own, but for `eth0`.
fn names_an_interface(container: &Container) -> Vec<Span> {
    let is_one = |word: &str| {
        let mut beginnings = INTERFACES.iter();
        let rest = beginnings.find_map(|beginning| word.strip_prefix(beginning));
        let digits = rest.and_then(|rest| rest.chars().next());
        digits.is_some_and(|digit| digit.is_ascii_digit()) && word != "eth0"
    };
    let names_one = |text: &str| {
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(is_one)
    };
    let declared = &container.declared;
    let variables = declared.environment.iter().filter(|entry| {
        let value = entry.value.value.as_ref().and_then(State::known);
        value.is_some_and(|value| names_one(value))
    });
    let words = declared
        .command
        .iter()
        .filter(|word| names_one(&word.value));
    let variables = variables.map(|entry| entry.origin.span());
    variables
        .chain(words.map(|word| word.origin.span()))
        .collect()
}

/// Where the host has its control groups.
const CONTROL_GROUPS: &str = "/sys/fs/cgroup";

/// Places that show what it is made for, what to say of them, and what is left to do.
type Made = (Vec<Span>, &'static str, &'static str);

/// What shows that it is made to work with this namespace of the host: the places, what to say of it, and
/// what is left to do.
fn made_for(container: &Container, kind: NamespaceKind) -> Option<Made> {
    match kind {
        NamespaceKind::Network => made_for_network(container),
        NamespaceKind::Cgroup => {
            let with = |wanted: &dyn Fn(&str) -> bool| -> Vec<Span> {
                let mounts = container.declared.mounts.iter();
                let found = mounts
                    .filter(|mount| mount.value.source.known().is_some_and(|path| wanted(path)));
                found.map(Entry::place).collect()
            };
            if with(&|path| path_holds(CONTROL_GROUPS, path)).is_empty() {
                return None;
            }
            // A folder above shows them as well.
            let all =
                with(&|path| path_holds(CONTROL_GROUPS, path) || path_holds(path, CONTROL_GROUPS));
            let advice = if all.len() == 1 {
                "keep both where it manages or watches the host's control groups, as systemd and \
                 monitors do; else take both away"
            } else {
                "keep these mounts and the namespace where it manages or watches the host's control \
                 groups, as systemd and monitors do; else take all of them away"
            };
            Some((all, "and this mounts the host's control groups", advice))
        }
        NamespaceKind::Ipc => {
            let mounts = container.declared.mounts.iter();
            // The engine leaves its own `/dev/shm` out where `/dev` is mounted (moby `daemon/oci_linux.go`).
            let brings = mounts.filter(|mount| {
                let source = mount.value.source.known();
                let target = mount.value.target.trim_end_matches('/');
                source.is_some_and(|path| path_holds(path, SHARED_MEMORY))
                    && matches!(target, "/dev" | SHARED_MEMORY)
            });
            let places: Vec<Span> = brings.map(Entry::place).collect();
            (!places.is_empty()).then_some((
                places,
                "and this brings the host's shared memory by itself",
                "take both away: as long as the mount is left, the host's shared memory stays in it",
            ))
        }
        NamespaceKind::Pid => {
            let advice =
                "keep it where it is to watch the host, as monitors do; else take both away";
            watches(container).map(|places| (places, WATCHES, advice))
        }
        NamespaceKind::Uts | NamespaceKind::User => None,
    }
}

/// The same of the host's network.
fn made_for_network(container: &Container) -> Option<Made> {
    let advice = "keep it where it is to change or to watch the host's network; else give it a \
                          network of its own and publish its ports";
    let told = names_an_interface(container);
    if !told.is_empty() {
        return Some((told, "and this names an interface of the host", advice));
    }
    let mut added = container.declared.cap_add.iter();
    let right = added.find(|entry| {
        let words = [Capability::NetAdmin, Capability::NetRaw].map(CapabilityWord::One);
        words.contains(&entry.value)
    });
    let privileged = container.declared.privileged.as_ref();
    let privileged = privileged.filter(|fact| fact.value() == Some(&true));
    let right = right.map(|entry| &entry.origin);
    if let Some(right) = right.or(privileged.map(|fact| &fact.origin)) {
        let label = "and this is for changing or watching it";
        return Some((vec![right.span()], label, advice));
    }
    watches(container).map(|places| (places, WATCHES, advice))
}

/// What is said of a mount by which a container watches the host.
const WATCHES: &str = "and this shows it the host, as monitors want";

/// The mounts by which a container watches the host.
fn watches(container: &Container) -> Option<Vec<Span>> {
    let mounts = container.declared.mounts.iter();
    let shows = mounts.filter(|mount| {
        let source = mount.value.source.known();
        source.is_some_and(|path| matches!(path.as_str(), "/" | "/proc" | "/sys"))
    });
    let places: Vec<Span> = shows.map(Entry::place).collect();
    (!places.is_empty()).then_some(places)
}

/// Whether the host's control groups are mounted to be read, and it can do no more with them.
fn reads_the_same(container: &Container) -> bool {
    let mut mounts = container.declared.mounts.iter();
    let is_mounted = mounts.any(|mount| {
        let source = mount.value.source.known();
        source.is_some_and(|path| path_holds(path, CONTROL_GROUPS)) && mount.value.read_only
    });
    is_mounted && container.privileged.value() == Some(&false)
}

/// Where the host has its shared memory.
const SHARED_MEMORY: &str = "/dev/shm";

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
            "services that the host keeps to itself, and abstract sockets of its daemons, take its \
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
            "privileged mode mounts them writable, so root in it lifts its own limits, and stops or starves \
             what else runs on the host"
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
