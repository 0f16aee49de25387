//! See the page below.

use std::collections::{BTreeMap, BTreeSet};

use caulk_model::{Entry, Port, Project, VolumeKind};
use caulk_source::{Span, clean_path};

use crate::prelude::*;

rule! {
    /// A service that the world can reach is in one network with data that another service uses.
    ///
    /// ## Why it matters
    ///
    /// The containers of a network reach each other at every port. Whoever gets into a proxy that
    /// publishes a port speaks at once to the database of the program behind it, though the proxy itself
    /// has no need of that.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   proxy:
    ///     image: ghcr.io/acme/proxy:1.0
    ///     ports: ["8080:8080"]
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    ///     depends_on: [database]
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
    ///     ports: ["8080:8080"]
    ///     networks: [front]
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    ///     depends_on: [database]
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
    /// - *A published port*: without one, nobody outside reaches the network; nor with one that is bound to
    ///   127.0.0.1.
    /// - *Data*: the other service stays, has a named volume to write to and publishes nothing itself. A volume
    ///   that it only reads, a path of the host and a volume without a name are silent.
    /// - *The folder of a database*: what is mounted where a database keeps its data counts wherever it
    ///   comes from, and such a service is named first.
    /// - *A cache* (silent): a volume that is called so, or is mounted at a path that is.
    /// - *Who needs it*: a third service of the network says that it uses the data, and the one with the
    ///   port does not. A service says so when it waits for the other (`depends_on`), is linked with it, or
    ///   names it in its environment or its command; one that has the same volume may use it too. A program
    ///   alone with its database and its helpers is silent.
    /// - *A network in common*: the one that both name, or the project's own where a service names none. A
    ///   service with a `network_mode` is in none of them.
    /// - *The engine's own network*: services with `network_mode: bridge` are in it, and reach each other
    ///   there unless the engine is told `icc: false`: medium confidence.
    /// - *Once for each network* (fires): of the services that publish in it the first one is named that
    ///   has no need of what it meets there; one that is the first in several networks, once for all.
    /// - *Another project* (silent): networks of the same name in two projects are two.
    ///
    /// ## About the fix
    ///
    /// There is none: which services have to speak to each other is for a person to say. Give each group a
    /// network of its own, and make those `internal` that need no way out.
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
    /// The services that keep data, each with the first one that uses it.
    data: BTreeMap<Span, (&'m Container, &'m Container)>,
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
        if let Some((open, data)) = in_network(&members) {
            let exposed = exposed.entry(open.anchor).or_insert_with(|| Exposed {
                open,
                networks: Vec::new(),
                data: BTreeMap::new(),
            });
            exposed.networks.push(network);
            // Who is met in two networks is named once.
            exposed.data.extend(data);
        }
    }
    for exposed in exposed.into_values() {
        findings.extend(finding(&exposed));
    }
}

/// What is used in a network, by whom.
type Data<'m> = BTreeMap<Span, (&'m Container, &'m Container)>;

/// The first service of a network that others reach and that meets data there which it does not use and
/// another one does.
fn in_network<'m>(members: &[&'m Container]) -> Option<(&'m Container, Data<'m>)> {
    let open = members.iter().filter(|one| is_open(one)).copied();
    let open: Vec<&Container> = open.collect();
    let data = members.iter().filter(|one| keeps_data(one)).copied();
    let data: Vec<&Container> = data.collect();
    if open.is_empty() || data.is_empty() {
        return None;
    }
    let knows: Vec<Knows<'_>> = members.iter().map(|member| Knows::of(member)).collect();
    // Of each that keeps data, the first that uses it and keeps none itself: those that do are parts of
    // one store.
    let used: Vec<(&Container, &Container)> = data
        .iter()
        .filter_map(|data| {
            let mut users = members.iter().zip(&knows);
            let (user, _) = users.find(|(user, knows)| knows.names(data) && !keeps_data(user))?;
            Some((*data, *user))
        })
        .collect();
    open.into_iter().find_map(|open| {
        let knows = Knows::of(open);
        let met = used
            .iter()
            .filter(|(data, _)| data.anchor != open.anchor && !knows.may_use(data))
            .map(|(data, user)| (data.anchor, (*data, *user)));
        let met: Data<'_> = met.collect();
        (!met.is_empty()).then_some((open, met))
    })
}

