//! See the page below.

use std::collections::BTreeSet;

use caulk_linux::syscalls::{self, Abi};
use caulk_model::{Profile, ProfileUse};
use caulk_seccomp::history::{Change as Step, Dated, Effect, date};
use caulk_seccomp::{Filter, Surface as CallSurface};

use crate::prelude::*;
use crate::seccomp::{
    Call, allows_by_default, counted, is_made, is_podmans, is_stopped, listed, openings, profiles,
    with_users,
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
    /// A copy from before November 2023 has these among some three hundred names:
    ///
    /// ```json
    /// { "names": ["io_uring_enter", "io_uring_register", "io_uring_setup"], "action": "SCMP_ACT_ALLOW" }
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
    /// A profile is taken for a copy when of all calls that it or today's default lets through, four of
    /// five are in both. It is dated by the calls that changed: those it has and those it lacks. The date
    /// is the latest that explains it best, and what its owner changed does not move it. Reported are
    /// copies in which something is open that the default has shut since. Those calls are also part of
    /// `seccomp-broader-than-default`, with what each of them opens.
    ///
    /// ## About the fix
    ///
    /// It decides the calls that were shut since as the default does today, and leaves what the owner
    /// added. The calls that the default opened since are not added: start from today's default for that.
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
        Some(is_made(own, Call { abi, number, arguments }))
    });
    let shut: Vec<(&Step, Vec<&str>)> = dated
        .missed()
        .iter()
        .map(|step| (step, still_open(own, default, abi, step)))
        .filter(|(_, calls)| !calls.is_empty())
        .collect();
    let first = shut.first()?;
    let names: BTreeSet<&str> = shut.iter().flat_map(|(_, calls)| calls).copied().collect();
    let stopped = |call: &&str| {
        let number = syscalls::number(abi, call);
        number.is_some_and(|number| !own.surface(abi, number).may_run())
    };
    let opened = dated.missed().iter().filter(|step| step.effect == Effect::Opened);
    let opened: BTreeSet<&str> = opened.flat_map(|step| step.calls).copied().filter(stopped).collect();
    let opened: Vec<&str> = opened.into_iter().collect();
    Some(finding(profile, &dated, (&shut, &opened), first, &names))
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

fn finding(
    profile: &Profile,
    dated: &Dated,
    (shut, opened): (&[(&Step, Vec<&str>)], &[&str]),
    (first, calls): &(&Step, Vec<&str>),
    names: &BTreeSet<&str>,
) -> Finding {
    let age = match (dated.since, dated.before) {
        (Some(since), Some(before)) if since.month == before.month => {
            format!("of {}", since.month)
        }
        (Some(since), Some(before)) => {
            format!("from between {} and {}", since.month, before.month)
        }
        (None, Some(before)) => format!("from before {}", before.month),
        (Some(since), None) => format!("from after {}", since.month),
        (None, None) => "of an unknown age".to_owned(),
    };
    let place = |calls: &[&str]| openings(profile, |name| calls.contains(&name)).first().copied();
    let primary = place(calls).unwrap_or(profile.profile.span);
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(primary, format!("is open here; in {} the default {}", first.month, past(first))),
        format!(
            "this seccomp profile is a copy of Docker's default {age}, and {} open in it that the \
             default has shut since",
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
    let references: Vec<String> =
        shut.iter().take(TOLD).map(|(step, _)| step.reference.url()).collect();
    let mut why = format!("read {}", references.join(", "));
    if !opened.is_empty() {
        why = format!(
            "since then the default also lets {} through that are shut here, such as {}; {why}",
            counted(opened.len(), "call"),
            listed(opened, 3)
        );
    }
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let change = FilterChange {
        gone: openings(profile, |name| names.iter().any(|one| one == name)),
        as_default: names.clone(),
        ..FilterChange::default()
    };
    finding.why(why).remedy(Remedy::unsafe_because(
        format!("decide {} as the default does today", listed(&names, 4)),
        Change::Filter {
            profile: profile.profile.span,
            change,
        },
        "a program that makes such a call fails, or takes a slower way",
    ))
}

/// What a change was, in the past: its words begin with a verb of today.
fn past(step: &Step) -> String {
    match step.words.split_once(' ') {
        Some(("refuses", rest)) => format!("began to refuse {rest}"),
        Some(("keeps", rest)) => format!("began to keep {rest}"),
        _ => format!("changed: it {}", step.words),
    }
}
