use crate::scene::{OWN, Scene, flat};

#[test]
fn the_status_says_whether_the_second_is_broader() {
    let narrower = OWN.replace(", \"keyctl\"", "");
    let scene = Scene::new()
        .write("narrower.json", narrower)
        .write("empty.json", "{}");
    for (arguments, status, first) in [
        (
            ["default", "default"],
            0,
            "the second does exactly what the first does",
        ),
        (
            ["narrower.json", "own.json"],
            1,
            "`own.json` opens 1 call that `narrower.json` shuts",
        ),
        (
            ["own.json", "narrower.json"],
            0,
            "`narrower.json` opens nothing that `own.json` shuts, and shuts 1 call that it opens",
        ),
        (
            ["default", "own.json"],
            1,
            "`own.json` opens 1 call that Docker's default shuts, and shuts 304 calls that it opens and \
             kills programs for x32",
        ),
        (
            ["default", "empty.json"],
            1,
            "`empty.json` opens 80 calls that Docker's default shuts",
        ),
    ] {
        let run = scene.run(&["diff", arguments[0], arguments[1]]);
        assert_eq!(
            (run.status, run.err.as_str()),
            (Some(status), ""),
            "{arguments:?}"
        );
        assert!(flat(&run.out).starts_with(first), "{first}\n{}", run.out);
    }
}

#[test]
fn arguments_show_what_is_different() {
    let other = OWN.replace("\"value\": 1,", "\"value\": 40,");
    let scene = Scene::new().write("other.json", other);
    let run = scene.run(&["diff", "own.json", "other.json"]);
    assert_eq!(run.status, Some(1));
    let text = flat(&run.out);
    for part in [
        "open in `other.json`, and not in `own.json`",
        "socket(x86_64) family = AF_VSOCK (40): fails with EPERM → allowed",
        "family = AF_UNIX (1): allowed → fails with EPERM",
        "high socket with the family AF_VSOCK: lets a process talk to services",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    // Through `socketcall` no filter sees the family, so nothing differs there.
    assert!(!text.contains("socketcall"), "{text}");
    assert!(!text.contains("AF_ALG"), "{text}");
}

#[test]
fn it_depends_on_the_container() {
    let scene = Scene::new();
    let opened = |arguments: &[&str]| {
        let mut typed = vec!["diff", "default", "own.json"];
        typed.extend(arguments);
        flat(&scene.run(&typed).out)
    };
    // Docker's default opens `mount` with the capability, too.
    assert!(!opened(&["--cap", "SYS_ADMIN"]).contains("mount,"));
    let text = opened(&["--engine", "oci"]);
    assert!(text.contains("mount"), "{text}");
}

#[test]
fn an_abi_that_only_one_of_them_lists() {
    let bare = OWN.replace(", \"subArchitectures\": [\"SCMP_ARCH_X86\"]", "");
    let scene = Scene::new().write("bare.json", bare);
    let run = scene.run(&["diff", "bare.json", "own.json"]);
    assert_eq!(run.status, Some(1));
    let text = flat(&run.out);
    assert!(
        text.starts_with("`own.json` lets programs for x86 run"),
        "{text}"
    );
    assert!(
        text.contains(
            "x86 `own.json` lets 7 calls through; `bare.json` does not list this ABI, so whoever \
             comes by it is killed"
        ),
        "{text}"
    );
}

#[test]
fn standard_input_is_one_of_them_at_most() {
    let scene = Scene::new();
    let run = scene.fed(&["diff", "own.json", "-"], OWN);
    assert_eq!(run.status, Some(0));
    assert!(
        run.out
            .starts_with("standard input does exactly what `own.json` does\n"),
        "{run:?}"
    );
    scene.refuses(
        &["diff", "-", "-"],
        "standard input can be one of the profiles, not both",
    );
}

#[test]
fn two_files_of_one_name_are_told_apart() {
    let scene = Scene::new();
    std::fs::create_dir(scene.path("old")).unwrap();
    let scene = scene.write("old/own.json", OWN.replace(", \"keyctl\"", ""));
    let text = scene.run(&["diff", "old/own.json", "own.json"]).out;
    assert!(
        text.contains("open in `own.json`, and not in `old/own.json`"),
        "{text}"
    );
}
