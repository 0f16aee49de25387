//! What shows that a container is made to work with a namespace of the host.

use caulk_linux::CapabilityWord;
use caulk_model::{Entry, Fact, ImageSource, Mount, NamespaceKind, path_holds};
use caulk_source::Span;

use crate::images;
use crate::prelude::*;
use crate::shared::is_for_the_hosts_network;

/// The places that show it, what to say of each, and what is left to do.
type Shown = (Vec<Span>, &'static str, &'static str);

/// What shows that it is made to work with this namespace of the host.
pub(crate) fn made_for(container: &Container, kind: NamespaceKind) -> Option<Shown> {
    match kind {
        NamespaceKind::Network => for_the_network(container),
        NamespaceKind::Cgroup => for_control_groups(container),
        NamespaceKind::Ipc => for_shared_memory(container),
        NamespaceKind::Pid => {
            let advice = "a program that watches the host, such as a monitor, needs both; take both away from any other";
            watches(container).map(|places| (places, WATCHES, advice))
        }
        NamespaceKind::Uts | NamespaceKind::User => None,
    }
}

/// What is left to do where a program works with the host's network.
const NEEDS_THE_NETWORK: &str = "a program that changes or watches the host's network needs it; give any \
                                 other a network of its own, and publish its ports";

fn for_the_network(container: &Container) -> Option<Shown> {
    let says = |(places, label)| (places, label, NEEDS_THE_NETWORK);
    tells_of_the_network(container)
        .map(says)
        .or_else(|| for_the_loopback_address(container))
        .or_else(|| may_change_the_network(container).map(says))
        .or_else(|| watches(container).map(|places| says((places, WATCHES))))
}

/// What else of the host's networks the container is shown.
fn tells_of_the_network(container: &Container) -> Option<(Vec<Span>, &'static str)> {
    let told = names_an_interface(container);
    if !told.is_empty() {
        return Some((told, "and this names an interface of the host"));
    }
    let mounts = container.declared.mounts.iter();
    let networks: Vec<Span> = mounts
        .filter(|mount| is_of_networks(&mount.value))
        .map(Entry::place)
        .collect();
    if !networks.is_empty() {
        return Some((networks, "and this mounts the networks of other containers"));
    }
    let has_an_engine =
        container.privileged.value() == Some(&true) && images::is_an_engine(container);
    has_an_engine.then(|| {
        let place = container.privileged.span();
        (
            vec![place],
            "and this lets the engine in it change the network",
        )
    })
}

fn for_the_loopback_address(container: &Container) -> Option<Shown> {
    let local = said_where(container, |text| {
        let mut names = ["localhost", "127.0.0.1", "[::1]"].iter();
        names.any(|name| text.contains(name))
    });
    (!local.is_empty()).then_some((
        local,
        "and this names the loopback address of the host",
        "in a network of its own this address is the container itself: put what the program connects to into the \
         same network and write the other's name there; where the program listens, publish the port",
    ))
}

/// What lets it change the network, or says that it does.
fn may_change_the_network(container: &Container) -> Option<(Vec<Span>, &'static str)> {
    let mut added = container.declared.cap_add.iter();
    let right = added.find(|entry| match entry.value {
        CapabilityWord::One(one) => is_for_the_hosts_network(container, one),
        CapabilityWord::All => false,
    });
    if let Some(right) = right {
        let place = right.origin.span();
        return Some((vec![place], "and this is for changing or watching it"));
    }
    let privileged = container.declared.privileged.as_ref();
    if let Some(privileged) = privileged.filter(|fact| fact.value() == Some(&true)) {
        let label = if container.declared.may_be_rootless() {
            "and this lets root in it change that network, unless podman runs rootless"
        } else {
            "and this lets root in it change that network"
        };
        return Some((vec![privileged.span()], label));
    }
    let mut called = [images::TUNNELS, images::NETWORKERS].iter();
    let is_called = called.any(|parts| images::is_called(container, parts));
    is_called.then(|| {
        let place = match &container.source {
            ImageSource::Pulled { span } => Some(*span),
            ImageSource::Built { .. } | ImageSource::Itself | ImageSource::Fragment => {
                container.declared.image.as_ref().map(Fact::span)
            }
        };
        (
            place.into_iter().collect(),
            "and this is made for changing the network",
        )
    })
}

/// What is said of a mount by which a container watches the host.
const WATCHES: &str = "and a monitor sees the host through this";

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
pub(crate) fn reads_control_groups(container: &Container) -> bool {
    let mut mounts = container.declared.mounts.iter();
    let is_mounted = mounts.any(|mount| {
        let source = mount.value.source.known();
        source.is_some_and(|path| path_holds(path, CONTROL_GROUPS)) && mount.value.read_only
    });
    is_mounted && container.privileged.value() == Some(&false)
}

fn for_control_groups(container: &Container) -> Option<Shown> {
    let with = |wanted: &dyn Fn(&str) -> bool| -> Vec<Span> {
        let mounts = container.declared.mounts.iter();
        let found =
            mounts.filter(|mount| mount.value.source.known().is_some_and(|path| wanted(path)));
        found.map(Entry::place).collect()
    };
    if with(&|path| path_holds(CONTROL_GROUPS, path)).is_empty() {
        return None;
    }
    // A folder above shows them as well.
    let all = with(&|path| path_holds(CONTROL_GROUPS, path) || path_holds(path, CONTROL_GROUPS));
    let advice = if all.len() == 1 {
        "a program that manages or watches the host's control groups, such as systemd or a monitor, \
         needs both; take both away from any other"
    } else {
        "a program that manages or watches the host's control groups, such as systemd or a monitor, \
         needs these mounts and the namespace; take all of them away from any other"
    };
    Some((all, "and this mounts the host's control groups", advice))
}

fn for_shared_memory(container: &Container) -> Option<Shown> {
    let mounts = container.declared.mounts.iter();
    // The engine leaves its own `/dev/shm` out where `/dev` is mounted (moby `daemon/oci_linux.go`).
    let brings = mounts.filter(|mount| {
        let source = mount.value.source.known();
        let target = mount.value.target.trim_end_matches('/');
        source.is_some_and(|path| path_holds(path, SHARED_MEMORY))
            && matches!(target, "/dev" | SHARED_MEMORY)
    });
    let places: Vec<Span> = brings.map(Entry::place).collect();
    if let Some(udev) = mount_of_udev(container) {
        return Some((
            vec![udev],
            "and this is for waiting for the host's udev",
            "keep both where a program makes volumes with device-mapper, which waits for udev by a semaphore \
             of the host; else take both away",
        ));
    }
    (!places.is_empty()).then_some((
        places,
        "and this brings the host's shared memory by itself",
        "take both away: as long as the mount is left, the host's shared memory stays in it",
    ))
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

/// Where the host has its control groups.
const CONTROL_GROUPS: &str = "/sys/fs/cgroup";

/// Where it sees what the host's udev knows of devices.
fn mount_of_udev(container: &Container) -> Option<Span> {
    let mut mounts = container.declared.mounts.iter();
    let mount = mounts.find(|mount| {
        let source = mount.value.source.known();
        source
            .is_some_and(|path| path_holds("/run/udev", path.strip_prefix("/var").unwrap_or(path)))
    });
    mount.map(Entry::place)
}

/// Where the host has its shared memory.
const SHARED_MEMORY: &str = "/dev/shm";
