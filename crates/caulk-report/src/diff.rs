//! One patch for the whole run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use caulk_finding::{Applicability, Finding, Fix, Label, Reported, Step};
use caulk_source::{FileId, SourceFile};

use crate::choose::{StepIndex, by_file};
use crate::concise::{level, message, one_line, place};
use crate::context::Context;
use crate::file_name;
use crate::hunk::{DiffLine, NO_NEWLINE};
use crate::mask::Mask;
use crate::section::{Section, sections};
use crate::style;
use crate::summary::summary_line;
use crate::text::{shorten, visible};

/// How many others that a finding is about are named.
const MOST_OTHERS: usize = 4;

/// The plan as one patch. `git apply`, `git apply -R` and `patch -p1` take it as it is.
///
/// Every finding that a section closes stands above that section's file header in lines that begin
/// with `# `. Findings that the plan does not close follow at the end. The hunks hold the files'
/// bytes as they are, so the patch is bytes and not text, and a line with a credential stands in it
/// where the patch needs it. Colours, where they are wanted, stand around lines and make it a patch
/// to look at only; there what is hidden is.
pub fn diff(context: &Context<'_>) -> Vec<u8> {
    let patch = Patch::new(context);
    let mut out = Vec::new();
    let root = one_line(context.root);
    let version = context.version;
    comment(
        &mut out,
        &format!("caulk {version} patch; apply in {root} with git apply"),
    );
    comment(&mut out, &summary_line(context));
    for part in &patch.parts {
        out.push(b'\n');
        patch.annotate(&mut out, part);
        patch.write_section(&mut out, part);
    }
    patch.write_rest(&mut out);
    out
}

/// A line of annotation.
fn comment(out: &mut Vec<u8>, text: &str) {
    line(out, format!("# {text}").as_bytes());
}

fn line(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(bytes);
    out.push(b'\n');
}

/// Who else it is about, and why it matters here.
fn write_why<'l>(
    out: &mut Vec<u8>,
    related: impl Iterator<Item = &'l Label>,
    why: &str,
    place_of: &dyn Fn(&Label) -> String,
) {
    let is_another = |label: &&Label| label.text.starts_with("and ");
    let others: Vec<&Label> = related.filter(is_another).collect();
    for other in others.iter().take(MOST_OTHERS) {
        // It says "this", and nothing is drawn here that it could mean.
        let text = one_line(&other.text);
        comment(out, &format!("  {text} ({})", place_of(other)));
    }
    let more = others.len().saturating_sub(MOST_OTHERS);
    if more > 0 {
        comment(out, &format!("  and {more} more"));
    }
    if !why.is_empty() {
        comment(out, &format!("  why: {}", one_line(why)));
    }
}

/// A section, and the file as it is when the section is applied.
struct Part {
    id: FileId,
    file: Arc<SourceFile>,
    section: Section,
}

/// What is written, before it is written.
struct Patch<'a> {
    context: &'a Context<'a>,
    steps: Vec<&'a Step>,
    /// By path, then in the order in which they are applied.
    parts: Vec<Part>,
    /// How many sections a step has. A fix can change several files.
    count: BTreeMap<StepIndex, usize>,
}

impl<'a> Patch<'a> {
    fn new(context: &'a Context<'a>) -> Self {
        let plan = &context.report.plan;
        let mut by_path: BTreeMap<&str, Vec<Part>> = BTreeMap::new();
        let mut first = 0;
        for pass in &plan.passes {
            for (id, wanted) in by_file(pass, first) {
                let Some(file) = pass.before.get(&id) else {
                    continue;
                };
                let parts = by_path.entry(context.sources.path(id)).or_default();
                parts.extend(sections(file, &wanted).into_iter().map(|section| Part {
                    id,
                    file: Arc::clone(file),
                    section,
                }));
            }
            first += pass.steps.len();
        }
        let parts: Vec<Part> = by_path.into_values().flatten().collect();
        let mut count = BTreeMap::new();
        for step in parts.iter().flat_map(|part| &part.section.steps) {
            *count.entry(*step).or_insert(0) += 1;
        }
        Self {
            context,
            steps: plan.steps().collect(),
            parts,
            count,
        }
    }

