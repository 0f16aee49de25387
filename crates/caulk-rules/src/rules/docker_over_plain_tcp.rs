//! See the page below.

use caulk_model::{Daemon, Entry};

use crate::prelude::*;

rule! {
    /// The engine's interface is open to the network, unprotected.
    ///
    /// ## Why it matters
    ///
    /// Whoever can speak to the engine can start a privileged container and owns the machine: the
    /// interface has no accounts and no permissions. Over `tcp://` without certificates that checks
    /// nobody, so it is everybody who reaches the port: machines of the network, every container on it,
    /// and a web page that is open in a browser there.
    ///
    /// ## Bad
    ///
    /// ```json,bad file=etc/docker/daemon.json
    /// {
    ///   "hosts": ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2375"]
    /// }
    /// ```
    ///
    /// ## Good
    ///
    /// ```json,good file=etc/docker/daemon.json
    /// {
    ///   "hosts": ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2376"],
    ///   "tlsverify": true,
    ///   "tlscacert": "/etc/docker/ca.pem",
    ///   "tlscert": "/etc/docker/server.pem",
    ///   "tlskey": "/etc/docker/server-key.pem"
    /// }
    /// ```
    ///
    /// ## How it is judged
    ///
    /// A `tcp://` address in `hosts` where `tlsverify` is not on. `tls` alone encrypts and asks nobody
    /// who they are. An address of the machine itself (`127.0.0.1`, `[::1]`, `localhost`) is of severity
    /// high: every account and every container with the host's network reaches it.
    ///
    /// ## About the fix
    ///
    /// There is none: use `ssh://` (`docker --host ssh://user@machine`), or give both sides certificates.
    ///
    /// ## Sources
    ///
    /// moby `daemon/command/daemon.go` (`loadListeners`); "Protect the Docker daemon socket" in its
    /// documentation.
    "docker-over-plain-tcp",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::High, worst: Severity::Critical },
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Daemon],
    references: &[
        Reference::same(Authority::Cis, "2.7"),
        Reference::same(Authority::Owasp, "Rule 1"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for daemon in repository.daemons() {
        for host in &daemon.hosts {
            if let Some(address) = host
                .value
                .strip_prefix("tcp://")
                .filter(|_| !checks(daemon))
            {
                findings.report(listens(daemon, host, address));
            }
        }
    }
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

fn listens(daemon: &Daemon, host: &Entry<String>, address: &str) -> Finding {
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
