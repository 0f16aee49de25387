//! How far each capability reaches, and in plain words what it opens.

use crate::Capability;

/// How far a capability reaches at worst, for a root process in a container whose other settings
/// are Docker's defaults. From little to much; a rule derives its severity from it.
///
/// Settings that are *not* the defaults can carry it further:
/// [`Capability::worse_beside`](Capability::worse_beside).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reach {
    /// Next to nothing that root in a container could not do without it.
    Little,
    /// The container's own files and processes, over which its root holds sway anyway.
    Container,
    /// The kernel, the host or other containers are harmed or overheard, without being taken over.
    Neighbours,
    /// Root on the host by itself, or nearly.
    Host,
}

/// One line for each capability, so that its reach and its words are seen together.
macro_rules! reaches {
    ( $( $capability:ident $reach:ident $opens:literal, )+ ) => {
        impl Capability {
            /// How far it reaches.
            ///
            /// Sources: capabilities(7) and the capability checks of Linux 6.1; which syscall the
            /// default seccomp profile of moby 28 lets through with it. The ratings are ours. Four
            /// look milder than their reputation because the kernel asks for more than the
            /// capability: `SYS_BOOT` and `AUDIT_CONTROL` act on the host only from its PID
            /// namespace (`reboot_pid_ns`, `audit_netlink_ok`), `AUDIT_READ` only from its
            /// network namespace, `MKNOD` only where the device cgroup agrees. `SYS_PTRACE` adds
            /// little to what root in a container does: it takes on the other process's user, which
            /// may then be traced, unless the host's Yama restricts that.
            pub const fn reach(self) -> Reach {
                match self { $( Self::$capability => Reach::$reach, )+ }
            }

            /// What it lets a process do; reads after "lets a process".
            pub const fn opens(self) -> &'static str {
                match self { $( Self::$capability => $opens, )+ }
            }
        }
    };
}

reaches! {
    Chown Container "give any file it reaches to any owner",
    DacOverride Container "read and write any file it reaches, whatever the file's mode says",
    DacReadSearch Host "open files of the host's filesystem by their handle, `/etc/shadow` among them",
    Fowner Container "change the mode of any file it reaches, setuid bits included",
    Fsetid Container "keep the setuid and setgid bits of files it writes to",
    Kill Container "signal and end any process in the container",
    Setgid Container "take on any group",
    Setuid Container "become any user in the container",
    Setpcap Little "drop its capabilities and pass them on",
    LinuxImmutable Little "set and clear the immutable and append-only marks of files",
    NetBindService Little "listen on ports below 1024",
    NetBroadcast Little "hear netlink messages of network namespaces linked to its own",
    NetAdmin Neighbours "reconfigure its network and reach often attacked parts of the kernel that all containers share: nf_tables, traffic control",
    NetRaw Neighbours "forge packets on the network it shares with its neighbours: ARP and DNS spoofing",
    IpcLock Little "lock more memory than its limit allows",
    IpcOwner Little "read and write any System V shared memory of its IPC namespace",
    SysModule Host "load code into the kernel: root on the host",
    SysRawio Host "drive the hardware through I/O ports: root on the host",
    SysChroot Container "change its root directory",
    SysPtrace Little "read and take over other processes in the container",
    SysPacct Little "switch process accounting on and off",
    SysAdmin Host "mount filesystems, and much else: close to root on the host",
    SysBoot Container "restart or stop its own PID namespace",
    SysNice Neighbours "put its work before its neighbours', up to real-time priority",
    SysResource Neighbours "pass resource limits, disk quotas and the blocks that are kept for the host's root",
    SysTime Neighbours "set the host's clock, on which certificates, logs and timers rely",
    SysTtyConfig Little "hang up and configure terminals",
    Mknod Container "make device nodes, which the device cgroup then keeps it from opening",
    Lease Little "hold leases on other users' files",
    AuditWrite Little "write records into the host's audit log",
    AuditControl Container "change the login user under which audit records name it",
    Setfcap Container "give a file any capability that it may hold itself",
    MacOverride Neighbours "pass the host's Smack policy",
    MacAdmin Neighbours "change the host's mandatory access control: Smack and AppArmor policy",
    Syslog Neighbours "read the kernel's log and the addresses in it, and clear the log",
    WakeAlarm Little "wake the host from sleep",
    BlockSuspend Little "keep the host from sleeping",
    AuditRead Little "read the audit records of its network namespace, which has none",
    Perfmon Neighbours "watch the kernel and every process on the host through performance counters",
    Bpf Neighbours "load BPF programs into the kernel and open every BPF map on the host",
    CheckpointRestore Container "choose the PIDs of new processes and see which files others have mapped",
}

impl Capability {
    /// Whether the kernel asks for it in the host's own user namespace, at least for what its words
    /// name: root of another user namespace, as a rootless engine gives it, holds it for nothing.
    ///
    /// Source: Linux 6.1, where `capable` is asked and not `ns_capable`; `audit_netlink_ok` in
    /// `kernel/audit.c` for the host's audit log.
    pub const fn needs_the_hosts_users(self) -> bool {
        matches!(
            self,
            Self::DacReadSearch
                | Self::LinuxImmutable
                | Self::IpcLock
                | Self::Lease
                | Self::SysModule
                | Self::SysRawio
                | Self::SysPacct
                | Self::SysAdmin
                | Self::SysNice
                | Self::SysResource
                | Self::SysTime
                | Self::SysTtyConfig
                | Self::AuditWrite
                | Self::AuditControl
                | Self::MacOverride
                | Self::MacAdmin
                | Self::Syslog
                | Self::WakeAlarm
                | Self::BlockSuspend
                | Self::Perfmon
                | Self::Bpf
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CapabilitySet, DOCKER_DEFAULT, PODMAN_DEFAULT};

    fn with(reach: Reach) -> CapabilitySet {
        Capability::ALL
            .into_iter()
            .filter(|one| one.reach() == reach)
            .collect()
    }

    #[test]
    fn four_capabilities_are_the_host() {
        assert_eq!(
            with(Reach::Host).to_string(),
            "CAP_DAC_READ_SEARCH, CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_SYS_ADMIN"
        );
        assert!(Reach::Little < Reach::Container && Reach::Neighbours < Reach::Host);
    }

    #[test]
    fn of_the_default_sets_only_raw_packets_leave_the_container() {
        let outside = with(Reach::Host).union(with(Reach::Neighbours));
        assert_eq!(
            DOCKER_DEFAULT.intersection(outside),
            CapabilitySet::of(&[Capability::NetRaw])
        );
        assert!(PODMAN_DEFAULT.intersection(outside).is_empty());
    }

    #[test]
    fn what_it_opens_reads_after_lets_a_process() {
        for capability in Capability::ALL {
            let opens = capability.opens();
            assert!(
                opens.starts_with(char::is_lowercase) && !opens.ends_with('.'),
                "{opens}"
            );
        }
    }
}
