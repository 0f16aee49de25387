//! Colours: on a terminal, or where they are asked for.

use std::fs;
use std::io::{Write as _, stderr};
use std::process::Command;

use crate::scene::{ROOT, Run, Scene};

const ESCAPE: char = '\u{1b}';

fn is_coloured(scene: &Scene, options: &[&str], variables: &[(&str, &str)]) -> bool {
    let mut command = scene.command(&[&["check"], options].concat());
    let run = Run::of(&command.envs(variables.iter().copied()).output().unwrap());
    assert_eq!(run.status, Some(1));
    run.out.contains(ESCAPE)
}

#[test]
fn a_pipe_is_plain_unless_colours_are_asked_for() {
    let scene = Scene::new().write("Dockerfile", ROOT);
    let force = ("CLICOLOR_FORCE", "1");
    let no = ("NO_COLOR", "1");
    for (options, variables, coloured) in [
        (&[][..], &[][..], false),
        (&["--color", "auto"], &[], false),
        (&["--color", "always"], &[], true),
        (&[], &[force], true),
        (&[], &[no], false),
        (&[], &[no, ("TERM", "xterm-256color")], false),
        (&["--color", "always"], &[no], true),
        (&["--color", "never"], &[force], false),
        (&[], &[no, force], false),
        (&[], &[("GITHUB_ACTIONS", "true"), ("CI", "true")], false),
    ] {
        let seen = is_coloured(&scene, options, variables);
        assert_eq!(seen, coloured, "{options:?} {variables:?}");
    }
}

#[test]
fn colours_change_nothing_but_the_colour() {
    let scene = Scene::new().write("Dockerfile", ROOT);
    let anything = |text: &str| {
        let mut parts = text.split(ESCAPE);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |all, part| all + part.split_once('m').unwrap().1)
    };
    for format in ["full", "concise", "diff"] {
        let plain = scene.run(&["check", "--format", format]).out;
        let coloured = scene
            .run(&["check", "--format", format, "--color=always"])
            .out;
        assert_ne!(coloured, plain, "{format}");
        assert_eq!(anything(&coloured), plain, "{format}");
    }
}

#[test]
fn what_programs_read_and_what_goes_to_files_has_none() {
    let scene = Scene::new().write("Dockerfile", ROOT);
    assert!(!is_coloured(
        &scene,
        &["--format=json", "--color=always"],
        &[]
    ));
    scene.run(&["check", "--color=always", "--output=full=report.txt"]);
    let report = fs::read_to_string(scene.path("report.txt")).unwrap();
    assert!(
        report.contains("runs-as-root") && !report.contains(ESCAPE),
        "{report}"
    );
}

#[test]
fn a_terminal_is_coloured_unless_it_is_not_wanted() {
    let scene = Scene::new().write("Dockerfile", ROOT);
    let on_terminal = |variables: &str| {
        let line = format!("{variables} '{}' check", env!("CARGO_BIN_EXE_caulk"));
        let output = Command::new("script")
            .args(["--quiet", "--return", "--command", &line, "/dev/null"])
            .current_dir(scene.path(""))
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .env_remove("CI")
            .env("TERM", "xterm-256color")
            .output();
        output
            .ok()
            .map(|output| String::from_utf8(output.stdout).unwrap())
    };
    let Some(coloured) = on_terminal("") else {
        // Nothing to do where stderr is closed.
        let _ = writeln!(stderr(), "skipped: script is not installed");
        return;
    };
    assert!(
        coloured.contains("runs-as-root") && coloured.contains(ESCAPE),
        "{coloured}"
    );
    for variables in ["NO_COLOR=1", "TERM=dumb"] {
        let plain = on_terminal(variables).unwrap();
        assert!(
            plain.contains("runs-as-root") && !plain.contains(ESCAPE),
            "{plain}"
        );
    }
}
