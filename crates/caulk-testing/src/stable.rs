//! What must not matter: line endings, marks, the order of the files.

use caulk_source::{SourceFile, Sources, Span};

use crate::Failures;
use crate::case::Case;
use crate::run::{Run, Variant};

/// The same findings whatever the spelling of the files: rule, severity, line, text, message.
pub fn variants_agree(cases: &[Case]) -> Failures {
    let mut failures = Failures::new();
    for case in cases {
        let plain = said(&Run::plain(case));
        for variant in Variant::ALL {
            let said = said(&Run::of(case, variant));
            if said != plain {
                failures.push(case.failure(&format!(
                    "{variant:?} differs\n  plain:\n    {}\n  {variant:?}:\n    {}",
                    plain.join("\n    "),
                    said.join("\n    ")
                )));
            }
        }
    }
    failures
}

fn said(run: &Run) -> Vec<String> {
    let place = |span: Span| {
        let Some(file) = run.sources.get(span.file) else {
            return "nowhere".to_owned();
        };
        // The end of a file is one place, whether a line ends there or not.
        if span.start as usize >= file.text().trim_end_matches(['\n', '\r']).len() {
            return format!("{}:end", file.path());
        }
        let place = file.line_column(span.start);
        let text = file.slice(span).replace('\r', "");
        let text = text.trim_end_matches('\n');
        format!("{}:{}:{} {text:?}", file.path(), place.line, place.column)
    };
    let findings = run.report.findings.iter().map(|reported| &reported.finding);
    let said = findings.map(|finding| {
        let related = finding.related.iter().map(|label| place(label.span));
        format!(
            "{} {} {} {} {:?}",
            place(finding.primary.span),
            finding.severity,
            finding.rule.id,
            finding.message,
            related.collect::<Vec<_>>()
        )
    });
    said.collect()
}

/// A fix does the same whatever the spelling of the files: it writes the line endings that the file
/// has, and a mark stays where it was.
pub fn fixes_agree_in_every_spelling(cases: &[Case]) -> Failures {
    let mut failures = Failures::new();
    for case in cases {
        let plain = fixed(&Run::plain(case));
        for variant in Variant::ALL {
            let spelt = plain.iter().map(|(path, text)| variant.spell(path, text));
            let fixed = fixed(&Run::of(case, variant));
            // Where the last line had no ending, the fix may give it one or not.
            let text = |text: &str| text.strip_suffix('\n').unwrap_or(text).to_owned();
            let expected: Vec<String> = spelt.map(|spelt| text(&spelt)).collect();
            let actual: Vec<String> = fixed.iter().map(|(_, fixed)| text(fixed)).collect();
            if expected != actual {
                failures.push(case.failure(&format!(
                    "{variant:?}: a fix differs\n  expected: {expected:?}\n  actual: {actual:?}"
                )));
            }
        }
    }
    failures
}

/// The texts of all files after each fix by itself, with their paths.
fn fixed(run: &Run) -> Vec<(String, String)> {
    let fixes = run
        .report
        .findings
        .iter()
        .filter_map(|reported| reported.fix.as_ref());
    let after = fixes.filter_map(|fix| run.after(&fix.edits));
    let texts = after.flat_map(|after| after.texts());
    texts.map(|(_, path, text)| (path, text)).collect()
}

/// How many cases make one repository. What reaches every file, such as the settings of a daemon,
/// makes the proof of each fix a reading of all of them.
const TOGETHER: usize = 20;

/// The same bytes out on every run, whatever the order of the files: for each case, and for many
/// cases as one repository.
pub fn order_of_files_does_not_matter(cases: &[Case]) -> Failures {
    let mut failures = Failures::new();
    let sources = |case: &Case, folder: &str| -> Vec<SourceFile> {
        let source = |file: &crate::case::CaseFile| {
            SourceFile::new(
                format!("{folder}{}", file.path),
                file.text.as_bytes().to_vec(),
            )
        };
        case.files.iter().map(source).collect()
    };
    for case in cases {
        if let Some(what) = order_matters(sources(case, ""), case.target.as_deref()) {
            failures.push(case.failure(&what));
        }
    }
    for (number, cases) in (1..).zip(cases.chunks(TOGETHER)) {
        let folders = (1..).zip(cases);
        let all = folders.flat_map(|(number, case)| sources(case, &format!("case-{number}/")));
        let what = order_matters(all.collect(), None);
        failures.extend(what.map(|what| format!("repository {number} of cases: {what}")));
    }
    failures
}

fn order_matters(files: Vec<SourceFile>, target: Option<&str>) -> Option<String> {
    let report = |files: Vec<SourceFile>| {
        let mut sources = Sources::new();
        for file in files {
            sources.add(file);
        }
        let run = Run::new(sources, target.map(str::to_owned));
        let json = run.rendered(&run.report, caulk_report::json);
        let patch = run.rendered(&run.planned(|_| true), caulk_report::diff);
        format!("{json}\n{}", String::from_utf8_lossy(&patch))
    };
    let reversed = report(files.iter().rev().cloned().collect());
    let again = report(files.clone());
    let forward = report(files);
    if forward != again {
        return Some("two runs over the same files differ".to_owned());
    }
    if forward == reversed {
        return None;
    }
    let differs = forward.lines().zip(reversed.lines()).find(|(a, b)| a != b);
    let (one, other) = differs.unwrap_or(("more lines", "fewer, or the other way round"));
    Some(format!(
        "the order of the files matters: first `{one}`, then `{other}`"
    ))
}

/// Every place of every finding and every edit lies on character boundaries inside its file.
pub fn spans_lie_in_their_file(cases: &[Case]) -> Failures {
    let mut failures = Failures::new();
    for case in cases {
        for variant in Variant::ALL {
            let run = Run::of(case, variant);
            for reported in &run.report.findings {
                let finding = &reported.finding;
                let labels = std::iter::once(&finding.primary).chain(&finding.related);
                let edits = reported.fix.iter().flat_map(|fix| &fix.edits);
                let mut spans = labels
                    .map(|label| label.span)
                    .chain(edits.map(|edit| edit.span));
                let lies = |span: &Span| {
                    let file = run.sources.get(span.file);
                    file.is_some_and(|file| file.text().get(span.range()).is_some())
                };
                if let Some(span) = spans.find(|span| !lies(span)) {
                    let finding = run.describe(finding);
                    failures.push(case.failure(&format!("{variant:?}: {span:?} of {finding}")));
                }
            }
        }
    }
    failures
}
