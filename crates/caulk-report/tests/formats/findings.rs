//! What the report for a person says of a finding besides its lines, and at its end.

use caulk_finding::{Finding, Severity, Surface};
use caulk_report::full;
use caulk_source::Edit;

use crate::support::{
    CAPABILITY_ADDED, Case, DECLARED, RUNS_AS_ROOT, one_file, safe_fix, shown, unsafe_fix,
};

#[test]
fn two_files_stand_in_two_excerpts_and_the_diff_below() {
    let mut case = Case::new(&[
        ("compose.yaml", b"services:\n  web:\n    build: web\n"),
        (
            "web/Dockerfile",
            b"FROM node:22-slim\nWORKDIR /app\nCOPY . .\nEXPOSE 8080\nCMD node .\n",
        ),
    ]);
    let label = case.label(
        "web/Dockerfile",
        "FROM node:22-slim",
        "no `USER` is set from here on",
    );
    let finding = Finding::new(&RUNS_AS_ROOT, Surface::Dockerfile, label, "image `web` runs as root")
        .container("service `web`", DECLARED)
        .related(case.span("compose.yaml", "build: web"), "and this service sets no `user` either")
        .why("root in the container is root on the host unless user namespaces are on, and nothing here says that they are");
    let before_cmd = case.span("web/Dockerfile", "CMD");
    let edit = Edit::insert(before_cmd, "USER node\n");
    case.add(
        finding,
        Some(unsafe_fix(
            "run as `node`",
            "writing to /app, which root owns",
            vec![edit],
        )),
    );
    assert_eq!(
        case.render(full),
        "high[runs-as-root]: image `web` runs as root
 --> web/Dockerfile:1:1
  |
1 | FROM node:22-slim
  | ^^^^^^^^^^^^^^^^^ no `USER` is set from here on
  |
 ::: compose.yaml:3:5
  |
3 |     build: web
  |     ---------- and this service sets no `user` either
  |
  = why: root in the container is root on the host unless user namespaces are on, and nothing here
         says that they are
  = fix (unsafe): run as `node`
  = may break: writing to /app, which root owns
  | --- a/web/Dockerfile
  | +++ b/web/Dockerfile
  | @@ -2,4 +2,5 @@
  |  WORKDIR /app
  |  COPY . .
  |  EXPOSE 8080
  | +USER node
  |  CMD node .

1 finding (1 high), 1 with a fix; 2 files
"
    );
}

