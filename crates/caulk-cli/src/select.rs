//! Which rules are meant.

use std::collections::BTreeSet;

use crate::exit::Failure;
use crate::suggest::{did_you_mean, nearest};

/// The rules that ids and patterns with `*` name. Each must name one at least.
pub(crate) fn rules(patterns: &[String]) -> Result<BTreeSet<String>, Failure> {
    let known = || caulk_rules::ALL.iter().map(|rule| rule.info.id);
    let mut chosen = BTreeSet::new();
    for pattern in patterns {
        let matching: Vec<&str> = known().filter(|id| matches(pattern, id)).collect();
        if matching.is_empty() {
            let meant = did_you_mean(nearest(pattern, known()));
            return Err(Failure(format!("no rule `{pattern}`{meant}")));
        }
        chosen.extend(matching.into_iter().map(str::to_owned));
    }
    Ok(chosen)
}

/// Whether `pattern` names `id`: letter by letter, `*` standing for any letters.
fn matches(pattern: &str, id: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == id;
    };
    let Some(mut id) = id.strip_prefix(first) else {
        return false;
    };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        let Some(at) = id.find(part) else {
            return false;
        };
        id = caulk_source::cut_from(id, at + part.len());
    }
    id.ends_with(last)
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
        assert!(rules(&["no-such-*".to_owned()]).is_err());
        let chosen = rules(&["seccomp-*".to_owned()]).unwrap();
        assert!(chosen.contains("seccomp-disabled"));
    }
}
