//! `caulk seccomp`: logs that are cut, noise or of something else, and profiles that cannot be
//! changed.

#![expect(
    clippy::indexing_slicing,
    reason = "a profile without what is looked up fails the test"
)]

use std::io::Write as _;
use std::process::Stdio;

use crate::scene::{OPEN_PROFILE, Run, Scene};

const LOG: &str = "10 execve(\"/a\", [\"a\"], 0x7 /* 2 vars */) = 0\n10 brk(NULL) = 0x1\n10 openat(AT_FDCWD, \"x\", O_RDONLY) = -1 ENOENT (No such file or directory)\n10 exit_group(0) = ?\n10 +++ exited with 0 +++\n";

fn names(profile: &str) -> Vec<String> {
    let profile: serde_json::Value = serde_json::from_str(profile).unwrap();
    let rules = profile["syscalls"].as_array().unwrap().iter();
    let allowed = rules.filter(|rule| rule["action"] == "SCMP_ACT_ALLOW");
    let mut names: Vec<String> = allowed
        .flat_map(|rule| rule["names"].as_array().unwrap())
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[track_caller]
fn generated(scene: &Scene, arguments: &[&str]) -> Run {
    let command = ["seccomp", "generate", "--arch", "amd64"];
    let run = scene.run(&[&command, arguments].concat());
    assert_eq!(run.status, Some(0), "{run:?}");
    run
}

#[test]
fn a_profile_is_printed_or_written_and_nothing_is_said_of_a_whole_log() {
    let scene = Scene::new().write("a.log", LOG);
    let run = generated(&scene, &["--from-strace", "a.log"]);
    assert_eq!(run.err, "");
    let allowed = names(&run.out);
    assert!(allowed.iter().any(|name| name == "openat"));
    assert!(allowed.iter().any(|name| name == "setgroups"), "runc's");
    let written = generated(&scene, &["--from-strace", "a.log", "-o", "a.json"]);
    assert_eq!((written.out.as_str(), written.err.as_str()), ("", ""));
    assert_eq!(
        std::fs::read_to_string(scene.path("a.json")).unwrap(),
        run.out
    );
    assert_eq!(
        scene.places(&["a.json", "--level", "hardened"]),
        Vec::<String>::new()
    );
    let hardened = generated(&scene, &["--from-strace", "a.log", "--no-new-privileges"]);
    assert!(names(&hardened.out).len() < allowed.len());
}

#[test]
fn each_call_is_explained() {
    let scene = Scene::new().write("a.log", LOG);
    let run = generated(
        &scene,
        &["--from-strace", "a.log", "--explain", "--runtime=crun"],
    );
    let line = |name: &str| {
        let mut lines = run.out.lines();
        lines
            .find(|line| line.starts_with(name))
            .unwrap_or_default()
    };
    assert!(line("openat ").ends_with("  seen once; crun makes it before the program starts"));
    assert!(line("restart_syscall ").ends_with("  every program needs it"));
    assert!(!run.out.contains("SCMP_ACT"));
}

#[test]
fn standard_input_and_several_logs() {
    let scene = Scene::new()
        .write("b.log", "10 execve(\"/a\") = 0\n10 ptrace(PTRACE_TRACEME) = 0\n10 exit_group(0) = ?\n")
        .write("kernel.log", "audit: type=1326 audit(1.2:3): pid=1 comm=\"a\" sig=0 arch=c000003e syscall=250 compat=0 ip=0x7 code=0x7ffc0000\n");
    let arguments = [
        "seccomp",
        "generate",
        "--arch=x86_64",
        "--from-strace",
        "-",
        "b.log",
        "--from-audit-log",
        "kernel.log",
    ];
    let mut child = scene
        .command(&arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(LOG.as_bytes())
        .unwrap();
    let run = Run::of(&child.wait_with_output().unwrap());
    let allowed = names(&run.out);
    for name in ["brk", "ptrace", "keyctl"] {
        assert!(allowed.iter().any(|one| one == name), "{name}: {run:?}");
    }
    assert_eq!(
        run.err,
        "caulk: the profile allows what Docker's default stops: `keyctl`\n"
    );
}

#[test]
fn what_is_not_used_is_counted_and_shown() {
    let noise = [
        LOG.as_bytes(),
        b"\x00\xff\x1b[31m noise\n",
        &vec![7; 300_000],
        b"\n10 read(3, \"abc",
    ]
    .concat();
    let scene = Scene::new().write("a.log", noise);
    let run = generated(&scene, &["--from-strace", "a.log"]);
    let lines: Vec<&str> = run.err.lines().collect();
    assert_eq!(
        lines[0],
        "caulk: a.log: 2 of 8 lines are no calls, and were not used"
    );
    assert!(
        lines[1].starts_with("caulk: a.log:6: not used: "),
        "{run:?}"
    );
    assert!(
        lines[3].contains("it ends before the program does"),
        "{run:?}"
    );
    assert!(!run.err.contains('\u{1b}'), "{run:?}");
    assert!(names(&run.out).iter().any(|name| name == "read"));
    let quiet = generated(&scene, &["--from-strace", "a.log", "--quiet"]);
    assert_eq!((quiet.err.as_str(), quiet.out), ("", run.out));
}

#[test]
fn without_a_call_no_profile_is_made() {
    let ltrace = "__libc_start_main(0x401136, 1, 0x7ffe) = 0\nmalloc(10) = 0x5000\nclose(3) = 0\nputs(\"x\") = 2\n";
    let table = "% time     seconds  usecs/call     calls      function\n------ ----------- ----------- --------- --------\n 51.34    0.000421         421         1 read\n";
    for (log, lines) in [
        ("", 0),
        ("\n\n", 2),
        ("the quick brown fox\n", 1),
        (ltrace, 4),
        (table, 3),
    ] {
        let scene = Scene::new().write("a.log", log);
        let run = scene.run(&[
            "seccomp",
            "generate",
            "--quiet",
            "--from-strace",
            "a.log",
            "-o",
            "a.json",
        ]);
        run.assert_refused(&format!(
            "no system call in the {lines} lines of `a.log`: no profile is made"
        ));
        assert!(!scene.path("a.json").exists());
    }
}

#[test]
fn what_cannot_be_done_is_refused_in_one_line() {
    let scene = Scene::new()
        .write("a.log", LOG)
        .write("open.json", OPEN_PROFILE)
        .write(
            "bad.json",
            "{\n  \"defaultAction\": \"SCMP_ACT_ERRNO\",\n  \"syscalls\": 5\n}\n",
        )
        .write("cut.json", "{\"defaultAction\"");
    let from = ["generate", "--from-strace"];
    for (arguments, line) in [
        (
            vec!["generate"],
            "the following required arguments were not provided:",
        ),
        (
            vec!["generate", "--from-strace", "b.log"],
            "no file or folder `b.log`: did you mean `a.log`?",
        ),
        (
            vec!["generate", "--from-strace", "."],
            "`.` is a folder, and a file is wanted",
        ),
        (
            [&from[..], &["a.log", "--arch", "amd46"]].concat(),
            "no architecture `amd46`: did you mean `amd64`?",
        ),
        (
            [&from[..], &["a.log", "--runtime", "rnuc"]].concat(),
            "no `rnuc` for `--runtime <RUNTIME>`: did you mean `runc`?",
        ),
        (
            [&from[..], &["a.log", "--base", "open.json"]].concat(),
            "open.json: it allows every call that it does not name, so nothing can be added to it",
        ),
        (
            vec!["merge", "bad.json"],
            "bad.json:3:15: no container starts with this profile: `syscalls` wants a list, and this is `5`",
        ),
        (
            vec!["merge", "default", "--allow", "keyclt"],
            "no system call `keyclt`: did you mean `keyctl`?",
        ),
        (
            vec!["upgrade", "open.json"],
            "open.json: it is no copy of Docker's default: only 0 of ",
        ),
    ] {
        let run = scene.run(&[&["seccomp"], &arguments[..]].concat());
        assert_eq!((run.status, run.out.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.err.starts_with(&format!("caulk: {line}")), "{run:?}");
        assert_eq!(run.err.lines().count(), 1, "{run:?}");
    }
    let cut = scene.run(&["seccomp", "merge", "cut.json"]);
    assert!(cut.err.starts_with("caulk: cut.json:1:"), "{cut:?}");
}

#[test]
fn the_default_and_two_calls_more() {
    let scene = Scene::new().write("a.log", LOG.replace("brk(NULL)", "bpf(BPF_PROG_LOAD)"));
    let run = scene.run(&[
        "seccomp",
        "merge",
        "--base",
        "default",
        "--allow",
        "keyctl,add_key",
    ]);
    assert_eq!(run.status, Some(0));
    assert_eq!(
        run.err,
        "caulk: 2 calls are allowed that `default` does not allow, or for more arguments: `add_key`, `keyctl`\n"
    );
    let plain = scene.run(&["seccomp", "merge", "default", "--quiet"]);
    let more: Vec<String> = names(&run.out)
        .into_iter()
        .filter(|name| !names(&plain.out).contains(name))
        .collect();
    assert_eq!(more, ["add_key", "keyctl"]);
    let on_base = generated(&scene, &["--from-strace", "a.log", "--base", "default"]);
    let rules: serde_json::Value = serde_json::from_str(&on_base.out).unwrap();
    let names_bpf = |rule: &&serde_json::Value| {
        rule["includes"].is_null() && rule["names"].as_array().unwrap().contains(&"bpf".into())
    };
    assert_eq!(
        rules["syscalls"]
            .as_array()
            .unwrap()
            .iter()
            .filter(names_bpf)
            .count(),
        1
    );
}

#[test]
fn an_old_copy_becomes_todays_by_its_patch() {
    let scene = Scene::new();
    let today = scene.run(&["seccomp", "merge", "default", "--quiet"]).out;
    // As it was in the autumn of 2023, but for what it asks of sockets.
    let later = [
        "cachestat",
        "fchmodat2",
        "futex_requeue",
        "futex_wait",
        "futex_wake",
        "getxattrat",
        "listmount",
        "listxattrat",
        "map_shadow_stack",
        "mseal",
        "removexattrat",
        "setxattrat",
        "statmount",
        "uretprobe",
    ];
    let mut old = today.clone();
    for name in later {
        old = old.replace(&format!("        \"{name}\",\n"), "");
    }
    let io_uring = "        \"io_cancel\",\n        \"io_uring_enter\",\n        \"io_uring_register\",\n        \"io_uring_setup\",\n";
    let old = old.replace("        \"io_cancel\",\n", io_uring);
    let scene = scene.write("a/old.json", &old);
    scene.git(&["init", "--quiet"]);
    let run = scene.run(&["seccomp", "upgrade", "a/old.json"]);
    assert_eq!((run.status, run.err.as_str()), (Some(0), ""));
    let patch = &run.out;
    assert!(
        patch.contains("--- a/a/old.json\n+++ b/a/old.json\n"),
        "{patch}"
    );
    assert!(
        patch.contains("\n#   io_uring_setup: allowed → stopped\n"),
        "{patch}"
    );
    let scene = scene.write("a.patch", patch);
    scene.git(&["apply", "a.patch"]);
    let again = scene.run(&["seccomp", "upgrade", "a/old.json"]).out;
    assert!(again.contains("# there is nothing to change\n"), "{again}");
    let new = std::fs::read_to_string(scene.path("a/old.json")).unwrap();
    assert_eq!(names(&new), names(&today));
    let written = scene.run(&["seccomp", "upgrade", "a/old.json", "--output", "new.json"]);
    assert!(!written.out.contains("+++"), "{}", written.out);
    assert_eq!(
        std::fs::read_to_string(scene.path("new.json")).unwrap(),
        new
    );
}
