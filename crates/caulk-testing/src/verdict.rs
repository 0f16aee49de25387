//! Whether the rules say what the pages say.

use std::collections::BTreeMap;

use caulk_finding::{Applicability, Finding, Reported};
use caulk_source::{SourceFile, Span};
use similar::TextDiff;

use crate::Failures;
use crate::case::{Case, Kind};
use crate::marker::{Mark, Verdict, draw};
use crate::patch::bodies;
use crate::run::Run;

/// The rule whose silence says that an example is one that the engine takes.
const UNREADABLE: &str = "unreadable-file";

/// Each bad example fires its rule, each good one is silent, and no file outside that rule's own
/// pages is one that the engine refuses.
pub fn examples_hold(cases: &[Case]) -> Failures {
    let mut failures = Failures::new();
    for case in cases {
        let run = Run::plain(case);
        let fires = run.of_rule(&case.rule).next();
        match (case.kind, fires) {
            (Kind::Bad, None) => failures.push(case.failure("the bad example is silent")),
            (Kind::Good, Some(reported)) => {
                let finding = run.describe(&reported.finding);
                failures.push(case.failure(&format!("the good example fires\n  {finding}")));
            }
            (Kind::Fixture | Kind::Bad | Kind::Good, _) => {}
        }
        for reported in run.of_rule(UNREADABLE).filter(|_| case.rule != UNREADABLE) {
            let finding = run.describe(&reported.finding);
            failures.push(case.failure(&format!("the engine refuses a file\n  {finding}")));
        }
    }
    failures
}

/// Each file of each page has the findings of the page's rule that it says it has, and no others;
/// the patch is the one that the page pins.
pub fn pages_hold(cases: &[Case]) -> Failures {
    let pages = cases.iter().filter(|case| case.kind == Kind::Fixture);
    pages.flat_map(page_holds).collect()
}

fn page_holds(case: &Case) -> Failures {
    let run = Run::plain(case);
    let mut failures = Failures::new();
    let reported: Vec<&Reported> = run.of_rule(&case.rule).collect();
    for file in &case.files {
        let Some(source) = run
            .sources
            .find(&file.path)
            .and_then(|id| run.sources.get(id))
        else {
            continue;
        };
        let found: Vec<Found> = reported
            .iter()
            .flat_map(|reported| found(&run, source, reported))
            .collect();
        if let Err(differences) = compare(&file.marks, &found) {
            let marks: Vec<Mark> = found.into_iter().map(|found| found.mark).collect();
            failures.push(case.failure(&format!(
                "`{}`\n  {}\ncaulk says, in the page's own notation:\n{}",
                file.path,
                differences.join("\n  "),
                draw(&file.text, &marks)
            )));
        }
        if let Some(pinned) = &file.patch
            && let Err(patches) = patch_holds(&run, &file.path, pinned, &reported)
        {
            let what = format!("the patch of `{}` is another one:\n{patches}", file.path);
            failures.push(case.failure(&what));
        }
    }
    for (expected, words) in &case.says {
        let mut findings = reported.iter().map(|reported| &reported.finding);
        if findings.any(|finding| texts(finding).iter().any(|text| text.contains(words)))
            != *expected
        {
            let texts: Vec<String> = reported
                .iter()
                .flat_map(|one| texts(&one.finding))
                .collect();
            let what = if *expected { "no" } else { "a" };
            failures.push(case.failure(&format!(
                "{what} finding says \"{words}\"; they say:\n  {}",
                texts.join("\n  ")
            )));
        }
    }
    failures
}

/// What a finding says beside its places.
fn texts(finding: &Finding) -> Vec<String> {
    let remedy = finding.remedy.as_ref();
    let breaks = remedy.and_then(|remedy| match &remedy.applicability {
        Applicability::Safe => None,
        Applicability::Unsafe { may_break } => Some(may_break.clone()),
    });
    [
        Some(finding.why.clone()),
        finding.doubt.clone(),
        finding.advice.clone(),
    ]
    .into_iter()
    .chain([remedy.map(|remedy| remedy.title.clone()), breaks])
    .flatten()
    .collect()
}

/// Whether a page pins the patch of all its rule's findings, or of one of them; else what these
/// are.
fn patch_holds(
    run: &Run,
    path: &str,
    pinned: &[String],
    reported: &[&Reported],
) -> Result<(), String> {
    let same = |one: &Finding, other: &Finding| {
        one.rule.id == other.rule.id && one.fact == other.fact && one.container == other.container
    };
    let alone = reported.iter().map(|reported| vec![*reported]);
    let mut seen: Vec<String> = Vec::new();
    for findings in std::iter::once(reported.to_vec()).chain(alone) {
        let wanted = findings.iter().map(|reported| &reported.finding);
        let report = run.planned(|finding| wanted.clone().any(|one| same(one, finding)));
        let after = run.after_plan(&report.plan);
        let Some(body) = changed(run, &after, path) else {
            continue;
        };
        if same_patch(pinned, &body) {
            return Ok(());
        }
        seen.push(format!("```diff\n{}\n```", body.join("\n")));
    }
    Err(seen.join("\n"))
}

/// The lines of the hunks between two states of a file, where they differ. The patch of a run shows
/// the same in a section for each fix.
fn changed(run: &Run, after: &Run, path: &str) -> Option<Vec<String>> {
    let text = |run: &Run| {
        let file = run.sources.find(path).and_then(|id| run.sources.get(id));
        file.map_or_else(String::new, |file| file.text().to_owned())
    };
    let (before, after) = (text(run), text(after));
    let diff = TextDiff::from_lines(before.as_str(), after.as_str());
    let unified = diff.unified_diff().header("a/x", "b/x").to_string();
    bodies(&unified).remove("x")
}

