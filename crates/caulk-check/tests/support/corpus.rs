//! The corpus beside the project.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read the corpus from the disk"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};

use caulk_check::{Wanted, may_matter};
use caulk_source::SourceFile;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut folders = vec![folder.to_path_buf()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files
}

/// The files of the corpus that may matter, or none, said where a person sees it.
pub(crate) fn corpus(test: &str) -> Vec<SourceFile> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/projects");
    let sources = files(&corpus).into_iter().filter_map(|path| {
        let name = path.strip_prefix(&corpus).ok()?.to_str()?;
        let wanted = may_matter(name) != Wanted::No;
        wanted.then(|| SourceFile::new(name, std::fs::read(&path).expect("a corpus file")))
    });
    let sources: Vec<SourceFile> = sources.collect();
    if sources.is_empty() {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: {test}: there is no ../shared/corpus beside the project"
        );
    }
    sources
}
