use std::fmt::Write as _;

use crate::scene::Scene;

const COMMANDS: [&[&str]; 5] = [
    &["explain", "bad.json"],
    &["diff", "default", "bad.json"],
    &["diff", "bad.json", "default"],
    &["resolve", "bad.json"],
    &["export", "bad.json", "--format", "pfc"],
];

/// What no engine loads is one line with its place, whatever is asked.
#[test]
fn what_no_container_starts_with() {
    for (text, line) in [
        ("", "bad.json:1:1: "),
        ("[]", "bad.json:1:1: a seccomp profile is a JSON object"),
        ("{\n  // why\n}", "bad.json:2:3: "),
        ("{\"defaultAction\": \"SCMP_ACT_ERRNO\",}", "bad.json:1:"),
        (
            "{\"defaultAction\": \"SCMP_ACT_DENY\"}",
            "bad.json:1:19: no container starts with this profile: `SCMP_ACT_DENY` is no action",
        ),
        (
            "{\"defaultAction\": 7, \"flags\": [\"X\"]}",
            "bad.json:1:19: no container starts with this profile: ",
        ),
    ] {
        let scene = Scene::new().write("bad.json", text);
        for arguments in COMMANDS {
            let run = scene.run(arguments);
            assert_eq!(
                (run.status, run.out.as_str()),
                (Some(2), ""),
                "{arguments:?} {text}"
            );
            assert!(
                run.err.starts_with(&format!("caulk: {line}")),
                "{arguments:?}: {}",
                run.err
            );
            assert_eq!(run.err.lines().count(), 1, "{}", run.err);
        }
        let run = scene.run(&["check", "bad.json"]);
        assert_eq!(run.status, Some(1), "for `check` it is a finding: {run:?}");
    }
}

/// Text of a profile that would act on a terminal is shown and does nothing.
#[test]
fn a_terminal_is_left_alone() {
    let text = "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 1, \"flags\": [], \"syscalls\": [
        {\"names\": [\"mount\", \"\\u001b[2Jx\\u202e\"], \"action\": \"SCMP_ACT_ALLOW\",
         \"comment\": \"\\u001b]0;title\\u0007\",
         \"includes\": {\"caps\": [\"\\u001b[31mCAP_SYS_ADMIN\", \"\\u202eX\"]}},
        {\"names\": [\"read\", \"\\u001b[1A\\r\\u001b[2K\"], \"action\": \"SCMP_ACT_ALLOW\"}]}";
    let name = "a\u{1b}[31m\u{202e}.json";
    let scene = Scene::new().write(name, text);
    for arguments in [
        &["explain", name][..],
        &["explain", name, "mount"],
        &["explain", name, "mount", "--format", "json"],
        &["explain", name, "\u{1b}[2J"],
        &["explain", name, "socket", "\u{202e}"],
        &["explain", name, "--arch", "\u{1b}c"],
        &["diff", "default", name],
        &["diff", name, name, "--format", "json"],
        &["resolve", name],
        &["export", name, "--format", "pfc"],
        &["check", name],
    ] {
        let run = scene.run(arguments);
        for text in [&run.out, &run.err] {
            let acts = |character: char| {
                (character.is_control() && character != '\n') || character == '\u{202e}'
            };
            assert!(!text.contains(acts), "{arguments:?}: {text:?}");
        }
    }
}

/// A big profile is read, and a rule about it is not looked for in every other.
#[test]
fn many_rules() {
    let mut text = String::from("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [\n");
    for number in 0..20_000 {
        let comma = if number == 0 { "" } else { ",\n" };
        let cap = if number % 2 == 0 {
            "CAP_BPF"
        } else {
            "CAP_CHOWN"
        };
        let _ = write!(
            text,
            "{comma}{{\"names\": [\"read\", \"bpf\"], \"action\": \"SCMP_ACT_ALLOW\", \
             \"includes\": {{\"caps\": [\"{cap}\"]}}}}"
        );
    }
    text.push_str("]}");
    let rule = |number: usize| {
        format!(
            "{{\"names\": [\"ioctl\"], \"action\": \"SCMP_ACT_ALLOW\", \
             \"args\": [{{\"index\": {}, \"value\": {number}, \"op\": \"SCMP_CMP_EQ\"}}]}}",
            number % 3
        )
    };
    let rules: Vec<String> = (0..5_000).map(rule).collect();
    let cases = format!(
        "{{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{}]}}",
        rules.join(",")
    );
    let scene = Scene::new()
        .write("big.json", text)
        .write("cases.json", cases);
    for arguments in [
        &["explain", "cases.json", "ioctl"][..],
        &["explain", "cases.json"],
        &["explain", "big.json", "read"],
        &["explain", "big.json"],
        &["diff", "big.json", "default"],
    ] {
        let run = scene.run(arguments);
        assert!(
            matches!(run.status, Some(0 | 1)),
            "{arguments:?}: {}",
            run.err
        );
        assert!(run.out.lines().count() < 500, "{arguments:?}");
    }
}

#[test]
fn what_is_no_plain_file() {
    let scene = Scene::new();
    std::fs::create_dir(scene.path("folder")).unwrap();
    scene.refuses(
        &["explain", "folder"],
        "`folder` is a folder, and a file is wanted",
    );
    let run = scene.run(&["explain", "/dev/zero"]);
    assert_eq!(run.status, Some(2));
    assert!(run.err.contains("it is larger than"), "{run:?}");
}

/// A reader that has seen enough is no failure.
#[test]
fn a_closed_pipe() {
    let scene = Scene::new();
    let line = format!(
        "'{}' seccomp explain default | head -n 1",
        env!("CARGO_BIN_EXE_caulk")
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &line])
        .current_dir(scene.path(""))
        .output();
    let output = output.unwrap();
    assert!(output.stderr.is_empty(), "{output:?}");
}
