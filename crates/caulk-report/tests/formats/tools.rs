//! The real `git apply` and `patch`, in a folder of their own.

use std::path::Path;
use std::process::{Command, Output};

use caulk_report::diff;
use caulk_source::{SourceFile, apply_edits};

use crate::support::Case;

/// Holds the patch of `case` against the tools: it gives exactly `expected`, and reversed it gives
/// the files back. Returns the patch.
pub(crate) fn patch_gives(case: &Case, expected: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let patch = case.render(diff);
    let original: Vec<(&str, Vec<u8>)> = case
        .sources
        .iter()
        .map(|(_, file)| (file.path(), file.bytes().to_vec()))
        .collect();
    for tool in ["git", "patch"] {
        if !is_here(tool) {
            continue;
        }
        let folder = folder_with(&original);
        run(tool, folder.path(), false, &patch);
        compare(tool, folder.path(), expected, &patch);
        if tool == "git" {
            run(tool, folder.path(), true, &patch);
            compare("git apply -R", folder.path(), &original, &patch);
        }
    }
    patch
}

/// Holds a patch against the tools: both take it and come to the same. Lines may have moved.
pub(crate) fn both_take(case: &Case, patch: &str) {
    let original: Vec<(&str, Vec<u8>)> = case
        .sources
        .iter()
        .map(|(_, file)| (file.path(), file.bytes().to_vec()))
        .collect();
    let mut results = Vec::new();
    for tool in ["git", "patch"] {
        if !is_here(tool) {
            continue;
        }
        let folder = folder_with(&original);
        let patch_file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(patch_file.path(), patch).unwrap();
        let arguments: &[&str] = match tool {
            "git" => &["apply"],
            _ => &["-p1", "--batch", "--fuzz=0", "--binary", "-i"],
        };
        let output = Command::new(tool)
            .args(arguments)
            .arg(patch_file.path())
            .current_dir(folder.path())
            .env("GIT_CEILING_DIRECTORIES", folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{tool}: {said}\n{patch}");
        let bytes = original
            .iter()
            .map(|(path, _)| std::fs::read(folder.path().join(path)).unwrap());
        results.push(bytes.collect::<Vec<_>>());
    }
    let alike = results.windows(2).all(|pair| pair[0] == pair[1]);
    assert!(alike, "the tools differ:\n{patch}");
}

/// [`patch_gives`] what every fix of the report does, all of them together.
pub(crate) fn patch_does_every_fix(case: &Case) -> Vec<u8> {
    let after = |file: &SourceFile| {
        let mut edits: Vec<_> = case
            .report
            .findings
            .iter()
            .flat_map(|reported| &reported.fix)
            .flat_map(|fix| fix.edits.clone())
            .filter(|edit| edit.span.file == case.id(file.path()))
            .collect();
        edits.sort();
        edits.dedup();
        apply_edits(file.bytes(), &edits).unwrap()
    };
    let expected: Vec<(&str, Vec<u8>)> = case
        .sources
        .iter()
        .map(|(_, file)| (file.path(), after(file)))
        .collect();
    patch_gives(case, &expected)
}

fn is_here(tool: &str) -> bool {
    let is_here = Command::new(tool).arg("--version").output().is_ok();
    if !is_here {
        use std::io::Write as _;
        let _ = writeln!(
            std::io::stderr(),
            "skipped: there is no `{tool}` here to try patches with"
        );
    }
    is_here
}

fn folder_with(files: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

fn run(tool: &str, folder: &Path, reverse: bool, patch: &[u8]) {
    let patch_file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(patch_file.path(), patch).unwrap();
    let calls: &[&[&str]] = match (tool, reverse) {
        ("git", false) => &[&["apply", "--check", "-v"], &["apply", "-v"]],
        ("git", true) => &[&["apply", "-R", "-v"]],
        _ => &[&["-p1", "--batch", "--fuzz=0", "--binary", "-i"]],
    };
    for arguments in calls {
        let output = Command::new(tool)
            .args(*arguments)
            .arg(patch_file.path())
            .current_dir(folder)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CEILING_DIRECTORIES", folder)
            .output()
            .unwrap();
        check(&output, tool, arguments, patch);
    }
}

fn check(output: &Output, tool: &str, arguments: &[&str], patch: &[u8]) {
    let said = String::from_utf8_lossy(&output.stderr);
    let printed = String::from_utf8_lossy(&output.stdout);
    let patch = String::from_utf8_lossy(patch);
    assert!(
        output.status.success(),
        "{tool} {arguments:?}: {said}{printed}\n{patch}"
    );
    let searched = said.contains("offset") || printed.contains("offset");
    assert!(
        !searched,
        "{tool} {arguments:?} had to search: {said}{printed}\n{patch}"
    );
}

fn compare(tool: &str, folder: &Path, expected: &[(&str, Vec<u8>)], patch: &[u8]) {
    for (path, bytes) in expected {
        let found = std::fs::read(folder.join(path)).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&found),
            String::from_utf8_lossy(bytes),
            "{tool}, {path}:\n{}",
            String::from_utf8_lossy(patch)
        );
        assert_eq!(&found, bytes, "{tool}, {path}");
    }
}
