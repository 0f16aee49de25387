//! Outcomes and cases in words.

use std::fmt::Write as _;

use caulk_seccomp::{Condition, Conditional, Decision, Outcome, Surface};

use crate::call::Call;

/// The arguments that a filter looks at, sorted.
pub(crate) fn asked(surface: &Surface) -> Vec<u8> {
    let cases = match surface {
        Surface::Always(_) => &[],
        Surface::Conditional(conditional) => conditional.cases.as_slice(),
    };
    let conditions = cases.iter().flat_map(|case| &case.conditions);
    let mut asked: Vec<u8> = conditions.map(|condition| condition.index).collect();
    asked.sort_unstable();
    asked.dedup();
    asked
}

/// What is done: `allowed`, `fails with EPERM`, `allowed or kills the thread`.
pub(crate) fn outcome(decision: &Decision) -> String {
    let outcomes: Vec<String> = decision
        .outcomes()
        .iter()
        .map(ToString::to_string)
        .collect();
    outcomes.join(" or ")
}

/// The words for an outcome as they stand behind a call: `is allowed`, `fails with EPERM`.
pub(crate) fn does(outcome: &str) -> String {
    if outcome.starts_with("fails") || outcome.starts_with("kills") {
        outcome.to_owned()
    } else {
        format!("is {outcome}")
    }
}

/// How many cases with one outcome are shown in a sentence.
const MOST_CASES: usize = 12;

/// What a call meets that depends on its arguments: `allowed where family < AF_ALG (38); otherwise
/// fails with EPERM`.
pub(crate) fn cases(call: Call, conditional: &Conditional) -> String {
    let mut text = String::new();
    let mut outcomes: Vec<Outcome> = conditional.cases.iter().map(|case| case.outcome).collect();
    outcomes.sort_unstable();
    outcomes.dedup();
    for one in outcomes {
        let cases = conditional.cases.iter().filter(|case| case.outcome == one);
        let conditions: Vec<&[Condition]> = cases.map(|case| case.conditions.as_slice()).collect();
        let shown = conditions.get(..MOST_CASES).unwrap_or(&conditions);
        let _ = write!(text, "{one} where {}", call.alternatives(shown));
        if conditions.len() > MOST_CASES {
            let _ = write!(text, ", or {} more", conditions.len() - MOST_CASES);
        }
        text.push_str("; ");
    }
    let _ = write!(text, "otherwise {}", outcome(&conditional.otherwise));
    if conditional.is_doubtful {
        text.push_str(" (libseccomp may read it otherwise)");
    }
    text
}
