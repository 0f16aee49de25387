//! See the page below.

use caulk_linux::Capability;
use caulk_model::{Device, Entry, Origin};

use crate::prelude::*;
use crate::shared::unless_rootless;

rule! {
    /// The container is given a device of the host behind which there is more than a device.
    ///
    /// ## Why it matters
    ///
    /// A disk as a device is every file on it, past all mounts and permissions. `/dev/mem` is the
    /// memory of the machine. A rule for the device cgroup is as good: with `MKNOD`, which containers
    /// have by themselves, root makes the node it wants.
    ///
    /// Severity begins with what the device gives: disks and memory critical (a disk that may only be
    /// read, or memory without `SYS_RAWIO`, high), every device critical, a rule for all block devices
    /// high, the kernel's log and loop devices medium. What a loop device shows is a file that somebody
    /// attached to it, and not the disk below. `/dev/fuse` and `/dev/net/tun` are medium
    /// beside the capability that makes use of them (`SYS_ADMIN`, `NET_ADMIN`), and silent without it.
    /// Critical and high fall by one where the process is not root, because device nodes belong to
    /// root, and a rule's where `MKNOD` is dropped.
    ///
    /// Graphics, sound, cameras, serial adapters and USB sticks are what `devices` is for, and silent. So is
    /// `/dev/kvm`: it gives nothing of the host's by itself, and an emulator cannot do without it.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   backup:
    ///     image: ghcr.io/acme/backup:2
    ///     devices:
    ///       - /dev/sda:/dev/sda
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   backup:
    ///     image: ghcr.io/acme/backup:2
    ///     volumes:
    ///       - /srv/data:/data:ro
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Disks and memory*, by the names below `/dev`, and their folders. What may be neither
    ///   read nor written is silent.
    /// - *Every device* (fires): the engine adds what lies in a folder.
    /// - *Beside a capability*: `/dev/fuse` and `/dev/net/tun` do nothing without the one for
    ///   them.
    /// - *Rules for the device cgroup*: all devices, all block devices, and those of the
    ///   machine's memory.
    /// - *A process that is not root* (fires) makes it weigh one step less.
    /// - *Privileged mode* (silent): it brings every device of the host along, and `privileged` says so.
    /// - *Podman* (fires): nodes such as those of disks are closed to an engine without root, and it is
    ///   said, unless `sudo` stands before it.
    /// - *A variable* (silent) is not guessed.
    ///
    /// ## About the fix
    ///
    /// It removes the entry. What the program did with the device fails.
    ///
    /// ## Sources
    ///
    /// mem(4), kmsg (kernel documentation, `dev-kmsg`), devices.txt of the kernel for the numbers;
    /// moby `daemon/oci_linux.go` (`WithDevices`) and `daemon/pkg/oci` (`DevicesFromPath`,
    /// device rules).
    "host-device",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::Medium, worst: Severity::Critical },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::DevContainer, Surface::Workflow, Surface::Quadlet],
    references: &[
        Reference::same(Authority::Cis, "5.18"),
        Reference::like(Authority::Nist, "4.5.5"),
        Reference::like(Authority::DockerBench, "check_5_18"),
        Reference::like(Authority::ComposeLint, "CL-0016"),
    ],
    check: check,
}

/// What a device gives.
struct Grant {
    severity: Severity,
    /// A label: reads after the entry.
    gives: &'static str,
    /// Why it matters: reads after "it can" or "root in it can".
    can: &'static str,
    /// Whether its node is everybody's on a usual host, so that an engine without root gives it too.
    open: bool,
}

