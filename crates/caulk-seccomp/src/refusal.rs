//! What makes an engine refuse a profile.

use caulk_source::Span;
use caulk_syntax::json::Value;

use crate::{Consumer, decode, load};

/// One thing for which no container starts with a profile.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Refusal {
    /// Where it is.
    pub span: Span,
    /// What is wrong there: reads after "because".
    pub message: String,
    /// Whether it counts only on some hosts or for some containers: it stands in a rule with
    /// `includes` or `excludes`, or in one machine's entry of `archMap`.
    pub conditional: bool,
    pub(crate) by: Refuser,
}

/// Who refuses, of those that build the filter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Refuser {
    /// The engine, or every runtime.
    Everyone,
    /// runc, and not crun.
    Runc,
    /// libseccomp, when it sees the rules that remain beside each other. Resolving asks again.
    Tree,
}

impl Refusal {
    /// A refusal that counts everywhere.
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            conditional: false,
            by: Refuser::Everyone,
        }
    }

    /// A refusal of runc's alone.
    pub(crate) fn of_runc(span: Span, message: impl Into<String>) -> Self {
        Self {
            by: Refuser::Runc,
            ..Self::new(span, message)
        }
    }
}

/// All that `consumer` and runc refuse in the JSON object `profile`, in the order of the text.
pub(crate) fn refusals(profile: &Value, consumer: Consumer) -> Vec<Refusal> {
    let mut refusals = decode::refusals(profile, consumer);
    refusals.extend(load::refusals(profile, consumer));
    in_order(refusals)
}

/// In the order of the text, one for each place.
pub(crate) fn in_order(mut refusals: Vec<Refusal>) -> Vec<Refusal> {
    refusals.sort();
    refusals.dedup_by_key(|refusal| refusal.span);
    refusals
}

/// `text` in backticks, and no more of it than can be read.
pub(crate) fn quoted(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("`{}`", short.replace(['\n', '\r', '`'], " "))
}
