//! See the page below.

use caulk_model::{Daemon, Entry, Fact};
use caulk_source::Span;

use crate::prelude::*;

rule! {
    /// The engine's configuration takes protection from every container.
    ///
    /// ## Why it matters
    ///
    /// What a container does not say, the engine decides. A key of `daemon.json` is read once and holds
    /// for all of them, also for those that nobody has written yet, so a weakness there is worth more
    /// than one in a single service.
    ///
    /// ## Bad
    ///
    /// ```json,bad file=etc/docker/daemon.json
    /// {
    ///   "insecure-registries": ["registry.example:5000"],
    ///   "iptables": false
    /// }
    /// ```
    ///
    /// ## Good
    ///
    /// ```json,good file=etc/docker/daemon.json
    /// {
    ///   "icc": false,
    ///   "no-new-privileges": true
    /// }
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *A key that takes protection away* is a finding at its value.
    /// - *Another program's configuration* (silent): no key of the file is one of the engine's.
    ///
    /// | key | severity | what it takes |
    /// | --- | --- | --- |
    /// | `insecure-registries` | high; medium for an address of the machine itself | who sits between can swap an image |
    /// | `iptables: false` | high | isolation between networks, and the rules that published ports rest on |
    /// | `default-cgroupns-mode: host` | medium | every container sees the host's control groups |
    /// | `default-ipc-mode: shareable` | low | every container's shared memory can be joined |
    /// | `icc: true` | low | written out: containers on the default network reach each other |
    /// | `storage-driver: aufs` | low | no kernel or engine supports it any more |
    /// | `debug: true`, `experimental: true` | low | it says and does more than a machine that serves others should |
    ///
    /// Three keys have rules of their own: `seccomp-profile` (`seccomp-disabled`), `no-new-privileges`
    /// (`privilege-escalation-enabled`) and `selinux-enabled` (`selinux-disabled`).
    /// `userland-proxy` is not judged: without it some connections from the machine itself fail, and with
    /// it no container holds more.
    ///
    /// ## About the fix
    ///
    /// It removes the key, so that the engine's own default holds; `icc` it turns off. The engine reads the file when it
    /// starts.
    ///
    /// ## Sources
    ///
    /// moby `daemon/config`, `daemon/command`, `daemon/server/middleware/debug.go` (which logs the bodies of
    /// calls, with the values of a few keys masked); the daemon's reference page.
    "daemon-weakened",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::Low, worst: Severity::High },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Daemon],
    references: &[
        Reference::like(Authority::Cis, "2.2"),
        Reference::like(Authority::Cis, "2.3"),
        Reference::like(Authority::Cis, "2.4"),
        Reference::like(Authority::Cis, "2.5"),
        Reference::like(Authority::Cis, "2.6"),
        Reference::like(Authority::Cis, "2.18"),
        Reference::like(Authority::Owasp, "Rule 5"),
        Reference::like(Authority::Owasp, "Rule 10"),
        Reference::like(Authority::Nist, "4.4.3"),
        Reference::like(Authority::DockerBench, "check_2_2"),
        Reference::like(Authority::DockerBench, "check_2_3"),
        Reference::like(Authority::DockerBench, "check_2_4"),
        Reference::like(Authority::DockerBench, "check_2_5"),
        Reference::like(Authority::DockerBench, "check_2_6"),
        Reference::like(Authority::DockerBench, "check_2_18"),
    ],
    check: check,
}

/// One setting that is judged.
struct Judged {
    fact: String,
    place: Span,
    severity: Severity,
    message: String,
    label: &'static str,
    why: &'static str,
    becomes: Option<&'static str>,
    may_break: &'static str,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for daemon in repository.daemons() {
        let registries = daemon.insecure_registries.iter().map(registry);
        let switches = SWITCHES.iter().filter_map(|switch| switch.judge(daemon));
        let modes = MODES.iter().filter_map(|mode| mode.judge(daemon));
        for judged in registries.chain(switches).chain(modes) {
            findings.report(finding(daemon, judged));
        }
    }
}

fn finding(daemon: &Daemon, judged: Judged) -> Finding {
    let for_a_fault = daemon.network_diagnostics.filter(|_| judged.fact == DEBUG);
    let finding = Finding::new(
        &RULE.info,
        Surface::Daemon,
        Label::new(judged.place, judged.label),
        judged.message,
    )
    .severity(judged.severity)
    .fact(judged.fact)
    .why(judged.why);
    if let Some(port) = for_a_fault {
        return finding
            .related(port, "and this is for looking for a fault as well")
            .advice("keep both only as long as somebody looks for a fault, and on no host that others use");
    }
    finding.remedy(match judged.becomes {
        Some(value) => Remedy::unsafe_because(
            format!("write `{value}`"),
            Change::Become {
                entry: judged.place,
                value: value.to_owned(),
            },
            judged.may_break,
        ),
        None => Remedy::unsafe_because(
            "let the engine's own default hold",
            Change::Remove {
                entry: judged.place,
            },
            judged.may_break,
        ),
    })
}

