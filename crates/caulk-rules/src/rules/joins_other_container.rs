//! See the page below.

use caulk_model::{Namespace, NamespaceKind, Origin};
use caulk_source::Span;

use crate::images;
use crate::prelude::*;

rule! {
    /// The container lives in a namespace of another one, or has its volumes.
    ///
    /// ## Why it matters
    ///
    /// What confines two containers against each other is gone where they share a namespace: in one
    /// network they have the same 127.0.0.1 and the same ports, in one process namespace each sees, signals
    /// and (with the right to) debugs the other's processes, in one IPC namespace they share memory. What one
    /// of them holds, somebody who got into the other can often use.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   vpn:
    ///     image: ghcr.io/acme/vpn:1.0
    ///     cap_add: [NET_ADMIN]
    ///   downloader:
    ///     image: ghcr.io/acme/downloader:1.0
    ///     network_mode: service:vpn
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   vpn:
    ///     image: ghcr.io/acme/vpn:1.0
    ///     cap_add: [NET_ADMIN]
    ///   downloader:
    ///     image: ghcr.io/acme/downloader:1.0
    ///     networks: [vpn]
    /// networks:
    ///   vpn: {}
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Namespaces* of another service or container: network, processes, IPC. Its own, none, and the
    ///   host's, of which `host-namespace` speaks, are silent.
    /// - *Volumes*: `volumes_from`, with `:ro` too. Of a volume that both name, `volume-shared` speaks.
    /// - *Shared memory that nobody offers* (fires): Docker lets a container join another's only where that
    ///   one is `shareable`, by itself or by the engine's `default-ipc-mode`. Whether it is, is said beside
    ///   it.
    /// - *A tunnel* (silent): to have the network of a container whose image is called after one (`gluetun`,
    ///   `wireguard`) is how others go out through it.
    /// - *What the other holds* (fires): that it is privileged, or given a capability, is said beside it.
    ///   Nothing hangs on that.
    /// - *By the name of a container*: `container:NAME` is looked for among the `container_name`s of the
    ///   project, and among the names that command lines of the same file give.
    /// - *Only data*: `volumes_from` is a way to name volumes where the other one is of a distribution's
    ///   image and runs nothing of its own, or only prints and ends. Then it is silent.
    /// - *A variable* (silent): what has no value here is not guessed.
    ///
    /// ## About the fix
    ///
    /// There is none: such an arrangement is made on purpose. Where only files are meant, name the volumes
    /// that are needed, read-only where that is enough; where only a connection is meant, use a network.
    "joins-other-container",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Low),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Compose, Surface::CommandLine],
    references: &[Reference::like(Authority::Nist, "4.4.3")],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        if !RULE.info.surfaces.contains(&container.surface) {
            continue;
        }
        for (kind, fact) in &container.declared.namespaces {
            if let Some(Namespace::Joined { whose }) = fact.value() {
                let what = shared(*kind);
                let other = the_other(repository, container, whose);
                if *kind == NamespaceKind::Network && other.is_some_and(is_a_tunnel) {
                    continue;
                }
                let finding = finding(other, container, &fact.origin, whose, what);
                let offer = other
                    .filter(|_| *kind == NamespaceKind::Ipc)
                    .and_then(offer);
                findings.report(related(finding, other, offer));
            }
        }
        for entry in &container.declared.volumes_from {
            if let Some(whose) = entry.value.known() {
                let what = (
                    "every volume",
                    "what it writes there, the other reads as its own",
                );
                let other = the_other(repository, container, whose);
                if other.is_some_and(images::runs_nothing) {
                    continue;
                }
                let finding = finding(other, container, &entry.origin, whose, what);
                findings.report(related(finding, other, None));
            }
        }
    }
}

/// Whether it is there for others to go out through it.
fn is_a_tunnel(other: &Container) -> bool {
    images::is_called(other, images::TUNNELS)
}

/// What is shared, and what follows.
fn shared(kind: NamespaceKind) -> (&'static str, &'static str) {
    match kind {
        NamespaceKind::Network => (
            "the network",
            "each reaches what the other keeps on 127.0.0.1, and the ports of one are the other's",
        ),
        NamespaceKind::Pid => (
            "the process tree",
            "each sees the other's command lines and environments, and as the same user can stop or \
             debug its programs",
        ),
        NamespaceKind::Ipc => (
            "the shared memory",
            "each can read and write what the other keeps there",
        ),
        NamespaceKind::Uts => (
            "the host name",
            "each sees under which name the other works",
        ),
        NamespaceKind::User => ("the user numbers", "root in one is root in the other"),
        NamespaceKind::Cgroup => ("the control groups", "each sees what the other may use up"),
    }
}

fn finding(
    other: Option<&Container>,
    container: &Container,
    origin: &Origin,
    whose: &str,
    (what, follows): (&str, &str),
) -> Finding {
    let title = container.title();
    let shown = match other {
        Some(other) => other.title(),
        None => origin.quoted(whose),
    };
    Finding::new(
        &RULE.info,
        container.surface,
        Label::new(origin.span(), format!("gives it {what} of the other")),
        format!("{title} uses {what} of {shown}"),
    )
    .container(&title, container.anchor)
    .fact(format!("{what} of {whose}"))
    .why(follows)
    .advice(if what == "the network" {
        "keep it where the one goes out through the other, as through a VPN; for a connection between \
         the two, a network in common is enough"
    } else {
        "keep to it only if that is what the two are for"
    })
}

/// The finding with what there is to say of the other one.
fn related(
    finding: Finding,
    other: Option<&Container>,
    offer: Option<(Span, &'static str)>,
) -> Finding {
    let Some(other) = other else {
        return finding;
    };
    match offer {
        Some((place, words)) if place == other.anchor => finding.related(place, words),
        Some((place, words)) => finding
            .related(other.anchor, holds(other))
            .related(place, words),
        None => finding.related(other.anchor, holds(other)),
    }
}

/// Whose it is: `service:NAME`, `container:NAME`; of volumes also `NAME` and `NAME:ro`.
fn the_other<'r>(
    repository: &'r Repository,
    container: &Container,
    whose: &str,
) -> Option<&'r Container> {
    let name = match whose.split_once(':') {
        Some(("container", rest)) => {
            // Of volumes the mode stands behind it.
            let name = rest.split_once(':').map_or(rest, |(name, _)| name);
            return repository.called(container, name);
        }
        Some(("service", name) | (name, _)) => name,
        None => whose,
    };
    repository
        .neighbour(container, name)
        .or_else(|| repository.called(container, name))
}

/// Whether the other one lets its shared memory be joined, and who says so.
fn offer(other: &Container) -> Option<(Span, &'static str)> {
    let ipc = &other.namespaces.ipc;
    let words = match ipc.value()? {
        Namespace::Shareable if ipc.origin.is_from_daemon() => {
            "every container of this engine offers its shared memory"
        }
        Namespace::Shareable => "and it offers its shared memory",
        Namespace::Own => {
            "and it does not offer its shared memory: Docker refuses to start the one that joins"
        }
        Namespace::Host | Namespace::Joined { .. } | Namespace::Nothing => return None,
    };
    Some((ipc.span(), words))
}

/// What the other one has that is worth sharing.
fn holds(other: &Container) -> String {
    let added = &other.declared.cap_add;
    if other.privileged.value() == Some(&true) {
        return "and the other is privileged".to_owned();
    }
    match added.first() {
        Some(first) => format!("and the other is given `{}`", first.value.short_name()),
        None => "this is the other".to_owned(),
    }
}
