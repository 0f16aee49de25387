//! See the page below.

use std::collections::BTreeSet;

use caulk_linux::syscalls::Abi;
use caulk_model::Profile;
use caulk_seccomp::Action;
use caulk_source::Span;

use crate::prelude::*;
use crate::seccomp::conditions::{self, Idle};
use crate::seccomp::shadow::{Shadow, Shadowed, shadowed};
use crate::seccomp::{counted, keeps_highest, listed, listed_abis, with_users};

/// How many further places of a finding are shown.
const SHOWN: usize = 4;

rule! {
    /// A part of the seccomp profile does nothing.
    ///
    /// ## Why it matters
    ///
    /// A rule that does nothing is read as if it did. Somebody denied a call, and an earlier line lets
    /// it through; somebody made a rule for arm64, and it is spelt so that it applies nowhere; a
    /// condition was to keep flags out, and everything passes it. Duplicates do no harm today, and a
    /// reader who deletes one of two lines believes that the call is gone.
    ///
    /// ## Bad
    ///
    /// ```json,bad
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [
    ///     { "names": ["execve", "ptrace", "read", "write"], "action": "SCMP_ACT_ALLOW" },
    ///     { "names": ["ptrace"], "action": "SCMP_ACT_ERRNO" }
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
    ///     { "names": ["execve", "read", "write"], "action": "SCMP_ACT_ALLOW" }
    ///   ]
    /// }
    /// ```
    ///
    /// ## How it is judged
    ///
    /// As the engine and libseccomp read a profile: a rule that says what the default says is left out,
    /// and of the others the first without conditions on arguments counts, before any with. Severity is
    /// medium where a denial or a restriction is lost, else low.
    ///
    /// - *A denial undone*: another rule lets the call through, and counts.
    /// - *A call decided already*: it is named again with the same action, or let through where another
    ///   rule denies it.
    /// - *Like the default*: the rule does what happens anyway.
    /// - *Machines and capabilities*: a condition on one that Docker does not know. Its machines are `amd64`
    ///   and `arm64`, and it writes capabilities in full: `CAP_SYS_ADMIN`. Of several machines one that it
    ///   knows is enough.
    /// - *Kernels*: `minKernel` is older than every kernel that Docker runs on, or far beyond those of
    ///   today.
    /// - *Conditions on arguments*: they always or never hold. Two on one argument are alternatives: "not 1"
    ///   and "not 2" together let everything pass.
    /// - *More than 32 bits*: a number is cut where 32-bit programs call, if the profile lists them.
    /// - *Parts that nobody reads*: a rule without names, an error number beside an action that does not
    ///   fail, a supervisor whom no rule asks, a second entry for a machine.
    /// - *A capability that the container lacks* (silent): a rule that waits for one is what such conditions
    ///   are for.
    ///
    /// ## About the fix
    ///
    /// Repeated names and rules like the default are taken out, which changes nothing. It is unsafe only
    /// where the largest number of a call that the profile names would change: runc answers `ENOSYS` to
    /// larger ones. A misspelt machine or capability is corrected where no further call runs then; that
    /// is unsafe, because the rule then applies. Where one would run, and which of two rules that
    /// contradict each other was meant, is for a person to say.
    ///
    /// ## Sources
    ///
    /// moby/profiles `seccomp/seccomp_linux.go`; runc `libcontainer/seccomp/seccomp_linux.go` and
    /// `libcontainer/seccomp/patchbpf`; libseccomp `src/db.c`.
    "seccomp-rule-without-effect",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::Low, worst: Severity::Medium },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Seccomp],
    references: &[],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for profile in repository.profiles() {
        let entries = shadowed(&profile.profile);
        let of = |kinds: &[Shadow]| -> Vec<Shadowed<'_>> {
            let entries = entries.iter().filter(|entry| kinds.contains(&entry.kind));
            entries.copied().collect()
        };
        let narrow = listed_abis(profile).into_iter().any(Abi::is_32_bit);
        let found = [
            undone(&of(&[Shadow::LetThrough])),
            repeated(profile, &of(&[Shadow::Repeated, Shadow::Denied])),
            as_default(profile, &of(&[Shadow::AsDefault])),
            idle(
                &conditions::on_host(&profile.profile),
                "condition on the host",
            ),
            idle(
                &conditions::on_arguments(&profile.profile, narrow),
                "condition on arguments",
            ),
            unread(profile),
        ];
        for finding in found.into_iter().flatten() {
            findings.report(with_users(finding, repository, profile, "runs under it"));
        }
    }
}

