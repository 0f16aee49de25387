//! The names that headers have for the values of arguments.

use super::{Abi, IPC, SOCKETCALL, arguments_on};

/// The names for the values of one argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Constants {
    names: &'static [(&'static str, u64)],
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// A value has one name.
    Values,
    /// A value is a sum of bits.
    Flags,
    /// A low byte of values, and bits above it.
    LowByte,
}

/// The names for the values of an argument of a call on this ABI, where it has some that profiles
/// are likely to ask for.
///
/// Sources: the user space headers of Linux 6.1. `ioctl` numbers its requests otherwise on MIPS and
/// PowerPC, and has no names here.
pub fn constants(abi: Abi, call: &str, argument: usize) -> Option<Constants> {
    let values = |names| Constants {
        names,
        kind: Kind::Values,
    };
    let flags = |names| Constants {
        names,
        kind: Kind::Flags,
    };
    let found = match (call, argument) {
        ("socket" | "socketpair", 0) => values(FAMILIES),
        ("socket" | "socketpair", 1) => Constants {
            names: SOCKET_TYPES,
            kind: Kind::LowByte,
        },
        ("clone", _) if is_flags(abi, call, argument) => Constants {
            names: CLONE,
            kind: Kind::LowByte,
        },
        ("unshare", 0) | ("setns", 1) => flags(NAMESPACES),
        ("personality", 0) => Constants {
            names: PERSONAS,
            kind: Kind::LowByte,
        },
        ("ioctl", 1) if has_generic_requests(abi) => values(REQUESTS),
        ("mmap" | "mmap2" | "mprotect" | "pkey_mprotect", 2)
            if takes_it_in_registers(abi, call) =>
        {
            flags(PROTECTIONS)
        }
        ("prctl", 0) => values(PRCTL),
        ("ptrace", 0) => values(PTRACE),
        ("keyctl", 0) => values(KEYCTL),
        ("bpf", 0) => values(BPF),
        ("seccomp", 0) => values(SECCOMP),
        ("fcntl" | "fcntl64", 1) => values(FCNTL),
        _ => return None,
    };
    Some(found)
}

/// The call that an operation of a multiplexing call stands for.
pub fn operation(call: &str, value: u64) -> Option<&'static str> {
    let operations = match call {
        "socketcall" => SOCKETCALL,
        "ipc" => IPC,
        _ => return None,
    };
    let found = operations
        .iter()
        .find(|(_, number)| u64::from(*number) == value);
    found.map(|(name, _)| *name)
}

impl Constants {
    /// The name of this value; of flags all of them, joined by `|`, with the bits that have no name
    /// as a number at the end. Nothing where no part of it has a name.
    pub fn spell(&self, value: u64) -> Option<String> {
        if let Some(name) = self.name(value) {
            return Some(name.to_owned());
        }
        if value == u64::from(u32::MAX) || value == u64::MAX {
            // -1 asks for something, or is a mask of everything: no sum of flags.
            return None;
        }
        let mut left = value;
        let mut words: Vec<String> = Vec::new();
        match self.kind {
            Kind::Values => return None,
            Kind::Flags => {}
            Kind::LowByte => {
                left &= !LOW_BYTE;
                let low = value & LOW_BYTE;
                match self.name(low).filter(|_| low != 0) {
                    Some(name) => words.push(name.to_owned()),
                    None => left |= low,
                }
            }
        }
        for (name, bits) in self.names {
            if bits.is_power_of_two() && left & bits != 0 {
                words.push((*name).to_owned());
                left &= !bits;
            }
        }
        if words.is_empty() {
            return None;
        }
        if left != 0 {
            words.push(format!("{left:#x}"));
        }
        Some(words.join("|"))
    }

    /// The value of a name, in whatever case.
    pub fn value(&self, name: &str) -> Option<u64> {
        let (_, value) = self
            .names
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(*value)
    }

    /// Every name.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.iter().map(|(name, _)| *name)
    }

    fn name(&self, value: u64) -> Option<&'static str> {
        let (name, _) = self.names.iter().find(|(_, known)| *known == value)?;
        Some(*name)
    }
}

const LOW_BYTE: u64 = 0xff;

/// On s390 `clone` takes its flags second.
fn is_flags(abi: Abi, call: &str, argument: usize) -> bool {
    let arguments = arguments_on(abi, call).unwrap_or_default();
    arguments
        .get(argument)
        .is_some_and(|argument| argument.name.ends_with("flags"))
}

