//! What features and the labels of images ask for.
//!
//! Each is a part of a configuration, and the parts are merged: privileged mode of one is that of the
//! container, lists add up, and of mounts at one place the last one holds, the file's own before all
//! (containers.dev, "Image Metadata", "Merge Logic"; devcontainers/cli,
//! `src/spec-node/imageMetadata.ts`).

use std::collections::BTreeMap;

use caulk_model::{Declared, Entry, Fact, Origin, State};
use caulk_source::Span;
use caulk_syntax::json::{self, Kind, Value};

use super::keys;
use crate::command_line::{self, Client};

/// Well-known features, each with what its own `devcontainer-feature.json` asks for
/// (devcontainers/features, read 2026-11). A feature that is not here may ask for more; nothing is
/// said of it.
const FEATURES: &[(&str, &str)] = &[
    (
        "devcontainers/features/docker-in-docker",
        r#"{
            "privileged": true,
            "mounts": ["type=volume,source=dind-var-lib-docker,target=/var/lib/docker"]
        }"#,
    ),
    (
        "devcontainers/features/docker-from-docker",
        r#"{"mounts": ["type=bind,source=/var/run/docker.sock,target=/var/run/docker-host.sock"]}"#,
    ),
    (
        "devcontainers/features/docker-outside-of-docker",
        r#"{
            "mounts": ["type=bind,source=/var/run/docker.sock,target=/var/run/docker-host.sock"],
            "securityOpt": ["label=disable"]
        }"#,
    ),
    (
        "devcontainers/features/go",
        r#"{"capAdd": ["SYS_PTRACE"], "securityOpt": ["seccomp=unconfined"]}"#,
    ),
    (
        "devcontainers/features/rust",
        r#"{"capAdd": ["SYS_PTRACE"], "securityOpt": ["seccomp=unconfined"]}"#,
    ),
];

/// What the published feature that a key names asks for.
pub(super) fn published(key: &str, span: Span) -> Option<Declared> {
    let name = key.split('@').next().unwrap_or(key);
    let name = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        Some(_) | None => name,
    };
    let id = name.strip_prefix("ghcr.io/").unwrap_or(name);
    let mut rows = FEATURES.iter();
    let (_, text) = rows.find(|(known, _)| known.eq_ignore_ascii_case(id))?;
    part(&json::parse(span.file, text).value?, span)
}

/// Where the file of a feature lies that a key names by its path, seen from the configuration.
pub(super) fn local(key: &str) -> Option<String> {
    let is_path = key.starts_with("./") || key.starts_with("../");
    is_path.then(|| format!("{}/devcontainer-feature.json", key.trim_end_matches('/')))
}

/// What the parts in the label of an image ask for: one, or a list of them, the last before the
/// others.
pub(super) fn label(text: &str, span: Span) -> Vec<Declared> {
    let Some(value) = json::parse(span.file, text).value else {
        return Vec::new();
    };
    match &value.kind {
        Kind::Array(items) => items
            .iter()
            .rev()
            .filter_map(|item| part(item, span))
            .collect(),
        Kind::Object(_) => part(&value, span).into_iter().collect(),
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => Vec::new(),
    }
}

/// What a part asks for; nothing where the client would refuse it.
pub(super) fn part(value: &Value, anchor: Span) -> Option<Declared> {
    let run = keys(value).run(Client::Docker, anchor).ok()?;
    let nothing = |_: &str| State::Known(None);
    Some(command_line::declared(&run, &nothing))
}

