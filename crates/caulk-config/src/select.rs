//! Which rules are meant.

use std::collections::BTreeSet;

use caulk_finding::RuleInfo;

use crate::suggest::{did_you_mean, nearest};

/// The rules that an id or a pattern with `*` names.
///
/// # Errors
///
/// Where it names none: a line that says so.
pub fn rules_named(pattern: &str, rules: &[&'static RuleInfo]) -> Result<BTreeSet<String>, String> {
    let ids = || rules.iter().map(|rule| rule.id);
    let named: BTreeSet<String> = ids()
        .filter(|id| matches(pattern, id))
        .map(str::to_owned)
        .collect();
    if named.is_empty() {
        let meant = did_you_mean(nearest(pattern, ids()));
        return Err(format!("no rule `{pattern}`{meant}"));
    }
    Ok(named)
}

/// Whether `pattern` names `text`: letter by letter, `*` standing for any letters.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        let Some(at) = text.find(part) else {
            return false;
        };
        text = caulk_source::cut_from(text, at + part.len());
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_and_ids() {
        assert!(matches("seccomp-*", "seccomp-disabled"));
        assert!(matches("*root*", "runs-as-root"));
        assert!(matches("*-root", "runs-as-root"));
        assert!(matches("r*as*t", "runs-as-root"));
        assert!(matches("privileged", "privileged"));
        assert!(!matches("privileged", "privileged-group"));
        assert!(!matches("*-rot", "runs-as-root"));
        assert!(matches("*", "anything"));
    }

    #[test]
    fn a_pattern_that_names_nothing_is_refused() {
        let rules: Vec<&RuleInfo> = caulk_rules::ALL.iter().map(|rule| &rule.info).collect();
        assert!(rules_named("no-such-*", &rules).is_err());
        let named = rules_named("seccomp-*", &rules).unwrap();
        assert!(named.contains("seccomp-disabled"));
        let refusal = rules_named("privilged", &rules).unwrap_err();
        assert_eq!(refusal, "no rule `privilged`: did you mean `privileged`?");
    }
}
