//! See the page below.

use caulk_linux::{CapabilityWord, UnknownCapability};
use caulk_model::Entry;

use crate::prelude::*;

rule! {
    /// A capability is named that no kernel has.
    ///
    /// ## Why it matters
    ///
    /// The engine looks at both lists before it creates the container, and refuses the whole container
    /// for one word that it does not know. So this is no hole but a container that does not start, and
    /// who is in a hurry then replaces the list by something that does: `privileged: true`.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1
    ///     cap_drop: [CAP_ALL]
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1
    ///     cap_drop: [ALL]
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *The name*, in either case and with `CAP_` or without; `ALL` without it.
    /// - *Blanks, and nothing* (fires) are no name: nothing is trimmed.
    /// - *Privileged mode* (fires), which ignores the lists otherwise, does not save a wrong name.
    /// - *A variable* (silent) is not guessed.
    /// - *Windows* (silent) has no capabilities.
    ///
    /// ## About the fix
    ///
    /// It removes the entry, so that the container starts without what the entry was meant to do. It
    /// does not write the word that was probably meant: to give or take a capability on a guess is
    /// yours to decide.
    ///
    /// ## Sources
    ///
    /// moby `daemon/container.go` (`validateCapabilities`), `daemon/pkg/oci/caps/utils.go`
    /// (`NormalizeLegacyCapabilities`); Linux `include/uapi/linux/capability.h`.
    "unknown-capability",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::Medium),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::DevContainer, Surface::Quadlet],
    references: &[],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        if container.image.is_windows() {
            continue;
        }
        for entry in &container.declared.unknown_capabilities {
            findings.report(finding(container, entry));
        }
    }
}

fn finding(container: &Container, entry: &Entry<UnknownCapability>) -> Finding {
    let title = container.title();
    let unknown = &entry.value;
    let given = if entry.origin.is_from_env() {
        "that an environment file names".to_owned()
    } else {
        shown(&unknown.given)
    };
    let label = match unknown.suggestion {
        Some(word) => format!("is no capability: did you mean `{word}`?"),
        None => "is no capability".to_owned(),
    };
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(entry.origin.span(), label.trim_end_matches('?')),
        format!("{title} does not start: no kernel has the capability {given}"),
    )
    .container(&title, container.anchor)
    .fact(format!("unknown capability {}", unknown.given))
    .why(format!(
        "the engine refuses to create {title} for it, whatever else is right"
    ));
    let finding = match unknown.suggestion {
        Some(CapabilityWord::All) => {
            finding.advice("if all are meant, write `ALL` and nothing around it")
        }
        Some(word) => finding.advice(format!("if `{word}` is meant, write that")),
        None => finding,
    };
    match entry.origin.written() {
        Some(place) => finding.remedy(Remedy::unsafe_because(
            format!("leave {given} out"),
            Change::Remove { entry: place },
            "the container then starts without what the entry was to give or to take",
        )),
        None if finding.advice.is_some() => finding,
        None => finding.advice("remove it where it is written, for all who share it"),
    }
}

/// What is given, on one line and short.
fn shown(given: &str) -> String {
    if given.trim().is_empty() {
        return "without a name".to_owned();
    }
    let mut text: String = given.chars().filter(|c| !c.is_control()).take(40).collect();
    if given.chars().count() > 40 {
        text.push('…');
    }
    format!("`{text}`")
}
