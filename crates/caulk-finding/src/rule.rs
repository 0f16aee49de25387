//! What a rule says of itself.

use std::fmt;

use crate::{Confidence, Level, Reference, Severity, Surface};

/// Which severities a rule's findings can have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Severities {
    /// Always this one.
    Always(Severity),
    /// Derived from the container's posture, between these two.
    Derived {
        /// The least.
        least: Severity,
        /// The worst.
        worst: Severity,
    },
}

impl Severities {
    /// The worst that a finding can have.
    pub fn worst(self) -> Severity {
        match self {
            Self::Always(severity) => severity,
            Self::Derived { worst, .. } => worst,
        }
    }
}

impl fmt::Display for Severities {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always(severity) => formatter.pad(severity.name()),
            Self::Derived { least, worst } => formatter.pad(&format!("{least} to {worst}")),
        }
    }
}

/// Which fixes a rule's findings can carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fixes {
    /// None: the page says what to do.
    None,
    /// Fixes that change nothing a program or its operator may rely on.
    Safe,
    /// Fixes that say what may break.
    Unsafe,
}

impl Fixes {
    /// The name, as reports print it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }
}

/// Something that a configuration may say to a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RuleOption {
    /// The key.
    pub name: &'static str,
    /// What it says, in Markdown: a part of a sentence.
    pub about: &'static str,
    /// What its value is.
    pub kind: OptionKind,
}

/// What the value of an option is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OptionKind {
    /// A list of registries, namespaces and repositories, in which `*` stands for any letters.
    Images,
}

/// What a rule says of itself: everything about it but its check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RuleInfo {
    /// The id. It names the condition and reads well after "ignore".
    pub id: &'static str,
    /// The page, in Markdown, as the rule's file has it: each line begins with a space.
    pub raw_page: &'static str,
    /// The first version that has it.
    pub since: &'static str,
    /// Who wants to hear it.
    pub level: Level,
    /// How bad its findings are.
    pub severities: Severities,
    /// The most it may claim.
    pub confidence: Confidence,
    /// Which fixes its findings can carry.
    pub fixes: Fixes,
    /// Where its findings lie.
    pub surfaces: &'static [Surface],
    /// Who else has it.
    pub references: &'static [Reference],
    /// What a configuration may say to it.
    pub options: &'static [RuleOption],
}

impl RuleInfo {
    /// The page in Markdown. It begins with one sentence, the summary.
    pub fn page(&self) -> String {
        let lines: Vec<&str> = self
            .raw_page
            .trim_matches('\n')
            .lines()
            .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
            .collect();
        lines.join("\n") + "\n"
    }

    /// The page's first sentence.
    pub fn summary(&self) -> &'static str {
        self.raw_page
            .trim_start()
            .lines()
            .next()
            .unwrap_or_default()
            .trim()
    }

    /// Where the page is published.
    pub fn help_path(&self) -> String {
        format!("docs/rules/{}.md", self.id)
    }
}
