//! What the rules about seccomp profiles share.

pub(crate) mod arguments;
pub(crate) mod conditions;
pub(crate) mod detours;
pub(crate) mod shadow;

use std::collections::BTreeSet;

use caulk_linux::syscalls::Abi;
use caulk_model::{Profile, ProfileUse, Seccomp};
use caulk_seccomp::{Action, Filter, Outcome, Rule};
use caulk_source::{Span, Spanned};

use crate::prelude::*;

/// How many containers that use a profile are shown.
const SHOWN_USERS: usize = 4;

/// The profiles, each with what becomes of it.
pub(crate) fn profiles(repository: &Repository) -> impl Iterator<Item = (&Profile, &[ProfileUse])> {
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

/// The names to take out of a profile so that these calls are decided as Docker's default decides
/// them: where they are let through, where a rule says what the default action says, and, where the
/// default has rules for their arguments, everywhere.
pub(crate) fn decisions(profile: &Profile, calls: &[&str]) -> Vec<Span> {
    let default = profile.profile.action();
    let is_one = |name: &str| calls.contains(&name);
    let mut gone = named(profile, is_one, |rule| {
        let action = rule.parsed_action();
        let opens = action.is_some_and(|action| Outcome::new(action, None).may_run());
        opens || action == default
    });
    let has_conditions = |name: &str| is_one(name) && FILTERED_BY_DEFAULT.contains(&name);
    gone.extend(named(profile, has_conditions, |_| true));
    gone.sort_unstable();
    gone.dedup();
    gone
}

/// The calls that Docker's default decides by their arguments or with an error of their own.
const FILTERED_BY_DEFAULT: &[&str] = &["clone", "clone3", "personality", "socket"];

/// What a remedy may break that takes privileges from a container with a profile of its own: the
/// profile is then compared with what the default gives to fewer privileges.
pub(crate) fn and_profile(container: &Container, may_break: &str) -> String {
    match container.seccomp.value() {
        Some(Seccomp::Profile { .. }) => format!(
            "{may_break}; its seccomp profile is then measured by what is left: \
             `seccomp-broader-than-default`, `seccomp-filter-bypassed`"
        ),
        Some(Seccomp::Default | Seccomp::Disabled) | None => may_break.to_owned(),
    }
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
fn highest<'n>(names: impl Iterator<Item = &'n Spanned<String>>, abi: Abi) -> Option<u32> {
    names
        .filter(|name| abi.subcall(&name.value).is_none())
        .filter_map(|name| caulk_linux::syscalls::number(abi, &name.value))
        .max()
}

/// The architectures that a profile lists; none where it lists none, and then it is for any.
pub(crate) fn listed_abis(profile: &Profile) -> BTreeSet<Abi> {
    let written = &profile.profile;
    let machines = written.arch_map.iter().flat_map(|machine| {
        machine
            .architecture
            .iter()
            .chain(&machine.sub_architectures)
    });
    let names = written.architectures.iter().chain(machines);
    names
        .filter_map(|name| Abi::from_scmp(&name.value))
        .collect()
}

/// Whether the largest number that the profile names stays the same on every listed ABI when these
/// entries are gone. Where it changes, runc answers other calls with `ENOSYS` than before; where no
/// ABI is listed, it answers none so.
pub(crate) fn keeps_highest(profile: &Profile, gone: &[Span]) -> bool {
    let gone: BTreeSet<Span> = gone.iter().copied().collect();
    let names = || profile.profile.rules.iter().flat_map(|rule| &rule.names);
    listed_abis(profile).into_iter().all(|abi| {
        let left = names().filter(|name| !gone.contains(&name.span));
        highest(names(), abi) == highest(left, abi)
    })
}