#[test]
fn what_a_file_says_cannot_act_on_the_terminal() {
    let text = "FROM a\nRUN \u{1b}[2J \u{202e}evil\u{2066} \u{7f}\u{85}\rx\u{200b}\nUSER root\n";
    let bytes = [text.as_bytes(), b"# \xff\xfe\n"].concat();
    let mut case = Case::new(&[("a\u{1b}]0;x\u{7}.yaml", &bytes)]);
    let path = case.sources.iter().next().unwrap().1.path().to_owned();
    let label = case.label(&path, "x\u{200b}", "here \u{202e}");
    let finding = Finding::new(
        &RUNS_AS_ROOT,
        Surface::Dockerfile,
        label,
        "bad \u{1b}[31m\nhigh[other]: x",
    )
    .why("of \u{9b}31m\nthat")
    .related(case.span(&path, "# \u{1a}\u{1a}"), "no text");
    let edit = Edit::replace(case.span(&path, "root"), "\u{1b}c");
    case.add(finding, Some(safe_fix("do \u{8}it", vec![edit])));
    for text in [case.render(full), case.render(caulk_report::concise)] {
        let acts = |character: char| {
            character != '\n'
                && (character.is_control() || "\u{202e}\u{2066}\u{200b}".contains(character))
        };
        assert!(!text.contains(acts), "{text:?}");
    }
    assert_eq!(
        case.render(full),
        r#"high[runs-as-root]: bad ␛[31m␊high[other]: x
 --> a␛]0;x␇.yaml:2:20
  |
2 | RUN ␛[2J \u{202e}evil\u{2066} ␡\u{85}␍x\u{200b}
  |                                       ^^^^^^^^^ here \u{202e}
3 | USER root
4 | # ��
  | ---- no text
  |
  = why: of \u{9b}31m␊that
  = fix (safe): do ␈it
  | --- "a/a\033]0;x\007.yaml"
  | +++ "b/a\033]0;x\007.yaml"
  | @@ -1,4 +1,4 @@
  |  FROM a
  |  RUN ␛[2J \u{202e}evil\u{2066} ␡\u{85}␍x\u{200b}
  | -USER root
  | +USER ␛c
  |  # ��

1 finding (1 high), 1 with a fix; 1 file
"#
    );
}

#[test]
fn a_diff_longer_than_the_screen_is_cut_and_says_so() {
    let text = format!("FROM a\n{}USER root\n", "RUN true\n".repeat(80));
    let (mut case, finding) = one_file("Dockerfile", &text, "USER root");
    let edit = Edit::remove(case.span("Dockerfile", &"RUN true\n".repeat(80)));
    case.add(
        finding,
        Some(safe_fix("drop what does nothing", vec![edit])),
    );
    let text = case.render(full);
    let (finding, _) = text.split_once("\n\n").unwrap();
    assert_eq!(finding.lines().count(), 40);
    assert_eq!(
        finding.lines().last(),
        Some("   | … 53 more lines; `--format diff` shows them")
    );
}

#[test]
fn an_edit_that_an_earlier_finding_proposes_is_not_shown_twice() {
    let (mut case, finding) = one_file("Dockerfile", "FROM a\nUSER root\n", "USER root");
    let edit = Edit::replace(case.span("Dockerfile", "root"), "65532");
    let fix = unsafe_fix("run as `65532`", "reading files of root", vec![edit]);
    case.add(
        finding.clone().container("service `a`", DECLARED),
        Some(fix.clone()),
    );
    case.add(finding.container("service `b`", DECLARED), Some(fix));
    let text = case.render(full);
    assert_eq!(text.matches("+++ b/Dockerfile").count(), 1);
    assert!(
        text.contains("= fix (unsafe): run as `65532` (the same edit as for Dockerfile:2:1)\n"),
        "{text}"
    );
}

#[test]
fn more_related_places_than_a_screen_holds_are_counted() {
    let lines: Vec<String> = (0..30).map(|number| format!("USER u{number:02}")).collect();
    let (case, mut finding) = one_file("Dockerfile", &lines.join("\n"), "USER u00");
    for number in 1..30 {
        finding = finding.related(
            case.span("Dockerfile", &format!("u{number:02}")),
            "and here",
        );
    }
    let text = shown(case, finding);
    assert_eq!(text.matches("and here").count(), 6);
    assert!(text.contains(" = and: 23 more places\n"), "{text}");
}

#[test]
fn nothing_found_is_one_calm_line() {
    let case = Case::new(&[("a", b""), ("b", b"")]);
    assert_eq!(case.render(full), "no findings in 2 files\n");
}

#[test]
fn the_last_line_counts_from_the_worst_down() {
    let mut case = Case::new(&[("Dockerfile", b"USER root\n")]);
    let label = case.label("Dockerfile", "root", "");
    let finding = Finding::new(&CAPABILITY_ADDED, Surface::Dockerfile, label, "bad");
    let fix = safe_fix("do", vec![Edit::remove(finding.primary.span)]);
    let severities = [
        Severity::Medium,
        Severity::Critical,
        Severity::High,
        Severity::High,
        Severity::Info,
    ];
    for (index, severity) in severities.into_iter().enumerate() {
        case.add(
            finding.clone().severity(severity),
            (index > 1).then(|| fix.clone()),
        );
    }
    case.report.files.unreadable = 1;
    let text = case.render(full);
    assert_eq!(
        text.lines().last(),
        Some(
            "5 findings (1 critical, 2 high, 1 medium, 1 info), 3 with a fix; 1 file (1 unreadable)"
        )
    );
}

#[test]
fn colours_change_no_letter() {
    let (mut case, finding) = one_file("Dockerfile", "FROM a\nUSER root\n", "USER root");
    let edit = Edit::replace(case.span("Dockerfile", "root"), "65532");
    case.add(
        finding.why("it is root"),
        Some(safe_fix("run as `65532`", vec![edit])),
    );
    let coloured = case.render_with(true, full);
    let mut plain = String::new();
    for (index, part) in coloured.split("\u{1b}[").enumerate() {
        plain.push_str(if index == 0 {
            part
        } else {
            part.split_once('m').unwrap().1
        });
    }
    assert_eq!(plain, case.render(full));
    assert!(
        coloured.contains("\u{1b}[31m-USER root\u{1b}[0m\n"),
        "{coloured:?}"
    );
    assert!(coloured.contains("\u{1b}[32m+USER 65532\u{1b}[0m\n"));
}
