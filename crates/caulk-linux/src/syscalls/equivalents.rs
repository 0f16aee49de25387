//! Calls that do the same, of which another C library, kernel or machine makes another.

use super::{Abi, number};

/// The other calls that a program may make in place of this one.
///
/// What a program calls is the choice of its C library, which goes by the machine and the kernel:
/// a trace taken on one machine shows one of them, and a profile made of it stops the program on
/// another. A call does at least what its equivalents do; `clone3` alone is better answered with
/// `ENOSYS` than allowed, because no filter can look at its flags.
///
/// Sources: the wrappers of glibc 2.36 and musl 1.2, and the tables of system calls: 64-bit
/// machines since arm64 have only the `…at` forms, 32-bit ones have the `…64` and `…_time64` ones.
pub fn equivalents(name: &str) -> impl Iterator<Item = &'static str> {
    let sets = SETS.iter().filter(move |set| set.contains(&name));
    let others = sets.flat_map(|set| set.iter().copied());
    others.filter(move |other| *other != name)
}

/// What to name on this ABI in place of a call that it does not have: the most common equivalent
/// that it has. `None` where it has the call itself.
pub fn equivalent_on(abi: Abi, name: &str) -> Option<&'static str> {
    if number(abi, name).is_some() {
        return None;
    }
    equivalents(name).find(|other| number(abi, other).is_some())
}

