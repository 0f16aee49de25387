//! What a filter decides about a call, and by what.

use caulk_source::Span;

use crate::Outcome;

/// What a filter decides about one call.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Decision {
    /// One answer.
    Certain {
        /// What is done.
        outcome: Outcome,
        /// What decided so.
        origin: Origin,
    },
    /// Rules with different actions speak of this call, and which one wins hangs on how libseccomp
    /// builds its tree, on its version and on the order of the rules. Do not rely on any of it.
    Ambiguous {
        /// What may be done, from the one that stops least; at least two.
        outcomes: Vec<Outcome>,
        /// The rules that speak of the call, in order.
        rules: Vec<RuleOrigin>,
    },
}

/// What decided.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Origin {
    /// A rule.
    Rule(RuleOrigin),
    /// The default action; where it is written.
    Default(Span),
    /// The filter does not list the architecture that the call came by: libseccomp kills the
    /// thread.
    UnlistedArchitecture,
    /// The call is newer than every one that the profile names for this architecture, and runc
    /// answers `ENOSYS` before the filter is asked.
    NewerThanNamed {
        /// The largest number that is named.
        highest: u32,
    },
}

/// The place in the profile that decided.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RuleOrigin {
    /// The rule's index in [`Profile::rules`](crate::Profile::rules).
    pub rule: usize,
    /// The whole rule.
    pub span: Span,
    /// The name of the call in it.
    pub name: Span,
    /// The entry of `args` that let the rule apply, where each of them is an alternative of its own:
    /// its index.
    pub argument: Option<usize>,
}

impl Decision {
    /// The one answer, where there is one.
    pub fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::Certain { outcome, .. } => Some(*outcome),
            Self::Ambiguous { .. } => None,
        }
    }

    /// Every answer that is possible, from the one that stops least.
    pub fn outcomes(&self) -> &[Outcome] {
        match self {
            Self::Certain { outcome, .. } => std::slice::from_ref(outcome),
            Self::Ambiguous { outcomes, .. } => outcomes,
        }
    }

    /// Whether the call is made, or may be: by one of the possible answers it is allowed, logged, or
    /// left to a tracer or a supervisor.
    pub fn may_run(&self) -> bool {
        self.outcomes().iter().any(|outcome| outcome.may_run())
    }

    /// The rule that decided; of several the first.
    pub fn rule(&self) -> Option<RuleOrigin> {
        match self {
            Self::Certain {
                origin: Origin::Rule(rule),
                ..
            } => Some(*rule),
            Self::Certain { .. } => None,
            Self::Ambiguous { rules, .. } => rules.first().copied(),
        }
    }

    /// Whether both do the same, by whatever rule.
    pub fn same_outcomes(&self, other: &Self) -> bool {
        self.outcomes() == other.outcomes()
    }
}
