//! See the page below.

use caulk_model::{Engine, Entry, Namespace, Port, StepKind};

use crate::images;
use crate::prelude::*;
use crate::written;

rule! {
    /// A port of the container is published on every address of the host.
    ///
    /// ## Why it matters
    ///
    /// `"5432:5432"` does not mean "for me": it listens on every interface that the host has, on IPv4
    /// and IPv6. Docker's own firewall rules stand before those of `ufw` and `firewalld`, so that a
    /// firewall which seems to close the port does not. Podman's do the same where it runs as root; where
    /// it does not, the port is one that a program of the user listens on. A database that was published for its
    /// developer is then open to the network.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   db:
    ///     image: ghcr.io/acme/db:1
    ///     ports:
    ///       - "5432:5432"
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   db:
    ///     image: ghcr.io/acme/db:1
    ///     ports:
    ///       - "127.0.0.1:5432:5432"
    /// ```
    ///
    /// Services of one project reach each other without any published port.
    ///
    /// ## How it is judged
    ///
    /// - *Every address*: no address, `0.0.0.0` and `::`.
    /// - *A port of the container alone* (fires), `"80"`, is published too, on a port that the
    ///   engine chooses.
    /// - *A port of the web or of mail* (fires): 80 and 443, 25, 110, 143, 465, 587, 993 and 995 are where
    ///   the world looks for these services. It is low there, and without a fix.
    /// - *A port of a private network* (fires): so it is with 500 and 4500 (IPsec), 1194 (OpenVPN) and 51820
    ///   (WireGuard) of UDP, to which a peer comes from anywhere.
    /// - *A certificate* (silent): `certbot --standalone` listens at ports of the web for the authority, which
    ///   comes from anywhere.
    /// - *A variable*: where it may bring an address, nothing is said; a default counts.
    /// - *Podman* (fires): started by root (`sudo podman`, a unit of the system) its rules come before those of
    ///   ufw and firewalld as Docker's do; else a firewall may close the port.
    /// - *Documentation* (silent): how a line that a reader types is hardened is the reader's to decide.
    /// - *No network of its own* (silent): with the host's network, another's or none, published
    ///   ports count for nothing.
    ///
    /// ## About the fix
    ///
    /// It binds the port to 127.0.0.1. Who connects from another machine cannot any more; where that
    /// is what the port is for, ignore the finding there. The long syntax, entries with a variable in them
    /// and the ports of the web, of mail and of private networks are left to you.
    ///
    /// ## Sources
    ///
    /// Docker's documentation, "Packet filtering and firewalls"; compose-go `types.ParsePortConfig`.
    "port-on-all-interfaces",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Derived { least: Severity::Low, worst: Severity::Medium },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::Quadlet],
    references: &[
        Reference::same(Authority::Cis, "5.14"),
        Reference::same(Authority::Owasp, "Rule 5a"),
        Reference::like(Authority::Nist, "4.4.2"),
        Reference::like(Authority::DockerBench, "check_5_14"),
        Reference::like(Authority::Kics, "451d79dc-0588-476a-ad03-3c7f0320abb3"),
        Reference::same(Authority::ComposeLint, "CL-0005"),
        Reference::same(Authority::Dclint, "no-unbound-port-interfaces"),
        Reference::like(Authority::DockSec, "compose-port-bound-all-interfaces"),
        Reference::like(Authority::ComposeAuditor, "NET002"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        let own_network = container.namespaces.network.value() == Some(&Namespace::Own);
        let judged = RULE.info.surfaces.contains(&container.surface) && own_network;
        if !judged || container.declared.example {
            continue;
        }
        for entry in &container.declared.ports {
            let is_asked_for = proves_a_domain(container) && is_looked_for(&entry.value);
            if entry.value.listens_everywhere() && !is_asked_for {
                findings.report(finding(container, entry));
            }
        }
    }
}

/// Ports of the host where the world looks for a web server or for mail.
const FOR_THE_WORLD: &[&str] = &["25", "80", "110", "143", "443", "465", "587", "993", "995"];

/// Ports of UDP at which peers of a private network look for its gateway.
const FOR_PEERS: &[&str] = &["500", "1194", "4500", "51820"];

