//! What calls do, by groups.

/// What a call has to do with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Group {
    /// Open, read, write, name and move files.
    Files,
    /// Owners, modes, times and extended attributes of files.
    FileAttributes,
    /// Wait for files, signals and changes.
    Events,
    /// Sockets.
    Network,
    /// Queues of reads and writes, `io_uring` among them.
    AsynchronousIo,
    /// Start, end, watch and change processes.
    Processes,
    /// Send and handle signals.
    Signals,
    /// Map, protect, lock and place memory.
    Memory,
    /// Clocks and timers.
    Time,
    /// Pipes, message queues, semaphores and shared memory.
    Ipc,
    /// What locks are made of.
    Synchronization,
    /// Priorities, processors and resource limits.
    Scheduling,
    /// Who a process is.
    Identity,
    /// Seccomp, Landlock and security modules, for oneself.
    Confinement,
    /// What a process sees of the system.
    NamespacesAndMounts,
    /// The keyrings of the kernel.
    Keys,
    /// Code for the kernel, and a view into it.
    Kernel,
    /// Names, accounting, quotas, swap and the power switch.
    System,
    /// Calls of one processor family.
    Machine,
    /// Nothing: numbers behind which there is no call.
    Unimplemented,
}

impl Group {
    /// Every group, the most common first.
    pub const ALL: &[Self] = &[
        Self::Files,
        Self::FileAttributes,
        Self::Events,
        Self::Network,
        Self::AsynchronousIo,
        Self::Processes,
        Self::Signals,
        Self::Memory,
        Self::Time,
        Self::Ipc,
        Self::Synchronization,
        Self::Scheduling,
        Self::Identity,
        Self::Confinement,
        Self::NamespacesAndMounts,
        Self::Keys,
        Self::Kernel,
        Self::System,
        Self::Machine,
        Self::Unimplemented,
    ];

    /// A heading.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::FileAttributes => "file attributes",
            Self::Events => "events",
            Self::Network => "network",
            Self::AsynchronousIo => "asynchronous I/O",
            Self::Processes => "processes",
            Self::Signals => "signals",
            Self::Memory => "memory",
            Self::Time => "time",
            Self::Ipc => "inter-process communication",
            Self::Synchronization => "synchronization",
            Self::Scheduling => "scheduling and limits",
            Self::Identity => "users and capabilities",
            Self::Confinement => "confinement",
            Self::NamespacesAndMounts => "namespaces and mounts",
            Self::Keys => "keys",
            Self::Kernel => "kernel code and tracing",
            Self::System => "the whole system",
            Self::Machine => "the machine",
            Self::Unimplemented => "nothing",
        }
    }

    /// The calls, sorted.
    pub const fn calls(self) -> &'static [&'static str] {
        match self {
            Self::Files => FILES,
            Self::FileAttributes => FILE_ATTRIBUTES,
            Self::Events => EVENTS,
            Self::Network => NETWORK,
            Self::AsynchronousIo => ASYNCHRONOUS_IO,
            Self::Processes => PROCESSES,
            Self::Signals => SIGNALS,
            Self::Memory => MEMORY,
            Self::Time => TIME,
            Self::Ipc => IPC,
            Self::Synchronization => SYNCHRONIZATION,
            Self::Scheduling => SCHEDULING,
            Self::Identity => IDENTITY,
            Self::Confinement => CONFINEMENT,
            Self::NamespacesAndMounts => NAMESPACES_AND_MOUNTS,
            Self::Keys => KEYS,
            Self::Kernel => KERNEL,
            Self::System => SYSTEM,
            Self::Machine => MACHINE,
            Self::Unimplemented => UNIMPLEMENTED,
        }
    }
}

/// The group of a call, if it is one.
pub fn group(name: &str) -> Option<Group> {
    let one = super::canonical(name);
    let has = |group: &Group| group.calls().binary_search(&one).is_ok();
    Group::ALL.iter().copied().find(has)
}

