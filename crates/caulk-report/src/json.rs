//! JSON, version 1.

use std::fmt::Write as _;

use caulk_finding::{Fix, Label, Reported, Suppressed};
use serde::Serialize;

use crate::context::Context;
use crate::text::is_hostile;

/// The report as JSON, version 1, indented, with a final newline.
///
/// Every key is always there: what a finding does not have (`container`, `fix`, a fix's `reason`,
/// a suppression's `reason` and `expires`) is `null`, so that a consumer need not ask twice. Lines
/// and columns start at 1 and columns count Unicode scalar values; `end_line` and `end_column` are
/// the place after the last character. `start` and `end` of an edit are byte offsets into the
/// file. Characters that act on a terminal or hide are escaped.
pub fn json(context: &Context<'_>) -> String {
    let report = context.report;
    let document = Document {
        version: 1,
        tool: Tool {
            name: "caulk",
            version: context.version,
        },
        findings: report
            .findings
            .iter()
            .map(|reported| finding(context, reported))
            .collect(),
        suppressed: report
            .suppressed
            .iter()
            .map(|one| suppression(context, one))
            .collect(),
        files: Files {
            analysed: report.files.analysed,
            unreadable: report.files.unreadable,
        },
    };
    // Serializing cannot fail: every key is a string and every value is data.
    let text = serde_json::to_string_pretty(&document).unwrap_or_default();
    escape_hostile(&text) + "\n"
}

/// JSON text with the characters escaped that act on a terminal or hide.
///
/// JSON has such characters in strings only, so each may become an escape where it stands. Those
/// below the space are escaped by the serializer.
pub fn escape_hostile(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        if character > '~' && is_hostile(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(result, "\\u{unit:04x}");
            }
        } else {
            result.push(character);
        }
    }
    result
}

fn finding<'a>(context: &Context<'a>, reported: &'a Reported) -> FindingEntry<'a> {
    let finding = &reported.finding;
    let start = context.start(finding.primary.span);
    let end = context.end(finding.primary.span);
    let references = finding
        .rule
        .references
        .iter()
        .map(|reference| ReferenceEntry {
            source: reference.authority.name(),
            id: reference.id,
        });
    FindingEntry {
        rule: finding.rule.id,
        severity: finding.severity.name(),
        confidence: finding.confidence.name(),
        level: finding.rule.level.name(),
        message: &finding.message,
        container: finding.container.as_deref(),
        surface: finding.surface.name(),
        path: context.path(finding.primary.span),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        related: finding
            .related
            .iter()
            .map(|label| related(context, label))
            .collect(),
        fix: reported.fix.as_ref().map(|fix| fix_entry(context, fix)),
        fingerprint: &reported.fingerprint,
        references: references.collect(),
        help: finding.rule.help_path(),
    }
}

fn related<'a>(context: &Context<'_>, label: &'a Label) -> RelatedEntry<'a> {
    let start = context.start(label.span);
    let end = context.end(label.span);
    RelatedEntry {
        path: context.path(label.span),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        message: &label.text,
    }
}

fn fix_entry<'a>(context: &Context<'_>, fix: &'a Fix) -> FixEntry<'a> {
    let edits = fix.edits.iter().map(|edit| EditEntry {
        path: context.path(edit.span),
        start: edit.span.start,
        end: edit.span.end,
        text: &edit.text,
    });
    FixEntry {
        applicability: fix.applicability.name(),
        title: &fix.title,
        reason: fix.applicability.may_break(),
        edits: edits.collect(),
    }
}

fn suppression<'a>(context: &Context<'_>, suppressed: &'a Suppressed) -> SuppressedEntry<'a> {
    SuppressedEntry {
        rule: suppressed.rule,
        path: context.path(suppressed.span),
        line: context.start(suppressed.span).line,
        reason: suppressed.reason.as_deref(),
        expires: suppressed.expires.as_deref(),
        by: suppressed.by.name(),
    }
}

// The fields stand in the order in which the keys are printed.

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool<'a>,
    findings: Vec<FindingEntry<'a>>,
    suppressed: Vec<SuppressedEntry<'a>>,
    files: Files,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'a str,
    version: &'a str,
}

#[derive(Serialize)]
struct FindingEntry<'a> {
    rule: &'a str,
    severity: &'a str,
    confidence: &'a str,
    level: &'a str,
    message: &'a str,
    container: Option<&'a str>,
    surface: &'a str,
    path: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    related: Vec<RelatedEntry<'a>>,
    fix: Option<FixEntry<'a>>,
    fingerprint: &'a str,
    references: Vec<ReferenceEntry<'a>>,
    help: String,
}

#[derive(Serialize)]
struct RelatedEntry<'a> {
    path: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    message: &'a str,
}

#[derive(Serialize)]
struct FixEntry<'a> {
    applicability: &'a str,
    title: &'a str,
    reason: Option<&'a str>,
    edits: Vec<EditEntry<'a>>,
}

#[derive(Serialize)]
struct EditEntry<'a> {
    path: String,
    start: u32,
    end: u32,
    text: &'a str,
}

#[derive(Serialize)]
struct ReferenceEntry<'a> {
    source: &'a str,
    id: &'a str,
}

#[derive(Serialize)]
struct SuppressedEntry<'a> {
    rule: &'a str,
    path: String,
    line: u32,
    reason: Option<&'a str>,
    expires: Option<&'a str>,
    by: &'a str,
}

#[derive(Serialize)]
struct Files {
    analysed: usize,
    unreadable: usize,
}
