//! See the page below.

use caulk_model::{Engine, Fact, Limit, Manager};

use crate::prelude::*;

rule! {
    /// The container may use up the host's memory, processors or processes.
    ///
    /// ## Why it matters
    ///
    /// What a container may use is unlimited unless somebody says otherwise. One that is taken over, or
    /// merely has a leak, then takes memory until the kernel ends other processes, or forks until
    /// nothing on the host can start any more.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   worker:
    ///     image: ghcr.io/acme/worker:1.4
    ///     mem_limit: 512m
    ///     pids_limit: -1
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   worker:
    ///     image: ghcr.io/acme/worker:1.4
    ///     mem_limit: 512m
    ///     cpus: 1.5
    ///     pids_limit: 200
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Either spelling* counts: a key of the service, or one under `deploy.resources.limits`.
    /// - *`0` and `-1`* (fires) are no limit.
    /// - *A reservation* (fires) is none either.
    /// - *Swarm* (fires): `docker stack` refuses the keys of the service, so that only those under
    ///   `deploy.resources.limits` are named.
    /// - *Podman's own limit* (fires): it lets a container have 2048 processes where nobody says
    ///   otherwise, so what is missing there is the rest. A Compose file is taken for one of podman by a
    ///   key that begins with `x-podman`, or by the name `container-compose`.
    /// - *A variable*: one without a default is taken for a limit that somebody sets; a default
    ///   counts. Where one stands among the flags of a line, it may hold any of them, and nothing is said.
    /// - *Documentation* (silent): how a line that a reader types is hardened is the reader's to decide.
    /// - *Prints and ends* (silent): a command that is nothing but `echo`, `env`, `true` or the like leaves no
    ///   process that could use what it has.
    /// - *One job* (silent): a service for whose end others wait (`service_completed_successfully`) does its
    ///   job and is gone.
    /// - *A tool that passes*: `--rm` without `-d`, and with no port, is silent: it does one job and is gone.
    /// - *A part of a service* (silent): one with neither image nor build is completed elsewhere, and so is
    ///   one in an override file without the file over which it is put.
    ///
    /// ## About the fix
    ///
    /// There is none: which limit is right, only a measurement of the program can say
    /// (`docker stats`).
    ///
    /// ## Sources
    ///
    /// docker/compose `pkg/compose/create.go` (`setLimits`); Docker's documentation, "Resource
    /// constraints"; containers/common `pkg/config` (`DefaultPidsLimit`); docker/cli
    /// `cli/compose/types/types.go` (`ForbiddenProperties`).
    "no-resource-limits",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Low),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::Quadlet],
    references: &[
        Reference::same(Authority::Cis, "5.11"),
        Reference::same(Authority::Cis, "5.12"),
        Reference::same(Authority::Cis, "5.29"),
        Reference::same(Authority::Owasp, "Rule 7"),
        Reference::like(Authority::DockerBench, "check_5_11"),
        Reference::like(Authority::DockerBench, "check_5_12"),
        Reference::like(Authority::DockerBench, "check_5_29"),
        Reference::like(Authority::Kics, "bb9ac4f7-e13b-423d-a010-c74a1bfbe492"),
        Reference::like(Authority::Kics, "6b610c50-99fb-4ef0-a5f3-e312fd945bc3"),
        Reference::like(Authority::Kics, "221e0658-cb2a-44e3-b08a-db96a341d6fa"),
        Reference::like(Authority::ComposeLint, "CL-0026"),
        Reference::like(Authority::DockSec, "compose-no-resource-limits"),
        Reference::like(Authority::ComposeAuditor, "RES001"),
        Reference::like(Authority::ComposeAuditor, "RES002"),
    ],
    check: check,
}

/// A limit: what it is of, and what sets it.
struct Kind<'a> {
    name: &'static str,
    key: &'static str,
    /// The same under `deploy.resources.limits`.
    deployed: &'static str,
    fact: &'a Fact<Limit>,
}

