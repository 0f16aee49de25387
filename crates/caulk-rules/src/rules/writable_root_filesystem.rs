//! See the page below.

use caulk_finding::Hardening;
use caulk_model::{ImageSource, Origin};

use crate::prelude::*;

rule! {
    /// The container can write to its own root filesystem.
    ///
    /// ## Why it matters
    ///
    /// Who gets code to run in a container wants to keep it there: a tool downloaded, a script of the
    /// program changed. On a read-only root filesystem that has no place to go but the folders that
    /// somebody chose.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1
    ///     read_only: true
    ///     tmpfs:
    ///       - /tmp
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Nothing said, or no* is writable.
    /// - *Privileged mode* (fires) does not change what is asked for.
    /// - *A variable* (silent) is not guessed.
    /// - *Documentation* (silent): how a line that a reader types is hardened is the reader's to decide.
    /// - *Prints and ends* (silent): a command that is nothing but `echo`, `env`, `true` or the like leaves no
    ///   process that could use what it has.
    /// - *A tool that is removed when it ends*: `--rm` without `-d` leaves nothing behind that was written,
    ///   so it is silent.
    /// - *A part of a service* (silent): one with neither image nor build is completed elsewhere.
    /// - *Windows* (silent) has no such mode.
    ///
    /// ## About the fix
    ///
    /// It makes the root filesystem read-only. Programs write to more places than one thinks: give
    /// each of them a `tmpfs` or a volume, `/tmp` and `/run` first. `docker diff` of a running
    /// container lists them.
    ///
    /// ## Sources
    ///
    /// The Compose specification, `read_only`; moby `daemon/oci_linux.go` (`Root.Readonly`).
    "writable-root-filesystem",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Low),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::Quadlet],
    references: &[
        Reference::same(Authority::Cis, "5.13"),
        Reference::same(Authority::Owasp, "Rule 8"),
        Reference::like(Authority::Nist, "4.5.5"),
        Reference::like(Authority::DockerBench, "check_5_13"),
        Reference::same(Authority::Semgrep, "writable-filesystem-service"),
        Reference::same(Authority::ComposeLint, "CL-0007"),
        Reference::same(Authority::DockSec, "compose-writable-root-fs"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        let judged = RULE.info.surfaces.contains(&container.surface)
            && !container.declared.example
            && !container.declared.only_prints()
            && !container.declared.passes()
            && !matches!(container.source, ImageSource::Fragment)
            && !container.image.is_windows();
        if judged && container.read_only.value() == Some(&false) {
            findings.report(finding(container));
        }
    }
}

fn finding(container: &Container) -> Finding {
    let title = container.title();
    let (label, shared) = match &container.read_only.origin {
        Origin::Default(_) => ("leaves its root filesystem writable", false),
        Origin::Written(_) => ("keeps its root filesystem writable", false),
        Origin::Inherited { .. } => ("keeps its root filesystem writable", true),
    };
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(container.read_only.span(), label),
        format!("{title} can write to its root filesystem"),
    )
    .container(&title, container.anchor)
    .fact("read-only root")
    .why(match &container.root {
        State::Known(true) if container.steps_down().is_some() => {
            "its first process starts as root and gives that up by itself; what root changes until then, and \
             what a program downloads later, stays"
        }
        State::Known(true) => {
            "its first process is root, so every file of the image can be changed or replaced by it"
        }
        State::Known(false) => {
            "a file that is downloaded into one of its user's folders stays there and can be run"
        }
        State::Unknown { .. } => {
            "what a program in it downloads or changes stays there until the container is removed"
        }
    });
    if shared {
        return finding.advice("change it where it is written, for all who share it");
    }
    let change = Change::Harden {
        container: container.anchor,
        hardening: Hardening::ReadOnlyRoot,
    };
    finding.remedy(Remedy::unsafe_because(
        "make the root filesystem read-only",
        change,
        "the program fails where it writes, until each such folder is a `tmpfs` or a volume",
    ))
}
