//! The formats by name.

use std::fmt;
use std::str::FromStr;

use caulk_finding::UnknownName;

use crate::context::Context;

/// A format.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Format {
    /// Annotated snippets and annotated diffs.
    #[default]
    Full,
    /// One patch for the whole run.
    Diff,
    /// One line for each finding.
    Concise,
    /// JSON, version 1.
    Json,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Self] = &[Self::Full, Self::Diff, Self::Concise, Self::Json];
    /// Their names, in the same order.
    pub const NAMES: &'static [&'static str] = &["full", "diff", "concise", "json"];

    /// The name, as the command line has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Diff => "diff",
            Self::Concise => "concise",
            Self::Json => "json",
        }
    }

    /// The report in this format.
    pub fn render(self, context: &Context<'_>) -> Vec<u8> {
        match self {
            Self::Full => crate::full(context).into_bytes(),
            Self::Diff => crate::diff(context),
            Self::Concise => crate::concise(context).into_bytes(),
            Self::Json => crate::json(context).into_bytes(),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let known = Self::ALL.iter().find(|format| format.name() == text);
        known.copied().ok_or_else(|| UnknownName {
            given: text.to_owned(),
            known: Self::NAMES,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
        assert_eq!(names, Format::NAMES);
        for format in Format::ALL {
            assert_eq!(format.name().parse::<Format>().as_ref(), Ok(format));
        }
        assert!("yaml".parse::<Format>().is_err());
    }
}
