//! Docker's default as it was.

use caulk_linux::syscalls::{self, Abi};
use caulk_linux::{Capability, DOCKER_DEFAULT};

use super::answers::{Answers, Clause, Clauses};
use crate::draft::{Answer, Comparison, Conditions, Draft};
use crate::history::{CHANGES, Change, Effect, Reference, date};
use crate::{Host, Profile, Resolution};

/// Calls that were let through with a capability before everybody might make them.
const GUARDED_BEFORE: &[(&str, Capability)] = &[
    ("adjtimex", Capability::SysTime),
    ("clock_adjtime", Capability::SysTime),
    ("name_to_handle_at", Capability::SysAdmin),
];

/// The change with which rules began to ask for capabilities and machines.
const BY_CAPABILITIES: Reference = Reference::Moby(22554);

/// The flag that `clone` was not refused before.
const NEW_CGROUP: u64 = 0x0200_0000;

/// `AF_VSOCK`, which was refused before `AF_ALG` was.
const VSOCK: u64 = 40;

/// The default from which a profile was copied.
pub(super) struct Copied {
    /// How many of the changes it has.
    pub(super) moment: usize,
    pub(super) answers: Answers,
    /// How many of its calls the copy treats as it does, of how many.
    pub(super) agreeing: (usize, usize),
}

/// Finds the default that explains a profile best: between the changes by which it shows its age,
/// the one with the fewest differences, the latest where several have as few.
pub(super) fn copied_from(profile: &Profile, copy: &Answers) -> Copied {
    let filter = profile.resolve(&Host::docker(DOCKER_DEFAULT));
    let filter = filter.ok().and_then(Resolution::into_filter);
    let dated = date(|call, argument| {
        let filter = filter.as_ref()?;
        let mut abis = filter.abis();
        let (abi, number) = abis.find_map(|abi| Some((abi, syscalls::number(abi, call)?)))?;
        let decision = filter.decide(abi, number, [argument, 0, 0, 0, 0, 0]);
        Some(decision.may_run())
    });
    let place = |change: &Change| CHANGES.iter().position(|one| one == change);
    let first = dated.since.and_then(place).map_or(0, |at| at + 1);
    let last = dated.before.and_then(place).unwrap_or(CHANGES.len());
    let mut answers = Answers::of(&Draft::docker_default());
    let mut best: Option<(usize, Copied)> = None;
    for moment in (first..=CHANGES.len()).rev() {
        if let Some(change) = CHANGES.get(moment) {
            undo(change, &mut answers);
        }
        if moment > last || is_fleeting(moment) {
            continue;
        }
        let found = differences(copy, &answers);
        if best.as_ref().is_none_or(|(least, _)| found < *least) {
            let copied = Copied {
                moment,
                agreeing: agreeing(copy, &answers),
                answers: answers.clone(),
            };
            best = Some((found, copied));
        }
    }
    let (_, copied) = best.unwrap_or_else(|| {
        let copied = Copied {
            moment: CHANGES.len(),
            agreeing: agreeing(copy, &answers),
            answers,
        };
        (0, copied)
    });
    copied
}

/// Whether what the default was at a moment was taken back in the same month: nobody has a copy.
fn is_fleeting(moment: usize) -> bool {
    let before = moment.checked_sub(1).and_then(|at| CHANGES.get(at));
    let Some((change, next)) = before.zip(CHANGES.get(moment)) else {
        return false;
    };
    let is_back = change.effect == Effect::Shut && next.effect == Effect::Opened;
    is_back && change.calls == next.calls && change.month == next.month
}

/// How many calls are treated in different ways.
fn differences(one: &Answers, other: &Answers) -> usize {
    let differ = |name: &&String| one.of_call(name) != other.of_call(name);
    let here = one.calls.keys().filter(differ).count();
    let only_there = other
        .calls
        .keys()
        .filter(|name| !one.calls.contains_key(*name));
    here + only_there.count()
}

fn agreeing(copy: &Answers, default: &Answers) -> (usize, usize) {
    let alike = default
        .calls
        .iter()
        .filter(|(name, clauses)| copy.of_call(name) == *clauses);
    (alike.count(), default.calls.len())
}

