//! How often each rule spoke.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use caulk_finding::Severity;

use crate::context::Context;
use crate::summary::summary;

/// What one rule found.
#[derive(Default)]
struct Count {
    findings: usize,
    fixes: usize,
    worst: Option<Severity>,
}

/// A line for each rule that spoke, the most frequent first, and the summary.
pub fn statistics(context: &Context<'_>) -> String {
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    for reported in &context.report.findings {
        let count = counts.entry(reported.finding.rule.id).or_default();
        count.findings += 1;
        count.fixes += usize::from(reported.fix.is_some());
        count.worst = count.worst.max(Some(reported.finding.severity));
    }
    let mut rows: Vec<(&str, Count)> = counts.into_iter().collect();
    rows.sort_by_key(|(rule, count)| (Reverse(count.findings), *rule));
    let width = rows.iter().map(|(rule, _)| rule.len()).max().unwrap_or(0);
    let mut out = String::new();
    for (rule, count) in rows {
        let worst = count.worst.map_or("", Severity::name);
        let _ = writeln!(
            out,
            "{:>5}  {rule:<width$}  {worst:<8}  {} with a fix",
            count.findings, count.fixes
        );
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(&summary(context));
    out
}
