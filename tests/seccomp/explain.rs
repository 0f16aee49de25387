use crate::scene::{Scene, flat};

#[test]
fn the_whole_of_a_profile() {
    let scene = Scene::new();
    let text = scene.printed(&["explain", "own.json"]);
    let first = text.lines().next().unwrap();
    assert!(
        first.starts_with("`own.json` opens 1 call that Docker's default shuts, and shuts "),
        "{first}"
    );
    for part in [
        "on x86_64 with Docker, runc and Linux 6.1, for the default capabilities",
        "A call that no rule names fails with EPERM (own.json:2:20); one that is newer than the last \
         that is named (`openat`) fails with ENOSYS, as runc answers it.",
        "open here, and not in Docker's default high keyctl: lets a process use the kernel's keyrings",
        "x32 not listed: whoever comes by it is killed",
        "conditional socket: allowed where family is AF_UNIX (1); otherwise fails with EPERM",
        "observed ptrace",
        "keys: 1 of 3 calls allowed keyctl denied add_key request_key",
        "`caulk seccomp explain own.json CALL` says which rule decides, and where.",
    ] {
        assert!(flat(&text).contains(part), "{part}\n{text}");
    }
    let row = text
        .lines()
        .find(|line| line.starts_with("x86_64 "))
        .unwrap();
    let row = flat(row);
    assert!(
        row.starts_with("x86_64 5 (-301) 1 (-2) 1 (+1) 378"),
        "{row}"
    );
}

/// What is asked, and a part of the answer.
const ANSWERS: &[(&[&str], &str)] = &[
    (&["keyctl"], "keyctl is allowed `own.json`, on x86_64"),
    (&["keyctl"], "decided by own.json:6:47"),
    (
        &["keyctl"],
        "default with Docker's default it fails with EPERM",
    ),
    (
        &["keyctl"],
        "opens lets a process use the kernel's keyrings",
    ),
    (&["read"], "default Docker's default does the same"),
    (&["read"], "other ABIs the same on x86"),
    (&["SYS_read"], "read is allowed"),
    (&["0"], "read is allowed"),
    (&["socket"], "socket is allowed only for some arguments"),
    (
        &["socket"],
        "allowed where family is AF_UNIX (1): own.json:8:17",
    ),
    (&["socket", "AF_UNIX"], "socket(AF_UNIX) is allowed"),
    (&["socket", "unix"], "socket(AF_UNIX) is allowed"),
    (
        &["socket", "1", "0x80001"],
        "socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC) is allowed",
    ),
    (&["socket", "0x28"], "socket(AF_VSOCK) fails with EPERM"),
    (
        &["socket", "0x28"],
        "opens with the family AF_VSOCK it lets a process talk to services",
    ),
    (&["socket", "-1"], "fails with EPERM"),
    (
        &["socket"],
        "also `socketcall` on x86 reaches it too, where no filter sees its arguments: allowed",
    ),
    (&["mount"], "mount fails with EPERM"),
    (
        &["mount"],
        "not applied own.json:11:16: allowed with CAP_SYS_ADMIN",
    ),
    (
        &["mount", "--cap", "sys_admin"],
        "decided by own.json:11:16",
    ),
    (
        &["mount", "--cap", "CAP_SYS_ADMIN"],
        "the default capabilities and SYS_ADMIN",
    ),
    (
        &["mount", "--cap-add", "ALL"],
        "for a container with every capability",
    ),
    (&["ptrace"], "ptrace is allowed and logged"),
    (
        &["ptrace", "--kernel", "4.19.0-13"],
        "not applied own.json:12:16: allowed and logged from Linux 5.4",
    ),
    (&["clone3"], "clone3 fails with ENOSYS"),
    (
        &["clone3"],
        "it is newer than every call that the profile names (the last is `openat`)",
    ),
    (&["clone3", "--runtime", "crun"], "clone3 fails with EPERM"),
    (
        &["openat", "--arch", "arm64"],
        "openat is allowed `own.json`, on aarch64",
    ),
    (&["open", "--arch", "arm64"], "open on arm kills the thread"),
    (
        &["open", "--arch", "arm64"],
        "on aarch64 it has no such call: `openat` does the same there",
    ),
    (
        &["socketcall"],
        "socketcall on x86 is allowed only for some arguments",
    ),
    (
        &["socketcall"],
        "allowed where call is socket (1): own.json:8:17",
    ),
];

#[test]
fn one_call_and_the_rule_that_decides() {
    let scene = Scene::new();
    for (arguments, expected) in ANSWERS {
        let mut typed = vec!["explain", "own.json"];
        typed.extend(*arguments);
        let text = flat(&scene.printed(&typed));
        assert!(text.contains(expected), "{typed:?}: {expected}\n{text}");
    }
}

