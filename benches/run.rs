//! How long a whole run takes: what a commit hook feels like.
//!
//! `one_file` is a run over a folder with one Dockerfile, `nothing` is `caulk --version`, a run that
//! does nothing, and `corpus` is a run over every project of the corpus.

#![expect(
    clippy::disallowed_methods,
    reason = "a bench starts the program and reads the corpus"
)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

fn main() {
    divan::main();
}

fn run(arguments: &[&str], folder: &Path) {
    let status = Command::new(env!("CARGO_BIN_EXE_caulk"))
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(status.is_ok_and(|status| status.code().is_some_and(|code| code < 2)));
}

#[divan::bench]
fn nothing() {
    run(&["--version"], Path::new("."));
}

#[divan::bench]
fn one_file(bencher: divan::Bencher<'_, '_>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(
        folder.path().join("Dockerfile"),
        "FROM alpine:3.20\nCMD [\"x\"]\n",
    )
    .expect("a file");
    bencher.bench(|| run(&["check", "."], folder.path()));
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn corpus(bencher: divan::Bencher<'_, '_>) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/projects");
    if !corpus.is_dir() {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: there is no ../shared/corpus beside the project"
        );
        return;
    }
    bencher.bench(|| run(&["check", ".", "--format", "concise"], &corpus));
}
