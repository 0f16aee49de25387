//! See the page below.

use caulk_model::{Entry, Ulimit};

use crate::images;
use crate::prelude::*;

rule! {
    /// A limit of the container's processes is taken away.
    ///
    /// ## Why it matters
    ///
    /// `-1` means as much as there is. Without a limit on processes (`nproc`) a loop that starts processes
    /// takes the host down, without one on files (`nofile`) a leak takes the kernel's memory, with
    /// `memlock` memory is pinned that the host can no longer move.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   worker:
    ///     image: ghcr.io/acme/worker:1.0
    ///     ulimits:
    ///       nproc: -1
    ///       nofile: 65536
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   worker:
    ///     image: ghcr.io/acme/worker:1.0
    ///     ulimits:
    ///       nproc: 4096
    ///       nofile: 65536
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *The number*: `-1` fires, and any other number is silent, however large.
    /// - *Soft and hard*: one of them without a limit is enough.
    /// - *Memory that has to stay*: `memlock` beside a variable or a command that tells the program to lock
    ///   its memory (`bootstrap.memory_lock=true`, `MEMLOCK=true`), and for a program that locks it
    ///   by itself or whose makers tell people to lift this limit (`dragonfly`, `scylla`, `opensearch`), is
    ///   wanted, and silent. For another limit it is not.
    /// - *The engine's configuration*: `default-ulimits` of `daemon.json`, for every container that does
    ///   not say the limit itself. It is said once, and not with each of them.
    /// - *A variable* (silent): what has no value here is not guessed.
    ///
    /// ## About the fix
    ///
    /// It removes the entry, so that the engine's limit holds. Unsafe, because a database may be told to
    /// refuse to start without it (`memlock`): then write the number that it needs.
    "unlimited-ulimit",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Low),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::Daemon],
    references: &[
        Reference::like(Authority::Cis, "5.19"),
        Reference::like(Authority::DockerBench, "check_5_19"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        if !RULE.info.surfaces.contains(&container.surface) {
            continue;
        }
        let unlimited = container.declared.ulimits.iter();
        for entry in unlimited.filter(|entry| is_unlimited(&entry.value)) {
            let is_wanted = entry.value.name == "memlock"
                && (images::is_called(container, LOCKING) || locks_its_memory(container));
            if !is_wanted {
                findings.report(finding(container, entry));
            }
        }
    }
    for daemon in repository.engines() {
        for entry in daemon
            .ulimits
            .iter()
            .filter(|entry| is_unlimited(&entry.value))
        {
            findings.report(for_all(entry));
        }
    }
}

/// Names of images whose programs lock memory, and whose own Compose files lift the limit on it.
const LOCKING: &[&str] = &[
    "cassandra",
    "dragonfly",
    "elasticsearch",
    "opensearch",
    "redpanda",
    "scylla",
];

fn is_unlimited(limit: &Ulimit) -> bool {
    let is_none = |limit: &State<String>| limit.known().is_some_and(|text| text.trim() == "-1");
    is_none(&limit.hard) || is_none(&limit.soft)
}

/// Whether the program is told to keep its memory where it is: then it asks for this limit.
fn locks_its_memory(container: &Container) -> bool {
    let names = |text: &str| {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        let name: String = letters.map(|c| c.to_ascii_lowercase()).collect();
        ["memorylock", "memlock", "lockmemory", "mlockall"]
            .iter()
            .any(|known| name.contains(known))
    };
    let is_on = |text: &str| matches!(text.to_lowercase().as_str(), "true" | "1" | "yes" | "on");
    let declared = &container.declared;
    let mut variables = declared.environment.iter();
    let by_variable = variables.any(|entry| {
        let value = entry.value.value.as_ref().and_then(State::known);
        names(&entry.value.name) && value.is_some_and(|value| is_on(value))
    });
    // An option: `-Ebootstrap.memory_lock=true`, `--memlock`.
    let by_word = |entry: &Entry<String>| match entry.value.split_once('=') {
        Some((name, value)) => names(name) && is_on(value),
        None => entry.value.starts_with('-') && names(&entry.value),
    };
    by_variable || declared.command.iter().any(by_word)
}

fn for_all(entry: &Entry<Ulimit>) -> Finding {
    let name = &entry.value.name;
    let place = entry.origin.span();
    Finding::new(
        &RULE.info,
        Surface::Daemon,
        Label::new(place, "is no limit"),
        format!("every container that says nothing else runs without the limit `{name}`"),
    )
    .fact(format!("ulimit {name}"))
    .why("one program that runs wild takes what every other on the host needs")
    .remedy(Remedy::unsafe_because(
        format!("leave `{name}` at the limit that the engine itself has"),
        Change::Remove { entry: place },
        "a program that checks for it at its start may refuse to run",
    ))
}

fn finding(container: &Container, entry: &Entry<Ulimit>) -> Finding {
    let title = container.title();
    let name = &entry.value.name;
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(entry.origin.span(), "is no limit"),
        format!("{title} runs without the limit `{name}`"),
    )
    .container(&title, container.anchor)
    .fact(format!("ulimit {name}"))
    .why("one program that runs wild takes what every other on the host needs")
    .advice("write the number that the program needs, where it needs more than the engine's");
    match entry.origin.written() {
        Some(place) => finding.remedy(Remedy::unsafe_because(
            format!("leave `{name}` at the engine's limit"),
            Change::Remove { entry: place },
            "a program that checks for it at its start may refuse to run",
        )),
        None => finding.advice("remove it where it is written, for all who share it"),
    }
}
