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
