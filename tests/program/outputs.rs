//! `--output`, and readers that leave early.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use crate::scene::{ROOT, Scene};

fn scene() -> Scene {
    Scene::new().write("Dockerfile", ROOT)
}

/// The names in the work tree, without git's folder.
fn names(scene: &Scene) -> Vec<String> {
    let entries = fs::read_dir(scene.path("")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != ".git")
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_takes_the_place_of_standard_output() {
    let scene = scene();
    let printed = scene.run(&["check"]);
    let run = scene.run(&["check", "--output", "report.txt"]);
    assert_eq!(
        (run.status, run.out.as_str(), run.err.as_str()),
        (Some(1), "", "")
    );
    assert_eq!(
        fs::read_to_string(scene.path("report.txt")).unwrap(),
        printed.out
    );
    assert_eq!(
        names(&scene),
        ["Dockerfile", "report.txt"],
        "nothing else is left"
    );
}

#[test]
fn a_format_and_a_file_are_one_more_report() {
    let scene = scene();
    let run = scene.run(&[
        "check",
        "--output",
        "json=a.json",
        "--output",
        "concise=b=c.txt",
    ]);
    assert_eq!(
        (run.status, &run.out),
        (Some(1), &scene.run(&["check"]).out)
    );
    let json = fs::read_to_string(scene.path("a.json")).unwrap();
    assert_eq!(json, scene.run(&["check", "--format=json"]).out);
    let concise = fs::read_to_string(scene.path("b=c.txt")).unwrap();
    assert_eq!(concise, scene.run(&["check", "--format=concise"]).out);
}

#[test]
fn a_dash_is_standard_output() {
    let scene = scene();
    let concise = scene.run(&["check", "--format=concise"]);
    assert_eq!(scene.run(&["check", "--output", "concise=-"]), concise);
    assert_eq!(
        scene.run(&["check", "--format=concise", "--output", "-"]),
        concise
    );
    let both = scene.run(&["check", "--output", "json=a.json", "--output", "concise=-"]);
    assert_eq!(both, concise);
    assert_eq!(names(&scene), ["Dockerfile", "a.json"]);
}

#[test]
fn a_report_replaces_what_was_there_and_a_device_is_only_written_to() {
    let scene = scene().write("report.txt", "x".repeat(100_000));
    scene.run(&["check", "--output", "report.txt"]);
    let report = fs::read_to_string(scene.path("report.txt")).unwrap();
    assert!(report.starts_with("high[runs-as-root]"), "{report}");
    let run = scene.run(&["check", "--output", "/dev/stdout"]);
    assert_eq!((run.status, run.out), (Some(1), report));
    assert_eq!(
        scene.run(&["check", "--output", "/dev/null"]).status,
        Some(1)
    );
}

#[test]
fn a_report_that_cannot_be_written_is_a_failure() {
    let scene = scene();
    for (file, because) in [
        ("not/there.txt", "No such file or directory (os error 2)"),
        (".git", "Is a directory (os error 21)"),
    ] {
        let run = scene.run(&["check", "--output", file]);
        run.assert_refused(&format!("cannot write `{file}`: {because}"));
    }
    assert_eq!(
        scene.run(&["check", "--output", "/dev/full"]).status,
        Some(2)
    );
    assert_eq!(names(&scene), ["Dockerfile"], "nothing is left");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let mut scene = Scene::new();
    for number in 0..500 {
        scene = scene.write(format!("{number}/Dockerfile"), ROOT);
    }
    for format in ["full", "concise", "json", "diff"] {
        let mut child = scene
            .command(&["check", "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::with_capacity(64, child.stdout.take().unwrap())
            .read_line(&mut first)
            .unwrap();
        assert!(!first.is_empty());
        let status = child.wait().unwrap();
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert_eq!((status.code(), said.as_str()), (Some(1), ""), "{format}");
    }
}
