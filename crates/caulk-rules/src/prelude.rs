//! What every rule's file needs.

pub(crate) use caulk_finding::{
    Authority, Change, Confidence, FilterChange, Finding, Fixes, Hidden, Label, Level, OptionKind,
    Reference, Remedy, RuleOption, Severities, Severity,
};
pub(crate) use caulk_model::{Container, Repository, State};
pub(crate) use caulk_source::Surface;

pub(crate) use crate::Findings;
pub(crate) use crate::rule::rule;
