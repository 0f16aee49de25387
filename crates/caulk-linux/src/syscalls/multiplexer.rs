//! The calls that stand for many: `socketcall` and `ipc`.

use super::Abi;

/// One operation of a multiplexing call.
///
/// A filter sees the number of the multiplexer, the operation in argument 0, and in argument 1 a
/// pointer to the arguments proper for `socketcall`: conditions on those cannot be tested.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Subcall {
    /// `socketcall` or `ipc`.
    pub multiplexer: &'static str,
    /// What argument 0 holds.
    pub operation: u32,
}

impl Abi {
    /// Whether sockets can be reached through `socketcall` here.
    pub const fn has_socketcall(self) -> bool {
        matches!(
            self,
            Self::X86
                | Self::S390x
                | Self::S390
                | Self::Ppc64le
                | Self::Ppc64
                | Self::Ppc
                | Self::Mips
                | Self::Mipsel
        )
    }

    /// Whether System V IPC can be reached through `ipc` here.
    pub const fn has_ipc(self) -> bool {
        self.has_socketcall()
    }

    /// How `name` is reached through a multiplexing call, where this one has it.
    pub fn subcall(self, name: &str) -> Option<Subcall> {
        if !self.has_socketcall() {
            return None;
        }
        subcall(name)
    }
}

/// How `name` is reached through a multiplexing call, wherever there is one.
pub fn subcall(name: &str) -> Option<Subcall> {
    let find = |multiplexer, operations: &[(&str, u32)]| {
        let (_, operation) = operations
            .iter()
            .find(|(operation, _)| *operation == name)?;
        Some(Subcall {
            multiplexer,
            operation: *operation,
        })
    };
    find("socketcall", SOCKETCALL).or_else(|| find("ipc", IPC))
}

/// Source: `include/uapi/linux/net.h`.
pub const SOCKETCALL: &[(&str, u32)] = &[
    ("socket", 1),
    ("bind", 2),
    ("connect", 3),
    ("listen", 4),
    ("accept", 5),
    ("getsockname", 6),
    ("getpeername", 7),
    ("socketpair", 8),
    ("send", 9),
    ("recv", 10),
    ("sendto", 11),
    ("recvfrom", 12),
    ("shutdown", 13),
    ("setsockopt", 14),
    ("getsockopt", 15),
    ("sendmsg", 16),
    ("recvmsg", 17),
    ("accept4", 18),
    ("recvmmsg", 19),
    ("sendmmsg", 20),
];

/// Source: `include/uapi/linux/ipc.h`.
pub const IPC: &[(&str, u32)] = &[
    ("semop", 1),
    ("semget", 2),
    ("semctl", 3),
    ("semtimedop", 4),
    ("msgsnd", 11),
    ("msgrcv", 12),
    ("msgget", 13),
    ("msgctl", 14),
    ("shmat", 21),
    ("shmdt", 22),
    ("shmget", 23),
    ("shmctl", 24),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syscalls::number;

    #[test]
    fn an_abi_multiplexes_where_it_has_the_multiplexers() {
        for abi in Abi::ALL.iter().copied() {
            let has = |name| number(abi, name).is_some();
            assert_eq!(abi.has_socketcall(), has("socketcall"), "{abi}");
            assert_eq!(abi.has_ipc(), has("ipc"), "{abi}");
        }
    }

    #[test]
    fn a_subcall_is_known_only_where_it_can_be_made() {
        let socket = Subcall {
            multiplexer: "socketcall",
            operation: 1,
        };
        assert_eq!(Abi::X86.subcall("socket"), Some(socket));
        assert_eq!(Abi::X86_64.subcall("socket"), None);
        assert_eq!(
            Abi::S390x.subcall("shmctl").map(|one| one.operation),
            Some(24)
        );
        assert_eq!(Abi::X86.subcall("openat"), None);
    }
}
