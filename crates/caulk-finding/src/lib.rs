//! The words of a verdict.
//!
//! What a rule is ([`RuleInfo`]), what it says ([`Finding`]), what should hold instead
//! ([`Remedy`]), and what a run hands to the reports ([`Report`]). The crate is small so that a
//! report does not have to be rebuilt when a rule changes.
//!
//! **Invariant:** a finding cannot be built without its primary place, and an unsafe remedy cannot
//! be built without the sentence that says what may break.

mod finding;
mod plan;
mod reference;
mod remedy;
mod report;
mod rule;
mod severity;

pub use caulk_source::Surface;
pub use finding::{Finding, Hidden, Label};
pub use plan::{Pass, Plan, Step};
pub use reference::{Authority, Reference, Relation};
pub use remedy::{Applicability, Change, FilterChange, Hardening, Remedy};
pub use report::{FileCounts, Fix, Report, Reported, Revealed, Suppressed, Suppressor};
pub use rule::{Fixes, OptionKind, RuleInfo, RuleOption, Severities};
pub use severity::{Confidence, Level, Severity, UnknownName};