/// On s390 and on x86 of 32 bits `mmap` takes a pointer to its arguments.
fn takes_it_in_registers(abi: Abi, call: &str) -> bool {
    arguments_on(abi, call).is_some_and(|arguments| arguments.len() > 2)
}

fn has_generic_requests(abi: Abi) -> bool {
    match abi {
        Abi::X86_64
        | Abi::X86
        | Abi::X32
        | Abi::Arm
        | Abi::Aarch64
        | Abi::Riscv64
        | Abi::Loongarch64
        | Abi::S390x
        | Abi::S390 => true,
        Abi::Ppc64le
        | Abi::Ppc64
        | Abi::Ppc
        | Abi::Mips
        | Abi::Mipsel
        | Abi::Mips64
        | Abi::Mipsel64
        | Abi::Mips64N32
        | Abi::Mipsel64N32 => false,
    }
}

/// Families of sockets: `linux/socket.h`.
#[rustfmt::skip]
const FAMILIES: &[(&str, u64)] = &[
    ("AF_UNSPEC", 0), ("AF_UNIX", 1), ("AF_INET", 2), ("AF_AX25", 3), ("AF_IPX", 4),
    ("AF_APPLETALK", 5), ("AF_NETROM", 6), ("AF_BRIDGE", 7), ("AF_ATMPVC", 8), ("AF_X25", 9),
    ("AF_INET6", 10), ("AF_ROSE", 11), ("AF_DECnet", 12), ("AF_NETBEUI", 13), ("AF_SECURITY", 14),
    ("AF_KEY", 15), ("AF_NETLINK", 16), ("AF_PACKET", 17), ("AF_ASH", 18), ("AF_ECONET", 19),
    ("AF_ATMSVC", 20), ("AF_RDS", 21), ("AF_SNA", 22), ("AF_IRDA", 23), ("AF_PPPOX", 24),
    ("AF_WANPIPE", 25), ("AF_LLC", 26), ("AF_IB", 27), ("AF_MPLS", 28), ("AF_CAN", 29),
    ("AF_TIPC", 30), ("AF_BLUETOOTH", 31), ("AF_IUCV", 32), ("AF_RXRPC", 33), ("AF_ISDN", 34),
    ("AF_PHONET", 35), ("AF_IEEE802154", 36), ("AF_CAIF", 37), ("AF_ALG", 38), ("AF_NFC", 39),
    ("AF_VSOCK", 40), ("AF_KCM", 41), ("AF_QIPCRTR", 42), ("AF_SMC", 43), ("AF_XDP", 44),
    ("AF_MCTP", 45), ("AF_LOCAL", 1),
];

/// Types of sockets, and what may be added: `linux/net.h`.
#[rustfmt::skip]
const SOCKET_TYPES: &[(&str, u64)] = &[
    ("SOCK_STREAM", 1), ("SOCK_DGRAM", 2), ("SOCK_RAW", 3), ("SOCK_RDM", 4), ("SOCK_SEQPACKET", 5),
    ("SOCK_DCCP", 6), ("SOCK_NONBLOCK", 0x800), ("SOCK_CLOEXEC", 0x0008_0000),
];

/// What `unshare` and `setns` make and enter, and what `unshare` ends to share: `linux/sched.h`.
#[rustfmt::skip]
const NAMESPACES: &[(&str, u64)] = &[
    ("CLONE_NEWTIME", 0x80), ("CLONE_NEWNS", 0x0002_0000), ("CLONE_NEWCGROUP", 0x0200_0000),
    ("CLONE_NEWUTS", 0x0400_0000), ("CLONE_NEWIPC", 0x0800_0000), ("CLONE_NEWUSER", 0x1000_0000),
    ("CLONE_NEWPID", 0x2000_0000), ("CLONE_NEWNET", 0x4000_0000), ("CLONE_FS", 0x200),
    ("CLONE_FILES", 0x400), ("CLONE_SYSVSEM", 0x0004_0000),
];

