//! Compilers, interpreters and their package managers.

use super::row::{BaseImage, Tags, root, runs_as};

const FASTAPI: &str =
    "tiangolo/uvicorn-gunicorn-fastapi-docker: docker-images/python3.9-slim.dockerfile";

/// Those of the rows that start a server by themselves: with some tags at least.
pub(super) const SERVERS: &[&str] = &[
    "docker.io/library/php",
    "docker.io/library/tomcat",
    "docker.io/tiangolo/uvicorn-gunicorn-fastapi",
];

/// The rows, sorted by repository.
pub(super) const ROWS: &[BaseImage] = &[
    root(
        "docker.io/denoland/deno",
        "denoland/deno_docker: distroless.dockerfile",
    )
    .tagged(Tags::Contains(&["distroless"])),
    root(
        "docker.io/denoland/deno",
        "denoland/deno_docker: debian.dockerfile",
    )
    .account("deno", 1993),
    root(
        "docker.io/library/composer",
        "composer/docker: latest/Dockerfile",
    ),
    root(
        "docker.io/library/eclipse-temurin",
        "adoptium/containers: 17/jre/ubuntu/jammy/Dockerfile",
    ),
    root(
        "docker.io/library/golang",
        "docker-library/golang: 1.27/trixie/Dockerfile",
    ),
    root(
        "docker.io/library/gradle",
        "keeganwitt/docker-gradle: jdk17/Dockerfile",
    )
    .account("gradle", 1000),
    root(
        "docker.io/library/haskell",
        "haskell/docker-haskell: 9.4/buster/Dockerfile",
    ),
    root(
        "docker.io/library/maven",
        "carlossg/docker-maven: eclipse-temurin-17/Dockerfile",
    ),
    root(
        "docker.io/library/node",
        "nodejs/docker-node: 20/bookworm-slim/Dockerfile",
    )
    .account("node", 1000),
    root(
        "docker.io/library/openjdk",
        "docker-library/openjdk: 8/jdk/slim-bullseye/Dockerfile",
    ),
    root(
        "docker.io/library/php",
        "docker-library/php: 8.3/bookworm/fpm/Dockerfile",
    )
    .account_named("www-data"),
    root(
        "docker.io/library/python",
        "docker-library/python: 3.11/slim-bookworm/Dockerfile",
    ),
    root(
        "docker.io/library/ruby",
        "docker-library/ruby: 3.3/slim-bookworm/Dockerfile",
    ),
    root(
        "docker.io/library/rust",
        "rust-lang/docker-rust: stable/bookworm/Dockerfile",
    ),
    root(
        "docker.io/library/tomcat",
        "docker-library/tomcat: 10.1/jdk17/temurin-jammy/Dockerfile",
    ),
    root(
        "docker.io/oven/bun",
        "oven-sh/bun: dockerhub/distroless/Dockerfile",
    )
    .tagged(Tags::Contains(&["distroless"])),
    root(
        "docker.io/oven/bun",
        "oven-sh/bun: dockerhub/debian/Dockerfile",
    )
    .account("bun", 1000),
    root("docker.io/tiangolo/uvicorn-gunicorn-fastapi", FASTAPI),
    runs_as(
        "registry.access.redhat.com/ubi9/nodejs-20",
        "1001",
        "sclorg/s2i-nodejs-container: 20/Dockerfile.rhel9",
    ),
];
