//! Patches of files and names that are hard to write down, and what stands in a patch besides.

use caulk_finding::{Finding, Fix, Severity, Surface};
use caulk_source::{Edit, Span};

use crate::support::{Case, DECLARED, RUNS_AS_ROOT, add, replace, text, unsafe_fix};
use crate::tools::patch_does_every_fix;

#[test]
fn without_findings_there_is_nothing_but_comments() {
    let case = Case::new(&[("f", b"a\n")]);
    assert_eq!(
        text(&case.render(caulk_report::diff)),
        "# caulk 0.1.0 patch; apply in /srv/app with git apply\n# no findings in 1 file\n"
    );
}

#[test]
fn every_annotation_is_one_line_whatever_the_file_says() {
    let mut case = Case::new(&[("f", b"a\n")]);
    let hostile = "x\n--- a/f\r\n+++ b/f\u{2028}@@ -1 +1 @@\u{1b}[2J\u{202e}";
    let finding = Finding::new(
        &RUNS_AS_ROOT,
        Surface::Compose,
        case.label("f", "a", ""),
        hostile,
    )
    .why(hostile)
    .container(hostile, DECLARED);
    let Fix {
        edits,
        applicability,
        ..
    } = unsafe_fix("", hostile, vec![replace(&case, "a", "b")]);
    case.add(
        finding.clone(),
        Some(Fix {
            title: hostile.to_owned(),
            applicability,
            edits,
            reveals: Vec::new(),
            also: Vec::new(),
        }),
    );
    case.add(finding.advice(hostile), None);
    let patch = text(&patch_does_every_fix(&case));
    let hunk = ["--- a/f", "+++ b/f", "-a", "+b", ""];
    for line in patch.split(['\n', '\r', '\u{2028}']) {
        assert!(
            line.starts_with("# ") || line.starts_with("@@ -1 +1 @@ ") || hunk.contains(&line),
            "{line:?}"
        );
    }
    assert!(!patch.contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn a_file_may_end_without_newline_or_be_empty_before_or_after() {
    let mut case = Case::new(&[
        ("f", b"a"),
        ("g", b""),
        ("h", b"x\r\ny"),
        ("i", b"\xff\nb\n\xfe"),
    ]);
    let edits = vec![
        replace(&case, "a", ""),
        Edit::insert(Span::at(case.id("g"), 0), "new"),
        Edit::insert(Span::at(case.id("h"), 4), "\r\nz\r\n"),
        Edit::replace(case.span("i", "b\n"), ""),
    ];
    add(&mut case, Severity::High, "a", edits);
    let patch = patch_does_every_fix(&case);
    assert!(
        patch.windows(4).any(|bytes| bytes == b" \xff\n-"),
        "the byte stands as it is"
    );
}

#[test]
fn a_name_that_would_act_on_a_terminal_is_quoted() {
    let mut case = Case::new(&[
        ("f", b"a\n"),
        ("x\u{202e}y\u{1b}[31m \"z\"\\.yaml", b"a\n"),
        ("a b.yaml", b"b\n"),
    ]);
    let mut edits = vec![replace(&case, "a", "A")];
    for (id, _) in case.sources.iter() {
        edits.push(Edit::insert(Span::at(id, 0), "new\n"));
    }
    edits.sort();
    add(&mut case, Severity::High, "a", edits);
    let patch = text(&patch_does_every_fix(&case));
    assert!(
        patch.contains("--- \"a/x\\342\\200\\256y\\033[31m \\\"z\\\"\\\\.yaml\"\n"),
        "{patch}"
    );
    assert!(patch.contains("--- a/a b.yaml\t\n"), "{patch}");
}

#[test]
fn a_coloured_patch_is_to_be_looked_at_and_cannot_act() {
    let mut case = Case::new(&[("f", b"a \x1b[2J\nb")]);
    let edit = replace(&case, "b", "B");
    add(&mut case, Severity::High, "b", vec![edit]);
    let patch = text(&case.render_with(true, caulk_report::diff));
    let (_, hunk) = patch.split_once("+++ b/f").unwrap();
    assert_eq!(
        hunk,
        "\u{1b}[0m\n\u{1b}[36m@@ -1,2 +1,2 @@\u{1b}[0m service `web`\n a \u{241b}[2J\n\
         \u{1b}[31m-b\u{1b}[0m\n\\ No newline at end of file\n\
         \u{1b}[32m+B\u{1b}[0m\n\\ No newline at end of file\n"
    );
}
