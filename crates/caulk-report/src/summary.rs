//! The last line: how many of what.

use std::fmt::Write as _;

use caulk_finding::Severity;

use crate::context::Context;
use crate::style;
use crate::text::count;

/// The summary, as [`full`](crate::full) ends with it: how many findings of which severity, how
/// many of them have a fix, how many files were read.
pub fn summary(context: &Context<'_>) -> String {
    let line = summary_line(context);
    let style = match context
        .report
        .findings
        .iter()
        .map(|reported| reported.finding.severity)
        .max()
    {
        Some(worst) => style::severity(worst),
        None => style::DIFF_ADDED,
    };
    // The first words carry the colour: the number, or that there is none.
    let end = line.find([' ', ',', ';']).and_then(|first| {
        let rest = caulk_source::cut_from(&line, first + 1);
        Some(first + 1 + rest.find([' ', ',', ';'])?)
    });
    let end = end.unwrap_or(line.len());
    let (first, rest) = (
        caulk_source::cut_to(&line, end),
        caulk_source::cut_from(&line, end),
    );
    format!("{}{rest}\n", context.paint(style, first))
}

/// The summary without colours.
pub(crate) fn summary_line(context: &Context<'_>) -> String {
    let report = context.report;
    let mut files = count(report.files.analysed, "file");
    if report.files.unreadable > 0 {
        let _ = write!(files, " ({} unreadable)", report.files.unreadable);
    }
    if !report.suppressed.is_empty() {
        let _ = write!(files, ", {} suppressed", report.suppressed.len());
    }
    if report.files.analysed == 0 && report.findings.is_empty() {
        return "nothing here declares a container".to_owned();
    }
    if report.findings.is_empty() {
        return format!("no findings in {files}");
    }
    let severities: Vec<String> = Severity::ALL
        .iter()
        .rev()
        .filter_map(|severity| {
            let of_it = report
                .findings
                .iter()
                .filter(|reported| reported.finding.severity == *severity);
            match of_it.count() {
                0 => None,
                number => Some(format!("{number} {severity}")),
            }
        })
        .collect();
    let closable = match report
        .findings
        .iter()
        .filter(|reported| reported.fix.is_some())
        .count()
    {
        0 => String::new(),
        number => format!(", {number} with a fix"),
    };
    let findings = count(report.findings.len(), "finding");
    format!("{findings} ({}){closable}; {files}", severities.join(", "))
}
