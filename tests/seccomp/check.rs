use crate::scene::Scene;

const OPEN: &str = r#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": []}"#;

#[test]
fn whatever_it_is_called_it_is_a_profile() {
    let scene = Scene::new()
        .write("notes.txt", OPEN)
        .write("open.json", OPEN);
    let run = scene.run(&["check", "notes.txt", "open.json", "--format", "concise"]);
    assert_eq!((run.status, run.err.as_str()), (Some(1), ""));
    let places: Vec<String> = run
        .out
        .lines()
        .filter(|line| line.contains("[seccomp-allows-by-default]"))
        .map(|line| line.splitn(3, ':').take(2).collect::<Vec<_>>().join(":"))
        .collect();
    assert_eq!(places, ["notes.txt:1", "open.json:1"]);
}

#[test]
fn only_the_rules_about_profiles() {
    let scene = Scene::new().write("Dockerfile", "FROM alpine:3.20\nUSER root\n");
    let run = scene.run(&["check", "Dockerfile", "--format", "concise"]);
    assert_eq!(run.status, Some(1), "it is no profile: {run:?}");
    assert!(
        run.out.contains("[unreadable-file]") && !run.out.contains("runs-as-root"),
        "{run:?}"
    );
    scene.refuses(
        &["check", "own.json", "--select", "runs-as-root"],
        "`runs-as-root` judges no profile: `caulk check` runs it",
    );
    scene.refuses(
        &["check", "own.json", "--select", "seccomp-disabeld"],
        "no rule `seccomp-disabeld`: did you mean `seccomp-disabled`?",
    );
}

#[test]
fn statuses_and_options_are_those_of_check() {
    let scene = Scene::new().write("open.json", OPEN);
    for (arguments, status) in [
        (&["default"][..], 0),
        (&["open.json"], 1),
        (&["open.json", "--exit-zero"], 0),
        (&["open.json", "--fail-on", "critical"], 0),
        (&["open.json", "--min-severity", "critical"], 0),
        (&["open.json", "--ignore", "seccomp-*"], 0),
    ] {
        let mut typed = vec!["check"];
        typed.extend(arguments);
        let run = scene.run(&typed);
        assert_eq!(
            (run.status, run.err.as_str()),
            (Some(status), ""),
            "{typed:?}\n{}",
            run.out
        );
    }
    scene.refuses(
        &["check", "gone/away.json"],
        "no file or folder `gone/away.json`",
    );
    let run = scene.run(&["check"]);
    assert_eq!(run.status, Some(2));
}

#[test]
fn nobody_else_s_files_are_read() {
    let compose = "services:\n  web:\n    image: x\n    privileged: true\n    security_opt: [\"seccomp:own.json\"]\n";
    let scene = Scene::new()
        .write("compose.yaml", compose)
        .write("open.json", OPEN);
    let json = scene.json(&["check", "open.json", "--format", "json"]);
    assert_eq!(json["files"]["analysed"], 1);
    let findings = json["findings"].as_array().unwrap();
    assert!(
        !findings.is_empty()
            && findings
                .iter()
                .all(|finding| finding["path"] == "open.json")
    );
}

#[test]
fn standard_input_and_reports_in_files() {
    let scene = Scene::new();
    let run = scene.fed(
        &["check", "-", "--output", "json=report.json", "--quiet"],
        OPEN,
    );
    assert_eq!(run.status, Some(1));
    assert!(run.out.contains(" --> -:1:"), "{run:?}");
    let report = std::fs::read_to_string(scene.path("report.json")).unwrap();
    assert!(report.contains("\"path\": \"-\""), "{report}");
}
