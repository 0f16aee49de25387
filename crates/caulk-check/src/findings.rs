//! What the rules say of a repository.

use caulk_finding::Finding;
use caulk_model::Repository;
use caulk_rules::Findings;
use caulk_source::Sources;

use crate::merge;

/// What every rule says, in no order.
pub(crate) fn every(repository: &Repository) -> Vec<Finding> {
    let mut findings = Findings::new();
    for rule in caulk_rules::ALL {
        (rule.check)(repository, &mut findings);
    }
    findings.into_vec()
}

/// What every rule says, one finding for one place, in order.
pub(crate) fn all(repository: &Repository, sources: &Sources) -> Vec<Finding> {
    in_order(every(repository), sources)
}

/// One finding for one place, in order.
pub(crate) fn in_order(findings: Vec<Finding>, sources: &Sources) -> Vec<Finding> {
    let mut findings = merge::by_place(findings);
    sort(&mut findings, sources);
    findings
}

/// By path, then place, then rule.
fn sort(findings: &mut [Finding], sources: &Sources) {
    for finding in findings.iter_mut() {
        finding.related.sort_by(|a, b| {
            let key = |span: caulk_source::Span| (sources.path(span.file), span.start, span.end);
            key(a.span)
                .cmp(&key(b.span))
                .then_with(|| a.text.cmp(&b.text))
        });
    }
    findings.sort_by(|a, b| {
        let key = |finding: &Finding| (finding.primary.span.start, finding.primary.span.end);
        let path = |finding: &Finding| sources.path(finding.primary.span.file);
        path(a)
            .cmp(path(b))
            .then_with(|| key(a).cmp(&key(b)))
            .then_with(|| a.rule.id.cmp(b.rule.id))
            .then_with(|| a.message.cmp(&b.message))
    });
}