/// Whether there is only a number: no kernel of ours has a call behind it, and answers `ENOSYS`.
///
/// Sources: the tables of system calls of Linux 6 and 7, in which these have no entry on any
/// architecture, or `sys_ni_syscall`. Of `uselib` there is code behind a build option that only
/// programs of the 1990s ask for. `lookup_dcookie` is not among them, because kernels before 5.12
/// that have it are still in use.
pub fn is_unimplemented(name: &str) -> bool {
    group(name) == Some(Group::Unimplemented)
}

#[rustfmt::skip]
const FILES: &[&str] = &[
    "_llseek", "access", "arm_fadvise64_64", "cachestat", "chdir", "close", "close_range",
    "copy_file_range", "creat", "dup", "dup2", "dup3", "faccessat", "faccessat2", "fadvise64",
    "fadvise64_64", "fallocate", "fchdir", "fcntl", "fcntl64", "fdatasync", "flock", "fsync",
    "ftruncate", "ftruncate64", "getcwd", "getdents", "getdents64", "ioctl", "link", "linkat",
    "lseek", "mkdir", "mkdirat", "mknod", "mknodat", "name_to_handle_at", "open",
    "open_by_handle_at", "openat", "openat2", "pread64", "preadv", "preadv2", "pwrite64", "pwritev",
    "pwritev2", "read", "readahead", "readdir", "readlink", "readlinkat", "readv", "rename",
    "renameat", "renameat2", "rmdir", "sendfile", "sendfile64", "splice", "symlink", "symlinkat",
    "sync", "sync_file_range", "sync_file_range2", "syncfs", "tee", "truncate", "truncate64",
    "umask", "unlink", "unlinkat", "vmsplice", "write", "writev",
];

#[rustfmt::skip]
const FILE_ATTRIBUTES: &[&str] = &[
    "chmod", "chown", "chown32", "fchmod", "fchmodat", "fchmodat2", "fchown", "fchown32",
    "fchownat", "fgetxattr", "file_getattr", "file_setattr", "flistxattr", "fremovexattr",
    "fsetxattr", "fstat", "fstat64", "fstatat64", "fstatfs", "fstatfs64", "futimesat", "getxattr",
    "getxattrat", "lchown", "lchown32", "lgetxattr", "listxattr", "listxattrat", "llistxattr",
    "lremovexattr", "lsetxattr", "lstat", "lstat64", "newfstatat", "oldfstat", "oldlstat",
    "oldstat", "removexattr", "removexattrat", "setxattr", "setxattrat", "stat", "stat64", "statfs",
    "statfs64", "statx", "ustat", "utime", "utimensat", "utimensat_time64", "utimes",
];

#[rustfmt::skip]
const EVENTS: &[&str] = &[
    "_newselect", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2",
    "epoll_wait", "eventfd", "eventfd2", "fanotify_init", "fanotify_mark", "inotify_add_watch",
    "inotify_init", "inotify_init1", "inotify_rm_watch", "poll", "ppoll", "ppoll_time64",
    "pselect6", "pselect6_time64", "select", "signalfd", "signalfd4",
];

#[rustfmt::skip]
const NETWORK: &[&str] = &[
    "accept", "accept4", "bind", "connect", "getpeername", "getsockname", "getsockopt", "listen",
    "recv", "recvfrom", "recvmmsg", "recvmmsg_time64", "recvmsg", "send", "sendmmsg", "sendmsg",
    "sendto", "setsockopt", "shutdown", "socket", "socketcall", "socketpair",
];

#[rustfmt::skip]
const ASYNCHRONOUS_IO: &[&str] = &[
    "io_cancel", "io_destroy", "io_getevents", "io_pgetevents", "io_pgetevents_time64", "io_setup",
    "io_submit", "io_uring_enter", "io_uring_register", "io_uring_setup",
];

