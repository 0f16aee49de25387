//! From the rules that remain to what each architecture's calls meet: the work of runc's or crun's
//! `matchCall` and of libseccomp's `src/db.c`.

use std::ops::Range;

use caulk_linux::syscalls::{self, Abi};

use crate::condition::Branch;
use crate::filter::{AppliedRule, Call, Entry, Filter, Table, conditions, width};
use crate::refusal::in_order;
use crate::{Refusal, Runtime, chains, doubt};

/// How many alternatives of rules are weighed, over all calls and architectures. The kernel takes
/// 4096 instructions, and each alternative is one at least, so no filter that loads comes near.
const MOST_BRANCHES: usize = 1_000_000;

/// Fills in the tables.
pub(crate) fn tables(filter: &mut Filter) -> Result<(), Vec<Refusal>> {
    let mut abis = filter.listed.clone();
    if !abis.contains(&filter.host.abi) {
        abis.push(filter.host.abi);
    }
    let mut refusals = Vec::new();
    let mut left = MOST_BRANCHES;
    for abi in abis {
        let entries = sorted(&filter.rules, abi);
        if !spend(&filter.rules, abi, &entries, &mut left) {
            let message = "its rules have more conditions than a filter has room for";
            return Err(vec![Refusal::new(filter.default_place, message)]);
        }
        let calls = runs(&entries)
            .map(|range| call(&filter.rules, abi, &entries, range, &mut refusals))
            .collect();
        let highest = highest(filter, abi);
        filter.tables.push(Table {
            abi,
            calls,
            entries,
            highest,
        });
    }
    if refusals.is_empty() {
        Ok(())
    } else {
        Err(in_order(refusals))
    }
}

/// The rules that libseccomp does not take beside each other on this architecture.
pub(crate) fn conflicts(rules: &[AppliedRule], abi: Abi) -> Vec<Refusal> {
    let entries = sorted(rules, abi);
    let mut refusals = Vec::new();
    let mut left = MOST_BRANCHES;
    if spend(rules, abi, &entries, &mut left) {
        for range in runs(&entries) {
            call(rules, abi, &entries, range, &mut refusals);
        }
    }
    refusals
}

fn sorted(rules: &[AppliedRule], abi: Abi) -> Vec<Entry> {
    let mut entries = entries(rules, abi);
    entries.sort_by_key(|entry| entry.number);
    // A name that stands twice in a rule is one.
    entries.dedup_by_key(|entry| (entry.number, entry.rule, entry.operation));
    entries
}

/// What each rule says of each call of this architecture, in the order of the rules.
fn entries(rules: &[AppliedRule], abi: Abi) -> Vec<Entry> {
    let mut entries = Vec::new();
    // The runtime leaves out what the default does anyway.
    let rules = rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| !rule.is_default);
    for (index, rule) in rules {
        for (position, name) in rule.names.iter().enumerate() {
            let entry = |number, operation| Entry {
                number,
                rule: index,
                name: position,
                operation,
            };
            let direct = syscalls::number(abi, &name.value);
            entries.extend(direct.map(|number| entry(number, None)));
            // Where a call can be made through a multiplexer, libseccomp adds the rule there too.
            let multiplexed = abi.subcall(&name.value).and_then(|subcall| {
                let number = syscalls::number(abi, subcall.multiplexer)?;
                Some(entry(number, Some(subcall.operation)))
            });
            entries.extend(multiplexed);
        }
    }
    entries
}

/// Counts the alternatives of these entries off. Says whether there were enough left.
fn spend(rules: &[AppliedRule], abi: Abi, entries: &[Entry], left: &mut usize) -> bool {
    let rule = |entry: &Entry| rules.get(entry.rule);
    let counts = entries
        .iter()
        .filter_map(rule)
        .map(|rule| rule.branches(width(abi)).len());
    let spent = counts.fold(0usize, usize::saturating_add);
    let enough = spent <= *left;
    *left = left.saturating_sub(spent);
    enough
}

/// The entries of each call.
fn runs(entries: &[Entry]) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    entries
        .chunk_by(|one, other| one.number == other.number)
        .map(move |run| {
            let range = start..start + run.len();
            start = range.end;
            range
        })
}

fn call(
    rules: &[AppliedRule],
    abi: Abi,
    all: &[Entry],
    range: Range<usize>,
    refusals: &mut Vec<Refusal>,
) -> Call {
    let entries = all.get(range.clone()).unwrap_or_default();
    let branches = |entry: &Entry| branches(rules, abi, *entry);
    let always = entries.iter().position(|entry| {
        let mut branches = branches(entry).iter();
        branches.any(|branch| conditions(*entry, branch).next().is_none())
    });
    // A rule behind one that always applies is dropped before it is compared with others.
    let compared = entries
        .get(..always.unwrap_or(entries.len()))
        .unwrap_or_default();
    let outcome = |entry: &Entry| rules.get(entry.rule).map(|rule| rule.outcome);
    let is_mixed = compared
        .windows(2)
        .any(|pair| matches!(pair, [one, other] if outcome(one) != outcome(other)));
    let mut is_doubtful = false;
    if compared.len() > 1 {
        is_doubtful = chains::conflicts(rules, abi, compared, refusals);
    }
    let mut weighed = compared.iter().flat_map(|entry| {
        branches(entry)
            .iter()
            .map(|branch| conditions(*entry, branch))
    });
    Call {
        number: entries.first().map_or(0, |entry| entry.number),
        start: range.start,
        end: range.end,
        always,
        is_doubtful: always.is_none()
            && (is_doubtful || doubt::is_doubtful(width(abi), is_mixed, &mut weighed)),
    }
}

pub(crate) fn branches(rules: &[AppliedRule], abi: Abi, entry: Entry) -> &[Branch] {
    let rule = rules.get(entry.rule);
    rule.map(|rule| rule.branches(width(abi)))
        .unwrap_or_default()
}

/// The largest number that any rule names, also one that is left out (runc
/// `libcontainer/seccomp/patchbpf`, `findLastSyscalls`). Only architectures that are listed have
/// one, and only where the default stops a call.
fn highest(filter: &Filter, abi: Abi) -> Option<u32> {
    let is_asked = filter.host.runtime == Runtime::Runc
        && !filter.default.action().lets_through()
        && filter.listed.contains(&abi);
    if !is_asked {
        return None;
    }
    let names = filter.rules.iter().flat_map(|rule| &rule.names);
    // libseccomp resolves what can be multiplexed to a negative number of its own.
    let numbers = names
        .filter(|name| abi.subcall(&name.value).is_none())
        .filter_map(|name| syscalls::number(abi, &name.value));
    numbers.max().filter(|number| *number != 0)
}
