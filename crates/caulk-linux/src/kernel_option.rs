//! Options of the kernel on which containment rests.
//!
//! What engines ask for is what moby's `contrib/check-config.sh` (28) asks for; names, versions and
//! defaults are those of the kernel's own Kconfig files, read for Linux 4.4 to 6.12.

/// A version of the kernel: major and minor.
pub type KernelVersion = (u16, u16);

/// What an option is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum KernelPurpose {
    /// A filter for system calls.
    Filter,
    /// A security module that confines containers; one of several is enough.
    SecurityModule,
    /// What a container is kept apart with: namespaces, control groups.
    Isolation,
    /// What holds when a process attacks the kernel itself.
    Hardening,
}

/// An option of the kernel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KernelOption {
    /// Its name, without `CONFIG_`.
    pub name: &'static str,
    /// Names that it had before.
    pub former: &'static [&'static str],
    /// What it is for.
    pub purpose: KernelPurpose,
    /// Whether it has to be on; else it has to be off.
    pub on: bool,
    /// The first version that has it.
    pub since: KernelVersion,
    /// The first version that has it no more.
    pub until: Option<KernelVersion>,
    /// Whether it is on where nobody says anything.
    pub by_default: bool,
    /// The architectures that have it, as the kernel calls them; none stands for all.
    pub architectures: &'static [&'static str],
    /// What is the case without it: reads after "without it".
    pub without: &'static str,
}

const OPTION: KernelOption = KernelOption {
    name: "",
    former: &[],
    purpose: KernelPurpose::Isolation,
    on: true,
    since: (2, 6),
    until: None,
    by_default: false,
    architectures: &[],
    without: "",
};

const fn isolation(name: &'static str, without: &'static str) -> KernelOption {
    KernelOption {
        name,
        without,
        ..OPTION
    }
}

const fn hardening(
    name: &'static str,
    since: KernelVersion,
    without: &'static str,
) -> KernelOption {
    KernelOption {
        name,
        since,
        without,
        purpose: KernelPurpose::Hardening,
        ..OPTION
    }
}

/// The options, those that matter most first.
pub const KERNEL_OPTIONS: &[KernelOption] = &[
    KernelOption {
        purpose: KernelPurpose::Filter,
        by_default: true,
        ..isolation(
            "SECCOMP",
            "no filter for system calls can be set, and engines start containers without one",
        )
    },
    KernelOption {
        purpose: KernelPurpose::Filter,
        since: (3, 5),
        by_default: true,
        ..isolation(
            "SECCOMP_FILTER",
            "profiles for system calls cannot be loaded, and every container may make every call",
        )
    },
    KernelOption {
        purpose: KernelPurpose::SecurityModule,
        ..isolation(
            "SECURITY_SELINUX",
            "no label keeps a process that gets out from the host's files",
        )
    },
    KernelOption {
        purpose: KernelPurpose::SecurityModule,
        ..isolation(
            "SECURITY_APPARMOR",
            "the engine's profile for containers cannot be loaded",
        )
    },
    KernelOption {
        by_default: true,
        ..isolation(
            "NAMESPACES",
            "a container sees and reaches everything that the host has",
        )
    },
    KernelOption {
        by_default: true,
        ..isolation(
            "PID_NS",
            "a container sees the host's processes and can signal them",
        )
    },
    KernelOption {
        by_default: true,
        ..isolation("NET_NS", "a container uses the host's interfaces and ports")
    },
    KernelOption {
        by_default: true,
        ..isolation(
            "IPC_NS",
            "a container shares memory and queues with the host",
        )
    },
    KernelOption {
        by_default: true,
        ..isolation("UTS_NS", "a container can rename the host")
    },
    KernelOption {
        since: (3, 8),
        ..isolation(
            "USER_NS",
            "root in a container cannot be another account of the host",
        )
    },
    isolation(
        "CGROUPS",
        "nothing of what a container uses can be limited, and its devices cannot be chosen",
    ),
    KernelOption {
        since: (4, 10),
        ..isolation(
            "CGROUP_BPF",
            "under the unified tree of control groups a container may use every device",
        )
    },
    KernelOption {
        ..isolation(
            "CGROUP_DEVICE",
            "under the older trees of control groups a container may use every device",
        )
    },
    KernelOption {
        since: (4, 3),
        ..isolation(
            "CGROUP_PIDS",
            "one container can start processes until nobody else can",
        )
    },
    KernelOption {
        former: &["CGROUP_MEM_RES_CTLR"],
        ..isolation("MEMCG", "one container can use up the memory of all")
    },
    KernelOption {
        ..isolation(
            "CGROUP_SCHED",
            "one container can use up the processors of all",
        )
    },
    KernelOption {
        since: (3, 2),
        ..isolation("CFS_BANDWIDTH", "a limit on processor time has no effect")
    },
    KernelOption {
        former: &["DEBUG_RODATA"],
        by_default: true,
        architectures: &["x86", "arm64", "arm", "riscv", "s390", "parisc", "powerpc"],
        ..hardening(
            "STRICT_KERNEL_RWX",
            (4, 11),
            "code of the kernel can be overwritten",
        )
    },
    KernelOption {
        former: &["DEBUG_SET_MODULE_RONX"],
        by_default: true,
        architectures: &["x86", "arm64", "arm", "riscv", "s390", "parisc", "powerpc"],
        ..hardening(
            "STRICT_MODULE_RWX",
            (4, 11),
            "code of modules can be overwritten",
        )
    },
    KernelOption {
        by_default: true,
        architectures: &[
            "x86",
            "arm64",
            "riscv",
            "s390",
            "mips",
            "powerpc",
            "loongarch",
        ],
        ..hardening(
            "RANDOMIZE_BASE",
            (3, 14),
            "the kernel lies where every attacker knows it to lie",
        )
    },
    KernelOption {
        former: &["CC_STACKPROTECTOR_STRONG"],
        by_default: true,
        ..hardening(
            "STACKPROTECTOR_STRONG",
            (4, 18),
            "an overflow on the kernel's stack goes unnoticed",
        )
    },
    KernelOption {
        by_default: true,
        architectures: &["x86", "arm64", "s390", "riscv", "arm", "powerpc"],
        ..hardening(
            "VMAP_STACK",
            (4, 9),
            "a stack that runs over writes into what lies below it",
        )
    },
    hardening(
        "HARDENED_USERCOPY",
        (4, 8),
        "a copy that is too long takes or overwrites what lies beside it",
    ),
    hardening(
        "FORTIFY_SOURCE",
        (4, 13),
        "a copy past the end of an object goes unnoticed",
    ),
    hardening(
        "SLAB_FREELIST_RANDOM",
        (4, 7),
        "objects lie one behind the other, where an overflow finds them",
    ),
    hardening(
        "SLAB_FREELIST_HARDENED",
        (4, 14),
        "a freed object can be used to write anywhere",
    ),
    hardening(
        "INIT_ON_ALLOC_DEFAULT_ON",
        (5, 3),
        "what one process left in memory, another can read",
    ),
    hardening(
        "SECURITY_DMESG_RESTRICT",
        (2, 6),
        "every process reads the kernel's log and its addresses",
    ),
    hardening(
        "SECURITY_YAMA",
        (3, 4),
        "a process may trace any other of the same user",
    ),
    hardening(
        "SECURITY_LOCKDOWN_LSM",
        (5, 4),
        "root can change the kernel that runs",
    ),
    KernelOption {
        by_default: true,
        architectures: &["x86", "arm64", "arm", "powerpc", "s390", "riscv"],
        ..hardening(
            "STRICT_DEVMEM",
            (2, 6),
            "who may open `/dev/mem` reads and writes all of memory",
        )
    },
    KernelOption {
        by_default: true,
        ..hardening(
            "BPF_UNPRIV_DEFAULT_OFF",
            (5, 13),
            "every process may load programs into the kernel",
        )
    },
    hardening(
        "BPF_JIT_ALWAYS_ON",
        (4, 15),
        "an interpreter is left that helps attacks on speculation",
    ),
    hardening(
        "MODULE_SIG",
        (3, 7),
        "any module is loaded, whoever built it",
    ),
    KernelOption {
        former: &["PAGE_TABLE_ISOLATION"],
        by_default: true,
        architectures: &["x86"],
        ..hardening(
            "MITIGATION_PAGE_TABLE_ISOLATION",
            (6, 9),
            "a process reads the kernel's memory on processors with Meltdown",
        )
    },
    KernelOption {
        former: &["RETPOLINE"],
        by_default: true,
        architectures: &["x86"],
        ..hardening(
            "MITIGATION_RETPOLINE",
            (6, 9),
            "a process steers what the kernel speculates on",
        )
    },
    KernelOption {
        on: false,
        until: Some((5, 13)),
        ..hardening(
            "DEVKMEM",
            (2, 6),
            "with it `/dev/kmem` gives the kernel's memory to who may open it",
        )
    },
    KernelOption {
        on: false,
        until: Some((6, 4)),
        ..hardening(
            "SECURITY_SELINUX_DISABLE",
            (2, 6),
            "with it SELinux can be switched off while the system runs",
        )
    },
];

