//! Images that are built not to run as root.

use super::row::{BaseImage, Tags, runs_as};

const CHAINGUARD: &str = "chainguard-images/images: BEST_PRACTICES.md";

/// The rows, sorted by repository.
pub(super) const ROWS: &[BaseImage] = &[
    runs_as("cgr.dev/chainguard/curl", "65532", CHAINGUARD),
    runs_as("cgr.dev/chainguard/glibc-dynamic", "65532", CHAINGUARD),
    runs_as("cgr.dev/chainguard/jre", "65532", CHAINGUARD),
    runs_as(
        "cgr.dev/chainguard/nginx",
        "65532",
        "chainguard-images/images: images/nginx/config/main.tf",
    )
    .account("nginx", 65532),
    runs_as("cgr.dev/chainguard/node", "65532", CHAINGUARD),
    runs_as("cgr.dev/chainguard/php", "65532", CHAINGUARD),
    runs_as(
        "cgr.dev/chainguard/python",
        "65532",
        "chainguard-images/images: images/python/config/main.tf",
    )
    .account("nonroot", 65532),
    runs_as("cgr.dev/chainguard/ruby", "65532", CHAINGUARD),
    runs_as("cgr.dev/chainguard/static", "65532", CHAINGUARD),
    runs_as(
        "docker.io/bitnami/cassandra",
        "1001",
        "bitnami/containers: bitnami/cassandra/4.1/debian-12/Dockerfile",
    ),
    runs_as(
        "docker.io/bitnami/elasticsearch",
        "1001",
        "bitnami/containers: bitnami/elasticsearch/8/debian-12/Dockerfile",
    ),
    runs_as(
        "docker.io/bitnami/fluentd",
        "1001",
        "bitnami/containers: bitnami/fluentd/1/debian-12/Dockerfile",
    ),
    runs_as(
        "docker.io/bitnami/kafka",
        "1001",
        "bitnami/containers: bitnami/kafka/3.7/debian-12/Dockerfile",
    ),
    runs_as(
        "docker.io/bitnami/mariadb",
        "1001",
        "bitnami/containers: bitnami/mariadb/11.4/debian-12/Dockerfile",
    ),
    runs_as(
        "docker.io/bitnami/mongodb",
        "1001",
        "bitnami/containers: bitnami/mongodb/7.0/debian-12/Dockerfile",
    ),
    runs_as(
        "docker.io/bitnami/mysql",
        "1001",
        "bitnami/containers: bitnami/mysql/8.4/debian-12/Dockerfile",
    ),
    runs_as(
        "docker.io/bitnami/nginx",
        "1001",
        "bitnami/containers: bitnami/nginx/1.27/debian-12/Dockerfile",
    ),
    runs_as(
        "docker.io/bitnami/postgresql",
        "1001",
        "bitnami/containers: bitnami/postgresql/16/debian-12/Dockerfile",
    ),
    runs_as(
        "docker.io/bitnami/rabbitmq",
        "1001",
        "bitnami/containers: bitnami/rabbitmq/3.13/debian-12/Dockerfile",
    ),
    runs_as(
        "docker.io/bitnami/redis",
        "1001",
        "bitnami/containers: bitnami/redis/7.2/debian-12/Dockerfile",
    ),
    runs_as(
        "docker.io/bitnami/redis-cluster",
        "1001",
        "bitnami/containers: bitnami/redis-cluster/7.2/debian-12/Dockerfile",
    ),
    runs_as(
        "docker.io/bitnami/zookeeper",
        "1001",
        "bitnami/containers: bitnami/zookeeper/3.9/debian-12/Dockerfile",
    ),
    runs_as(
        "gcr.io/distroless/*",
        "65532",
        "GoogleContainerTools/distroless: common/variables.bzl",
    )
    .account("nonroot", 65532)
    .tagged(Tags::Contains(&["nonroot"])),
    runs_as(
        "gcr.io/distroless/*",
        "0",
        "GoogleContainerTools/distroless: common/variables.bzl",
    )
    .account("nonroot", 65532),
];
