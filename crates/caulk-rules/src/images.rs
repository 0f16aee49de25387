//! What an image is for, by its name.

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