/// Each set begins with what most machines have.
#[rustfmt::skip]
const SETS: &[&[&str]] = &[
    // Files.
    &["openat", "open", "creat", "openat2"],
    &["newfstatat", "fstatat64", "statx", "stat", "lstat", "stat64", "lstat64"],
    &["fstat", "fstat64", "newfstatat", "fstatat64", "statx"],
    &["statfs", "statfs64"],
    &["fstatfs", "fstatfs64"],
    &["faccessat", "access", "faccessat2"],
    &["getdents64", "getdents", "readdir"],
    &["mkdirat", "mkdir"],
    &["mknodat", "mknod"],
    &["unlinkat", "unlink", "rmdir"],
    &["renameat2", "renameat", "rename"],
    &["linkat", "link"],
    &["symlinkat", "symlink"],
    &["readlinkat", "readlink"],
    &["fchmodat", "chmod", "fchmodat2"],
    &["fchownat", "chown", "lchown", "chown32", "lchown32"],
    &["fchown", "fchown32"],
    &["utimensat", "utimensat_time64", "utimes", "utime", "futimesat"],
    &["lseek", "_llseek"],
    &["fcntl", "fcntl64"],
    &["truncate", "truncate64"],
    &["ftruncate", "ftruncate64"],
    &["sendfile", "sendfile64"],
    &["fadvise64", "fadvise64_64", "arm_fadvise64_64"],
    &["sync_file_range", "sync_file_range2"],
    &["preadv", "preadv2"],
    &["pwritev", "pwritev2"],
    &["dup3", "dup2"],
    &["pipe2", "pipe"],
    &["umount2", "umount"],
    // Waiting.
    &["ppoll", "poll", "ppoll_time64"],
    &["ppoll", "pause", "ppoll_time64"],
    &["pselect6", "select", "_newselect", "pselect6_time64"],
    &["epoll_create1", "epoll_create"],
    &["epoll_pwait", "epoll_wait", "epoll_pwait2"],
    &["eventfd2", "eventfd"],
    &["signalfd4", "signalfd"],
    &["inotify_init1", "inotify_init"],
    &["wait4", "waitid", "waitpid"],
    &["io_getevents", "io_pgetevents", "io_pgetevents_time64"],
    // The network.
    &["accept4", "accept"],
    &["sendto", "send"],
    &["recvfrom", "recv"],
    &["recvmmsg", "recvmmsg_time64"],
    // Processes and signals.
    &["clone", "fork", "vfork", "clone3"],
    &["arch_prctl", "set_thread_area", "set_tls"],
    &["getpgid", "getpgrp"],
    &["prlimit64", "getrlimit", "ugetrlimit"],
    &["prlimit64", "setrlimit"],
    &["setpriority", "nice"],
    &["tgkill", "tkill"],
    &["rt_sigaction", "sigaction", "signal"],
    &["rt_sigpending", "sigpending"],
    &["rt_sigprocmask", "sigprocmask"],
    &["rt_sigreturn", "sigreturn"],
    &["rt_sigsuspend", "sigsuspend"],
    &["rt_sigtimedwait", "rt_sigtimedwait_time64"],
    &["sched_rr_get_interval", "sched_rr_get_interval_time64"],
    // Memory, and what threads wait for.
    &["mmap", "mmap2"],
    &["futex", "futex_time64"],
    // Time.
    &["clock_gettime", "clock_gettime64", "gettimeofday", "time"],
    &["clock_getres", "clock_getres_time64"],
    &["clock_nanosleep", "clock_nanosleep_time64", "nanosleep"],
    &["clock_settime", "clock_settime64", "settimeofday", "stime"],
    &["clock_adjtime", "clock_adjtime64", "adjtimex"],
    &["setitimer", "alarm"],
    &["timer_gettime", "timer_gettime64"],
    &["timer_settime", "timer_settime64"],
    &["timerfd_gettime", "timerfd_gettime64"],
    &["timerfd_settime", "timerfd_settime64"],
    // Between processes.
    &["semtimedop", "semop", "semtimedop_time64"],
    &["mq_timedreceive", "mq_timedreceive_time64"],
    &["mq_timedsend", "mq_timedsend_time64"],
    // Identities of 16 bits, and those that came after them.
    &["getegid", "getegid32"],
    &["geteuid", "geteuid32"],
    &["getgid", "getgid32"],
    &["getgroups", "getgroups32"],
    &["getresgid", "getresgid32"],
    &["getresuid", "getresuid32"],
    &["getuid", "getuid32"],
    &["setfsgid", "setfsgid32"],
    &["setfsuid", "setfsuid32"],
    &["setgid", "setgid32"],
    &["setgroups", "setgroups32"],
    &["setregid", "setregid32"],
    &["setresgid", "setresgid32"],
    &["setresuid", "setresuid32"],
    &["setreuid", "setreuid32"],
    &["setuid", "setuid32"],
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syscalls::{abis, all_names, is_known};

    #[test]
    fn every_equivalent_is_a_call_and_works_both_ways() {
        for name in SETS.iter().copied().flatten() {
            assert!(is_known(name), "{name}");
            for other in equivalents(name) {
                assert!(
                    equivalents(other).any(|back| back == *name),
                    "{name} {other}"
                );
            }
        }
    }

    #[test]
    fn every_time64_and_every_identity_has_its_twin() {
        for name in all_names() {
            let base = name.strip_suffix("_time64").or_else(|| {
                let base = name.strip_suffix("32")?;
                is_known(base).then_some(base)
            });
            if let Some(base) = base {
                assert!(equivalents(name).any(|other| other == base), "{name}");
            }
        }
    }

    #[test]
    fn a_call_that_a_machine_lacks_has_another_there() {
        for (abi, name, expected) in [
            (Abi::Aarch64, "open", Some("openat")),
            (Abi::Aarch64, "stat", Some("newfstatat")),
            (Abi::Aarch64, "fork", Some("clone")),
            (Abi::Aarch64, "rmdir", Some("unlinkat")),
            (Abi::Riscv64, "renameat", Some("renameat2")),
            (Abi::Riscv64, "time", Some("clock_gettime")),
            (Abi::X86, "newfstatat", Some("fstatat64")),
            (Abi::Arm, "mmap", Some("mmap2")),
            (Abi::X86_64, "sigaction", Some("rt_sigaction")),
            (Abi::X86_64, "stat64", Some("newfstatat")),
            (Abi::X86_64, "open", None),
            (Abi::X86_64, "set_tls", Some("arch_prctl")),
            (Abi::Aarch64, "iopl", None),
        ] {
            assert_eq!(equivalent_on(abi, name), expected, "{abi} {name}");
        }
    }

    #[test]
    fn what_arm64_has_dropped_has_an_equivalent_there() {
        // Calls of x86_64 with no successor, or whose successor takes other arguments.
        let gone = [
            "arch_prctl",
            "epoll_ctl_old",
            "epoll_wait_old",
            "get_thread_area",
            "getpmsg",
            "ioperm",
            "iopl",
            "modify_ldt",
            "putpmsg",
            "set_thread_area",
            "sysfs",
            "uprobe",
            "uretprobe",
            "ustat",
            "_sysctl",
            "afs_syscall",
            "create_module",
            "get_kernel_syms",
            "query_module",
            "security",
            "tuxcall",
            "uselib",
            "vserver",
            "map_shadow_stack",
        ];
        for name in all_names() {
            let lacks = number(Abi::X86_64, name).is_some() && number(Abi::Aarch64, name).is_none();
            if lacks && !gone.contains(&name) {
                assert!(
                    equivalent_on(Abi::Aarch64, name).is_some(),
                    "{name}: {:?}",
                    abis(name).count()
                );
            }
        }
    }
}
