//! Rules that libseccomp does not take beside each other.

use std::collections::HashMap;

use caulk_linux::syscalls::Abi;

use crate::build::branches;
use crate::condition::Condition;
use crate::filter::{AppliedRule, Entry, conditions};
use crate::{Outcome, Refusal};

/// A rule with the same conditions as an earlier one, or with the first of them alone, and another
/// action: libseccomp answers `EEXIST`. The other way around it takes the longer rule. Says whether
/// it may have happened and cannot be known.
pub(crate) fn conflicts(
    rules: &[AppliedRule],
    abi: Abi,
    entries: &[Entry],
    refusals: &mut Vec<Refusal>,
) -> bool {
    let mut known = Chains::default();
    let mut is_unknown = false;
    for entry in entries {
        let Some(rule) = rules.get(entry.rule) else {
            continue;
        };
        let Some(name) = rule.names.get(entry.name) else {
            continue;
        };
        for branch in branches(rules, abi, *entry) {
            let chain: Vec<Condition> = conditions(*entry, branch).collect();
            match known.contradict(&chain, rule.outcome) {
                Answer::No => {}
                Answer::Perhaps => is_unknown = true,
                Answer::Yes => {
                    let message = format!(
                        "an earlier rule with another action has the same conditions for this \
                         call on {}",
                        abi.name()
                    );
                    refusals.push(Refusal::new(name.span, message));
                }
            }
            known.add(chain, rule.outcome);
        }
    }
    is_unknown
}

enum Answer {
    No,
    /// A rule that covers the other one with the same action came before or between, and whether the
    /// other one is still in the tree is libseccomp's own business.
    Perhaps,
    Yes,
}

/// The conditions of the rules of a call, in the order of the arguments.
#[derive(Default)]
struct Chains {
    whole: HashMap<Vec<Condition>, Outcome>,
    /// What longer ones begin with, and what those do; nothing where they do different things.
    beginnings: HashMap<Vec<Condition>, Option<Outcome>>,
}

impl Chains {
    fn contradict(&self, chain: &[Condition], outcome: Outcome) -> Answer {
        let longer = self.beginnings.get(chain);
        let same = self.whole.get(chain);
        let other = longer.is_some_and(|longer| *longer != Some(outcome))
            || same.is_some_and(|same| *same != outcome);
        let mut shorter = (1..chain.len()).filter_map(|end| chain.get(..end));
        match other {
            false => Answer::No,
            true if shorter.any(|shorter| self.whole.contains_key(shorter)) => Answer::Perhaps,
            true => Answer::Yes,
        }
    }

    fn add(&mut self, chain: Vec<Condition>, outcome: Outcome) {
        for end in 1..chain.len() {
            let beginning = chain.get(..end).unwrap_or_default().to_vec();
            let longer = self.beginnings.entry(beginning).or_insert(Some(outcome));
            *longer = longer.filter(|longer| *longer == outcome);
        }
        self.whole.entry(chain).or_insert(outcome);
    }
}
