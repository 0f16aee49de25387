//! What a profile must let through beside what was seen.

/// Made at the start and the end of every program, and by the kernel on behalf of all of them:
/// `restart_syscall` when a stopped program goes on, the `sigreturn`s behind a signal's handler. A
/// trace may lack each.
pub(super) const ALWAYS: &[&str] = &[
    "execve",
    "exit",
    "exit_group",
    "restart_syscall",
    "rt_sigreturn",
    "sigreturn",
];

/// Answered inside the process where the kernel's clock can be read there, and then unseen; calls
/// like others where it cannot (some virtual machines, some sandboxes). Source: vdso(7).
pub(super) const VDSO: &[&str] = &[
    "clock_getres",
    "clock_getres_time64",
    "clock_gettime",
    "clock_gettime64",
    "getcpu",
    "gettimeofday",
    "time",
];

/// What a newer C library does at a program's start that an older one did not. Sources: glibc 2.30
/// to 2.40 `csu/`, `nptl/`, `sysdeps/unix/sysv/linux/`; musl 1.2 `src/env`.
pub(super) const START: &[&str] = &[
    "arch_prctl",
    "close_range",
    "getrandom",
    "prlimit64",
    "rseq",
    "set_robust_list",
    "set_tid_address",
];

/// What runc does between loading the filter and starting the program, where no-new-privileges is
/// on: it closes what the program must not inherit and opens the exec fifo.
///
/// Sources: a trace of runc 1.1.5 behind its `seccomp` call; the code path of runc 1.3 (
/// `libcontainer/standard_init_linux.go`, `utils_unix.go`: `close_range`, `openat2`, `statx`,
/// `fstatfs` for checks of procfs). The rest is what Go's scheduler may do at any moment in any
/// program, and which of it happens is chance.
pub(super) const RUNC: &[&str] = &[
    "clone",
    "close",
    "close_range",
    "epoll_ctl",
    "epoll_pwait",
    "execve",
    "exit_group",
    "fcntl",
    "fstat",
    "fstatfs",
    "futex",
    "getdents64",
    "getpid",
    "gettid",
    "madvise",
    "mmap",
    "munmap",
    "nanosleep",
    "newfstatat",
    "openat",
    "openat2",
    "read",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sched_yield",
    "sigaltstack",
    "statx",
    "tgkill",
    "write",
];

/// What runc does more where no-new-privileges is off: the filter is loaded before it changes the
/// user, the groups, the capabilities and the folder, because afterwards it may not.
///
/// Sources: the same (`finalizeNamespace`), and the base profile for runc of the Kubernetes
/// security profiles operator, which people have met in the field.
pub(super) const RUNC_PRIVILEGED: &[&str] = &[
    "arch_prctl",
    "brk",
    "capget",
    "capset",
    "chdir",
    "faccessat2",
    "fchown",
    "getcwd",
    "getppid",
    "getuid",
    "mprotect",
    "prctl",
    "recvfrom",
    "set_tid_address",
    "setgid",
    "setgroups",
    "setuid",
];

/// What crun does between loading the filter and starting the program, where no-new-privileges is
/// on. It starts without all but the first two, but then leaves open what the program must not
/// inherit. Sources: a trace of crun 1.8.1; crun `src/libcrun/container.c` (`container_init`,
/// `mark_or_close_fds_ge_than`).
pub(super) const CRUN: &[&str] = &[
    "close",
    "execve",
    "close_range",
    "fcntl",
    "fstat",
    "getdents64",
    "openat",
];

/// What crun does more where no-new-privileges is off: it changes the user and the capabilities,
/// tells its parent, and waits for the start. Sources: the same (`apply_security_settings`).
pub(super) const CRUN_PRIVILEGED: &[&str] = &[
    "capset",
    "chdir",
    "prctl",
    "pselect6",
    "read",
    "rt_sigaction",
    "rt_sigprocmask",
    "select",
    "setgroups",
    "setresgid",
    "setresuid",
    "write",
];

/// Calls of which a C library, or a program, has another way where the kernel has not got them, and
/// which it takes for `ENOSYS` and for no other error.
///
/// Sources: glibc 2.34 to 2.40 (`clone3`, `close_range`, `epoll_pwait2`, `faccessat2`, `fchmodat2`,
/// `preadv2`, `pwritev2`, `renameat2`, `rseq`, `statx`, and on 32-bit machines every `…_time64`),
/// musl 1.2 (`faccessat2`, `renameat2`, `statx`, `…_time64`), Go (`copy_file_range`, `getrandom`,
/// `openat2`), liburcu (`membarrier`).
pub(super) const FALLBACKS: &[&str] = &[
    "clock_getres_time64",
    "clock_gettime64",
    "clock_nanosleep_time64",
    "clone3",
    "close_range",
    "copy_file_range",
    "epoll_pwait2",
    "faccessat2",
    "fchmodat2",
    "futex_time64",
    "futex_waitv",
    "getrandom",
    "io_pgetevents_time64",
    "membarrier",
    "mq_timedreceive_time64",
    "mq_timedsend_time64",
    "openat2",
    "ppoll_time64",
    "preadv2",
    "pselect6_time64",
    "pwritev2",
    "recvmmsg_time64",
    "renameat2",
    "rseq",
    "rt_sigtimedwait_time64",
    "sched_rr_get_interval_time64",
    "semtimedop_time64",
    "statx",
    "timer_gettime64",
    "timer_settime64",
    "timerfd_gettime64",
    "timerfd_settime64",
    "utimensat_time64",
];

#[cfg(test)]
mod tests {
    use super::*;
    use caulk_linux::syscalls::is_known;

    #[test]
    fn every_name_is_a_call() {
        let lists = [
            ALWAYS,
            VDSO,
            START,
            RUNC,
            RUNC_PRIVILEGED,
            CRUN,
            CRUN_PRIVILEGED,
            FALLBACKS,
        ];
        for name in lists.into_iter().flatten() {
            assert!(is_known(name), "{name}");
        }
        for (more, less) in [(RUNC_PRIVILEGED, RUNC), (CRUN_PRIVILEGED, CRUN)] {
            assert!(!more.iter().any(|name| less.contains(name)));
        }
    }
}
