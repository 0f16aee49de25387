//! From remedies to edits.

use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::{Applicability, Change, Finding, Fix, Remedy};
use caulk_source::{Edit, Span};
use caulk_surfaces::Workspace;

/// The fix of each finding, where it has a remedy and the surface can write it.
pub(crate) fn fixes(workspace: &Workspace<'_>, findings: &[Finding]) -> Vec<Option<Fix>> {
    let together = together(workspace, findings);
    let fix = |finding: &Finding| {
        let remedy = finding.remedy.as_ref()?;
        match removed(remedy).and_then(|entry| together.get(&entry)) {
            Some(fix) => Some(fix.clone()),
            None => alone(workspace, remedy),
        }
    };
    findings.iter().map(fix).collect()
}

/// The fix of one remedy.
fn alone(workspace: &Workspace<'_>, remedy: &Remedy) -> Option<Fix> {
    let mut edits: Vec<Edit> = Vec::new();
    for change in &remedy.changes {
        edits.extend(workspace.edits(change).ok()?);
    }
    edits.sort();
    let overlap = edits
        .iter()
        .zip(edits.iter().skip(1))
        .any(|(a, b)| a.overlaps(b));
    (!overlap && !edits.is_empty()).then(|| Fix {
        title: remedy.title.clone(),
        applicability: remedy.applicability.clone(),
        edits,
    })
}

/// The one entry that a remedy removes, where that is all it does.
fn removed(remedy: &Remedy) -> Option<Span> {
    match remedy.changes.as_slice() {
        [Change::Remove { entry }] => Some(*entry),
        _ => None,
    }
}

/// Fixes that are one decision: where every item of a list is to go, the list goes, for each of the
/// findings. One by one they would leave an empty key behind.
fn together(workspace: &Workspace<'_>, findings: &[Finding]) -> BTreeMap<Span, Fix> {
    let remedies: BTreeMap<Span, &Remedy> = findings
        .iter()
        .filter_map(|finding| finding.remedy.as_ref())
        .filter_map(|remedy| Some((removed(remedy)?, remedy)))
        .collect();
    let entries: BTreeSet<Span> = remedies.keys().copied().collect();
    let mut fixes = BTreeMap::new();
    for (entries, edits) in workspace.exhausted(&entries) {
        let remedies: Vec<&Remedy> = entries
            .iter()
            .filter_map(|entry| remedies.get(entry).copied())
            .collect();
        let titles: BTreeSet<&str> = remedies
            .iter()
            .map(|remedy| remedy.title.as_str())
            .collect();
        let breaks: BTreeSet<&str> = remedies
            .iter()
            .filter_map(|remedy| remedy.applicability.may_break())
            .collect();
        let join = |texts: BTreeSet<&str>| texts.into_iter().collect::<Vec<_>>().join("; ");
        let fix = Fix {
            title: join(titles),
            applicability: if breaks.is_empty() {
                Applicability::Safe
            } else {
                Applicability::Unsafe {
                    may_break: join(breaks),
                }
            },
            edits,
        };
        fixes.extend(entries.into_iter().map(|entry| (entry, fix.clone())));
    }
    fixes
}
