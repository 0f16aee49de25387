//! Every answer that a filter has for a call.

use caulk_linux::syscalls::Abi;

use crate::condition::Condition;
use crate::decision::Decision;
use crate::filter::{Filter, width};
use crate::surface::Surface;
use crate::witness::witnesses;

/// What a filter does with a call, arguments by arguments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answers {
    /// Each thing that is done, with arguments for which it is.
    pub answers: Vec<([u64; 6], Decision)>,
    /// Whether that is all that is done. Where an argument has masks that overlap, or both masks and
    /// an order, or a call has very many conditions, something may be missing.
    pub are_complete: bool,
}

/// How many comparisons may be made for one call.
const MOST_COMPARISONS: usize = 1_000_000;

impl Filter {
    /// Every answer that the filter has for a call, each once.
    pub fn answers(&self, abi: Abi, number: u32) -> Answers {
        let surface = self.surface(abi, number);
        let conditions: Vec<Condition> = match &surface {
            Surface::Always(decision) => {
                return Answers {
                    answers: vec![([0; 6], decision.clone())],
                    are_complete: true,
                };
            }
            Surface::Conditional(conditional) => {
                let cases = conditional.cases.iter();
                cases
                    .flat_map(|case| case.conditions.iter().copied())
                    .collect()
            }
        };
        let most = (MOST_COMPARISONS / conditions.len().max(1)).max(16);
        let mut distinct = conditions;
        distinct.sort_unstable();
        distinct.dedup();
        let tried = witnesses(&distinct, width(abi));
        let are_complete = tried.are_complete && tried.arguments.len() <= most;
        let mut answers: Vec<([u64; 6], Decision)> = Vec::new();
        for arguments in tried.arguments.into_iter().take(most) {
            let decision = self.decide(abi, number, arguments);
            if !answers
                .iter()
                .any(|(_, known)| known.same_outcomes(&decision))
            {
                answers.push((arguments, decision));
            }
        }
        Answers {
            answers,
            are_complete,
        }
    }
}