/// What a service knows of others, as far as it says so.
struct Knows<'m> {
    /// The words in which it may name them.
    words: BTreeSet<&'m str>,
    /// What it mounts.
    sources: BTreeSet<&'m str>,
}

impl<'m> Knows<'m> {
    fn of(container: &'m Container) -> Self {
        let declared = &container.declared;
        let values = declared.environment.iter();
        let values = values.filter_map(|entry| entry.value.value.as_ref()?.known());
        let command = declared.command.iter().map(|entry| &entry.value);
        let parts = values.chain(command).flat_map(|text| {
            text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_')))
        });
        Self {
            words: declared
                .needs
                .iter()
                .map(String::as_str)
                .chain(parts)
                .collect(),
            sources: sources(container).collect(),
        }
    }

    /// Whether it says that it uses another one.
    fn names(&self, other: &Container) -> bool {
        let mut names = other.name.iter().chain(&other.declared.container_name);
        names.any(|name| self.words.contains(name.as_str()))
    }

    /// Whether it may use another one: it names it, or has a volume of it.
    fn may_use(&self, other: &Container) -> bool {
        self.names(other) || sources(other).any(|source| self.sources.contains(source))
    }
}

/// What is mounted of it: volumes and paths, by name.
fn sources(container: &Container) -> impl Iterator<Item = &str> {
    let volumes = container.declared.volumes.iter();
    let sources = volumes.filter_map(|entry| entry.value.mount.source.known());
    sources
        .map(String::as_str)
        .filter(|source| !source.is_empty())
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

/// Whether others than the host itself reach it.
fn is_open(container: &Container) -> bool {
    container.declared.ports.iter().any(is_open_at)
}

fn is_open_at(port: &Entry<Port>) -> bool {
    let of_the_host = |address: &String| address.starts_with("127.") || address == "::1";
    !port.value.address.known().is_some_and(of_the_host)
}

/// Whether it stays, and has a volume to write to and no port of its own.
///
/// A volume of certificates or sockets is no data.
fn keeps_data(container: &Container) -> bool {
    let declared = &container.declared;
    if !declared.stays() {
        return false;
    }
    let writes = declared.volumes.iter().any(|entry| {
        let mount = &entry.value.mount;
        let name = mount.source.known().filter(|name| !name.is_empty());
        entry.value.kind == VolumeKind::Volume
            && mount.is_writable()
            && name.is_some_and(|name| !is_cache(name) && !is_cache(&mount.target))
            && !is_for_partners(&mount.target)
    });
    (writes || is_database(container)) && declared.ports.is_empty()
}

/// Whether a folder is one by which services hand each other certificates or sockets.
fn is_for_partners(target: &str) -> bool {
    let mut parts = target.split('/');
    parts.any(|part| matches!(part, "certs" | "cert" | "ssl" | "tls" | "run" | "sockets"))
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
        data,
    } = exposed;
    let title = open.title();
    let port = open.declared.ports.iter().find(|port| is_open_at(port))?;
    let database = data.values().find(|(other, _)| is_database(other));
    let (first, user) = database.or_else(|| data.values().next())?;
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
        format!("{title} publishes a port, and shares {shared} with {}{more}", first.title()),
    )
    .container(&title, open.anchor)
    .fact(format!("network {network}"))
    .why(format!(
        "nothing here says that {title} needs {first}, which {} uses: whoever gets into {title} reaches \
         {first} at every port",
        user.title(),
        first = first.title()
    ))
    .advice("give those that have to speak to each other a network of their own");
    if open.neighbours.is_some() {
        finding = finding.doubted(
            Confidence::Medium,
            "an engine that is told `icc: false` keeps them apart, and how it is set up is not known here",
        );
    }
    for (other, user) in data.values() {
        finding = finding.related(
            other.anchor,
            format!(
                "keeps data, in the same network, and {} uses it",
                user.title()
            ),
        );
    }
    Some(finding)
}