#[rustfmt::skip]
const PROCESSES: &[&str] = &[
    "clone", "clone3", "execve", "execveat", "exit", "exit_group", "fork", "get_thread_area",
    "get_tls", "getpgid", "getpgrp", "getpid", "getppid", "getsid", "gettid", "kcmp", "personality",
    "pidfd_getfd", "pidfd_open", "prctl", "process_madvise", "process_mrelease", "process_vm_readv",
    "process_vm_writev", "ptrace", "set_thread_area", "set_tid_address", "set_tls", "setpgid",
    "setsid", "vfork", "wait4", "waitid", "waitpid",
];

#[rustfmt::skip]
const SIGNALS: &[&str] = &[
    "alarm", "kill", "pause", "pidfd_send_signal", "restart_syscall", "rt_sigaction",
    "rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo", "rt_sigreturn", "rt_sigsuspend",
    "rt_sigtimedwait", "rt_sigtimedwait_time64", "rt_tgsigqueueinfo", "sgetmask", "sigaction",
    "sigaltstack", "signal", "sigpending", "sigprocmask", "sigreturn", "sigsuspend", "ssetmask",
    "tgkill", "tkill",
];

#[rustfmt::skip]
const MEMORY: &[&str] = &[
    "brk", "get_mempolicy", "madvise", "map_shadow_stack", "mbind", "memfd_create", "memfd_secret",
    "migrate_pages", "mincore", "mlock", "mlock2", "mlockall", "mmap", "mmap2", "move_pages",
    "mprotect", "mremap", "mseal", "msync", "munlock", "munlockall", "munmap", "pkey_alloc",
    "pkey_free", "pkey_mprotect", "remap_file_pages", "set_mempolicy", "set_mempolicy_home_node",
    "subpage_prot", "userfaultfd",
];

#[rustfmt::skip]
const TIME: &[&str] = &[
    "adjtimex", "clock_adjtime", "clock_adjtime64", "clock_getres", "clock_getres_time64",
    "clock_gettime", "clock_gettime64", "clock_nanosleep", "clock_nanosleep_time64",
    "clock_settime", "clock_settime64", "getitimer", "gettimeofday", "nanosleep", "setitimer",
    "settimeofday", "stime", "time", "timer_create", "timer_delete", "timer_getoverrun",
    "timer_gettime", "timer_gettime64", "timer_settime", "timer_settime64", "timerfd_create",
    "timerfd_gettime", "timerfd_gettime64", "timerfd_settime", "timerfd_settime64", "times",
];

#[rustfmt::skip]
const IPC: &[&str] = &[
    "ipc", "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedreceive_time64",
    "mq_timedsend", "mq_timedsend_time64", "mq_unlink", "msgctl", "msgget", "msgrcv", "msgsnd",
    "pipe", "pipe2", "semctl", "semget", "semop", "semtimedop", "semtimedop_time64", "shmat",
    "shmctl", "shmdt", "shmget",
];

#[rustfmt::skip]
const SYNCHRONIZATION: &[&str] = &[
    "futex", "futex_requeue", "futex_time64", "futex_wait", "futex_waitv", "futex_wake",
    "get_robust_list", "membarrier", "rseq", "rseq_slice_yield", "set_robust_list",
];

#[rustfmt::skip]
const SCHEDULING: &[&str] = &[
    "getcpu", "getpriority", "getrlimit", "getrusage", "ioprio_get", "ioprio_set", "nice",
    "prlimit64", "sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity",
    "sched_getattr", "sched_getparam", "sched_getscheduler", "sched_rr_get_interval",
    "sched_rr_get_interval_time64", "sched_setaffinity", "sched_setattr", "sched_setparam",
    "sched_setscheduler", "sched_yield", "setpriority", "setrlimit", "ugetrlimit",
];

