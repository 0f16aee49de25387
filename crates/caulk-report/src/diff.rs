//! One patch for the whole run.

use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::{Fix, Reported};
use caulk_source::{FileId, SourceFile};

use crate::choose::{Choice, FindingIndex, LeftOut, choose};
use crate::concise::{level, message, one_line, place};
use crate::context::Context;
use crate::file_name;
use crate::hunk::{DiffLine, NO_NEWLINE};
use crate::section::{Section, sections};
use crate::style;
use crate::summary::summary_line;
use crate::text::{shorten, visible};

/// One patch for the whole run. `git apply`, `git apply -R` and `patch -p1` take it as it is.
///
/// Every finding that a section closes stands above that section's file header in lines that begin
/// with `# `. Findings without a fix follow at the end. The hunks hold the files' bytes as they
/// are, so the patch is bytes and not text; colours, where they are wanted, stand around lines and
/// make it a patch to look at only.
///
/// Where two fixes want the same bytes, the more severe finding's is taken (of two alike, the
/// first in the report), and a line beside it says that the other is left out.
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
    for (file, section) in &patch.sections {
        out.push(b'\n');
        patch.annotate(&mut out, section);
        if let Some(file) = context.sources.get(*file) {
            patch.write_section(&mut out, file, section);
        }
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

/// What a fix does and what it may break.
fn describe(out: &mut Vec<u8>, fix: &Fix, parts: usize) {
    let part = if parts > 1 {
        format!(", one of {parts} parts")
    } else {
        String::new()
    };
    let name = fix.applicability.name();
    comment(
        out,
        &format!("  fix ({name}{part}): {}", one_line(&fix.title)),
    );
    if let Some(may_break) = fix.applicability.may_break() {
        comment(out, &format!("  may break: {}", one_line(may_break)));
    }
}

/// What is written, before it is written.
struct Patch<'a> {
    context: &'a Context<'a>,
    choice: Choice,
    /// The findings whose fixes are left out, by the finding whose fix is taken instead.
    displaced: BTreeMap<FindingIndex, Vec<FindingIndex>>,
    /// By path, then in the order in which they are applied.
    sections: Vec<(FileId, Section)>,
    /// How many sections a finding has, where it has any. A fix can change several files.
    parts: BTreeMap<FindingIndex, usize>,
}

impl<'a> Patch<'a> {
    fn new(context: &'a Context<'a>) -> Self {
        let choice = choose(context.report, context.sources);
        let mut sections_of_all = Vec::new();
        let mut parts = BTreeMap::new();
        let mut files: Vec<_> = choice.files.iter().collect();
        files.sort_by_key(|(id, _)| context.sources.path(**id));
        for (id, wanted) in files {
            let Some(file) = context.sources.get(*id) else {
                continue;
            };
            for section in sections(file, wanted) {
                for finding in &section.findings {
                    *parts.entry(*finding).or_insert(0) += 1;
                }
                sections_of_all.push((*id, section));
            }
        }
        let mut displaced: BTreeMap<FindingIndex, Vec<FindingIndex>> = BTreeMap::new();
        for (index, left_out) in &choice.left_out {
            if let LeftOut::Overlaps(other) = left_out {
                displaced.entry(*other).or_default().push(*index);
            }
        }
        Self {
            context,
            choice,
            displaced,
            sections: sections_of_all,
            parts,
        }
    }

    fn reported(&self, index: FindingIndex) -> Option<&'a Reported> {
        self.context.report.findings.get(index)
    }

    /// The findings of a section, and those whose fixes it displaces.
    fn annotate(&self, out: &mut Vec<u8>, section: &Section) {
        let mut findings = section
            .findings
            .iter()
            .filter_map(|index| Some((*index, self.reported(*index)?)))
            .peekable();
        while let Some((index, reported)) = findings.next() {
            self.headline(out, reported);
            // Findings that ask for the same are named one after the other, then what is done.
            if findings
                .peek()
                .is_some_and(|(_, next)| next.fix == reported.fix)
            {
                continue;
            }
            if let Some(fix) = &reported.fix {
                describe(out, fix, self.parts.get(&index).copied().unwrap_or(1));
            }
        }
        let displaced = section
            .findings
            .iter()
            .filter_map(|index| self.displaced.get(index));
        for reported in displaced
            .flatten()
            .filter_map(|index| self.reported(*index))
        {
            self.headline(out, reported);
            comment(
                out,
                "  left out: its fix wants the same text as one above; apply this patch, then run caulk again",
            );
        }
    }

    fn headline(&self, out: &mut Vec<u8>, reported: &Reported) {
        let span = reported.finding.primary.span;
        let place = place(self.context, self.context.sources.path(span.file), span);
        comment(
            out,
            &format!("{place}: {}: {}", level(reported), message(reported)),
        );
        if !reported.finding.why.is_empty() {
            comment(out, &format!("  why: {}", one_line(&reported.finding.why)));
        }
    }

    fn write_section(&self, out: &mut Vec<u8>, file: &SourceFile, section: &Section) {
        for (side, prefix) in [("---", "a/"), ("+++", "b/")] {
            let header = file_name::header(side, prefix, file.path());
            line(
                out,
                self.context.paint(style::DIFF_FILE, &header).as_bytes(),
            );
        }
        let container = self.container(section);
        for (header, hunk) in &section.hunks {
            let header = self.context.paint(style::DIFF_HUNK, header);
            line(out, format!("{header}{container}").as_bytes());
            for diff_line in hunk.lines(file) {
                self.write_line(out, &diff_line);
            }
        }
    }

    fn write_line(&self, out: &mut Vec<u8>, diff_line: &DiffLine<'_>) {
        if self.context.color {
            line(out, diff_line.shown(self.context).as_bytes());
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
        let reported = section
            .findings
            .iter()
            .filter_map(|index| self.reported(*index));
        let containers: BTreeSet<_> = reported
            .map(|reported| reported.finding.container.as_deref())
            .collect();
        match (containers.len(), containers.first()) {
            (1, Some(Some(only))) => format!(" {}", shorten(&visible(only), 60)),
            _ => String::new(),
        }
    }

    /// The findings that no section names.
    fn write_rest(&self, out: &mut Vec<u8>) {
        let named = |index: FindingIndex| match self.choice.left_out.get(&index) {
            Some(LeftOut::Overlaps(other)) => self.parts.contains_key(other),
            Some(LeftOut::Unfit) => false,
            None => self.parts.contains_key(&index),
        };
        let rest = self
            .context
            .report
            .findings
            .iter()
            .enumerate()
            .filter(|(index, _)| !named(*index));
        for (position, (_, reported)) in rest.enumerate() {
            if position == 0 {
                out.push(b'\n');
                comment(out, "not closed by this patch:");
            }
            self.headline(out, reported);
            if reported.fix.is_some() {
                comment(
                    out,
                    "  left out: its fix changes nothing or does not fit the file",
                );
            }
            if let Some(advice) = &reported.finding.advice {
                comment(out, &format!("  do: {}", one_line(advice)));
            }
        }
    }
}
