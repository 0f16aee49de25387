//! See the page below.

use std::collections::{BTreeMap, BTreeSet};

use caulk_linux::syscalls::{self, Abi, Misnamed, is_known, is_unimplemented, misnamed};
use caulk_model::Profile;
use caulk_seccomp::{Outcome, Rule};
use caulk_source::Span;

use crate::prelude::*;
use crate::seccomp::{allows_by_default, keeps_highest, listed, listed_abis, quoted, with_users};

/// How many further names are shown at their places.
const SHOWN: usize = 5;

/// For how many names it is worked out what was meant.
const EXPLAINED: usize = 100;

rule! {
    /// The seccomp profile names a system call that does not exist.
    ///
    /// ## Why it matters
    ///
    /// runc ignores a name that it does not know, without a word. In a list of denials the call that was
    /// meant stays open. In a list of what is allowed it stays shut, and a program fails for a reason
    /// that nobody sees in the file. Names go wrong in a few ways: the name of a C function (`pread`
    /// instead of `pread64`), a call of another machine, a missing comma that runs two names together, a
    /// slip of the pen, and calls that kernels had once.
    ///
    /// ## Bad
    ///
    /// ```json,bad
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [{ "names": ["execve", "read", "write", "pread"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    ///
    /// ## Good
    ///
    /// ```json,good
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [{ "names": ["execve", "read", "write", "pread64"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    ///
    /// ## How it is judged
    ///
    /// By the tables of every machine that runc knows, as of Linux 7.
    ///
    /// - *A name that no machine has*: a function of the C library, a slip, two names without a comma
    ///   between, or anything else.
    /// - *In a list of denials* (fires): severity is medium, because the call that was meant stays open.
    ///   Elsewhere it is low.
    /// - *What was meant is named* (fires): the name is taken out, for it would only stand there twice.
    /// - *What was meant opens much* (fires): the name does not become that call by a fix.
    /// - *Calls of former kernels*: to let one through is a leftover. To deny it is no harm, and those that
    ///   stand in Docker's own default are left alone.
    /// - *A call of another machine*: silent in general, for profiles are shared between machines. It is
    ///   reported where the listed machines have another call in its place and the profile does not name
    ///   that.
    ///
    /// ## About the fix
    ///
    /// Where one call was meant that the profile does not name yet, the name becomes that one, if that
    /// shuts a call; it is unsafe, because a call is then decided otherwise. Where it would let a call
    /// run that does not run now, it is left to a person. Other names are taken out, which changes nothing
    /// that a filter does: runc ignored them. Taking out a call that kernels had once is unsafe where it
    /// has the largest number of the profile, because runc answers `ENOSYS` to larger ones.
    ///
    /// ## Sources
    ///
    /// runc `libcontainer/seccomp/seccomp_linux.go` (unknown names are skipped); the tables of system
    /// calls of Linux; syscalls(2).
    "seccomp-unknown-syscall",
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
        if profile.profile.is_none() {
            continue;
        }
        for (kind, names) in groups(profile) {
            if let Some(finding) = finding(profile, kind, &names) {
                findings.report(with_users(finding, repository, profile, "runs under it"));
            }
        }
    }
}

/// Names that are treated alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    /// Whether the rules deny them, and everything else is allowed.
    is_denial: bool,
    /// Whether one call was meant, which the profile does not name.
    is_renamed: bool,
}

/// A name that is no call.
struct Unknown<'p> {
    name: &'p str,
    place: Span,
    /// What is said of it, after the name.
    words: String,
    /// The call that was meant.
    meant: Option<&'static str>,
}

fn groups(profile: &Profile) -> BTreeMap<Kind, Vec<Unknown<'_>>> {
    let written = &profile.profile;
    let listed = listed_abis(profile);
    let in_denials = allows_by_default(profile);
    let lets_through = |rule: &Rule| {
        let action = rule.parsed_action();
        action.is_some_and(|action| Outcome::new(action, None).may_run())
    };
    let entries = written.rules.iter().flat_map(|rule| &rule.names);
    let named: BTreeSet<&str> = entries.map(|name| name.value.as_str()).collect();
    let says = |other: &str| named.contains(other);
    let mut explained = 0;
    let mut groups: BTreeMap<Kind, Vec<Unknown<'_>>> = BTreeMap::new();
    for rule in &written.rules {
        let opens = lets_through(rule);
        for name in &rule.names {
            let mut may_explain = || {
                explained += 1;
                explained <= EXPLAINED
            };
            let Some((words, meant)) =
                unknown(&name.value, opens, &listed, &says, &mut may_explain)
            else {
                continue;
            };
            let kind = Kind {
                is_denial: in_denials && !opens,
                is_renamed: meant.is_some(),
            };
            groups.entry(kind).or_default().push(Unknown {
                name: &name.value,
                place: name.span,
                words,
                meant,
            });
        }
    }
    groups
}

/// What is said of a name that is no call here, and the one call that was meant.
fn unknown(
    name: &str,
    opens: bool,
    listed: &BTreeSet<Abi>,
    says: &dyn Fn(&str) -> bool,
    may_explain: &mut dyn FnMut() -> bool,
) -> Option<(String, Option<&'static str>)> {
    if is_unimplemented(name) {
        // To deny what is not there is no harm, and two of these stand in every copy of the default.
        let opens = opens && !stands_in_default(name);
        let words = "is a number with no call behind it in any kernel of today";
        return opens.then(|| (words.to_owned(), None));
    }
    if is_known(name) {
        return elsewhere(name, listed, says);
    }
    let meant = if may_explain() { misnamed(name) } else { None };
    // A name is not to become a call that opens much.
    let one = |call: &'static str| {
        let harmless = !opens || syscalls::grade(call).is_none();
        (!says(call) && harmless).then_some(call)
    };
    Some(match meant {
        None => ("is no system call of any machine".to_owned(), None),
        Some(Misnamed::Call(call)) => (format!("is another name for `{call}`"), one(call)),
        Some(Misnamed::Spelling(call)) => (format!("is `{call}`, spelt otherwise"), one(call)),
        Some(Misnamed::Slip(call)) => (format!("is no system call; perhaps `{call}`"), one(call)),
        Some(Misnamed::Joined(first, second)) => (
            format!("is `{first}` and `{second}` without a comma between"),
            None,
        ),
        Some(Misnamed::Function([])) => (
            "is a function of the C library that makes no system call".to_owned(),
            None,
        ),
        Some(Misnamed::Function(calls)) => (
            format!(
                "is a function of the C library; it makes {}",
                listed_calls(calls)
            ),
            None,
        ),
    })
}

fn stands_in_default(name: &str) -> bool {
    let mut rules = caulk_seccomp::default_profile::RULES.iter();
    rules.any(|rule| rule.names().any(|call| call == name))
}

fn listed_calls(calls: &[&str]) -> String {
    crate::seccomp::listed(calls, 3)
}

/// A call that none of the listed machines has, where they have another in its place that the
/// profile does not name.
fn elsewhere(
    name: &str,
    listed: &BTreeSet<Abi>,
    says: &dyn Fn(&str) -> bool,
) -> Option<(String, Option<&'static str>)> {
    let first = listed.first()?;
    if listed
        .iter()
        .any(|abi| syscalls::number(*abi, name).is_some())
    {
        return None;
    }
    let other = syscalls::equivalent_on(*first, name)?;
    let none_is_named = !syscalls::equivalents(name).any(says);
    let words = format!("is no call of {first}; there it is `{other}`");
    none_is_named.then_some((words, Some(other)))
}

fn finding(profile: &Profile, kind: Kind, names: &[Unknown<'_>]) -> Option<Finding> {
    let first = names.first()?;
    let all: Vec<&str> = names.iter().map(|name| name.name).collect();
    let all: Vec<String> = all.iter().map(|name| (*name).to_owned()).collect();
    let here = if names
        .iter()
        .any(|one| is_known(one.name) && !is_unimplemented(one.name))
    {
        " here"
    } else {
        ""
    };
    let what = match names.len() {
        1 => format!("{}, which is no system call{here}", quoted(first.name)),
        _ => format!("{}, which are no system calls{here}", listed(&all, 3)),
    };
    let message = if kind.is_denial {
        format!("this seccomp profile denies {what}")
    } else {
        format!("this seccomp profile names {what}")
    };
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(first.place, &first.words),
        message,
    )
    .severity(if kind.is_denial {
        Severity::Medium
    } else {
        Severity::Low
    })
    .fact("unknown calls")
    .why(if kind.is_denial {
        "runc ignores the name without a word, and the call that was meant stays open"
    } else {
        "runc ignores the name without a word; what was meant is decided as if it were not named"
    });
    for name in names.iter().skip(1).take(SHOWN) {
        finding = finding.related(name.place, format!("and this {}", name.words));
    }
    Some(finding.remedy(if kind.is_renamed {
        renamed(names)
    } else {
        removed(profile, names)
    }))
}

fn renamed(names: &[Unknown<'_>]) -> Remedy {
    let changes: Vec<Change> = names
        .iter()
        .filter_map(|name| {
            Some(Change::Become {
                entry: name.place,
                value: name.meant?.to_owned(),
            })
        })
        .collect();
    let meant: Vec<&str> = names.iter().filter_map(|name| name.meant).collect();
    Remedy {
        title: format!("name {}", listed(&meant, 4)),
        changes,
        applicability: caulk_finding::Applicability::Unsafe {
            may_break: "the profile then decides about calls that it said nothing of".to_owned(),
        },
    }
}

fn removed(profile: &Profile, names: &[Unknown<'_>]) -> Remedy {
    let gone: Vec<Span> = names.iter().map(|name| name.place).collect();
    let keeps = keeps_highest(profile, &gone);
    let change = Change::Filter {
        profile: profile.profile.span,
        change: FilterChange {
            gone,
            ..FilterChange::default()
        },
    };
    let title = if names.len() == 1 {
        "take the name out".to_owned()
    } else {
        format!("take the {} names out", names.len())
    };
    if keeps {
        return Remedy::safe(title, change);
    }
    let may_break = "runc answers ENOSYS to calls that are newer than every one that is named, and \
                     the newest would be another";
    Remedy::unsafe_because(title, change, may_break)
}