/// Flags of `clone`, over the signal at a child's end: `linux/sched.h`.
#[rustfmt::skip]
const CLONE: &[(&str, u64)] = &[
    ("CLONE_VM", 0x100), ("CLONE_FS", 0x200), ("CLONE_FILES", 0x400), ("CLONE_SIGHAND", 0x800),
    ("CLONE_PIDFD", 0x1000), ("CLONE_PTRACE", 0x2000), ("CLONE_VFORK", 0x4000),
    ("CLONE_PARENT", 0x8000), ("CLONE_THREAD", 0x0001_0000), ("CLONE_NEWNS", 0x0002_0000),
    ("CLONE_SYSVSEM", 0x0004_0000), ("CLONE_SETTLS", 0x0008_0000),
    ("CLONE_PARENT_SETTID", 0x0010_0000), ("CLONE_CHILD_CLEARTID", 0x0020_0000),
    ("CLONE_DETACHED", 0x0040_0000), ("CLONE_UNTRACED", 0x0080_0000),
    ("CLONE_CHILD_SETTID", 0x0100_0000), ("CLONE_NEWCGROUP", 0x0200_0000),
    ("CLONE_NEWUTS", 0x0400_0000), ("CLONE_NEWIPC", 0x0800_0000), ("CLONE_NEWUSER", 0x1000_0000),
    ("CLONE_NEWPID", 0x2000_0000), ("CLONE_NEWNET", 0x4000_0000), ("CLONE_IO", 0x8000_0000),
    ("SIGCHLD", 0x11),
];

/// Personas, and what may be added: `linux/personality.h`.
#[rustfmt::skip]
const PERSONAS: &[(&str, u64)] = &[
    ("PER_LINUX", 0), ("PER_BSD", 6), ("PER_LINUX32", 8), ("UNAME26", 0x0002_0000),
    ("ADDR_NO_RANDOMIZE", 0x0004_0000), ("FDPIC_FUNCPTRS", 0x0008_0000),
    ("MMAP_PAGE_ZERO", 0x0010_0000), ("ADDR_COMPAT_LAYOUT", 0x0020_0000),
    ("READ_IMPLIES_EXEC", 0x0040_0000), ("ADDR_LIMIT_32BIT", 0x0080_0000),
    ("SHORT_INODE", 0x0100_0000), ("WHOLE_SECONDS", 0x0200_0000), ("STICKY_TIMEOUTS", 0x0400_0000),
    ("ADDR_LIMIT_3GB", 0x0800_0000),
];

/// Requests to terminals and to any file: `asm-generic/ioctls.h`.
#[rustfmt::skip]
const REQUESTS: &[(&str, u64)] = &[
    ("TCGETS", 0x5401), ("TCSETS", 0x5402), ("TCSETSW", 0x5403), ("TCSETSF", 0x5404),
    ("TCSBRK", 0x5409), ("TCXONC", 0x540a), ("TCFLSH", 0x540b), ("TIOCEXCL", 0x540c),
    ("TIOCNXCL", 0x540d), ("TIOCSCTTY", 0x540e), ("TIOCGPGRP", 0x540f), ("TIOCSPGRP", 0x5410),
    ("TIOCOUTQ", 0x5411), ("TIOCSTI", 0x5412), ("TIOCGWINSZ", 0x5413), ("TIOCSWINSZ", 0x5414),
    ("FIONREAD", 0x541b), ("TIOCLINUX", 0x541c), ("TIOCCONS", 0x541d), ("TIOCPKT", 0x5420),
    ("FIONBIO", 0x5421), ("TIOCNOTTY", 0x5422), ("TIOCSETD", 0x5423), ("TIOCGETD", 0x5424),
    ("TIOCGSID", 0x5429), ("FIONCLEX", 0x5450), ("FIOCLEX", 0x5451), ("FIOASYNC", 0x5452),
    ("TIOCGPTN", 0x8004_5430), ("TIOCSPTLCK", 0x4004_5431), ("TIOCGPTPEER", 0x5441),
];

/// Protections of memory: `asm-generic/mman-common.h`.
#[rustfmt::skip]
const PROTECTIONS: &[(&str, u64)] = &[
    ("PROT_NONE", 0), ("PROT_READ", 1), ("PROT_WRITE", 2), ("PROT_EXEC", 4),
    ("PROT_GROWSDOWN", 0x0100_0000), ("PROT_GROWSUP", 0x0200_0000),
];

