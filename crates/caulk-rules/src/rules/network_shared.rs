//! See the page below.

use std::collections::BTreeMap;

use caulk_model::{Project, VolumeKind};
use caulk_source::{Span, clean_path};

use crate::prelude::*;

rule! {
    /// A service that the world can reach is in one network with a service that keeps data.
    ///
    /// ## Why it matters
    ///
    /// The containers of a network reach each other at every port. Whoever gets into the service that
    /// publishes a port speaks to the database at once, and to whatever else is in the network without
    /// having a reason to be.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   proxy:
    ///     image: ghcr.io/acme/proxy:1.0
    ///     ports: ["127.0.0.1:8080:8080"]
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    ///   database:
    ///     image: postgres:17
    ///     volumes: [data:/var/lib/postgresql/data]
    /// volumes:
    ///   data: {}
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   proxy:
    ///     image: ghcr.io/acme/proxy:1.0
    ///     ports: ["127.0.0.1:8080:8080"]
    ///     networks: [front]
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    ///     networks: [front, back]
    ///   database:
    ///     image: postgres:17
    ///     volumes: [data:/var/lib/postgresql/data]
    ///     networks: [back]
    /// volumes:
    ///   data: {}
    /// networks:
    ///   front: {}
    ///   back: {internal: true}
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *A published port*: without one, nobody outside reaches the network.
    /// - *Data*: the other service has a named volume to write to and publishes nothing itself. A volume
    ///   that it only reads, a path of the host and a volume without a name are silent.
    /// - *The folder of a database*: what is mounted where a database keeps its data counts wherever it
    ///   comes from, and such a service is named first.
    /// - *A cache* (silent): a volume that is called so, or is mounted at a path that is.
    /// - *A network in common*: the one that both name, or the project's own where a service names none. A
    ///   service with a `network_mode` is in none of them.
    /// - *The engine's own network*: services with `network_mode: bridge` are in it, and reach each other
    ///   there unless the engine is told `icc: false`: medium confidence.
    /// - *Once for each service* (fires): of the services that publish in a network the first one is
    ///   named, once, with all that it reaches in every network of which it is the first.
    /// - *Another project* (silent): networks of the same name in two projects are two.
    ///
    /// ## About the fix
    ///
    /// There is none: which services have to speak to each other is for a person to say. Give each group a
    /// network of its own, and make those `internal` that need no way out. A service that both publishes
    /// ports and needs the data is found as well: put a proxy before it.
    "network-shared",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Info),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Compose],
    references: &[
        Reference::like(Authority::Cis, "5.30"),
        Reference::like(Authority::Owasp, "Rule 5"),
        Reference::like(Authority::Nist, "4.4.2"),
        Reference::like(Authority::DockerBench, "check_5_30"),
        Reference::like(Authority::Kics, "ce14a68b-1668-41a0-ab7d-facd9f784742"),
        Reference::like(Authority::DockSec, "compose-no-network-segmentation"),
    ],
    check: check,
}

/// A service that others reach, and what keeps data in its networks.
struct Exposed<'m> {
    open: &'m Container,
    networks: Vec<&'m str>,
    /// Whether there is nobody else in those networks: each of the others keeps data.
    alone: bool,
    data: BTreeMap<Span, &'m Container>,
}

/// The services of a network, by project.
type Networks<'m> = BTreeMap<(&'m Project, &'m str), Vec<&'m Container>>;

fn check(repository: &Repository, findings: &mut Findings) {
    let mut networks = Networks::new();
    for container in repository.containers() {
        if let Some(project) = container.project.as_ref() {
            for network in of(container) {
                networks
                    .entry((project, network))
                    .or_default()
                    .push(container);
            }
        }
    }
    let mut exposed: BTreeMap<Span, Exposed<'_>> = BTreeMap::new();
    for ((_, network), members) in networks {
        let publishes = |container: &&&Container| !container.declared.ports.is_empty();
        let Some(open) = members.iter().find(publishes) else {
            continue;
        };
        let mut data = members
            .iter()
            .filter(|other| keeps_data(other) && other.anchor != open.anchor)
            .peekable();
        if data.peek().is_none() {
            continue;
        }
        let exposed = exposed.entry(open.anchor).or_insert_with(|| Exposed {
            open,
            networks: Vec::new(),
            alone: true,
            data: BTreeMap::new(),
        });
        exposed.networks.push(network);
        exposed.alone &= members.len() == 2;
        // Who is met in two networks is named once.
        exposed
            .data
            .extend(data.map(|other| (other.anchor, *other)));
    }
    for exposed in exposed.into_values() {
        findings.extend(finding(&exposed));
    }
}

