//! What a run is asked for.

use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::{Finding, Level, Report, RuleInfo, Severity};
use caulk_source::{Sources, in_nearest_folder};

/// What somebody chose to see. What is not chosen is left to others, or to the defaults.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Choice {
    /// Which rules run: those of this level and of the levels below. Baseline, where nobody says.
    pub level: Option<Level>,
    /// Only these rules, whatever their level.
    pub select: Option<BTreeSet<String>>,
    /// These rules too, whatever their level.
    pub also: BTreeSet<String>,
    /// Not these rules.
    pub ignore: BTreeSet<String>,
    /// The least severity that is shown.
    pub min_severity: Option<Severity>,
    /// The least severity that makes a run fail.
    pub fail_on: Option<Severity>,
    /// How bad the findings of a rule are, whatever the rule says.
    pub severities: BTreeMap<String, Severity>,
}

/// What a run is asked for.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Settings {
    /// What is asked of the run itself. It decides before what is chosen below.
    pub choice: Choice,
    /// What is chosen for the files of a folder, by the folder: the nearest one decides alone.
    pub local: BTreeMap<String, Choice>,
    /// The stage that is built, where no service says another.
    pub target: Option<String>,
    /// The paths whose findings are reported; all where there is no list.
    pub reported: Option<BTreeSet<String>>,
}

impl Settings {
    /// Everything at this level.
    pub fn at(level: Level) -> Self {
        let choice = Choice {
            level: Some(level),
            ..Choice::default()
        };
        Self {
            choice,
            ..Self::default()
        }
    }

    /// Whether a rule runs for the file at `path`.
    ///
    /// What the run itself selects is not taken back by what is chosen for a folder.
    pub(crate) fn runs(&self, path: &str, rule: &RuleInfo) -> bool {
        let typed = &self.choice;
        let names = |rules: &BTreeSet<String>| rules.contains(rule.id);
        if names(&typed.ignore) {
            return false;
        }
        if typed.select.as_ref().is_some_and(names) || names(&typed.also) {
            return true;
        }
        let local = self.local(path);
        let ignored = local.is_some_and(|local| names(&local.ignore));
        if ignored || typed.select.is_some() {
            return false;
        }
        if local.is_some_and(|local| names(&local.also)) {
            return true;
        }
        let level = typed.level.or_else(|| local?.level);
        match local.and_then(|local| local.select.as_ref()) {
            Some(selected) => names(selected),
            None => rule.level <= level.unwrap_or(Level::Baseline),
        }
    }

    /// Whether findings in a file are reported.
    pub(crate) fn reports(&self, path: &str) -> bool {
        self.reported
            .as_ref()
            .is_none_or(|paths| paths.contains(path))
    }

    /// Whether a finding in the file at `path` is shown.
    pub(crate) fn shows(&self, path: &str, finding: &Finding) -> bool {
        let least = self.said(path, |choice| choice.min_severity);
        self.reports(path)
            && self.runs(path, finding.rule)
            && self.severity(path, finding) >= least.unwrap_or(Severity::Info)
    }

    /// How bad a finding in the file at `path` is, where somebody chose.
    pub(crate) fn severity(&self, path: &str, finding: &Finding) -> Severity {
        let chosen = self.said(path, |choice| {
            choice.severities.get(finding.rule.id).copied()
        });
        chosen.unwrap_or(finding.severity)
    }

    /// The report with the severities that somebody chose. Fixes are proved before, with those of the
    /// rules: which finding hides another is a matter of fact.
    pub(crate) fn with_chosen_severities(&self, mut report: Report, sources: &Sources) -> Report {
        for reported in &mut report.findings {
            let path = sources.path(reported.finding.primary.span.file);
            reported.finding.severity = self.severity(path, &reported.finding);
        }
        report
    }

    /// Whether a finding makes the run fail that is reported in the file at `path`.
    pub fn fails(&self, path: &str, finding: &Finding) -> bool {
        let least = self.said(path, |choice| choice.fail_on);
        finding.severity >= least.unwrap_or(Severity::Info)
    }

    /// What is chosen for the file at `path`: first by the run itself.
    fn said<T>(&self, path: &str, of: impl Fn(&Choice) -> Option<T>) -> Option<T> {
        of(&self.choice).or_else(|| of(self.local(path)?))
    }

    /// What is chosen for the folder that is nearest to the file at `path`.
    fn local(&self, path: &str) -> Option<&Choice> {
        if self.local.is_empty() {
            return None;
        }
        in_nearest_folder(path, |folder| self.local.get(folder))
    }
}
