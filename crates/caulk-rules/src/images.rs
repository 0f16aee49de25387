//! What an image is for, by its name.

use caulk_model::base_images::Gains;
use caulk_model::build::Sudo;
use caulk_model::{ImageSource, Lasting};

use crate::prelude::*;

/// The last part of an image's name, without tag and digest: the registry and the owner in front say
/// nothing of what it is (`registry.gitlab.com`).
pub(crate) fn last_name(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or_default();
    let last = image.rsplit('/').next().unwrap_or_default();
    last.split(':').next().unwrap_or_default()
}

/// Whether one of `parts` is in the name of the image of a container, or of the one that it builds.
pub(crate) fn is_called(container: &Container, parts: &[&str]) -> bool {
    let image = container.image.base.name();
    let declared = container.declared.image.as_ref();
    let declared = declared.and_then(|image| image.value()).map(String::as_str);
    [Some(image.as_str()), declared]
        .into_iter()
        .flatten()
        .map(|name| last_name(name).to_lowercase())
        .any(|name| parts.iter().any(|part| name.contains(part)))
}

/// Names of images that make tunnels, or parts of them.
pub(crate) const TUNNELS: &[&str] = &[
    "firezone",
    "gluetun",
    "ipsec",
    "netbird",
    "openvpn",
    "softether",
    "strongswan",
    "tailscale",
    "wg-easy",
    "wireguard",
    "zerotier",
];

/// Names of images whose programs change the host's network, or parts of them.
pub(crate) const NETWORKERS: &[&str] = &["fail2ban", "firewall", "keepalived", "netfilter"];

/// The last part of the name of the image that a container pulls or builds on, with its tag.
fn last_with_tag(container: &Container) -> String {
    let name = container.image.base.name();
    let name = name.split('@').next().unwrap_or_default();
    name.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Whether image or command say that a builder is in a container, which mounts as an engine does.
pub(crate) fn is_a_builder(container: &Container) -> bool {
    let last = last_with_tag(container);
    let is_builder = last.starts_with("buildkit") && !last.contains("rootless");
    let mut words = container.declared.command.iter();
    let listens = words.any(|word| word.value.contains("buildkitd.sock"));
    container.source != ImageSource::Itself && (is_builder || listens)
}

/// Programs that start an engine.
const ENGINES: &[&str] = &["dind", "dockerd", "dockerd-entrypoint.sh"];

/// Whether an engine is in a container: name or tag of the image say so (Docker's own is `docker:dind`,
/// and others call theirs after it), its entrypoint or its command does, or a volume is for its files.
pub(crate) fn is_an_engine(container: &Container) -> bool {
    let last = last_with_tag(container);
    let mut parts = last.split([':', '-', '_', '.']);
    let is_called_so = container.source != ImageSource::Itself && parts.any(|part| part == "dind");
    let starts_one = |word: &str| ENGINES.contains(&word.rsplit('/').next().unwrap_or_default());
    let entrypoint = container.image.entrypoint.as_ref();
    let first = entrypoint.and_then(|entrypoint| entrypoint.words.first());
    let command = container.declared.command.first();
    is_called_so
        || container.declared.around.engine_files.is_some()
        || first.is_some_and(|word| starts_one(word))
        || command.is_some_and(|word| starts_one(&word.value))
}

/// Whether it is Docker's own image of an engine.
pub(crate) fn is_dockers_own_engine(container: &Container) -> bool {
    container.image.base.name().starts_with("docker:") && is_an_engine(container)
}

/// A setuid program that a container's image counts on, where one is known: what the image's own scripts
/// use, or sudo where its build installs or runs it and leaves it in.
pub(crate) fn setuid_program(container: &Container) -> Option<&'static str> {
    if container
        .image
        .stated
        .as_ref()
        .is_some_and(|stated| stated.sudo)
    {
        return Some("sudo");
    }
    if let Some(Gains::Setuid(program)) = container.image.base.row().and_then(|row| row.gains) {
        return Some(program);
    }
    let mut facts = container.image.build.sudo.iter();
    let last = facts.rfind(|fact| fact.stage.ships);
    last.filter(|fact| fact.value != Sudo::Removed)
        .map(|_| "sudo")
}

/// Whether a container sees the socket of a runtime. It is root's on the host: who is not root in the
/// container opens it through a group, or through a program that is root.
pub(crate) fn sees_a_runtime(container: &Container) -> bool {
    let declared = &container.declared;
    let mut mounts = declared.mounts.iter();
    let api = declared.api_socket.as_ref();
    mounts.any(|mount| mount.value.socket().is_some())
        || api.is_some_and(|api| api.value() == Some(&true))
}

/// Images that run nothing by themselves: a shell at most, which ends where nobody types.
const EMPTY: &[&str] = &["alpine", "busybox", "debian", "fedora", "true", "ubuntu"];

/// Whether what it starts does nothing but print something or end: by its command, or because it is
/// there for its volumes alone.
pub(crate) fn runs_nothing(container: &Container) -> bool {
    let declared = &container.declared;
    let is_pulled = matches!(container.source, ImageSource::Pulled { .. });
    let says_nothing = declared.command.is_empty()
        && declared.entrypoint.is_none()
        && declared.lasting == Lasting::Unsaid;
    let is_empty = || EMPTY.contains(&last_name(&container.image.base.name()));
    declared.lasting == Lasting::OnlyPrints
        || container.surface == Surface::Compose && is_pulled && says_nothing && is_empty()
}

#[cfg(test)]
mod tests {
    use super::last_name;

    #[test]
    fn the_last_part_says_what_it_is() {
        for (image, last) in [
            ("alpine", "alpine"),
            ("registry.acme.dev:5000/gitea/gitea:1.24", "gitea"),
            ("atmoz/sftp@sha256:0f1e", "sftp"),
            ("", ""),
        ] {
            assert_eq!(last_name(image), last, "{image}");
        }
    }
}