/// Operations of `prctl`: `linux/prctl.h`.
#[rustfmt::skip]
const PRCTL: &[(&str, u64)] = &[
    ("PR_SET_PDEATHSIG", 1), ("PR_GET_PDEATHSIG", 2), ("PR_GET_DUMPABLE", 3),
    ("PR_SET_DUMPABLE", 4), ("PR_GET_KEEPCAPS", 7), ("PR_SET_KEEPCAPS", 8), ("PR_SET_NAME", 0xf),
    ("PR_GET_NAME", 0x10), ("PR_GET_SECCOMP", 0x15), ("PR_SET_SECCOMP", 0x16),
    ("PR_CAPBSET_READ", 0x17), ("PR_CAPBSET_DROP", 0x18), ("PR_GET_SECUREBITS", 0x1b),
    ("PR_SET_SECUREBITS", 0x1c), ("PR_SET_MM", 0x23), ("PR_SET_CHILD_SUBREAPER", 0x24),
    ("PR_GET_CHILD_SUBREAPER", 0x25), ("PR_SET_NO_NEW_PRIVS", 0x26), ("PR_GET_NO_NEW_PRIVS", 0x27),
    ("PR_SET_THP_DISABLE", 0x29), ("PR_CAP_AMBIENT", 0x2f), ("PR_GET_SPECULATION_CTRL", 0x34),
    ("PR_SET_SPECULATION_CTRL", 0x35), ("PR_SET_SYSCALL_USER_DISPATCH", 0x3b),
    ("PR_SCHED_CORE", 0x3e), ("PR_SET_PTRACER", 0x5961_6d61), ("PR_SET_VMA", 0x5356_4d41),
];

/// Requests of `ptrace`: `linux/ptrace.h`.
#[rustfmt::skip]
const PTRACE: &[(&str, u64)] = &[
    ("PTRACE_TRACEME", 0), ("PTRACE_PEEKTEXT", 1), ("PTRACE_PEEKDATA", 2), ("PTRACE_PEEKUSR", 3),
    ("PTRACE_POKETEXT", 4), ("PTRACE_POKEDATA", 5), ("PTRACE_POKEUSR", 6), ("PTRACE_CONT", 7),
    ("PTRACE_KILL", 8), ("PTRACE_SINGLESTEP", 9), ("PTRACE_ATTACH", 0x10), ("PTRACE_DETACH", 0x11),
    ("PTRACE_SYSCALL", 0x18), ("PTRACE_SETOPTIONS", 0x4200), ("PTRACE_GETEVENTMSG", 0x4201),
    ("PTRACE_GETSIGINFO", 0x4202), ("PTRACE_SETSIGINFO", 0x4203), ("PTRACE_GETREGSET", 0x4204),
    ("PTRACE_SETREGSET", 0x4205), ("PTRACE_SEIZE", 0x4206), ("PTRACE_INTERRUPT", 0x4207),
    ("PTRACE_LISTEN", 0x4208),
];

/// Operations of `keyctl`: `linux/keyctl.h`.
#[rustfmt::skip]
const KEYCTL: &[(&str, u64)] = &[
    ("KEYCTL_GET_KEYRING_ID", 0), ("KEYCTL_JOIN_SESSION_KEYRING", 1), ("KEYCTL_UPDATE", 2),
    ("KEYCTL_REVOKE", 3), ("KEYCTL_CHOWN", 4), ("KEYCTL_SETPERM", 5), ("KEYCTL_DESCRIBE", 6),
    ("KEYCTL_CLEAR", 7), ("KEYCTL_LINK", 8), ("KEYCTL_UNLINK", 9), ("KEYCTL_SEARCH", 0xa),
    ("KEYCTL_READ", 0xb), ("KEYCTL_INSTANTIATE", 0xc), ("KEYCTL_NEGATE", 0xd),
    ("KEYCTL_SET_REQKEY_KEYRING", 0xe), ("KEYCTL_SET_TIMEOUT", 0xf),
    ("KEYCTL_ASSUME_AUTHORITY", 0x10), ("KEYCTL_GET_SECURITY", 0x11),
    ("KEYCTL_SESSION_TO_PARENT", 0x12), ("KEYCTL_REJECT", 0x13), ("KEYCTL_INSTANTIATE_IOV", 0x14),
    ("KEYCTL_INVALIDATE", 0x15), ("KEYCTL_GET_PERSISTENT", 0x16), ("KEYCTL_RESTRICT_KEYRING", 0x1d),
    ("KEYCTL_MOVE", 0x1e), ("KEYCTL_CAPABILITIES", 0x1f), ("KEYCTL_WATCH_KEY", 0x20),
];

