//! Every real file is read, and only what an engine refuses is called unreadable.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read the corpus from the disk"
)]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use caulk_check::{Settings, Wanted, check, may_matter};
use caulk_source::{SourceFile, Sources};

/// Files whose own text no engine takes: a list of tasks that is merely called `compose.yml`, a
/// link that was checked out as text, a file that is broken on purpose, and a template.
const REFUSED: &[&str] = &[
    "containers+podman-compose/examples/awx17/roles/local_docker/tasks/compose.yml",
    "containers+podman-compose/tests/integration/filesystem/compose_symlink/docker-compose.yml",
    "containers+podman-compose/tests/integration/parse-error/docker-compose-error.yml",
    "docker-library+mysql/Dockerfile.oracle",
];

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

#[test]
fn only_what_an_engine_refuses_is_unreadable() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/projects");
    let found = files(&corpus);
    if found.is_empty() {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: only_what_an_engine_refuses_is_unreadable: there is no ../shared/corpus beside the project"
        );
        return;
    }
    let sources = found.iter().filter_map(|path| {
        let name = path.strip_prefix(&corpus).ok()?.to_str()?;
        let wanted = may_matter(name) != Wanted::No;
        wanted.then(|| SourceFile::new(name, std::fs::read(path).expect("a corpus file")))
    });
    let sources = Sources::from_files(sources);
    let report = check(&sources, &Settings::default());
    let unreadable: BTreeSet<&str> = report
        .findings
        .iter()
        .filter(|reported| reported.finding.rule.id == "unreadable-file")
        .map(|reported| sources.path(reported.finding.primary.span.file))
        .collect();
    let _ = writeln!(
        std::io::stderr(),
        "corpus: {} files analysed, {} unreadable, {} findings",
        report.files.analysed,
        unreadable.len(),
        report.findings.len()
    );
    assert!(report.files.analysed > 1_000, "the corpus has shrunk");
    assert_eq!(unreadable, REFUSED.iter().copied().collect());
}
