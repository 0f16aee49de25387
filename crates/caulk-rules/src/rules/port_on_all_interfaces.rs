//! See the page below.

use caulk_model::{Engine, Entry, Manager, Namespace, Port, StepKind};
use caulk_source::cut_from;

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
    ///   engine chooses. In a Compose file there is no fix: who has the engine choose looks the port up by a
    ///   program, and some programs read this entry themselves.
    /// - *A port for others* (fires): 80 and 443 of the web, 53 and 853 of names, 25, 110, 143, 465, 587, 993
    ///   and 995 of mail are where others look for these services. It is low there, and without a fix.
    /// - *A server for SSH* (fires): port 22 of the container, such as that of a git server, is for others at
    ///   whatever port of the host; so low and without a fix, too.
    /// - *UDP* (fires): what goes over it (names, DHCP, private networks, games, logs) comes from other
    ///   machines nearly always, so it is low and without a fix.
    /// - *Swarm* (fires): `docker stack` listens on every address, whatever address is written, so there is no
    ///   fix. A file is taken for one of Swarm by its name (`stack` or `swarm` in it), and by keys of `deploy`
    ///   that Compose does not know (`placement`, `update_config`, `rollback_config`, `endpoint_mode`).
    /// - *A certificate* (silent): `certbot --standalone` listens at ports of the web for the authority, which
    ///   comes from anywhere.
    /// - *A variable*: where it may bring an address, nothing is said; a default counts.
    /// - *Podman* (fires): started by root (`sudo podman`, a unit of the system) its rules come before those of
    ///   ufw and firewalld as Docker's do; else a firewall may close the port. A Compose file is taken for
    ///   one of podman by a key that begins with `x-podman`, or by the name `container-compose`.
    /// - *Documentation* (silent): how a line that a reader types is hardened is the reader's to decide.
    /// - *A network without ports* (silent): one that is `internal`, or of macvlan or ipvlan, publishes none; one
    ///   that another project makes may.
    /// - *No network of its own* (silent): with the host's network, another's or none, published
    ///   ports count for nothing.
    ///
    /// ## About the fix
    ///
    /// It binds the port to 127.0.0.1. Who connects from another machine cannot any more, and neither can a
    /// container that goes by the host's address, such as a proxy of another project; where that is what the
    /// port is for, ignore the finding there. The long syntax, entries with a variable in them and the ports
    /// that are for others are left to you.
    ///
    /// ## Sources
    ///
    /// Docker's documentation, "Packet filtering and firewalls"; compose-go `types.ParsePortConfig`; docker/cli
    /// `opts/swarmopts/port.go` ("ignoring IP-address").
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
        if !judged || container.declared.example || has_no_ports(container) {
            continue;
        }
        for entry in &container.declared.ports {
            let is_asked_for = proves_a_domain(container) && is_looked_for(entry);
            if entry.value.listens_everywhere() && !is_asked_for {
                findings.report(finding(container, entry));
            }
        }
    }
}

/// Whether no network that it is in hands it a port of the host. Swarm has a network of its own for that.
fn has_no_ports(container: &Container) -> bool {
    let around = &container.declared.around;
    around.has_no_ports && around.manager != Manager::Swarm
}

/// Ports of the host where the world looks for a web server, for mail or for names.
const FOR_THE_WORLD: &[&str] = &[
    "25", "53", "80", "110", "143", "443", "465", "587", "853", "993", "995",
];

