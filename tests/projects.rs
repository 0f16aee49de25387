//! Compose projects on the disk: what is found beside what is named.

#![expect(
    clippy::disallowed_methods,
    reason = "it runs the program on files of its own"
)]

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A work tree with these files.
fn scene(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (path, text) in files {
        let place = folder.path().join(path);
        std::fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        std::fs::write(place, text).expect("a file");
    }
    std::fs::create_dir_all(folder.path().join(".git")).expect("a work tree");
    folder
}

/// The findings, a line each: `PATH:LINE: RULE`.
fn findings(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_caulk"))
        .args(["check", "--format", "concise", "--quiet", "--no-progress"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let lines = text.lines().filter_map(|line| {
        let mut parts = line.splitn(4, ':');
        let (path, row) = (parts.next()?, parts.next()?);
        let rule = line.split_once('[')?.1.split_once(']')?.0;
        Some(format!("{path}:{row}: {rule}"))
    });
    lines.collect()
}

const BASE: &str = "services:\n  web:\n    image: ghcr.io/acme/web:1.0\n    privileged: true\n";

#[test]
fn the_override_file_is_read_where_the_base_is_named_and_the_other_way_round() {
    let over = "services:\n  web:\n    pid: host\n    privileged: false\n";
    let scene = scene(&[("compose.yaml", BASE), ("compose.override.yaml", over)]);
    assert_eq!(
        findings(scene.path(), &["compose.yaml"]),
        Vec::<String>::new()
    );
    let pid = ["compose.override.yaml:3: host-namespace"];
    assert_eq!(findings(scene.path(), &["compose.override.yaml"]), pid);
    assert_eq!(findings(scene.path(), &["."]), pid);
}

#[test]
fn an_override_file_that_git_ignores_is_read_and_not_reported() {
    let over = "services:\n  web:\n    pid: host\n    privileged: false\n";
    let scene = scene(&[
        ("compose.yaml", BASE),
        ("compose.override.yaml", over),
        (".gitignore", "*.override.yaml\n"),
    ]);
    assert_eq!(findings(scene.path(), &["."]), Vec::<String>::new());
}

#[test]
fn what_is_included_is_read_by_any_name_and_never_outside() {
    let files = [
        (
            "stack/compose.yaml",
            "include: [../shared/database.stack, ../../outside.yaml]\nservices: {}\n",
        ),
        (
            "shared/database.stack",
            "services:\n  database:\n    image: ghcr.io/acme/db:1.0\n    privileged: true\n",
        ),
    ];
    let scene = scene(&files);
    let all = [
        "shared/database.stack:4: privileged",
        "stack/compose.yaml:1: unresolved-reference",
    ];
    assert_eq!(findings(scene.path(), &["."]), all);
    let named = ["stack/compose.yaml:1: unresolved-reference"];
    assert_eq!(findings(scene.path(), &["stack"]), named);
}

#[cfg(unix)]
#[test]
fn a_folder_a_link_and_a_pipe_are_not_read() {
    let files = [(
        "compose.yaml",
        "include: [folder, link.yaml, pipe.yaml]\nservices:\n  web: {image: x, privileged: true}\n",
    )];
    let scene = scene(&files);
    std::fs::create_dir(scene.path().join("folder")).expect("a folder");
    std::os::unix::fs::symlink("/etc/passwd", scene.path().join("link.yaml")).expect("a link");
    let made = Command::new("mkfifo")
        .arg(scene.path().join("pipe.yaml"))
        .status()
        .expect("mkfifo runs");
    assert!(made.success());
    let found = [
        "compose.yaml:1: unresolved-reference",
        "compose.yaml:1: unresolved-reference",
        "compose.yaml:1: unresolved-reference",
        "compose.yaml:3: privileged",
    ];
    assert_eq!(findings(scene.path(), &["."]), found);
}

#[test]
fn profiles_leave_out_the_services_of_others() {
    let text = "services:\n  always: {image: x, privileged: true}\n  debug: {image: x, privileged: true, \
                profiles: [debug]}\n  test: {image: x, privileged: true, profiles: [test, ci]}\n";
    let scene = scene(&[("compose.yaml", text)]);
    let lines = |arguments: &[&str]| -> Vec<String> {
        let found = findings(scene.path(), arguments);
        let rows = found.iter().filter_map(|line| line.split(':').nth(1));
        rows.map(str::to_owned).collect()
    };
    assert_eq!(lines(&["."]), ["2", "3", "4"]);
    assert_eq!(lines(&["--profile", "debug", "."]), ["2", "3"]);
    assert_eq!(
        lines(&["--profile", "ci", "--profile", "debug", "."]),
        ["2", "3", "4"]
    );
    assert_eq!(lines(&["--profile", "other", "."]), ["2"]);
    assert_eq!(lines(&["--profile", "*", "."]), ["2", "3", "4"]);
}

#[test]
fn variables_come_from_the_file_that_is_named() {
    let text = "services:\n  web: {image: x, privileged: \"${ON}\"}\n";
    let scene = scene(&[
        ("compose.yaml", text),
        (".env", "ON=false\n"),
        ("production.env", "ON=true\n"),
    ]);
    assert_eq!(findings(scene.path(), &["."]), Vec::<String>::new());
    let on = ["compose.yaml:2: privileged"];
    assert_eq!(
        findings(scene.path(), &["--env-file", "production.env", "."]),
        on
    );
}

#[test]
fn a_fix_is_written_into_the_file_that_decides() {
    let over = "services:\n  web:\n    cap_drop: [NET_RAW]\n";
    let base = "services:\n  web:\n    image: postgres:16\n";
    let scene = scene(&[("compose.yaml", base), ("compose.override.yaml", over)]);
    let output = Command::new(env!("CARGO_BIN_EXE_caulk"))
        .args([
            "check",
            "--format",
            "diff",
            "--level",
            "hardened",
            "--select",
            "capabilities-not-dropped",
            ".",
        ])
        .current_dir(scene.path())
        .output()
        .expect("the program runs");
    let patch = String::from_utf8(output.stdout).expect("text");
    assert!(patch.contains("+++ b/compose.override.yaml"), "{patch}");
    assert!(
        patch.contains("-    cap_drop: [NET_RAW]\n+    cap_drop: [NET_RAW, ALL]"),
        "{patch}"
    );
    assert!(!patch.contains("+++ b/compose.yaml"), "{patch}");
}
