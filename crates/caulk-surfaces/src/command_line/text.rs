//! Text of which a part may hang on something that is not in the repository.

use std::ops::Range;

use caulk_model::State;
use caulk_source::{Span, cut};

/// One word of a command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Argument {
    /// What it says.
    pub text: Text,
    /// Where it is written, with its quotes.
    pub span: Span,
    /// Whether a part of it is written elsewhere, for others too: in a variable.
    pub shared: bool,
}

/// Text with gaps: in a gap stands what the author wrote there (`$PORT`), not what it will be.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Text {
    text: String,
    gaps: Vec<Gap>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Gap {
    range: Range<usize>,
    because: String,
    splits: bool,
}

impl Text {
    /// Text that is known.
    pub fn known(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            gaps: Vec::new(),
        }
    }

    /// Adds text that is known.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds what is not known. `written` is how it is spelt; `because` reads after "unknown,
    /// because"; where it `splits`, no word or several may come of it: an unquoted `$OPTIONS`.
    pub fn push_unknown(&mut self, written: &str, because: impl Into<String>, splits: bool) {
        let start = self.text.len();
        self.text.push_str(written);
        self.gaps.push(Gap {
            range: start..self.text.len(),
            because: because.into(),
            splits,
        });
    }

    /// Adds other text, with its gaps.
    pub fn append(&mut self, other: &Self) {
        let start = self.text.len();
        self.text.push_str(&other.text);
        self.gaps.extend(other.gaps.iter().map(|gap| Gap {
            range: gap.range.start + start..gap.range.end + start,
            because: gap.because.clone(),
            splits: gap.splits,
        }));
    }

    /// As it is written, gaps included.
    pub fn written(&self) -> &str {
        &self.text
    }

    /// The whole, where all of it is known.
    pub fn value(&self) -> Option<&str> {
        self.gaps.is_empty().then_some(self.text.as_str())
    }

    /// The whole, or why it is not known.
    pub fn state(&self) -> State<String> {
        match self.gaps.first() {
            None => State::Known(self.text.clone()),
            Some(gap) => State::unknown(gap.because.clone()),
        }
    }

    /// The part before the first gap.
    pub fn beginning(&self) -> &str {
        match self.gaps.first() {
            None => &self.text,
            Some(gap) => cut(&self.text, 0..gap.range.start),
        }
    }

    /// Whether no word or several may come of it.
    pub fn splits(&self) -> bool {
        self.gaps.iter().any(|gap| gap.splits)
    }

    /// Whether it is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// A part of it.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Self {
        let inside = |gap: &&Gap| gap.range.start < range.end && range.start < gap.range.end;
        let gaps = self.gaps.iter().filter(inside).map(|gap| Gap {
            range: gap.range.start.max(range.start) - range.start
                ..gap.range.end.min(range.end) - range.start,
            because: gap.because.clone(),
            splits: gap.splits,
        });
        Self {
            text: cut(&self.text, range.clone()).to_owned(),
            gaps: gaps.collect(),
        }
    }

    /// What follows `start`.
    #[must_use]
    pub fn from(&self, start: usize) -> Self {
        self.part(start..self.text.len())
    }

    /// Where a character stands that is known to be there.
    fn find(&self, separator: char, from: usize) -> Option<usize> {
        let known = |at: &usize| !self.gaps.iter().any(|gap| gap.range.contains(at));
        let rest = cut(&self.text, from..self.text.len());
        let mut places = rest.match_indices(separator).map(|(at, _)| from + at);
        places.find(known)
    }

    /// What stands before and after the first `separator`.
    pub fn split_once(&self, separator: char) -> Option<(Self, Self)> {
        let at = self.find(separator, 0)?;
        Some((
            self.part(0..at),
            self.part(at + separator.len_utf8()..self.text.len()),
        ))
    }

    /// What stands between the separators.
    pub fn split(&self, separator: char) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut start = 0;
        while let Some(at) = self.find(separator, start) {
            parts.push(self.part(start..at));
            start = at + separator.len_utf8();
        }
        parts.push(self.from(start));
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port() -> Text {
        let mut text = Text::known("127.0.0.1:");
        text.push_unknown("${PORT:-80}", "`$PORT` is not set here", false);
        text.push(":80");
        text
    }

    #[test]
    fn a_separator_in_a_gap_parts_nothing() {
        let parts = port().split(':');
        let written: Vec<&str> = parts.iter().map(Text::written).collect();
        assert_eq!(written, ["127.0.0.1", "${PORT:-80}", "80"]);
        assert_eq!(parts[0].value(), Some("127.0.0.1"));
        assert_eq!(parts[1].value(), None);
        assert_eq!(parts[2].value(), Some("80"));
    }

    #[test]
    fn only_the_beginning_is_known() {
        assert_eq!(port().beginning(), "127.0.0.1:");
        assert_eq!(port().value(), None);
        assert!(!port().splits());
        assert_eq!(port().state().known(), None);
    }
}
