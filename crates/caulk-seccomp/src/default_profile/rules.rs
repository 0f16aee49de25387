//! The rules of Docker's default profile, in their order.

use caulk_linux::Capability;
use caulk_linux::syscalls::Abi;

use super::open::OPEN;
use super::{DefaultArgument, DefaultRule, When};

/// The flags of `clone` that make namespaces: `CLONE_NEWNS`, `NEWCGROUP`, `NEWUTS`, `NEWIPC`,
/// `NEWUSER`, `NEWPID` and `NEWNET`. `CLONE_NEWTIME` is missing, because `clone` reads its bit as a
/// part of the signal's number.
const NEW_NAMESPACES: u64 = 0x7e02_0000;

/// `ENOSYS`, with which C libraries go back to `clone`.
const ENOSYS: u16 = 38;

const SYS_ADMIN: &[Capability] = &[Capability::SysAdmin];
const S390: &[Abi] = &[Abi::S390, Abi::S390x];

/// The rules.
pub static RULES: &[DefaultRule] = &[
    allow(OPEN),
    // Before 4.8 a tracer could change a call after the filter had looked at it.
    allow(&[&["process_vm_readv", "process_vm_writev", "ptrace"]]).since(4, 8),
    // Of the families of sockets, AF_ALG (38) and AF_VSOCK (40) are kept shut.
    allow(&[&["socket"]]).where_argument(0, "LT", 38),
    allow(&[&["socket"]]).where_argument(0, "EQ", 39),
    allow(&[&["socket"]]).where_argument(0, "GT", 40),
    // PER_LINUX, PER_LINUX32 (8) and either with UNAME26 (0x20000), and asking for what is set.
    allow(&[&["personality"]]).where_argument(0, "EQ", 0x0),
    allow(&[&["personality"]]).where_argument(0, "EQ", 0x8),
    allow(&[&["personality"]]).where_argument(0, "EQ", 0x2_0000),
    allow(&[&["personality"]]).where_argument(0, "EQ", 0x2_0008),
    allow(&[&["personality"]]).where_argument(0, "EQ", 0xffff_ffff),
    allow(&[&["swapcontext", "sync_file_range2"]]).on(&[Abi::Ppc64le]),
    allow(&[
        &[
            "arm_fadvise64_64",
            "arm_sync_file_range",
            "sync_file_range2",
        ],
        &["breakpoint", "cacheflush", "set_tls"],
    ])
    .on(&[Abi::Arm, Abi::Aarch64]),
    allow(&[&["arch_prctl"]]).on(&[Abi::X86_64, Abi::X32]),
    allow(&[&["modify_ldt"]]).on(&[Abi::X86_64, Abi::X32, Abi::X86]),
    allow(&[&[
        "s390_pci_mmio_read",
        "s390_pci_mmio_write",
        "s390_runtime_instr",
    ]])
    .on(S390),
    allow(&[&["riscv_flush_icache"]]).on(&[Abi::Riscv64]),
    allow(&[&["open_by_handle_at"]]).with(&[Capability::DacReadSearch]),
    allow(&[
        &["clone", "clone3", "setns", "unshare"],
        &[
            "mount",
            "mount_setattr",
            "move_mount",
            "open_tree",
            "umount",
            "umount2",
        ],
        &["fsconfig", "fsmount", "fsopen", "fspick"],
        &[
            "bpf",
            "fanotify_init",
            "lookup_dcookie",
            "perf_event_open",
            "syslog",
        ],
        &["lsm_get_self_attr", "lsm_list_modules", "lsm_set_self_attr"],
        &["quotactl", "quotactl_fd", "setdomainname", "sethostname"],
    ])
    .with(SYS_ADMIN),
    allow(&[&["clone"]])
        .where_argument(0, "MASKED_EQ", NEW_NAMESPACES)
        .but_not_with(SYS_ADMIN)
        .but_not_on(S390),
    // There `clone` takes its flags second.
    allow(&[&["clone"]])
        .where_argument(1, "MASKED_EQ", NEW_NAMESPACES)
        .on(S390)
        .but_not_with(SYS_ADMIN),
    // Its flags lie in memory, where no filter can look at them.
    fail(&[&["clone3"]], ENOSYS).but_not_with(SYS_ADMIN),
    allow(&[&["reboot"]]).with(&[Capability::SysBoot]),
    allow(&[&["chroot"]]).with(&[Capability::SysChroot]),
    allow(&[&["delete_module", "finit_module", "init_module"]]).with(&[Capability::SysModule]),
    allow(&[&["acct"]]).with(&[Capability::SysPacct]),
    allow(&[
        &["kcmp", "pidfd_getfd", "process_madvise"],
        &["process_vm_readv", "process_vm_writev", "ptrace"],
    ])
    .with(&[Capability::SysPtrace]),
    allow(&[&["ioperm", "iopl"]]).with(&[Capability::SysRawio]),
    allow(&[&["clock_settime", "clock_settime64", "settimeofday", "stime"]])
        .with(&[Capability::SysTime]),
    allow(&[&["vhangup"]]).with(&[Capability::SysTtyConfig]),
    allow(&[&[
        "get_mempolicy",
        "mbind",
        "set_mempolicy",
        "set_mempolicy_home_node",
    ]])
    .with(&[Capability::SysNice]),
    allow(&[&["syslog"]]).with(&[Capability::Syslog]),
    allow(&[&["bpf"]]).with(&[Capability::Bpf]),
    allow(&[&["perf_event_open"]]).with(&[Capability::Perfmon]),
];

/// These calls are made.
const fn allow(parts: &'static [&'static [&'static str]]) -> DefaultRule {
    DefaultRule {
        parts,
        errno: None,
        argument: None,
        includes: When::NONE,
        excludes: When::NONE,
    }
}

/// These calls fail with this error.
const fn fail(parts: &'static [&'static [&'static str]], errno: u16) -> DefaultRule {
    let mut rule = allow(parts);
    rule.errno = Some(errno);
    rule
}

impl DefaultRule {
    /// Where an argument compares like this.
    const fn where_argument(mut self, index: u8, operator: &'static str, value: u64) -> Self {
        self.argument = Some(DefaultArgument {
            index,
            operator,
            value,
        });
        self
    }

    /// For a container that has all of these.
    const fn with(mut self, capabilities: &'static [Capability]) -> Self {
        self.includes.capabilities = capabilities;
        self
    }

    /// On one of these hosts.
    const fn on(mut self, architectures: &'static [Abi]) -> Self {
        self.includes.architectures = architectures;
        self
    }

    /// From this kernel on.
    const fn since(mut self, major: u8, minor: u8) -> Self {
        self.includes.kernel = Some((major, minor));
        self
    }

    /// For a container that has none of these.
    const fn but_not_with(mut self, capabilities: &'static [Capability]) -> Self {
        self.excludes.capabilities = capabilities;
        self
    }

    /// On none of these hosts.
    const fn but_not_on(mut self, architectures: &'static [Abi]) -> Self {
        self.excludes.architectures = architectures;
        self
    }
}
