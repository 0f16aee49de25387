//! See the page below.

use caulk_linux::syscalls::Abi;
use caulk_model::{Profile, ProfileUse};
use caulk_seccomp::{Filter, Host};
use caulk_source::Span;

use crate::prelude::*;
use crate::seccomp::arguments::{How, Passed, passed};
use crate::seccomp::detours::{Detour, Native};
use crate::seccomp::{
    allows_by_default, decisions, listed, openings, profiles, quoted, with_users,
};

/// How many further places of a finding are shown.
const SHOWN: usize = 4;

rule! {
    /// The seccomp profile restricts a call, and leaves open another way to do the same.
    ///
    /// ## Why it matters
    ///
    /// A filter sees the number of a call and its registers, nothing else. What is forbidden by one
    /// number is often there by another: `clone` is filtered so that no user namespace can be made, and
    /// `unshare` or `clone3` makes one; `mount` is denied, and the newer calls mount; files may not be
    /// opened, and `io_uring` opens them in the kernel's name; a 32-bit program asks `socketcall` for
    /// any socket. A condition can be passed too: the filter compares 64 bits of a register of which the
    /// kernel uses 32, so that "not 40" is passed by 40 with a bit above. Who wrote the restriction
    /// relies on it.
    ///
    /// ## Bad
    ///
    /// ```json,bad
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [
    ///     { "names": ["execve", "read", "write", "clone3"], "action": "SCMP_ACT_ALLOW" },
    ///     { "names": ["clone"], "action": "SCMP_ACT_ALLOW",
    ///       "args": [{ "index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ" }] }
    ///   ]
    /// }
    /// ```
    ///
    /// ## Good
    ///
    /// ```json,good
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [
    ///     { "names": ["execve", "read", "write"], "action": "SCMP_ACT_ALLOW" },
    ///     { "names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38 },
    ///     { "names": ["clone"], "action": "SCMP_ACT_ALLOW",
    ///       "args": [{ "index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ" }] }
    ///   ]
    /// }
    /// ```
    ///
    /// ## How it is judged
    ///
    /// On the profile's own machine, for the capabilities of the containers that name it. A restriction
    /// counts where a rule makes it: a filter on the arguments of a call, or a denial by name.
    ///
    /// - *User namespaces*: `clone` is filtered, or `unshare` denied by a rule, and another of `clone`,
    ///   `clone3` and `unshare` makes them.
    /// - *Another call*: in a list of denials, one that does the same is not denied. What is answered with
    ///   `ENOSYS` is not restricted: its caller is sent to the older call.
    /// - *Merely absent* (silent): in a list of what is allowed, a call that is not named was not restricted
    ///   by anybody.
    /// - *io_uring*: it is open, and does what is shut. Here what is merely absent counts too.
    /// - *Calls of 32-bit programs*: `socketcall` or `ipc` is open, and does what is shut or filtered. Here
    ///   what is merely absent counts too.
    /// - *A terminal*: `TIOCSTI` is denied, and `TIOCLINUX` types into a terminal as well.
    /// - *More bits than the kernel uses*: a condition compares 64 bits of an argument that is narrower, and
    ///   a value with other bits above passes it.
    /// - *An argument of the caller's choice*: a condition on an address, or on an argument that the call
    ///   does not have. To ask whether an address is 0 is fair.
    /// - *A mask the wrong way around*: a denial by a mask that wants no bit set stops those who ask for
    ///   nothing. Confidence is medium, because it may be meant.
    /// - *`clone` on s390x*: its flags are the second argument there, and the profile lists that machine and
    ///   filters the first.
    /// - *As the default* (silent): the user namespaces, conditions and calls of 32-bit programs that
    ///   Docker's default leaves open to the same container.
    ///
    /// ## About the fix
    ///
    /// Where names of calls undo the restriction, they are taken out or decided as Docker's default
    /// decides them. A program that makes them fails. For a condition on an argument there is no fix:
    /// allow by `SCMP_CMP_EQ`, or compare with `SCMP_CMP_MASKED_EQ` and a mask of 32 bits.
    ///
    /// ## Sources
    ///
    /// seccomp(2); clone(2); io_uring_enter(2); socketcall(2); the kernel's `include/linux/syscalls.h`
    /// for the width of arguments; libseccomp `src/db.c`.
    "seccomp-filter-bypassed",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::High),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Seccomp],
    references: &[
        Reference::like(Authority::Nist, "4.5.2"),
        Reference::like(Authority::Seccompute, "combos"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for (profile, uses) in profiles(repository) {
        let mut kinds: Vec<String> = Vec::new();
        for one in uses {
            for finding in findings_of(profile, one) {
                // Each kind once, for the first of the containers that has it.
                if !kinds.contains(&finding.fact) {
                    kinds.push(finding.fact.clone());
                    findings.report(with_users(finding, repository, profile, "runs under it"));
                }
            }
        }
    }
}

fn findings_of(profile: &Profile, one: &ProfileUse) -> Vec<Finding> {
    let Some((own, default)) = one.filters() else {
        return Vec::new();
    };
    let native = Native::new(own, default);
    let twins = if allows_by_default(profile) {
        native.twins()
    } else {
        Vec::new()
    };
    let terminals: Vec<Detour> = native.terminals().into_iter().collect();
    let passed = passed(profile, own, default);
    let found = [
        namespaces(profile, &native.namespaces()),
        detoured(&twins, "twins", TWINS),
        rings(profile, &native.rings()),
        multiplexed(profile, &native.multiplexed()),
        detoured(&terminals, "terminals", TERMINALS),
        conditions(&passed),
        misplaced(profile, one, own),
    ];
    found.into_iter().flatten().collect()
}

/// What is said of a kind of detour.
#[derive(Clone, Copy)]
struct Words {
    label: &'static str,
    why: &'static str,
    advice: &'static str,
}

const TWINS: Words = Words {
    label: "does what is denied",
    why: "a list of denials holds only with every call that does the same",
    advice: "deny these calls too, or name what is allowed and deny the rest",
};

const TERMINALS: Words = Words {
    label: "with TIOCLINUX types into a terminal, as with TIOCSTI",
    why: "a process that shares a terminal with the outside can run commands there",
    advice: "deny the request 0x541c (TIOCLINUX) of `ioctl` beside 0x5412 (TIOCSTI)",
};

/// One finding for detours of a kind.
fn detoured(detours: &[Detour], fact: &str, words: Words) -> Option<Finding> {
    let first = detours.first()?;
    let mut stopped: Vec<&str> = detours.iter().map(|detour| detour.stopped).collect();
    stopped.dedup();
    let mut open: Vec<&str> = detours.iter().map(|detour| detour.open).collect();
    open.sort_unstable();
    open.dedup();
    let label = if first.open_by_default {
        format!("lets {} through, which {}", quoted(first.open), words.label)
    } else {
        words.label.to_owned()
    };
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(first.open_at, label),
        format!(
            "this seccomp profile restricts {}, and {} around it",
            listed(&stopped, 3),
            match open.as_slice() {
                _ if stopped == open => "another request gets".to_owned(),
                [one] => format!("`{one}` gets"),
                _ => format!("{} get", listed(&open, 3)),
            }
        ),
    )
    .fact(format!("bypass: {fact}"))
    .why(words.why)
    .advice(words.advice);
    let mut shown: Vec<Span> = vec![first.open_at];
    for detour in detours {
        if let Some(place) = detour.stopped_at.filter(|place| !shown.contains(place)) {
            let label = format!("{} is restricted here", quoted(detour.stopped));
            finding = finding.related(place, label);
            shown.push(place);
        }
        if !shown.contains(&detour.open_at) {
            let label = format!("and {} is open here", quoted(detour.open));
            finding = finding.related(detour.open_at, label);
            shown.push(detour.open_at);
        }
        if shown.len() > SHOWN {
            break;
        }
    }
    Some(finding)
}

/// The remedy that takes what undoes a restriction out of its lists.
fn remedy(profile: &Profile, detours: &[Detour], title: &str, may_break: &str) -> Option<Remedy> {
    let names: Vec<&str> = detours.iter().map(|detour| detour.open).collect();
    let is_ring = |name: &str| name.starts_with("io_uring_");
    let (gone, as_default) = if names.iter().any(|name| is_ring(name)) {
        (openings(profile, is_ring), Vec::new())
    } else {
        (decisions(profile, &names), names.clone())
    };
    if gone.is_empty() || allows_by_default(profile) {
        return None;
    }
    let change = FilterChange {
        gone,
        as_default: as_default.iter().map(|name| (*name).to_owned()).collect(),
        ..FilterChange::default()
    };
    Some(Remedy::unsafe_because(
        title,
        Change::Filter {
            profile: profile.profile.span,
            change,
        },
        may_break,
    ))
}

fn with_remedy(finding: Finding, remedy: Option<Remedy>) -> Finding {
    match remedy {
        Some(remedy) => Finding {
            advice: None,
            ..finding.remedy(remedy)
        },
        None => finding,
    }
}

fn namespaces(profile: &Profile, detours: &[Detour]) -> Option<Finding> {
    let words = Words {
        label: "makes a user namespace all the same",
        why: "in a user namespace of its own a process holds every capability, and most attacks on \
              the kernel from containers begin there",
        advice: "deny `unshare`, answer `clone3` with ENOSYS, and filter the flags of `clone`",
    };
    let finding = detoured(detours, "namespaces", words)?;
    let names: Vec<&str> = detours.iter().map(|detour| detour.open).collect();
    let title = format!("decide {} as Docker's default does", listed(&names, 3));
    let may_break =
        "a sandbox inside the container, such as a browser's, makes namespaces of its own";
    Some(with_remedy(
        finding,
        remedy(profile, detours, &title, may_break),
    ))
}

fn rings(profile: &Profile, detours: &[Detour]) -> Option<Finding> {
    let words = Words {
        label: "has the kernel do it, past the filter",
        why: "the kernel does the operations of a ring without the calls that the filter would see",
        advice: "deny `io_uring_setup`, `io_uring_enter` and `io_uring_register`",
    };
    let finding = detoured(detours, "io_uring", words)?;
    let may_break = "a program that uses io_uring fails, or falls back to other calls";
    let title = "take io_uring out";
    Some(with_remedy(
        finding,
        remedy(profile, detours, title, may_break),
    ))
}

fn multiplexed(profile: &Profile, detours: &[Detour]) -> Option<Finding> {
    let words = Words {
        label: "takes the call that is meant, and its arguments, from memory",
        why: "any process can make the calls of 32-bit programs, and the filter does not see what \
              stands in memory",
        advice: "list 64-bit architectures alone: `seccomp-extra-architecture` has the fix",
    };
    let finding = detoured(detours, "32-bit calls", words)?;
    let by_name = |detour: &Detour| !openings(profile, |name| name == detour.open).is_empty();
    if !detours.iter().all(by_name) || detours.iter().any(|detour| opens_itself(profile, detour)) {
        return Some(finding);
    }
    let change = FilterChange {
        gone: openings(profile, |name| {
            detours.iter().any(|detour| detour.open == name)
        }),
        ..FilterChange::default()
    };
    if allows_by_default(profile) {
        return Some(finding);
    }
    let remedy = Remedy::unsafe_because(
        "take the multiplexed calls out",
        Change::Filter {
            profile: profile.profile.span,
            change,
        },
        "old 32-bit programs reach sockets and semaphores by these calls alone",
    );
    Some(with_remedy(finding, Some(remedy)))
}

/// Whether a rule for the call itself opens the multiplexer: libseccomp adds it there too.
fn opens_itself(profile: &Profile, detour: &Detour) -> bool {
    !openings(profile, |name| name == detour.stopped).is_empty()
}

/// Conditions on arguments that a caller gets around.
fn conditions(passed: &[Passed]) -> Option<Finding> {
    let first = passed.first()?;
    let mut names: Vec<&str> = passed.iter().map(|one| one.name).collect();
    names.dedup();
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(first.place, says(first)),
        format!(
            "a caller gets around the conditions of this seccomp profile on {}",
            listed(&names, 3)
        ),
    )
    .fact("bypass: conditions")
    .why(match first.how {
        How::Width { stopped, open } => format!(
            "the filter compares the whole register: {stopped:#x} is stopped, and {open:#x}, which \
             is the same to the kernel, is let through"
        ),
        How::Pointer | How::Unused => {
            "the caller chooses what stands there, and nothing else hangs on it".to_owned()
        }
        How::Inverted => {
            "it stops a call in which none of these bits is set, and lets one through in which they \
             are"
            .to_owned()
        }
    })
    .advice(match first.how {
        How::Width { .. } => {
            "allow single values by `SCMP_CMP_EQ`, or compare with `SCMP_CMP_MASKED_EQ` and a mask \
             of the low 32 bits"
        }
        How::Pointer | How::Unused => "allow the call or deny it; what it points to cannot be filtered",
        How::Inverted => {
            "to deny a flag, write one rule for each with `valueTwo` equal to `value`; or allow the \
             call where the mask leaves nothing"
        }
    });
    if passed.iter().all(|one| one.how == How::Inverted) {
        finding = finding.at_most(Confidence::Medium);
    }
    for one in passed.iter().skip(1).take(SHOWN) {
        finding = finding.related(one.place, format!("and this {}", says(one)));
    }
    Some(finding)
}

