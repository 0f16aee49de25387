//! Operating systems as they come.

use super::row::{BaseImage, Tags, root};

const BUILDS_ON_UBI: &str = "keycloak/keycloak: quarkus/container/Dockerfile";

/// The rows, sorted by repository.
pub(super) const ROWS: &[BaseImage] = &[
    root(
        "docker.io/library/almalinux",
        "docker-library/repo-info: repos/almalinux/remote/latest.md",
    ),
    root(
        "docker.io/library/alpine",
        "docker-library/repo-info: repos/alpine/remote/latest.md",
    ),
    root(
        "docker.io/library/amazonlinux",
        "docker-library/repo-info: repos/amazonlinux/remote/latest.md",
    ),
    root(
        "docker.io/library/buildpack-deps",
        "docker-library/buildpack-deps: debian/bookworm/scm/Dockerfile",
    ),
    root(
        "docker.io/library/busybox",
        "docker-library/repo-info: repos/busybox/remote/latest.md",
    ),
    root(
        "docker.io/library/debian",
        "docker-library/repo-info: repos/debian/remote/bookworm-slim.md",
    ),
    root(
        "docker.io/library/fedora",
        "docker-library/repo-info: repos/fedora/remote/latest.md",
    ),
    root(
        "docker.io/library/oraclelinux",
        "docker-library/repo-info: repos/oraclelinux/remote/9-slim.md",
    ),
    root(
        "docker.io/library/rockylinux",
        "docker-library/repo-info: repos/rockylinux/remote/9.md",
    ),
    root(
        "docker.io/library/ubuntu",
        "https://bugs.launchpad.net/cloud-images/+bug/2005129",
    )
    .account("ubuntu", 1000)
    .tagged(Tags::StartsWith(&[
        "23.", "24.", "25.", "26.", "lunar", "mantic", "noble", "oracular", "plucky", "questing",
        "resolute",
    ])),
    root(
        "docker.io/library/ubuntu",
        "docker-library/repo-info: repos/ubuntu/remote/latest.md",
    ),
    root(
        "docker.io/phusion/baseimage",
        "phusion/baseimage-docker: image/Dockerfile",
    ),
    root("docker.io/redhat/ubi9", BUILDS_ON_UBI),
    root(
        "docker.io/redhat/ubi9-minimal",
        "percona/percona-docker: percona-server-8.0/Dockerfile",
    ),
    root("registry.access.redhat.com/ubi9", BUILDS_ON_UBI),
    root("registry.access.redhat.com/ubi9-micro", BUILDS_ON_UBI),
    root(
        "registry.access.redhat.com/ubi9-minimal",
        "minio/minio: Dockerfile.release",
    ),
    root("registry.access.redhat.com/ubi9/ubi", BUILDS_ON_UBI),
    root("registry.access.redhat.com/ubi9/ubi-micro", BUILDS_ON_UBI),
    root(
        "registry.access.redhat.com/ubi9/ubi-minimal",
        "minio/minio: Dockerfile.release",
    ),
];
