//! What a filter does with a call, in a word.

use anstyle::Style;
use caulk_seccomp::{Counts, Outcome, Surface};

use crate::show::{DEPENDS, OPEN, SHUT};

/// What is done with a call, over all arguments.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Verdict {
    /// It is made.
    Allowed,
    /// It depends on the arguments.
    Conditional,
    /// It is made and logged, or somebody else decides.
    Observed,
    /// It is stopped.
    Denied,
}

impl Verdict {
    pub(crate) const ALL: [Self; 4] = [
        Self::Allowed,
        Self::Conditional,
        Self::Observed,
        Self::Denied,
    ];

    /// Counted as [`Counts`] counts.
    pub(crate) fn of(surface: &Surface) -> Self {
        match surface {
            Surface::Conditional(_) => Self::Conditional,
            Surface::Always(decision) => match decision.outcome() {
                Some(Outcome::Allow) => Self::Allowed,
                Some(outcome) if !outcome.may_run() => Self::Denied,
                Some(_) | None => Self::Observed,
            },
        }
    }

    /// A heading, and the word in JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Conditional => "conditional",
            Self::Observed => "observed",
            Self::Denied => "denied",
        }
    }

    pub(crate) const fn style(self) -> Style {
        match self {
            Self::Allowed => Style::new(),
            Self::Conditional => DEPENDS,
            Self::Observed => OPEN,
            Self::Denied => SHUT,
        }
    }

    /// How many of `counts` are so.
    pub(crate) const fn count(self, counts: Counts) -> usize {
        match self {
            Self::Allowed => counts.allowed,
            Self::Conditional => counts.conditional,
            Self::Observed => counts.observed,
            Self::Denied => counts.denied,
        }
    }
}