#[test]
fn rules_that_libseccomp_orders_are_not_decided() {
    let text = r#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
        {"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 1, "value": 5, "op": "SCMP_CMP_EQ"}]},
        {"names": ["ioctl"], "action": "SCMP_ACT_KILL", "args": [{"index": 1, "value": 10, "op": "SCMP_CMP_LT"}]}]}"#;
    let scene = Scene::new().write("mixed.json", text);
    let said = flat(&scene.printed(&["explain", "mixed.json", "ioctl", "0", "5"]));
    assert!(
        said.contains("is allowed or kills the thread: nobody should rely on either"),
        "{said}"
    );
    assert!(
        said.contains("mixed.json:2:20 and 3:20 speak of it"),
        "{said}"
    );
}

#[test]
fn docker_s_default_has_rules_and_no_places() {
    let scene = Scene::new();
    let text = scene.printed(&["explain", "default"]);
    assert!(
        text.starts_with("Docker's default allows 306 of 385 calls, and 3 for some arguments\n"),
        "{text}"
    );
    let text = flat(&scene.printed(&["explain", "default", "socket", "AF_NFC"]));
    assert!(text.contains("socket(AF_NFC) is allowed"), "{text}");
    assert!(
        text.contains("of Docker's default") && !text.contains("default:"),
        "{text}"
    );
}

#[test]
fn no_filter_at_all() {
    let scene = Scene::new().write("empty.json", "{}");
    let text = scene.printed(&["explain", "empty.json"]);
    assert!(
        text.starts_with("`empty.json` is no filter: it has neither"),
        "{text}"
    );
    let text = flat(&scene.printed(&["explain", "empty.json", "mount"]));
    assert!(
        text.contains("mount is allowed") && text.contains("no filter is there"),
        "{text}"
    );
}

#[test]
fn standard_input_is_a_profile() {
    let scene = Scene::new();
    let run = scene.fed(&["explain", "-", "keyctl"], crate::scene::OWN);
    assert_eq!(run.status, Some(0));
    assert!(
        flat(&run.out).starts_with("keyctl is allowed standard input, on x86_64"),
        "{run:?}"
    );
}

#[test]
fn who_reads_it_matters() {
    // containerd hands the file on: what only engines read is nothing to a runtime.
    let scene = Scene::new();
    let text = flat(&scene.printed(&["explain", "own.json", "mount", "--engine", "oci"]));
    assert!(text.starts_with("mount is allowed"), "{text}");
    let text = flat(&scene.printed(&[
        "explain", "own.json", "ptrace", "--engine", "podman", "--kernel", "4.1",
    ]));
    assert!(
        text.starts_with("ptrace is allowed and logged"),
        "Podman knows no minKernel: {text}"
    );
    assert!(text.contains("with Podman, crun and Linux 4.1"), "{text}");
}

#[test]
fn words_that_mean_nothing_are_one_line() {
    let scene = Scene::new();
    for (arguments, line) in [
        (
            &["own.json", "opnat"][..],
            "no system call `opnat`: did you mean `openat`?",
        ),
        (
            &["own.json", "pread"],
            "no system call `pread`: did you mean `pread64`?",
        ),
        (
            &["own.json", "printf"],
            "no system call `printf`: it is a function of the C library, which calls `write`",
        ),
        (
            &["own.json", "banana_split"],
            "no system call `banana_split`",
        ),
        (
            &["own.json", "open", "--arch", "riscv64"],
            "riscv64 has no system call `open`: `openat` does the same there",
        ),
        (
            &["own.json", "socket", "AF_VSOK"],
            "`family` of `socket` cannot be `AF_VSOK`: did you mean `AF_VSOCK`?",
        ),
        (
            &["own.json", "socket", "1", "2", "3", "4"],
            "`socket` takes 3 arguments",
        ),
        (
            &["own.json", "--arch", "amd46"],
            "no machine `amd46`: did you mean `amd64`?",
        ),
        (
            &["own.json", "--arch", "x32"],
            "`x32` is no machine of its own: it is shown beside the one that runs it",
        ),
        (
            &["own.json", "--cap", "SYS_ADMN"],
            "`SYS_ADMN` is no capability, did you mean `SYS_ADMIN`?",
        ),
        (
            &["own.json", "--kernel", "six"],
            "no kernel `six`: a kernel's version begins with two numbers and a dot, like `6.1`",
        ),
        (
            &["own.jsn"],
            "no file or folder `own.jsn`: did you mean `own.json`?",
        ),
        (
            &["own.json", "--runtime", "runcc"],
            "no `runcc` for `--runtime <RUNTIME>`: did you mean `runc`?",
        ),
    ] {
        let mut typed = vec!["explain"];
        typed.extend(arguments);
        scene.refuses(&typed, line);
    }
}

#[test]
fn lines_keep_to_the_width_and_colours_to_terminals() {
    let scene = Scene::new();
    let plain = scene.printed(&["explain", "own.json"]);
    assert!(
        plain.lines().all(|line| line.chars().count() <= 100),
        "{plain}"
    );
    assert!(!plain.contains('\u{1b}'));
    let colored = scene.printed(&["explain", "own.json", "--color", "always"]);
    let mut bare = String::new();
    for (at, part) in colored.split('\u{1b}').enumerate() {
        let rest = if at == 0 {
            part
        } else {
            part.split_once('m').unwrap().1
        };
        bare.push_str(rest);
    }
    assert!(colored.contains('\u{1b}'));
    assert_eq!(bare, plain);
}
