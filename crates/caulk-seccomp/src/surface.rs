//! What a filter does with a call, whatever the arguments, and how many calls it opens.

use caulk_linux::syscalls::{self, Abi};

use crate::Outcome;
use crate::condition::Condition;
use crate::decision::{Decision, Origin, RuleOrigin};
use crate::filter::{Filter, Way, conditions, width};

/// What a filter does with one call, over all arguments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Surface {
    /// The same for all arguments.
    Always(Decision),
    /// It depends on them.
    Conditional(Conditional),
}

/// What a filter does with a call for which it looks at the arguments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conditional {
    /// The cases, in the order of the rules. Several may hold at once.
    pub cases: Vec<Case>,
    /// What is done where no case holds.
    pub otherwise: Decision,
    /// Whether libseccomp's own tree may answer otherwise than the cases read, because of conditions
    /// that it is known to get wrong; it may refuse the profile for them, too. Then
    /// [`Filter::decide`] is certain of no argument.
    pub is_doubtful: bool,
}

/// One case of a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    /// What has to hold, all of it, in the order of the arguments.
    pub conditions: Vec<Condition>,
    /// What is done then.
    pub outcome: Outcome,
    /// The rule.
    pub origin: RuleOrigin,
}

/// How many calls a filter opens. Every call of the architecture's table counts once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Allowed, whatever the arguments.
    pub allowed: usize,
    /// Depending on the arguments.
    pub conditional: usize,
    /// Logged, or left to a tracer or a supervisor.
    pub observed: usize,
    /// Stopped.
    pub denied: usize,
}

impl Surface {
    /// Whether the call is made for some arguments, or may be.
    pub fn may_run(&self) -> bool {
        match self {
            Self::Always(decision) => decision.may_run(),
            Self::Conditional(conditional) => {
                let mut cases = conditional.cases.iter();
                cases.any(|case| case.outcome.may_run()) || conditional.otherwise.may_run()
            }
        }
    }

    /// Whether the call is made, or may be, whatever the arguments.
    pub fn always_runs(&self) -> bool {
        match self {
            Self::Always(decision) => decision.may_run(),
            Self::Conditional(conditional) => {
                let mut cases = conditional.cases.iter();
                cases.all(|case| case.outcome.may_run()) && conditional.otherwise.may_run()
            }
        }
    }

    /// The first rule that lets the call through for some arguments.
    pub fn opened_by(&self) -> Option<RuleOrigin> {
        match self {
            Self::Always(decision) => decision.rule().filter(|_| decision.may_run()),
            Self::Conditional(conditional) => {
                let mut cases = conditional.cases.iter();
                Some(cases.find(|case| case.outcome.may_run())?.origin)
            }
        }
    }
}

impl Conditional {
    /// Whether cases do different things, so that two that hold at once are ambiguous.
    pub fn is_mixed(&self) -> bool {
        self.cases
            .windows(2)
            .any(|pair| matches!(pair, [one, other] if one.outcome != other.outcome))
    }
}

impl Filter {
    /// What the filter does with the call of this number, over all arguments.
    pub fn surface(&self, abi: Abi, number: u32) -> Surface {
        let decision = || Surface::Always(self.decide(abi, number, [0; 6]));
        let Way::Table(table) = self.way(abi, number) else {
            return decision();
        };
        let call = table.call(number).filter(|call| call.always.is_none());
        let is_stubbed = matches!(
            self.decide(abi, number, [0; 6]),
            Decision::Certain {
                origin: Origin::NewerThanNamed { .. },
                ..
            }
        );
        let Some(call) = call.filter(|_| !is_stubbed) else {
            return decision();
        };
        let mut cases = Vec::new();
        for entry in table.entries_of(call) {
            let Some(rule) = self.rules.get(entry.rule) else {
                continue;
            };
            cases.extend(rule.branches(width(table.abi)).iter().filter_map(|branch| {
                Some(Case {
                    conditions: conditions(*entry, branch).collect(),
                    outcome: rule.outcome,
                    origin: self.origin(*entry, branch.argument)?,
                })
            }));
        }
        Surface::Conditional(Conditional {
            cases,
            otherwise: self.by_default(),
            is_doubtful: call.is_doubtful,
        })
    }

    /// What the filter does with the call of this name; nothing where the ABI has no such call.
    pub fn surface_of(&self, abi: Abi, name: &str) -> Option<Surface> {
        Some(self.surface(abi, syscalls::number(abi, name)?))
    }

    /// Every call of an ABI with what the filter does with it, in the order of the numbers.
    pub fn surfaces(&self, abi: Abi) -> impl Iterator<Item = (&'static str, u32, Surface)> {
        syscalls::names(abi).map(move |(name, number)| (name, number, self.surface(abi, number)))
    }

    /// How many calls of an ABI the filter opens.
    pub fn counts(&self, abi: Abi) -> Counts {
        let mut counts = Counts::default();
        for (_, number) in syscalls::names(abi) {
            let count = match self.surface(abi, number) {
                Surface::Conditional(_) => &mut counts.conditional,
                Surface::Always(decision) => match decision.outcome() {
                    Some(Outcome::Allow) => &mut counts.allowed,
                    Some(outcome) if !outcome.may_run() => &mut counts.denied,
                    Some(_) | None => &mut counts.observed,
                },
            };
            *count += 1;
        }
        counts
    }
}