/// Commands of `bpf`: `linux/bpf.h`.
#[rustfmt::skip]
const BPF: &[(&str, u64)] = &[
    ("BPF_MAP_CREATE", 0), ("BPF_MAP_LOOKUP_ELEM", 1), ("BPF_MAP_UPDATE_ELEM", 2),
    ("BPF_MAP_DELETE_ELEM", 3), ("BPF_MAP_GET_NEXT_KEY", 4), ("BPF_PROG_LOAD", 5),
    ("BPF_OBJ_PIN", 6), ("BPF_OBJ_GET", 7), ("BPF_PROG_ATTACH", 8), ("BPF_PROG_DETACH", 9),
    ("BPF_PROG_RUN", 0xa), ("BPF_BTF_LOAD", 0x12), ("BPF_LINK_CREATE", 0x1c),
];

/// Operations of `seccomp`: `linux/seccomp.h`.
#[rustfmt::skip]
const SECCOMP: &[(&str, u64)] = &[
    ("SECCOMP_SET_MODE_STRICT", 0), ("SECCOMP_SET_MODE_FILTER", 1), ("SECCOMP_GET_ACTION_AVAIL", 2),
    ("SECCOMP_GET_NOTIF_SIZES", 3),
];

/// Commands of `fcntl`: `linux/fcntl.h`.
#[rustfmt::skip]
const FCNTL: &[(&str, u64)] = &[
    ("F_DUPFD", 0), ("F_GETFD", 1), ("F_SETFD", 2), ("F_GETFL", 3), ("F_SETFL", 4), ("F_GETLK", 5),
    ("F_SETLK", 6), ("F_SETLKW", 7), ("F_SETOWN", 8), ("F_GETOWN", 9), ("F_SETSIG", 0xa),
    ("F_GETSIG", 0xb), ("F_SETLEASE", 0x400), ("F_GETLEASE", 0x401), ("F_NOTIFY", 0x402),
    ("F_DUPFD_CLOEXEC", 0x406), ("F_SETPIPE_SZ", 0x407), ("F_GETPIPE_SZ", 0x408),
    ("F_ADD_SEALS", 0x409), ("F_GET_SEALS", 0x40a),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn spelt(abi: Abi, call: &str, argument: usize, value: u64) -> Option<String> {
        constants(abi, call, argument)?.spell(value)
    }

    #[test]
    fn values_are_spelt_as_headers_have_them() {
        for (call, argument, value, expected) in [
            ("socket", 0, 40, Some("AF_VSOCK")),
            ("socket", 0, 1, Some("AF_UNIX")),
            ("socket", 0, 500, None),
            ("socket", 1, 0x80001, Some("SOCK_STREAM|SOCK_CLOEXEC")),
            ("clone", 0, 0x1000_0011, Some("SIGCHLD|CLONE_NEWUSER")),
            ("clone", 0, 0x0002_0009, Some("CLONE_NEWNS|0x9")),
            ("unshare", 0, 0x80, Some("CLONE_NEWTIME")),
            ("personality", 0, 0, Some("PER_LINUX")),
            ("personality", 0, 0x20008, Some("PER_LINUX32|UNAME26")),
            ("personality", 0, 0x40_0000, Some("READ_IMPLIES_EXEC")),
            ("personality", 0, 0xffff_ffff, None),
            ("ioctl", 1, 0x5412, Some("TIOCSTI")),
            ("mprotect", 2, 7, Some("PROT_READ|PROT_WRITE|PROT_EXEC")),
            ("mprotect", 2, 0x40, None),
            ("read", 0, 1, None),
        ] {
            let found = spelt(Abi::X86_64, call, argument, value);
            assert_eq!(found.as_deref(), expected, "{call} {argument} {value:#x}");
        }
    }

    #[test]
    fn machines_differ() {
        assert_eq!(spelt(Abi::S390x, "clone", 0, 0x1000_0000), None);
        assert!(spelt(Abi::S390x, "clone", 1, 0x1000_0000).is_some());
        assert!(constants(Abi::Mips64, "ioctl", 1).is_none());
        assert!(constants(Abi::X86, "mmap", 2).is_none());
        assert!(constants(Abi::X86, "mmap2", 2).is_some());
    }

    #[test]
    fn names_read_back_in_any_case() {
        let families = constants(Abi::X86_64, "socket", 0).unwrap();
        assert_eq!(families.value("af_vsock"), Some(40));
        assert_eq!(families.value("AF_LOCAL"), Some(1));
        assert_eq!(families.value("AF_"), None);
    }

    #[test]
    fn operations_of_multiplexers() {
        assert_eq!(operation("socketcall", 1), Some("socket"));
        assert_eq!(operation("socketcall", 99), None);
        assert_eq!(operation("read", 1), None);
    }
}
