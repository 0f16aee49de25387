//! See the page below.

use caulk_model::build::{BuildFact, EngineVariable};
use caulk_model::{Daemon, EngineClient, Entry, Variable};

use crate::build;
use crate::prelude::*;

rule! {
    /// The engine's API is used over the network without TLS.
    ///
    /// ## Why it matters
    ///
    /// Who can speak to the engine's API starts a privileged container and is root on its host. Over plain
    /// TCP nobody is asked who they are: everybody in the network that carries it can do that, and whoever
    /// listens reads along and answers in the engine's place.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   deployer:
    ///     image: ghcr.io/acme/deployer:1.0
    ///     environment:
    ///       DOCKER_HOST: tcp://10.0.0.5:2375
    /// ```
    ///
    /// ```json,bad file=etc/docker/daemon.json
    /// {
    ///   "hosts": ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2375"]
    /// }
    /// ```
    ///
    /// ```yaml,bad
    /// services:
    ///   engine:
    ///     image: docker:28-dind
    ///     privileged: true
    ///     command: ["dockerd", "--host=tcp://0.0.0.0:2375"]
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   deployer:
    ///     image: ghcr.io/acme/deployer:1.0
    ///     environment:
    ///       DOCKER_HOST: tcp://10.0.0.5:2376
    ///       DOCKER_TLS_VERIFY: "1"
    /// ```
    ///
    /// ```json,good file=etc/docker/daemon.json
    /// {
    ///   "hosts": ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2376"],
    ///   "tlsverify": true
    /// }
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Another machine* (fires): critical, whatever the port.
    /// - *Another service* (fires): medium where it is one of the project, because only the
    ///   containers of its network reach it.
    /// - *Its own address* (fires): medium where it is `localhost` or 127.0.0.1, for only its network
    ///   namespace reaches that.
    /// - *An engine that listens* (fires): critical where its own command opens TCP without asking for
    ///   certificates, except on its own loopback.
    /// - *TLS*: `DOCKER_TLS_VERIFY` or `DOCKER_TLS` with any value but an empty one keeps it silent, and so
    ///   does port 2376 where neither is there.
    /// - *A client outside of containers*: `DOCKER_HOST` in the `env` of a workflow, the `variables` of a
    ///   pipeline, a script or a line of a Makefile, and `docker -H`, with what asks for TLS beside it.
    ///   Medium where the host is a service of the pipeline. What documentation shows is the reader's.
    /// - *An image* (fires): `ENV DOCKER_HOST` holds for whatever is started in it. Medium where the host
    ///   is a bare name, which only a network of containers knows.
    /// - *A socket proxy* (silent): a service whose image is one is what people put there to let little
    ///   through.
    /// - *Another way* (silent): SSH and a socket.
    /// - *A variable* (silent): an endpoint, or a wish for TLS, that has no value here.
    /// - *In `daemon.json`*: a `tcp://` address in `hosts` where `tlsverify` is not on: `tls` alone
    ///   encrypts and asks nobody who they are. An address of the machine itself is of severity high
    ///   there: every account, and every container with the host's network, reaches it.
    ///
    /// ## About the fix
    ///
    /// There is none: give the engine a certificate and the clients theirs (`DOCKER_TLS_VERIFY`,
    /// `DOCKER_CERT_PATH`), or go through SSH (`ssh://user@host`).
    "docker-over-plain-tcp",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::Medium, worst: Severity::Critical },
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Dockerfile, Surface::Compose, Surface::CommandLine, Surface::Workflow, Surface::Daemon],
    references: &[
        Reference::same(Authority::Cis, "2.7"),
        Reference::like(Authority::Owasp, "Rule 1"),
        Reference::like(Authority::DockerBench, "check_2_7"),
    ],
    check: check,
}