/// The networks that a container is in, and in which it is reached: the project's own where none is
/// named.
fn of(container: &Container) -> Vec<&str> {
    if let Some(neighbours) = &container.neighbours {
        let is_reached = neighbours.value() == Some(&true);
        return is_reached.then_some("bridge").into_iter().collect();
    }
    if container
        .declared
        .namespace_words
        .contains_key(&caulk_model::NamespaceKind::Network)
    {
        return Vec::new();
    }
    match &container.declared.networks {
        Some(networks) => networks
            .iter()
            .map(|network| network.value.as_str())
            .collect(),
        None => vec!["default"],
    }
}

/// Whether it has a volume to write to and no port of its own.
fn keeps_data(container: &Container) -> bool {
    let declared = &container.declared;
    let writes = declared.volumes.iter().any(|entry| {
        let mount = &entry.value.mount;
        let name = mount.source.known().filter(|name| !name.is_empty());
        entry.value.kind == VolumeKind::Volume
            && mount.is_writable()
            && name.is_some_and(|name| !is_cache(name) && !is_cache(&mount.target))
    });
    (writes || is_database(container)) && declared.ports.is_empty()
}

/// Where databases keep what they know, by the documentation of their images.
const FOLDERS: &[&str] = &[
    "/bitnami/mariadb",
    "/bitnami/mysql",
    "/bitnami/postgresql",
    "/data/db",
    "/var/lib/clickhouse",
    "/var/lib/couchdb",
    "/var/lib/influxdb",
    "/var/lib/mongodb",
    "/var/lib/mysql",
    "/var/lib/postgresql",
    "/var/opt/mssql",
];

/// Whether something that it may write to is mounted where a database keeps its data.
fn is_database(container: &Container) -> bool {
    container.declared.volumes.iter().any(|entry| {
        let mount = &entry.value.mount;
        let is_kept = match entry.value.kind {
            VolumeKind::Bind | VolumeKind::Volume | VolumeKind::Cluster | VolumeKind::Unknown => {
                true
            }
            VolumeKind::Pipe | VolumeKind::Tmpfs | VolumeKind::Image => false,
        };
        let target = clean_path(&mount.target);
        let inside = |folder: &&str| {
            let rest = target.strip_prefix(*folder);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        is_kept && mount.is_writable() && FOLDERS.iter().any(inside)
    })
}

fn is_cache(name: &str) -> bool {
    name.split(|c: char| !c.is_alphanumeric())
        .any(|part| part.eq_ignore_ascii_case("cache"))
}

fn finding(exposed: &Exposed<'_>) -> Option<Finding> {
    let Exposed {
        open,
        networks,
        alone,
        data,
    } = exposed;
    let title = open.title();
    let port = open.declared.ports.first()?;
    let database = data.values().find(|other| is_database(other));
    let first = database.or_else(|| data.values().next())?.title();
    let more = match data.len() {
        1 => String::new(),
        others => format!(" and {} more", others - 1),
    };
    let network = networks.first()?;
    let shared = match networks.len() {
        1 => format!("the network `{network}`"),
        count => format!("{count} networks"),
    };
    let mut finding = Finding::new(
        &RULE.info,
        open.surface,
        Label::new(port.origin.span(), "opens it to others"),
        format!("{title} publishes a port, and shares {shared} with {first}{more}"),
    )
    .container(&title, open.anchor)
    .fact(format!("network {network}"))
    .why("whoever gets into the one speaks to the other at every port")
    .advice(if *alone {
        "publish no port of it where nobody outside needs one; else let a proxy publish it that is not in \
         this network"
    } else {
        "give those that have to speak to each other a network of their own"
    });
    if open.neighbours.is_some() {
        // An engine that is told `icc: false` keeps them apart.
        finding = finding.at_most(Confidence::Medium);
    }
    for other in data.values() {
        finding = finding.related(other.anchor, "keeps data in the same network");
    }
    Some(finding)
}
