//! What a rule is.

use caulk_finding::RuleInfo;
use caulk_model::Repository;

use crate::Findings;

/// A rule: what it says of itself, and its check.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What it says of itself.
    pub info: RuleInfo,
    /// Looks at a repository and reports.
    pub check: fn(&Repository, &mut Findings),
}

/// Declares a rule: its page as doc comments, its id, its metadata, its check.
///
/// Only documentation and fields stand inside: rustfmt does not format a macro's arguments.
macro_rules! rule {
    (
        $(#[doc = $doc:expr])+
        $id:literal,
        since: $since:literal,
        level: $level:expr,
        severity: $severity:expr,
        confidence: $confidence:expr,
        fixes: $fixes:expr,
        surfaces: $surfaces:expr,
        references: $references:expr,
        $(options: $options:expr,)?
        check: $check:expr $(,)?
    ) => {
        // Not as documentation of the item: its examples are for our tests and not for rustdoc's.
        #[doc = "The rule."]
        pub(crate) static RULE: $crate::Rule = $crate::Rule {
            info: ::caulk_finding::RuleInfo {
                id: $id,
                raw_page: concat!($($doc, "\n"),+),
                since: $since,
                level: $level,
                severities: $severity,
                confidence: $confidence,
                fixes: $fixes,
                surfaces: $surfaces,
                references: $references,
                options: $crate::rule::options!($($options)?),
            },
            check: $check,
        };
    };
}

/// The options of a rule: none, where it names none.
macro_rules! options {
    () => {
        &[]
    };
    ($options:expr) => {
        $options
    };
}

pub(crate) use {options, rule};
