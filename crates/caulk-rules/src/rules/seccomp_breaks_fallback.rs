//! See the page below.

use caulk_linux::syscalls::Abi;
use caulk_model::{Profile, ProfileUse};
use caulk_seccomp::{Action, Decision, Filter, Origin, Outcome, Surface as CallSurface};
use caulk_source::{Span, Spanned};

use crate::prelude::*;
use crate::seccomp::{is_podmans, listed, profiles, with_users};

rule! {
    /// The seccomp profile answers calls with an error that C libraries do not fall back from.
    ///
    /// ## Why it matters
    ///
    /// A C library tries a new system call first and, where the kernel does not have it, does the same
    /// with an older one. It knows that by one answer alone, `ENOSYS`. A filter that says `EPERM` of
    /// `clone3` or `faccessat2` makes programs believe that they may not: threads do not start, files
    /// that are there cannot be opened, and the way out is often to switch the filter off. An error
    /// number of 0 is worse: the call is not made and reported as a success, so a program goes on as if
    /// it had given up its privileges.
    ///
    /// ## Bad
    ///
    /// ```json,bad
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "architectures": ["SCMP_ARCH_X86_64"],
    ///   "syscalls": [
    ///     { "names": ["clone", "execve", "fchmodat2", "openat", "read", "write"], "action": "SCMP_ACT_ALLOW" },
    ///     { "names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1 }
    ///   ]
    /// }
    /// ```
    ///
    /// ## Good
    ///
    /// ```json,good
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "defaultErrnoRet": 38,
    ///   "architectures": ["SCMP_ARCH_X86_64"],
    ///   "syscalls": [
    ///     { "names": ["clone", "execve", "fchmodat2", "openat", "read", "write"], "action": "SCMP_ACT_ALLOW" }
    ///   ]
    /// }
    /// ```
    ///
    /// ## How it is judged
    ///
    /// Looked at are the calls that glibc and musl try before older ones, on the profile's own machine.
    ///
    /// - *The default action*: it answers them with another error than `ENOSYS`.
    /// - *A rule*: it denies one of them, with another error than `ENOSYS` or none of its own.
    /// - *The process is killed* (fires), or trapped. No program goes on after that, and there is no fix.
    /// - *runc's own answer* (silent): where no call that the profile names is as new, runc answers
    ///   `ENOSYS` by itself.
    /// - *For some arguments* (silent): what is let through for some is not judged.
    /// - *An error as a name*: Podman reads it, and Docker does not. There it is `EPERM`, unless the number
    ///   stands beside it.
    /// - *An error number of 0*, where the action is `SCMP_ACT_ERRNO`. With any other action the number is
    ///   not read.
    ///
    /// ## About the fix
    ///
    /// A rule is added that answers these calls with `ENOSYS` (38), or the number in their own rule is
    /// changed: what was denied stays denied. An error number of 0 becomes 1, `EPERM`, and a program
    /// that relied on the pretended success fails; that fix is unsafe.
    ///
    /// ## Sources
    ///
    /// moby/moby pull requests 42681 and 41353; runc `libcontainer/seccomp/patchbpf`; glibc
    /// `sysdeps/unix/sysv/linux`; musl `src/internal`.
    "seccomp-breaks-fallback",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Low),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Seccomp],
    references: &[],
    check: check,
}

/// Calls that a C library tries before it takes an older one, by their numbers' order. `rseq` is not
/// among them: glibc goes on without it whatever the error.
const TRIED_FIRST: &[&str] = &[
    "statx",
    "clone3",
    "close_range",
    "openat2",
    "faccessat2",
    "epoll_pwait2",
    "futex_waitv",
    "fchmodat2",
];

fn check(repository: &Repository, findings: &mut Findings) {
    for (profile, uses) in profiles(repository) {
        if let Some(finding) = uses.iter().find_map(|one| without_fallback(profile, one)) {
            findings.report(with_users(finding, repository, profile, "runs under it"));
        }
        if let Some(finding) = pretended(profile) {
            findings.report(with_users(finding, repository, profile, "runs under it"));
        }
    }
}

/// A call with the answer that stops a program.
struct Answered {
    name: &'static str,
    outcome: Outcome,
    origin: Origin,
}

fn answered(filter: &Filter, name: &'static str) -> Option<Answered> {
    let abi: Abi = filter.host().abi;
    let surface = filter.surface_of(abi, name)?;
    let CallSurface::Always(Decision::Certain { outcome, origin }) = surface else {
        return None;
    };
    // 0 is the other finding's.
    let is_final = !outcome.may_run() && outcome != Outcome::Errno(ENOSYS);
    (is_final && outcome != Outcome::Errno(0)).then_some(Answered {
        name,
        outcome,
        origin,
    })
}

