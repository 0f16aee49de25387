//! Bytes per second of the Dockerfile reader and of the shell reader, on real files.

#![expect(
    clippy::disallowed_methods,
    reason = "a bench reads the corpus from the disk"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};

use caulk_source::{FileId, decode};
use caulk_syntax::Joined;
use caulk_syntax::dockerfile::Keyword;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

/// The Dockerfiles of the corpus, or none, said where a person sees it.
fn files() -> Vec<String> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/projects");
    let mut folders: Vec<PathBuf> = vec![corpus];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name == "Dockerfile") {
                files.extend(std::fs::read(path).map(|bytes| decode(&bytes)));
            }
        }
    }
    if files.is_empty() {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: there is no ../shared/corpus beside the project"
        );
    }
    files
}

#[divan::bench]
fn read_all(bencher: divan::Bencher<'_, '_>) {
    let files = files();
    let bytes: usize = files.iter().map(String::len).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        for text in &files {
            divan::black_box(caulk_syntax::dockerfile::parse(FileId::FIRST, text));
        }
    });
}

/// The bytes per second of the shell reader, on the `RUN` bodies of the same files.
#[divan::bench]
fn read_shell(bencher: divan::Bencher<'_, '_>) {
    let mut bodies: Vec<Joined> = Vec::new();
    for text in files() {
        let dockerfile = caulk_syntax::dockerfile::parse(FileId::FIRST, &text);
        let runs = dockerfile.instructions.iter();
        let runs = runs.filter(|step| step.keyword == Keyword::Run);
        bodies.extend(runs.filter_map(|step| Some(step.script(&text)?.text)));
    }
    let bytes: usize = bodies.iter().map(|body| body.text().len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        for body in &bodies {
            divan::black_box(caulk_syntax::shell::parse(body));
        }
    });
}
