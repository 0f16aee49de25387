//! The line that a long run shows on a terminal.

use std::io::{Write as _, stderr};
use std::process::Command;

use crate::scene::{ROOT, Scene};

/// Gives the program a terminal as its standard error and a standard input that takes its time, and
/// prints what the terminal got.
const TERMINAL: &str = r#"
import os, pty, subprocess, sys, time
ours, theirs = pty.openpty()
run = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=theirs)
os.close(theirs)
time.sleep(1.5)
run.communicate(sys.argv[1].encode())
seen = b""
while True:
    try:
        more = os.read(ours, 4096)
    except OSError:
        break
    if not more:
        break
    seen += more
sys.stdout.buffer.write(seen)
sys.exit(run.returncode)
"#;

const CLEAR: &str = "\r\u{1b}[K";

/// What the terminal got of a run that waits for standard input; nothing without Python.
fn seen(options: &[&str], term: &str) -> Option<String> {
    let scene = Scene::new();
    let program = scene.command(&["check", "--stdin-filename", "Dockerfile", "-"]);
    let output = Command::new("python3")
        .args(["-c", TERMINAL, ROOT])
        .arg(program.get_program())
        .args(program.get_args())
        .args(options)
        .current_dir(scene.path(""))
        .env("TERM", term)
        .output();
    let Ok(output) = output else {
        let _ = writeln!(stderr(), "skipped: python3 is not here to make a terminal");
        return None;
    };
    assert_eq!(output.status.code(), Some(1), "the finding is found");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_long_run_says_so_on_a_terminal_and_leaves_nothing_behind() {
    let Some(seen) = seen(&[], "xterm") else {
        return;
    };
    assert!(
        seen.starts_with(&format!("{CLEAR}caulk: 0 files read, ")),
        "{seen:?}"
    );
    assert!(seen.ends_with(CLEAR), "{seen:?}");
}

#[test]
fn it_can_be_switched_off() {
    for (options, term) in [
        (&["--no-progress"][..], "xterm"),
        (&["--quiet"], "xterm"),
        (&[], "dumb"),
    ] {
        if let Some(seen) = seen(options, term) {
            assert_eq!(seen, "", "{options:?} {term}");
        }
    }
}

#[test]
fn a_pipe_never_gets_it() {
    let scene = Scene::new();
    let mut command = Command::new("sh");
    let program = scene.command::<&str>(&[]);
    command.args([
        "-c",
        r#"(sleep 1.2; printf '%s' "$0") | "$1" check --stdin-filename Dockerfile -"#,
        ROOT,
    ]);
    let output = command
        .arg(program.get_program())
        .current_dir(scene.path(""))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
