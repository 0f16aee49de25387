//! What two profiles both let through.

use std::collections::BTreeSet;

use super::answers::{Clause, Clauses};
use crate::draft::{Comparison, Conditions};

/// What of a call both let through, as the clauses of one. Nothing where no rule can say it: runtimes
/// take two comparisons of one argument for alternatives.
pub(super) fn meet(mine: &Clauses, theirs: &Clauses) -> Option<Clauses> {
    let mut both: Vec<Clause> = Vec::new();
    for own in open(mine) {
        for other in open(theirs) {
            // Which of two kernels is the later one, a condition cannot say.
            if !kernels_agree(own, other) {
                return None;
            }
            if let Some(conditions) = conditions(own, other) {
                let arguments = arguments(&own.arguments, &other.arguments)?;
                let clause = Clause {
                    answer: own.answer,
                    arguments,
                    ..conditions
                };
                both.push(clause);
            }
        }
    }
    Some(widest(both))
}

/// The clauses that let something through.
pub(super) fn open(clauses: &Clauses) -> impl Iterator<Item = &Clause> {
    clauses.iter().filter(|clause| !clause.answer.denies())
}

/// Those that are not part of another one.
pub(super) fn widest(clauses: impl IntoIterator<Item = Clause>) -> Clauses {
    let mut left: Vec<Clause> = clauses
        .into_iter()
        .collect::<Clauses>()
        .into_iter()
        .collect();
    let mut at = 0;
    while let Some(clause) = left.get(at) {
        let mut others = left.iter().enumerate().filter(|(index, _)| *index != at);
        if others.any(|(_, other)| is_part(clause, other)) {
            left.remove(at);
        } else {
            at += 1;
        }
    }
    left.into_iter().collect()
}

/// Whether all that one clause is about another one is about too.
fn is_part(one: &Clause, of: &Clause) -> bool {
    let includes = (&one.includes, &of.includes);
    let excludes = (&one.excludes, &of.excludes);
    let has_all = |some: &[String], all: &[String]| all.iter().all(|name| some.contains(name));
    let machines = |some: &[String], all: &[String]| {
        all.is_empty() || (!some.is_empty() && has_all(all, some))
    };
    let is_no_other = |machine: &String| {
        let of_one = &includes.0.architectures;
        excludes.0.architectures.contains(machine)
            || (!of_one.is_empty() && !of_one.contains(machine))
    };
    let kernel =
        |some: &Conditions, all: &Conditions| all.kernel.is_none() || all.kernel == some.kernel;
    one.answer == of.answer
        && has_all(&includes.0.capabilities, &includes.1.capabilities)
        && machines(&includes.0.architectures, &includes.1.architectures)
        && kernel(includes.0, includes.1)
        && has_all(&excludes.0.capabilities, &excludes.1.capabilities)
        && excludes.1.architectures.iter().all(is_no_other)
        && kernel(excludes.0, excludes.1)
        && of.arguments.iter().all(|wide| {
            let mut arguments = one.arguments.iter();
            arguments.any(|argument| implies(argument, wide))
        })
}

fn kernels_agree(one: &Clause, other: &Clause) -> bool {
    let agree = |one: &Conditions, other: &Conditions| {
        one.kernel.is_none() || other.kernel.is_none() || one.kernel == other.kernel
    };
    agree(&one.includes, &other.includes) && agree(&one.excludes, &other.excludes)
}

/// For whom both apply; nothing where that is nobody. The arguments are those of neither.
fn conditions(one: &Clause, other: &Clause) -> Option<Clause> {
    let union = |one: &[String], other: &[String]| -> Vec<String> {
        let all: BTreeSet<&String> = one.iter().chain(other).collect();
        all.into_iter().cloned().collect()
    };
    let kernel = |one: &Conditions, other: &Conditions| {
        let kernel = one.kernel.as_ref().or(other.kernel.as_ref());
        kernel.cloned()
    };
    let (one_asks, other_asks) = (&one.includes, &other.includes);
    let machines = match (&one_asks.architectures, &other_asks.architectures) {
        (none, some) | (some, none) if none.is_empty() => some.clone(),
        (some, others) => {
            let both = some.iter().filter(|machine| others.contains(machine));
            both.cloned().collect()
        }
    };
    let asks_for_machines =
        !one_asks.architectures.is_empty() || !other_asks.architectures.is_empty();
    let excludes = Conditions {
        capabilities: union(&one.excludes.capabilities, &other.excludes.capabilities),
        architectures: union(&one.excludes.architectures, &other.excludes.architectures),
        kernel: kernel(&one.excludes, &other.excludes),
    };
    let is_there = |machine: &String| !excludes.architectures.contains(machine);
    let machines: Vec<String> = machines.into_iter().filter(is_there).collect();
    let includes = Conditions {
        capabilities: union(&one_asks.capabilities, &other_asks.capabilities),
        architectures: machines,
        kernel: kernel(one_asks, other_asks),
    };
    let mut asked = includes.capabilities.iter();
    let is_nobody = (asks_for_machines && includes.architectures.is_empty())
        || asked.any(|name| excludes.capabilities.contains(name));
    // Which machines are meant is said once.
    let others = if asks_for_machines {
        Vec::new()
    } else {
        excludes.architectures
    };
    (!is_nobody).then(|| Clause {
        includes,
        excludes: Conditions {
            architectures: others,
            ..excludes
        },
        ..Clause::open()
    })
}

/// All comparisons of two lists without those that follow from others; nothing where an argument
/// would still be compared twice.
fn arguments(one: &[Comparison], other: &[Comparison]) -> Option<Vec<Comparison>> {
    let all: BTreeSet<&Comparison> = one.iter().chain(other).collect();
    let follows = |argument: &Comparison| {
        let mut others = all.iter().filter(|other| **other != argument);
        others.any(|other| implies(other, argument))
    };
    let kept: Vec<Comparison> = all
        .iter()
        .filter(|argument| !follows(argument))
        .map(|argument| (*argument).clone())
        .collect();
    let indices: BTreeSet<u64> = kept.iter().map(|argument| argument.index).collect();
    // What one list compares twice are alternatives, not demands.
    let is_plain = |list: &[Comparison]| {
        let indices: BTreeSet<u64> = list.iter().map(|argument| argument.index).collect();
        indices.len() == list.len()
    };
    (indices.len() == kept.len() && is_plain(one) && is_plain(other)).then_some(kept)
}

/// Whether every argument of which the one holds is one of which the other holds.
fn implies(one: &Comparison, other: &Comparison) -> bool {
    if one == other {
        return true;
    }
    if one.index != other.index {
        return false;
    }
    let operator = |comparison: &Comparison| {
        let name = comparison.operator.trim_start_matches("SCMP_CMP_");
        name.to_owned()
    };
    let (is, than) = (one.value, other.value);
    match (operator(one).as_str(), operator(other).as_str()) {
        ("MASKED_EQ", "MASKED_EQ") => {
            // A bit that the one asks for and does not look at: it holds of nothing.
            than & !is == 0 && one.value_two & than == other.value_two & than
        }
        ("EQ", "MASKED_EQ") => is & than == other.value_two,
        ("EQ", "NE") => is != than,
        ("EQ" | "LE", "LE") | ("LT", "LT" | "LE" | "NE") => is <= than,
        ("EQ" | "GE", "GE") | ("GT", "GT" | "GE" | "NE") => is >= than,
        ("EQ" | "LE", "LT") | ("LE", "NE") => is < than,
        ("EQ" | "GE", "GT") | ("GE", "NE") => is > than,
        _ => false,
    }
}