fn registry(entry: &Entry<String>) -> Judged {
    let name = &entry.value;
    let host = name.split(['/', ':']).next().unwrap_or_default();
    let own = host == "localhost" || host.starts_with("127.");
    Judged {
        fact: format!("insecure registry {name}"),
        place: entry.origin.span(),
        severity: if own {
            Severity::Medium
        } else {
            Severity::High
        },
        message: format!("the engine takes images from `{name}` without checking who answers"),
        label: "is reached without a certificate that is checked, or without any",
        why: "whoever sits between the machine and the registry decides what its containers run",
        becomes: None,
        may_break: "images can no longer be pulled from there until it has a certificate that the \
                    machine trusts",
    }
}

/// That debugging is on.
const DEBUG: &str = "debug true";

/// A key that is on or off.
struct Switch {
    get: fn(&Daemon) -> Option<&Fact<bool>>,
    weak: bool,
    fact: &'static str,
    severity: Severity,
    message: &'static str,
    label: &'static str,
    why: &'static str,
    becomes: Option<&'static str>,
    may_break: &'static str,
}

const SWITCHES: &[Switch] = &[
    Switch {
        get: |daemon| daemon.iptables.as_ref(),
        weak: false,
        fact: "iptables false",
        severity: Severity::High,
        message: "the engine makes no firewall rules, so nothing keeps its networks apart",
        label: "leaves the firewall to somebody else",
        why: "a published port that is meant for one address, and a network that is meant to be \
              internal, rest on rules that the engine no longer makes",
        becomes: None,
        may_break: "rules that somebody made instead may stand in the way of the engine's own",
    },
    Switch {
        get: |daemon| daemon.icc.as_ref(),
        weak: true,
        fact: "icc true",
        severity: Severity::Low,
        message: "containers on the default network reach every port of each other",
        label: "says so, and it is what happens anyway",
        why: "a process that is taken over reaches what its neighbours listen on, published or not; \
              `false` leaves them the networks that they share on purpose",
        becomes: Some("false"),
        may_break: "containers that reach each other over the default network",
    },
    Switch {
        get: |daemon| daemon.debug.as_ref(),
        weak: true,
        fact: DEBUG,
        severity: Severity::Low,
        message: "the engine runs with debugging on",
        label: "writes every call that it gets into its log",
        why: "what a client sends stands there, the environment of new containers among it: whoever \
              reads the log reads those secrets",
        becomes: None,
        may_break: "what somebody is looking for in the log is no longer there",
    },
    Switch {
        get: |daemon| daemon.experimental.as_ref(),
        weak: true,
        fact: "experimental true",
        severity: Severity::Low,
        message: "the engine runs with features that are not finished",
        label: "turns them on for every container",
        why: "they change without notice and are not what security fixes are made for first",
        becomes: None,
        may_break: "whatever was built on one of those features",
    },
];

impl Switch {
    fn judge(&self, daemon: &Daemon) -> Option<Judged> {
        let fact = (self.get)(daemon)?;
        (fact.value() == Some(&self.weak)).then(|| Judged {
            fact: self.fact.to_owned(),
            place: fact.span(),
            severity: self.severity,
            message: self.message.to_owned(),
            label: self.label,
            why: self.why,
            becomes: self.becomes,
            may_break: self.may_break,
        })
    }
}

/// A key with one weak word.
struct Mode {
    get: fn(&Daemon) -> Option<&Fact<String>>,
    weak: &'static str,
    fact: &'static str,
    severity: Severity,
    message: &'static str,
    label: &'static str,
    why: &'static str,
    may_break: &'static str,
}

const MODES: &[Mode] = &[
    Mode {
        get: |daemon| daemon.cgroup_namespace.as_ref(),
        weak: "host",
        fact: "default-cgroupns-mode host",
        severity: Severity::Medium,
        message: "every container sees the control groups of the host",
        label: "is what a container gets that says nothing",
        why: "the tree shows what else runs here, and with control groups that are writable it is \
              a way out",
        may_break: "programs that look for their limits in the host's tree",
    },
    Mode {
        get: |daemon| daemon.ipc.as_ref(),
        weak: "shareable",
        fact: "default-ipc-mode shareable",
        severity: Severity::Low,
        message: "every container's shared memory can be joined by others",
        label: "is what a container gets that says nothing",
        why: "what one keeps in shared memory, any other that names it can read and change",
        may_break: "containers that join the shared memory of one that does not offer it",
    },
    Mode {
        get: |daemon| daemon.storage_driver.as_ref(),
        weak: "aufs",
        fact: "storage-driver aufs",
        severity: Severity::Low,
        message: "the engine keeps its images with `aufs`, which nobody mends any more",
        label: "is in no kernel and in no engine that is still supported",
        why: "a fault in it stays",
        may_break: "images and containers must be made anew under the other driver",
    },
];

impl Mode {
    fn judge(&self, daemon: &Daemon) -> Option<Judged> {
        let fact = (self.get)(daemon)?;
        (fact.value().map(String::as_str) == Some(self.weak)).then(|| Judged {
            fact: self.fact.to_owned(),
            place: fact.span(),
            severity: self.severity,
            message: self.message.to_owned(),
            label: self.label,
            why: self.why,
            becomes: None,
            may_break: self.may_break,
        })
    }
}