/// Whether its port of the host is one where others are to look for it.
fn is_looked_for(port: &Port) -> bool {
    let published = port.published.as_str();
    FOR_THE_WORLD.contains(&published)
        || (port.target.ends_with("/udp") && FOR_PEERS.contains(&published))
}

/// Whether it answers the authority that gives it a certificate, which comes from anywhere.
fn proves_a_domain(container: &Container) -> bool {
    let mut words = container.declared.command.iter();
    images::is_called(container, &["certbot", "letsencrypt"])
        && words.any(|word| word.value == "--standalone")
}

/// Whether it names every address of IPv6, and of no other family.
fn is_of_ipv6(port: &Port) -> bool {
    let address = port.address.known();
    address.is_some_and(|address| matches!(address.as_str(), "::" | "[::]"))
}

/// Where it listens, in words.
fn every_address(port: &Port) -> &'static str {
    if is_of_ipv6(port) {
        "every IPv6 address"
    } else {
        "every address"
    }
}

/// What an environment file says is not shown.
fn message(title: &str, entry: &Entry<Port>) -> String {
    let Port {
        published, target, ..
    } = &entry.value;
    if entry.origin.is_from_env() {
        return format!("{title} publishes a port on every address of the host");
    }
    let every = every_address(&entry.value);
    if published.is_empty() {
        return format!(
            "{title} publishes its port {target} on {every} of the host, at a port that the engine chooses"
        );
    }
    format!("{title} publishes port {published} on {every} of the host")
}

fn finding(container: &Container, entry: &Entry<Port>) -> Finding {
    let title = container.title();
    let port = &entry.value;
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(
            entry.origin.span(),
            format!("listens on {} of the host", every_address(&entry.value)),
        ),
        message(&title, entry),
    )
    .severity(Severity::Medium)
    .container(&title, container.anchor)
    // What is reached is the container's port, by whatever number of the host's.
    .fact(format!("port {}", port.target))
    .why(match container.declared.engine {
        Engine::Docker => {
            "Docker's firewall rules come before those of ufw and firewalld: whoever reaches the host \
             reaches this port"
        }
        Engine::Podman if container.declared.around.by_root => {
            "podman that root starts forwards ports by firewall rules of its own, before those of ufw and \
             firewalld: whoever reaches the host reaches this port"
        }
        Engine::Podman => "whoever reaches the host reaches this port, where no firewall closes it",
    });
    if is_looked_for(port) {
        return finding.severity(Severity::Low).advice(
            "leave it where the world is to reach it; else write `127.0.0.1:` before the ports",
        );
    }
    with_cure(finding, container, entry)
}

/// With the fix, or with what to do where there is none.
fn with_cure(finding: Finding, container: &Container, entry: &Entry<Port>) -> Finding {
    let port = &entry.value;
    // Ports are put together: with another address, the one below is published beside it.
    let mut steps = entry.origin.steps().iter();
    if let Some(below) = steps.find(|step| step.kind == StepKind::Override) {
        return finding
            .related(below.span, "and stands over this, which publishes it too")
            .advice(
                "write `127.0.0.1:` before the ports in both places: what both say is published",
            );
    }
    let Some(place) = entry.origin.written() else {
        return finding.advice(if entry.origin.is_from_env() {
            "write the address before the ports: `127.0.0.1:`"
        } else {
            "add an address where it is written, for all who share it"
        });
    };
    // Elsewhere the surface itself sees whether it can write it.
    if container.surface == Surface::Compose && !written::is_port(port, place) {
        return finding.advice(
            "name the address: `127.0.0.1:` before the ports, or `host_ip` in the long syntax",
        );
    }
    let protocol = if port.says_tcp { "/tcp" } else { "" };
    let own = if is_of_ipv6(port) {
        "[::1]"
    } else {
        "127.0.0.1"
    };
    let change = Change::Become {
        entry: place,
        value: format!("{own}:{}:{}{protocol}", port.published, port.target),
    };
    finding.remedy(Remedy::unsafe_because(
        format!("bind it to {own}"),
        change,
        "other machines cannot connect to it any more",
    ))
}
