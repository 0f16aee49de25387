//! Exit statuses, and the one line that says why a run failed.

use crate::scene::{CLOSED, ROOT, Scene};

#[test]
fn the_status_says_whether_there_are_findings() {
    let clean = Scene::new().write("Dockerfile", CLOSED);
    let open = Scene::new().write("Dockerfile", ROOT);
    let cases: [(&Scene, &[&str], i32, bool); 9] = [
        (&clean, &[], 0, false),
        (&clean, &["--fail-on", "info"], 0, false),
        (&open, &[], 1, true),
        (&open, &["--exit-zero"], 0, true),
        (&open, &["--fail-on", "high"], 1, true),
        (&open, &["--fail-on", "critical"], 0, true),
        (&open, &["--min-severity", "critical"], 0, false),
        (&open, &["--ignore", "runs-as-root"], 0, false),
        (&open, &["--select", "privileged,runs-as-root"], 1, true),
    ];
    for (scene, options, status, says) in cases {
        let run = scene.run(&[&["check"], options].concat());
        assert_eq!(
            (run.status, run.err.as_str()),
            (Some(status), ""),
            "{options:?}"
        );
        assert_eq!(
            run.out.contains("runs-as-root"),
            says,
            "{options:?}: {}",
            run.out
        );
    }
}

#[test]
fn a_file_that_cannot_be_parsed_is_a_finding_and_no_failure() {
    let scene = Scene::new().write("compose.yaml", "services: {web: {image: [\n");
    let run = scene.run(&["check"]);
    assert_eq!((run.status, run.err.as_str()), (Some(1), ""));
    assert!(run.out.contains("[unreadable-file]"), "{}", run.out);
}

#[test]
fn what_is_mistyped_is_one_line_with_what_may_be_meant() {
    let scene = Scene::new().write("Dockerfile", CLOSED);
    for (arguments, line) in [
        (&["chek"][..], "no command `chek`: did you mean `check`?"),
        (
            &["check", "--no-ingore"],
            "no option `--no-ingore`: did you mean `--no-ignore`?",
        ),
        (&["check", "--zzz"], "no option `--zzz`"),
        (
            &["check", "--color=always", "--no-ingore"],
            "no option `--no-ingore`: did you mean `--no-ignore`?",
        ),
        (
            &["check", "--format", "jsno"],
            "no `jsno` for `--format <FORMAT>`: did you mean `json`?",
        ),
        (
            &["check", "--level", "hard"],
            "no `hard` for `--level <LEVEL>`: did you mean `hardened`?",
        ),
        (
            &["check", "--fail-on", "terrible"],
            "no `terrible` for `--fail-on <SEVERITY>`: it is one of info, low, medium, high, critical",
        ),
        (
            &["check", "--fail-on"],
            "`--fail-on <SEVERITY>` needs a value",
        ),
        (
            &["check", "--select", "privleged"],
            "no rule `privleged`: did you mean `privileged`?",
        ),
        (
            &["check", "--select", "privileged,runs-as-rot"],
            "no rule `runs-as-rot`: did you mean `runs-as-root`?",
        ),
        (&["check", "--ignore", "zzz"], "no rule `zzz`"),
        (
            &["explain", "root"],
            "no rule `root`: did you mean `runs-as-root`?",
        ),
        (&["explain", "zzz"], "no rule `zzz`"),
        (
            &["rules", "--format", "yaml"],
            "no `yaml` for `--format <FORMAT>`: it is one of text, json",
        ),
        (
            &["check", "Dokcerfile"],
            "no file or folder `Dokcerfile`: did you mean `Dockerfile`?",
        ),
        (&["check", "zzz/zzz"], "no file or folder `zzz/zzz`"),
        (&["check", ".", " zzz"], "no file or folder ` zzz`"),
    ] {
        scene.run(arguments).assert_refused(line);
    }
}

#[test]
fn what_is_typed_comes_back_on_one_line_and_harmless() {
    let scene = Scene::new().write("Dockerfile\u{1b}[2J\n::error::x", CLOSED);
    for (arguments, line) in [
        (
            &["check", "x\n::error::\u{1b}[31m\u{202e}"][..],
            r"no file or folder `x␊::error::␛[31m\u{202e}`",
        ),
        (
            &["check", "Dockerfile\u{1b}[2J\n::error::"],
            "no file or folder `Dockerfile␛[2J␊::error::`: did you mean `Dockerfile␛[2J␊::error::x`?",
        ),
        (&["explain", "x\n\u{1b}y"], "no rule `x␊␛y`"),
        (&["x\n\u{1b}y"], "no command `x␊␛y`"),
        (&["check", "--x\n\u{1b}y"], "no option `--x␊␛y`"),
    ] {
        scene.run(arguments).assert_refused(line);
    }
}

#[test]
fn what_is_no_plain_file_is_refused_at_once() {
    let scene = Scene::new().pipe("Dockerfile");
    let run = scene.run(&["check", "Dockerfile"]);
    assert_eq!((run.status, run.out.as_str()), (Some(2), ""));
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    assert!(
        run.err.ends_with("Dockerfile`: it is no plain file\n"),
        "{}",
        run.err
    );
}

#[test]
fn help_is_asked_for_or_given_with_a_failure() {
    let scene = Scene::new();
    for arguments in [&["--help"][..], &["--version"], &["check", "--help"]] {
        let run = scene.run(arguments);
        assert_eq!(
            (run.status, run.err.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
        assert!(run.out.contains("caulk"), "{}", run.out);
    }
    let nothing: [&str; 0] = [];
    let run = scene.run(&nothing);
    assert_eq!((run.status, run.out.as_str()), (Some(2), ""));
    assert!(run.err.contains("caulk <COMMAND>"), "{}", run.err);
}

#[test]
fn every_rule_that_is_listed_can_be_explained() {
    let scene = Scene::new();
    let listed = scene.run(&["rules", "--format", "json"]);
    let catalogue: serde_json::Value = serde_json::from_str(&listed.out).unwrap();
    let rules = catalogue["rules"].as_array().unwrap();
    assert!(rules.len() >= 7);
    let text = scene.run(&["rules"]).out;
    for rule in rules {
        let id = rule["id"].as_str().unwrap();
        let page = scene.run(&["explain", id]);
        assert_eq!((page.status, page.err.as_str()), (Some(0), ""));
        assert!(page.out.starts_with(&format!("# {id}\n")), "{}", page.out);
        assert!(
            page.out.contains(rule["summary"].as_str().unwrap()),
            "{}",
            page.out
        );
        assert!(text.contains(id), "{text}");
    }
}
