//! Capabilities that reach further beside another setting.

use crate::{Capability, Reach};

/// A setting of the container that carries a capability further than it reaches by default.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Beside {
    /// It shares the host's PID namespace.
    HostPid,
    /// It shares another container's PID namespace.
    OthersPid,
    /// The host's `/proc` is mounted, whether it may write there or not.
    HostProcesses,
    /// It shares the host's IPC namespace.
    HostIpc,
    /// It shares the host's network namespace.
    HostNetwork,
    /// A directory of the host is mounted writable.
    HostFiles,
    /// Devices of the host are opened to it by device cgroup rules.
    HostDevices,
    /// It holds this one too.
    Capability(Capability),
}

/// How far a capability reaches beside a setting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Escalation {
    /// The capability.
    pub capability: Capability,
    /// The setting that it takes.
    pub beside: Beside,
    /// How far it reaches then: at least as far as [`Capability::reach`], and then at more.
    pub reach: Reach,
    /// What both together let a process do; reads after "lets a process".
    pub opens: &'static str,
}

impl Capability {
    /// The settings that carry it further, if any.
    pub fn worse_beside(self) -> impl Iterator<Item = Escalation> {
        ALL.iter()
            .copied()
            .filter(move |escalation| escalation.capability == self)
    }
}

const fn escalation(
    capability: Capability,
    beside: Beside,
    reach: Reach,
    opens: &'static str,
) -> Escalation {
    Escalation {
        capability,
        beside,
        reach,
        opens,
    }
}

const READ_KERNEL: &str = "read the kernel's memory and every process's on the host";
const ANY_OWNER: &str = "act on the host's files under the mount as any of their owners";

/// The ratings are ours; the sources are those of [`Capability::reach`].
#[rustfmt::skip]
const ALL: &[Escalation] = {
    use Beside::{HostDevices, HostFiles, HostIpc, HostNetwork, HostPid, HostProcesses, OthersPid};
    use Capability as C;
    use Reach::{Container, Host, Neighbours};
    &[
        escalation(C::Kill, HostPid, Neighbours, "signal and end any process on the host"),
        escalation(C::SysPtrace, HostPid, Host, "take over any process on the host: root there"),
        escalation(C::SysPtrace, HostProcesses, Host, "change the host's files and read its secrets through the processes in the mounted `/proc`"),
        escalation(C::SysPtrace, OthersPid, Container, "read and take over the other container's processes"),
        escalation(C::SysBoot, HostPid, Neighbours, "reboot the host"),
        escalation(C::AuditControl, HostPid, Neighbours, "switch the host's auditing off"),
        escalation(C::AuditRead, HostNetwork, Neighbours, "read the host's audit records"),
        escalation(C::NetAdmin, HostNetwork, Neighbours, "rewrite the host's firewall, routes and addresses"),
        escalation(C::IpcOwner, HostIpc, Neighbours, "read and write the host's shared memory"),
        escalation(C::Mknod, HostDevices, Host, "read and write the host's disks raw"),
        escalation(C::Chown, HostFiles, Neighbours, ANY_OWNER),
        escalation(C::DacOverride, HostFiles, Neighbours, ANY_OWNER),
        escalation(C::Fowner, HostFiles, Neighbours, ANY_OWNER),
        escalation(C::Setuid, HostFiles, Neighbours, ANY_OWNER),
        escalation(C::Setgid, HostFiles, Neighbours, ANY_OWNER),
        escalation(C::Bpf, Beside::Capability(C::Perfmon), Host, READ_KERNEL),
        escalation(C::Perfmon, Beside::Capability(C::Bpf), Host, READ_KERNEL),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escalation_never_reaches_less_far() {
        for escalation in ALL {
            assert!(
                escalation.reach >= escalation.capability.reach(),
                "{escalation:?}"
            );
            assert!(!escalation.opens.ends_with('.'), "{escalation:?}");
        }
    }

    #[test]
    fn a_pair_of_capabilities_is_known_from_both_sides() {
        for escalation in ALL {
            if let Beside::Capability(other) = escalation.beside {
                let back = Beside::Capability(escalation.capability);
                let mirrored = other
                    .worse_beside()
                    .any(|one| one.beside == back && one.reach == escalation.reach);
                assert!(mirrored, "{escalation:?}");
            }
        }
    }

    #[test]
    fn tracing_beside_the_hosts_processes_is_the_host() {
        let found: Vec<_> = Capability::SysPtrace
            .worse_beside()
            .map(|one| (one.beside, one.reach))
            .collect();
        assert_eq!(
            found,
            [
                (Beside::HostPid, Reach::Host),
                (Beside::HostProcesses, Reach::Host),
                (Beside::OthersPid, Reach::Container)
            ]
        );
        assert_eq!(Capability::NetBindService.worse_beside().count(), 0);
    }
}