/// The port of the API with TLS.
const TLS_PORT: &str = "2376";

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        findings.extend(listens(container));
        let environment = &container.declared.environment;
        let is_host = |entry: &&Entry<Variable>| entry.value.name == "DOCKER_HOST";
        let Some(entry) = environment.iter().find(is_host) else {
            continue;
        };
        let said = entry.value.value.as_ref().and_then(State::known);
        if let Some((host, port)) = said.and_then(|text| endpoint(text))
            && !speaks_tls(environment, port)
        {
            findings.extend(finding(repository, container, entry, host));
        }
    }
    for (container, fact) in build::facts(repository, |build| &build.engine_variables) {
        findings.extend(of_an_image(container, fact));
    }
    for client in repository.clients() {
        findings.extend(of_a_client(client));
    }
    for daemon in repository.daemons() {
        for host in &daemon.hosts {
            let address = host.value.strip_prefix("tcp://");
            if let Some(address) = address.filter(|_| !checks(daemon)) {
                findings.report(daemon_listens(daemon, host, address));
            }
        }
    }
}

/// An engine in the container that listens on TCP without asking for certificates.
fn listens(container: &Container) -> Option<Finding> {
    let command = &container.declared.command;
    let says = |option: &str| {
        command.iter().any(|word| {
            let mut parts = word.value.splitn(2, '=');
            parts.next() == Some(option) && parts.next().is_none_or(|value| value == "true")
        })
    };
    if says("--tlsverify") {
        return None;
    }
    let mut before = "";
    let mut endpoints = command.iter().filter(|word| {
        let value = word.value.as_str();
        let inside = value
            .strip_prefix("--host=")
            .or_else(|| value.strip_prefix("-H="))
            .or_else(|| value.strip_prefix("-H"));
        let given = matches!(before, "-H" | "--host")
            .then_some(value)
            .or(inside);
        before = value;
        given.is_some_and(|endpoint| {
            let address = endpoint.strip_prefix("tcp://");
            address.is_some_and(|address| {
                !address.starts_with("127.") && !address.starts_with("localhost")
            })
        })
    });
    let word = endpoints.next()?;
    let title = container.title();
    Some(
        Finding::new(
            &RULE.info,
            container.surface,
            Label::new(word.origin.span(), "lets everybody in its networks start containers"),
            format!("the engine in {title} listens on TCP without asking for certificates"),
        )
        .container(&title, container.anchor)
        .fact("engine on TCP")
        .why(
            "whoever reaches the port starts a privileged container there, and so has what this one \
             holds",
        )
        .advice("give it certificates and `--tlsverify`, or a socket that only its users mount"),
    )
}

/// The host and the port of an endpoint over TCP.
fn endpoint(text: &str) -> Option<(&str, &str)> {
    let address = text
        .strip_prefix("tcp://")
        .or_else(|| text.strip_prefix("http://"))?;
    let address = address.split('/').next()?;
    Some(address.rsplit_once(':').unwrap_or((address, "")))
}

/// Whether the client asks for TLS; where that is not known, it is not held against it.
fn speaks_tls(environment: &[Entry<Variable>], port: &str) -> bool {
    let verify = environment.iter().find(|entry| {
        matches!(
            entry.value.name.as_str(),
            "DOCKER_TLS_VERIFY" | "DOCKER_TLS"
        )
    });
    match verify.map(|entry| entry.value.value.as_ref()) {
        Some(Some(State::Known(value))) => !value.is_empty(),
        Some(Some(State::Unknown { .. }) | None) => true,
        None => port == TLS_PORT,
    }
}

fn finding(
    repository: &Repository,
    container: &Container,
    entry: &Entry<Variable>,
    host: &str,
) -> Option<Finding> {
    let neighbour = repository.neighbour(container, host);
    if neighbour.is_some_and(is_proxy) {
        return None;
    }
    let title = container.title();
    let (severity, why) = reached(host, neighbour.is_some());
    let mut finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(entry.origin.span(), "speaks to the engine without TLS"),
        format!("{title} uses an engine's API over plain TCP"),
    )
    .severity(severity)
    .container(&title, container.anchor)
    .fact("DOCKER_HOST")
    .why(why)
    .advice("use TLS (`DOCKER_TLS_VERIFY=1` and a certificate) or `ssh://`");
    if let Some(other) = neighbour {
        finding = finding.related(other.anchor, "is the service that it speaks to");
    }
    Some(finding)
}