const DISK: Grant = Grant {
    severity: Severity::Critical,
    gives: "gives the container the disk below every file on it",
    can: "read and change every file on the disk, past mounts and permissions",
    open: false,
};
const DISK_TO_READ: Grant = Grant {
    severity: Severity::High,
    gives: "lets the container read the disk below every file on it",
    can: "read every file on the disk, keys and password hashes among them",
    open: false,
};
const EVERYTHING: Grant = Grant {
    severity: Severity::Critical,
    gives: "gives the container every device of the host",
    can: "read and change the host's disks and memory",
    open: false,
};
const MEMORY: Grant = Grant {
    severity: Severity::Critical,
    gives: "gives the container the memory or the ports of the machine itself",
    can: "read and change the kernel's memory or its hardware: it holds `SYS_RAWIO` as well",
    open: false,
};
const MEMORY_ALONE: Grant = Grant {
    severity: Severity::High,
    gives: "is the memory or the ports of the machine itself",
    can: "use it as soon as it holds `SYS_RAWIO`, which is all that is missing",
    open: false,
};
const BLOCK_RULE: Grant = Grant {
    severity: Severity::High,
    gives: "lets the container use block devices of the host: disks",
    can: "make a node for such a disk, and read and change every file on it",
    open: false,
};
const MEMORY_RULE: Grant = Grant {
    severity: Severity::High,
    gives: "lets the container use the device of the machine's memory",
    can: "make the node for it, and with `SYS_RAWIO` read and change the kernel's memory",
    open: false,
};
const KERNEL_LOG: Grant = Grant {
    severity: Severity::Medium,
    gives: "gives the container the kernel's log",
    can: "write messages into the host's log that look like the kernel's, and may read it",
    open: false,
};
const ATTACHED: Grant = Grant {
    severity: Severity::Medium,
    gives: "lets the container use what is attached to this device",
    can: "read and change the file that the host attaches there, past its mount and permissions",
    open: false,
};
const ATTACHED_TO_READ: Grant = Grant {
    severity: Severity::Medium,
    gives: "lets the container read what is attached to this device",
    can: "read the file that the host attaches there, past its mount and permissions",
    open: false,
};
const ATTACHING: Grant = Grant {
    severity: Severity::Medium,
    gives: "lets the container add and remove loop devices of the host",
    can: "add and remove the devices by which the host mounts files as disks",
    open: false,
};
const FILESYSTEMS: Grant = Grant {
    severity: Severity::Medium,
    gives: "lets the container mount filesystems of its own making",
    can: "mount them: it holds `SYS_ADMIN` as well, and the kernel trusts what they answer",
    open: true,
};
const TUNNELS: Grant = Grant {
    severity: Severity::Medium,
    gives: "lets the container make network interfaces",
    can: "route the traffic of its network through them: it holds `NET_ADMIN` as well",
    open: true,
};

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        // Privileged mode gives every device by itself: without the entry, nothing is taken away.
        let privileged = container.privileged.value() == Some(&true);
        if !container.runs() || container.image.is_windows() || privileged {
            continue;
        }
        for Entry { value, origin } in &container.declared.devices {
            if let Some(path) = value.host.known()
                && let Some(grant) = device(container, path, value)
            {
                let severity = weighed(container, grant.severity);
                findings.report(finding(container, origin, "device", path, &grant, severity));
            }
        }
        for Entry { value, origin } in &container.declared.device_rules {
            if let Some(rule) = value.known()
                && let Some(grant) = rule_grant(rule)
            {
                let mut severity = weighed(container, grant.severity);
                if may_hold(container, Capability::Mknod) == Some(false) {
                    severity = one_less(severity);
                }
                findings.report(finding(
                    container,
                    origin,
                    "device rule",
                    rule,
                    &grant,
                    severity,
                ));
            }
        }
    }
}

