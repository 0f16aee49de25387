//! A copy of an old default of Docker's, brought up to date.
//!
//! Most profiles of people's own are copies of Docker's default as it was one day, with a few changes.
//! Docker has shut calls since then and opened others, and the copy knows nothing of it.
//! [`upgrade`] finds out which default a profile was copied from, tells apart what its owner changed
//! and what Docker has changed since, and takes over the latter: as edits of the profile's own text.
//! [`tighten`] takes over what it has shut and nothing of what it has opened.

mod answers;
mod edits;
mod meet;
mod past;

use std::collections::BTreeSet;

use caulk_source::Edit;

use crate::Profile;
use crate::draft::Draft;
use crate::history::{CHANGES, Change, Effect};
use answers::{Answers, Clauses, describe};

/// What an upgrade makes of a profile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Upgrade {
    /// The last change of the default that the copy has; nothing where it is older than all.
    pub since: Option<&'static Change>,
    /// The changes since then, the oldest first.
    pub missed: &'static [Change],
    /// How many of the calls that the default then named are as they were then, of how many.
    pub agreeing: (usize, usize),
    /// What the owner changed, and is kept.
    pub kept: Vec<Difference>,
    /// What Docker changed since, and is taken.
    pub taken: Vec<Difference>,
    /// What both changed, each in another way. The owner's change is kept.
    pub conflicts: Vec<Conflict>,
    /// What makes the new profile of the old one's text.
    pub edits: Vec<Edit>,
}

/// A call with which something else is done.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Difference {
    /// The call.
    pub name: String,
    /// What was done with it.
    pub before: String,
    /// What is done with it now.
    pub after: String,
}

/// A call that the owner and Docker have changed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Conflict {
    /// The call.
    pub name: String,
    /// What the default did with it then.
    pub before: String,
    /// What the owner does.
    pub owner: String,
    /// What the default does today.
    pub docker: String,
}

/// Why there is no upgrade of a profile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoUpgrade {
    /// It is no copy of a default of Docker's: of the calls that the likeliest one names, so many
    /// are as they were there, of so many.
    NotACopy {
        /// So many.
        agreeing: usize,
        /// Of so many.
        of: usize,
    },
    /// An engine refuses it, or takes it for no profile.
    Refused,
}

/// How many of a hundred calls of a default must be as they were there.
const ALIKE: usize = 75;

/// Brings a copy of Docker's default up to date. `text` is the profile's own.
pub fn upgrade(profile: &Profile, text: &str) -> Result<Upgrade, NoUpgrade> {
    let (mut upgrade, owner, wanted) = rebase(profile, Taking::Everything)?;
    upgrade.edits = edits::edits(profile, text, (&owner, &wanted), upgrade.missed);
    Ok(upgrade)
}

/// Brings a copy of Docker's default up to date without opening anything: of what Docker has changed
/// since, what both the copy and today's default let through stays open. `text` is the profile's own.
pub fn tighten(profile: &Profile, text: &str) -> Result<Upgrade, NoUpgrade> {
    let (mut upgrade, owner, wanted) = rebase(profile, Taking::WhatIsShut)?;
    // A machine that a profile does not know is not one for which it opens less.
    upgrade.edits = edits::edits(profile, text, (&owner, &wanted), &[]);
    Ok(upgrade)
}

/// The calls with which [`tighten`] does something else.
pub fn tightened(profile: &Profile) -> Result<BTreeSet<String>, NoUpgrade> {
    let (upgrade, _, _) = rebase(profile, Taking::WhatIsShut)?;
    let taken = upgrade.taken.into_iter();
    Ok(taken.map(|difference| difference.name).collect())
}

/// What is taken over of what Docker has changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Taking {
    Everything,
    WhatIsShut,
}

/// The upgrade without its edits, what the owner does with each call, and what is to be done.
fn rebase(profile: &Profile, taking: Taking) -> Result<(Upgrade, Answers, Answers), NoUpgrade> {
    let draft = Draft::of(profile).ok_or(NoUpgrade::Refused)?;
    let owner = Answers::of(&draft);
    let copied = past::copied_from(profile, &owner);
    let (agreeing, of) = copied.agreeing;
    if agreeing * 100 < of * ALIKE || !draft.default.denies() {
        return Err(NoUpgrade::NotACopy { agreeing, of });
    }
    let docker = Answers::of(&Draft::docker_default());
    let mut upgrade = Upgrade {
        since: copied.moment.checked_sub(1).and_then(|at| CHANGES.get(at)),
        missed: CHANGES.get(copied.moment..).unwrap_or_default(),
        agreeing: copied.agreeing,
        kept: Vec::new(),
        taken: Vec::new(),
        conflicts: Vec::new(),
        edits: Vec::new(),
    };
    let wanted = upgrade.rebase(&copied.answers, (&owner, &docker), taking);
    Ok((upgrade, owner, wanted))
}

/// What both let through, and how today's default answers the rest. Nothing where that is what the
/// copy lets through by itself.
fn tighter(mine: &Clauses, theirs: &Clauses) -> Option<Clauses> {
    let mut both = meet::meet(mine, theirs)?;
    if both == meet::widest(meet::open(mine).cloned()) {
        return None;
    }
    let denials = theirs.iter().filter(|clause| clause.answer.denies());
    both.extend(denials.cloned());
    Some(both)
}

impl Upgrade {
    /// Whether a change since then was to shut a call, wholly or for some arguments.
    fn is_shut_since(&self, name: &str) -> bool {
        let shuts = |change: &&Change| match change.effect {
            Effect::Shut | Effect::ShutWithout(_) | Effect::Narrowed(_) => true,
            Effect::Opened
            | Effect::OpenedWith(_)
            | Effect::OpenedSince(_, _)
            | Effect::FailsWith(_)
            | Effect::Machine(_)
            | Effect::Other => false,
        };
        let mut shut = self.missed.iter().filter(shuts);
        shut.any(|change| change.calls.contains(&name))
    }

    /// What is to be done with each call.
    fn rebase(
        &mut self,
        before: &Answers,
        (owner, docker): (&Answers, &Answers),
        taking: Taking,
    ) -> Answers {
        let names: BTreeSet<&String> = [before, owner, docker]
            .into_iter()
            .flat_map(|answers| answers.calls.keys())
            .collect();
        let mut wanted = Answers::default();
        for name in names {
            let was = before.of_call(name);
            let mine = owner.of_call(name);
            let theirs = docker.of_call(name);
            let difference = |before: &Clauses, after: &Clauses| Difference {
                name: name.clone(),
                before: describe(before),
                after: describe(after),
            };
            let chosen = if mine == theirs {
                mine.clone()
            } else if mine == was || past::is_forgotten(mine, was) {
                let taken = match taking {
                    Taking::Everything => Some(theirs.clone()),
                    Taking::WhatIsShut if self.is_shut_since(name) => tighter(mine, theirs),
                    Taking::WhatIsShut => None,
                };
                if let Some(taken) = &taken {
                    self.taken.push(difference(mine, taken));
                }
                taken.unwrap_or_else(|| mine.clone())
            } else {
                if theirs == was {
                    self.kept.push(difference(was, mine));
                } else {
                    self.conflicts.push(Conflict {
                        name: name.clone(),
                        before: describe(was),
                        owner: describe(mine),
                        docker: describe(theirs),
                    });
                }
                mine.clone()
            };
            if !chosen.is_empty() {
                wanted.calls.insert(name.clone(), chosen);
            }
        }
        wanted
    }
}

#[cfg(test)]
mod tests;