fn names(entries: &[Shadowed<'_>]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for entry in entries {
        if names.last() != Some(&entry.name.value) {
            names.push(entry.name.value.clone());
        }
    }
    names
}

/// Denials that another rule undoes.
fn undone(entries: &[Shadowed<'_>]) -> Option<Finding> {
    let first = entries.first()?;
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(first.name.span, "is denied here"),
        format!(
            "this seccomp profile denies {} in vain: another rule lets it through",
            listed(&names(entries), 3)
        ),
    )
    .severity(Severity::Medium)
    .fact("denials undone")
    .why(
        "a rule without conditions on arguments counts before one that has them, and before every \
         later one; a denial like the default action is left out altogether",
    )
    .advice("take the name out of the rule that lets it through, or drop the denial");
    if let Some(by) = first.by {
        finding = finding.related(by, "and let through here, which counts");
    }
    for entry in entries.iter().skip(1).take(SHOWN) {
        finding = finding.related(entry.name.span, "and so is this, in vain");
    }
    Some(finding)
}

/// Names that another rule decides already.
fn repeated(profile: &Profile, entries: &[Shadowed<'_>]) -> Option<Finding> {
    let first = entries.first()?;
    let says = |entry: &Shadowed<'_>| {
        if entry.kind == Shadow::Denied {
            "is let through in vain: another rule denies it"
        } else {
            "changes nothing"
        }
    };
    let names = names(entries);
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(first.name.span, says(first)),
        format!(
            "this seccomp profile names {} again where it changes nothing",
            listed(&names, 3)
        ),
    )
    .severity(Severity::Low)
    .fact("repeated names")
    .why("whoever takes the name out of one list finds the call decided by the other as before");
    if let Some(by) = first.by {
        finding = finding.related(by, "decides about it already");
    }
    for entry in entries.iter().skip(1).take(SHOWN) {
        finding = finding.related(entry.name.span, format!("and this {}", says(entry)));
    }
    let title = format!("take {} out where it changes nothing", listed(&names, 3));
    Some(finding.remedy(without(profile, entries, title)))
}

/// Rules that say what the default says.
fn as_default(profile: &Profile, entries: &[Shadowed<'_>]) -> Option<Finding> {
    let first = entries.first()?;
    let names = names(entries);
    let finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(
            first.name.span,
            "is named in a rule that does what the default does",
        ),
        format!(
            "this seccomp profile decides about {} as about everything else",
            match names.as_slice() {
                [one] => format!("`{one}`"),
                _ => format!("{} by name", counted(names.len(), "call")),
            }
        ),
    )
    .severity(Severity::Low)
    .fact("rules like the default")
    .why("the runtime leaves such a rule out; it reads as if the calls were treated otherwise");
    let finding = match &profile.profile.default_action {
        Some(default) => finding.related(default.span, "does the same to them"),
        None => finding,
    };
    let title = format!("take {} out", listed(&names, 3));
    Some(finding.remedy(without(profile, entries, title)))
}

