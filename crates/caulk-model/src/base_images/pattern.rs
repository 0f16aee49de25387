//! Which images a person means.

use caulk_source::matches_wildcard;

use super::grammar::{DEFAULT_REGISTRY, full_name, is_registry};

/// A registry, a namespace in one, or a repository, with all that lies below it. `*` stands for any
/// letters of a part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImagePattern {
    parts: Vec<String>,
}

impl ImagePattern {
    /// Reads one. What names no registry is in Docker Hub's, as it is for the engine: `nginx` is
    /// `docker.io/library/nginx`, `acme/*` is `docker.io/acme`.
    ///
    /// # Errors
    ///
    /// Where no image can be meant: in words.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.contains("://") {
            return Err("an image's name has no scheme");
        }
        let first = text.split('/').next().unwrap_or_default();
        let behind = text.strip_prefix(first).unwrap_or_default();
        if behind.contains([':', '@']) || first.contains('@') {
            return Err("an image is meant whatever its tag and digest are: leave them out");
        }
        let has_registry = first.contains('*') || is_registry(first);
        let is_short = !has_registry && behind.is_empty();
        let below = text.trim_end_matches("/*").trim_end_matches('/');
        let mut parts: Vec<&str> = below.split('/').collect();
        if is_short {
            parts.insert(0, OFFICIAL);
        }
        if !has_registry {
            parts.insert(0, DEFAULT_REGISTRY);
        } else if first == "index.docker.io" {
            parts.remove(0);
            parts.insert(0, DEFAULT_REGISTRY);
        }
        let example = format!("{}/a", parts.join("/").replace('*', "a"));
        let is_any = first == "*";
        if !is_any && full_name(&example).is_none() {
            return Err("it is no registry, namespace or repository");
        }
        let parts = parts.into_iter().map(str::to_owned).collect();
        Ok(Self { parts })
    }

    /// Whether a repository, written out with its registry, is meant.
    pub fn includes(&self, repository: &str) -> bool {
        let mut there = repository.split('/');
        self.parts.iter().all(|part| {
            there
                .next()
                .is_some_and(|there| matches_wildcard(part, there))
        })
    }
}

/// The namespace of the official images.
const OFFICIAL: &str = "library";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base_images::ImageReference;

    #[test]
    fn what_lies_below_is_meant_too() {
        for (pattern, image, is_meant) in [
            ("docker.io/library", "nginx:1", true),
            ("docker.io/library", "acme/nginx", false),
            ("docker.io", "acme/nginx", true),
            ("nginx", "docker.io/library/nginx", true),
            ("nginx", "acme/nginx", false),
            ("acme/*", "acme/nginx", true),
            ("acme/", "acme/nginx", true),
            ("acme", "acme/nginx", false),
            ("index.docker.io/acme", "acme/nginx", true),
            ("ghcr.io/acme/*", "ghcr.io/acme/a/b:1", true),
            ("ghcr.io/acme", "ghcr.io/acme-evil/a", false),
            ("ghcr.io/acme-*", "ghcr.io/acme-x/a", true),
            ("*.acme.example", "eu.acme.example/a", true),
            ("*.acme.example", "acme.example.evil.io/a", false),
            (
                "*.dkr.ecr.*.amazonaws.com/base",
                "1.dkr.ecr.eu-1.amazonaws.com/base/x",
                true,
            ),
            ("*", "anything.example/a", true),
            ("*/acme", "quay.io/acme/a", true),
            ("localhost:5000", "localhost:5000/a", true),
            ("localhost:5000", "localhost:5001/a", false),
            ("ghcr.io/acme/base", "ghcr.io/acme", false),
        ] {
            let repository = ImageReference::parse(image).unwrap().repository;
            let pattern = ImagePattern::parse(pattern).unwrap();
            assert_eq!(
                pattern.includes(&repository),
                is_meant,
                "{pattern:?} {image}"
            );
        }
    }

    #[test]
    fn what_can_mean_no_image_is_refused() {
        for text in [
            "",
            "/",
            "https://ghcr.io",
            "ghcr.io/acme/x:1",
            "x@sha256:aa",
            "ghcr.io//x",
            "ghcr.io/Acme",
            "a b",
            "ghcr.io/$X",
        ] {
            assert!(ImagePattern::parse(text).is_err(), "{text:?}");
        }
    }
}
