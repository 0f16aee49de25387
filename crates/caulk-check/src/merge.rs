//! One place, one finding.

use std::collections::BTreeMap;

use caulk_finding::{Finding, Label};
use caulk_source::Span;

/// Findings of one rule about one written value become one: the worst of them, and the other
/// containers that share the value as its related places. A person acts there once.
pub(crate) fn by_place(findings: Vec<Finding>) -> Vec<Finding> {
    let mut places: BTreeMap<(&'static str, Span), Finding> = BTreeMap::new();
    for finding in findings {
        let key = (finding.rule.id, finding.primary.span);
        match places.remove(&key) {
            None => {
                places.insert(key, finding);
            }
            Some(first) => {
                places.insert(key, joined(first, finding));
            }
        }
    }
    places.into_values().collect()
}

fn joined(first: Finding, second: Finding) -> Finding {
    let (mut kept, other) = if second.severity > first.severity {
        (second, first)
    } else {
        (first, second)
    };
    if let (Some(title), Some(span)) = (&other.container, other.declared) {
        let same_title = kept.container.as_ref() == Some(title);
        let here = kept.declared.map(|declared| declared.file);
        let other_file = here != Some(span.file);
        // Files beside each other often have one service each under the same name.
        let text = match (same_title, other_file) {
            (true, false) => None,
            (true, true) => Some(format!("and {title} of this file shares it")),
            (false, _) => Some(format!("and {title} shares it")),
        };
        kept.related.extend(text.map(|text| Label::new(span, text)));
    }
    for label in other.related {
        if !kept.related.contains(&label) {
            kept.related.push(label);
        }
    }
    kept.hidden.extend(other.hidden);
    // What one of them has alone would not be true for the others.
    if kept.remedy != other.remedy {
        kept.remedy = None;
    }
    kept
}
