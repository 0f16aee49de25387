//! Every real file is read, and only what an engine refuses is called unreadable.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read the corpus from the disk"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use caulk_check::{Settings, Wanted, check, may_matter};
use caulk_source::{SourceFile, Sources, apply_edits};

/// Files that no engine takes: a list of tasks that is merely called `compose.yml`, a link that was
/// checked out as text, files that are broken on purpose, a template, values of another kind than
/// their key wants, a key that no service has, and a file of version 1.
const REFUSED: &[&str] = &[
    "containers+podman-compose/examples/awx17/roles/local_docker/tasks/compose.yml",
    "containers+podman-compose/tests/integration/filesystem/compose_symlink/docker-compose.yml",
    "containers+podman-compose/tests/integration/invalid_secrets_dict/docker-compose_service.yaml",
    "containers+podman-compose/tests/integration/lifetime/up_single_container_many_times_with_ports/docker-compose.yml",
    "containers+podman-compose/tests/integration/parse-error/docker-compose-error.yml",
    "containers+podman-compose/tests/integration/ulimit/docker-compose.yaml",
    "containers+podman-compose/tests/integration/yamlmagic/docker-compose.yml",
    "docker-library+mysql/Dockerfile.oracle",
    "jessfraz+dockerfiles/openvpn/docker-compose.yml",
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

/// The files of the corpus that may matter, or none, said where a person sees it.
fn corpus(test: &str) -> Vec<SourceFile> {
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

#[test]
fn every_fix_closes_its_finding_and_leaves_a_readable_file() {
    let mut folders: BTreeMap<String, Vec<SourceFile>> = BTreeMap::new();
    for file in corpus("every_fix_closes_its_finding_and_leaves_a_readable_file") {
        let mut parts = file.path().splitn(3, '/');
        let folder = format!("{:?}/{:?}", parts.next(), parts.next());
        folders.entry(folder).or_default().push(file);
    }
    let settings = Settings::default();
    let (mut fixes, mut wrong) = (0, Vec::new());
    for files in folders.into_values() {
        let sources = Sources::from_files(files);
        let before = check(&sources, &settings).findings;
        // What an engine refuses before the fix, it may refuse after it.
        let refused: BTreeSet<String> = before
            .iter()
            .filter(|reported| reported.finding.rule.id == "unreadable-file")
            .map(|reported| reported.fingerprint.clone())
            .collect();
        for reported in before {
            let Some(fix) = reported.fix else {
                continue;
            };
            fixes += 1;
            let file = reported.finding.primary.span.file;
            let mut after = sources.clone();
            for (id, source) in sources.iter() {
                let edits: Vec<_> = fix
                    .edits
                    .iter()
                    .filter(|edit| edit.span.file == id)
                    .cloned()
                    .collect();
                if !edits.is_empty() {
                    let bytes = apply_edits(source.bytes(), &edits).expect("edits that fit");
                    after.add(SourceFile::new(source.path(), bytes));
                }
            }
            let report = check(&after, &settings);
            let remains = report
                .findings
                .iter()
                .any(|other| other.fingerprint == reported.fingerprint);
            let broken = report.findings.iter().any(|other| {
                other.finding.rule.id == "unreadable-file"
                    && other.finding.primary.span.file == file
                    && !refused.contains(&other.fingerprint)
            });
            if remains || broken {
                wrong.push(format!(
                    "{}: {}",
                    sources.path(file),
                    reported.finding.message
                ));
            }
        }
    }
    let _ = writeln!(
        std::io::stderr(),
        "corpus: {fixes} fixes applied one by one, {} that leave their finding or break the file",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_what_an_engine_refuses_is_unreadable() {
    let sources = Sources::from_files(corpus("only_what_an_engine_refuses_is_unreadable"));
    if sources.is_empty() {
        return;
    }
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
