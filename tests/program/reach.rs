//! Which files are read, and which are not.

use std::fs;

use crate::scene::{CLOSED, OPEN_PROFILE, ROOT, Scene};

/// A service of its own that has nothing to report, whatever its image.
const QUIET: &str = "services:\n  web:\n    image: ghcr.io/acme/web:1\n";

const NOTHING: [&str; 0] = [];

#[test]
fn hidden_folders_are_read_and_gits_own_is_not() {
    let scene = Scene::new()
        .write(".devcontainer/Dockerfile", ROOT)
        .write(".git/Dockerfile", ROOT)
        .write("module/.git/Dockerfile", ROOT)
        .write("web/Dockerfile", ROOT);
    assert_eq!(
        scene.places(&["."]),
        [".devcontainer/Dockerfile:2", "web/Dockerfile:2"]
    );
    assert_eq!(
        scene.places(&["--no-ignore"]),
        [".devcontainer/Dockerfile:2", "web/Dockerfile:2"]
    );
    assert_eq!(scene.places(&["--no-hidden"]), ["web/Dockerfile:2"]);
    assert_eq!(
        scene.places(&["--no-hidden", ".devcontainer"]),
        [".devcontainer/Dockerfile:2"],
        "it is named"
    );
}

#[test]
fn what_git_ignores_is_left_alone_unless_it_is_wanted() {
    let scene = Scene::new()
        .write(".gitignore", "/build\n*.local\n")
        .write("build/Dockerfile", ROOT)
        .write("web/.gitignore", "!Dockerfile.local\n")
        .write("web/Dockerfile.local", ROOT)
        .write("Dockerfile.local", ROOT);
    assert_eq!(scene.places(&["."]), ["web/Dockerfile.local:2"]);
    let all = [
        "Dockerfile.local:2",
        "build/Dockerfile:2",
        "web/Dockerfile.local:2",
    ];
    assert_eq!(scene.places(&["--no-ignore"]), all);
    assert_eq!(
        scene.places(&["build/Dockerfile"]),
        ["build/Dockerfile:2"],
        "it is named"
    );
    let forced = [
        "--force-exclude",
        "build/Dockerfile",
        "Dockerfile.local",
        "web/Dockerfile.local",
    ];
    assert_eq!(scene.places(&forced), ["web/Dockerfile.local:2"]);
}

#[test]
fn installed_packages_are_left_alone_unless_they_are_wanted() {
    let scene = Scene::new()
        .write("node_modules/tool/Dockerfile", ROOT)
        .write("vendor/acme/tool/Dockerfile", ROOT)
        .write("vendor/nginx/Dockerfile", ROOT)
        .write("web/Dockerfile", ROOT);
    assert_eq!(
        scene.places(&["."]),
        ["vendor/nginx/Dockerfile:2", "web/Dockerfile:2"]
    );
    let all = [
        "node_modules/tool/Dockerfile:2",
        "vendor/acme/tool/Dockerfile:2",
        "vendor/nginx/Dockerfile:2",
        "web/Dockerfile:2",
    ];
    assert_eq!(scene.places(&["--no-ignore"]), all);
    assert_eq!(
        scene.places(&["vendor/acme/tool"]),
        ["vendor/acme/tool/Dockerfile:2"],
        "it is named"
    );
    assert_eq!(
        scene.places(&["--force-exclude", "vendor/acme/tool/Dockerfile"]),
        NOTHING
    );
}

#[test]
fn an_ignored_file_is_read_where_another_refers_to_it() {
    let compose = "services:\n  web:\n    build: build\n    cap_add: [SYS_ADMIN]\n";
    let scene = |dockerfile| {
        Scene::new()
            .write(".gitignore", "/build\n")
            .write("build/Dockerfile", dockerfile)
            .write("compose.yaml", compose)
    };
    let why = |scene: Scene| scene.run(&["check", "compose.yaml"]).out;
    let root = why(scene(ROOT));
    assert!(root.contains("its first process is root"), "{root}");
    assert!(!why(scene(CLOSED)).contains("its first process is root"));
}

#[test]
fn the_same_place_is_reported_once_however_it_is_named() {
    let scene = Scene::new()
        .write("web/Dockerfile", ROOT)
        .link("again", "web");
    let names = [
        ".",
        "web",
        "./web/Dockerfile",
        "web/../web/Dockerfile",
        "again/Dockerfile",
    ];
    assert_eq!(scene.places(&names), ["web/Dockerfile:2"]);
}

#[test]
fn links_in_a_folder_are_not_followed() {
    let scene = Scene::new()
        .write("../outside/Dockerfile", ROOT)
        .write("../outside/seccomp.json", OPEN_PROFILE)
        .write("web/Dockerfile", ROOT)
        .link("web/loop", ".")
        .link("web/up", "../..")
        .link("one", "two")
        .link("two", "one")
        .link("dangling.Dockerfile", "not-there")
        .link("other", "../outside")
        .link("Dockerfile", "../outside/Dockerfile")
        .link("seccomp.json", "../outside/seccomp.json")
        .link("etc", "/etc");
    assert_eq!(scene.places(&["."]), ["web/Dockerfile:2"]);
}

