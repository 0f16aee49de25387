//! Which tags say a version.

use caulk_model::base_images::ImageReference;

/// Words of tags that say which build of a release is meant, or which line of releases, and not which release.
const NO_VERSIONS: &[&str] = &[
    "alpha", "alpine", "apache", "beta", "canary", "cli", "debug", "dev", "devel", "develop",
    "edge", "fpm", "full", "jdk", "jre", "latest", "lts", "main", "mainline", "master", "minimal",
    "next", "nightly", "nonroot", "preview", "rolling", "sid", "slim", "snapshot", "stable",
    "testing", "unstable",
];

/// Names of releases of the distributions on which images stand. What stands on one has a version of its own.
const RELEASES: &[&str] = &[
    "bionic", "bookworm", "bullseye", "buster", "focal", "jammy", "noble", "stretch", "trixie",
    "xenial",
];

/// Images whose versions are those releases.
const DISTRIBUTIONS: &[&str] = &[
    "docker.io/library/buildpack-deps",
    "docker.io/library/debian",
    "docker.io/library/ubuntu",
];

/// Whether a tag goes from release to release as `latest` does: `alpine`, `lts`, `slim-bookworm`.
pub(super) fn says_no_version(reference: &ImageReference, tag: &str) -> bool {
    let is_distribution = DISTRIBUTIONS.contains(&reference.repository.as_str());
    tag.split(['-', '_', '.'])
        .all(|word| NO_VERSIONS.contains(&word) || (!is_distribution && RELEASES.contains(&word)))
}
