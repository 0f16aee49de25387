//! `examples/insecure` shows what its README says, and `examples/hardened` shows nothing.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "these tests drive the program, git and the disk"
)]
#![expect(
    clippy::unwrap_used,
    reason = "a failure of the scene is a failure of the test"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");

/// Every finding in `examples/insecure`: severity, rule, file, line, and whether there is a fix.
const INSECURE: &[(&str, &str, &str, u64, bool)] = &[
    ("high", "secret-in-environment", "compose.yaml", 11, false),
    ("high", "capability-added", "compose.yaml", 13, true),
    ("critical", "capability-added", "compose.yaml", 14, true),
    ("critical", "privileged", "compose.yaml", 23, true),
    (
        "critical",
        "runtime-socket-mounted",
        "compose.yaml",
        28,
        false,
    ),
    ("high", "seccomp-disabled", "compose.yaml", 39, true),
    (
        "high",
        "seccomp-allows-by-default",
        "seccomp/web.json",
        2,
        false,
    ),
    (
        "high",
        "seccomp-filter-bypassed",
        "seccomp/web.json",
        2,
        false,
    ),
    ("high", "runs-as-root", "web/Dockerfile", 7, true),
    ("high", "runs-as-root", "worker/Dockerfile", 13, false),
];

/// What `caulk check` reports on a folder, seen from inside it: rows like those of [`INSECURE`].
fn report(folder: &Path) -> Vec<(String, String, String, u64, bool)> {
    let output = caulk(folder, "json");
    let report: Value = serde_json::from_slice(&output).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let row = |one: &Value| {
        let line = one["line"].as_u64().unwrap();
        (
            text(&one["severity"]),
            text(&one["rule"]),
            text(&one["path"]),
            line,
            one["fix"].is_object(),
        )
    };
    let findings = report.get("findings").and_then(Value::as_array);
    findings.unwrap().iter().map(row).collect()
}

fn caulk(folder: &Path, format: &str) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_caulk"))
        .args(["check", "--exit-zero", "--format", format])
        .current_dir(folder)
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*said), (Some(0), ""));
    output.stdout
}

fn owned(row: &(&str, &str, &str, u64, bool)) -> (String, String, String, u64, bool) {
    let (severity, rule, path, line, has_fix) = *row;
    (
        severity.to_owned(),
        rule.to_owned(),
        path.to_owned(),
        line,
        has_fix,
    )
}

#[test]
fn the_insecure_example_reports_what_is_written_here() {
    let wanted: Vec<_> = INSECURE.iter().map(owned).collect();
    assert_eq!(report(&Path::new(EXAMPLES).join("insecure")), wanted);
}

#[test]
fn its_readme_names_the_same_rules_in_the_same_files() {
    let readme = fs::read_to_string(Path::new(EXAMPLES).join("insecure/README.md")).unwrap();
    let rows = readme.lines().filter(|line| line.starts_with("| `"));
    let named: BTreeSet<(&str, &str)> = rows
        .map(|row| {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let file = cells[1].split('`').nth(1).unwrap();
            (file, cells[4].trim_matches('`'))
        })
        .collect();
    let reported = INSECURE
        .iter()
        .map(|(_, rule, file, _, _)| (*file, *rule))
        .collect();
    assert_eq!(named, reported);
}

#[test]
fn the_hardened_example_reports_nothing() {
    assert_eq!(report(&Path::new(EXAMPLES).join("hardened")), []);
}

#[test]
fn the_patch_leaves_only_what_has_no_fix() {
    let scene = TempDir::new().unwrap();
    let copy = scene.path().join("copy");
    let run = |program: &str, arguments: &[&Path]| {
        let done = Command::new(program)
            .args(arguments)
            .current_dir(scene.path())
            .status();
        assert!(done.unwrap().success(), "{program} {arguments:?}");
    };
    run(
        "cp",
        &[
            Path::new("-R"),
            &Path::new(EXAMPLES).join("insecure"),
            &copy,
        ],
    );
    run("git", &[Path::new("init"), Path::new("--quiet"), &copy]);
    fs::write(copy.join("patch"), caulk(&copy, "diff")).unwrap();
    run(
        "git",
        &[
            Path::new("-C"),
            &copy,
            Path::new("apply"),
            Path::new("patch"),
        ],
    );
    // The lines move.
    let what = |(severity, rule, file, _, has_fix): (String, String, String, u64, bool)| {
        (severity, rule, file, has_fix)
    };
    // These two have a fix once privileged mode is gone, and the patch goes on to it.
    let then = ["compose.yaml", "worker/Dockerfile"];
    let is_next = |rule: &str, file: &str| {
        matches!(rule, "runtime-socket-mounted" | "runs-as-root") && then.contains(&file)
    };
    let unfixed = INSECURE.iter().filter(|(_, _, _, _, has_fix)| !has_fix);
    let unfixed = unfixed.filter(|(_, rule, file, _, _)| !is_next(rule, file));
    let left = report(&copy).into_iter().map(what);
    assert_eq!(
        left.collect::<Vec<_>>(),
        unfixed.map(owned).map(what).collect::<Vec<_>>()
    );
}
