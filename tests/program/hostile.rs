//! Names and contents that want to be more than text.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use crate::scene::{ROOT, Run, Scene};

/// What no output may hold: controls, and what turns the reading direction or hides.
fn acts_on_a_terminal(character: char) -> bool {
    let hides = matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    hides || (character.is_control() && character != '\n')
}

#[track_caller]
fn assert_harmless(run: &Run) {
    for text in [&run.out, &run.err] {
        let found: Vec<char> = text
            .chars()
            .filter(|character| acts_on_a_terminal(*character))
            .collect();
        assert!(found.is_empty(), "{found:?} in {text}");
    }
}

#[test]
fn names_of_files_do_nothing() {
    let names = [
        "new\nline",
        "new\n::error file=x::line",
        "esc\u{1b}[31m\u{1b}]0;title\u{7}",
        "bidi\u{202e}lleh\u{2066}",
        "hidden\u{200b}\u{feff}",
        "a%0Ab",
        "##[error]x",
        "return\rx\u{8}\u{7f}\u{9b}1m",
        "quo\"te\\s'",
        "tab\tx",
    ];
    let mut scene = Scene::new();
    for name in names {
        scene = scene.write(format!("{name}/Dockerfile"), ROOT);
    }
    for format in ["full", "concise", "json"] {
        let run = scene.run(&["check", "--format", format]);
        assert_eq!((run.status, run.err.as_str()), (Some(1), ""));
        assert_harmless(&run);
    }
    let concise = scene.findings(&["."]);
    assert_eq!(
        concise.len(),
        names.len(),
        "one line for each: {concise:#?}"
    );
    let json: serde_json::Value =
        serde_json::from_str(&scene.run(&["check", "--format=json"]).out).unwrap();
    let mut paths: Vec<&str> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["path"].as_str().unwrap())
        .collect();
    let mut wanted = names.map(|name| format!("{name}/Dockerfile"));
    paths.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(paths, wanted, "JSON has the names as they are");
}

#[test]
fn a_name_that_is_no_text_is_read_and_reported() {
    let scene = Scene::new().write(OsStr::from_bytes(b"\xff\x1b/Dockerfile"), ROOT);
    for arguments in [
        &[][..],
        &[OsStr::from_bytes(b"\xff\x1b/Dockerfile")],
        &[OsStr::from_bytes(b"\xff\x1b")],
    ] {
        assert_eq!(scene.places(arguments), ["\\xff␛/Dockerfile:2"]);
    }
    let run = scene.run(&[OsStr::new("check"), OsStr::from_bytes(b"\xfe/Dockerfile")]);
    run.assert_refused("no file or folder `\u{fffd}/Dockerfile`");
}

#[test]
fn contents_of_files_do_nothing() {
    let comment = "# \u{1b}[2J\u{202e}lleh\u{2066} ##[error]x\n";
    let scene = Scene::new()
        .write("Dockerfile", format!("{comment}FROM alpine:3.20\n{comment}\u{1b}]0;x\u{7}\n{comment}USER root # \u{1b}[31m\n"))
        .write("compose.yaml", "services:\n  \"\\e[31m\\u202e\\n::error::x\":\n    image: x\n    privileged: true\n")
        .write("seccomp.json", "{\"defaultAction\": \"SCMP_ACT_\\u001b[31m\\u202e\\n::error::x\"}");
    for format in ["full", "concise", "json"] {
        let run = scene.run(&["check", "--format", format]);
        assert_eq!((run.status, run.err.as_str()), (Some(1), ""));
        assert_harmless(&run);
        assert!(
            !run.out
                .lines()
                .any(|line| line.trim_start().starts_with("::")),
            "{}",
            run.out
        );
        assert!(run.out.contains("privileged"), "{}", run.out);
    }
    let annotated = scene.run(&["check", "--format", "diff"]).out;
    for line in annotated
        .lines()
        .filter(|line| !line.starts_with([' ', '+', '-']))
    {
        assert!(
            !line.contains(acts_on_a_terminal),
            "only a patch's own lines hold the files' bytes: {line:?}"
        );
    }
}

