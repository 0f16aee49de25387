//! When a copy of Docker's default profile was taken.

use super::witness::Witness;
use super::{CHANGES, Change};

/// Between which changes a profile was copied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dated {
    /// The latest change that the copy has; nothing where it has none.
    pub since: Option<&'static Change>,
    /// The first change that it lacks; nothing where it has them all.
    pub before: Option<&'static Change>,
    /// How many of the calls that tell the time are decided as they were then.
    pub agreeing: usize,
    /// Those that are not: what its owner changed.
    pub deviating: Vec<&'static str>,
    missed: usize,
}

impl Dated {
    /// The changes since the copy was taken, the oldest first.
    pub fn missed(&self) -> &'static [Change] {
        let at = CHANGES.len().saturating_sub(self.missed);
        CHANGES.split_at(at).1
    }
}

/// When a copy of the default was taken, by what it lets a container make that holds Docker's
/// default capabilities and runs on a kernel of today.
///
/// `allows` says whether a call goes through with this first argument and zeros after it, or
/// nothing where that cannot be told: the profile has no ABI with this call.
///
/// It answers for every profile, with the latest moment that explains it best. Whether the profile
/// is a copy at all is for the caller to say first; one of other origin has many deviations.
pub fn date(allows: impl Fn(&str, u64) -> Option<bool>) -> Dated {
    let mut told = Vec::new();
    let mut agreeing = vec![0_usize; CHANGES.len() + 1];
    for witness in Witness::all() {
        let Some(allowed) = allows(witness.call, witness.argument) else {
            continue;
        };
        let line = witness.timeline();
        for (count, then) in agreeing.iter_mut().zip(&line) {
            *count += usize::from(*then == allowed);
        }
        told.push((witness.call, line, allowed));
    }
    let best = agreeing.iter().copied().max().unwrap_or(0);
    let last = agreeing.iter().rposition(|one| *one == best).unwrap_or(0);
    // The moments before it that explain the profile as well: nothing happened in between.
    let alike = agreeing
        .iter()
        .take(last)
        .rev()
        .take_while(|one| **one == best);
    let first = last - alike.count();
    let deviates = |(_, line, allowed): &&(&str, Vec<bool>, bool)| line.get(last) != Some(allowed);
    let mut deviating: Vec<&str> = told
        .iter()
        .filter(deviates)
        .map(|(call, _, _)| *call)
        .collect();
    deviating.dedup();
    Dated {
        since: first.checked_sub(1).and_then(|index| CHANGES.get(index)),
        before: CHANGES.get(last),
        agreeing: best,
        deviating,
        missed: CHANGES.len() - last,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The default as it was with its first `moment` changes.
    fn default_of(moment: usize) -> impl Fn(&str, u64) -> Option<bool> {
        move |call, argument| {
            let mut all = Witness::all().into_iter();
            let witness = all.find(|one| one.call == call && one.argument == argument)?;
            witness.timeline().get(moment).copied()
        }
    }

    #[test]
    fn every_moment_is_found_again() {
        for moment in 0..=CHANGES.len() {
            let dated = date(default_of(moment));
            assert!(dated.deviating.is_empty(), "{moment}: {dated:?}");
            // Nothing is said to be missed that the copy has.
            assert!(
                dated.missed().len() <= CHANGES.len() - moment,
                "{moment}: {dated:?}"
            );
        }
        let now = date(default_of(CHANGES.len()));
        assert!(now.before.is_none() && now.missed().is_empty());
    }

    #[test]
    fn what_the_owner_changed_does_not_change_the_date() {
        let clone3 = CHANGES
            .iter()
            .position(|change| change.calls == ["clone3"])
            .unwrap();
        let copied = default_of(clone3);
        let dated = date(|call, argument| match call {
            "mseal" => Some(true),
            "rseq" => Some(false),
            "futex_time64" => None,
            _ => copied(call, argument),
        });
        let month = |change: Option<&Change>| change.map(|change| change.month.to_string());
        assert_eq!(month(dated.since).as_deref(), Some("2021-03"));
        assert_eq!(month(dated.before).as_deref(), Some("2022-01"));
        assert_eq!(dated.deviating, ["mseal", "rseq"]);
        assert!(
            dated
                .missed()
                .iter()
                .any(|change| change.words == "refuses io_uring")
        );
    }
}