/// The architecture as the kernel's own folders call it.
pub fn kernel_architecture(name: &str) -> &str {
    match name {
        "x86_64" | "i386" | "i686" | "amd64" => "x86",
        "aarch64" => "arm64",
        "armv7" | "armhf" => "arm",
        "ppc64le" | "ppc64" => "powerpc",
        "s390x" => "s390",
        "riscv64" => "riscv",
        other => other,
    }
}

impl KernelOption {
    /// Whether a kernel of this version and architecture has the option, by its name or a former one.
    /// What is not known rules nothing out.
    pub fn applies(&self, version: Option<KernelVersion>, architecture: Option<&str>) -> bool {
        let had_another_name = !self.former.is_empty();
        let young = version.is_some_and(|version| version < self.since) && !had_another_name;
        let gone = version.is_some_and(|version| self.until.is_some_and(|until| version >= until));
        let elsewhere = architecture.is_some_and(|here| {
            !self.architectures.is_empty()
                && !self.architectures.contains(&kernel_architecture(here))
        });
        !young && !gone && !elsewhere
    }

    /// All its names, the present one first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.former.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_for_two_options() {
        let mut names: Vec<&str> = KERNEL_OPTIONS
            .iter()
            .flat_map(KernelOption::names)
            .collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for option in KERNEL_OPTIONS {
            assert!(!option.without.is_empty() && !option.name.starts_with("CONFIG_"));
        }
    }

    #[test]
    fn options_have_their_time_and_place() {
        let find = |name: &str| {
            let mut options = KERNEL_OPTIONS.iter();
            options.find(|option| option.name == name).unwrap()
        };
        let lockdown = find("SECURITY_LOCKDOWN_LSM");
        assert!(!lockdown.applies(Some((5, 3)), None));
        assert!(lockdown.applies(Some((5, 4)), None));
        assert!(lockdown.applies(None, None));
        let renamed = find("STACKPROTECTOR_STRONG");
        assert!(
            renamed.applies(Some((4, 14)), None),
            "under its former name"
        );
        let devkmem = find("DEVKMEM");
        assert!(!devkmem.applies(Some((5, 13)), None));
        let x86 = find("MITIGATION_RETPOLINE");
        assert!(x86.applies(None, Some("x86_64")));
        assert!(!x86.applies(None, Some("arm64")));
    }
}
