//! Which rules are meant.

use std::collections::BTreeSet;

use caulk_config::rules_named;
use caulk_finding::RuleInfo;

use crate::exit::Failure;

/// What every rule says of itself.
pub(crate) fn infos() -> Vec<&'static RuleInfo> {
    caulk_rules::ALL.iter().map(|rule| &rule.info).collect()
}

/// The rules that ids and patterns with `*` name. Each must name one at least.
pub(crate) fn rules(patterns: &[String]) -> Result<BTreeSet<String>, Failure> {
    let infos = infos();
    let mut chosen = BTreeSet::new();
    for pattern in patterns {
        chosen.extend(rules_named(pattern, &infos).map_err(Failure)?);
    }
    Ok(chosen)
}
