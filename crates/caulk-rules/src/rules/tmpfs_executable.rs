//! See the page below.

use caulk_model::Entry;

use crate::prelude::*;
use crate::written;

rule! {
    /// A `tmpfs` of the container takes back what protects it: programs, setuid bits or devices in it
    /// work.
    ///
    /// ## Why it matters
    ///
    /// The engine mounts a `tmpfs` with `noexec`, `nosuid` and `nodev`. It is often the only place that a
    /// container with a read-only root filesystem can write to, and with `exec` it is the place where
    /// somebody who got in puts a program of their own and starts it. With `suid`, a setuid program in it
    /// gives root; with `dev`, a device node in it is one.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    ///     read_only: true
    ///     tmpfs:
    ///       - /tmp:exec,size=64m
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1.0
    ///     read_only: true
    ///     tmpfs:
    ///       - /tmp:size=64m
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Each option*: `exec`, `suid` and `dev`, each for itself. A `tmpfs` without any of them keeps the
    ///   engine's protection.
    /// - *An option and its opposite*: the later one holds.
    /// - *A variable* (silent): what has no value here is not guessed.
    ///
    /// ## About the fix
    ///
    /// It leaves the options out. Unsafe, because some programs unpack code there and run it (Java's
    /// native libraries, plugins): give those a folder of their own with `exec` and keep `/tmp` without.
    "tmpfs-executable",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Low),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine],
    references: &[Reference::like(Authority::ComposeLint, "CL-0022")],
    check: check,
}

/// The options that take a protection back, and what then works.
const OPTIONS: &[(&str, &str)] = &[
    ("exec", "programs"),
    ("suid", "setuid bits"),
    ("dev", "devices"),
];

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        if !RULE.info.surfaces.contains(&container.surface) {
            continue;
        }
        for entry in &container.declared.tmpfs {
            if let Some(text) = entry.value.known()
                && let Some((path, options)) = text.split_once(':')
            {
                findings.extend(finding(container, entry, path, options));
            }
        }
    }
}

fn finding(
    container: &Container,
    entry: &Entry<State<String>>,
    path: &str,
    options: &str,
) -> Option<Finding> {
    // Of an option and its opposite the later holds.
    let holds = |wanted: &str| {
        let opposite = format!("no{wanted}");
        let mut said = options
            .rsplit(',')
            .filter(|option| *option == wanted || *option == opposite);
        said.next() == Some(wanted)
    };
    let on: Vec<&(&str, &str)> = OPTIONS.iter().filter(|(name, _)| holds(name)).collect();
    let works: Vec<&str> = on.iter().map(|(_, works)| *works).collect();
    if works.is_empty() {
        return None;
    }
    let title = container.title();
    let works = works.join(" and ");
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(entry.origin.span(), format!("lets {works} in it work")),
        format!(
            "{works} in the tmpfs {} of {title} work",
            entry.origin.quoted(path)
        ),
    )
    .container(&title, container.anchor)
    .fact(format!("tmpfs {path}"))
    .why("it is a place that can be written to, and the engine closes it for good reason");
    let whole = format!("{path}:{options}");
    let written = entry.origin.written();
    let Some(place) = written.filter(|span| written::is_text(&whole, *span)) else {
        return Some(finding.advice("take the options out where they are written"));
    };
    let is_kept = |option: &&str| !OPTIONS.iter().any(|(name, _)| name == option);
    let kept: Vec<&str> = options.split(',').filter(is_kept).collect();
    let value = if kept.is_empty() {
        path.to_owned()
    } else {
        format!("{path}:{}", kept.join(","))
    };
    Some(finding.remedy(Remedy::unsafe_because(
        "keep the engine's protection of it",
        Change::Become {
            entry: place,
            value,
        },
        "a program that unpacks code there and runs it fails",
    )))
}
