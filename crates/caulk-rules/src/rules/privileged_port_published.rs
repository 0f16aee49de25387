//! See the page below.

use caulk_model::{Entry, Namespace, NamespaceKind, Port};

use crate::prelude::*;
use crate::written;

rule! {
    /// The container takes one of the host's ports below 1024.
    ///
    /// ## Why it matters
    ///
    /// On the host only root may listen on these ports, so that a client who connects to one knows that an
    /// administrator stands behind it. The engine listens there for any container. That is right where the
    /// protocol knows no other port, and worth a look for everything else.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    ///     ports:
    ///       - "127.0.0.1:81:8080"
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    ///     ports:
    ///       - "127.0.0.1:8081:8080"
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Below 1024*: the port of the host counts, not the one in the container. Of a range the first one
    ///   counts.
    /// - *Bound to the port*: clients of many protocols look nowhere else, so moving the port is no advice.
    ///   Silent are 80 and 443 (web); 25, 110, 143, 465, 587, 993 and 995 (mail); 53 and 853 (names); 67
    ///   and 69 (machines that start over the network); 88, 389, 464 and 636 (accounts); 111, 137 to 139,
    ///   445 and 548 (shared files); 123 (time); 161 and 162 (devices that are watched); 179 (routers);
    ///   500 (with 4500, tunnels of IPsec); 514 and 601 (log messages); 515 and 631 (printers); 554
    ///   (cameras); 873, 989 and 990 (files that are copied). A range only where both its ends are.
    /// - *No port of the host* (silent): the engine then takes a high one.
    /// - *The long syntax* (fires): it is judged alike; there is no fix.
    /// - *The host's network*: there nothing is published.
    /// - *Documentation* (silent): how a line that a reader types is hardened is the reader's to decide.
    /// - *A variable* (silent): what has no value here is not guessed.
    ///
    /// ## About the fix
    ///
    /// It adds 8000 to the port of the host. Unsafe, because clients look for the service at the old port.
    /// There is none for ranges and for the long syntax. On which addresses it listens is
    /// `port-on-all-interfaces`'s to judge.
    "privileged-port-published",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Info),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine],
    references: &[
        Reference::same(Authority::Cis, "5.8"),
        Reference::like(Authority::DockerBench, "check_5_8"),
        Reference::like(Authority::Kics, "bc2908f3-f73c-40a9-8793-c1b7d5544f79"),
    ],
    check: check,
}

/// The first port that needs no privilege.
const FIRST_FREE: u16 = 1024;

/// Ports from which clients of their protocols cannot be led away, or are not.
const BOUND: &[u16] = &[
    25, 53, 67, 69, 80, 88, 110, 111, 123, 137, 138, 139, 143, 161, 162, 179, 389, 443, 445, 464,
    465, 500, 514, 515, 548, 554, 587, 601, 631, 636, 853, 873, 989, 990, 993, 995,
];

/// Whether a port or a range of them is one of the host's that is worth a look.
fn is_privileged(published: &str) -> bool {
    let number = |text: &str| text.parse::<u16>().ok().filter(|port| *port > 0);
    let (first, last) = published.split_once('-').unwrap_or((published, published));
    let bound = |text: &str| number(text).is_some_and(|port| BOUND.contains(&port));
    let is_low = number(first).is_some_and(|port| port < FIRST_FREE);
    is_low && !(bound(first) && bound(last))
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        if !RULE.info.surfaces.contains(&container.surface) || container.declared.example {
            continue;
        }
        // In the host's own network, ports are not published.
        let network = container.namespaces.get(NamespaceKind::Network);
        if network.value() == Some(&Namespace::Host) {
            continue;
        }
        for entry in &container.declared.ports {
            if is_privileged(&entry.value.published) {
                findings.report(finding(container, entry));
            }
        }
    }
}

fn finding(container: &Container, entry: &Entry<Port>) -> Finding {
    let title = container.title();
    let port = &entry.value;
    let shown = if entry.origin.is_from_env() {
        "a port of the host that an environment file names".to_owned()
    } else {
        format!("the host's port `{}`", port.published)
    };
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(
            entry.origin.span(),
            "is a port on which only root of the host may listen",
        ),
        format!("{title} takes {shown}"),
    )
    .container(&title, container.anchor)
    .fact(format!("port {}:{}", port.published, port.target))
    .why("who connects to a port below 1024 expects a service that the host's root has started");
    let moved = port.published.parse::<u16>().ok().map(|published| Port {
        published: (published + 8000).to_string(),
        ..port.clone()
    });
    let written = entry.origin.written();
    let literal = written.filter(|span| written::is_port(port, *span));
    let value = moved.as_ref().and_then(written::port);
    match (literal, moved, value) {
        (Some(place), Some(moved), Some(value)) => finding.remedy(Remedy::unsafe_because(
            format!("publish it on {}", moved.published),
            Change::Become {
                entry: place,
                value,
            },
            "clients look for it at the old port",
        )),
        _ => finding
            .advice("publish it on a port from 1024 on, unless its clients expect it at this port"),
    }
}