/// Whether it is one at which others are to look for it: by its number, or by what listens there. A
/// server for SSH is published at any number; and what goes over UDP (DNS, DHCP, private networks, games,
/// logs) comes from other machines nearly always.
///
/// A number that an environment file has is not shown, so that what listens there has to say the same.
fn is_looked_for(entry: &Entry<Port>) -> bool {
    let port = &entry.value;
    let target = port.target.split('/').next().unwrap_or_default();
    let is_shown = !entry.origin.is_from_env() || FOR_THE_WORLD.contains(&target);
    (is_shown && FOR_THE_WORLD.contains(&port.published.as_str()))
        || target == "22"
        || port.target.ends_with("/udp")
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

/// "port 80", "port 53/udp", "ports 8000-8010".
fn named(numbers: &str, protocol: &str) -> String {
    let noun = if numbers.contains('-') {
        "ports"
    } else {
        "port"
    };
    format!("{noun} {numbers}{protocol}")
}

/// What an environment file says is not shown.
fn message(title: &str, entry: &Entry<Port>) -> String {
    let Port {
        published, target, ..
    } = &entry.value;
    let a_port = if target.contains('-') {
        "ports"
    } else {
        "a port"
    };
    if entry.origin.is_from_env() {
        return format!("{title} publishes {a_port} on every address of the host");
    }
    let every = every_address(&entry.value);
    if published.is_empty() {
        return format!(
            "{title} publishes its {} on {every} of the host, at {a_port} that the engine chooses",
            named(target, "")
        );
    }
    let protocol = target.find('/').map(|slash| cut_from(target, slash));
    let protocol = protocol.filter(|protocol| *protocol != "/tcp");
    format!(
        "{title} publishes {} on {every} of the host",
        named(published, protocol.unwrap_or_default())
    )
}

/// The address of this host alone, in the family of the one that is written.
fn own_address(port: &Port) -> &'static str {
    if is_of_ipv6(port) {
        "[::1]"
    } else {
        "127.0.0.1"
    }
}

/// Whether podman would have to forward from `::1`. The kernel forwards nothing from there by a rule, so it
/// works only where podman runs rootless in its default network (containers/podman issues 14491 and 17782).
fn is_ipv6_of_podman(container: &Container, port: &Port) -> bool {
    container.declared.engine == Engine::Podman && is_of_ipv6(port)
}

/// What to write for this host alone.
fn narrowed(container: &Container, port: &Port) -> String {
    if is_ipv6_of_podman(container, port) {
        return "write `127.0.0.1` in place of its address, because podman forwards nothing from `[::1]` unless \
                it runs rootless in its default network"
            .to_owned();
    }
    let own = own_address(port);
    if port.address.known().is_some_and(String::is_empty) {
        format!("write `{own}:` before the ports")
    } else {
        format!("write `{own}` in place of its address")
    }
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
            "podman that root starts forwards ports by firewall rules of its own, which can come before those \
             of ufw and firewalld: whoever reaches the host then reaches this port"
        }
        Engine::Podman => "whoever reaches the host reaches this port, where no firewall closes it",
    });
    let for_others = is_looked_for(entry);
    let finding = if for_others {
        finding.severity(Severity::Low)
    } else {
        finding
    };
    if container.declared.around.manager == Manager::Swarm {
        return finding.advice(
            "publish it only where other machines are to reach it: Swarm listens on every address, whatever \
             address stands here",
        );
    }
    if for_others {
        return finding.advice(format!(
            "leave it where other machines are to reach it; else {}",
            narrowed(container, port)
        ));
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
            .advice(format!(
                "{} in both places: what both say is published",
                narrowed(container, port)
            ));
    }
    let Some(place) = entry.origin.written() else {
        return finding.advice(if entry.origin.is_from_env() {
            narrowed(container, port)
        } else {
            format!(
                "{}, where it is written for all who share it",
                narrowed(container, port)
            )
        });
    };
    if is_ipv6_of_podman(container, port) {
        return finding.advice(narrowed(container, port));
    }
    let own = own_address(port);
    let protocol = if port.says_tcp { "/tcp" } else { "" };
    let value = format!("{own}:{}:{}{protocol}", port.published, port.target);
    // Elsewhere the surface itself sees whether it can write it.
    if container.surface == Surface::Compose {
        if !written::is_port(port, place) {
            return finding.advice(format!(
                "name the address: `{own}:` before the ports, or `host_ip` in the long syntax"
            ));
        }
        // Who has the engine choose finds the port by a program, and some read it from this very entry.
        if port.published.is_empty() {
            return finding.advice(format!(
                "write `{value}`, unless another program, such as a test tool, reads this entry as it is"
            ));
        }
    }
    let change = Change::Become {
        entry: place,
        value,
    };
    finding.remedy(Remedy::unsafe_because(
        format!("bind it to {own}"),
        change,
        "other machines, and containers that use the host's address, cannot connect to it any more",
    ))
}
