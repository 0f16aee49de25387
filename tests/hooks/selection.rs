//! Which files the hook and the manifest choose.

use std::fs;
use std::io::{Write as _, stderr};
use std::process::Command;

use crate::repository::Repository;

/// Names that both take, sorted.
const CHOSEN: &[&str] = &[
    "Containerfile",
    "DOCKERFILE",
    "Dockerfile-dev",
    "Dockerfile_arm",
    "a/Dockerfile.dev",
    "a/containerfile",
    "a/dev.Dockerfile",
    "a/my-dockerfile",
    "b/prod.dockerfile.tmp",
    "compose.yaml",
    "deploy/Compose.Prod.yml",
    "deploy/docker-compose.override.yaml",
    "seccomp/deep/web.json",
    "seccomp/web.json",
    "x/my-seccomp-profile.json",
];
/// Names that neither takes.
const OTHERS: &[&str] = &[
    "Dockerfile.dockerignore",
    "Dockerfile.md",
    "README.md",
    "a/Dockerfile.web.bak",
    "a/dockerfile.rs",
    "b/mydockerfile",
    "dockerfiles/readme.txt",
    "mycompose.txt",
    "package.json",
    "seccomp/README.md",
    "seccomp.rs",
];

/// The names that the manifest's expressions take, by Python, whose expressions pre-commit uses.
fn taken_by_manifest(names: &[&str]) -> Option<Vec<String>> {
    let program = r#"
import re, sys
text = open(sys.argv[1]).read()
files = text.split("files: &files |\n")[1].split("exclude:")[0].strip()
exclude = text.split("exclude: &exclude |\n")[1].split("require_serial:")[0].strip()
for name in sys.argv[2:]:
    if re.search(files, name) and not re.search(exclude, name):
        print(name)
"#;
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/.pre-commit-hooks.yaml");
    let output = Command::new("python3")
        .args(["-c", program, manifest])
        .args(names)
        .output()
        .ok()?;
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(
        String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect(),
    )
}

#[test]
fn the_hook_and_the_manifest_choose_the_same_files() {
    let all = [CHOSEN, OTHERS].concat();

    // The hook's own choice, with a `caulk` that only says what it is asked to read.
    let repository = Repository::new().without_caulk();
    let echo = repository.scene.path().join("bin/caulk");
    fs::write(
        &echo,
        "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done; shift; printf 'asked %s\\n' \"$@\"\n",
    )
    .unwrap();
    assert!(
        Command::new("chmod")
            .arg("+x")
            .arg(&echo)
            .status()
            .unwrap()
            .success()
    );
    for name in &all {
        repository.write(name, "x\n");
    }
    repository.add_all();
    let outcome = repository.commit();
    outcome.assert_passes();
    let mut asked: Vec<&str> = outcome
        .said
        .lines()
        .filter_map(|line| line.strip_prefix("asked "))
        .collect();
    asked.sort_unstable();
    assert_eq!(asked, CHOSEN);

    match taken_by_manifest(&all) {
        Some(taken) => assert_eq!(taken, CHOSEN),
        None => skipped("python3"),
    }
}

pub(crate) fn skipped(program: &str) {
    // Nothing to do where stderr is closed.
    let _ = writeln!(stderr(), "skipped: {program} is not installed");
}
