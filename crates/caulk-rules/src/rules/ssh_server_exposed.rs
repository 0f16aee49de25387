//! See the page below.

use std::collections::BTreeSet;

use caulk_model::ImageSource;
use caulk_source::Span;

use crate::images;
use crate::prelude::*;

rule! {
    /// The image or the service is made to be logged in to over SSH.
    ///
    /// ## Why it matters
    ///
    /// An SSH server in a container is one more way in, with keys or passwords of its own that somebody has
    /// to keep, patches that somebody has to apply, and a way in that the engine's own records do
    /// not show. `docker exec` needs none of it: who may use the engine is in already.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM debian:12-slim
    /// EXPOSE 22
    /// CMD ["/usr/sbin/sshd", "-D"]
    /// ```
    ///
    /// ```yaml,bad
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:2
    ///     ports:
    ///       - "2222:22"
    /// ```
    ///
    /// ## Good
    ///
    /// ```dockerfile,good
    /// FROM debian:12-slim
    /// EXPOSE 8080
    /// CMD ["server"]
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *The server*: `sshd` is the program of the entrypoint or the command, or the second or third word
    ///   of it.
    /// - *The port*: `EXPOSE` of port 22 over TCP, also in a range of ports.
    /// - *Of a service*: it publishes port 22 over TCP, or `sshd` is among the first words of its
    ///   command. Where the image is built here and found at fault itself, that is said once, there.
    /// - *Only exposed* (silent): `expose` of a service publishes nothing and starts nothing.
    /// - *Made for it* (silent): a service that is called, itself or its image, after git, SSH, SFTP or a program
    ///   that copies over SSH (`gitea`, `sftp`, `borg`): there SSH is the work. So it is of a stage of such a name
    ///   or on such an image, of one that such a service runs, and of one that makes an account `git`.
    /// - *Another stage*: only the stage that is built counts, with those on which it stands.
    ///
    /// An image whose work is to be an SSH server will want to ignore this.
    ///
    /// ## About the fix
    ///
    /// There is none.
    ///
    /// ## Sources
    ///
    /// CIS Docker Benchmark 1.6.0, 5.7.
    "ssh-server-exposed",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Medium),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Dockerfile, Surface::Compose],
    references: &[
        Reference::like(Authority::Cis, "5.7"),
        Reference::same(Authority::Nist, "4.1.2"),
        Reference::like(Authority::DockerBench, "check_5_7"),
        Reference::like(Authority::Trivy, "DS-0004"),
        Reference::like(Authority::Checkov, "CKV_DOCKER_1"),
        Reference::like(Authority::Kics, "5907595b-5b6d-4142-b173-dbb0e73fbff8"),
        Reference::like(Authority::CloudSecurity, "dfs011"),
    ],
    check: check,
}

const WHY: &str =
    "it is one more way in, with keys and patches of its own that somebody has to keep";

/// The port that SSH has by itself.
const SSH: u16 = 22;

fn check(repository: &Repository, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for container in repository.containers() {
        if container.source != ImageSource::Itself {
            findings.extend(of_service(repository, container));
            continue;
        }
        if works_over_ssh(repository, container) {
            continue;
        }
        let places = [started(container), exposed(container)];
        let advice = "leave the server out; `docker exec` gives a shell in the container to whoever may have one";
        let found = finding(container, places.into_iter().flatten(), advice);
        findings.extend(found.filter(|found| seen.insert(found.primary.span)));
    }
}

/// A finding at the first of these places; nothing where there is none.
fn finding(
    container: &Container,
    mut places: impl Iterator<Item = (Span, &'static str)>,
    advice: &str,
) -> Option<Finding> {
    let (place, label) = places.next()?;
    let title = container.title();
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(place, label),
        format!("{title} is made to be logged in to over SSH"),
    )
    .container(&title, container.anchor)
    .fact("ssh")
    .why(WHY)
    .advice(advice);
    Some(places.fold(finding, |finding, (place, label)| {
        finding.related(place, label)
    }))
}