#[test]
fn nothing_outside_the_root_is_read_because_a_file_refers_to_it() {
    // Each of these would be a finding, or change one, if it were read.
    let services = [
        "build: linked",
        "build: {context: ., dockerfile: linked/Dockerfile}",
        "build: {context: ., dockerfile: file.Dockerfile}",
        "build: ../outside",
        "build: {context: ., dockerfile: ../outside/Dockerfile}",
        "build: {context: OUTSIDE}",
        "security_opt: ['seccomp=linked/seccomp.json']",
        "security_opt: ['seccomp=file.json']",
        "security_opt: ['seccomp=../outside/seccomp.json']",
        "security_opt: ['seccomp=OUTSIDE/seccomp.json']",
        "security_opt: ['seccomp=/etc/passwd']",
        "security_opt: ['seccomp=/dev/zero']",
    ];
    for service in services {
        let scene = Scene::new()
            .write(
                "../outside/Dockerfile",
                "FROM alpine:3.20\nUESR recognisable\nUSER root\n",
            )
            .write("../outside/seccomp.json", OPEN_PROFILE)
            .link("linked", "../outside")
            .link("file.Dockerfile", "../outside/Dockerfile")
            .link("file.json", "../outside/seccomp.json");
        let outside = scene.path("../outside").canonicalize().unwrap();
        let service = service.replace("OUTSIDE", outside.to_str().unwrap());
        let image = if service.starts_with("build") {
            ""
        } else {
            "    image: ghcr.io/acme/web:1\n"
        };
        let compose =
            format!("services:\n  web:\n{image}    cap_add: [SYS_ADMIN]\n    {service}\n");
        let scene = scene.write("compose.yaml", compose);
        for paths in [&["."][..], &["compose.yaml"]] {
            let run = scene.run(&[&["check"], paths].concat());
            assert_eq!((run.status, run.err.as_str()), (Some(1), ""), "{service}");
            assert!(
                run.out.contains("2 findings (")
                    && run.out.contains("[unresolved-reference]")
                    && run.out.contains("; 1 file"),
                "{service}: {}",
                run.out
            );
            for read in [
                "recognisable",
                "first process is root",
                "outside/Dockerfile:",
                "outside/seccomp.json:",
            ] {
                assert!(!run.out.contains(read), "{service}: {}", run.out);
            }
        }
    }
}

#[test]
fn pipes_and_devices_are_passed_by() {
    let compose = "services:\n  web:\n    build: {context: ., dockerfile: pipe}\n  worker:\n    image: \
        ghcr.io/acme/worker:1\n    security_opt: ['seccomp=pipe']\n";
    let scene = Scene::new()
        .write("compose.yaml", compose)
        .pipe("pipe")
        .pipe("Dockerfile")
        .pipe("seccomp.json");
    for paths in [".", "compose.yaml"] {
        let findings = scene.findings(&[paths]);
        let not_read = |line: &&String| line.contains("[unresolved-reference]");
        assert_eq!(findings.iter().filter(not_read).count(), 2, "{findings:?}");
        assert_eq!(findings.len(), 2, "{findings:?}");
    }
}

#[test]
fn only_what_is_nowhere_is_missing() {
    let service = |profile: &str| {
        format!(
            "services:\n  web:\n    image: ghcr.io/acme/web:1\n    security_opt: ['seccomp={profile}']\n"
        )
    };
    let mut scene = Scene::new()
        .write("../outside/seccomp.json", OPEN_PROFILE)
        .write("folder/other.json", "{}")
        .link("linked", "../outside")
        .link("dangling.json", "not-there");
    for (profile, missing) in [
        ("nowhere.json", true),
        ("folder/nowhere.json", true),
        ("nowhere/seccomp.json", true),
        ("linked/seccomp.json", false),
        ("linked/nowhere.json", false),
        ("dangling.json", false),
        ("folder", false),
    ] {
        scene = scene.write("compose.yaml", service(profile));
        let run = scene.run(&["check", "--select", "seccomp-profile-not-found", "."]);
        assert_eq!(
            run.status,
            Some(i32::from(missing)),
            "{profile}: {}",
            run.out
        );
    }
}

#[test]
fn a_name_that_begins_with_a_dash_is_a_name() {
    let scene = Scene::new()
        .write("--exit-zero/Dockerfile", ROOT)
        .write("-x.Dockerfile", ROOT);
    assert_eq!(
        scene.places(&["--", "-x.Dockerfile", "--exit-zero"]),
        ["--exit-zero/Dockerfile:2", "-x.Dockerfile:2"]
    );
    assert_eq!(scene.places(&["./-x.Dockerfile"]), ["-x.Dockerfile:2"]);
}

#[test]
fn an_empty_folder_has_nothing_to_report() {
    let scene = Scene::new();
    let run = scene.run(&["check"]);
    assert_eq!(
        (run.status, run.out.as_str(), run.err.as_str()),
        (Some(0), "nothing here declares a container\n", "")
    );
}

#[test]
fn other_work_trees_are_only_read_where_they_are_named() {
    let scene = Scene::new().write("compose.yaml", QUIET);
    fs::create_dir_all(scene.path("../other/.git")).unwrap();
    let scene = scene.write("../other/Dockerfile", ROOT);
    assert_eq!(scene.findings(&["."]), NOTHING);
    assert_eq!(scene.places(&["../other"]), ["../other/Dockerfile:2"]);
    let run = scene.run(&["check", ".", "../other"]);
    assert_eq!(
        run.status,
        Some(2),
        "a root above both would join them: {run:?}"
    );
}
