//! Every fix of every real file: alone, and all of them together.
//!
//! What is asked here is asked of the files before and after, with none of the code that made the
//! fixes or proved them.

use std::collections::BTreeMap;
use std::io::Write as _;

use caulk_check::{Run, Settings, check_and_plan, judge};
use caulk_finding::{Applicability, Finding, Fix, Level, Plan, Report};
use caulk_source::{FileId, SourceFile, Sources, apply_edits};
use rayon::prelude::*;

#[path = "support/corpus.rs"]
mod support;

/// What was counted, and what is wrong.
#[derive(Default)]
struct Tally {
    offered: usize,
    alone: usize,
    together: usize,
    passes: usize,
    comments_with_their_line: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn add(mut self, other: Self) -> Self {
        self.offered += other.offered;
        self.alone += other.alone;
        self.together += other.together;
        self.passes = self.passes.max(other.passes);
        self.comments_with_their_line += other.comments_with_their_line;
        self.wrong.extend(other.wrong);
        self
    }
}

fn settings(level: Level) -> Settings {
    Settings::at(level)
}

/// The corpus in groups of files that bear on each other.
fn groups(test: &str) -> Vec<Sources> {
    let all = Sources::from_files(support::corpus(test));
    let groups = Run::new(&all).groups();
    groups.into_iter().map(|group| all.part(group)).collect()
}

fn with(sources: &Sources, changed: BTreeMap<FileId, Vec<u8>>) -> Sources {
    let mut after = sources.clone();
    for (id, bytes) in changed {
        after.add(SourceFile::new(sources.path(id), bytes));
    }
    after
}

/// The files after one fix.
fn after(sources: &Sources, fix: &Fix) -> Sources {
    let files = fix.edits.iter().map(|edit| edit.span.file);
    let changed = files.map(|id| {
        let file = sources.get(id).expect("a file of the run");
        let edits: Vec<_> = fix
            .edits
            .iter()
            .filter(|edit| edit.span.file == id)
            .cloned()
            .collect();
        (
            id,
            apply_edits(file.bytes(), &edits).expect("edits that fit"),
        )
    });
    with(sources, changed.collect())
}

fn unreadable(report: &Report) -> usize {
    let findings = report.findings.iter();
    findings
        .filter(|reported| reported.finding.rule.id == "unreadable-file")
        .count()
}

/// The comments that a change lost: lines of their own, and those behind a text that is still there.
/// How many went with the text before them is counted.
fn lost_comments(before: &Sources, after: &Sources, may_go: bool) -> (usize, Vec<String>) {
    let mut with_their_line = 0;
    let mut lost = Vec::new();
    for (id, file) in before.iter() {
        let now = after.get(id).expect("no file goes");
        if file.text() == now.text() {
            continue;
        }
        let mut lines: Vec<&str> = now.text().lines().map(str::trim_end).collect();
        for line in file.text().lines().map(str::trim_end) {
            if let Some(at) = lines.iter().position(|other| *other == line) {
                lines.swap_remove(at);
                continue;
            }
            let Some(at) = line.find(" #").or(line.starts_with('#').then_some(0)) else {
                continue;
            };
            let (text, comment) = line.split_at(at);
            let kept = lines.iter().any(|other| other.ends_with(comment));
            if kept {
                continue;
            }
            if text.trim().is_empty() || !may_go {
                lost.push(format!("{}: {comment}", file.path()));
            } else {
                with_their_line += 1;
            }
        }
    }
    (with_their_line, lost)
}