/// The default with so many of its changes, as a profile.
#[cfg(test)]
pub(super) fn default_of(moment: usize) -> Draft {
    let mut draft = Draft::docker_default();
    let mut answers = Answers::of(&draft);
    for change in CHANGES.iter().skip(moment).rev() {
        undo(change, &mut answers);
        if let Effect::Machine(abi) = change.effect {
            draft.machines.retain(|(machine, _)| machine != abi.scmp());
        }
    }
    let mut rules: std::collections::BTreeMap<Clause, Vec<String>> =
        std::collections::BTreeMap::new();
    for (name, clauses) in &answers.calls {
        for clause in clauses {
            rules.entry(clause.clone()).or_default().push(name.clone());
        }
    }
    let rules = rules
        .into_iter()
        .map(|(clause, names)| crate::draft::DraftRule {
            names,
            ..clause.rule()
        });
    draft.rules = rules.collect();
    draft
}

/// Whether what a copy lacks is a rule for another family of processors than most people's. The
/// history does not tell when those came, so the copy may be older than they are.
pub(super) fn is_forgotten(mine: &Clauses, was: &Clauses) -> bool {
    let mut lacked = was.difference(mine).peekable();
    let has_more = mine.difference(was).next().is_some();
    lacked.peek().is_some()
        && !has_more
        && lacked.all(|clause| {
            let machines = &clause.includes.architectures;
            let is_common = machines.iter().any(|one| one == Abi::X86_64.docker());
            !machines.is_empty() && !is_common
        })
}

/// Takes a change back.
fn undo(change: &Change, answers: &mut Answers) {
    if change.reference == BY_CAPABILITIES {
        ask_for_nothing(answers);
        return;
    }
    for name in change.calls {
        answers.change(name, |clauses| undo_for(change, name, clauses));
    }
}

/// Before rules could ask for anything, the profile was the same for every container, and written
/// for `x86_64`.
fn ask_for_nothing(answers: &mut Answers) {
    let x86 = [Abi::X86_64.docker(), Abi::X86.docker()];
    let names: Vec<String> = answers.calls.keys().cloned().collect();
    for name in names {
        answers.change(&name, |clauses| {
            let stays = |clause: &Clause| {
                let asked = &clause.includes;
                let is_x86 = asked
                    .architectures
                    .iter()
                    .any(|one| x86.contains(&one.as_str()));
                asked.capabilities.is_empty()
                    && asked.kernel.is_none()
                    && (asked.architectures.is_empty() || is_x86)
            };
            let kept = std::mem::take(clauses).into_iter().filter(stays);
            *clauses = kept
                .map(|clause| Clause {
                    includes: Conditions::default(),
                    excludes: Conditions::default(),
                    ..clause
                })
                .collect();
        });
    }
}

fn undo_for(change: &Change, name: &str, clauses: &mut Clauses) {
    match change.effect {
        Effect::Opened => {
            clauses.remove(&Clause::open());
            let guarded = GUARDED_BEFORE.iter().find(|(call, _)| *call == name);
            clauses.extend(guarded.map(|(_, capability)| with(&[*capability])));
        }
        Effect::OpenedWith(capabilities) => {
            clauses.remove(&with(capabilities));
        }
        Effect::OpenedSince(kernel, major) => {
            let since = Some(format!("{kernel}.{major}"));
            clauses.retain(|clause| clause.includes.kernel != since);
        }
        Effect::Shut => {
            clauses.insert(Clause::open());
        }
        Effect::ShutWithout(capabilities) => {
            for capability in capabilities {
                clauses.remove(&with(&[*capability]));
            }
            clauses.insert(Clause::open());
        }
        Effect::Narrowed(argument) => widen(argument, clauses),
        // `clone3` was not in the profile before it was answered so.
        Effect::FailsWith(_) | Effect::Machine(_) => clauses.clear(),
        Effect::Other => {}
    }
}

/// What the arguments were asked for before a value was refused.
fn widen(refused: u64, clauses: &mut Clauses) {
    if refused == NEW_CGROUP {
        let wider = |mut clause: Clause| {
            for argument in &mut clause.arguments {
                argument.value &= !NEW_CGROUP;
            }
            clause
        };
        *clauses = std::mem::take(clauses).into_iter().map(wider).collect();
        return;
    }
    clauses.clear();
    clauses.insert(if refused == VSOCK {
        Clause::open()
    } else {
        Clause {
            arguments: vec![Comparison::new(0, "SCMP_CMP_NE", VSOCK)],
            ..Clause::open()
        }
    });
}

/// Let through with these capabilities, all of them.
fn with(capabilities: &[Capability]) -> Clause {
    let names = capabilities.iter().map(|one| one.name().to_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    Clause {
        answer: Answer::ALLOW,
        includes: Conditions {
            capabilities: names,
            ..Conditions::default()
        },
        ..Clause::open()
    }
}
