//! What did not change is not read again, and what did is.

use std::collections::BTreeSet;

use caulk_source::{SourceFile, Sources};
use caulk_surfaces::Workspace;

const FILES: &[(&str, &str)] = &[
    (
        "compose.yaml",
        "services:\n  web:\n    build: .\n    user: ${WHO:-root}\n  other:\n    image: alpine:3.20\n",
    ),
    (
        "Dockerfile",
        "FROM alpine:3.20\nCOPY start.sh /start.sh\nENTRYPOINT [\"/start.sh\"]\n",
    ),
    ("start.sh", "#!/bin/sh\nexec serve\n"),
    (".env", "WHO=1000\n"),
    ("etc/docker/daemon.json", "{\"icc\": false}\n"),
];

/// A file, and its text afterwards.
const CHANGES: &[(&str, &str)] = &[
    (
        "compose.yaml",
        "services:\n  web:\n    build: .\n    privileged: true\n  other:\n    image: alpine:3.20\n",
    ),
    ("Dockerfile", "FROM alpine:3.20\nUSER 65532\n"),
    ("start.sh", "#!/bin/sh\nexec su-exec app serve\n"),
    (".env", "WHO=1001\n"),
    ("etc/docker/daemon.json", "{\"no-new-privileges\": true}\n"),
];

fn files() -> Sources {
    let files = FILES.iter();
    Sources::from_files(files.map(|(path, text)| SourceFile::new(*path, (*text).into())))
}

/// Everything that a workspace declares.
fn said(workspace: &Workspace<'_>) -> String {
    let repository = workspace.repository(None);
    let containers: Vec<String> = repository
        .containers()
        .map(|container| format!("{container:?}"))
        .collect();
    containers.join("\n")
}

#[test]
fn a_change_of_any_file_is_seen() {
    let before = files();
    let workspace = Workspace::parse(&before);
    let first = said(&workspace);
    for (path, text) in CHANGES {
        let mut after = before.clone();
        after.add(SourceFile::new(*path, (*text).into()));
        let revised = said(&workspace.revised(&after));
        assert_eq!(revised, said(&Workspace::parse(&after)), "{path}");
        assert_ne!(revised, first, "{path}");
    }
}

#[test]
fn a_part_is_what_it_is_by_itself() {
    let before = files();
    let workspace = Workspace::parse(&before);
    let _evaluated = workspace.repository(None);
    for group in workspace.groups().iter().filter(|group| !group.for_all) {
        let part = before.part(group.read());
        let alone = said(&Workspace::parse(&part));
        assert_eq!(said(&workspace.revised(&part)), alone);
        assert!(!alone.is_empty());
    }
}

#[test]
fn an_engine_stands_beside_every_other_group() {
    let sources = files();
    let groups = Workspace::parse(&sources).groups();
    let engine = sources.find("etc/docker/daemon.json").unwrap();
    let (for_all, each): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.for_all);
    assert_eq!(for_all.len(), 1);
    assert_eq!(for_all[0].files, BTreeSet::from([engine]));
    assert!(each.iter().all(|group| group.beside.contains(&engine)));
    assert!(each.iter().all(|group| !group.files.contains(&engine)));
}