fn try_all(sources: &Sources, level: Level) -> Tally {
    let mut tally = Tally::default();
    let settings = settings(level);
    let wanted = |_: &_, _: &_| true;
    let report = check_and_plan(sources, &settings, &wanted);
    for reported in &report.findings {
        let Some(fix) = &reported.fix else { continue };
        tally.offered += 1;
        let fixed = after(sources, fix);
        let now = judge(&fixed, &settings);
        let mut wrong = Vec::new();
        // Findings that are alike in all but their line count together.
        let open = |report: &Report| {
            let findings = report.findings.iter();
            let alike = findings.filter(|other| is_alike(&other.finding, &reported.finding));
            alike.count()
        };
        let same = now
            .findings
            .iter()
            .find(|other| other.fingerprint == reported.fingerprint);
        let lessened = same.is_some_and(|same| same.finding.severity < reported.finding.severity);
        if open(&now) >= open(&report) && !lessened {
            wrong.push("leaves its finding".to_owned());
        }
        if unreadable(&now) > unreadable(&report) {
            wrong.push("breaks a file".to_owned());
        }
        let may_go = fix.applicability != Applicability::Safe;
        let (_, lost) = lost_comments(sources, &fixed, may_go);
        wrong.extend(lost.iter().map(|comment| format!("loses {comment}")));
        tally.alone += usize::from(wrong.is_empty());
        let path = sources.path(reported.finding.primary.span.file);
        let message = &reported.finding.message;
        tally.wrong.extend(
            wrong
                .iter()
                .map(|wrong| format!("{path}: {message}: {wrong}")),
        );
    }
    try_together(sources, &settings, &report, &mut tally);
    tally
}

fn try_together(sources: &Sources, settings: &Settings, report: &Report, tally: &mut Tally) {
    let fixed = with(sources, report.plan.after());
    let again = check_and_plan(&fixed, settings, &|_, _| true);
    let (with_their_line, lost) = lost_comments(sources, &fixed, true);
    let first = sources.iter().next().map_or("", |(_, file)| file.path());
    let mut wrong: Vec<String> = lost
        .iter()
        .map(|comment| format!("all together lose {comment}"))
        .collect();
    if again.plan != Plan::default() {
        wrong.push(format!("{first}: all together do not settle"));
    }
    if unreadable(&again) > unreadable(report) {
        wrong.push(format!("{first}: all together break a file"));
    }
    let left = report
        .findings
        .iter()
        .enumerate()
        .filter(|(index, reported)| {
            let closed = report
                .plan
                .steps()
                .any(|step| step.reported == Some(*index));
            reported.fix.is_some() && !closed && is_open(&again, reported)
        });
    wrong.extend(left.map(|(_, reported)| {
        format!("{first}: not closed together: {}", reported.finding.message)
    }));
    tally.together += report.plan.steps().count();
    tally.passes = report.plan.passes.len();
    tally.comments_with_their_line += with_their_line;
    tally.wrong.extend(wrong);
}

fn is_alike(one: &Finding, other: &Finding) -> bool {
    one.rule.id == other.rule.id
        && one.primary.span.file == other.primary.span.file
        && one.container == other.container
        && one.fact == other.fact
}

fn is_open(report: &Report, reported: &caulk_finding::Reported) -> bool {
    let mut findings = report.findings.iter();
    findings.any(|other| other.fingerprint == reported.fingerprint)
}

fn try_level(test: &str, level: Level) {
    let groups = groups(test);
    let tallies = groups.par_iter().map(|sources| try_all(sources, level));
    let tally = tallies.reduce(Tally::default, Tally::add);
    let Tally {
        offered,
        alone,
        together,
        passes,
        comments_with_their_line,
        wrong,
    } = tally;
    let _ = writeln!(
        std::io::stderr(),
        "corpus, {level}: {offered} fixes offered, {alone} hold alone, {together} applied together \
         in at most {passes} passes; {comments_with_their_line} comments went with their line; \
         {} wrong",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fix_holds_alone_and_all_of_them_together() {
    try_level(
        "every_fix_holds_alone_and_all_of_them_together",
        Level::Baseline,
    );
}

#[test]
#[ignore = "for optimized code: CI runs it with --release"]
fn every_fix_of_level_hardened_holds_too() {
    try_level("every_fix_of_level_hardened_holds_too", Level::Hardened);
}
