//! The report for a person: each finding with its lines, its reasons and its diff.

use std::collections::BTreeMap;

use anstyle::Style;
use caulk_finding::{Applicability, Confidence, Finding, Reported};
use caulk_source::Edit;

use crate::choose::fix_hunks;
use crate::concise::{level, one_line};
use crate::context::Context;
use crate::excerpt::{Excerpt, MOST_RELATED, excerpts};
use crate::shown::shown_hunks;
use crate::style;
use crate::summary::summary;
use crate::text::wrap;

/// How many lines one finding may take: a screen.
const SCREEN: usize = 40;

/// A diff is not cut below so many lines.
const LEAST_DIFF: usize = 12;

/// The report for a person. Each finding begins with one line that stands alone, then come the
/// lines it points at, why it matters here, what to do, and the diff that does it; never more than
/// a screen for one finding. The last line sums up.
pub fn full(context: &Context<'_>) -> String {
    let mut out = String::new();
    let mut proposed: BTreeMap<&[Edit], String> = BTreeMap::new();
    for reported in &context.report.findings {
        let mut screen = Screen::new(context, reported);
        screen.excerpts();
        let edits = reported.fix.as_ref().map(|fix| fix.edits.as_slice());
        let edits = edits.filter(|edits| !edits.is_empty());
        let earlier = edits.and_then(|edits| proposed.get(edits));
        screen.notes(earlier.map(String::as_str));
        if earlier.is_none() {
            screen.diff();
        }
        if let Some(edits) = edits {
            proposed.entry(edits).or_insert(screen.place);
        }
        out.push_str(&screen.text);
        out.push('\n');
    }
    if !context.quiet {
        out.push_str(&summary(context));
    }
    out
}

/// One finding as it is written.
struct Screen<'a> {
    context: &'a Context<'a>,
    reported: &'a Reported,
    text: String,
    /// How many digits the line numbers have.
    digits: usize,
    /// Where the finding is.
    place: String,
    has_notes: bool,
}

impl<'a> Screen<'a> {
    /// The first line, which stands alone.
    fn new(context: &'a Context<'a>, reported: &'a Reported) -> Self {
        let finding = &reported.finding;
        let level = context.paint(style::severity(finding.severity), &level(finding));
        let message = context.paint(style::MESSAGE, &format!(": {}", one_line(&finding.message)));
        Self {
            context,
            reported,
            text: format!("{level}{message}\n"),
            digits: 1,
            place: String::new(),
            has_notes: false,
        }
    }

    /// A line that begins with `sign` under the end of the line numbers.
    fn margin_line(&mut self, sign: &str, text: &str) {
        let margin = " ".repeat(self.digits);
        let text = text.trim_end();
        let sign = if text.is_empty() {
            sign.trim_end()
        } else {
            sign
        };
        let sign = self.context.paint(style::MARGIN, sign);
        self.text.extend([&margin, &sign, text, "\n"]);
    }

    /// The lines that it points at.
    fn excerpts(&mut self) {
        let finding = &self.reported.finding;
        let excerpts = excerpts(self.context, finding);
        self.digits = excerpts.iter().map(Excerpt::digits).max().unwrap_or(1);
        for (index, excerpt) in excerpts.iter().enumerate() {
            if index == 0 {
                self.place.clone_from(&excerpt.place);
                self.margin_line("--> ", &excerpt.place);
            } else {
                self.margin_line(" |", "");
                self.margin_line("::: ", &excerpt.place);
            }
            let lines = excerpt.render(self.context, finding.severity, self.digits);
            self.text.push_str(&lines);
        }
    }

    /// Why it matters, what to do, what the fix does. `earlier` is the place of a finding above
    /// that is fixed by the same edit.
    fn notes(&mut self, earlier: Option<&str>) {
        let finding = &self.reported.finding;
        if let Some(more) = finding
            .related
            .len()
            .checked_sub(MOST_RELATED)
            .filter(|more| *more > 0)
        {
            let places = if more == 1 { "place" } else { "places" };
            self.note(style::MESSAGE, "and", &format!("{more} more {places}"));
        }
        self.note(style::MESSAGE, "why", &finding.why);
        self.note(style::MESSAGE, "confidence", &confidence(finding));
        self.note(
            style::MESSAGE,
            "do",
            finding.advice.as_deref().unwrap_or_default(),
        );
        let Some(fix) = &self.reported.fix else {
            return;
        };
        let style = match fix.applicability {
            Applicability::Safe => style::SAFE,
            Applicability::Unsafe { .. } => style::UNSAFE,
        };
        let same = earlier
            .map(|place| format!(" (the same edit as for {place})"))
            .unwrap_or_default();
        let name = format!("fix ({})", fix.applicability.name());
        self.note(style, &name, &format!("{}{same}", fix.title));
        self.note(
            style,
            "may break",
            fix.applicability.may_break().unwrap_or_default(),
        );
        self.note(style, "changes too", &fix.changes_too().unwrap_or_default());
        let revealed = fix.revealed().unwrap_or_default();
        self.note(style, "then shows", &revealed);
    }

    /// A named note, wrapped; nothing where there is nothing to say.
    fn note(&mut self, style: Style, name: &str, text: &str) {
        // The margin, the sign, the name, the colon: what stands before the text.
        let before = self.digits + 3 + name.len() + 2;
        let width = self.context.columns().saturating_sub(before).max(20);
        for (index, line) in wrap(&one_line(text), width).iter().enumerate() {
            if !self.has_notes {
                self.has_notes = true;
                self.margin_line(" |", "");
            }
            if index == 0 {
                let name = self.context.paint(style, name);
                self.margin_line(" = ", &format!("{name}: {line}"));
            } else {
                self.text.push_str(&" ".repeat(before));
                self.text.push_str(line);
                self.text.push('\n');
            }
        }
    }

    /// The diff of the fix alone, as much of it as the screen holds.
    fn diff(&mut self) {
        let indent = self.digits + 3;
        let width = self.context.columns().saturating_sub(indent);
        let fix = self.reported.fix.as_ref();
        let files = fix
            .and_then(|fix| fix_hunks(fix, self.context.sources))
            .unwrap_or_default();
        let mut lines = Vec::new();
        for (id, hunks) in files {
            if let Some(file) = self.context.sources.get(id) {
                lines.extend(shown_hunks(self.context, (id, file), &hunks, width));
            }
        }
        let taken = self.text.lines().count();
        let most = SCREEN.saturating_sub(taken).max(LEAST_DIFF);
        if lines.len() > most {
            let more = lines.len() - (most - 1);
            lines.truncate(most - 1);
            let rest = format!("… {more} more lines; `--format diff` shows them");
            lines.push(self.context.paint(style::QUIET, &rest));
        }
        for line in lines {
            self.margin_line(" | ", &line);
        }
    }
}

/// What is said of a confidence that is not high.
fn confidence(finding: &Finding) -> String {
    let because = finding.doubt.as_deref();
    match finding.confidence {
        Confidence::Low => {
            format!(
                "low, {}",
                because.unwrap_or("what decides is not in the repository")
            )
        }
        Confidence::Medium => {
            let otherwise = "something that bears on it is not in the repository";
            format!("medium, {}", because.unwrap_or(otherwise))
        }
        Confidence::High => String::new(),
    }
}
