//! Several profiles as one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use caulk_linux::syscalls::Abi;

use super::{Answer, Draft, DraftRule};
use crate::default_profile::ARCHITECTURES;

/// Why profiles cannot be merged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unmergeable {
    /// There are none.
    None,
    /// One lets through what it does not name, so there is nothing to add to it.
    Open {
        /// Which one, from 0.
        profile: usize,
    },
    /// One stops a call for some containers before it lets it through for all, and another lets it
    /// through as well: what remains of the first cannot be said in rules.
    Precedence {
        /// Which one, from 0.
        profile: usize,
        /// The call.
        name: String,
    },
    /// One does different things with a call for different arguments, and another lets some of them
    /// through: libseccomp would decide in its own order.
    Mixed {
        /// Which one, from 0.
        profile: usize,
        /// The call.
        name: String,
    },
}

impl fmt::Display for Unmergeable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => formatter.write_str("there is no profile to merge"),
            Self::Open { .. } => formatter.write_str(
                "it allows every call that it does not name, so nothing can be added to it",
            ),
            Self::Precedence { name, .. } => write!(
                formatter,
                "it stops `{name}` for some containers and allows it for others by the order of its rules, which cannot be merged"
            ),
            Self::Mixed { name, .. } => write!(
                formatter,
                "it stops `{name}` for some arguments and another profile allows some, which cannot be merged"
            ),
        }
    }
}

impl std::error::Error for Unmergeable {}

/// What the rules of one profile do with one name.
#[derive(Default)]
struct Part {
    /// Whether it is let through always: for all containers, machines and arguments.
    is_open: bool,
    /// What the rules that let it through ask for, as text.
    opened: BTreeSet<String>,
    /// Whether some arguments are stopped by a rule.
    stops_some: bool,
    /// Whether a rule for some containers stops it before another lets it through.
    is_ordered: bool,
}

impl Draft {
    /// One profile that lets through what any of them lets through, and nothing else.
    ///
    /// The default action, the flags and the listener are those of the first; so is the error with
    /// which a call fails, where several name one. A rule that stops a call is kept only where no
    /// other profile lets that call through.
    pub fn merge(profiles: &[Self]) -> Result<Self, Unmergeable> {
        let first = profiles.first().ok_or(Unmergeable::None)?;
        if let Some(profile) = profiles.iter().position(|one| !one.default.denies()) {
            return Err(Unmergeable::Open { profile });
        }
        if let [only] = profiles {
            return Ok(only.clone());
        }
        let effective: Vec<Vec<DraftRule>> = profiles.iter().map(effective).collect();
        let parts: Vec<_> = effective.iter().map(|rules| parts(rules)).collect();
        let mut merged = Self {
            architectures: Vec::new(),
            machines: machines(profiles),
            rules: Vec::new(),
            ..first.clone()
        };
        for (profile, rules) in effective.iter().enumerate() {
            check(profile, &parts)?;
            merged.rules.extend(opening(profile, rules, &parts));
        }
        let mut told = BTreeSet::new();
        for (profile, rules) in effective.iter().enumerate() {
            merged
                .rules
                .extend(stopping(profile, rules, &parts, &mut told));
        }
        unite(&mut merged.rules);
        Ok(merged)
    }

    /// The same, and these calls as well, whatever their arguments.
    pub fn allowing(&self, names: &[&str]) -> Result<Self, Unmergeable> {
        let mut more = Self::closed(&[]);
        more.rules = vec![DraftRule::new(names.iter().copied(), Answer::ALLOW)];
        Self::merge(&[self.clone(), more])
    }
}

