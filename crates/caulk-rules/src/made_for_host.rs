//! What shows that a container is made to work with a namespace of the host, so that taking that away is
//! no fix.

use caulk_linux::{Capability, CapabilityWord};
use caulk_model::{Container, Entry, Mount, NamespaceKind, State, path_holds};
use caulk_source::Span;

use crate::images;

/// What shows it, what to say of these places, and what is left to do.
pub(crate) struct MadeFor {
    pub(crate) places: Vec<Span>,
    pub(crate) label: &'static str,
    pub(crate) advice: &'static str,
}

/// What shows that a container is made to work with this namespace of the host.
pub(crate) fn with(container: &Container, kind: NamespaceKind) -> Option<MadeFor> {
    match kind {
        NamespaceKind::Network => for_its_network(container).or_else(|| for_its_address(container)),
        NamespaceKind::Cgroup => for_its_groups(container),
        NamespaceKind::Ipc => for_its_memory(container),
        NamespaceKind::Pid | NamespaceKind::Uts | NamespaceKind::User => None,
    }
}

/// To change or to watch the host's network.
fn for_its_network(container: &Container) -> Option<MadeFor> {
    let (places, label) = of_its_network(container)?;
    Some(MadeFor {
        places,
        label,
        advice: "keep the host's network where the program is to change or to watch it; else take it away and \
                 publish the ports",
    })
}

fn of_its_network(container: &Container) -> Option<(Vec<Span>, &'static str)> {
    let told = names_an_interface(container);
    if !told.is_empty() {
        return Some((told, "and this names an interface of the host"));
    }
    let networks = mounts(container, is_of_networks);
    if !networks.is_empty() {
        return Some((networks, "and this mounts networks of the host"));
    }
    if container.privileged.value() == Some(&true) && images::is_an_engine(container) {
        let place = container.privileged.span();
        return Some((
            vec![place],
            "and this lets the engine in it change the network",
        ));
    }
    let mut added = container.declared.cap_add.iter();
    let right = added.find(|entry| {
        let words = [Capability::NetAdmin, Capability::NetRaw].map(CapabilityWord::One);
        words.contains(&entry.value)
    })?;
    let place = right.origin.span();
    Some((vec![place], "and this is for changing or watching it"))
}

/// To reach the host by its loopback address, or to be reached there.
fn for_its_address(container: &Container) -> Option<MadeFor> {
    let places = said_where(container, |text| {
        let mut names = ["localhost", "127.0.0.1", "[::1]"].iter();
        names.any(|name| text.contains(name))
    });
    (!places.is_empty()).then_some(MadeFor {
        places,
        label: "and this names the loopback address of the host",
        advice: "first write something else than this address, which is the container itself in a network of \
                 its own: the host's name where the program connects, a published port where it listens",
    })
}

/// To manage or to watch its control groups.
fn for_its_groups(container: &Container) -> Option<MadeFor> {
    if mounts_of(container, |path| path_holds(CONTROL_GROUPS, path)).is_empty() {
        return None;
    }
    // A folder above shows them as well.
    let places = mounts_of(container, |path| {
        path_holds(CONTROL_GROUPS, path) || path_holds(path, CONTROL_GROUPS)
    });
    let advice = if places.len() == 1 {
        "keep both where it manages or watches the host's control groups, as systemd and monitors do; else \
         take both away"
    } else {
        "keep these mounts and the namespace where it manages or watches the host's control groups, as \
         systemd and monitors do; else take all of them away"
    };
    Some(MadeFor {
        places,
        label: "and this mounts the host's control groups",
        advice,
    })
}

/// To share memory and semaphores with its programs.
fn for_its_memory(container: &Container) -> Option<MadeFor> {
    let udev = mounts_of(container, |path| {
        path_holds("/run/udev", path.strip_prefix("/var").unwrap_or(path))
    });
    if !udev.is_empty() {
        return Some(MadeFor {
            places: udev,
            label: "and this is for waiting for the host's udev",
            advice: "keep both where a program makes volumes with device-mapper, which waits for udev by a \
                     semaphore of the host; else take both away",
        });
    }
    // The engine leaves its own `/dev/shm` out where `/dev` is mounted (moby `daemon/oci_linux.go`).
    let places = mounts(container, |mount| {
        let source = mount.source.known();
        source.is_some_and(|path| path_holds(path, SHARED_MEMORY))
            && matches!(mount.target.trim_end_matches('/'), "/dev" | SHARED_MEMORY)
    });
    (!places.is_empty()).then_some(MadeFor {
        places,
        label: "and this brings the host's shared memory by itself",
        advice: "take both away: as long as the mount is left, the host's shared memory stays in it",
    })
}

/// Where the host has its control groups.
const CONTROL_GROUPS: &str = "/sys/fs/cgroup";

/// Where the host has its shared memory.
const SHARED_MEMORY: &str = "/dev/shm";

/// The places of its mounts that are wanted.
fn mounts(container: &Container, wanted: impl Fn(&Mount) -> bool) -> Vec<Span> {
    let mounts = container.declared.mounts.iter();
    let found = mounts.filter(|mount| wanted(&mount.value));
    found.map(Entry::place).collect()
}

/// The places of its mounts of paths that are wanted.
fn mounts_of(container: &Container, wanted: impl Fn(&str) -> bool) -> Vec<Span> {
    mounts(container, |mount| {
        let source = mount.source.known();
        source.is_some_and(|path| wanted(path))
    })
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
    said_where(container, names_one)
}

/// Where a container is told something of this kind: which variables and words of its command say it.
fn said_where(container: &Container, says: impl Fn(&str) -> bool) -> Vec<Span> {
    let declared = &container.declared;
    let variables = declared.environment.iter().filter(|entry| {
        let value = entry.value.value.as_ref().and_then(State::known);
        value.is_some_and(|value| says(value))
    });
    let words = declared.command.iter().filter(|word| says(&word.value));
    let variables = variables.map(|entry| entry.origin.span());
    variables
        .chain(words.map(|word| word.origin.span()))
        .collect()
}

/// Whether it shows the networks that the host has besides its own: those of other containers.
fn is_of_networks(mount: &Mount) -> bool {
    let source = mount.source.known();
    source.is_some_and(|path| {
        let path = path.strip_prefix("/var").unwrap_or(path);
        ["/run/docker/netns", "/run/netns"]
            .iter()
            .any(|networks| path_holds(networks, path))
    })
}
