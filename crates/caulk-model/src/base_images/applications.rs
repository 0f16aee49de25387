//! Programs that are mostly pulled as they are: monitoring, delivery, mail, notebooks, browsers.

use caulk_linux::{Capability, CapabilitySet};

use super::row::{ARRANGE_AND_STEP, BaseImage, Gains, SIGNAL, STEP, SUDO, Tags, root, runs_as};

const KIBANA: &str =
    "elastic/kibana: src/dev/build/tasks/os_packages/docker_generator/templates/base/Dockerfile";
const JUPYTER: &str = "jupyter/docker-stacks: images/docker-stacks-foundation/start.sh";

/// What a script needs that arranges an account and its folders and starts sudo, which writes to the
/// kernel's audit log, and passes signals on, as `tini` does in front of it.
const SUDO_AS: CapabilitySet = ARRANGE_AND_STEP
    .union(SIGNAL)
    .union(CapabilitySet::of(&[Capability::AuditWrite]));
const OPENTELEMETRY: &str =
    "open-telemetry/opentelemetry-collector-releases: distributions/otelcol-contrib/Dockerfile";

/// The rows, sorted by repository.
pub(super) const ROWS: &[BaseImage] = &[
    runs_as(
        "docker.elastic.co/beats/filebeat",
        "filebeat",
        "deviantony/docker-elk: extensions/filebeat/filebeat-compose.yml",
    )
    .account("filebeat", 1000)
    .tagged(Tags::Since(8, 0)),
    runs_as(
        "docker.elastic.co/beats/heartbeat",
        "heartbeat",
        "elastic/beats: dev-tools/packaging/templates/docker/Dockerfile.tmpl",
    )
    .account("heartbeat", 1000)
    .gaining(Gains::SomeFile("heartbeat"))
    .tagged(Tags::Since(8, 0)),
    runs_as(
        "docker.elastic.co/beats/metricbeat",
        "metricbeat",
        "deviantony/docker-elk: extensions/metricbeat/metricbeat-compose.yml",
    )
    .account("metricbeat", 1000)
    .tagged(Tags::Since(8, 0)),
    runs_as(
        "docker.elastic.co/elastic-agent/elastic-agent",
        "elastic-agent",
        "deviantony/docker-elk: extensions/fleet/fleet-compose.yml",
    )
    .account("elastic-agent", 1000)
    .gaining(Gains::SomeFile("elastic-agent"))
    .tagged(Tags::Since(8, 0)),
    runs_as("docker.elastic.co/kibana/kibana", "1000", KIBANA).account("kibana", 1000),
    runs_as(
        "docker.elastic.co/logstash/logstash",
        "1000",
        "elastic/logstash: docker/templates/Dockerfile.erb",
    )
    .account("logstash", 1000),
    root("docker.io/alpine/socat", "alpine-docker/socat: Dockerfile"),
    root("docker.io/axllent/mailpit", "axllent/mailpit: Dockerfile"),
    root(
        "docker.io/containrrr/watchtower",
        "containrrr/watchtower: dockerfiles/Dockerfile",
    ),
    root(
        "docker.io/gitlab/gitlab-ce",
        "gitlabhq/omnibus-gitlab: docker/Dockerfile",
    ),
    root(
        "docker.io/gitlab/gitlab-ee",
        "gitlabhq/omnibus-gitlab: docker/Dockerfile",
    ),
    runs_as(
        "docker.io/grafana/grafana",
        "472",
        "https://grafana.com/docs/grafana/v5.4/installation/docker",
    )
    .account("grafana", 472)
    .tagged(Tags::SinceOrUnversioned(5, 1)),
    runs_as(
        "docker.io/grafana/loki",
        "10001",
        "grafana/loki: cmd/loki/Dockerfile",
    )
    .account("loki", 10001),
    root(
        "docker.io/grafana/promtail",
        "grafana/loki: clients/cmd/promtail/Dockerfile",
    ),
    runs_as(
        "docker.io/graylog/graylog",
        "graylog",
        "Graylog2/graylog-docker: docker/oss/Dockerfile",
    )
    .account("graylog", 1100),
    runs_as(
        "docker.io/jenkins/jenkins",
        "jenkins",
        "jenkinsci/docker: debian/bookworm/hotspot/Dockerfile",
    )
    .account("jenkins", 1000),
    runs_as("docker.io/jupyter/all-spark-notebook", "1000", JUPYTER)
        .account("jovyan", 1000)
        .stepping_down("jovyan", "sudo", SUDO_AS),
    runs_as("docker.io/jupyter/base-notebook", "1000", JUPYTER)
        .account("jovyan", 1000)
        .stepping_down("jovyan", "sudo", SUDO_AS),
    runs_as("docker.io/jupyter/datascience-notebook", "1000", JUPYTER)
        .account("jovyan", 1000)
        .stepping_down("jovyan", "sudo", SUDO_AS),
    runs_as("docker.io/jupyter/julia-notebook", "1000", JUPYTER)
        .account("jovyan", 1000)
        .stepping_down("jovyan", "sudo", SUDO_AS),
    runs_as("docker.io/jupyter/minimal-notebook", "1000", JUPYTER)
        .account("jovyan", 1000)
        .stepping_down("jovyan", "sudo", SUDO_AS),
    runs_as("docker.io/jupyter/pyspark-notebook", "1000", JUPYTER)
        .account("jovyan", 1000)
        .stepping_down("jovyan", "sudo", SUDO_AS),
    runs_as("docker.io/jupyter/pytorch-notebook", "1000", JUPYTER)
        .account("jovyan", 1000)
        .stepping_down("jovyan", "sudo", SUDO_AS),
    runs_as("docker.io/jupyter/r-notebook", "1000", JUPYTER)
        .account("jovyan", 1000)
        .stepping_down("jovyan", "sudo", SUDO_AS),
    runs_as("docker.io/jupyter/scipy-notebook", "1000", JUPYTER)
        .account("jovyan", 1000)
        .stepping_down("jovyan", "sudo", SUDO_AS),
    runs_as("docker.io/jupyter/tensorflow-notebook", "1000", JUPYTER)
        .account("jovyan", 1000)
        .stepping_down("jovyan", "sudo", SUDO_AS),
    runs_as(
        "docker.io/library/docker",
        "rootless",
        "docker-library/docker: 27/dind-rootless/Dockerfile",
    )
    .account("rootless", 1000)
    .gaining(Gains::Setuid("newuidmap"))
    .tagged(Tags::Contains(&["rootless"])),
    root(
        "docker.io/library/docker",
        "docker-library/docker: 27/cli/Dockerfile",
    ),
    runs_as("docker.io/library/kibana", "1000", KIBANA).account("kibana", 1000),
    runs_as(
        "docker.io/library/logstash",
        "1000",
        "elastic/logstash: docker/templates/Dockerfile.erb",
    )
    .account("logstash", 1000),
    runs_as(
        "docker.io/library/sonarqube",
        "sonarqube",
        "docker-library/repo-info: repos/sonarqube/remote/latest.md",
    )
    .account("sonarqube", 1000)
    .tagged(Tags::Is(&["latest", "community"])),
    runs_as(
        "docker.io/library/sonarqube",
        "sonarqube",
        "SonarSource/docker-sonarqube: 10/community/Dockerfile",
    )
    .account("sonarqube", 1000)
    .tagged(Tags::Since(10, 0)),
    root(
        "docker.io/library/telegraf",
        "influxdata/influxdata-docker: telegraf/1.28/entrypoint.sh",
    )
    .stepping_down("telegraf", "setpriv", STEP)
    .tagged(Tags::SinceOrUnversioned(1, 28)),
    root(
        "docker.io/linuxserver/*",
        "linuxserver/docker-baseimage-alpine: Dockerfile",
    )
    .account("abc", 911),
    runs_as(
        "docker.io/maildev/maildev",
        "node",
        "maildev/maildev: Dockerfile",
    )
    .account("node", 1000),
    runs_as(
        "docker.io/mailhog/mailhog",
        "mailhog",
        "mailhog/MailHog: Dockerfile",
    )
    .account("mailhog", 1000),
    runs_as(
        "docker.io/n8nio/n8n",
        "node",
        "n8n-io/n8n: docker/images/n8n/Dockerfile",
    )
    .account("node", 1000),
    runs_as(
        "docker.io/oliver006/redis_exporter",
        "59000:59000",
        "oliver006/redis_exporter: docker/Dockerfile",
    )
    .writing(&[]),
    runs_as(
        "docker.io/otel/opentelemetry-collector",
        "10001:10001",
        OPENTELEMETRY,
    ),
    runs_as(
        "docker.io/otel/opentelemetry-collector-contrib",
        "10001:10001",
        OPENTELEMETRY,
    ),
    root(
        "docker.io/portainer/portainer",
        "portainer/portainer: build/linux/Dockerfile",
    ),
    root(
        "docker.io/portainer/portainer-ce",
        "portainer/portainer: build/linux/Dockerfile",
    ),
    runs_as(
        "docker.io/prom/alertmanager",
        "nobody",
        "prometheus/alertmanager: Dockerfile",
    )
    .account("nobody", 65534)
    .writing(&[]),
    runs_as(
        "docker.io/prom/mysqld-exporter",
        "nobody",
        "prometheus/mysqld_exporter: Dockerfile",
    )
    .account("nobody", 65534)
    .writing(&[]),
    runs_as(
        "docker.io/prom/node-exporter",
        "nobody",
        "prometheus/node_exporter: Dockerfile",
    )
    .account("nobody", 65534)
    .writing(&[]),
    runs_as(
        "docker.io/prom/prometheus",
        "nobody",
        "prometheus/prometheus: Dockerfile",
    )
    .account("nobody", 65534)
    .writing(&[]),
    runs_as(
        "docker.io/selenium/*",
        "1200",
        "SeleniumHQ/docker-selenium: NodeBase/Dockerfile",
    )
    .account("seluser", 1200)
    .gaining(SUDO),
    runs_as(
        "docker.io/selenium/base",
        "1200:1201",
        "SeleniumHQ/docker-selenium: Base/Dockerfile",
    )
    .account("seluser", 1200)
    .gaining(SUDO),
    // It is built on ffmpeg and not on the base of the others: there is no sudo in it.
    runs_as(
        "docker.io/selenium/video",
        "1200",
        "SeleniumHQ/docker-selenium: Video/Dockerfile",
    ),
    root(
        "docker.io/vaultwarden/server",
        "dani-garcia/vaultwarden: docker/Dockerfile.alpine",
    ),
    root(
        "gcr.io/cadvisor/cadvisor",
        "google/cadvisor: deploy/Dockerfile",
    ),
    runs_as("quay.io/jupyter/*", "1000", JUPYTER)
        .account("jovyan", 1000)
        .stepping_down("jovyan", "sudo", SUDO_AS),
    runs_as(
        "quay.io/keycloak/keycloak",
        "1000",
        "keycloak/keycloak: quarkus/container/Dockerfile",
    )
    .account("keycloak", 1000),
    runs_as(
        "quay.io/prometheuscommunity/postgres-exporter",
        "nobody",
        "prometheus-community/postgres_exporter: Dockerfile",
    )
    .writing(&[]),
];
