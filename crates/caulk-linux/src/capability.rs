//! The capabilities by number and name.

use std::fmt;

/// The enum, its numbers and its names from one list, so that they cannot disagree.
macro_rules! capabilities {
    ( $( $variant:ident = $number:literal $name:literal, )+ ) => {
        /// A Linux capability.
        ///
        /// Source: `include/uapi/linux/capability.h`, Linux 6.1, where `CAP_LAST_CAP` is 40. The
        /// numbers are kernel ABI; nothing was added since `CAP_CHECKPOINT_RESTORE` in Linux 5.9.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum Capability {
            $(
                #[doc = concat!("`CAP_", $name, "`")]
                $variant = $number,
            )+
        }

        impl Capability {
            /// Every capability, in the order of their numbers.
            pub const ALL: [Self; 41] = [ $( Self::$variant, )+ ];

            /// The full name: `CAP_SYS_ADMIN`.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => concat!("CAP_", $name), )+ }
            }

            /// The name as people write it in Compose files: `SYS_ADMIN`.
            pub const fn short_name(self) -> &'static str {
                match self { $( Self::$variant => $name, )+ }
            }

            /// The one with exactly this full name, upper-case and with its prefix.
            ///
            /// This is how a seccomp profile's `includes.caps` are compared; what a person writes
            /// is read by [`CapabilityWord`](crate::CapabilityWord).
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $( concat!("CAP_", $name) => Some(Self::$variant), )+
                    _ => None,
                }
            }
        }
    };
}

capabilities! {
    Chown = 0 "CHOWN",
    DacOverride = 1 "DAC_OVERRIDE",
    DacReadSearch = 2 "DAC_READ_SEARCH",
    Fowner = 3 "FOWNER",
    Fsetid = 4 "FSETID",
    Kill = 5 "KILL",
    Setgid = 6 "SETGID",
    Setuid = 7 "SETUID",
    Setpcap = 8 "SETPCAP",
    LinuxImmutable = 9 "LINUX_IMMUTABLE",
    NetBindService = 10 "NET_BIND_SERVICE",
    NetBroadcast = 11 "NET_BROADCAST",
    NetAdmin = 12 "NET_ADMIN",
    NetRaw = 13 "NET_RAW",
    IpcLock = 14 "IPC_LOCK",
    IpcOwner = 15 "IPC_OWNER",
    SysModule = 16 "SYS_MODULE",
    SysRawio = 17 "SYS_RAWIO",
    SysChroot = 18 "SYS_CHROOT",
    SysPtrace = 19 "SYS_PTRACE",
    SysPacct = 20 "SYS_PACCT",
    SysAdmin = 21 "SYS_ADMIN",
    SysBoot = 22 "SYS_BOOT",
    SysNice = 23 "SYS_NICE",
    SysResource = 24 "SYS_RESOURCE",
    SysTime = 25 "SYS_TIME",
    SysTtyConfig = 26 "SYS_TTY_CONFIG",
    Mknod = 27 "MKNOD",
    Lease = 28 "LEASE",
    AuditWrite = 29 "AUDIT_WRITE",
    AuditControl = 30 "AUDIT_CONTROL",
    Setfcap = 31 "SETFCAP",
    MacOverride = 32 "MAC_OVERRIDE",
    MacAdmin = 33 "MAC_ADMIN",
    Syslog = 34 "SYSLOG",
    WakeAlarm = 35 "WAKE_ALARM",
    BlockSuspend = 36 "BLOCK_SUSPEND",
    AuditRead = 37 "AUDIT_READ",
    Perfmon = 38 "PERFMON",
    Bpf = 39 "BPF",
    CheckpointRestore = 40 "CHECKPOINT_RESTORE",
}

impl Capability {
    /// The kernel's number, 0 to 40.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The one with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_up_and_names_read_back() {
        for (index, capability) in Capability::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(capability.number()), index);
            assert_eq!(
                Capability::from_number(capability.number()),
                Some(capability)
            );
            assert_eq!(Capability::from_name(capability.name()), Some(capability));
            assert_eq!(
                capability.name().strip_prefix("CAP_"),
                Some(capability.short_name())
            );
        }
        assert_eq!(Capability::from_number(41), None);
    }

    #[test]
    fn an_exact_name_has_its_prefix_and_its_case() {
        assert_eq!(Capability::from_name("CAP_KILL"), Some(Capability::Kill));
        assert_eq!(Capability::from_name("KILL"), None);
        assert_eq!(Capability::from_name("cap_kill"), None);
    }
}
