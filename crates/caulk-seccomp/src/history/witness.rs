//! Calls by which a copy of the default shows its age.

use std::collections::BTreeSet;

use super::{CHANGES, Change, Effect};

/// A call that some change lets a container with Docker's default capabilities make, or keeps from
/// it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Witness {
    /// The call.
    pub(super) call: &'static str,
    /// Its first argument.
    pub(super) argument: u64,
}

impl Witness {
    /// Every one of them.
    pub(super) fn all() -> BTreeSet<Self> {
        let told = CHANGES
            .iter()
            .filter_map(|change| Some((change, turn(change)?)));
        told.flat_map(|(change, turn)| {
            let argument = turn.argument;
            change.calls.iter().map(move |call| Self { call, argument })
        })
        .collect()
    }

    /// The changes that decide it, by their place, and how it stands before and after.
    pub(super) fn changes(self) -> impl Iterator<Item = (usize, bool, bool)> {
        let about = CHANGES
            .iter()
            .enumerate()
            .filter(move |(_, change)| change.calls.contains(&self.call));
        about.filter_map(move |(index, change)| {
            let turn = turn(change).filter(|turn| turn.argument == self.argument)?;
            Some((index, turn.before, turn.after))
        })
    }

    /// Whether the default let it through, when it had no change, its first, its first two …
    pub(super) fn timeline(self) -> Vec<bool> {
        let mut turns = self.changes().peekable();
        let mut allowed = turns.peek().is_some_and(|(_, before, _)| *before);
        let mut line = vec![allowed];
        for index in 0..CHANGES.len() {
            if let Some((_, _, after)) = turns.next_if(|(at, _, _)| *at == index) {
                allowed = after;
            }
            line.push(allowed);
        }
        line
    }
}

/// How a change turns its calls.
struct Turn {
    argument: u64,
    before: bool,
    after: bool,
}

fn turn(change: &Change) -> Option<Turn> {
    let (argument, before, after) = match change.effect {
        Effect::Opened | Effect::OpenedSince(_, _) => (0, false, true),
        Effect::Shut | Effect::ShutWithout(_) => (0, true, false),
        Effect::Narrowed(argument) => (argument, true, false),
        Effect::OpenedWith(_) | Effect::FailsWith(_) | Effect::Machine(_) | Effect::Other => {
            return None;
        }
    };
    Some(Turn {
        argument,
        before,
        after,
    })
}
