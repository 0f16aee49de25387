//! The changes of Docker's default profile, the oldest first.
//!
//! Sources: the history of `profiles/seccomp/default.json` in moby/moby and of
//! `seccomp/default.json` in moby/profiles, up to `seccomp/v0.2.3`, and the pull requests that are
//! named. Changes that matter only to one family of processors are left out, and so are those that
//! were undone within days.

use caulk_linux::Capability as C;
use caulk_linux::syscalls::Abi;

use super::Effect::{
    FailsWith, Machine, Narrowed, Opened, OpenedSince, OpenedWith, Other, Shut, ShutWithout,
};
use super::Reference::{Moby, Profiles, Release};
use super::{Change, Effect, Month, Reference};

const fn change(
    (year, month): (u16, u8),
    reference: Reference,
    effect: Effect,
    calls: &'static [&'static str],
    words: &'static str,
) -> Change {
    Change {
        month: Month { year, month },
        reference,
        calls,
        effect,
        words,
    }
}

const CLONE_NEWCGROUP: u64 = 0x0200_0000;
const AF_ALG: u64 = 38;
const AF_VSOCK: u64 = 40;
const SYS_ADMIN: &[C] = &[C::SysAdmin];
const IO_URING: &[&str] = &["io_uring_enter", "io_uring_register", "io_uring_setup"];