fn without(profile: &Profile, entries: &[Shadowed<'_>], title: String) -> Remedy {
    let gone: Vec<Span> = entries.iter().map(|entry| entry.name.span).collect();
    let keeps = keeps_highest(profile, &gone);
    let change = Change::Filter {
        profile: profile.profile.span,
        change: FilterChange {
            gone,
            ..FilterChange::default()
        },
    };
    if keeps {
        return Remedy::safe(title, change);
    }
    let may_break = "runc answers ENOSYS to calls that are newer than every one that is named, and \
                     the newest would be another";
    Remedy::unsafe_because(title, change, may_break)
}

/// Conditions that always or never hold.
fn idle(conditions: &[Idle], fact: &str) -> Option<Finding> {
    let worst = conditions.iter().find(|one| one.loses_denial);
    let first = worst.or_else(|| conditions.first())?;
    let message = match conditions.len() {
        1 => "a condition in this seccomp profile does nothing".to_owned(),
        count => format!(
            "{} in this seccomp profile do nothing",
            counted(count, "condition")
        ),
    };
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(first.place, &first.words),
        message,
    )
    .severity(if worst.is_some() {
        Severity::Medium
    } else {
        Severity::Low
    })
    .fact(fact)
    .why(if worst.is_some() {
        "what was to be denied by it is not"
    } else {
        "what was to be let through by it is not, or anyway is"
    });
    let others = conditions.iter().filter(|one| one.place != first.place);
    for other in others.take(SHOWN) {
        finding = finding.related(other.place, format!("and this {}", other.words));
    }
    let changes: Option<Vec<Change>> = conditions
        .iter()
        .map(|one| {
            Some(Change::Become {
                entry: one.place,
                value: one.meant?.to_owned(),
            })
        })
        .collect();
    let meant: Vec<&str> = conditions.iter().filter_map(|one| one.meant).collect();
    Some(match changes {
        Some(changes) => finding.remedy(Remedy {
            title: format!("write {}", listed(&meant, 4)),
            changes,
            applicability: caulk_finding::Applicability::Unsafe {
                may_break: "the rule then applies where it did not".to_owned(),
            },
        }),
        None => finding.advice("write what was meant, or take the condition out"),
    })
}

/// Parts that nobody reads.
fn unread(profile: &Profile) -> Option<Finding> {
    let written = &profile.profile;
    let mut places: Vec<(Span, &str)> = Vec::new();
    for rule in &written.rules {
        if rule.names.is_empty() {
            places.push((rule.span, "names no call"));
        }
        let action = rule.parsed_action();
        let numbered = matches!(action, Some(Action::Errno | Action::Trace) | None);
        if let Some(errno) = rule.errno.filter(|_| !numbered) {
            places.push((errno.span, IGNORED_ERRNO));
        }
    }
    let default = written.action();
    let numbered = matches!(default, Some(Action::Errno | Action::Trace) | None);
    if let Some(errno) = written.default_errno.filter(|_| !numbered) {
        places.push((errno.span, IGNORED_ERRNO));
    }
    let mut notify = written.rules.iter().map(caulk_seccomp::Rule::parsed_action);
    if let Some(listener) = &written.listener_path
        && !notify.any(|action| action == Some(Action::Notify))
    {
        places.push((listener.span, "is a supervisor whom no rule asks"));
    }
    let mut read = BTreeSet::new();
    for machine in &written.arch_map {
        let name = machine.architecture.as_ref();
        if name.is_some_and(|name| !read.insert(name.value.as_str())) {
            places.push((
                machine.span,
                "is not read: an earlier entry is for the same machine",
            ));
        }
    }
    let ((place, says), others) = places.split_first()?;
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(*place, *says),
        match places.len() {
            1 => "a part of this seccomp profile is not read".to_owned(),
            count => format!(
                "{} of this seccomp profile are not read",
                counted(count, "part")
            ),
        },
    )
    .severity(Severity::Low)
    .fact("unread parts")
    .why("it reads as if it did something")
    .advice("take it out, or write it where it is read");
    for (place, says) in others.iter().take(SHOWN) {
        finding = finding.related(*place, format!("and this {says}"));
    }
    Some(finding)
}

/// runc drops the number, and crun does not start the container.
const IGNORED_ERRNO: &str = "goes with no action that fails: runc drops it, and crun refuses it";