/// What sets the limits on memory, processors and processes on a surface.
fn keys(container: &Container) -> [&'static str; 3] {
    match container.surface {
        Surface::CommandLine => ["`--memory`", "`--cpus`", "`--pids-limit`"],
        // Systemd's own work with every podman.
        Surface::Quadlet if container.declared.around.manager == Manager::Systemd => {
            ["`MemoryMax=`", "`CPUQuota=`", "`PidsLimit=`"]
        }
        // An older generator refuses the whole unit for a key that it does not know, and `Memory=` came
        // after podman 5.4 (containers/podman pull request 25346).
        Surface::Quadlet => [
            "`PodmanArgs=--memory=`",
            "`PodmanArgs=--cpus=`",
            "`PidsLimit=`",
        ],
        Surface::Compose
        | Surface::Dockerfile
        | Surface::DevContainer
        | Surface::Workflow
        | Surface::Bake
        | Surface::Seccomp
        | Surface::Daemon
        | Surface::Kernel => ["`mem_limit`", "`cpus`", "`pids_limit`"],
    }
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        let judged = RULE.info.surfaces.contains(&container.surface)
            && !container.declared.example
            && !container.declared.only_prints()
            && (container.surface != Surface::Compose || container.declared.stays())
            && !(container.declared.passes() && container.declared.ports.is_empty())
            && !container.is_part();
        if let Some(finding) = judged.then(|| finding(container)).flatten() {
            findings.report(finding);
        }
    }
}

fn finding(container: &Container) -> Option<Finding> {
    let limits = &container.limits;
    let [memory, cpus, pids] = keys(container);
    // Podman sets one of 2048 processes where nobody says otherwise.
    let limited_by_podman =
        container.declared.engine == Engine::Podman && container.declared.pids.is_none();
    let kind = |name, key, deployed, fact| Kind {
        name,
        key,
        deployed,
        fact,
    };
    let missing: Vec<Kind<'_>> = [
        kind("memory", memory, "`memory`", &limits.memory),
        kind("processors", cpus, "`cpus`", &limits.cpus),
        kind("processes", pids, "`pids`", &limits.pids),
    ]
    .into_iter()
    .filter(|kind| kind.fact.value() == Some(&Limit::None))
    .filter(|kind| kind.key != pids || !limited_by_podman)
    .collect();
    if missing.is_empty() {
        return None;
    }
    let title = container.title();
    let names = listed(missing.iter().map(|kind| kind.name));
    let keys = listed(missing.iter().map(|kind| kind.key));
    let deployed = listed(missing.iter().map(|kind| kind.deployed));
    let deployed = format!("{deployed} under `deploy.resources.limits`");
    let set = match container.surface {
        // It refuses a file with the keys of the service.
        Surface::Compose if container.declared.around.manager == Manager::Swarm => {
            format!("{deployed} above that")
        }
        Surface::Compose => format!("{keys} above that, or {deployed}"),
        Surface::Quadlet => format!("{} above that", by_section(&missing)),
        Surface::CommandLine
        | Surface::Dockerfile
        | Surface::DevContainer
        | Surface::Workflow
        | Surface::Bake
        | Surface::Seccomp
        | Surface::Daemon
        | Surface::Kernel => format!("{keys} above that"),
    };
    let label = Label::new(container.anchor, "sets none");
    let message = format!("{title} has no limit on {names}");
    let mut finding = Finding::new(&RULE.info, container.surface, label, message)
        .container(&title, container.anchor)
        .fact("resource limits")
        .why("a program in it that leaks or is taken over can starve every other container and the host")
        .advice(format!("measure what it needs, and set {set}"));
    for kind in missing {
        // Where somebody wrote it, it reads like a limit.
        if kind.fact.span() != container.anchor {
            let label = format!("which is no limit on {}", kind.name);
            finding = finding.related(kind.fact.span(), label);
        }
    }
    Some(finding)
}

/// The keys of a quadlet with their sections: those of systemd stand in another one than podman's.
fn by_section(missing: &[Kind<'_>]) -> String {
    let is_of_systemd = |kind: &&Kind<'_>| matches!(kind.key, "`MemoryMax=`" | "`CPUQuota=`");
    let keys = |of_systemd: bool| {
        let kinds = missing
            .iter()
            .filter(|kind| is_of_systemd(kind) == of_systemd);
        listed(kinds.map(|kind| kind.key))
    };
    let sections = [(keys(true), "[Service]"), (keys(false), "[Container]")];
    let sections = sections.iter().filter(|(keys, _)| !keys.is_empty());
    let sections: Vec<String> = sections
        .map(|(keys, section)| format!("{keys} in `{section}`"))
        .collect();
    sections.join(" and ")
}

/// "a", "a and b", "a, b and c".
fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.collect();
    match words.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        all => all.concat(),
    }
}