/// The rules that have an effect: of those for all arguments the first that applies counts, and
/// beside one that always applies none for some arguments does.
fn effective(profile: &Draft) -> Vec<DraftRule> {
    let mut settled: BTreeSet<&str> = BTreeSet::new();
    let always = profile.rules.iter().filter(|rule| rule.is_unconditional());
    let settled_by_any: BTreeSet<&str> = always.flat_map(names).collect();
    let mut rules = Vec::new();
    for rule in &profile.rules {
        let counts = |name: &&str| {
            let is_shadowed = !rule.arguments.is_empty() && settled_by_any.contains(name);
            !is_shadowed && !settled.contains(name)
        };
        let kept: Vec<&str> = names(rule).filter(counts).collect();
        if rule.is_unconditional() {
            settled.extend(names(rule));
        }
        if !kept.is_empty() {
            rules.push(DraftRule {
                names: unique(kept),
                ..rule.clone()
            });
        }
    }
    rules
}

fn names(rule: &DraftRule) -> impl Iterator<Item = &str> {
    rule.names.iter().map(String::as_str)
}

/// Each once, in their order.
fn unique(names: Vec<&str>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let names = names.into_iter().filter(|name| seen.insert(*name));
    names.map(str::to_owned).collect()
}

type Parts<'r> = BTreeMap<&'r str, Part>;

fn parts(rules: &[DraftRule]) -> Parts<'_> {
    let mut parts = Parts::new();
    let mut stopped: BTreeSet<&str> = BTreeSet::new();
    for rule in rules {
        let denies = rule.answer.denies();
        let asked = asked(rule);
        for name in names(rule) {
            let part = parts.entry(name).or_default();
            if !denies {
                part.opened.insert(asked.clone());
            }
            part.is_open |= !denies && rule.is_unconditional();
            part.stops_some |= denies && !rule.arguments.is_empty();
            part.is_ordered |= !denies && stopped.contains(name);
            if denies && rule.arguments.is_empty() {
                stopped.insert(name);
            }
        }
    }
    parts
}

/// What a rule asks for and does, whatever its names.
fn asked(rule: &DraftRule) -> String {
    let asked = DraftRule {
        names: Vec::new(),
        comment: None,
        ..rule.clone()
    };
    asked.text()
}

/// The other profiles that let the call through where this one has no such rule.
fn others<'p>(
    profile: usize,
    name: &str,
    parts: &'p [Parts<'_>],
) -> impl Iterator<Item = &'p Part> {
    let own = parts.get(profile).and_then(|parts| parts.get(name));
    let others = parts
        .iter()
        .enumerate()
        .filter(move |(index, _)| *index != profile);
    others
        .filter_map(move |(_, parts)| parts.get(name))
        .filter(move |part| match own {
            Some(own) => !part.opened.is_subset(&own.opened),
            None => !part.opened.is_empty(),
        })
}

