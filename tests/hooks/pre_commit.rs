//! `.pre-commit-hooks.yaml` under pre-commit itself.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::repository::{CLOSED, ROOT, Repository};
use crate::selection::skipped;

const SOURCE: &str = env!("CARGO_MANIFEST_DIR");
const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.pre-commit-hooks.yaml");

/// A repository with one finding in what is staged, beside files that the hook leaves alone.
fn scene() -> Repository {
    let repository = Repository::new();
    repository.write("a folder/Dockerfile", ROOT);
    repository.write("-x.Dockerfile", CLOSED);
    repository.write("README.md", "USER root\n");
    repository.add_all();
    repository
}

/// What `pre-commit try-repo` says of a hook, or nothing where pre-commit is not installed.
fn try_repo(repository: &Repository, hooks: &Path, id: &str) -> Option<Output> {
    let path = format!(
        "{}:{}",
        repository.scene.path().join("bin").display(),
        std::env::var("PATH").unwrap()
    );
    let output = Command::new("pre-commit")
        .arg("try-repo")
        .arg(hooks)
        .args([id, "--all-files", "--verbose"])
        .current_dir(repository.path(""))
        .env("PATH", path)
        .env(
            "PRE_COMMIT_HOME",
            repository.scene.path().join("pre-commit"),
        )
        .output();
    if output.is_err() {
        skipped("pre-commit");
    }
    output.ok()
}

#[track_caller]
fn assert_finds(output: &Output) {
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("a folder/Dockerfile:2") && said.contains("runs-as-root"),
        "{said}"
    );
    assert!(!said.contains("README"), "{said}");
}

#[test]
fn the_manifest_is_valid() {
    match Command::new("pre-commit")
        .args(["validate-manifest", MANIFEST])
        .output()
    {
        Ok(output) => assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        ),
        Err(_) => skipped("pre-commit"),
    }
}

#[test]
fn pre_commit_runs_the_installed_caulk() {
    let repository = scene();
    let hooks = repository.scene.path().join("hooks");
    fs::create_dir(&hooks).unwrap();
    fs::copy(MANIFEST, hooks.join(".pre-commit-hooks.yaml")).unwrap();
    for arguments in [
        &["init", "--quiet"][..],
        &["add", "--all"],
        &["commit", "--quiet", "--message=one"],
    ] {
        assert!(repository.git_in(&hooks, arguments).committed);
    }
    if let Some(output) = try_repo(&repository, &hooks, "caulk-system") {
        assert_finds(&output);
    }
}

/// From what is committed, as a user's pre-commit would: `cargo install` without `--locked`. From a clone, because
/// `try-repo` takes the changes of a work tree along.
#[test]
#[ignore = "compiles the whole program, for minutes and from the network: `cargo test --test hooks -- --ignored`"]
fn pre_commit_builds_caulk_from_source() {
    let repository = scene();
    let clone = repository.scene.path().join("source");
    let cloned = repository.git(&["clone", "--quiet", SOURCE, clone.to_str().unwrap()]);
    assert!(cloned.committed, "{}", cloned.said);
    if let Some(output) = try_repo(&repository, &clone, "caulk") {
        assert_finds(&output);
    }
}