/// Who reaches an endpoint, and how bad that is.
fn reached(host: &str, is_service: bool) -> (Severity, &'static str) {
    if is_service {
        (
            Severity::Medium,
            "every container in the network of that service can speak to the engine behind it, and \
             start what it likes there",
        )
    } else if matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
        (
            Severity::Medium,
            "whatever else runs in its network namespace can speak to the engine, and start what it \
             likes there",
        )
    } else {
        (
            Severity::Critical,
            "whoever reaches that endpoint becomes root on its host, and whoever is on the way can \
             answer in its place",
        )
    }
}

/// What an image tells every client that runs in it.
fn of_an_image(container: &Container, fact: &BuildFact<EngineVariable>) -> Option<Finding> {
    if fact.value.name != "DOCKER_HOST" {
        return None;
    }
    let (host, port) = endpoint(fact.value.value.known()?)?;
    let mut variables = container.image.build.engine_variables.iter();
    let asks = variables.find(|other| other.value.name != "DOCKER_HOST");
    let speaks = match asks.map(|other| &other.value.value) {
        Some(State::Known(value)) => !value.is_empty(),
        Some(State::Unknown { .. }) => true,
        None => port == TLS_PORT,
    };
    if speaks {
        return None;
    }
    // A bare name is one that only a network of containers knows.
    let is_neighbour = !host.contains(['.', ':', '[']) && host != "localhost";
    let (severity, why) = reached(host, is_neighbour);
    let says = "tells its programs to use an engine's API over plain TCP";
    let label = "speaks to the engine without TLS";
    let finding = build::report(&RULE.info, container, fact, label, says);
    Some(
        finding
            .severity(severity)
            .fact("DOCKER_HOST")
            .why(why)
            .advice("use TLS (`DOCKER_TLS_VERIFY=1` and a certificate) or `ssh://`"),
    )
}

/// A client outside of any container.
fn of_a_client(client: &EngineClient) -> Option<Finding> {
    let (host, port) = endpoint(&client.endpoint)?;
    let asks = match &client.tls {
        Some(State::Known(asks)) => *asks,
        Some(State::Unknown { .. }) => true,
        None => port == TLS_PORT,
    };
    if asks {
        return None;
    }
    let (severity, why) = reached(host, client.service.is_some());
    let mut finding = Finding::new(
        &RULE.info,
        client.surface,
        Label::new(client.place, "speaks to the engine without TLS"),
        "a client uses an engine's API over plain TCP",
    )
    .severity(severity)
    .fact(format!("client of {host}"))
    .why(why)
    .advice("use TLS (`DOCKER_TLS_VERIFY=1` and a certificate) or `ssh://`");
    if let Some(service) = client.service {
        finding = finding.related(service, "is the service that it speaks to");
    }
    Some(finding)
}

/// Whether a service is one that lets only part of the API through.
fn is_proxy(container: &Container) -> bool {
    let image = container.image.base.name();
    ["socket-proxy", "socket_proxy", "socketproxy"]
        .iter()
        .any(|name| image.contains(name))
}

fn checks(daemon: &Daemon) -> bool {
    let verify = daemon.tls_verify.as_ref();
    verify.and_then(|fact| fact.value()) == Some(&true)
}

/// Whether only the machine itself reaches an address.
fn is_own(address: &str) -> bool {
    ["127.", "localhost", "[::1]"]
        .iter()
        .any(|own| address.starts_with(own))
}

fn daemon_listens(daemon: &Daemon, host: &Entry<String>, address: &str) -> Finding {
    let (severity, who) = if is_own(address) {
        (
            Severity::High,
            "every account of the machine, and every container with its network,",
        )
    } else {
        (
            Severity::Critical,
            "every machine and every container that reaches the port",
        )
    };
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Daemon,
        Label::new(host.origin.span(), "asks nobody who they are"),
        format!(
            "the engine listens on `{}` without checking clients",
            host.value
        ),
    )
    .severity(severity)
    .fact("plain tcp")
    .why(format!(
        "{who} can start a privileged container, and is root of the machine with it"
    ))
    .advice(
        "leave the address out and connect with `ssh://`, or set `tlsverify` with certificates on \
         both sides",
    );
    if let Some(off) = &daemon.tls_verify {
        finding = finding.related(off.span(), "because this is off");
    }
    finding
}
