//! See the page below.

use caulk_model::{Profile, ProfileUse};
use caulk_seccomp::Refusal;

use crate::prelude::*;
use crate::seccomp::{profiles, with_users};

/// How many further places of a profile are shown.
const SHOWN: usize = 3;

rule! {
    /// The engine refuses the seccomp profile, and no container starts with it.
    ///
    /// ## Why it matters
    ///
    /// The profile is JSON, and still nothing can load it. Docker decodes it and wants the right type
    /// everywhere; then runc turns its words into numbers and stops at the first that it does not know.
    /// The error comes when a container starts, not when the file is written, and its words are often
    /// about something else. The short way out of it is `seccomp=unconfined`.
    ///
    /// ## Bad
    ///
    /// ```json,bad
    /// {
    ///   "defaultAction": "SCMP_ACT_DENY",
    ///   "syscalls": [{ "names": ["read", "write"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    ///
    /// ## Good
    ///
    /// ```json,good
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [{ "names": ["read", "write"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Words that runc does not know*: an action, an architecture, an operator, a flag. An unknown
    ///   system call is not refused but ignored, which is another matter.
    /// - *What is missing*: the default action, a rule's action, the name of a call; and a wrong type.
    /// - *Two spellings of one thing*: `name` beside `names`, and `archMap` beside `architectures`.
    /// - *Numbers*: an error number above 4094, an argument above 5, and what is not written in digits
    ///   alone.
    /// - *`minKernel`* is text: `"major.minor"`.
    /// - *`SCMP_ACT_NOTIFY` as the default* is refused; as the action of a rule it is not.
    /// - *A supervisor that cannot answer*: `SCMP_ACT_NOTIFY` for `write`, or without a `listenerPath`.
    /// - *Two answers to one question*: a rule with the conditions of an earlier one and another action.
    /// - *What the decoder takes* (silent): unknown fields, `null`, and keys in another case.
    /// - *What the engine never reaches* (silent): the second entry of a machine in `archMap`,
    ///   and arguments of a rule that does what the default does.
    /// - *Under a condition* (fires): where everything refused stands in rules with `includes` or
    ///   `excludes`, or in `archMap`, it depends on the container and the host, and confidence is
    ///   medium.
    ///
    /// The kernel refuses a filter of more than 4096 instructions. A call with more conditions on its
    /// arguments than that is reported too, where nothing else is refused.
    ///
    /// ## About the fix
    ///
    /// There is none: what was meant is for a person to say.
    ///
    /// ## Sources
    ///
    /// moby/profiles `seccomp/seccomp.go`, `seccomp/seccomp_linux.go`; runc `libcontainer/seccomp`,
    /// `libcontainer/specconv`; libseccomp `src/db.c`.
    "seccomp-invalid-profile",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::High),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Seccomp],
    references: &[],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for (profile, uses) in profiles(repository) {
        let built = refused_when_built(profile, uses);
        let refusals = || profile.profile.refusals.iter().chain(&built);
        // What is refused everywhere comes first: it decides whether anything starts at all.
        let always = refusals().filter(|refusal| !refusal.conditional);
        let sometimes = refusals().filter(|refusal| refusal.conditional);
        let mut refusals = always.chain(sometimes);
        if let Some(first) = refusals.next() {
            findings.report(finding(repository, profile, first, refusals.collect()));
        } else if uses.iter().any(|one| one.is_too_long) {
            findings.report(too_long(repository, profile));
        }
    }
}

/// A filter that is longer than the kernel takes.
fn too_long(repository: &Repository, profile: &Profile) -> Finding {
    let default = profile.profile.default_action.as_ref();
    let place = default.map_or(profile.profile.span, |default| default.span);
    let finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(place, "stands in a profile with too many conditions"),
        "no container starts with this seccomp profile: its filter is longer than the kernel takes",
    )
    .fact("filter too long")
    .why(
        "a filter has at most 4096 instructions, and each condition on an argument is one at least",
    )
    .advice("allow or deny calls as a whole, or by fewer conditions");
    with_users(finding, repository, profile, "is to start with it")
}

/// What libseccomp refuses when the filter is built: rules with the same conditions and different
/// actions. It is conditional where some of the containers that use the profile start.
fn refused_when_built(profile: &Profile, uses: &[ProfileUse]) -> Vec<Refusal> {
    let is_known = |refusal: &&Refusal| {
        let mut written = profile.profile.refusals.iter();
        !written.any(|one| one.span == refusal.span)
    };
    let some_start = uses.iter().any(|one| one.filter.is_ok());
    let errors = uses.iter().filter_map(|one| one.filter.as_ref().err());
    let mut refusals: Vec<Refusal> = errors.flatten().filter(is_known).cloned().collect();
    for refusal in &mut refusals {
        refusal.conditional |= some_start;
    }
    refusals.sort();
    refusals.dedup();
    refusals
}

fn finding(
    repository: &Repository,
    profile: &Profile,
    first: &Refusal,
    others: Vec<&Refusal>,
) -> Finding {
    let starts = if first.conditional {
        "not every container starts with this seccomp profile"
    } else {
        "no container starts with this seccomp profile"
    };
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(first.span, "is refused"),
        format!("{starts}: {}", first.message),
    )
    .fact("invalid profile");
    let hidden = others.len().saturating_sub(SHOWN);
    for refusal in others.into_iter().take(SHOWN) {
        finding = finding.related(refusal.span, format!("and so is this: {}", refusal.message));
    }
    finding = with_users(finding, repository, profile, "is to start with it");
    let advice = "mend it, and start a container with it once before it is relied on";
    let finding = finding.advice(match hidden {
        0 => advice.to_owned(),
        hidden => format!("{advice}; {hidden} more in this file"),
    });
    if first.conditional {
        finding.at_most(Confidence::Medium).why(
            "it is refused only where the condition around it holds, so that it starts on one host \
             and fails on another",
        )
    } else {
        finding.why(
            "whoever needs the container running takes the profile away, and it runs with the \
             default or with none",
        )
    }
}
