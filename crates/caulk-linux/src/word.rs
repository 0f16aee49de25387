//! What people write where a capability is wanted.

use std::fmt;
use std::str::FromStr;

use crate::Capability;

/// A word in a list of capabilities to add or drop.
///
/// `ALL` is no capability: it is a word with a meaning of its own, and in a drop list next to
/// `ALL` in the add list it even means nothing (see [`docker_bounding`](crate::docker_bounding)).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CapabilityWord {
    /// `ALL`.
    All,
    /// One of the 41.
    One(Capability),
}

impl CapabilityWord {
    /// The word as people write it in Compose files: `ALL`, `SYS_ADMIN`.
    pub const fn short_name(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::One(capability) => capability.short_name(),
        }
    }
}

impl fmt::Display for CapabilityWord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.short_name())
    }
}

/// Reads a word as moby's `NormalizeLegacyCapabilities` does (`daemon/pkg/oci/caps/utils.go`,
/// moby 28): upper-case it, take exactly `ALL` for itself, *then* add a missing `CAP_`. So `all`
/// is everything and `CAP_ALL` is unknown. Nothing is trimmed.
impl FromStr for CapabilityWord {
    type Err = UnknownCapability;

    fn from_str(text: &str) -> Result<Self, UnknownCapability> {
        let upper = upper_case(text);
        if upper == "ALL" {
            return Ok(Self::All);
        }
        let known = if upper.starts_with("CAP_") {
            Capability::from_name(&upper)
        } else {
            Capability::from_name(&format!("CAP_{upper}"))
        };
        known.map(Self::One).ok_or_else(|| UnknownCapability {
            given: text.to_owned(),
            suggestion: suggestion(&upper),
        })
    }
}

/// Reads a name as [`CapabilityWord`] does, without its `ALL`.
impl FromStr for Capability {
    type Err = UnknownCapability;

    fn from_str(text: &str) -> Result<Self, UnknownCapability> {
        match text.parse()? {
            CapabilityWord::One(capability) => Ok(capability),
            CapabilityWord::All => Err(UnknownCapability {
                given: text.to_owned(),
                suggestion: None,
            }),
        }
    }
}

/// A name that no kernel has. The engine refuses to create the container.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownCapability {
    /// What was given.
    pub given: String,
    /// What was probably meant.
    pub suggestion: Option<CapabilityWord>,
}

impl fmt::Display for UnknownCapability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` is no capability", self.given)?;
        match self.suggestion {
            Some(word) => write!(formatter, ", did you mean `{word}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnknownCapability {}

/// Upper-case as Go's `strings.ToUpper`: one character for one character. So `ſ` becomes `S` there
/// and here, while a ligature, which Rust would take apart, stays what it is.
fn upper_case(text: &str) -> String {
    let upper = |one: char| {
        let mut several = one.to_uppercase();
        match (several.next(), several.next()) {
            (Some(single), None) => single,
            (_, _) => one,
        }
    };
    text.chars().map(upper).collect()
}

/// Longer than any name by more than any distance we accept, so not worth comparing.
const LONGEST_COMPARED: usize = 64;

/// The nearest word to what was given, in upper case, if it is near.
fn suggestion(upper: &str) -> Option<CapabilityWord> {
    if upper.len() > LONGEST_COMPARED {
        return None;
    }
    let trimmed = upper.trim();
    let bare = trimmed.strip_prefix("CAP_").unwrap_or(trimmed);
    if bare == "ALL" {
        return Some(CapabilityWord::All);
    }
    // Two slips in a long name are a typo; in a short one they are another word.
    let accepted = if bare.len() > 5 { 2 } else { 1 };
    Capability::ALL
        .into_iter()
        .map(|capability| {
            (
                strsim::damerau_levenshtein(bare, capability.short_name()),
                capability,
            )
        })
        .min()
        .filter(|(distance, _)| *distance <= accepted)
        .map(|(_, capability)| CapabilityWord::One(capability))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Result<CapabilityWord, Option<&'static str>> {
        text.parse()
            .map_err(|error: UnknownCapability| error.suggestion.map(CapabilityWord::short_name))
    }

    #[test]
    fn case_and_prefix_do_not_matter() {
        for text in [
            "SYS_ADMIN",
            "sys_admin",
            "CAP_SYS_ADMIN",
            "cap_Sys_Admin",
            "Cap_SYS_ADMIN",
        ] {
            assert_eq!(
                word(text),
                Ok(CapabilityWord::One(Capability::SysAdmin)),
                "{text}"
            );
        }
        for text in ["ALL", "all", "All"] {
            assert_eq!(word(text), Ok(CapabilityWord::All), "{text}");
        }
    }

    #[test]
    fn all_is_special_before_the_prefix() {
        assert_eq!(word("CAP_ALL"), Err(Some("ALL")));
        assert_eq!(word("cap_all"), Err(Some("ALL")));
        assert!("ALL".parse::<Capability>().is_err());
    }

    #[test]
    fn nothing_is_trimmed() {
        assert_eq!(word(" SYS_ADMIN"), Err(Some("SYS_ADMIN")));
        assert_eq!(word("ALL "), Err(Some("ALL")));
        assert_eq!(word(""), Err(None));
        assert_eq!(word("CAP_"), Err(None));
        assert_eq!(word("CAP_CAP_KILL"), Err(None));
    }

    #[test]
    fn a_slip_gets_a_suggestion_and_another_word_none() {
        assert_eq!(word("SYSADMIN"), Err(Some("SYS_ADMIN")));
        assert_eq!(word("CAP_NET_AMDIN"), Err(Some("NET_ADMIN")));
        assert_eq!(word("NET-BIND-SERVICE"), Err(Some("NET_BIND_SERVICE")));
        assert_eq!(word("BFP"), Err(Some("BPF")));
        assert_eq!(word("ROOT"), Err(None));
        assert_eq!(word("ADMIN"), Err(None));
        assert_eq!(word(&"A".repeat(1 << 16)), Err(None));
    }

    #[test]
    fn letters_fold_as_they_do_in_go() {
        assert_eq!(
            word("ſys_adm\u{131}n"),
            Ok(CapabilityWord::One(Capability::SysAdmin))
        );
        assert!(word("CHECKPOINT_RE\u{fb06}ORE").is_err());
    }

    #[test]
    fn the_error_says_what_was_given() {
        let error = "NET_AMDIN".parse::<CapabilityWord>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`NET_AMDIN` is no capability, did you mean `NET_ADMIN`?"
        );
        let error = "root".parse::<Capability>().unwrap_err();
        assert_eq!(error.to_string(), "`root` is no capability");
    }

    proptest::proptest! {
        #[test]
        fn any_text_reads_or_comes_back_in_the_error(text in ".{0,80}") {
            if let Err(error) = text.parse::<CapabilityWord>() {
                proptest::prop_assert_eq!(error.given, text);
            }
        }
    }
}
