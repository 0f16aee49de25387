//! See the page below.

use std::collections::BTreeSet;

use caulk_linux::syscalls::{self, Abi};
use caulk_model::{Profile, ProfileUse};
use caulk_seccomp::history::{Change as Step, Dated, Effect, date};
use caulk_seccomp::upgrade::tightened;
use caulk_seccomp::{Filter, Surface as CallSurface};

use crate::prelude::*;
use crate::seccomp::{
    Call, allows_by_default, counted, decisions, is_made, is_podmans, is_stopped, listed, openings,
    profiles, with_users,
};

/// How many changes are told.
const TOLD: usize = 3;

/// How many places are shown.
const SHOWN: usize = 4;

rule! {
    /// The seccomp profile is a copy of an old Docker default, and what the default shut since is open.
    ///
    /// ## Why it matters
    ///
    /// Who needs one more system call copies Docker's default profile and adds it. The copy stays as it
    /// was on that day, while the default learns: in 2023 it shut `io_uring`, in 2022 and 2026 the
    /// families of sockets that reach the hypervisor and the kernel's ciphers, each of them after attacks
    /// that began there. A container with the copy is then less confined than one with no profile of its
    /// own. The copy also lacks what the default learned to let through, so that newer programs run
    /// slower or fail.
    ///
    /// ## Bad
    ///
    /// A copy of 2021, with the calls of 64-bit programs:
    ///
    /// ```json,bad
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "architectures": ["SCMP_ARCH_X86_64"],
    ///   "syscalls": [
    ///     {
    ///       "names": [
    ///         "accept", "accept4", "access", "adjtimex", "alarm", "arch_prctl", "bind", "brk",
    ///         "capget", "capset", "chdir", "chmod", "chown", "chroot", "clock_adjtime",
    ///         "clock_getres", "clock_gettime", "clock_nanosleep", "close", "close_range", "connect",
    ///         "copy_file_range", "creat", "dup", "dup2", "dup3", "epoll_create", "epoll_create1",
    ///         "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait", "eventfd", "eventfd2",
    ///         "execve", "execveat", "exit", "exit_group", "faccessat", "faccessat2", "fadvise64",
    ///         "fallocate", "fanotify_mark", "fchdir", "fchmod", "fchmodat", "fchown", "fchownat",
    ///         "fcntl", "fdatasync", "fgetxattr", "flistxattr", "flock", "fork", "fremovexattr",
    ///         "fsetxattr", "fstat", "fstatfs", "fsync", "ftruncate", "futex", "futimesat",
    ///         "get_robust_list", "get_thread_area", "getcpu", "getcwd", "getdents", "getdents64",
    ///         "getegid", "geteuid", "getgid", "getgroups", "getitimer", "getpeername", "getpgid",
    ///         "getpgrp", "getpid", "getppid", "getpriority", "getrandom", "getresgid", "getresuid",
    ///         "getrlimit", "getrusage", "getsid", "getsockname", "getsockopt", "gettid",
    ///         "gettimeofday", "getuid", "getxattr", "inotify_add_watch", "inotify_init",
    ///         "inotify_init1", "inotify_rm_watch", "io_cancel", "io_destroy", "io_getevents",
    ///         "io_pgetevents", "io_setup", "io_submit", "io_uring_enter", "io_uring_register",
    ///         "io_uring_setup", "ioctl", "ioprio_get", "ioprio_set", "kill", "lchown", "lgetxattr",
    ///         "link", "linkat", "listen", "listxattr", "llistxattr", "lremovexattr", "lseek",
    ///         "lsetxattr", "lstat", "madvise", "membarrier", "memfd_create", "mincore", "mkdir",
    ///         "mkdirat", "mknod", "mknodat", "mlock", "mlock2", "mlockall", "mmap", "modify_ldt",
    ///         "mprotect", "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedsend",
    ///         "mq_unlink", "mremap", "msgctl", "msgget", "msgrcv", "msgsnd", "msync", "munlock",
    ///         "munlockall", "munmap", "nanosleep", "newfstatat", "open", "openat", "openat2",
    ///         "pause", "pidfd_open", "pidfd_send_signal", "pipe", "pipe2", "poll", "ppoll", "prctl",
    ///         "pread64", "preadv", "preadv2", "prlimit64", "process_vm_readv", "process_vm_writev",
    ///         "pselect6", "ptrace", "pwrite64", "pwritev", "pwritev2", "read", "readahead",
    ///         "readlink", "readlinkat", "readv", "recvfrom", "recvmmsg", "recvmsg",
    ///         "remap_file_pages", "removexattr", "rename", "renameat", "renameat2",
    ///         "restart_syscall", "rmdir", "rseq", "rt_sigaction", "rt_sigpending", "rt_sigprocmask",
    ///         "rt_sigqueueinfo", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait",
    ///         "rt_tgsigqueueinfo", "sched_get_priority_max", "sched_get_priority_min",
    ///         "sched_getaffinity", "sched_getattr", "sched_getparam", "sched_getscheduler",
    ///         "sched_rr_get_interval", "sched_setaffinity", "sched_setattr", "sched_setparam",
    ///         "sched_setscheduler", "sched_yield", "seccomp", "select", "semctl", "semget", "semop",
    ///         "semtimedop", "sendfile", "sendmmsg", "sendmsg", "sendto", "set_robust_list",
    ///         "set_thread_area", "set_tid_address", "setfsgid", "setfsuid", "setgid", "setgroups",
    ///         "setitimer", "setpgid", "setpriority", "setregid", "setresgid", "setresuid",
    ///         "setreuid", "setrlimit", "setsid", "setsockopt", "setuid", "setxattr", "shmat",
    ///         "shmctl", "shmdt", "shmget", "shutdown", "sigaltstack", "signalfd", "signalfd4",
    ///         "socket", "socketpair", "splice", "stat", "statfs", "statx", "symlink", "symlinkat",
    ///         "sync", "sync_file_range", "syncfs", "sysinfo", "tee", "tgkill", "time",
    ///         "timer_create", "timer_delete", "timer_getoverrun", "timer_gettime", "timer_settime",
    ///         "timerfd_create", "timerfd_gettime", "timerfd_settime", "times", "tkill", "truncate",
    ///         "umask", "uname", "unlink", "unlinkat", "utime", "utimensat", "utimes", "vfork",
    ///         "vmsplice", "wait4", "waitid", "write", "writev"
    ///       ],
    ///       "action": "SCMP_ACT_ALLOW"
    ///     },
    ///     { "names": ["clone"], "action": "SCMP_ACT_ALLOW",
    ///       "args": [{ "index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ" }] },
    ///     { "names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38 }
    ///   ]
    /// }
    /// ```
    ///
    /// ## Good
    ///
    /// ```json,good
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [{ "names": ["execve", "read", "write"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    ///
    /// ## How it is judged
    ///
    /// Those calls are also part of `seccomp-broader-than-default`, with what each of them opens.
    ///
    /// - *A copy*: of all calls that the profile or today's default lets through, four of five are in both.
    ///   It is dated by the calls that changed: those it has and those it lacks. The date is the latest that
    ///   explains it best, and what its owner changed does not move it.
    /// - *Open since*: something is open in the copy that the default has shut since. What it lacks of what
    ///   the default opened since is told, and does not count.
    /// - *The owner's change*: a call that the owner of the copy opened, whatever the default has done with
    ///   it since, is no sign of age; `seccomp-broader-than-default` tells what it opens.
    /// - *A list of denials* (silent), however much of it is in both, is `seccomp-allows-by-default`'s.
    /// - *Podman's format* (silent): it comes from Podman's default, which has another history.
    ///
    /// ## About the fix
    ///
    /// It is `caulk seccomp upgrade` without what would open anything: the calls that the default has shut
    /// since are let through as far as the copy and today's default both do, and what the owner changed
    /// stays. The command also adds the calls that the default opened since.
    ///
    /// Of a profile that the command does not take for a copy, because too much in it is the owner's, the
    /// fix decides those calls as the default does today.
    ///
    /// ## Sources
    ///
    /// The history of `profiles/seccomp/default.json` in moby/moby and of `seccomp/default.json` in
    /// moby/profiles; each change names its pull request.
    "seccomp-outdated-default",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::Medium),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Seccomp],
    references: &[],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for (profile, uses) in profiles(repository) {
        if allows_by_default(profile) || is_podmans(profile) {
            continue;
        }
        let mut copies = uses.iter().filter_map(|one| copy(profile, one));
        if let Some(finding) = copies.next() {
            findings.report(with_users(finding, repository, profile, "runs under it"));
        }
    }
}

fn copy(profile: &Profile, one: &ProfileUse) -> Option<Finding> {
    let (own, default) = one.filters()?;
    let abi = own.host().abi;
    if !is_copy(own, default, abi) {
        return None;
    }
    let dated = date(|call, argument| {
        let number = syscalls::number(abi, call)?;
        let arguments = [argument, 0, 0, 0, 0, 0];
        Some(is_made(
            own,
            Call {
                abi,
                number,
                arguments,
            },
        ))
    });
    // What of it is age, and what is the owner's: not known of what is too far from any default.
    let aged = tightened(&profile.profile).ok();
    let is_aged = |call: &str| aged.as_ref().is_none_or(|calls| calls.contains(call));
    let shut: Vec<(&Step, Vec<&str>)> = dated
        .missed()
        .iter()
        .map(|step| {
            let mut calls = still_open(own, default, abi, step);
            calls.retain(|call| is_aged(call));
            (step, calls)
        })
        .filter(|(_, calls)| !calls.is_empty())
        .collect();
    let stopped = |call: &&str| {
        let number = syscalls::number(abi, call);
        number.is_some_and(|number| !own.surface(abi, number).may_run())
    };
    let opened = dated
        .missed()
        .iter()
        .filter(|step| step.effect == Effect::Opened);
    let opened: BTreeSet<&str> = opened
        .flat_map(|step| step.calls)
        .copied()
        .filter(stopped)
        .collect();
    let opened: Vec<&str> = opened.into_iter().collect();
    let finding = finding(profile, &dated, &shut, &opened)?;
    let names: BTreeSet<&str> = shut.iter().flat_map(|(_, calls)| calls).copied().collect();
    Some(finding.remedy(remedy(profile, &names, aged)))
}

/// Whether of all calls that one of the two lets through, four of five are in both.
fn is_copy(own: &Filter, default: &Filter, abi: Abi) -> bool {
    let open = |filter: &Filter| -> BTreeSet<u32> {
        let surfaces = filter.surfaces(abi);
        let open = surfaces.filter(|(_, _, surface): &(_, _, CallSurface)| surface.may_run());
        open.map(|(_, number, _)| number).collect()
    };
    let (own, default) = (open(own), open(default));
    let both = own.intersection(&default).count();
    let any = own.union(&default).count();
    both * 5 >= any * 4
}

/// The calls of a change by which the default was tightened, as far as the copy still lets them
/// through and the default does not.
fn still_open<'s>(own: &Filter, default: &Filter, abi: Abi, step: &'s Step) -> Vec<&'s str> {
    let argument = match step.effect {
        Effect::Shut | Effect::ShutWithout(_) => 0,
        Effect::Narrowed(argument) => argument,
        Effect::Opened
        | Effect::OpenedWith(_)
        | Effect::OpenedSince(_, _)
        | Effect::FailsWith(_)
        | Effect::Machine(_)
        | Effect::Other => return Vec::new(),
    };
    let is_open = |call: &&&str| {
        syscalls::number(abi, call).is_some_and(|number| {
            let call = Call {
                abi,
                number,
                arguments: [argument, 0, 0, 0, 0, 0],
            };
            is_made(own, call) && is_stopped(default, call)
        })
    };
    step.calls.iter().filter(is_open).copied().collect()
}

