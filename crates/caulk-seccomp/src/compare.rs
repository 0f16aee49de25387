//! How two filters differ in what they do.

use std::collections::BTreeSet;

use caulk_linux::syscalls::{self, Abi};

use crate::condition::Condition;
use crate::decision::Decision;
use crate::filter::{Filter, width};
use crate::surface::Surface;
use crate::witness::witnesses;

/// A call that two filters treat differently.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The call; nothing where the table has no name for the number.
    pub name: Option<&'static str>,
    /// Its number.
    pub number: u32,
    /// What the first filter does, over all arguments.
    pub first: Surface,
    /// What the second does.
    pub second: Surface,
    /// Arguments for which they differ, one for each pair of answers.
    pub witnesses: Vec<Witness>,
    /// Whether every pair of answers is among the witnesses. Where an argument has masks that
    /// overlap, or both masks and an order, or a call has very many conditions, some may be missing.
    pub is_complete: bool,
}

/// Arguments for which two filters differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witness {
    /// The six arguments.
    pub arguments: [u64; 6],
    /// What the first filter does.
    pub first: Decision,
    /// What the second does.
    pub second: Decision,
}

impl Witness {
    /// Whether the second makes the call, or may, and the first does not.
    pub fn is_opened(&self) -> bool {
        !self.first.may_run() && self.second.may_run()
    }

    /// Whether the first makes the call, or may, and the second does not.
    pub fn is_closed(&self) -> bool {
        self.first.may_run() && !self.second.may_run()
    }

    /// Whether the second stops less: its freest answer comes before the first's.
    pub fn is_freer(&self) -> bool {
        self.second.outcomes().first() < self.first.outcomes().first()
    }
}

impl Difference {
    /// Whether for some arguments the second filter makes the call, or may, and the first does not.
    pub fn is_opened(&self) -> bool {
        self.witnesses.iter().any(Witness::is_opened)
    }

    /// Whether for some arguments the first filter makes the call, or may, and the second does not.
    pub fn is_closed(&self) -> bool {
        self.witnesses.iter().any(Witness::is_closed)
    }
}

/// What a call of no name is compared with: numbers that nothing speaks of.
const UNKNOWN: [u32; 2] = [0x0000_fff0, 0x0fff_fff0];

/// How many answers may be worked out for one call.
const MOST_ANSWERS: usize = 4_000_000;

/// How two filters differ on one ABI, in the order of the calls' numbers.
///
/// Two answers differ when their outcomes do; that another rule gives the same one is no difference.
/// The first number beyond the table stands for all calls of kernels to come. Of an ABI that neither
/// lists nothing differs.
pub fn compare(first: &Filter, second: &Filter, abi: Abi) -> Vec<Difference> {
    let named = [first, second]
        .into_iter()
        .filter_map(|filter| filter.table(abi))
        .flat_map(|table| table.calls.iter().map(|call| call.number));
    let known = syscalls::names(abi).map(|(_, number)| number);
    let mut numbers: BTreeSet<u32> = known.chain(named).collect();
    let beyond = numbers.last().map_or(0, |last| last + 1);
    numbers.insert(beyond);
    numbers.extend(UNKNOWN.map(|number| number | (beyond & 0x4000_0000)));
    numbers
        .into_iter()
        .filter_map(|number| difference(first, second, abi, number))
        .collect()
}

fn difference(first: &Filter, second: &Filter, abi: Abi, number: u32) -> Option<Difference> {
    let surfaces = [first, second].map(|filter| filter.surface(abi, number));
    let mut conditions: Vec<Condition> = surfaces.iter().flat_map(conditions_of).collect();
    let cases = conditions.len();
    conditions.sort_unstable();
    conditions.dedup();
    let tried = witnesses(&conditions, width(abi));
    let most = MOST_ANSWERS / cases.max(1);
    let mut is_complete = tried.are_complete && tried.arguments.len() <= most;
    let mut witnesses: Vec<Witness> = Vec::new();
    for arguments in tried.arguments.into_iter().take(most.max(16)) {
        let [one, other] = [first, second].map(|filter| filter.decide(abi, number, arguments));
        let is_new = !one.same_outcomes(&other)
            && !witnesses
                .iter()
                .any(|known| known.first.same_outcomes(&one) && known.second.same_outcomes(&other));
        if is_new {
            witnesses.push(Witness {
                arguments,
                first: one,
                second: other,
            });
        }
    }
    is_complete |= surfaces.iter().all(|one| matches!(one, Surface::Always(_)));
    let [first, second] = surfaces;
    (!witnesses.is_empty()).then(|| Difference {
        name: syscalls::name(abi, number),
        number,
        first,
        second,
        witnesses,
        is_complete,
    })
}

fn conditions_of(surface: &Surface) -> impl Iterator<Item = Condition> {
    let cases = match surface {
        Surface::Always(_) => &[],
        Surface::Conditional(conditional) => conditional.cases.as_slice(),
    };
    cases
        .iter()
        .flat_map(|case| case.conditions.iter().copied())
}