/// Whether `pinned` is the whole patch but for lines around the changes: a page may leave some of
/// them out at either end, or all of them everywhere.
fn same_patch(pinned: &[String], body: &[String]) -> bool {
    let changes = |line: &&String| line.starts_with(['+', '-']);
    if pinned.iter().all(|line| changes(&line)) {
        return pinned.iter().eq(body.iter().filter(changes));
    }
    // Editors cut the blank that stands before an empty line.
    let alike = |part: &[String]| {
        part.iter()
            .zip(pinned)
            .all(|(a, b)| a.trim_end() == b.trim_end())
    };
    let count = |lines: &[String]| lines.iter().filter(changes).count();
    count(pinned) == count(body) && body.windows(pinned.len()).any(alike)
}

/// A place of a finding, as a page would draw it.
struct Found {
    mark: Mark,
    /// Where the words may stand: in the label or, of a primary place, in the message.
    words: Vec<String>,
}

/// The places of a finding that lie in this file.
fn found(run: &Run, file: &SourceFile, reported: &Reported) -> Vec<Found> {
    let Reported { finding, fix, .. } = reported;
    let primary = Verdict {
        severity: finding.severity,
        confidence: Some(finding.confidence),
        fix: Some(
            fix.as_ref()
                .map_or("none", |fix| fix.applicability.name())
                .to_owned(),
        ),
    };
    let Finding {
        primary: place,
        related,
        message,
        ..
    } = finding;
    let places = std::iter::once((place, Some(primary), vec![message.clone()]))
        .chain(related.iter().map(|label| (label, None, Vec::new())));
    let here = places.filter(|(label, ..)| run.sources.path(label.span.file) == file.path());
    here.map(|(label, mut verdict, mut words)| {
        // The most that a rule may claim goes without saying.
        if let Some(verdict) = &mut verdict
            && verdict.confidence == Some(finding.rule.confidence)
        {
            verdict.confidence = None;
        }
        let (line, columns) = drawn_at(file, label.span);
        words.insert(0, label.text.clone());
        let text = words
            .iter()
            .find(|text| !text.is_empty())
            .cloned()
            .unwrap_or_default();
        Found {
            mark: Mark {
                line,
                columns,
                verdict,
                text,
            },
            words,
        }
    })
    .collect()
}

/// The line and the columns of the part of `span` that lies on its first line.
fn drawn_at(file: &SourceFile, span: Span) -> (u32, std::ops::Range<usize>) {
    // A page cannot point below the last line: the end of the text is drawn behind it.
    let end = u32::try_from(file.text().trim_end_matches('\n').len()).unwrap_or(u32::MAX);
    let place = file.line_column(span.start.min(end));
    let start = place.column.saturating_sub(1) as usize;
    let shown = file.slice(span).split('\n').next().unwrap_or_default();
    (
        place.line,
        start..start + shown.trim_end_matches('\r').chars().count(),
    )
}

/// Each mark with a finding of its own, and the other way round.
fn compare(marks: &[Mark], found: &[Found]) -> Result<(), Vec<String>> {
    let mut left: Vec<&Found> = found.iter().collect();
    let mut marks: Vec<&Mark> = marks.iter().collect();
    // The mark that says most chooses first.
    marks.sort_by_key(|mark| std::cmp::Reverse(mark.text.len()));
    let mut differences = Vec::new();
    for mark in marks {
        match left.iter().position(|found| says(mark, found)) {
            Some(at) => {
                left.swap_remove(at);
            }
            None => differences.push(format!("line {}: nothing like {}", mark.line, mark.draw())),
        }
    }
    let unexpected = left.iter().map(|found| &found.mark);
    differences
        .extend(unexpected.map(|mark| format!("line {}: unexpected {}", mark.line, mark.draw())));
    if differences.is_empty() {
        Ok(())
    } else {
        Err(differences)
    }
}

fn says(mark: &Mark, found: &Found) -> bool {
    let verdict = match (&mark.verdict, &found.mark.verdict) {
        (None, None) => true,
        (Some(expected), Some(actual)) => {
            let fix = expected.fix.as_deref();
            expected.severity == actual.severity
                && (expected.confidence.is_none() || expected.confidence == actual.confidence)
                && match fix {
                    None => true,
                    Some("offered") => actual.fix.as_deref() != Some("none"),
                    Some(fix) => actual.fix.as_deref() == Some(fix),
                }
        }
        (None, Some(_)) | (Some(_), None) => false,
    };
    verdict
        && (mark.line, &mark.columns) == (found.mark.line, &found.mark.columns)
        && found.words.iter().any(|words| words.contains(&mark.text))
}

/// The severities that the cases of each rule show.
pub(crate) fn severities(cases: &[Case]) -> BTreeMap<String, Vec<caulk_finding::Severity>> {
    let mut severities: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for case in cases.iter().filter(|case| case.kind == Kind::Fixture) {
        let shown = severities.entry(case.rule.clone()).or_default();
        let verdicts = case.files.iter().flat_map(|file| &file.marks);
        shown.extend(verdicts.filter_map(|mark| Some(mark.verdict.as_ref()?.severity)));
    }
    severities
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pinned_patch_may_leave_lines_around_it_out() {
        let lines = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
        let body = lines(" a\n \n-b\n+c\n d\n");
        let same = |pinned: &str| same_patch(&lines(pinned), &body);
        assert!(same("-b\n+c\n"), "all of them");
        assert!(
            same("\n-b\n+c\n d\n"),
            "one, and the blank of an empty line"
        );
        assert!(!same("-b\n"), "not a change");
        assert!(!same(" a\n-b\n+c\n"), "not one between");
        assert!(!same(" x\n-b\n+c\n"));
    }
}