    fn step(&self, index: StepIndex) -> Option<&'a Step> {
        self.steps.get(index).copied()
    }

    /// The findings of a section, and how each is closed.
    fn annotate(&self, out: &mut Vec<u8>, part: &Part) {
        let steps = part.section.steps.iter();
        let mut steps = steps
            .filter_map(|index| Some((*index, self.step(*index)?)))
            .peekable();
        while let Some((index, step)) = steps.next() {
            self.headline(out, step, part);
            // Findings that ask for the same are named one after the other, then what is done.
            if steps.peek().is_some_and(|(_, next)| next.fix == step.fix) {
                continue;
            }
            let parts = self.count.get(&index).copied().unwrap_or(1);
            self.describe(out, &step.fix, parts);
        }
    }

    /// The finding where the report has it; one that an earlier section reveals where it is then.
    fn headline(&self, out: &mut Vec<u8>, step: &Step, part: &Part) {
        let reported = step
            .reported
            .and_then(|at| self.context.report.findings.get(at));
        let finding = &step.finding;
        if let Some(reported) = reported {
            // What earlier sections have changed may have changed why it matters.
            let span = reported.finding.primary.span;
            let place = place(self.context, self.context.sources.path(span.file), span);
            self.headline_at(out, &place, finding);
            let still = |label: &&Label| finding.related.iter().any(|now| now.text == label.text);
            let related = reported.finding.related.iter().filter(still);
            write_why(out, related, &finding.why, &|label| self.place_of(label));
            return;
        }
        let start = part.file.line_column(finding.primary.span.start);
        let path = visible(part.file.path());
        let place = format!("{path}:{}:{}", start.line, start.column);
        self.headline_at(out, &format!("then {place}"), finding);
        // Lines of other files are not those of the report any more.
        let place_of = |label: &Label| {
            let path = visible(self.context.sources.path(label.span.file));
            if label.span.file != part.id {
                return path;
            }
            let start = part.file.line_column(label.span.start);
            format!("{path}:{}:{}", start.line, start.column)
        };
        write_why(out, finding.related.iter(), &finding.why, &place_of);
    }

    fn headline_of(&self, out: &mut Vec<u8>, finding: &Finding) {
        let span = finding.primary.span;
        let place = place(self.context, self.context.sources.path(span.file), span);
        self.headline_at(out, &place, finding);
        write_why(out, finding.related.iter(), &finding.why, &|label| {
            self.place_of(label)
        });
    }

    /// Where a label of the report points.
    fn place_of(&self, label: &Label) -> String {
        let path = self.context.sources.path(label.span.file);
        place(self.context, path, label.span)
    }

    fn headline_at(&self, out: &mut Vec<u8>, place: &str, finding: &Finding) {
        let severity = style::severity(finding.severity);
        let level = self.context.paint(severity, &level(finding));
        let message = self.context.paint(style::MESSAGE, &message(finding));
        comment(out, &format!("{place}: {level}: {message}"));
    }

    /// What a fix does, what it may break, and what shows then.
    fn describe(&self, out: &mut Vec<u8>, fix: &Fix, parts: usize) {
        let part = if parts > 1 {
            format!(", one of {parts} parts")
        } else {
            String::new()
        };
        let may_break = fix.applicability.may_break();
        let style = may_break.map_or(style::SAFE, |_| style::UNSAFE);
        let mut note = |name: &str, text: &str| {
            let name = self.context.paint(style, name);
            comment(out, &format!("  {name}: {}", one_line(text)));
        };
        let name = fix.applicability.name();
        note(&format!("fix ({name}{part})"), &fix.title);
        if let Some(may_break) = may_break {
            note("may break", may_break);
        }
        if let Some(others) = fix.changes_too() {
            note("changes too", &others);
        }
        if let Some(revealed) = fix.revealed() {
            note("then shows", &revealed);
        }
    }

    fn write_section(&self, out: &mut Vec<u8>, part: &Part) {
        let Part { file, section, .. } = part;
        for (side, prefix) in [("---", "a/"), ("+++", "b/")] {
            let header = file_name::header(side, prefix, file.path());
            line(
                out,
                self.context.paint(style::DIFF_FILE, &header).as_bytes(),
            );
        }
        let container = self.container(section);
        let mask = Mask::of(self.context, part.id);
        for (header, hunk) in &section.hunks {
            let header = self.context.paint(style::DIFF_HUNK, header);
            line(out, format!("{header}{container}").as_bytes());
            for diff_line in hunk.lines(file) {
                self.write_line(out, &diff_line, mask);
            }
        }
    }

    fn write_line(&self, out: &mut Vec<u8>, diff_line: &DiffLine<'_>, mask: Mask<'_>) {
        if self.context.color {
            line(out, diff_line.shown(self.context, mask).as_bytes());
        } else {
            out.push(diff_line.kind.sign());
            line(
                out,
                diff_line
                    .bytes
                    .strip_suffix(b"\n")
                    .unwrap_or(diff_line.bytes),
            );
        }
        if !diff_line.bytes.ends_with(b"\n") {
            line(out, NO_NEWLINE.as_bytes());
        }
    }

    /// What stands after a hunk's header: the container, where all findings are about one.
    fn container(&self, section: &Section) -> String {
        let steps = section.steps.iter().filter_map(|index| self.step(*index));
        let containers: BTreeSet<_> = steps
            .map(|step| step.finding.container.as_deref())
            .collect();
        match (containers.len(), containers.first()) {
            (1, Some(Some(only))) => format!(" {}", shorten(&visible(only), 60)),
            _ => String::new(),
        }
    }

    /// The findings that no section is for: those that are gone with the others, and those that stay.
    fn write_rest(&self, out: &mut Vec<u8>) {
        let shown = (0..).zip(&self.steps);
        let shown = shown.filter(|(index, _)| self.count.contains_key(index));
        let closed: BTreeSet<usize> = shown.filter_map(|(_, step)| step.reported).collect();
        let rest = self.context.report.findings.iter().enumerate();
        let rest = rest.filter(|(index, _)| !closed.contains(index));
        let along = &self.context.report.plan.along;
        let (along, rest): (Vec<_>, Vec<_>) = rest.partition(|(index, _)| along.contains(index));
        for (position, (_, reported)) in along.into_iter().enumerate() {
            if position == 0 {
                out.push(b'\n');
                comment(out, "closed with them:");
            }
            let finding = &reported.finding;
            let span = finding.primary.span;
            let place = place(self.context, self.context.sources.path(span.file), span);
            self.headline_at(out, &place, finding);
        }
        for (position, (_, reported)) in rest.into_iter().enumerate() {
            if position == 0 {
                out.push(b'\n');
                comment(out, "not closed by this patch:");
            }
            self.write_open(out, reported);
        }
    }

    fn write_open(&self, out: &mut Vec<u8>, reported: &Reported) {
        self.headline_of(out, &reported.finding);
        if let Some(fix) = &reported.fix {
            let why = match fix.applicability {
                Applicability::Unsafe { .. } if self.context.report.plan.only_safe => {
                    "its fix is unsafe: `--unsafe-fixes`"
                }
                Applicability::Safe | Applicability::Unsafe { .. } => {
                    "apply this patch, then run caulk again"
                }
            };
            comment(out, &format!("  left out: {why}"));
        }
        if let Some(advice) = &reported.finding.advice {
            comment(out, &format!("  do: {}", one_line(advice)));
        }
    }
}
