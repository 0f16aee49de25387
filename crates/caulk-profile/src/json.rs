//! What the documents have in common.

use caulk_linux::syscalls::{Abi, Group, group};
use caulk_seccomp::{
    Case, Conditional, Counts, Decision, Origin, Outcome, RuleOrigin, Surface, Test,
};
use caulk_source::Span;
use serde::Serialize;

use crate::call::Call;
use crate::named::Named;

/// The version of every document.
pub(crate) const VERSION: u32 = 1;

/// A profile.
#[derive(Serialize)]
pub(crate) struct ProfileEntry<'a> {
    path: &'a str,
    /// Whether there is a filter at all.
    enabled: bool,
}

/// A place in a profile.
#[derive(Serialize)]
pub(crate) struct Place {
    line: u32,
    column: u32,
}

/// An action with its number.
#[derive(Serialize)]
pub(crate) struct OutcomeEntry {
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    errno: Option<u16>,
}

/// What is decided.
#[derive(Serialize)]
pub(crate) struct DecisionEntry {
    /// One, or several where libseccomp's tree decides.
    outcomes: Vec<OutcomeEntry>,
    may_run: bool,
    origin: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<RuleEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    newer_than: Option<u32>,
}

/// A rule of a profile.
#[derive(Serialize)]
pub(crate) struct RuleEntry {
    /// Its index in `syscalls`, from 0.
    index: usize,
    /// The entry of `args`, where any of them is enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    argument: Option<usize>,
    #[serde(flatten)]
    place: Place,
}

/// What is done with a call over all arguments.
#[derive(Serialize)]
pub(crate) struct SurfaceEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    always: Option<DecisionEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cases: Vec<CaseEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    otherwise: Option<DecisionEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_doubt: Option<bool>,
}

/// One case of a call.
#[derive(Serialize)]
pub(crate) struct CaseEntry {
    when: Vec<ConditionEntry>,
    #[serde(flatten)]
    outcome: OutcomeEntry,
    rule: RuleEntry,
}

/// A condition on an argument.
#[derive(Serialize)]
pub(crate) struct ConditionEntry {
    argument: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    operator: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mask: Option<String>,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    spelling: Option<String>,
}

/// How many calls of each kind there are.
#[derive(Serialize)]
pub(crate) struct CountsEntry {
    allowed: usize,
    conditional: usize,
    observed: usize,
    denied: usize,
}

/// A call.
#[derive(Serialize)]
pub(crate) struct CallEntry {
    pub(crate) name: Option<&'static str>,
    pub(crate) number: u32,
    pub(crate) abi: &'static str,
    pub(crate) group: Option<&'static str>,
}

impl<'a> ProfileEntry<'a> {
    pub(crate) fn of(resolved: &'a crate::Resolved<'a>) -> Self {
        Self {
            path: resolved.named.file.path(),
            enabled: !resolved.is_disabled,
        }
    }
}

impl Named<'_> {
    pub(crate) fn place_entry(&self, span: Span) -> Place {
        let at = self.at(span);
        Place {
            line: at.line,
            column: at.column,
        }
    }

    fn rule_entry(&self, origin: &RuleOrigin) -> RuleEntry {
        RuleEntry {
            index: origin.rule,
            argument: origin.argument,
            place: self.place_entry(origin.name),
        }
    }

    pub(crate) fn decision(&self, decision: &Decision) -> DecisionEntry {
        let outcomes = decision.outcomes().iter().copied().map(OutcomeEntry::of);
        let mut entry = DecisionEntry {
            outcomes: outcomes.collect(),
            may_run: decision.may_run(),
            origin: "ambiguous",
            rules: Vec::new(),
            place: None,
            newer_than: None,
        };
        match decision {
            Decision::Ambiguous { rules, .. } => {
                entry.rules = rules.iter().map(|rule| self.rule_entry(rule)).collect();
            }
            Decision::Certain { origin, .. } => match origin {
                Origin::Rule(rule) => {
                    entry.origin = "rule";
                    entry.rules = vec![self.rule_entry(rule)];
                }
                Origin::Default(place) => {
                    entry.origin = "default";
                    entry.place = Some(self.place_entry(*place));
                }
                Origin::UnlistedArchitecture => entry.origin = "architecture-not-listed",
                Origin::NewerThanNamed { highest } => {
                    entry.origin = "newer-than-named";
                    entry.newer_than = Some(*highest);
                }
            },
        }
        entry
    }

    pub(crate) fn surface(&self, call: Call, surface: &Surface) -> SurfaceEntry {
        match surface {
            Surface::Always(decision) => SurfaceEntry {
                always: Some(self.decision(decision)),
                cases: Vec::new(),
                otherwise: None,
                in_doubt: None,
            },
            Surface::Conditional(conditional) => self.conditional(call, conditional),
        }
    }

    pub(crate) fn conditional(&self, call: Call, conditional: &Conditional) -> SurfaceEntry {
        let cases = conditional.cases.iter().map(|case| self.case(call, case));
        SurfaceEntry {
            always: None,
            cases: cases.collect(),
            otherwise: Some(self.decision(&conditional.otherwise)),
            in_doubt: Some(conditional.is_doubtful),
        }
    }

    fn case(&self, call: Call, case: &Case) -> CaseEntry {
        let conditions = case.conditions.iter().map(|condition| {
            let index = usize::from(condition.index);
            let (operator, mask) = match condition.test {
                Test::Equal(_) => ("==", None),
                Test::NotEqual(_) => ("!=", None),
                Test::Less(_) => ("<", None),
                Test::LessOrEqual(_) => ("<=", None),
                Test::Greater(_) => (">", None),
                Test::GreaterOrEqual(_) => (">=", None),
                Test::Masked { mask, .. } => ("masked", Some(hex(mask))),
            };
            let value = condition.test.value();
            ConditionEntry {
                argument: condition.index,
                name: call.argument(index),
                operator,
                mask,
                value: hex(value),
                spelling: call.spell(index, value),
            }
        });
        CaseEntry {
            when: conditions.collect(),
            outcome: OutcomeEntry::of(case.outcome),
            rule: self.rule_entry(&case.origin),
        }
    }
}

impl OutcomeEntry {
    pub(crate) fn of(outcome: Outcome) -> Self {
        Self {
            action: outcome.action().scmp(),
            errno: outcome.number(),
        }
    }
}

impl CountsEntry {
    pub(crate) fn of(counts: Counts) -> Self {
        Self {
            allowed: counts.allowed,
            conditional: counts.conditional,
            observed: counts.observed,
            denied: counts.denied,
        }
    }
}

impl CallEntry {
    pub(crate) fn of(call: Call) -> Self {
        let Call { abi, number } = call;
        Self {
            name: call.name(),
            number,
            abi: Abi::name(abi),
            group: call.name().and_then(group).map(Group::name),
        }
    }
}

/// A register, as a text: not every reader of JSON keeps 64 bits.
pub(crate) fn hex(value: u64) -> String {
    format!("{value:#x}")
}

/// A document on several lines, with a final newline.
pub(crate) fn text(document: &impl Serialize) -> String {
    // Serializing cannot fail: every key is a string and every value is data.
    serde_json::to_string_pretty(document).unwrap_or_default() + "\n"
}
