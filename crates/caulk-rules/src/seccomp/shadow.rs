//! Entries of a profile that another entry makes needless, as moby, runc and libseccomp read them.
//!
//! A rule that says what the default says is left out. Of the rest the first one without conditions
//! on arguments counts for a call, before any with conditions (libseccomp `src/db.c`).

use std::collections::{HashMap, HashSet};

use caulk_seccomp::{Outcome, Profile, Requirement, Rule};
use caulk_source::{Span, Spanned};

/// An entry that changes nothing.
#[derive(Clone, Copy)]
pub(crate) struct Shadowed<'p> {
    pub(crate) name: &'p Spanned<String>,
    /// The entry that counts in its place; nothing where that is the default action.
    pub(crate) by: Option<Span>,
    pub(crate) kind: Shadow,
}

/// Why an entry changes nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shadow {
    /// Another one says the same.
    Repeated,
    /// It denies, and another one lets the call through.
    LetThrough,
    /// It lets through, and another one denies.
    Denied,
    /// The default action does the same.
    AsDefault,
}

/// The first entry that counts for a call whatever its arguments and whoever runs.
struct Winner {
    rule: usize,
    name: usize,
    place: Span,
    outcome: Outcome,
}

/// Every entry that changes nothing, in order.
pub(crate) fn shadowed(profile: &Profile) -> Vec<Shadowed<'_>> {
    let number = profile.default_errno.map(|number| number.value);
    let default = profile.action().map(|action| Outcome::new(action, number));
    let mut winners: HashMap<&str, Winner> = HashMap::new();
    for (index, rule) in profile.rules.iter().enumerate() {
        let counts = rule.arguments.is_empty() && !is_conditional(rule);
        let Some(outcome) = outcome(rule).filter(|it| counts && Some(*it) != default) else {
            continue;
        };
        for (position, name) in rule.names.iter().enumerate() {
            winners.entry(&name.value).or_insert(Winner {
                rule: index,
                name: position,
                place: name.span,
                outcome,
            });
        }
    }
    let mut shadowed = Vec::new();
    for (index, rule) in profile.rules.iter().enumerate() {
        let Some(outcome) = outcome(rule) else {
            continue;
        };
        let is_default = Some(outcome) == default;
        let mut seen: HashSet<&str> = HashSet::new();
        for (position, name) in rule.names.iter().enumerate() {
            let is_again = !seen.insert(&name.value);
            let winner = winners.get(name.value.as_str());
            let winner = winner.filter(|it| (it.rule, it.name) != (index, position));
            let kind = match winner {
                Some(winner) if is_default || loses(rule, index, winner) => {
                    Some((against(outcome, winner.outcome), Some(winner.place)))
                }
                _ if is_again => Some((Shadow::Repeated, None)),
                _ if is_default => Some((Shadow::AsDefault, None)),
                _ => None,
            };
            shadowed.extend(kind.map(|(kind, by)| Shadowed { name, by, kind }));
        }
    }
    shadowed
}

/// Whether a rule never comes to count beside the winner. One before it that applies only sometimes
/// counts when it does.
fn loses(rule: &Rule, index: usize, winner: &Winner) -> bool {
    index >= winner.rule || !rule.arguments.is_empty()
}

fn against(own: Outcome, winner: Outcome) -> Shadow {
    match (own.may_run(), winner.may_run()) {
        (false, true) => Shadow::LetThrough,
        (true, false) => Shadow::Denied,
        (true, true) | (false, false) => Shadow::Repeated,
    }
}

fn outcome(rule: &Rule) -> Option<Outcome> {
    let number = rule.errno.map(|number| number.value);
    Some(Outcome::new(rule.parsed_action()?, number))
}

/// Whether a rule is for some containers or hosts alone.
fn is_conditional(rule: &Rule) -> bool {
    let asks = |requirement: &Option<Requirement>| {
        requirement.as_ref().is_some_and(|it| {
            !it.capabilities.is_empty() || !it.architectures.is_empty() || it.kernel.is_some()
        })
    };
    asks(&rule.includes) || asks(&rule.excludes)
}
