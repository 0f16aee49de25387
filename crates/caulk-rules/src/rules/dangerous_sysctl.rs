//! See the page below.

use caulk_model::{Entry, Sysctl};

use crate::prelude::*;

rule! {
    /// The container sets a kernel parameter that takes a protection of its network away.
    ///
    /// ## Why it matters
    ///
    /// A container may set the parameters of its own network namespace. Some of them are there to refuse
    /// packets that lie: without `rp_filter` a packet may claim any sender, `accept_redirects` and
    /// `accept_source_route` let a neighbour choose the way that traffic takes, `route_localnet` lets
    /// others reach what listens on 127.0.0.1. In a network that several containers share, the neighbour
    /// is the next container.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   proxy:
    ///     image: ghcr.io/acme/proxy:1.0
    ///     sysctls:
    ///       net.ipv4.conf.all.route_localnet: 1
    ///       net.core.somaxconn: 4096
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   proxy:
    ///     image: ghcr.io/acme/proxy:1.0
    ///     sysctls:
    ///       net.core.somaxconn: 4096
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *The value*: each parameter counts with the value that takes the protection away, and is silent
    ///   with any other.
    /// - *An interface*: `all`, `default` and the name of an interface are judged alike; a name with no
    ///   interface in it is no parameter.
    /// - *A slash* between the parts of a name means the same as a dot.
    /// - *IPv6* (silent): `accept_redirects` is on by itself there, and `accept_source_route` lets nobody
    ///   choose a way, whatever its value from 0 on.
    /// - *A later file*: its value is the one that holds.
    /// - *A variable* (silent): what has no value here is not guessed.
    ///
    /// ## About the fix
    ///
    /// It removes the parameter, so that the kernel's own value holds. Unsafe, because a router, a proxy or
    /// a VPN in a container may have been built on it.
    "dangerous-sysctl",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::Medium),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::Quadlet],
    references: &[Reference::like(Authority::Nist, "4.4.3")],
    check: check,
}

/// Parameters, each with the values that take a protection away and what that opens. `*` stands for
/// one interface. From the kernel's own documentation, `networking/ip-sysctl.rst`.
const ROWS: &[(&str, &[&str], &str)] = &[
    (
        "net.ipv4.conf.*.rp_filter",
        &["0"],
        "take packets whose sender is made up",
    ),
    (
        "net.ipv4.conf.*.accept_source_route",
        &["1"],
        "let the sender of a packet choose its way through the network",
    ),
    (
        "net.ipv4.conf.*.accept_redirects",
        &["1"],
        "let a neighbour in the network send its traffic elsewhere",
    ),
    (
        "net.ipv4.conf.*.route_localnet",
        &["1"],
        "let others reach what listens on its 127.0.0.1",
    ),
    (
        "net.ipv4.conf.*.proxy_arp",
        &["1"],
        "answer in the name of other machines of the network",
    ),
    (
        "net.ipv4.tcp_syncookies",
        &["0"],
        "be put out of service by half-open connections",
    ),
    (
        "net.ipv4.icmp_echo_ignore_broadcasts",
        &["0"],
        "be used to multiply an attack on others",
    ),
];

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        for entry in &container.declared.sysctls {
            let value = entry.value.value.known().map(String::as_str);
            if let Some(opens) = value.and_then(|value| opens(&entry.value.name, value)) {
                findings.report(finding(container, entry, opens));
            }
        }
    }
}

/// What this value of a parameter opens. The kernel's separator may be a slash, too.
fn opens(name: &str, value: &str) -> Option<&'static str> {
    let name = name.replace('/', ".");
    let row = ROWS
        .iter()
        .find(|(pattern, values, _)| fits(pattern, &name) && values.contains(&value.trim()));
    row.map(|(_, _, opens)| *opens)
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => {
            let middle = name.strip_prefix(before);
            middle
                .and_then(|rest| rest.strip_suffix(after))
                .is_some_and(|interface| !interface.is_empty())
        }
    }
}

fn finding(container: &Container, entry: &Entry<Sysctl>, opens: &str) -> Finding {
    let title = container.title();
    let name = &entry.value.name;
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(entry.origin.span(), format!("lets it {opens}")),
        format!("{title} takes a protection away with `{name}`"),
    )
    .container(&title, container.anchor)
    .fact(format!("sysctl {name}"))
    .why("the parameter holds for its network namespace, and for everybody who joins that");
    match entry.origin.written() {
        Some(place) => finding.remedy(Remedy::unsafe_because(
            format!("leave `{name}` at the kernel's value"),
            Change::Remove { entry: place },
            "a router, a proxy or a VPN in it may need the parameter",
        )),
        None => finding.advice("remove it where it is written, for all who share it"),
    }
}