#[test]
fn bytes_that_are_no_text_change_no_verdict() {
    let cases: [(&str, &[u8], &[&str]); 5] = [
        (
            "a stray byte",
            b"FROM alpine:3.20\n# caf\xff\nUSER root\n",
            &["Dockerfile:3"],
        ),
        (
            "a byte in the line",
            b"FROM alpine:3.20\nUSER root:\xff\n",
            &["Dockerfile:2"],
        ),
        (
            "CRLF",
            b"FROM alpine:3.20\r\nRUN a \\\r\n  b\r\nUSER root\r\n",
            &["Dockerfile:4"],
        ),
        (
            "a byte order mark",
            b"\xef\xbb\xbfFROM alpine:3.20\nUSER root\n",
            &["Dockerfile:2"],
        ),
        (
            "no line end",
            b"FROM alpine:3.20\nUSER root",
            &["Dockerfile:2"],
        ),
    ];
    for (what, bytes, places) in cases {
        let scene = Scene::new().write("Dockerfile", bytes);
        assert_eq!(scene.places(&["."]), places, "{what}");
    }
    // BuildKit reads on where Docker Compose, whose YAML has to be UTF-8 even in comments, refuses the file.
    let compose = b"\xef\xbb\xbfservices:\r\n  web:\r\n    # \xff\r\n    image: x\r\n    privileged: true\r\n";
    let findings = Scene::new().write("compose.yaml", compose).findings(&["."]);
    let [unreadable, privileged] = findings.as_slice() else {
        panic!("{findings:#?}");
    };
    assert!(
        unreadable.starts_with("compose.yaml:3:") && unreadable.contains("unreadable-file"),
        "{unreadable}"
    );
    assert!(
        privileged.starts_with("compose.yaml:5:") && privileged.contains("privileged"),
        "{privileged}"
    );
}

/// Files that are long in one way or deep in another.
fn huge_and_deep() -> Scene {
    let long = "a".repeat(5_000_000);
    let deep = |opening: &str, times: usize| opening.repeat(times);
    let staircase = (0..2_000).map(|depth| format!("{:depth$} a:\n", ""));
    let staircase: String = staircase.collect();
    Scene::new()
        .write("Dockerfile", format!("FROM alpine:3.20\nRUN echo {long}\nUSER root\n"))
        .write("compose.yaml", format!("services:\n  web:\n    image: x\n    labels: {{a: '{long}'}}\n    privileged: true\n"))
        .write("flow/compose.yaml", format!("services:\n  web: {}", deep("{a: ", 100_000)))
        .write("list/compose.yaml", format!("services:\n  web: {}", deep("[", 100_000)))
        .write("lines/compose.yaml", format!("services:\n{staircase}"))
        .write("seccomp.json", format!("{{\"defaultAction\": {}", deep("[", 1_000_000)))
        .write("deep.json", format!("{}\"SCMP_ACT_ALLOW\"", deep("{\"syscalls\":", 100_000)))
}

#[test]
fn what_is_huge_or_deep_is_judged_in_time() {
    let scene = huge_and_deep();
    let run = scene.run(&["check"]);
    assert_eq!((run.status, run.err.as_str()), (Some(1), ""));
    assert!(run.out.len() < 100_000, "{} bytes", run.out.len());
    let mut found: Vec<String> = scene
        .findings(&["."])
        .iter()
        .map(|line| {
            let (place, rest) = line.split_once(": ").unwrap();
            let rule = rest.split(['[', ']']).nth(1).unwrap();
            format!("{} {rule}", place.split(':').next().unwrap())
        })
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            "Dockerfile runs-as-root",
            "Dockerfile unreadable-file",
            "compose.yaml privileged",
            "deep.json unreadable-file",
            "flow/compose.yaml unreadable-file",
            "lines/compose.yaml unreadable-file",
            "list/compose.yaml unreadable-file",
            "seccomp.json unreadable-file",
        ]
    );
}
