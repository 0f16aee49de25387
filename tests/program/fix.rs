//! `--fix` and its kin: what is written, what is left alone, what is said.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::scene::{CLOSED, ROOT, Run, Scene};

/// One safe fix, and one that is not.
const BOTH: &str = "\
services:
  web:
    image: alpine:3.20
    privileged: false
    cap_add:
      - CHOWN
      - SYS_PTRACE
";

fn insecure() -> Scene {
    Scene::copy_of(Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/examples/insecure"
    )))
}

fn text(scene: &Scene, name: &str) -> String {
    fs::read_to_string(scene.path(name)).unwrap()
}

#[test]
fn only_what_is_safe_is_applied_unless_more_is_asked_for() {
    let scene = Scene::new().write("compose.yaml", BOTH);
    let run = scene.run(&["check", "--fix", "--format", "concise"]);
    assert_eq!(run.status, Some(1), "something is left: {run:?}");
    assert_eq!(run.err, "caulk: 1 fix applied in 1 file\n");
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(
        lines.iter().any(|line| line.contains("`SYS_PTRACE`")),
        "what is left is reported: {run:?}"
    );
    assert_eq!(
        text(&scene, "compose.yaml"),
        BOTH.replace("      - CHOWN\n", "")
    );
    let run = scene.run(&["check", "--unsafe-fixes", "--select", "capability-*"]);
    assert_eq!(
        (run.status, run.err.as_str()),
        (Some(0), "caulk: 1 fix applied in 1 file\n")
    );
    assert_eq!(
        text(&scene, "compose.yaml"),
        BOTH.replace("    cap_add:\n      - CHOWN\n      - SYS_PTRACE\n", "")
    );
}

#[test]
fn what_is_applied_is_what_the_patch_says_and_a_second_run_does_nothing() {
    let scene = insecure();
    let patched = insecure();
    let diff = scene.run(&["check", "--unsafe-fixes", "--diff"]);
    assert_eq!(diff.status, Some(1));
    scene.git(&["diff", "--exit-code"]);
    fs::write(patched.path("../patch"), &diff.out).unwrap();
    patched.git(&["apply", patched.path("../patch").to_str().unwrap()]);

    let run = scene.run(&["check", "--unsafe-fixes", "--fix-only"]);
    assert_eq!((run.status, run.out.as_str()), (Some(0), ""));
    for name in ["compose.yaml", "web/Dockerfile", "worker/Dockerfile"] {
        assert_eq!(text(&scene, name), text(&patched, name), "{name}");
    }
    let again = scene.run(&["check", "--unsafe-fixes", "--fix-only"]);
    assert_eq!(again.err, "caulk: 0 fixes applied in 0 files\n");
    let nothing = scene.run(&["check", "--unsafe-fixes", "--diff"]);
    assert_eq!(nothing.status, Some(0));
}

#[test]
fn a_safe_patch_says_what_it_leaves_out() {
    let scene = Scene::new().write("compose.yaml", BOTH);
    let run = scene.run(&["check", "--diff"]);
    assert_eq!(run.status, Some(1));
    assert!(run.out.contains("\n-      - CHOWN\n"), "{}", run.out);
    assert!(!run.out.contains("\n-      - SYS_PTRACE\n"), "{}", run.out);
    let left = "#   left out: its fix is unsafe: `--unsafe-fixes`\n";
    assert!(run.out.contains(left), "{}", run.out);
    assert_eq!(text(&scene, "compose.yaml"), BOTH);
}

#[test]
fn mode_and_owner_stay() {
    let scene = Scene::new().write("Dockerfile", ROOT);
    let path = scene.path("Dockerfile");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    // Only root can give a file away.
    let given = std::os::unix::fs::chown(&path, Some(4321), Some(4322)).is_ok();
    let before = fs::metadata(&path).unwrap();
    assert_eq!(scene.run(&["check", "--unsafe-fixes"]).status, Some(0));
    assert_eq!(text(&scene, "Dockerfile"), CLOSED);
    let after = fs::metadata(&path).unwrap();
    assert_eq!(after.mode(), before.mode());
    assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
    assert!(!given || after.uid() == 4321);
    let left: Vec<_> = fs::read_dir(scene.path("")).unwrap().collect();
    assert_eq!(left.len(), 2, "nothing lies beside it: {left:?}");
}

#[test]
fn a_link_inside_stays_one_and_a_link_that_leads_out_is_not_followed() {
    let scene = Scene::new()
        .write("real/Dockerfile", ROOT)
        .link("Dockerfile", "real/Dockerfile")
        .write("../outside", ROOT)
        .link("out/Dockerfile", "../../outside");
    let run = scene.run(&["check", "--unsafe-fixes", "Dockerfile", "out/Dockerfile"]);
    assert_eq!(run.status, Some(0), "{run:?}");
    assert_eq!(text(&scene, "real/Dockerfile"), CLOSED);
    let link = fs::symlink_metadata(scene.path("Dockerfile")).unwrap();
    assert!(link.is_symlink());
    assert_eq!(text(&scene, "../outside"), ROOT);
}

