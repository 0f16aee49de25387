//! The name of an image, as Docker reads it.

use caulk_source::{cut, cut_from, cut_to};

use super::grammar::{full_name, is_digest, is_tag};

/// A reference to an image, written out in full.
///
/// The rules are those of `github.com/distribution/reference`: `alpine` is
/// `docker.io/library/alpine:latest`, and only a first part with a dot, a colon or an upper-case
/// letter, or `localhost`, is a registry.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ImageReference {
    /// The registry and the path in it: `docker.io/library/alpine`.
    pub repository: String,
    /// The tag: `latest` where neither tag nor digest is written, nothing where a digest stands
    /// alone or where the tag is not known.
    pub tag: Option<String>,
    /// The digest with its algorithm: `sha256:…`.
    pub digest: Option<String>,
}

impl ImageReference {
    /// The image that `text` names, or nothing where the engine refuses it: upper case in the path,
    /// an unexpanded variable, an empty part.
    pub fn parse(text: &str) -> Option<Self> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        let path_start = rest.rfind('/').map_or(0, |slash| slash + 1);
        let colon = cut_from(rest, path_start)
            .find(':')
            .map(|offset| path_start + offset);
        let (name, tag) = match colon {
            Some(colon) => (cut_to(rest, colon), Some(cut_from(rest, colon + 1))),
            None => (rest, None),
        };
        if !tag.is_none_or(is_tag) || !digest.is_none_or(is_digest) {
            return None;
        }
        let tag = match (tag, digest) {
            (None, None) => Some("latest"),
            (tag, _) => tag,
        };
        Some(Self {
            repository: full_name(name)?,
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// Whether a tag stands behind the last part of an image's name.
    pub fn names_tag(text: &str) -> bool {
        let name = text.split('@').next().unwrap_or_default();
        name.rsplit('/').next().unwrap_or_default().contains(':')
    }

    /// As people write the repository, without the tag.
    pub fn familiar_name(&self) -> &str {
        let short = self.repository.strip_prefix("docker.io/");
        let short = short.unwrap_or(&self.repository);
        short.strip_prefix("library/").unwrap_or(short)
    }

    /// An image of the repository `name` whose tag is not known, as in `postgres:${TAG}`.
    pub fn of_repository(name: &str) -> Option<Self> {
        Some(Self {
            repository: full_name(name)?,
            tag: None,
            digest: None,
        })
    }

    /// The registry: `docker.io`, `localhost:5000`.
    pub fn registry(&self) -> &str {
        self.repository.split('/').next().unwrap_or_default()
    }

    /// The path in the registry: `library/alpine`.
    pub fn path(&self) -> &str {
        self.repository.split_once('/').map_or("", |(_, path)| path)
    }

    /// Whether only a digest says which image of the repository it is.
    pub fn is_digest_only(&self) -> bool {
        self.tag.is_none() && self.digest.is_some()
    }

    /// As people write it: without the default registry, and with the tag, or the beginning of the
    /// digest where there is no tag.
    pub fn familiar(&self) -> String {
        let short = self.familiar_name();
        match (&self.tag, &self.digest) {
            (Some(tag), _) => format!("{short}:{tag}"),
            (None, Some(digest)) => format!("{short}@{}", cut(digest, 0..SHORT_DIGEST)),
            (None, None) => short.to_owned(),
        }
    }

    /// The repository that this one is a copy of: itself, unless it is on a well-known mirror.
    pub fn origin(&self) -> String {
        for (mirror, origin) in MIRRORS {
            if let Some(rest) = self.repository.strip_prefix(mirror) {
                return format!("{origin}{rest}");
            }
        }
        self.repository.clone()
    }
}

/// `sha256:` and twelve digits, as the Docker client shortens it.
const SHORT_DIGEST: usize = 19;

/// What a name on another registry or namespace begins with, and what the same image's name begins
/// with at home.
const MIRRORS: &[(&str, &str)] = &[
    // Docker Hub under its other names; index.docker.io is already replaced by the engine.
    ("mirror.gcr.io/", "docker.io/"),
    ("registry-1.docker.io/", "docker.io/"),
    ("registry.hub.docker.com/", "docker.io/"),
    // https://gallery.ecr.aws/docker
    ("public.ecr.aws/docker/library/", "docker.io/library/"),
    ("public.ecr.aws/amazonlinux/", "docker.io/library/"),
    // The architectures of the official images (docker-library/official-images: README.md).
    ("docker.io/amd64/", "docker.io/library/"),
    ("docker.io/arm32v5/", "docker.io/library/"),
    ("docker.io/arm32v6/", "docker.io/library/"),
    ("docker.io/arm32v7/", "docker.io/library/"),
    ("docker.io/arm64v8/", "docker.io/library/"),
    ("docker.io/i386/", "docker.io/library/"),
    ("docker.io/ppc64le/", "docker.io/library/"),
    ("docker.io/riscv64/", "docker.io/library/"),
    ("docker.io/s390x/", "docker.io/library/"),
    // Publishers with several homes.
    ("docker.io/bitnamilegacy/", "docker.io/bitnami/"),
    ("public.ecr.aws/bitnami/", "docker.io/bitnami/"),
    ("ghcr.io/linuxserver/", "docker.io/linuxserver/"),
    ("lscr.io/linuxserver/", "docker.io/linuxserver/"),
    ("quay.io/prometheus/", "docker.io/prom/"),
    ("registry.redhat.io/", "registry.access.redhat.com/"),
];

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:a8b2611c4c380dde6159f9963ee4f294373a0b214958987b7b469d312287c4ef";

    fn parsed(text: &str) -> (String, Option<String>, bool) {
        let image = ImageReference::parse(text).unwrap_or_else(|| panic!("{text} is a reference"));
        (image.repository, image.tag, image.digest.is_some())
    }

    #[test]
    fn references_are_written_out_as_docker_does() {
        let latest = || Some("latest".to_owned());
        for (text, repository, tag) in [
            ("alpine", "docker.io/library/alpine", latest()),
            (
                "alpine:3.24",
                "docker.io/library/alpine",
                Some("3.24".to_owned()),
            ),
            ("docker.io/alpine", "docker.io/library/alpine", latest()),
            (
                "index.docker.io/alpine",
                "docker.io/library/alpine",
                latest(),
            ),
            (
                "docker.io/library/alpine",
                "docker.io/library/alpine",
                latest(),
            ),
            ("grafana/grafana", "docker.io/grafana/grafana", latest()),
            ("localhost/x", "localhost/x", latest()),
            (
                "localhost:5000/x:1",
                "localhost:5000/x",
                Some("1".to_owned()),
            ),
            ("host.tld/x", "host.tld/x", latest()),
            ("host.tld:80/a/b/c", "host.tld:80/a/b/c", latest()),
            ("HOST/x", "HOST/x", latest()),
            ("[2001:db8::1]:5000/x", "[2001:db8::1]:5000/x", latest()),
            ("[::1]/x", "[::1]/x", latest()),
            (
                "localhost:5000",
                "docker.io/library/localhost",
                Some("5000".to_owned()),
            ),
            ("a__b.c-d--e", "docker.io/library/a__b.c-d--e", latest()),
        ] {
            assert_eq!(parsed(text), (repository.to_owned(), tag, false), "{text}");
        }
    }

    #[test]
    fn a_digest_alone_leaves_no_tag() {
        let (repository, tag, has_digest) = parsed(&format!("quay.io/a/b@{DIGEST}"));
        assert_eq!(
            (repository.as_str(), tag, has_digest),
            ("quay.io/a/b", None, true)
        );
        let (_, tag, has_digest) = parsed(&format!("a/b:1.2@{DIGEST}"));
        assert_eq!((tag, has_digest), (Some("1.2".to_owned()), true));
    }

    #[test]
    fn a_reference_has_parts_and_a_familiar_name() {
        let image = ImageReference::parse("localhost:5000/a/b").unwrap();
        assert_eq!((image.registry(), image.path()), ("localhost:5000", "a/b"));
        for (text, familiar) in [
            ("docker.io/library/alpine", "alpine:latest"),
            ("docker.io/grafana/grafana:12", "grafana/grafana:12"),
            ("quay.io/a/b:1", "quay.io/a/b:1"),
        ] {
            assert_eq!(ImageReference::parse(text).unwrap().familiar(), familiar);
        }
        let image = ImageReference::parse(&format!("alpine@{DIGEST}")).unwrap();
        assert!(image.is_digest_only());
        assert_eq!(image.familiar(), "alpine@sha256:a8b2611c4c38");
        let image = ImageReference::of_repository("alpine").unwrap();
        assert!(!image.is_digest_only());
        assert_eq!(image.familiar(), "alpine");
        assert_eq!(ImageReference::of_repository("alpine:3"), None);
    }

    #[test]
    fn mirrors_lead_home() {
        for (text, origin) in [
            (
                "public.ecr.aws/docker/library/node:22",
                "docker.io/library/node",
            ),
            ("mirror.gcr.io/library/node", "docker.io/library/node"),
            ("mirror.gcr.io/grafana/grafana", "docker.io/grafana/grafana"),
            (
                "registry-1.docker.io/library/node",
                "docker.io/library/node",
            ),
            (
                "registry.hub.docker.com/library/node",
                "docker.io/library/node",
            ),
            ("arm64v8/node", "docker.io/library/node"),
            ("lscr.io/linuxserver/sonarr", "docker.io/linuxserver/sonarr"),
            ("bitnamilegacy/kafka", "docker.io/bitnami/kafka"),
            (
                "quay.io/prometheus/alertmanager",
                "docker.io/prom/alertmanager",
            ),
            ("ghcr.io/a/node", "ghcr.io/a/node"),
        ] {
            assert_eq!(
                ImageReference::parse(text).unwrap().origin(),
                origin,
                "{text}"
            );
        }
    }
}
