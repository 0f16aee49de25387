//! The effective USER of real Dockerfiles, against BuildKit's own conversion.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read the corpus from the disk"
)]

use std::io::Write as _;
use std::path::Path;

use caulk_model::{Base, Container, State, User};
use caulk_source::{SourceFile, Sources};
use caulk_surfaces::Workspace;

/// What BuildKit would put into the image; `@base:<reference>` where the user comes from there.
fn ours(container: &Container) -> State<String> {
    let image = &container.image;
    if !image.user_from_base {
        return image
            .user
            .state
            .clone()
            .map(|user: User| user.text().to_owned());
    }
    match &image.base {
        Base::Scratch => State::Known(String::new()),
        Base::External { reference, .. } => reference.clone().map(|reference| {
            let tag = reference
                .tag
                .map(|tag| format!(":{tag}"))
                .unwrap_or_default();
            let digest = reference
                .digest
                .map(|digest| format!("@{digest}"))
                .unwrap_or_default();
            format!("@base:{}{tag}{digest}", reference.repository)
        }),
    }
}

#[test]
fn effective_user_is_buildkits() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let Ok(expected) = std::fs::read_to_string(corpus.join("expected/dockerfile-users.jsonl"))
    else {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: effective_user_is_buildkits: there is no ../shared/corpus beside the project"
        );
        return;
    };
    let (mut compared, mut equal, mut unset, mut different) = (0, 0, 0, Vec::new());
    for line in expected.lines() {
        let expected: serde_json::Value = serde_json::from_str(line).unwrap();
        if expected.get("error").is_some() {
            continue;
        }
        let path = expected["file"].as_str().unwrap();
        let theirs = expected["user"].as_str().unwrap();
        let bytes = std::fs::read(corpus.join("projects").join(path)).unwrap();
        let sources = Sources::from_files([SourceFile::new("Dockerfile", bytes)]);
        let repository = Workspace::parse(&sources).repository(None);
        let container = repository.containers().next().expect("a stage");
        compared += 1;
        match ours(container) {
            State::Known(ours) if ours == theirs => equal += 1,
            // A variable that nothing in the file sets: the base's ENV may. BuildKit's stand-in base
            // had none, so it says nothing.
            State::Unknown { .. }
                if theirs.is_empty()
                    && !container.image.user_from_base
                    && container.image.base != Base::Scratch =>
            {
                unset += 1;
            }
            other @ (State::Known(_) | State::Unknown { .. }) => {
                different.push(format!("{path}: ours {other:?}, BuildKit's {theirs:?}"));
            }
        }
    }
    let _ = writeln!(
        std::io::stderr(),
        "effective USER against BuildKit: {compared} compared, {equal} equal, {unset} that hang on a \
         variable which only the base image could set, {} different",
        different.len()
    );
    assert!(compared > 500, "the corpus has shrunk to {compared} files");
    assert!(different.is_empty(), "{}", different.join("\n"));
}
