//! What a run is asked for.

use std::collections::BTreeSet;

use caulk_finding::{Finding, Level, RuleInfo, Severity};

/// What a run is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Which rules run: those of this level and of the levels below.
    pub level: Level,
    /// Only these rules, whatever their level; all where there are none.
    pub select: BTreeSet<String>,
    /// These rules too, whatever their level.
    pub also: BTreeSet<String>,
    /// Not these rules.
    pub ignore: BTreeSet<String>,
    /// The least severity that is shown.
    pub min_severity: Severity,
    /// The stage that is built, where no service says another.
    pub target: Option<String>,
    /// The paths whose findings are reported; all where there is no list.
    pub reported: Option<BTreeSet<String>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            level: Level::Baseline,
            select: BTreeSet::new(),
            also: BTreeSet::new(),
            ignore: BTreeSet::new(),
            min_severity: Severity::Info,
            target: None,
            reported: None,
        }
    }
}

impl Settings {
    /// Whether a rule runs.
    pub(crate) fn runs(&self, rule: &RuleInfo) -> bool {
        let selected = if self.select.is_empty() {
            rule.level <= self.level
        } else {
            self.select.contains(rule.id)
        };
        (selected || self.also.contains(rule.id)) && !self.ignore.contains(rule.id)
    }

    /// Whether findings in a file are reported.
    pub(crate) fn reports(&self, path: &str) -> bool {
        self.reported
            .as_ref()
            .is_none_or(|paths| paths.contains(path))
    }

    /// Whether a finding in the file at `path` is shown.
    pub(crate) fn shows(&self, path: &str, finding: &Finding) -> bool {
        finding.severity >= self.min_severity && self.reports(path)
    }
}
