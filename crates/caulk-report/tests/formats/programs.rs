//! The formats that programs read.

use caulk_finding::{Confidence, Finding, Severity, Suppressed, Suppressor, Surface};
use caulk_report::{Format, concise, json, relative_path};
use caulk_source::Edit;

use crate::support::{CAPABILITY_ADDED, Case, DECLARED, RUNS_AS_ROOT, safe_fix, unsafe_fix};

fn case() -> Case {
    let mut case = Case::new(&[
        (
            "compose.yaml",
            "services:\n  wörker:\n    cap_add: [SYS_ADMIN] # é\n".as_bytes(),
        ),
        (
            "web/Dockerfile",
            "\u{feff}FROM a\r\nUSER root\r\n".as_bytes(),
        ),
    ]);
    let label = case.label("compose.yaml", "SYS_ADMIN", "this");
    let finding = Finding::new(
        &CAPABILITY_ADDED,
        Surface::Compose,
        label,
        "`SYS_ADMIN` is added",
    )
    .container("service `wörker`", DECLARED)
    .related(case.span("web/Dockerfile", "USER root\r\n"), "held by root");
    let edit = Edit::remove(case.span("compose.yaml", "SYS_ADMIN"));
    case.add(
        finding,
        Some(unsafe_fix("remove it", "mounting", vec![edit])),
    );
    let label = case.label("web/Dockerfile", "FROM", "no user");
    let finding = Finding::new(
        &RUNS_AS_ROOT,
        Surface::Dockerfile,
        label,
        "odd \u{202e}\u{1b}\u{e0001}",
    )
    .severity(Severity::Low)
    .at_most(Confidence::Low);
    let edit = Edit::replace(case.span("web/Dockerfile", "root"), "node");
    case.add(finding, Some(safe_fix("run as `node`", vec![edit])));
    let label = case.label("web/Dockerfile", "root", "");
    case.add(
        Finding::new(&RUNS_AS_ROOT, Surface::Dockerfile, label, "root"),
        None,
    );
    case.report.suppressed.push(Suppressed {
        rule: "seccomp-disabled",
        span: case.span("compose.yaml", "wörker"),
        reason: Some("measured".to_owned()),
        expires: None,
        by: Suppressor::Peer,
    });
    case
}

#[test]
fn concise_has_one_line_for_each_finding_and_nothing_else() {
    let case = case();
    assert_eq!(
        case.render(concise),
        r"compose.yaml:3:15: critical[capability-added]: `SYS_ADMIN` is added
web/Dockerfile:1:1: low[runs-as-root]: odd \u{202e}␛\u{e0001} (low confidence)
web/Dockerfile:2:6: high[runs-as-root]: root
"
    );
    let empty = Case::new(&[("a", b"")]);
    assert_eq!(empty.render(concise), "");
}

#[test]
fn json_has_the_shape_of_version_1() {
    assert_eq!(case().render(json), VERSION_1);
}

#[test]
fn json_says_the_same_to_a_parser_and_holds_nothing_that_acts() {
    let text = case().render(json);
    assert!(!text.contains(|character: char| character != '\n' && character.is_control()));
    assert!(!text.contains(['\u{202e}', '\u{e0001}']));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        value["findings"][1]["message"],
        "odd \u{202e}\u{1b}\u{e0001}"
    );
}

#[test]
fn paths_are_shown_from_the_working_directory() {
    let case = case();
    let seen = |format: Format| {
        let display_path = |path: &str| relative_path("web", path);
        let text = case.render(|context| {
            let context = caulk_report::Context {
                display_path: &display_path,
                ..*context
            };
            format.render(&context)
        });
        String::from_utf8(text).unwrap()
    };
    assert!(seen(Format::Concise).starts_with("../compose.yaml:3:15: critical"));
    assert!(seen(Format::Json).contains("\"path\": \"Dockerfile\""));
    assert!(seen(Format::Full).contains(" --> Dockerfile:1:1\n"));
    assert!(
        seen(Format::Diff).contains("--- a/web/Dockerfile\n"),
        "a patch applies in the root"
    );
}

/// The report of [`case`]. Edits count bytes, and columns characters.
const VERSION_1: &str = r#"{
  "version": 1,
  "tool": {
    "name": "caulk",
    "version": "0.1.0"
  },
  "findings": [
    {
      "rule": "capability-added",
      "severity": "critical",
      "confidence": "high",
      "level": "baseline",
      "message": "`SYS_ADMIN` is added",
      "container": "service `wörker`",
      "surface": "compose",
      "path": "compose.yaml",
      "line": 3,
      "column": 15,
      "end_line": 3,
      "end_column": 24,
      "related": [
        {
          "path": "web/Dockerfile",
          "line": 2,
          "column": 1,
          "end_line": 3,
          "end_column": 1,
          "message": "held by root"
        }
      ],
      "fix": {
        "applicability": "unsafe",
        "title": "remove it",
        "reason": "mounting",
        "edits": [
          {
            "path": "compose.yaml",
            "start": 35,
            "end": 44,
            "text": ""
          }
        ]
      },
      "fingerprint": "0000000000000000",
      "references": [
        {
          "source": "CIS Docker 1.6.0",
          "id": "5.4"
        }
      ],
      "help": "docs/rules/capability-added.md"
    },
    {
      "rule": "runs-as-root",
      "severity": "low",
      "confidence": "low",
      "level": "baseline",
      "message": "odd \u202e\u001b\udb40\udc01",
      "container": null,
      "surface": "dockerfile",
      "path": "web/Dockerfile",
      "line": 1,
      "column": 1,
      "end_line": 1,
      "end_column": 5,
      "related": [],
      "fix": {
        "applicability": "safe",
        "title": "run as `node`",
        "reason": null,
        "edits": [
          {
            "path": "web/Dockerfile",
            "start": 16,
            "end": 20,
            "text": "node"
          }
        ]
      },
      "fingerprint": "0000000000000001",
      "references": [
        {
          "source": "CIS Docker 1.6.0",
          "id": "4.1"
        },
        {
          "source": "hadolint",
          "id": "DL3002"
        }
      ],
      "help": "docs/rules/runs-as-root.md"
    },
    {
      "rule": "runs-as-root",
      "severity": "high",
      "confidence": "high",
      "level": "baseline",
      "message": "root",
      "container": null,
      "surface": "dockerfile",
      "path": "web/Dockerfile",
      "line": 2,
      "column": 6,
      "end_line": 2,
      "end_column": 10,
      "related": [],
      "fix": null,
      "fingerprint": "0000000000000002",
      "references": [
        {
          "source": "CIS Docker 1.6.0",
          "id": "4.1"
        },
        {
          "source": "hadolint",
          "id": "DL3002"
        }
      ],
      "help": "docs/rules/runs-as-root.md"
    }
  ],
  "suppressed": [
    {
      "rule": "seccomp-disabled",
      "path": "compose.yaml",
      "line": 2,
      "reason": "measured",
      "expires": null,
      "by": "peer"
    }
  ],
  "files": {
    "analysed": 2,
    "unreadable": 0
  }
}
"#;