/// A finding about what a service says itself.
fn of_service(repository: &Repository, container: &Container) -> Option<Finding> {
    if container.surface != Surface::Compose || is_made_for_it(container) {
        return None;
    }
    if let ImageSource::Built {
        container: Some(stage),
        ..
    } = container.source
        && let Some(stage) = repository.container(stage)
        && (started(stage).is_some() || exposed(stage).is_some())
    {
        return None;
    }
    let declared = &container.declared;
    let server = declared
        .command
        .iter()
        .take(3)
        .find(|word| is_server(&word.value));
    let published = declared
        .ports
        .iter()
        .find(|port| is_the_port(&port.value.target));
    let says = declared
        .exposed
        .iter()
        .find(|port| port.value.known().is_some_and(|port| is_the_port(port)));
    let places = [
        server.map(|word| (word.origin.span(), "starts the server")),
        published.map(|port| (port.origin.span(), "hands SSH out to the host")),
        says.map(|port| (port.origin.span(), "is the port of SSH")),
    ];
    // What is only exposed goes nowhere by itself.
    if server.is_none() && published.is_none() {
        return None;
    }
    let advice = "leave it out; `docker compose exec` gives a shell in the container to whoever may have one";
    let found = finding(container, places.into_iter().flatten(), advice)?;
    if server.is_some() {
        return Some(found);
    }
    let is_built = matches!(container.source, ImageSource::Built { .. });
    let (confidence, because) = if is_built {
        (
            Confidence::Low,
            "no step of its build that runs here starts a server",
        )
    } else {
        (
            Confidence::Medium,
            "whether a server listens there is the image's to say",
        )
    };
    let message = format!("{} publishes the port of SSH", container.title());
    Some(Finding { message, ..found }.doubted(confidence, because))
}

/// Names of images that serve over SSH, or parts of them.
const SERVERS: &[&str] = &[
    "borg",
    "forgejo",
    "gerrit",
    "git",
    "gogs",
    "rsync",
    "sftp",
    "soft-serve",
    "ssh",
];

/// Whether SSH is what the service is for, by its name or its image's.
fn is_made_for_it(container: &Container) -> bool {
    let name = container.name.as_deref().unwrap_or_default().to_lowercase();
    images::is_called(container, SERVERS) || SERVERS.iter().any(|server| name.contains(server))
}

/// Whether SSH is what the image that a stage builds is for.
fn works_over_ssh(repository: &Repository, stage: &Container) -> bool {
    let mut services = stage
        .run_by
        .iter()
        .filter_map(|id| repository.container(*id));
    is_made_for_it(stage) || stage.image.created("git").is_some() || services.any(is_made_for_it)
}

fn is_server(word: &str) -> bool {
    word.rsplit('/').next() == Some("sshd")
}

fn started(container: &Container) -> Option<(Span, &'static str)> {
    let start = container.image.entrypoint.as_ref()?;
    let server = start
        .words
        .iter()
        .take(3)
        .position(|word| is_server(word))?;
    let place = match start.command {
        Some((first, command)) if server >= first => command,
        Some(_) | None => start.span,
    };
    Some((place, "starts the server"))
}

fn exposed(container: &Container) -> Option<(Span, &'static str)> {
    let ports = &container.image.build.exposed;
    let port = ports.iter().find(|port| is_the_port(&port.value))?;
    Some((port.span, "is the port of SSH"))
}

/// Whether `22`, `22/tcp` or a range holds the port; the engine reads the protocol in any case.
fn is_the_port(text: &str) -> bool {
    let (ports, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    protocol.eq_ignore_ascii_case("tcp")
        && first.parse::<u16>().is_ok_and(|first| first <= SSH)
        && last.parse::<u16>().is_ok_and(|last| last >= SSH)
}