/// The changes. The first profile is that of Docker 1.10, of January 2016.
#[rustfmt::skip]
pub static CHANGES: &[Change] = &[
    change((2016, 3), Moby(21262), Opened, &["copy_file_range"],
        "lets `copy_file_range` through"),
    change((2016, 5), Moby(22554), OpenedWith(SYS_ADMIN), &["mount", "setns", "umount2", "unshare"],
        "goes by the container's capabilities"),
    change((2017, 2), Moby(29076), Other, &["socket"],
        "refuses obsolete socket families"),
    change((2017, 3), Moby(31620), Opened, &["preadv2", "pwritev2"],
        "lets `preadv2` and `pwritev2` through"),
    change((2017, 5), Moby(33108), Other, &["socket"],
        "lets every socket family through again"),
    change((2017, 5), Moby(33403), Opened, &["adjtimex"],
        "lets `adjtimex` through, which the kernel guards"),
    change((2018, 2), Moby(36417), Opened, &["statx"],
        "lets `statx` through"),
    change((2018, 6), Moby(37242), OpenedWith(&[C::SysNice]), &["get_mempolicy", "mbind", "set_mempolicy"],
        "lets memory policies through with CAP_SYS_NICE"),
    change((2018, 9), Moby(37929), ShutWithout(&[C::Syslog, C::SysAdmin]), &["syslog"],
        "keeps the kernel's log from containers without CAP_SYSLOG"),
    change((2018, 11), Moby(38137), OpenedSince(4, 8), &["ptrace"],
        "lets `ptrace` through on Linux 4.8 and later"),
    change((2019, 3), Moby(38895), Opened, &["io_pgetevents"],
        "lets `io_pgetevents` through"),
    change((2019, 6), Moby(39308), Narrowed(CLONE_NEWCGROUP), &["clone"],
        "refuses `clone` the flag for a cgroup namespace too"),
    change((2019, 9), Moby(39415), Opened, IO_URING,
        "lets io_uring through"),
    change((2020, 3), Moby(40731), Opened, &["membarrier"],
        "lets `membarrier` through"),
    change((2020, 3), Moby(40739), Opened, &[
            "clock_getres_time64", "clock_gettime64", "clock_nanosleep_time64", "futex_time64",
            "io_pgetevents_time64", "mq_timedreceive_time64", "mq_timedsend_time64", "ppoll_time64",
            "pselect6_time64", "recvmmsg_time64", "rt_sigtimedwait_time64",
            "sched_rr_get_interval_time64", "semtimedop_time64", "timer_gettime64",
            "timer_settime64", "timerfd_gettime64", "timerfd_settime64", "utimensat_time64",
        ],
        "lets the calls through with which 32-bit programs know the time after 2038"),
    change((2020, 5), Moby(40929), Opened, &["clock_adjtime"],
        "lets `clock_adjtime` through, which the kernel guards"),
    change((2020, 6), Moby(41158), Opened, &["rseq"],
        "lets `rseq` through"),
    change((2020, 8), Moby(41353), Opened, &["faccessat2", "openat2"],
        "lets `openat2` and `faccessat2` through"),
    change((2020, 11), Moby(41665), Opened, &["pidfd_open", "pidfd_send_signal"],
        "lets `pidfd_open` and `pidfd_send_signal` through"),
    change((2020, 11), Moby(41665), OpenedWith(&[C::SysPtrace]), &["pidfd_getfd"],
        "lets `pidfd_getfd` through with CAP_SYS_PTRACE"),
    change((2021, 1), Moby(41889), Opened, &["close_range", "epoll_pwait2"],
        "lets `close_range` and `epoll_pwait2` through"),
    change((2021, 1), Moby(41889), OpenedWith(SYS_ADMIN),
        &["fsconfig", "fsmount", "fsopen", "fspick", "move_mount", "open_tree"],
        "lets the newer mount calls through with CAP_SYS_ADMIN"),
    change((2021, 1), Moby(41889), OpenedWith(&[C::SysPtrace]), &["process_madvise"],
        "lets `process_madvise` through with CAP_SYS_PTRACE"),
    change((2021, 3), Moby(42083), OpenedSince(4, 8), &["process_vm_readv", "process_vm_writev"],
        "lets `process_vm_readv` and `process_vm_writev` through on Linux 4.8 and later"),
    change((2021, 7), Moby(42681), FailsWith(38), &["clone3"],
        "answers `clone3` with ENOSYS, so that C libraries go back to `clone`"),
    change((2022, 1), Moby(43199), Opened,
        &["landlock_add_rule", "landlock_create_ruleset", "landlock_restrict_self"],
        "lets programs confine themselves with Landlock"),
    change((2022, 4), Moby(43490), Opened, &["pkey_alloc", "pkey_free", "pkey_mprotect"],
        "lets memory protection keys through"),
    change((2022, 5), Moby(43553), Machine(Abi::Riscv64), &["riscv_flush_icache"],
        "knows riscv64"),
    change((2022, 5), Moby(43594), Opened, &["futex_waitv", "memfd_secret", "process_mrelease"],
        "lets `futex_waitv`, `memfd_secret` and `process_mrelease` through"),
    change((2022, 5), Moby(43594), OpenedWith(SYS_ADMIN), &["mount_setattr", "quotactl_fd"],
        "lets `mount_setattr` and `quotactl_fd` through with CAP_SYS_ADMIN"),
    change((2022, 7), Moby(43775), OpenedWith(&[C::SysTime]), &["clock_settime64"],
        "lets `clock_settime64` through with CAP_SYS_TIME"),
    change((2022, 8), Moby(43987), OpenedWith(&[C::Bpf]), &["bpf"],
        "lets `bpf` through with CAP_BPF alone"),
    change((2022, 8), Moby(43987), OpenedWith(&[C::Perfmon]), &["perf_event_open"],
        "lets `perf_event_open` through with CAP_PERFMON alone"),
    change((2022, 12), Moby(44562), Narrowed(AF_VSOCK), &["socket"],
        "refuses sockets to the hypervisor, AF_VSOCK"),
    change((2023, 6), Moby(45766), Opened, &["name_to_handle_at"],
        "lets `name_to_handle_at` through"),
    change((2023, 11), Moby(46762), Shut, IO_URING,
        "refuses io_uring"),
    change((2024, 2), Moby(47341), Opened, &[
            "cachestat", "fchmodat2", "futex_requeue", "futex_wait", "futex_wake",
            "map_shadow_stack",
        ],
        "lets the new calls of Linux 6.5 to 6.7 through"),
    change((2024, 2), Moby(47341), OpenedWith(&[C::SysNice]), &["set_mempolicy_home_node"],
        "lets `set_mempolicy_home_node` through with CAP_SYS_NICE"),
    change((2025, 5), Moby(50077), Opened, &[
            "getxattrat", "listmount", "listxattrat", "mseal", "removexattrat", "riscv_hwprobe",
            "setxattrat", "statmount", "uretprobe",
        ],
        "lets the new calls of Linux 6.8 to 6.13 through"),
    change((2025, 5), Moby(50097), OpenedWith(SYS_ADMIN),
        &["lsm_get_self_attr", "lsm_list_modules", "lsm_set_self_attr"],
        "lets the calls about security modules through with CAP_SYS_ADMIN"),
    change((2026, 4), Release("seccomp/v0.2.0"), Machine(Abi::Loongarch64), &[],
        "knows loongarch64"),
    change((2026, 4), Profiles(20), Narrowed(AF_ALG), &["socket"],
        "refuses sockets to the kernel's ciphers, AF_ALG"),
    change((2026, 5), Profiles(21), Shut, &["socketcall"],
        "refuses `socketcall`, past which no family can be told"),
    change((2026, 5), Moby(52547), Opened, &["socketcall"],
        "lets `socketcall` through again, for 32-bit programs"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::default_profile::{DefaultRule, RULES};
    use crate::history::witness::Witness;
    use caulk_linux::syscalls::is_known;

    #[test]
    fn changes_are_in_their_order_and_about_known_calls() {
        assert!(CHANGES.is_sorted_by_key(|change| change.month));
        for change in CHANGES {
            assert!(change.calls.is_sorted(), "{}", change.words);
            assert!(
                change.calls.iter().all(|call| is_known(call)),
                "{}",
                change.words
            );
            let plain = change.words.starts_with(char::is_lowercase);
            assert!(plain && !change.words.ends_with('.'), "{}", change.words);
        }
    }

    /// The last change of each call says how it stands in the profile of today.
    #[test]
    fn history_ends_in_todays_profile() {
        let open: BTreeSet<&str> = RULES
            .iter()
            .filter(|rule| rule.argument.is_none() && rule.includes.capabilities.is_empty())
            .filter(|rule| rule.errno.is_none() && rule.includes.architectures.is_empty())
            .flat_map(DefaultRule::names)
            .collect();
        for witness in Witness::all() {
            let last = witness.changes().last().map(|(_, _, after)| after);
            if witness.argument == 0 {
                assert_eq!(last, Some(open.contains(witness.call)), "{witness:?}");
            } else {
                assert_eq!(last, Some(false), "{witness:?}");
            }
        }
        for change in CHANGES {
            let OpenedWith(capabilities) = change.effect else {
                continue;
            };
            for call in change.calls {
                let gated = RULES.iter().any(|rule| {
                    let same = rule.includes.capabilities == capabilities;
                    same && rule.names().any(|name| name == *call)
                });
                assert!(gated, "{call}");
            }
        }
    }

    #[test]
    fn what_opens_was_shut_before() {
        for witness in Witness::all() {
            let states: Vec<_> = witness.changes().collect();
            for (one, next) in states.iter().zip(states.iter().skip(1)) {
                assert_eq!(one.2, next.1, "{witness:?}");
            }
        }
    }
}
