//! See the page below.

use std::collections::BTreeSet;

use caulk_model::{Profile, ProfileUse};
use caulk_seccomp::Filter;
use caulk_source::Span;

use crate::prelude::*;
use crate::seccomp::{allows_by_default, listed, named, profiles, with_users};

/// How many of the missing calls a line has room for.
const NAMED: usize = 8;

rule! {
    /// The seccomp profile denies calls that the runtime itself makes, so no container starts under it.
    ///
    /// ## Why it matters
    ///
    /// The filter is in place before the container's program is. With no-new-privileges runc loads it
    /// just before it starts the program; without, it does so earlier, and still has to change the user,
    /// drop capabilities and close files under it. A profile that lists only what the program does is
    /// missing those calls. The error says little ("operation not permitted", or nothing at all), and
    /// the short way out of it is `seccomp=unconfined`.
    ///
    /// ## Bad
    ///
    /// ```json,bad
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [{ "names": ["read", "write", "openat", "close", "exit_group"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    ///
    /// ## Good
    ///
    /// ```json,good
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [{
    ///     "names": [
    ///       "capget", "capset", "chdir", "close", "execve", "exit_group", "faccessat2", "fcntl", "fstat",
    ///       "fstatfs", "futex", "getcwd", "getdents64", "getpid", "getppid", "newfstatat", "openat",
    ///       "prctl", "read", "setgid", "setgroups", "setuid", "write"
    ///     ],
    ///     "action": "SCMP_ACT_ALLOW"
    ///   }]
    /// }
    /// ```
    ///
    /// ## How it is judged
    ///
    /// By the calls that runc 1.1 was seen to need after the filter was in place, each of which kept a
    /// container from starting when it was denied. Newer releases of runc make others too (`openat2`,
    /// `statx`, `close_range`).
    ///
    /// - *`execve`*: without it no runtime starts anything.
    /// - *What runc always needs*: beside it `close`, `fstatfs`, `getdents64`, `openat` and `write`; and
    ///   `exit_group`, without which no program ends. Other runtimes need fewer, so confidence is medium.
    /// - *Without no-new-privileges* the filter is loaded earlier, and runc also needs `capget`, `capset`,
    ///   `chdir`, `fstat`, `getcwd`, `getppid`, `newfstatat`, `prctl`, `read`, `setgid`, `setgroups` and
    ///   `setuid`. One container without it is enough. Confidence is medium.
    /// - *Who uses the profile is not known* (silent): where nothing in the repository says whether
    ///   no-new-privileges is on, what is needed without it does not count.
    /// - *For some arguments* (silent): a call that is let through for some may be let through for those
    ///   that are needed.
    /// - *Denied by name* (fires), in a list of denials too. There is no fix.
    /// - *A profile that is refused* (silent) is `seccomp-invalid-profile`'s.
    ///
    /// ## About the fix
    ///
    /// It adds a rule that allows what is missing. Whatever runs in the container can make these calls
    /// as well. Where a rule of the profile denies one of them by name, there is no fix.
    ///
    /// ## Sources
    ///
    /// runc `libcontainer/standard_init_linux.go`; traces of runc 1.1.5 after `prctl(PR_SET_SECCOMP)`,
    /// and profiles from which one call after another was taken away.
    "seccomp-blocks-startup",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::High),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Seccomp],
    references: &[],
    check: check,
}

/// What runc needs behind its filter, whatever else is set.
const ALWAYS: &[&str] = &[
    "close",
    "execve",
    "exit_group",
    "fstatfs",
    "getdents64",
    "openat",
    "write",
];

/// What it needs beside, where no-new-privileges is off and the filter is loaded early.
const EARLY: &[&str] = &[
    "capget",
    "capset",
    "chdir",
    "fstat",
    "getcwd",
    "getppid",
    "newfstatat",
    "prctl",
    "read",
    "setgid",
    "setgroups",
    "setuid",
];

fn check(repository: &Repository, findings: &mut Findings) {
    for (profile, uses) in profiles(repository) {
        let missing = missing(repository, uses);
        if !missing.calls.is_empty() {
            let finding = finding(profile, &missing);
            findings.report(with_users(
                finding,
                repository,
                profile,
                "is to start with it",
            ));
        }
    }
}

/// What keeps containers from starting.
struct Missing {
    /// The calls that one of them needs, in the order of the lists above.
    calls: Vec<&'static str>,
    /// Where a container is declared that needs some of them because its filter is loaded early.
    early: Option<Span>,
}

/// What is missing for any of the containers that use the profile, so that one fix is enough.
fn missing(repository: &Repository, uses: &[ProfileUse]) -> Missing {
    let filters = uses
        .iter()
        .filter_map(|one| Some((one, one.filter.as_ref().ok()?.as_ref()?)));
    let mut always: BTreeSet<&'static str> = BTreeSet::new();
    let mut early: BTreeSet<&'static str> = BTreeSet::new();
    let mut place = None;
    for (one, filter) in filters {
        let denied = |names: &'static [&'static str]| {
            let names = names.iter().copied();
            names.filter(|name| never_runs(filter, name))
        };
        always.extend(denied(ALWAYS));
        if let Some(declared) = loaded_early(repository, one)
            && denied(EARLY).next().is_some()
        {
            early.extend(denied(EARLY));
            place = place.or(Some(declared));
        }
    }
    Missing {
        calls: always.into_iter().chain(early).collect(),
        early: place,
    }
}

/// Where a container is declared for which the filter is loaded early.
fn loaded_early(repository: &Repository, one: &ProfileUse) -> Option<Span> {
    let containers = one.containers.iter();
    let containers = containers.filter_map(|(id, _)| repository.container(*id));
    let mut early =
        containers.filter(|container| container.no_new_privileges.value() == Some(&false));
    early
        .next()
        .map(|container| container.no_new_privileges.span())
}

/// Whether the machine has the call, and it is made with no arguments.
fn never_runs(filter: &Filter, name: &str) -> bool {
    let surface = filter.surface_of(filter.host().abi, name);
    surface.is_some_and(|surface| !surface.may_run())
}

fn finding(profile: &Profile, missing: &Missing) -> Finding {
    let Missing {
        calls: missing,
        early,
    } = missing;
    let is_certain = missing.contains(&"execve");
    let denied = named(
        profile,
        |name| missing.contains(&name),
        |rule| rule.parsed_action().is_some_and(|it| !it.lets_through()),
    );
    let (place, says) = match (denied.first(), &profile.profile.default_action) {
        (Some(place), _) => (*place, "is denied here"),
        (None, Some(default)) => (default.span, "denies what no rule allows"),
        (None, None) => (profile.profile.span, "denies what no rule allows"),
    };
    let message = if is_certain {
        "no container starts with this seccomp profile: it denies `execve`".to_owned()
    } else {
        format!(
            "runc starts no container with this seccomp profile: it denies {}",
            listed(missing, 3)
        )
    };
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(place, says),
        message,
    )
    .fact("blocks startup")
    .why(format!(
        "the filter is in place before the program is, and the runtime still needs {}",
        listed(missing, NAMED)
    ));
    if let Some(place) = early {
        let words = "and no-new-privileges is not on, so the filter is loaded early";
        finding = finding.related(*place, words);
    }
    if !is_certain {
        finding = finding.at_most(Confidence::Medium);
    }
    let only_default = denied.is_empty() && !allows_by_default(profile);
    if !only_default {
        return finding.advice("allow these calls, and take them out of the rules that deny them");
    }
    let change = FilterChange {
        allowed: missing.iter().map(|name| (*name).to_owned()).collect(),
        ..FilterChange::default()
    };
    finding.remedy(Remedy::unsafe_because(
        format!("allow {}", listed(missing, NAMED)),
        Change::Filter {
            profile: profile.profile.span,
            change,
        },
        "whatever runs in the container can make these calls as well",
    ))
}
