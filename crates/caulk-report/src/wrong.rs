//! What is wrong with a file that caulk itself is told by.

use std::fmt::Write as _;

use caulk_finding::{Label, Report, Severity};
use caulk_source::Sources;

use crate::concise::one_line;
use crate::context::Context;
use crate::excerpt::excerpts_of;
use crate::style;

/// So many are shown; who repairs them sees the others.
const MOST: usize = 20;

/// Each with its line: what is wrong is the text of its label.
pub fn wrong(
    places: &[Label],
    sources: &Sources,
    display_path: &dyn Fn(&str) -> String,
    color: bool,
    width: usize,
) -> String {
    let report = Report::default();
    let context = Context {
        report: &report,
        sources,
        display_path,
        root: "",
        version: "",
        color,
        width,
        quiet: true,
    };
    let mut out = String::new();
    for label in places.iter().take(MOST) {
        let error = context.paint(style::severity(Severity::High), "error");
        let message = format!(": {}", one_line(&label.text));
        out.push_str(&error);
        out.push_str(&context.paint(style::MESSAGE, &message));
        out.push('\n');
        let place = Label::new(label.span, "");
        for excerpt in excerpts_of(&context, &place, &[]) {
            let digits = excerpt.digits();
            let sign = context.paint(style::MARGIN, "--> ");
            let _ = writeln!(out, "{}{sign}{}", " ".repeat(digits), excerpt.place);
            out.push_str(&excerpt.render(&context, Severity::High, digits));
        }
        out.push('\n');
    }
    if let Some(more) = places.len().checked_sub(MOST).filter(|more| *more > 0) {
        let _ = writeln!(out, "and {more} more\n");
    }
    out
}
