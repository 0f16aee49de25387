//! How the lines are shown that a finding points at, one test for each difficulty of layout.

use caulk_report::full;
use caulk_source::{Edit, Span};

use crate::support::{one_file, safe_fix, shown, unsafe_fix};

#[test]
fn a_line_that_is_longer_than_the_screen_is_cut_around_the_label_and_the_change() {
    let names: Vec<String> = (0..600).map(|number| format!("\"sys{number}\"")).collect();
    let text = format!("{{\"names\":[{}]}}", names.join(","));
    let (mut case, finding) = one_file("seccomp.json", &text, "\"sys300\"");
    let finding = finding.related(case.span("seccomp.json", "\"sys2\""), "as this one does");
    let edit = Edit::remove(case.span("seccomp.json", "\"sys300\","));
    case.add(
        finding,
        Some(safe_fix("no longer allow `sys300`", vec![edit])),
    );
    assert_eq!(
        case.render(full),
        r#"high[runs-as-root]: the image runs as root
 --> seccomp.json:1:2601
  |
1 | ...296","sys297","sys298","sys299","sys300","sys301","sys302","sys303","sys304","sys305","sys...
  |                                    ^^^^^^^^ this user is root
  |
 ::: seccomp.json:1:25
  |
1 | {"names":["sys0","sys1","sys2","sys3","sys4","sys5","sys6","sys7","sys8","sys9","sys10","sys1...
  |                         ------ as this one does
  |
  = fix (safe): no longer allow `sys300`
  | --- a/seccomp.json
  | +++ b/seccomp.json
  | @@ -1 +1 @@
  | -…,"sys299","sys300","sys301","sys302","sys303","sys304","sys305","sys306","sys307","sys308","s…
  | \ No newline at end of file
  | +…,"sys299","sys301","sys302","sys303","sys304","sys305","sys306","sys307","sys308","sys309","s…
  | \ No newline at end of file

1 finding (1 high), 1 with a fix; 1 file
"#
    );
}

#[test]
fn a_label_that_is_longer_than_the_screen_ends_in_sight() {
    let text = format!("RUN {}\n", "echo done; ".repeat(400));
    let (case, finding) = one_file("Dockerfile", &text, text.trim_end());
    assert_eq!(
        shown(case, finding),
        "high[runs-as-root]: the image runs as root
 --> Dockerfile:1:1
  |
1 | RUN echo done; echo done; echo done; echo done; echo done; echo done; echo done; echo done; e...
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this user is root

1 finding (1 high); 1 file
"
    );
}

#[test]
fn tabs_and_wide_characters_keep_the_label_in_its_place() {
    let (case, finding) = one_file("Dockerfile", "FROM 漢字:🐳 AS\tx\nUSER\t\troot\n", "root");
    let finding = finding.related(case.span("Dockerfile", "x\n"), "of this image");
    assert_eq!(
        shown(case, finding),
        "high[runs-as-root]: the image runs as root
 --> Dockerfile:2:7
  |
1 | FROM 漢字:🐳 AS    x
  |                    - of this image
2 | USER        root
  |             ^^^^ this user is root

1 finding (1 high); 1 file
"
    );
}

#[test]
fn carriage_returns_are_not_seen() {
    let (mut case, finding) = one_file("Dockerfile", "FROM a\r\nUSER root\r\n", "USER root\r\n");
    let edit = Edit::replace(case.span("Dockerfile", "root"), "65532");
    case.add(
        finding,
        Some(unsafe_fix(
            "run as `65532`",
            "reading files of root",
            vec![edit],
        )),
    );
    assert_eq!(
        case.render(full),
        "high[runs-as-root]: the image runs as root
 --> Dockerfile:2:1
  |
2 | USER root
  | ^^^^^^^^^ this user is root
  |
  = fix (unsafe): run as `65532`
  = may break: reading files of root
  | --- a/Dockerfile
  | +++ b/Dockerfile
  | @@ -1,2 +1,2 @@
  |  FROM a
  | -USER root
  | +USER 65532

1 finding (1 high), 1 with a fix; 1 file
"
    );
}

#[test]
fn labels_that_overlap_are_told_apart() {
    let (case, finding) = one_file(
        "compose.yaml",
        "services:\n  web: {user: root, privileged: true}\n",
        "root",
    );
    let finding = finding
        .related(
            case.span("compose.yaml", "user: root, privileged: true"),
            "with all of this",
        )
        .related(
            case.span("compose.yaml", "web: {user: root, privileged: true}"),
            "in this service",
        );
    assert_eq!(
        shown(case, finding),
        "high[runs-as-root]: the image runs as root
 --> compose.yaml:2:15
  |
2 |   web: {user: root, privileged: true}
  |   ------------^^^^-------------------
  |   |     |     |
  |   |     |     this user is root
  |   |     with all of this
  |   in this service

1 finding (1 high); 1 file
"
    );
}

#[test]
fn a_label_of_many_lines_is_shown_by_its_first() {
    let text = format!(
        "FROM a\nRUN set -e; \\\n{}    true\n",
        "    echo; \\\n".repeat(60)
    );
    let needle = text.strip_prefix("FROM a\n").unwrap().to_owned();
    let (case, finding) = one_file("Dockerfile", &text, &needle);
    assert_eq!(
        shown(case, finding),
        r"high[runs-as-root]: the image runs as root
 --> Dockerfile:2:1
  |
2 | RUN set -e; \
  | ^^^^^^^^^^^^^ this user is root

1 finding (1 high); 1 file
"
    );
}

#[test]
fn labels_far_apart_stand_in_two_excerpts_with_one_margin() {
    let text = format!("USER root\n{}USER 65532\n", "RUN true\n".repeat(150));
    let (case, finding) = one_file("Dockerfile", &text, "USER root");
    let finding = finding.related(case.span("Dockerfile", "USER 65532"), "until here");
    assert_eq!(
        shown(case, finding),
        "high[runs-as-root]: the image runs as root
   --> Dockerfile:1:1
    |
  1 | USER root
    | ^^^^^^^^^ this user is root
    |
   ::: Dockerfile:152:1
    |
152 | USER 65532
    | ---------- until here

1 finding (1 high); 1 file
"
    );
}

#[test]
fn a_file_without_final_newline_and_with_a_byte_order_mark() {
    let (mut case, finding) = one_file("Dockerfile", "\u{feff}USER root", "USER root");
    let end = case.span("Dockerfile", "USER root").end as usize;
    let edit = Edit::insert(Span::at(case.id("Dockerfile"), end), "\nUSER 65532\n");
    case.add(finding, Some(safe_fix("run as `65532`", vec![edit])));
    assert_eq!(
        case.render(full),
        r"high[runs-as-root]: the image runs as root
 --> Dockerfile:1:1
  |
1 | USER root
  | ^^^^^^^^^ this user is root
  |
  = fix (safe): run as `65532`
  | --- a/Dockerfile
  | +++ b/Dockerfile
  | @@ -1 +1,2 @@
  | -\u{feff}USER root
  | \ No newline at end of file
  | +\u{feff}USER root
  | +USER 65532

1 finding (1 high), 1 with a fix; 1 file
"
    );
}