fn says(one: &Passed) -> String {
    match one.how {
        How::Width { .. } => format!(
            "looks at bits of argument {} that the kernel does not use",
            one.index
        ),
        How::Pointer => format!("looks at argument {}, which is an address", one.index),
        How::Unused => format!(
            "looks at argument {}, which {} does not have",
            one.index,
            quoted(one.name)
        ),
        How::Inverted => "stops who sets none of these bits, and nobody else".to_owned(),
    }
}

/// On s390 `clone` takes its flags second: a filter on the first argument looks at the stack there.
fn misplaced(profile: &Profile, one: &ProfileUse, own: &Filter) -> Option<Finding> {
    let lists_s390 = profile.profile.arch_map.iter().any(|machine| {
        let name = machine.architecture.as_ref();
        name.is_some_and(|name| name.value == Abi::S390x.scmp())
    });
    if !lists_s390
        || Native::new(own, one.default.as_ref()?)
            .filters_clone()
            .is_none()
    {
        return None;
    }
    let host = Host {
        abi: Abi::S390x,
        ..*own.host()
    };
    let there = profile.profile.resolve(&host).ok()?.into_filter()?;
    let default = caulk_seccomp::default_profile::profile()
        .resolve(&host)
        .ok()?
        .into_filter()?;
    let place = Native::new(&there, &default).opens_namespaces_by_clone()?;
    Some(
        Finding::new(
            &RULE.info,
            Surface::Seccomp,
            Label::new(
                place,
                "is filtered by an argument that is not its flags on s390x",
            ),
            "this seccomp profile filters the flags of `clone`, but not on s390x, which it lists",
        )
        .fact("bypass: clone on s390x")
        .why("there the flags are the second argument, and the first is the stack's address")
        .advice(
            "filter argument 1 in a rule of its own with `includes.arches` of s390 and s390x, and \
             keep the other rule from them by `excludes.arches`",
        ),
    )
}
