//! See the page below.

use std::collections::BTreeMap;

use caulk_linux::syscalls::Abi;
use caulk_model::ProfileUse;
use caulk_seccomp::{Decision, Filter, Outcome, Surface as CallSurface};

use crate::prelude::*;
use crate::seccomp::{listed, profiles, with_users};

/// How many further calls are shown at their places.
const SHOWN: usize = 3;

rule! {
    /// Rules of the seccomp profile overlap, and libseccomp decides which of them counts.
    ///
    /// ## Why it matters
    ///
    /// Of two rules without conditions the first one counts. But where two rules with conditions hold
    /// for the same arguments and say different things, what happens hangs on how libseccomp arranges
    /// them in its tree: on the numbers, on the order of the rules, on the version. A filter that denies
    /// today may allow after an update of a package. The same is true of some conditions that libseccomp
    /// is known to compile wrongly: several ranges on one argument around a number of more than 32
    /// bits, and several rules of more than one argument with ranges.
    ///
    /// ## Bad
    ///
    /// ```json,bad
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [
    ///     { "names": ["personality"], "action": "SCMP_ACT_ALLOW",
    ///       "args": [{ "index": 0, "value": 5, "op": "SCMP_CMP_EQ" }] },
    ///     { "names": ["personality"], "action": "SCMP_ACT_KILL",
    ///       "args": [{ "index": 0, "value": 4, "valueTwo": 4, "op": "SCMP_CMP_MASKED_EQ" }] }
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
    ///     { "names": ["personality"], "action": "SCMP_ACT_ALLOW",
    ///       "args": [{ "index": 0, "value": 0, "op": "SCMP_CMP_EQ" }] },
    ///     { "names": ["personality"], "action": "SCMP_ACT_ALLOW",
    ///       "args": [{ "index": 0, "value": 8, "op": "SCMP_CMP_EQ" }] }
    ///   ]
    /// }
    /// ```
    ///
    /// ## How it is judged
    ///
    /// Each call for which the filter looks at arguments is tried with the numbers that its conditions
    /// name and those beside them.
    ///
    /// - *Overlap*: two rules with conditions hold for the same arguments and say different things.
    /// - *One action* (silent): whichever of the rules counts, the same is done.
    /// - *Ranges around 32 bits*: several conditions on one argument of which one is a range and one has a
    ///   number of more than 32 bits. libseccomp compares the halves of the register one by one.
    /// - *Ranges over several arguments*: several rules of which one has more than one condition, where an
    ///   order, `SCMP_CMP_NE` or a number of more than 32 bits is among the conditions.
    /// - *A rule without conditions* (silent) counts before those that have some.
    /// - *The same conditions* (silent): where rules with the same conditions say different things,
    ///   libseccomp refuses them, and no container starts. That is `seccomp-invalid-profile`.
    ///
    /// ## About the fix
    ///
    /// There is none: which of the two was meant is for a person to say. Write conditions that exclude
    /// each other, all of them with the same action, and leave the rest to the default.
    ///
    /// ## Sources
    ///
    /// libseccomp `src/db.c`, compared with its own programs on random profiles.
    "seccomp-ambiguous-rules",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::Medium),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Seccomp],
    references: &[],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for (profile, uses) in profiles(repository) {
        let mut calls: BTreeMap<&'static str, Unclear> = BTreeMap::new();
        let filters = uses.iter().filter_map(|one| own(one));
        for filter in filters {
            for abi in filter.abis() {
                for (name, unclear) in unclear(filter, abi) {
                    calls.entry(name).or_insert(unclear);
                }
            }
        }
        if let Some(finding) = finding(calls) {
            findings.report(with_users(finding, repository, profile, "runs under it"));
        }
    }
}

fn own(one: &ProfileUse) -> Option<&Filter> {
    one.filter.as_ref().ok()?.as_ref()
}

/// A call of which one cannot say what becomes of it.
struct Unclear {
    abi: Abi,
    arguments: [u64; 6],
    outcomes: Vec<Outcome>,
    rules: Vec<caulk_seccomp::RuleOrigin>,
}

fn unclear(filter: &Filter, abi: Abi) -> impl Iterator<Item = (&'static str, Unclear)> {
    filter
        .surfaces(abi)
        .filter_map(move |(name, number, surface)| {
            let CallSurface::Conditional(conditional) = surface else {
                return None;
            };
            if !conditional.is_mixed() && !conditional.is_doubtful {
                return None;
            }
            let answers = filter.answers(abi, number).answers;
            answers
                .into_iter()
                .find_map(|(arguments, decision)| match decision {
                    Decision::Ambiguous { outcomes, rules } => Some((
                        name,
                        Unclear {
                            abi,
                            arguments,
                            outcomes,
                            rules,
                        },
                    )),
                    Decision::Certain { .. } => None,
                })
        })
}

fn finding(calls: BTreeMap<&'static str, Unclear>) -> Option<Finding> {
    let names: Vec<&str> = calls.keys().copied().collect();
    // Calls that the same rules name are shown once.
    let mut calls: Vec<(&'static str, Unclear)> = calls.into_iter().collect();
    calls.dedup_by(|next, one| {
        let rules = |call: &Unclear| call.rules.iter().map(|rule| rule.rule).collect::<Vec<_>>();
        rules(&next.1) == rules(&one.1)
    });
    let mut calls = calls.into_iter();
    let (name, first) = calls.next()?;
    let mut places = first.rules.iter();
    let primary = places.next()?;
    let outcomes: Vec<String> = first.outcomes.iter().map(ToString::to_string).collect();
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(primary.name, "is spoken of here"),
        format!(
            "which rule of this seccomp profile counts for {} is libseccomp's choice",
            listed(&names, 3)
        ),
    )
    .fact("ambiguous rules")
    .why(format!(
        "with the arguments {} on {} `{name}` may be {}",
        shown(first.arguments),
        first.abi,
        outcomes.join(" or ")
    ))
    .advice("write conditions that exclude each other, and leave the rest to the default action");
    for rule in places.take(SHOWN) {
        finding = finding.related(rule.name, "and here, for some of the same arguments");
    }
    for (_, call) in calls.take(SHOWN) {
        if let Some(rule) = call.rules.last() {
            finding = finding.related(rule.name, "and here it is the same");
        }
    }
    Some(finding)
}

/// The arguments up to the last that is not zero.
fn shown(arguments: [u64; 6]) -> String {
    let used = arguments
        .iter()
        .rposition(|one| *one != 0)
        .map_or(1, |last| last + 1);
    let words: Vec<String> = arguments
        .iter()
        .take(used)
        .map(|one| format!("{one:#x}"))
        .collect();
    words.join(", ")
}
