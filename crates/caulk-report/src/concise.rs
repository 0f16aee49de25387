//! One line for each finding, for editors and for people who grep.

use caulk_finding::{Confidence, Finding};
use caulk_source::Span;

use crate::context::Context;
use crate::style;
use crate::text::{shorten, visible};

/// The longest message that a line of text carries, in columns. JSON has it whole.
pub(crate) const LONGEST: usize = 400;

/// One line for each finding: `path:line:column: severity[rule]: message`.
///
/// Nothing else is printed, so that the problem matchers of editors and CI systems read every
/// line. A finding of low confidence says so at the end of its message.
pub fn concise(context: &Context<'_>) -> String {
    let lines = context.report.findings.iter().map(|reported| {
        let finding = &reported.finding;
        let path = context.path(finding.primary.span);
        let place = context.paint(style::PATH, &place(context, &path, finding.primary.span));
        let level = context.paint(style::severity(finding.severity), &level(finding));
        format!("{place}: {level}: {}\n", message(finding))
    });
    lines.collect()
}

/// `path:line:column`.
pub(crate) fn place(context: &Context<'_>, path: &str, span: Span) -> String {
    let start = context.start(span);
    format!("{}:{}:{}", visible(path), start.line, start.column)
}

/// `high[runs-as-root]`.
pub(crate) fn level(finding: &Finding) -> String {
    format!("{}[{}]", finding.severity, finding.rule.id)
}

/// The message on one line.
pub(crate) fn message(finding: &Finding) -> String {
    let message = one_line(&finding.message);
    match finding.confidence {
        Confidence::Low => message + " (low confidence)",
        Confidence::Medium | Confidence::High => message,
    }
}

/// A sentence from a rule, which may quote a file, on one line of bearable length.
pub(crate) fn one_line(text: &str) -> String {
    shorten(&visible(text), LONGEST)
}