/// Changes by which the default was tightened, each with the calls that are still open.
type Shut<'s> = [(&'s Step, Vec<&'s str>)];

/// `shut` is what the copy misses to its harm, and `opened` are calls that it misses to its loss.
fn finding(profile: &Profile, dated: &Dated, shut: &Shut<'_>, opened: &[&str]) -> Option<Finding> {
    let (first, calls) = shut.first()?;
    let names: BTreeSet<&str> = shut.iter().flat_map(|(_, calls)| calls).copied().collect();
    let place = |calls: &[&str]| {
        openings(profile, |name| calls.contains(&name))
            .first()
            .copied()
    };
    let primary = place(calls).unwrap_or(profile.profile.span);
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(
            primary,
            format!(
                "is open here; in {} the default {}",
                first.month,
                past(first)
            ),
        ),
        format!(
            "this seccomp profile is a copy of Docker's default {}, and {} open in it that the \
             default has shut since",
            age(dated),
            match names.len() {
                1 => "a call is".to_owned(),
                count => format!("{} are", counted(count, "call")),
            }
        ),
    )
    .fact("outdated default");
    for (step, calls) in shut.iter().skip(1).take(SHOWN) {
        if let Some(place) = place(calls) {
            let words = format!("and so is this: in {} it {}", step.month, past(step));
            finding = finding.related(place, words);
        }
    }
    let told = shut.iter().take(TOLD);
    let references: Vec<String> = told.map(|(step, _)| step.reference.url()).collect();
    let mut why = format!("read {}", references.join(", "));
    if !opened.is_empty() {
        why = format!(
            "since then the default also lets {} through that are shut here, such as {}: \
             `caulk seccomp upgrade` adds them; {why}",
            counted(opened.len(), "call"),
            listed(opened, 3)
        );
    }
    Some(finding.why(why))
}

