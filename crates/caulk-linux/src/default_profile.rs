//! What capabilities change in Docker's default seccomp profile.

use crate::Capability;

impl Capability {
    /// The syscalls that Docker's default seccomp profile lets through with this capability and
    /// keeps shut without it, by name.
    ///
    /// Source: moby's `profiles/seccomp/default.json` as of moby/profiles cd3bed8061c7 (2026), on
    /// Linux 4.8 and later: `ptrace` and `process_vm_readv` need no capability there. `clone` is
    /// open without `SYS_ADMIN` too, but not with its namespace flags. With a profile of one's own
    /// a capability opens no syscall at all.
    pub const fn also_opens_syscalls(self) -> &'static [&'static str] {
        match self {
            Self::SysAdmin => SYS_ADMIN,
            Self::SysPtrace => &["kcmp", "pidfd_getfd", "process_madvise"],
            Self::SysModule => &["delete_module", "finit_module", "init_module"],
            Self::SysRawio => &["ioperm", "iopl"],
            Self::SysTime => &["clock_settime", "clock_settime64", "settimeofday", "stime"],
            Self::SysNice => &[
                "get_mempolicy",
                "mbind",
                "set_mempolicy",
                "set_mempolicy_home_node",
            ],
            Self::SysBoot => &["reboot"],
            Self::SysPacct => &["acct"],
            Self::SysTtyConfig => &["vhangup"],
            Self::SysChroot => &["chroot"],
            Self::DacReadSearch => &["open_by_handle_at"],
            Self::Syslog => &["syslog"],
            Self::Bpf => &["bpf"],
            Self::Perfmon => &["perf_event_open"],
            Self::Chown
            | Self::DacOverride
            | Self::Fowner
            | Self::Fsetid
            | Self::Kill
            | Self::Setgid
            | Self::Setuid
            | Self::Setpcap
            | Self::LinuxImmutable
            | Self::NetBindService
            | Self::NetBroadcast
            | Self::NetAdmin
            | Self::NetRaw
            | Self::IpcLock
            | Self::IpcOwner
            | Self::SysResource
            | Self::Mknod
            | Self::Lease
            | Self::AuditWrite
            | Self::AuditControl
            | Self::Setfcap
            | Self::MacOverride
            | Self::MacAdmin
            | Self::WakeAlarm
            | Self::BlockSuspend
            | Self::AuditRead
            | Self::CheckpointRestore => &[],
        }
    }
}

const SYS_ADMIN: &[&str] = &[
    "bpf",
    "clone",
    "clone3",
    "fanotify_init",
    "fsconfig",
    "fsmount",
    "fsopen",
    "fspick",
    "lookup_dcookie",
    "lsm_get_self_attr",
    "lsm_list_modules",
    "lsm_set_self_attr",
    "mount",
    "mount_setattr",
    "move_mount",
    "open_tree",
    "perf_event_open",
    "quotactl",
    "quotactl_fd",
    "setdomainname",
    "sethostname",
    "setns",
    "syslog",
    "umount",
    "umount2",
    "unshare",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CapabilitySet;

    #[test]
    fn fourteen_capabilities_open_syscalls_and_their_lists_are_sorted() {
        let opening: CapabilitySet = Capability::ALL
            .into_iter()
            .filter(|one| !one.also_opens_syscalls().is_empty())
            .collect();
        assert_eq!(opening.len(), 14);
        for capability in opening {
            assert!(capability.also_opens_syscalls().is_sorted(), "{capability}");
        }
        assert_eq!(Capability::SysAdmin.also_opens_syscalls().len(), 26);
    }
}
