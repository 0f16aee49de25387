//! Rules that libseccomp does not take beside each other.

use std::collections::HashMap;

use caulk_linux::syscalls::Abi;

use crate::build::branches;
use crate::condition::{Condition, Test};
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
    let mut known = Chains::new();
    let mut is_unknown = false;
    let mut has_full_mask = false;
    for entry in entries {
        let Some(rule) = rules.get(entry.rule) else {
            continue;
        };
        let Some(name) = rule.names.get(entry.name) else {
            continue;
        };
        for branch in branches(rules, abi, *entry) {
            let chain: Vec<Condition> = conditions(*entry, branch).collect();
            has_full_mask |= branch.has_full_mask;
            match known.contradict(&chain, rule.outcome) {
                Answer::No => {}
                // libseccomp does not always see that a mask of all bits is `EQ`.
                Answer::Yes if has_full_mask => is_unknown = true,
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
            known.add(&chain, rule.outcome);
        }
    }
    is_unknown
}

enum Answer {
    No,
    /// What of the other rules is in the tree by now is libseccomp's own business.
    Perhaps,
    Yes,
}

/// The conditions of the rules of a call, in the order of the arguments.
struct Chains {
    count: usize,
    /// Whether each is one `EQ`, so that the tree is a list.
    are_simple: bool,
    /// What begins so, and what that does; nothing where it does different things.
    beginnings: HashMap<Vec<Condition>, Beginning>,
}

struct Beginning {
    count: usize,
    outcome: Option<Outcome>,
    /// What the first that has no more than this does.
    whole: Option<Outcome>,
}

impl Chains {
    fn new() -> Self {
        Self {
            count: 0,
            are_simple: true,
            beginnings: HashMap::new(),
        }
    }

    fn contradict(&self, chain: &[Condition], outcome: Outcome) -> Answer {
        match self.beginnings.get(chain) {
            None => Answer::No,
            Some(known) if known.outcome == Some(outcome) => Answer::No,
            // The rule itself is there, and longer ones with another action came after it.
            Some(known) if known.whole == Some(outcome) => Answer::Perhaps,
            // Where there are others, they may have taken one of the two out of the tree.
            Some(known) if self.are_simple || known.count == self.count => Answer::Yes,
            Some(_) => Answer::Perhaps,
        }
    }

    fn add(&mut self, chain: &[Condition], outcome: Outcome) {
        self.count += 1;
        self.are_simple &= is_simple(chain);
        for end in 1..=chain.len() {
            let beginning = chain.get(..end).unwrap_or_default().to_vec();
            let known = self.beginnings.entry(beginning).or_insert(Beginning {
                count: 0,
                outcome: Some(outcome),
                whole: None,
            });
            known.count += 1;
            if end == chain.len() {
                known.whole.get_or_insert(outcome);
            }
            known.outcome = known.outcome.filter(|known| *known == outcome);
        }
    }
}

fn is_simple(chain: &[Condition]) -> bool {
    matches!(
        chain,
        [Condition {
            test: Test::Equal(_),
            ..
        }]
    )
}
