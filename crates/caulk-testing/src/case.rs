//! One case: a small repository in memory and what is expected of it.

use crate::marker::Mark;

/// What a case is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A case of a fixture page: its marks say what is expected.
    Fixture,
    /// A bad example of a rule's own page: the rule must fire.
    Bad,
    /// A good example of a rule's own page: the rule must be silent.
    Good,
}

/// A file of a case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaseFile {
    /// Its path.
    pub path: String,
    /// The language of its fence.
    pub language: String,
    /// Its text, without the marker lines.
    pub text: String,
    /// What the marker lines said.
    pub marks: Vec<Mark>,
    /// The body of the patch that closes it, where the case pins one.
    pub patch: Option<Vec<String>>,
}

/// A case: a small repository in memory and what is expected of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    /// Where it is written: the page, the line, the heading.
    pub origin: String,
    /// The rule that it is about.
    pub rule: String,
    /// What it is for.
    pub kind: Kind,
    /// Its files, each path once.
    pub files: Vec<CaseFile>,
    /// The conditions of the rule's page that it shows.
    pub conditions: Vec<String>,
    /// What the rule's findings say beside their places, one of them each, in so many words; and with
    /// `false` what none of them says.
    pub says: Vec<(bool, String)>,
    /// The stage that is built, where the case says so.
    pub target: Option<String>,
}

impl Case {
    /// A failure of this case.
    pub(crate) fn failure(&self, what: &str) -> String {
        format!("{} [{}]: {what}", self.origin, self.rule)
    }
}
