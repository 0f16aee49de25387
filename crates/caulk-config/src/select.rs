//! Which rules are meant.

use std::collections::BTreeSet;

use caulk_finding::RuleInfo;
use caulk_source::matches_wildcard;

use crate::suggest::{did_you_mean, nearest};

/// The rules that an id or a pattern with `*` names.
///
/// # Errors
///
/// Where it names none: a line that says so.
pub fn rules_named(pattern: &str, rules: &[&'static RuleInfo]) -> Result<BTreeSet<String>, String> {
    let ids = || rules.iter().map(|rule| rule.id);
    let named: BTreeSet<String> = ids()
        .filter(|id| matches_wildcard(pattern, id))
        .map(str::to_owned)
        .collect();
    if named.is_empty() {
        let meant = did_you_mean(nearest(pattern, ids()));
        return Err(format!("no rule `{pattern}`{meant}"));
    }
    Ok(named)
}

#[cfg(test)]
mod tests {
    use super::*;

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