/// `ENOSYS` and `EPERM`, which are the same on every machine but MIPS.
const ENOSYS: u16 = 38;

fn without_fallback(profile: &Profile, one: &ProfileUse) -> Option<Finding> {
    let filter = one.filter.as_ref().ok()?.as_ref()?;
    let calls: Vec<Answered> = TRIED_FIRST
        .iter()
        .filter_map(|name| answered(filter, name))
        .collect();
    let first = calls.first()?;
    let names: Vec<&str> = calls.iter().map(|call| call.name).collect();
    let (place, says) = match first.origin {
        Origin::Rule(rule) => (rule.name, "is answered so by this rule"),
        Origin::Default(place) => (place, "answers for every call that no rule names"),
        Origin::UnlistedArchitecture | Origin::NewerThanNamed { .. } => return None,
    };
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(place, says),
        format!(
            "this seccomp profile lets no program fall back from {}",
            listed(&names, 3)
        ),
    )
    .fact("no ENOSYS")
    .why(format!(
        "`{}` {}; a C library that reads ENOSYS there takes an older call, and gives up at anything \
         else",
        first.name, first.outcome
    ));
    if is_podmans(profile) {
        let written = profile.profile.default_errno_name.as_ref();
        if let Some(name) = written {
            finding = finding.related(name.span, "is Podman's, and Docker does not read it");
        }
    }
    let from_rules: Vec<Span> = calls
        .iter()
        .filter_map(|call| match call.origin {
            Origin::Rule(rule) => Some(rule.name),
            Origin::Default(_) | Origin::UnlistedArchitecture | Origin::NewerThanNamed { .. } => {
                None
            }
        })
        .collect();
    for place in from_rules.iter().filter(|other| **other != place).take(3) {
        finding = finding.related(*place, "and so is this");
    }
    Some(with_remedy(finding, profile, &calls, &names))
}

fn with_remedy(finding: Finding, profile: &Profile, calls: &[Answered], names: &[&str]) -> Finding {
    let mut outcomes = calls.iter().map(|call| call.outcome);
    if !outcomes.all(|outcome| matches!(outcome, Outcome::Errno(_))) {
        // A filter that kills is meant to; what falls back under it is for a person to say.
        return finding.advice(
            "answer these calls with `SCMP_ACT_ERRNO` and an `errnoRet` of 38 in a rule of their own",
        );
    }
    let change = FilterChange {
        gone: denials(profile, names),
        missing: names.iter().map(|name| (*name).to_owned()).collect(),
        ..FilterChange::default()
    };
    finding.remedy(Remedy::safe(
        "answer these calls with ENOSYS",
        Change::Filter {
            profile: profile.profile.span,
            change,
        },
    ))
}

/// Where rules name these calls to let them fail.
fn denials(profile: &Profile, names: &[&str]) -> Vec<Span> {
    let is_one = |name: &str| names.contains(&name);
    crate::seccomp::named(profile, is_one, |rule| {
        rule.parsed_action() == Some(Action::Errno) && rule.errno.is_none_or(|it| it.value != 38)
    })
}

/// Error numbers of 0.
fn pretended(profile: &Profile) -> Option<Finding> {
    let written = &profile.profile;
    let is_errno = |action: Option<Action>| action == Some(Action::Errno);
    let default = written.default_errno.filter(|_| is_errno(written.action()));
    let rules = written.rules.iter();
    let rules = rules.filter(|rule| is_errno(rule.parsed_action()) && !rule.names.is_empty());
    let numbers = rules.filter_map(|rule| rule.errno).chain(default);
    let zeros: Vec<Spanned<u64>> = numbers
        .filter(|number| Outcome::new(Action::Errno, Some(number.value)) == Outcome::Errno(0))
        .collect();
    let (first, others) = zeros.split_first()?;
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(
            first.span,
            "is no error: the call is not made, and seems to succeed",
        ),
        "this seccomp profile tells programs that calls succeeded which it did not make",
    )
    .fact("errno 0")
    .why("a program that gives up privileges, or changes its root, goes on as if it had done so");
    for other in others.iter().take(3) {
        finding = finding.related(other.span, "and so is this");
    }
    let changes = zeros.iter().map(|zero| Change::Become {
        entry: zero.span,
        value: "1".to_owned(),
    });
    let mut remedy = Remedy::unsafe_because(
        "let the calls fail with EPERM",
        Change::Become {
            entry: first.span,
            value: "1".to_owned(),
        },
        "a program that relies on the pretended success fails",
    );
    remedy.changes = changes.collect();
    Some(finding.remedy(remedy))
}