/// When the copy was taken.
fn age(dated: &Dated) -> String {
    match (dated.since, dated.before) {
        (Some(since), Some(before)) if since.month == before.month => {
            format!("of {}", since.month)
        }
        (Some(since), Some(before)) => {
            format!("from between {} and {}", since.month, before.month)
        }
        (None, Some(before)) => format!("from before {}", before.month),
        (Some(since), None) => format!("from after {}", since.month),
        (None, None) => "of an unknown age".to_owned(),
    }
}

/// `aged` are the calls that the default has shut since, as far as that is not the owner's affair.
fn remedy(profile: &Profile, open: &BTreeSet<&str>, aged: Option<BTreeSet<String>>) -> Remedy {
    let open: Vec<&str> = open.iter().copied().collect();
    let (title, change) = match aged {
        Some(aged) => (
            format!("take over what the default has shut: {}", listed(&open, 4)),
            FilterChange {
                rebased: aged.into_iter().collect(),
                ..FilterChange::default()
            },
        ),
        None => (
            format!("decide {} as the default does today", listed(&open, 4)),
            FilterChange {
                gone: decisions(profile, &open),
                as_default: open.iter().map(|name| (*name).to_owned()).collect(),
                ..FilterChange::default()
            },
        ),
    };
    Remedy::unsafe_because(
        title,
        Change::Filter {
            profile: profile.profile.span,
            change,
        },
        "a program that makes such a call fails, or takes a slower way",
    )
}

/// What a change was, in the past: its words begin with a verb of today.
fn past(step: &Step) -> String {
    match step.words.split_once(' ') {
        Some(("refuses", rest)) => format!("began to refuse {rest}"),
        Some(("keeps", rest)) => format!("began to keep {rest}"),
        _ => format!("changed: it {}", step.words),
    }
}
