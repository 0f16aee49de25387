//! The profile as it is written.

use caulk_source::{FileId, Span, Spanned};
use caulk_syntax::Problem;
use caulk_syntax::json::{self, Value};

use crate::refusal::refusals;
use crate::{Action, Refusal};

/// A profile with the places of what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Profile {
    /// The whole of it.
    pub span: Span,
    /// The default action, as it is written; nothing where it is absent or empty.
    pub default_action: Option<Spanned<String>>,
    /// The rules, in order.
    pub rules: Vec<Rule>,
    /// What Docker's decoder and the runtime refuse, in the order of the text: with any of it no
    /// container starts.
    pub refusals: Vec<Refusal>,
}

/// One entry of `syscalls`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// The whole of it.
    pub span: Span,
    /// The system calls, from `names` and from the older `name`.
    pub names: Vec<Spanned<String>>,
    /// The action, as it is written.
    pub action: Option<Spanned<String>>,
    /// Whether it applies only to some arguments.
    pub has_arguments: bool,
}

/// What was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parsed {
    /// The profile, where the text is a JSON object.
    pub profile: Option<Profile>,
    /// What Go's JSON reader would refuse.
    pub problems: Vec<Problem>,
}

/// Reads a profile in Docker's format.
pub fn parse(file: FileId, text: &str) -> Parsed {
    let parsed = json::parse(file, text);
    let mut problems = parsed.problems;
    let profile = parsed.value.as_ref().and_then(|value| {
        if !matches!(value.kind, json::Kind::Object(_)) {
            problems.push(Problem {
                span: value.span,
                message: "a seccomp profile is a JSON object".to_owned(),
            });
            return None;
        }
        Some(profile(value))
    });
    Parsed { profile, problems }
}

fn profile(value: &Value) -> Profile {
    // Go's reader matches keys whatever their case.
    let rules = value.get_ignoring_case("syscalls");
    Profile {
        span: value.span,
        default_action: value.get_ignoring_case("defaultAction").and_then(string),
        rules: rules
            .map(|rules| rules.items().iter().map(rule).collect())
            .unwrap_or_default(),
        refusals: refusals(value),
    }
}

fn rule(value: &Value) -> Rule {
    let names = value.get_ignoring_case("names");
    let names = names.map(Value::items).unwrap_or_default();
    let name = value.get_ignoring_case("name");
    Rule {
        span: value.span,
        names: names.iter().chain(name).filter_map(string).collect(),
        action: value.get_ignoring_case("action").and_then(string),
        has_arguments: value
            .get_ignoring_case("args")
            .is_some_and(|arguments| !arguments.items().is_empty()),
    }
}

fn string(value: &Value) -> Option<Spanned<String>> {
    let text = value.as_str().filter(|text| !text.is_empty())?;
    Some(Spanned::new(text.to_owned(), value.span))
}

impl Profile {
    /// Whether Docker treats it as no profile at all: no default action and no rule. moby's
    /// `setupSeccomp` returns nothing for it, so the container runs unconfined.
    pub fn is_none(&self) -> bool {
        self.default_action.is_none() && self.rules.is_empty()
    }

    /// The default action, where it is one.
    pub fn action(&self) -> Option<Action> {
        Action::parse(&self.default_action.as_ref()?.value)
    }

    /// How many system calls its rules deny without a condition, where the default lets through.
    pub fn denied(&self) -> usize {
        let denies = |rule: &&Rule| {
            let action = rule
                .action
                .as_ref()
                .and_then(|action| Action::parse(&action.value));
            action.is_some_and(|action| !action.lets_through())
        };
        self.rules
            .iter()
            .filter(denies)
            .map(|rule| rule.names.len())
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Profile {
        parse(FileId::FIRST, text).profile.expect("an object")
    }

    #[test]
    fn an_empty_profile_is_none() {
        assert!(read("{}").is_none());
        assert!(read(r#"{"syscalls": []}"#).is_none());
        assert!(read(r#"{"defaultAction": ""}"#).is_none());
        assert!(!read(r#"{"DEFAULTACTION": "SCMP_ACT_ERRNO"}"#).is_none());
    }

    #[test]
    fn names_in_both_spellings() {
        let text = r#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
            {"names": ["mount", "bpf"], "action": "SCMP_ACT_ERRNO"},
            {"name": "ptrace", "action": "SCMP_ACT_KILL", "args": null}]}"#;
        let profile = read(text);
        assert_eq!(profile.action(), Some(Action::Allow));
        assert_eq!(profile.denied(), 3);
        assert!(!profile.rules[1].has_arguments);
    }
}
