//! How fast the trees of YAML and JSON are built: bytes of real files in a second.

#![expect(
    clippy::disallowed_methods,
    reason = "benches read the corpus from the disk"
)]
#![expect(
    clippy::print_stderr,
    reason = "nothing else says why a bench is not run"
)]

use std::path::Path;

use caulk_source::FileId;
use caulk_syntax::{json, yaml};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

/// The files of one ending anywhere below `../shared/<folder>`, seen from the repository.
fn files(folder: &str, endings: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared")
        .join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let ending = path
                .extension()
                .and_then(|ending| ending.to_str())
                .unwrap_or_default();
            if path.is_dir() {
                folders.push(path);
            } else if endings.contains(&ending) {
                found.extend(std::fs::read_to_string(&path));
            }
        }
    }
    if found.is_empty() {
        eprintln!("skipped: no files at {}", root.display());
    }
    found
}

fn measure(bencher: Bencher<'_, '_>, texts: &[String], read: impl Fn(&str) + Sync) {
    if texts.is_empty() {
        return;
    }
    let bytes: usize = texts.iter().map(String::len).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        for text in texts {
            read(black_box(text));
        }
    });
}

#[divan::bench]
fn yaml_of_projects(bencher: Bencher<'_, '_>) {
    measure(
        bencher,
        &files("corpus/projects", &["yml", "yaml"]),
        |text| {
            black_box(yaml::parse(FileId::FIRST, text));
        },
    );
}

#[divan::bench]
fn yaml_events_alone(bencher: Bencher<'_, '_>) {
    measure(
        bencher,
        &files("corpus/projects", &["yml", "yaml"]),
        |text| {
            for event in granit_parser::Parser::new_from_str(text) {
                let _ = black_box(event);
            }
        },
    );
}

#[divan::bench]
fn yaml_members_of_projects(bencher: Bencher<'_, '_>) {
    let streams: Vec<yaml::Stream> = files("corpus/projects", &["yml", "yaml"])
        .iter()
        .map(|text| yaml::parse(FileId::FIRST, text))
        .collect();
    bencher.bench(|| {
        let roots = streams.iter().flat_map(yaml::Stream::roots);
        roots.map(|root| count(&root)).sum::<usize>()
    });
}

/// Meets every value.
fn count(value: &yaml::Value<'_>) -> usize {
    let items: usize = value.items().map(|item| count(&item)).sum();
    let members: usize = value
        .members()
        .iter()
        .map(|member| count(&member.value))
        .sum();
    1 + items + members
}

#[divan::bench]
fn json_of_seccomp_profiles(bencher: Bencher<'_, '_>) {
    measure(bencher, &files("seccomp", &["json"]), |text| {
        black_box(json::parse(FileId::FIRST, text));
    });
}
