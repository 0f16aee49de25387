//! How bad, how sure, and who wants to hear it.

use std::fmt;
use std::str::FromStr;

/// A name that is none of the known ones.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownName {
    /// What was given.
    pub given: String,
    /// What would have been known.
    pub known: &'static [&'static str],
}

impl fmt::Display for UnknownName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "`{}` is none of {}",
            self.given,
            self.known.join(", ")
        )
    }
}

impl std::error::Error for UnknownName {}

/// An enum whose variants have names: text out, text in, and the list of both.
macro_rules! named {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[$variant_meta:meta])* $variant:ident = $text:literal, )+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $( $(#[$variant_meta])* $variant, )+ }

        impl $name {
            /// Every one of them, in order.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )+];
            /// Their names, in the same order.
            pub const NAMES: &'static [&'static str] = &[$( $text, )+];

            /// The name, as people write it and reports print it.
            pub fn name(self) -> &'static str {
                match self { $( Self::$variant => $text, )+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(self.name())
            }
        }

        impl FromStr for $name {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, UnknownName> {
                match text {
                    $( $text => Ok(Self::$variant), )+
                    _ => Err(UnknownName { given: text.to_owned(), known: Self::NAMES }),
                }
            }
        }
    };
}

named! {
    /// How bad it is, from the container's posture.
    pub enum Severity {
        /// Worth knowing.
        Info = "info",
        /// Hardening is absent.
        Low = "low",
        /// A defence is removed.
        Medium = "medium",
        /// One step from the host, or root where nothing needs root.
        High = "high",
        /// The host is taken over by this alone.
        Critical = "critical",
    }
}

named! {
    /// How sure caulk is. A rule states the most it may claim; what is unknown lowers it.
    pub enum Confidence {
        /// What decides is not in the repository.
        Low = "low",
        /// Something that bears on it is not in the repository.
        Medium = "medium",
        /// Everything that decides was read.
        High = "high",
    }
}

named! {
    /// Who wants to hear it, after the levels of the Kubernetes Pod Security Standards.
    pub enum Level {
        /// Something gives a container more than a container should have, or leaves it root.
        Baseline = "baseline",
        /// Hardening that is absent.
        Hardened = "hardened",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for severity in Severity::ALL {
            assert_eq!(severity.name().parse::<Severity>().as_ref(), Ok(severity));
        }
        assert!(Severity::Critical > Severity::High);
        assert_eq!(
            "severe".parse::<Severity>().unwrap_err().to_string(),
            "`severe` is none of info, low, medium, high, critical"
        );
    }
}