#[test]
fn a_file_that_somebody_changed_in_the_meantime_is_theirs() {
    let scene = Scene::new()
        .write("Dockerfile", ROOT)
        .write("other/Dockerfile", ROOT);
    let mut child = scene
        .command(&["check", "--interactive"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut seen = Vec::new();
    while !seen.ends_with(b"[y,n,a,q,?]? ") {
        let mut byte = [0];
        assert_eq!(out.read(&mut byte).unwrap(), 1, "it asks");
        seen.push(byte[0]);
    }
    let theirs = "FROM alpine:3.20\nUSER 0\n";
    fs::write(scene.path("Dockerfile"), theirs).unwrap();
    child.stdin.take().unwrap().write_all(b"a\n").unwrap();
    out.read_to_end(&mut seen).unwrap();
    let run = Run::of(&child.wait_with_output().unwrap());
    assert_eq!(run.status, Some(2));
    assert_eq!(
        run.err,
        "caulk: not fixed: `Dockerfile`: it changed since it was read\ncaulk: 1 file was not fixed\n"
    );
    assert_eq!(text(&scene, "Dockerfile"), theirs);
    assert_eq!(text(&scene, "other/Dockerfile"), CLOSED);
}

#[test]
fn standard_input_is_shown_and_not_fixed() {
    let scene = Scene::new();
    let with_input = |options: &[&str]| {
        let mut command = scene.command(&["check", "--stdin-filename", "Dockerfile", "-"]);
        let mut child = command
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(ROOT.as_bytes()).unwrap();
        drop(input);
        Run::of(&child.wait_with_output().unwrap())
    };
    with_input(&["--fix"])
        .assert_refused("standard input is not fixed: `--diff` shows what would be");
    let shown = with_input(&["--unsafe-fixes", "--diff"]);
    assert!(shown.out.contains("\n+USER 65532:65532\n"), "{shown:?}");
}

#[test]
fn verbose_says_why_a_remedy_is_no_fix() {
    let scene = Scene::new().write(
        "Dockerfile",
        "FROM alpine:3.20 AS base\nUSER root\nFROM base AS tools\nRUN true\nFROM base\n",
    );
    let run = scene.run(&["check", "--verbose", "--target", "base"]);
    let why = "no fix for `runs-as-root`: other stages stand on this one";
    assert!(run.err.contains(why), "{run:?}");
}

/// Gives the program a terminal, types a line whenever it asks, and prints what the terminal got.
const TERMINAL: &str = r#"
import os, pty, subprocess, sys
ours, theirs = pty.openpty()
run = subprocess.Popen(sys.argv[2:], stdin=theirs, stdout=theirs, stderr=theirs)
os.close(theirs)
answers = sys.argv[1].split(",")
seen = b""
since = 0
while True:
    try:
        more = os.read(ours, 4096)
    except OSError:
        break
    if not more:
        break
    seen += more
    if b"[y,n,a,q,?]? " in seen[since:] and answers:
        since = len(seen)
        os.write(ours, (answers.pop(0) + "\n").encode())
sys.stdout.buffer.write(seen)
sys.exit(run.wait())
"#;

/// What a person at a terminal sees who gives these answers; nothing without Python.
fn typed(scene: &Scene, answers: &str) -> Option<Run> {
    let program = scene.command(&["check", "--interactive", "--fix-only", "--no-progress"]);
    let output = Command::new("python3")
        .args(["-c", TERMINAL, answers])
        .arg(program.get_program())
        .args(program.get_args())
        .current_dir(scene.path(""))
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .output();
    let Ok(output) = output else {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: python3 is not here to make a terminal"
        );
        return None;
    };
    Some(Run::of(&output))
}

#[test]
fn a_person_decides_fix_by_fix() {
    let question = "Apply this fix [y,n,a,q,?]? ";
    let files = ["a", "b", "c", "d"];
    // What is typed, how often it asks, and which files are fixed.
    let cases = [
        ("y,n,y,n", 4, "ac"),
        ("?,y,n,n,n", 5, "a"),
        ("n,a", 2, "bcd"),
        ("y,q", 2, "a"),
        ("q", 1, ""),
        ("Y,No,yes,q", 4, "ac"),
    ];
    for (answers, asked, fixed) in cases {
        let mut scene = Scene::new();
        for name in files {
            scene = scene.write(format!("{name}/Dockerfile"), ROOT);
        }
        let Some(run) = typed(&scene, answers) else {
            return;
        };
        assert_eq!(run.status, Some(0), "{answers}: {run:?}");
        assert_eq!(
            run.out.matches(question).count(),
            asked,
            "{answers}: {run:?}"
        );
        let help = run.out.contains("a - apply this one and all that follow");
        assert_eq!(help, answers.contains('?'), "{answers}");
        assert!(run.out.contains("\u{1b}[32m+USER 65532:65532"), "in colour");
        for name in files {
            let expected = if fixed.contains(name) { CLOSED } else { ROOT };
            assert_eq!(
                text(&scene, &format!("{name}/Dockerfile")),
                expected,
                "{answers}: {name}"
            );
        }
    }
}

#[test]
fn what_is_refused_is_planned_around() {
    // The list goes with its last item: once the one is refused, the other is no longer the last.
    let scene = Scene::new().write(
        "compose.yaml",
        "services:\n  web:\n    image: ghcr.io/acme/web:1\n    cap_add:\n      - SYS_ADMIN\n      - SYS_PTRACE\n",
    );
    let Some(run) = typed(&scene, "n,y") else {
        return;
    };
    assert_eq!(run.status, Some(0), "{run:?}");
    assert_eq!(
        text(&scene, "compose.yaml"),
        "services:\n  web:\n    image: ghcr.io/acme/web:1\n    cap_add:\n      - SYS_ADMIN\n"
    );
}
