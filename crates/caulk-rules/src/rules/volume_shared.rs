//! See the page below.

use std::collections::BTreeMap;

use caulk_model::{Entry, Project, Volume, VolumeKind};
use caulk_source::clean_path;

use crate::prelude::*;

rule! {
    /// Several services have the same volume or path of the host, and one of them writes to it.
    ///
    /// ## Why it matters
    ///
    /// What one service can write, another takes for its own data: a page that it serves, a script that it
    /// runs, a socket that it trusts. Whoever gets into the one has a way into the other that no network
    /// rule closes. It is also how data that was to stay in one service comes into another.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   upload:
    ///     image: ghcr.io/acme/upload:1.0
    ///     volumes: [files:/files]
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    ///     volumes: [files:/srv/files]
    /// volumes:
    ///   files: {}
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   upload:
    ///     image: ghcr.io/acme/upload:1.0
    ///     volumes: [uploads:/files]
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    ///     volumes: [pages:/srv/files]
    /// volumes:
    ///   pages: {}
    ///   uploads: {}
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Written by one*: at least one of the services writes to it. What all of them only read is silent.
    /// - *The same source*: a named volume, or a path of the host however it is spelt. A volume without a
    ///   name is nobody else's.
    /// - *A service that mounts it twice* shares it with nobody; of its mounts the one that can be written
    ///   to counts.
    /// - *Several files* (fires): services that come from different files of a project are in it together.
    /// - *Another project* (silent): a volume belongs to its project.
    /// - *A socket* (silent): who shares one speaks to its owner and hands over no files.
    /// - *A variable* (silent): neither a source nor an option that has no value here is
    ///   guessed.
    ///
    /// ## About the fix
    ///
    /// There is none: files are often shared on purpose. Mount it read-only (`:ro`) wherever nothing is
    /// written, and do not run or serve what another service may have put there without a check.
    "volume-shared",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Info),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Compose],
    references: &[Reference::like(Authority::Kics, "8c978947-0ff6-485c-b0c2-0bfca6026466")],
    check: check,
}

/// What is mounted, by project.
type Shared<'m> = BTreeMap<(&'m Project, String), Vec<User<'m>>>;

/// A service, and how it mounts what is shared.
type User<'m> = (&'m Container, &'m Entry<Volume>);

fn check(repository: &Repository, findings: &mut Findings) {
    let mut shared = Shared::new();
    for container in repository.containers() {
        let Some(project) = container.project.as_ref() else {
            continue;
        };
        for entry in &container.declared.volumes {
            if let Some(source) = source(&entry.value) {
                let users = shared.entry((project, source)).or_default();
                add(users, container, entry);
            }
        }
    }
    for users in shared.into_values() {
        let writer = users.iter().position(|(_, entry)| is_written(&entry.value));
        if let Some(writer) = writer.filter(|_| users.len() > 1) {
            findings.extend(finding(&users, writer));
        }
    }
}

/// A service that mounts it twice shares it with nobody, and writes if one of its mounts lets it.
fn add<'m>(users: &mut Vec<User<'m>>, container: &'m Container, entry: &'m Entry<Volume>) {
    match users.last_mut() {
        Some((other, seen)) if other.anchor == container.anchor => {
            if !is_written(&seen.value) {
                *seen = entry;
            }
        }
        Some(_) | None => users.push((container, entry)),
    }
}

/// Whether a service can surely write to it.
fn is_written(volume: &Volume) -> bool {
    !volume.mount.read_only && volume.mount.options_unknown.is_none()
}

/// What tells one source from another; nothing for what is nobody else's.
fn source(volume: &Volume) -> Option<String> {
    let source = volume
        .mount
        .source
        .known()
        .filter(|source| !source.is_empty())?;
    match volume.kind {
        VolumeKind::Bind if is_socket(source) => None,
        VolumeKind::Bind => Some(format!("path {}", clean_path(source))),
        VolumeKind::Volume | VolumeKind::Cluster => Some(format!("volume {source}")),
        VolumeKind::Pipe | VolumeKind::Tmpfs | VolumeKind::Image | VolumeKind::Unknown => None,
    }
}

/// Whether a path of the host is a socket, by its name.
fn is_socket(source: &str) -> bool {
    let path = clean_path(source);
    let known = ["/dev/log", "/run/systemd/notify"];
    known.contains(&path.as_str())
        || [".sock", ".socket", "_socket"]
            .iter()
            .any(|end| path.ends_with(end))
}

fn finding(users: &[User<'_>], writer: usize) -> Option<Finding> {
    let (container, entry) = users.get(writer)?;
    let title = container.title();
    let volume = &entry.value;
    let source = volume.mount.source.known()?;
    let what = match volume.kind {
        VolumeKind::Bind => "the path",
        VolumeKind::Pipe
        | VolumeKind::Volume
        | VolumeKind::Tmpfs
        | VolumeKind::Image
        | VolumeKind::Cluster
        | VolumeKind::Unknown => "the volume",
    };
    let shown = if entry.origin.is_from_env() {
        format!("{what} that `.env` names")
    } else {
        format!("{what} `{source}`")
    };
    let others = users
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != writer);
    let mut finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(entry.origin.span(), "can be written to here"),
        format!("{title} shares {shown} with {}", count(users.len() - 1)),
    )
    .container(&title, container.anchor)
    .fact(format!("{what} {source}"))
    .why("what one of them writes, another may serve, run or trust")
    .advice("mount it read-only wherever nothing is written");
    for (_, (other, entry)) in others {
        let does = if is_written(&entry.value) {
            "written"
        } else if entry.value.mount.read_only {
            "read"
        } else {
            "mounted"
        };
        let title = other.title();
        finding = finding.related(
            entry.origin.span(),
            format!("and is {does} here by {title}"),
        );
    }
    Some(finding)
}

fn count(others: usize) -> String {
    match others {
        1 => "one other service".to_owned(),
        others => format!("{others} other services"),
    }
}