/// What a device gives in this container; nothing for those that are only what they seem.
fn device(container: &Container, path: &str, device: &Device) -> Option<Grant> {
    let allowed = device.permissions.as_str();
    // Nothing written is everything; `m` alone lets nobody open it.
    let writes = allowed.is_empty() || allowed.contains('w');
    if !writes && !allowed.contains('r') {
        return None;
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let (["dev"], name) = parts.split_at_checked(1)? else {
        return None;
    };
    let lacks = |capability| may_hold(container, capability) == Some(false);
    match name.join("/").as_str() {
        "" => Some(EVERYTHING),
        "mem" | "kmem" | "port" if lacks(Capability::SysRawio) => Some(MEMORY_ALONE),
        "mem" | "kmem" | "port" => Some(MEMORY),
        "kmsg" => Some(KERNEL_LOG),
        "fuse" => (!lacks(Capability::SysAdmin)).then_some(FILESYSTEMS),
        "net" | "net/tun" => (!lacks(Capability::NetAdmin)).then_some(TUNNELS),
        "loop-control" => Some(ATTACHING),
        name if is_loop(name) && writes => Some(ATTACHED),
        name if is_loop(name) => Some(ATTACHED_TO_READ),
        name if !is_disk(name) => None,
        _ if writes => Some(DISK),
        _ => Some(DISK_TO_READ),
    }
}

/// Whether it is a device that shows a file as a disk.
fn is_loop(name: &str) -> bool {
    let number = name.strip_prefix("loop");
    number.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a device of this name below `/dev` is a disk, a part of one, or made of some.
fn is_disk(name: &str) -> bool {
    let numbered = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    let lettered = |rest: &str| rest.starts_with(|c: char| c.is_ascii_lowercase());
    let starts = |prefixes: &[&str], next: &dyn Fn(&str) -> bool| {
        let mut rests = prefixes
            .iter()
            .filter_map(|prefix| name.strip_prefix(prefix));
        rests.any(next)
    };
    // `sda`, `vdb1`; `nvme0n1`, `md127`; folders whose every entry is one.
    starts(&["sd", "hd", "vd", "xvd"], &lettered)
        || starts(
            &["nvme", "mmcblk", "md", "dm-", "nbd", "rbd", "zd", "bcache"],
            &numbered,
        )
        || starts(&["disk", "mapper", "zvol", "md/"], &|rest: &str| {
            rest.is_empty() || rest.starts_with('/') || name.starts_with("md/")
        })
}

/// What a rule for the device cgroup gives: `KIND MAJOR:MINOR PERMISSIONS`.
fn rule_grant(rule: &str) -> Option<Grant> {
    let fields: Vec<&str> = rule.split_whitespace().collect();
    let [kind, numbers, allowed] = fields.as_slice() else {
        return None;
    };
    if !allowed.contains(['r', 'w']) {
        return None;
    }
    match (*kind, *numbers) {
        ("a", _) => Some(EVERYTHING),
        ("b", _) => Some(BLOCK_RULE),
        // The memory devices have the major number 1: mem, kmem, port.
        ("c", "*:*" | "1:*" | "1:1" | "1:2" | "1:4") => Some(MEMORY_RULE),
        _ => None,
    }
}

/// Whether root in it holds a capability, where that is known.
fn may_hold(container: &Container, capability: Capability) -> Option<bool> {
    let bounding = container.bounding();
    bounding.known().map(|held| held.contains(capability))
}

/// Nodes belong to root and a group of the host: another user needs that group.
fn weighed(container: &Container, full: Severity) -> Severity {
    if container.root == State::Known(false) && container.declared.group_add.is_empty() {
        one_less(full)
    } else {
        full
    }
}

fn one_less(full: Severity) -> Severity {
    match full {
        Severity::Critical => Severity::High,
        Severity::High | Severity::Medium => Severity::Medium,
        Severity::Low | Severity::Info => full,
    }
}

fn finding(
    container: &Container,
    origin: &Origin,
    what: &str,
    name: &str,
    grant: &Grant,
    severity: Severity,
) -> Finding {
    let title = container.title();
    let who = match container.root {
        State::Known(true) => "its first process is root, so it can",
        State::Known(false) if container.no_new_privileges.value() == Some(&true) => {
            "its first process is not root and cannot become it; a process that is root can"
        }
        State::Known(false) => "its first process is not root, but a setuid program in it can",
        State::Unknown { .. } => "root in it can",
    };
    let rootless = match unless_rootless(container) {
        _ if grant.open => String::new(),
        "" => String::new(),
        unless => format!(",{unless},"),
    };
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(origin.span(), grant.gives),
        format!("{title} is given the host's {what} {}", origin.quoted(name)),
    )
    .severity(severity)
    .container(&title, container.anchor)
    .fact(format!("{what} {name}"))
    .why(format!("{who}{rootless} {}", grant.can));
    match origin.written() {
        Some(entry) => finding.remedy(Remedy::unsafe_because(
            "take the device away",
            Change::Remove { entry },
            "what the program does with the device fails",
        )),
        None => finding.advice("remove it where it is written, for all who share it"),
    }
}
