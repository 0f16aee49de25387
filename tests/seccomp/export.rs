use std::process::{Command, Stdio};

use crate::scene::{Run, Scene, has, skip};

#[test]
fn a_program_of_whole_instructions() {
    let scene = Scene::new();
    for profile in ["own.json", "default"] {
        let output = scene
            .command(&["export", profile, "--format", "bpf"])
            .output()
            .unwrap();
        assert!(output.status.success() && !output.stdout.is_empty());
        assert_eq!(output.stdout.len() % 8, 0, "an instruction has eight bytes");
        assert_eq!(
            scene.printed(&["export", profile, "--format", "bpf", "--output", "x.bpf"]),
            ""
        );
        assert_eq!(std::fs::read(scene.path("x.bpf")).unwrap(), output.stdout);
    }
}

#[test]
fn a_text_for_people() {
    let text = Scene::new().printed(&["export", "own.json", "--format", "pfc"]);
    for part in [
        "# architecture x86_64",
        "if ($syscall == 41) # socket",
        "if (arg0 == 0x1)",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn a_terminal_gets_no_program() {
    // `script` gives the program a terminal to write to.
    if !has("script") {
        return;
    }
    let scene = Scene::new();
    let line = format!(
        "'{}' seccomp export own.json --format bpf",
        env!("CARGO_BIN_EXE_caulk")
    );
    let output = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .current_dir(scene.path(""))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("a filter program is not for a terminal"),
        "{said}"
    );
}

#[test]
fn what_cannot_be_exported() {
    let scene = Scene::new().write("empty.json", "{}");
    scene.refuses(
        &["export", "empty.json", "--format", "bpf"],
        "neither a default action nor a rule: the engine makes no filter of it",
    );
    scene.refuses(
        &["export", "own.json", "--format", "elf"],
        "no `elf` for `--format <FORMAT>`: it is one of bpf, pfc",
    );
    let run = scene.run(&["export", "own.json"]);
    assert_eq!(run.status, Some(2), "a format has to be said: {run:?}");
}

/// What a command leaves that bubblewrap runs under a filter, or under none.
fn under(scene: &Scene, filter: Option<&str>, command: &str) -> Run {
    let filter = filter.map(|name| format!("--seccomp 9 9<{name} "));
    let line = format!(
        "exec bwrap --ro-bind / / --dev /dev --proc /proc --tmpfs /tmp {}{command}",
        filter.unwrap_or_default()
    );
    let output = Command::new("sh")
        .args(["-c", &line])
        .current_dir(scene.path(""))
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Run::of(&output)
}

#[test]
fn the_kernel_loads_it_around_a_program() {
    if !has("bwrap") {
        return;
    }
    let denies = r#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 30}]}"#;
    let scene = Scene::new().write("denies.json", denies);
    if under(&scene, None, "mkdir /tmp/made").status != Some(0) {
        skip("bwrap cannot make its namespaces here");
        return;
    }
    let arch = std::env::consts::ARCH;
    for (name, arguments) in [
        ("denies", &["denies.json"][..]),
        ("default", &["default"]),
        ("admin", &["default", "--cap", "SYS_ADMIN"]),
    ] {
        let mut typed = vec![
            "export", "--format", "bpf", "--output", name, "--arch", arch,
        ];
        typed.extend(arguments);
        scene.printed(&typed);
    }
    for (filter, command, fails_with) in [
        ("denies", "mkdir /tmp/made", Some("Read-only file system")),
        ("denies", "true", None),
        ("default", "mkdir /tmp/made", None),
        (
            "default",
            "unshare --user true",
            Some("Operation not permitted"),
        ),
        ("admin", "unshare --user true", None),
        // Decided by the argument: one persona is in Docker's list, and one flag is not.
        ("default", "setarch --uname-2.6 true", None),
        (
            "default",
            "setarch --addr-no-randomize true",
            Some("Operation not permitted"),
        ),
    ] {
        if under(&scene, None, command).status != Some(0) {
            skip(&format!("`{command}` fails here without a filter"));
            continue;
        }
        let run = under(&scene, Some(filter), command);
        match fails_with {
            None => assert_eq!(run.status, Some(0), "{filter} {command}: {run:?}"),
            Some(words) => {
                assert!(
                    run.status != Some(0) && run.err.contains(words),
                    "{filter} {command}: {run:?}"
                );
            }
        }
    }
}