fn check(profile: usize, parts: &[Parts<'_>]) -> Result<(), Unmergeable> {
    let own = parts.get(profile).into_iter().flatten();
    for (name, part) in own {
        let is_open_elsewhere = || others(profile, name, parts).any(|other| other.is_open);
        let opens_elsewhere = || others(profile, name, parts).next().is_some();
        let name = (*name).to_owned();
        if part.is_ordered && opens_elsewhere() && !is_open_elsewhere() {
            return Err(Unmergeable::Precedence { profile, name });
        }
        if part.stops_some && opens_elsewhere() && !is_open_elsewhere() {
            return Err(Unmergeable::Mixed { profile, name });
        }
    }
    Ok(())
}

/// The rules that let through, without the names that an earlier one lets through anyway.
fn opening(profile: usize, rules: &[DraftRule], parts: &[Parts<'_>]) -> Vec<DraftRule> {
    let is_open = |parts: &Parts<'_>, name: &str| parts.get(name).is_some_and(|part| part.is_open);
    let kept = |rule: &DraftRule, name: &str| {
        let before = parts.get(..profile).unwrap_or_default();
        let after = parts.get(profile..).unwrap_or_default();
        let is_told = before.iter().any(|parts| is_open(parts, name));
        let is_useless = !rule.is_unconditional() && after.iter().any(|parts| is_open(parts, name));
        !is_told && !is_useless
    };
    // A profile whose rules stand in an order that counts keeps it: they come with those that stop.
    let is_ordered = |name: &str| {
        let own = parts.get(profile).and_then(|parts| parts.get(name));
        own.is_some_and(|part| part.is_ordered)
    };
    let opening = rules.iter().filter(|rule| !rule.answer.denies());
    let opening = opening.map(|rule| {
        let wanted = names(rule).filter(|name| kept(rule, name) && !is_ordered(name));
        with_names(rule, wanted)
    });
    opening.flatten().collect()
}

/// The rules that stop, for the names that no other profile lets through; and those that let
/// through only behind one that stops.
fn stopping<'r>(
    profile: usize,
    rules: &'r [DraftRule],
    parts: &[Parts<'_>],
    told: &mut BTreeSet<&'r str>,
) -> Vec<DraftRule> {
    let own = parts.get(profile);
    let mut stopping = Vec::new();
    let told_before = told.clone();
    for rule in rules {
        let kept = |name: &&str| {
            let part = own.and_then(|parts| parts.get(*name));
            let is_ordered = part.is_some_and(|part| part.is_ordered);
            let belongs = rule.answer.denies() || is_ordered;
            belongs && others(profile, name, parts).next().is_none() && !told_before.contains(*name)
        };
        let wanted: Vec<&str> = names(rule).filter(kept).collect();
        told.extend(wanted.iter().copied());
        stopping.extend(with_names(rule, wanted.into_iter()));
    }
    stopping
}

fn with_names<'n>(rule: &DraftRule, names: impl Iterator<Item = &'n str>) -> Option<DraftRule> {
    let names: Vec<String> = names.map(str::to_owned).collect();
    (!names.is_empty()).then(|| DraftRule {
        names,
        ..rule.clone()
    })
}

/// Takes out a rule that says of a name what an earlier one says. Rules that are the same but for
/// their names stay apart where their comments differ: each is somebody's thought.
fn unite(rules: &mut Vec<DraftRule>) {
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    for rule in rules.iter_mut() {
        let asked = asked(rule);
        rule.names
            .retain(|name| seen.insert((name.clone(), asked.clone())));
    }
    rules.retain(|rule| !rule.names.is_empty());
}

/// The machines of all profiles, each with the architectures that any of them has for it.
fn machines(profiles: &[Draft]) -> Vec<(String, Vec<String>)> {
    let mut merged: Vec<(String, Vec<String>)> = Vec::new();
    for (machine, others) in profiles.iter().flat_map(machines_of) {
        match merged.iter_mut().find(|(there, _)| *there == machine) {
            Some((_, there)) => {
                let new = others.into_iter().filter(|other| !there.contains(other));
                let new: Vec<String> = new.collect();
                there.extend(new);
            }
            None => merged.push((machine, others)),
        }
    }
    merged
}

/// `archMap`, or `architectures` in that form: each listed one that is a machine, with the listed
/// ones that go with it; the rest as machines of their own.
fn machines_of(profile: &Draft) -> Vec<(String, Vec<String>)> {
    if !profile.machines.is_empty() {
        return profile.machines.clone();
    }
    let listed = &profile.architectures;
    let entry = |name: &String| {
        let abi = Abi::from_scmp(name);
        ARCHITECTURES
            .iter()
            .find(|(machine, _)| Some(*machine) == abi)
    };
    let with_others: Vec<(String, Vec<String>)> = listed
        .iter()
        .map(|name| {
            let others = entry(name).map_or(&[][..], |(_, others)| others);
            let others = others.iter().map(|abi| abi.scmp().to_owned());
            (
                name.clone(),
                others.filter(|other| listed.contains(other)).collect(),
            )
        })
        .collect();
    let goes_with_one = |name: &String| with_others.iter().any(|(_, others)| others.contains(name));
    let machines = with_others
        .iter()
        .filter(|(name, _)| entry(name).is_some() || !goes_with_one(name));
    machines.cloned().collect()
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