/// Adds what a part asks for to what is declared, as said by `origin`.
pub(super) fn add(part: Declared, origin: &Origin, declared: &mut Declared) {
    let is_on = |privileged: Option<&Fact<bool>>| privileged.and_then(Fact::value) == Some(&true);
    let again = &mut declared.around.asked_again;
    if is_on(part.privileged.as_ref()) {
        match &declared.privileged {
            Some(own) if own.value() == Some(&true) => {
                again.entry(own.span()).or_insert_with(|| origin.clone());
            }
            Some(_) | None => declared.privileged = Some(Fact::known(true, origin.clone())),
        }
    }
    if let Some(because) = part.capabilities_unknown {
        declared
            .capabilities_unknown
            .get_or_insert(said_by(origin, because.value));
    }
    for entry in part.cap_add {
        let mut there = declared.cap_add.iter();
        match there.find(|own| own.value == entry.value) {
            Some(own) => {
                again
                    .entry(own.origin.span())
                    .or_insert_with(|| origin.clone());
            }
            None => declared.cap_add.push(said_by(origin, entry.value)),
        }
    }
    take(&mut declared.user, part.user, origin, again);
    take(&mut declared.seccomp, part.seccomp, origin, again);
    take(&mut declared.selinux, part.selinux, origin, again);
    take(&mut declared.apparmor, part.apparmor, origin, again);
    take(&mut declared.masked_paths, part.masked_paths, origin, again);
    let no_new = part.no_new_privileges;
    take(&mut declared.no_new_privileges, no_new, origin, again);
    if part.around.engine_files.is_some() {
        let files = &mut declared.around.engine_files;
        files.get_or_insert_with(|| origin.clone());
    }
    for entry in part.environment {
        let mut there = declared.environment.iter();
        if !there.any(|own| own.value.name == entry.value.name) {
            declared.environment.push(said_by(origin, entry.value));
        }
    }
    let taken = declared.mounts.iter().map(|own| {
        let target = own.value.target.clone();
        (target, (own.value.source.clone(), own.place()))
    });
    let taken: BTreeMap<String, (State<String>, Span)> = taken.collect();
    for entry in part.mounts {
        match taken.get(&entry.value.target) {
            Some((source, place)) if *source == entry.value.source => {
                again.entry(*place).or_insert_with(|| origin.clone());
            }
            Some(_) => {}
            None => declared.mounts.push(said_by(origin, entry.value)),
        }
    }
}

fn said_by<T>(origin: &Origin, value: T) -> Entry<T> {
    Entry {
        value,
        origin: origin.clone(),
    }
}

/// Takes what a part says where nothing is said yet, and else notes that it says the same.
fn take<T: PartialEq>(
    own: &mut Option<Fact<T>>,
    said: Option<Fact<T>>,
    origin: &Origin,
    again: &mut BTreeMap<Span, Origin>,
) {
    match (own.as_ref(), said) {
        (Some(own), Some(said)) if own.state == said.state => {
            again.entry(own.span()).or_insert_with(|| origin.clone());
        }
        (None, Some(said)) => {
            *own = Some(Fact {
                state: said.state,
                origin: origin.clone(),
            });
        }
        (Some(_), Some(_)) | (_, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use caulk_source::FileId;

    use super::*;

    fn place() -> Span {
        Span::at(FileId::FIRST, 0)
    }

    #[test]
    fn a_feature_is_found_with_any_version() {
        for key in [
            "ghcr.io/devcontainers/features/docker-in-docker:2",
            "ghcr.io/devcontainers/features/docker-in-docker:2.12.0",
            "ghcr.io/devcontainers/features/docker-in-docker@sha256:abc",
            "ghcr.io/devcontainers/features/docker-in-docker",
        ] {
            let found = published(key, place());
            let privileged = found.and_then(|part| part.privileged);
            assert!(privileged.is_some(), "{key}");
        }
        for key in [
            "./local-features/nvs",
            "ghcr.io/devcontainers/features/git:1",
        ] {
            assert!(published(key, place()).is_none(), "{key}");
        }
    }

    #[test]
    fn every_row_asks_for_something() {
        for (id, _) in FEATURES {
            let part = published(id, place()).unwrap();
            let asks = part.privileged.is_some()
                || !part.cap_add.is_empty()
                || !part.mounts.is_empty()
                || part.seccomp.is_some();
            assert!(asks, "{id}");
        }
    }

    #[test]
    fn a_label_is_one_part_or_a_list_of_them() {
        let read = |text: &str| label(text, place()).len();
        assert_eq!(read(r#"{"privileged": true}"#), 1);
        assert_eq!(read(r#"[{"privileged": true}, {"init": true}]"#), 2);
        assert_eq!(read("[[[{"), 0);
        assert_eq!(read("true"), 0);
    }
}