#[rustfmt::skip]
const IDENTITY: &[&str] = &[
    "capget", "capset", "getegid", "getegid32", "geteuid", "geteuid32", "getgid", "getgid32",
    "getgroups", "getgroups32", "getresgid", "getresgid32", "getresuid", "getresuid32", "getuid",
    "getuid32", "setfsgid", "setfsgid32", "setfsuid", "setfsuid32", "setgid", "setgid32",
    "setgroups", "setgroups32", "setregid", "setregid32", "setresgid", "setresgid32", "setresuid",
    "setresuid32", "setreuid", "setreuid32", "setuid", "setuid32",
];

#[rustfmt::skip]
const CONFINEMENT: &[&str] = &[
    "landlock_add_rule", "landlock_create_ruleset", "landlock_restrict_self", "lsm_get_self_attr",
    "lsm_list_modules", "lsm_set_self_attr", "seccomp",
];

#[rustfmt::skip]
const NAMESPACES_AND_MOUNTS: &[&str] = &[
    "chroot", "fsconfig", "fsmount", "fsopen", "fspick", "listmount", "listns", "mount",
    "mount_setattr", "move_mount", "open_tree", "open_tree_attr", "pivot_root", "setns",
    "statmount", "umount", "umount2", "unshare",
];

#[rustfmt::skip]
const KEYS: &[&str] = &[
    "add_key", "keyctl", "request_key",
];

#[rustfmt::skip]
const KERNEL: &[&str] = &[
    "bpf", "delete_module", "finit_module", "init_module", "kexec_file_load", "kexec_load",
    "lookup_dcookie", "perf_event_open", "syslog", "uprobe", "uretprobe",
];

#[rustfmt::skip]
const SYSTEM: &[&str] = &[
    "acct", "getrandom", "oldolduname", "olduname", "quotactl", "quotactl_fd", "reboot",
    "setdomainname", "sethostname", "swapoff", "swapon", "sysfs", "sysinfo", "uname", "vhangup",
];

#[rustfmt::skip]
const MACHINE: &[&str] = &[
    "arch_prctl", "breakpoint", "cachectl", "cacheflush", "ioperm", "iopl", "modify_ldt",
    "pciconfig_iobase", "pciconfig_read", "pciconfig_write", "riscv_flush_icache", "riscv_hwprobe",
    "rtas", "s390_guarded_storage", "s390_pci_mmio_read", "s390_pci_mmio_write",
    "s390_runtime_instr", "s390_sthyi", "spu_create", "spu_run", "swapcontext", "switch_endian",
    "sys_debug_setcontext", "syscall", "sysmips", "usr26", "usr32", "vm86", "vm86old",
];

#[rustfmt::skip]
const UNIMPLEMENTED: &[&str] = &[
    "_sysctl", "afs_syscall", "bdflush", "break", "create_module", "epoll_ctl_old",
    "epoll_wait_old", "ftime", "get_kernel_syms", "getpmsg", "gtty", "idle", "lock", "mpx",
    "multiplexer", "nfsservctl", "prof", "profil", "putpmsg", "query_module", "security", "stty",
    "timerfd", "tuxcall", "ulimit", "uselib", "vserver",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syscalls::{all_names, is_known};

    #[test]
    fn every_call_is_in_one_group() {
        for name in all_names() {
            let has = |group: &&Group| group.calls().contains(&name);
            assert_eq!(Group::ALL.iter().filter(has).count(), 1, "{name}");
        }
        for group in Group::ALL {
            assert!(group.calls().is_sorted(), "{group:?}");
            assert!(group.calls().iter().all(|name| is_known(name)), "{group:?}");
        }
    }

    #[test]
    fn what_is_gone_has_a_number_and_nothing_else() {
        for name in [
            "create_module",
            "_sysctl",
            "uselib",
            "tuxcall",
            "epoll_ctl_old",
        ] {
            assert!(is_unimplemented(name) && is_known(name), "{name}");
        }
        assert!(!is_unimplemented("openat") && !is_unimplemented("no_such_call"));
    }

    #[test]
    fn an_alias_is_in_the_group_of_its_call() {
        assert_eq!(group("arm_sync_file_range"), Some(Group::Files));
        assert_eq!(group("getaddrinfo"), None);
    }
}
