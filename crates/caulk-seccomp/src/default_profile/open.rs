//! The calls that Docker's default profile lets everybody make, by what they do.

/// All of them.
pub(super) const OPEN: &[&[&str]] = &[
    FILES,
    FILE_ATTRIBUTES,
    EVENTS,
    NETWORK,
    ASYNCHRONOUS_IO,
    PROCESSES,
    SIGNALS,
    MEMORY,
    TIME,
    IPC,
    SYNCHRONIZATION,
    SCHEDULING,
    IDENTITY,
    CONFINEMENT,
    NAMESPACES_AND_MOUNTS,
    KERNEL,
    SYSTEM,
    MACHINE,
    UNIMPLEMENTED,
];

/// Files.
#[rustfmt::skip]
const FILES: &[&str] = &[
    "_llseek", "access", "cachestat", "chdir", "close", "close_range", "copy_file_range", "creat",
    "dup", "dup2", "dup3", "faccessat", "faccessat2", "fadvise64", "fadvise64_64", "fallocate",
    "fchdir", "fcntl", "fcntl64", "fdatasync", "flock", "fsync", "ftruncate", "ftruncate64",
    "getcwd", "getdents", "getdents64", "ioctl", "link", "linkat", "lseek", "mkdir", "mkdirat",
    "mknod", "mknodat", "name_to_handle_at", "open", "openat", "openat2", "pread64", "preadv",
    "preadv2", "pwrite64", "pwritev", "pwritev2", "read", "readahead", "readlink", "readlinkat",
    "readv", "rename", "renameat", "renameat2", "rmdir", "sendfile", "sendfile64", "splice",
    "symlink", "symlinkat", "sync", "sync_file_range", "syncfs", "tee", "truncate", "truncate64",
    "umask", "unlink", "unlinkat", "vmsplice", "write", "writev",
];

/// Owners, modes, times and extended attributes of files.
#[rustfmt::skip]
const FILE_ATTRIBUTES: &[&str] = &[
    "chmod", "chown", "chown32", "fchmod", "fchmodat", "fchmodat2", "fchown", "fchown32",
    "fchownat", "fgetxattr", "flistxattr", "fremovexattr", "fsetxattr", "fstat", "fstat64",
    "fstatat64", "fstatfs", "fstatfs64", "futimesat", "getxattr", "getxattrat", "lchown",
    "lchown32", "lgetxattr", "listxattr", "listxattrat", "llistxattr", "lremovexattr", "lsetxattr",
    "lstat", "lstat64", "newfstatat", "removexattr", "removexattrat", "setxattr", "setxattrat",
    "stat", "stat64", "statfs", "statfs64", "statx", "utime", "utimensat", "utimensat_time64",
    "utimes",
];

/// Waiting for files, signals and changes.
#[rustfmt::skip]
const EVENTS: &[&str] = &[
    "_newselect", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2",
    "epoll_wait", "eventfd", "eventfd2", "fanotify_mark", "inotify_add_watch", "inotify_init",
    "inotify_init1", "inotify_rm_watch", "poll", "ppoll", "ppoll_time64", "pselect6",
    "pselect6_time64", "select", "signalfd", "signalfd4",
];

/// Sockets, but for `socket` itself.
#[rustfmt::skip]
const NETWORK: &[&str] = &[
    "accept", "accept4", "bind", "connect", "getpeername", "getsockname", "getsockopt", "listen",
    "recv", "recvfrom", "recvmmsg", "recvmmsg_time64", "recvmsg", "send", "sendmmsg", "sendmsg",
    "sendto", "setsockopt", "shutdown", "socketcall", "socketpair",
];

/// Queues of reads and writes, but not `io_uring`.
#[rustfmt::skip]
const ASYNCHRONOUS_IO: &[&str] = &[
    "io_cancel", "io_destroy", "io_getevents", "io_pgetevents", "io_pgetevents_time64", "io_setup",
    "io_submit",
];

/// Processes, but not what another one holds.
#[rustfmt::skip]
const PROCESSES: &[&str] = &[
    "execve", "execveat", "exit", "exit_group", "fork", "get_thread_area", "getpgid", "getpgrp",
    "getpid", "getppid", "getsid", "gettid", "pidfd_open", "prctl", "process_mrelease",
    "set_thread_area", "set_tid_address", "setpgid", "setsid", "vfork", "wait4", "waitid",
    "waitpid",
];

