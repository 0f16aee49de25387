//! What the rules about seccomp profiles share.

pub(crate) mod arguments;
pub(crate) mod conditions;
pub(crate) mod detours;
pub(crate) mod shadow;

use caulk_linux::syscalls::Abi;
use caulk_model::{Profile, ProfileUse};
use caulk_seccomp::{Action, Filter, Outcome, Rule};
use caulk_source::{Span, Spanned};

use crate::prelude::*;

/// How many containers that use a profile are shown.
const SHOWN_USERS: usize = 4;

/// The profiles, each with what becomes of it.
pub(crate) fn profiles(
    repository: &Repository,
) -> impl Iterator<Item = (&Profile, &[ProfileUse])> {
    repository
        .profiles()
        .map(|profile| (profile, repository.uses(profile)))
}

/// The finding, with the places where containers name the profile. `says` follows a container's
/// title.
pub(crate) fn with_users(
    mut finding: Finding,
    repository: &Repository,
    profile: &Profile,
    says: &str,
) -> Finding {
    for (user, span) in profile.used_by.iter().take(SHOWN_USERS) {
        if let Some(container) = repository.container(*user) {
            finding = finding.related(*span, format!("{} {says}", container.title()));
        }
    }
    finding
}

/// The first of these names in backticks, and how many more there are.
pub(crate) fn listed<S: AsRef<str>>(names: &[S], shown: usize) -> String {
    let quoted: Vec<String> = names
        .iter()
        .take(shown)
        .map(|name| quoted(name.as_ref()))
        .collect();
    match (names.len() - quoted.len(), quoted.as_slice()) {
        (0, [start @ .., last]) if !start.is_empty() => {
            format!("{} and {last}", start.join(", "))
        }
        (0, _) => quoted.join(", "),
        (more, _) => format!("{} and {more} more", quoted.join(", ")),
    }
}

/// A name as it is written, in backticks and no longer than can be read.
pub(crate) fn quoted(name: &str) -> String {
    const LONGEST: usize = 40;
    let mut short: String = name.chars().take(LONGEST).collect();
    if short.len() < name.len() {
        short.push('…');
    }
    format!("`{}`", short.replace(['`', '\n', '\r'], " "))
}

/// "1 call", "2 calls".
pub(crate) fn counted(count: usize, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {one}{plural}")
}

/// Under which capabilities a profile was judged: reads after "judged".
pub(crate) fn judged(repository: &Repository, one: &ProfileUse) -> String {
    if let Some(because) = &one.assumed {
        return format!("under Docker's default capabilities, because {because}");
    }
    let first = one.containers.first();
    let title = first
        .and_then(|(id, _)| repository.container(*id))
        .map_or_else(|| "the container".to_owned(), Container::title);
    if one.bounding == caulk_linux::DOCKER_DEFAULT {
        return format!("for {title}, which has Docker's default capabilities");
    }
    format!("for {title} and its {} capabilities", one.bounding.len())
}

/// Whether a profile has the fields of Podman's format that Docker does not read.
pub(crate) fn is_podmans(profile: &Profile) -> bool {
    let profile = &profile.profile;
    let mut rules = profile.rules.iter();
    profile.default_errno_name.is_some() || rules.any(|rule| rule.errno_name.is_some())
}

/// Whether the default action of a profile lets calls through: then it is a list of denials.
pub(crate) fn allows_by_default(profile: &Profile) -> bool {
    let action = profile.profile.action();
    action.is_some_and(Action::lets_through)
}

/// Where rules that let calls through name one of these.
pub(crate) fn openings(profile: &Profile, is_one: impl Fn(&str) -> bool) -> Vec<Span> {
    named(profile, is_one, |rule| {
        let action = rule.parsed_action();
        action.is_some_and(|action| Outcome::new(action, None).may_run())
    })
}

/// Where rules of this kind name one of these calls.
pub(crate) fn named(
    profile: &Profile,
    is_one: impl Fn(&str) -> bool,
    is_wanted: impl Fn(&Rule) -> bool,
) -> Vec<Span> {
    let rules = profile.profile.rules.iter().filter(|rule| is_wanted(rule));
    let names = rules.flat_map(|rule| &rule.names);
    names
        .filter(|name| is_one(&name.value))
        .map(|name| name.span)
        .collect()
}

/// A call of an ABI, made with these arguments.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    pub(crate) abi: Abi,
    pub(crate) number: u32,
    pub(crate) arguments: [u64; 6],
}

/// Whether a call is made, and not left to somebody else.
pub(crate) fn is_made(filter: &Filter, call: Call) -> bool {
    let decision = filter.decide(call.abi, call.number, call.arguments);
    let outcomes = decision.outcomes();
    outcomes.contains(&Outcome::Allow) || outcomes.contains(&Outcome::Log)
}

/// Whether a call is certainly stopped.
pub(crate) fn is_stopped(filter: &Filter, call: Call) -> bool {
    let decision = filter.decide(call.abi, call.number, call.arguments);
    !decision.may_run()
}

/// The largest number of a call that `names` has on an ABI: runc answers `ENOSYS` to larger ones.
fn highest<'n>(
    names: impl Iterator<Item = &'n Spanned<String>>,
    abi: Abi,
) -> Option<u32> {
    names
        .filter(|name| abi.subcall(&name.value).is_none())
        .filter_map(|name| caulk_linux::syscalls::number(abi, &name.value))
        .max()
}

/// Whether the largest number that the profile names stays the same on every ABI when these
/// entries are gone. Where it changes, runc answers other calls with `ENOSYS` than before.
pub(crate) fn keeps_highest(profile: &Profile, gone: &[Span]) -> bool {
    let gone: std::collections::BTreeSet<Span> = gone.iter().copied().collect();
    let names = || profile.profile.rules.iter().flat_map(|rule| &rule.names);
    Abi::ALL.iter().all(|abi| {
        let left = names().filter(|name| !gone.contains(&name.span));
        highest(names(), *abi) == highest(left, *abi)
    })
}
