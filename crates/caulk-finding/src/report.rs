//! What a run hands to the reports.

use std::collections::BTreeMap;

use caulk_source::{Edit, FileId, Span};

use crate::{Applicability, Finding, Plan, RuleInfo, Severity};

/// A remedy as text edits, proposed for one finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What it does, as an order.
    pub title: String,
    /// Whether it may be applied without a person's decision.
    pub applicability: Applicability,
    /// The edits, sorted, none overlapping another.
    pub edits: Vec<Edit>,
    /// What shows once it is applied: findings that the closed one was masking, and less severe
    /// ones about the same.
    pub reveals: Vec<Revealed>,
    /// The titles of other containers that it changes, because they have from here what it changes.
    pub also: Vec<String>,
}

impl Fix {
    /// Whom else it changes, in words; nothing where that is nobody.
    pub fn changes_too(&self) -> Option<String> {
        const SHOWN: usize = 4;
        let more = self.also.len().saturating_sub(SHOWN);
        let shown: Vec<&str> = self.also.iter().take(SHOWN).map(String::as_str).collect();
        let titles = match (shown.as_slice(), more) {
            ([], _) => return None,
            ([one], _) => (*one).to_owned(),
            ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
            (shown, more) => format!("{} and {more} more", shown.join(", ")),
        };
        let have = if self.also.len() == 1 {
            "which has"
        } else {
            "which have"
        };
        Some(format!("{titles}, {have} it from here"))
    }

    /// What shows once it is applied, in words; nothing where nothing does.
    pub fn revealed(&self) -> Option<String> {
        let named = self.reveals.iter().map(|revealed| {
            let Revealed { rule, severity } = revealed;
            format!("`{}` ({severity}, {})", rule.id, rule.level)
        });
        let named: Vec<String> = named.collect();
        (!named.is_empty()).then(|| named.join(", "))
    }
}

/// A finding that shows once another is closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Revealed {
    /// Its rule.
    pub rule: &'static RuleInfo,
    /// How bad it is.
    pub severity: Severity,
}

/// A finding as it is reported.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reported {
    /// What the rule said.
    pub finding: Finding,
    /// How it is closed by itself, where caulk can.
    pub fix: Option<Fix>,
    /// Why it has no fix although its rule has a remedy.
    pub withheld: Option<String>,
    /// Stays the same when lines move: rule, file, container and fact.
    pub fingerprint: String,
}

/// Who suppressed a finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Suppressor {
    /// A comment of ours.
    Comment,
    /// A peer's comment for the same check.
    Peer,
}

impl Suppressor {
    /// The name, as reports print it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Peer => "peer",
        }
    }
}

/// A finding that somebody decided not to see.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suppressed {
    /// The finding's rule.
    pub rule: &'static str,
    /// Where the finding was.
    pub span: Span,
    /// Why, if it is said.
    pub reason: Option<String>,
    /// The last day on which it holds, as it is written (`2027-01-31`).
    pub expires: Option<String>,
    /// Who suppressed it.
    pub by: Suppressor,
}

/// How many files a run read.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct FileCounts {
    /// Files that were analysed.
    pub analysed: usize,
    /// Of those, files with a syntax that the engine itself refuses.
    pub unreadable: usize,
}

/// What a run found.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Report {
    /// The findings, by path, then place, then rule.
    pub findings: Vec<Reported>,
    /// How they are closed together, where that was asked for.
    pub plan: Plan,
    /// What somebody decided not to see.
    pub suppressed: Vec<Suppressed>,
    /// What was read.
    pub files: FileCounts,
    /// The texts of each file that are shown to nobody, the longest first. They are texts and not
    /// places, so that they hold for what a pass of fixes has moved, too.
    pub hidden: BTreeMap<FileId, Vec<String>>,
}