/// Signals.
#[rustfmt::skip]
const SIGNALS: &[&str] = &[
    "alarm", "kill", "pause", "pidfd_send_signal", "restart_syscall", "rt_sigaction",
    "rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo", "rt_sigreturn", "rt_sigsuspend",
    "rt_sigtimedwait", "rt_sigtimedwait_time64", "rt_tgsigqueueinfo", "sigaltstack", "sigprocmask",
    "sigreturn", "tgkill", "tkill",
];

/// Memory, but not on which bank it lies.
#[rustfmt::skip]
const MEMORY: &[&str] = &[
    "brk", "madvise", "map_shadow_stack", "memfd_create", "memfd_secret", "mincore", "mlock",
    "mlock2", "mlockall", "mmap", "mmap2", "mprotect", "mremap", "mseal", "msync", "munlock",
    "munlockall", "munmap", "pkey_alloc", "pkey_free", "pkey_mprotect", "remap_file_pages",
];

/// Clocks and timers. `adjtimex` too, which only reads without `CAP_SYS_TIME`.
#[rustfmt::skip]
const TIME: &[&str] = &[
    "adjtimex", "clock_adjtime", "clock_adjtime64", "clock_getres", "clock_getres_time64",
    "clock_gettime", "clock_gettime64", "clock_nanosleep", "clock_nanosleep_time64", "getitimer",
    "gettimeofday", "nanosleep", "setitimer", "time", "timer_create", "timer_delete",
    "timer_getoverrun", "timer_gettime", "timer_gettime64", "timer_settime", "timer_settime64",
    "timerfd_create", "timerfd_gettime", "timerfd_gettime64", "timerfd_settime",
    "timerfd_settime64", "times",
];

/// Pipes, message queues, semaphores and shared memory.
#[rustfmt::skip]
const IPC: &[&str] = &[
    "ipc", "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedreceive_time64",
    "mq_timedsend", "mq_timedsend_time64", "mq_unlink", "msgctl", "msgget", "msgrcv", "msgsnd",
    "pipe", "pipe2", "semctl", "semget", "semop", "semtimedop", "semtimedop_time64", "shmat",
    "shmctl", "shmdt", "shmget",
];

/// What locks are made of.
#[rustfmt::skip]
const SYNCHRONIZATION: &[&str] = &[
    "futex", "futex_requeue", "futex_time64", "futex_wait", "futex_waitv", "futex_wake",
    "get_robust_list", "membarrier", "rseq", "set_robust_list",
];

/// Priorities, processors and limits.
#[rustfmt::skip]
const SCHEDULING: &[&str] = &[
    "getcpu", "getpriority", "getrlimit", "getrusage", "ioprio_get", "ioprio_set", "prlimit64",
    "sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity", "sched_getattr",
    "sched_getparam", "sched_getscheduler", "sched_rr_get_interval", "sched_rr_get_interval_time64",
    "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler", "sched_yield",
    "setpriority", "setrlimit", "ugetrlimit",
];

/// Users and capabilities.
#[rustfmt::skip]
const IDENTITY: &[&str] = &[
    "capget", "capset", "getegid", "getegid32", "geteuid", "geteuid32", "getgid", "getgid32",
    "getgroups", "getgroups32", "getresgid", "getresgid32", "getresuid", "getresuid32", "getuid",
    "getuid32", "setfsgid", "setfsgid32", "setfsuid", "setfsuid32", "setgid", "setgid32",
    "setgroups", "setgroups32", "setregid", "setregid32", "setresgid", "setresgid32", "setresuid",
    "setresuid32", "setreuid", "setreuid32", "setuid", "setuid32",
];

/// Confining oneself.
#[rustfmt::skip]
const CONFINEMENT: &[&str] = &[
    "landlock_add_rule", "landlock_create_ruleset", "landlock_restrict_self", "seccomp",
];

/// Questions about mounts.
#[rustfmt::skip]
const NAMESPACES_AND_MOUNTS: &[&str] = &[
    "listmount", "statmount",
];

/// A call that the kernel itself puts into traced programs.
#[rustfmt::skip]
const KERNEL: &[&str] = &[
    "uretprobe",
];

/// Questions about the system.
#[rustfmt::skip]
const SYSTEM: &[&str] = &[
    "getrandom", "sysinfo", "uname",
];

/// Questions about the machine.
#[rustfmt::skip]
const MACHINE: &[&str] = &[
    "riscv_hwprobe",
];

/// Calls that no kernel makes.
#[rustfmt::skip]
const UNIMPLEMENTED: &[&str] = &[
    "epoll_ctl_old", "epoll_wait_old",
];
