//! See the page below.

use caulk_finding::Hardening;
use caulk_model::{Base, Engine, Origin};
use caulk_source::clean_path;

use crate::images;
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
    /// - *Prints and ends* (silent): a command that is nothing but `echo`, `env`, `true` or the like, or the
    ///   shell of a plain image that nobody types into, leaves no process that could use what it has.
    /// - *A tool that is removed when it ends*: `--rm` without `-d` leaves nothing behind that was written,
    ///   so it is silent.
    /// - *A part of a service* (silent): one with neither image nor build is completed elsewhere, and so is
    ///   one in an override file without the file over which it is put.
    /// - *Windows* (silent) has no such mode.
    ///
    /// ## About the fix
    ///
    /// It makes the root filesystem read-only. Programs write to more places than one thinks, and fail where
    /// they may not, so there is a fix only where that is known or somebody has begun to see to it: for an
    /// image of caulk's table whose program writes to nothing, or only to what is mounted; for a
    /// container that has a `tmpfs`; for a program on `scratch` that is not root. Elsewhere give each
    /// of the places a `tmpfs` or a volume first: `docker diff` of a running container lists them.
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
            && !images::runs_nothing(container)
            && !container.declared.passes()
            && !container.is_part()
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
    .why(why(container));
    if shared {
        return finding.advice("change it where it is written, for all who share it");
    }
    let engine = client(container);
    let may_break = match writes(container) {
        Writes::To(folders) => {
            let named: Vec<String> = folders.iter().map(|folder| format!("`{folder}`")).collect();
            return finding.advice(format!(
                "mount a `tmpfs` or a volume at {}, where `{}` writes, and make the rest read-only with {}",
                listed(&named),
                container.image.base.name(),
                key(container)
            ));
        }
        Writes::Unknown => {
            return finding.advice(found_out(container));
        }
        Writes::ToMounts => format!(
            "any other program that is started in the container, by `{engine} exec` or a health check, fails \
             where it writes outside of a `tmpfs` or a volume"
        ),
        Writes::Perhaps => {
            "the program fails where it writes, until each such folder is a `tmpfs` or a volume"
                .to_owned()
        }
    };
    let change = Change::Harden {
        container: container.anchor,
        hardening: Hardening::ReadOnlyRoot,
    };
    finding.remedy(Remedy::unsafe_because(
        "make the root filesystem read-only",
        change,
        may_break,
    ))
}

fn why(container: &Container) -> &'static str {
    match &container.root {
        State::Known(true) if container.steps_down().is_some() => {
            "its first process starts as root and gives that up by itself; what root changes until then, and \
             what a program downloads later, stays"
        }
        State::Known(true) => {
            "its first process is root, so every file of the image can be changed or replaced by it"
        }
        State::Known(false) => {
            "where its user may write to a folder of the image, a file that is downloaded there stays and can be run"
        }
        // A quadlet's container is removed with each stop.
        State::Unknown { .. } if container.surface == Surface::Quadlet => {
            "what a program in it downloads or changes stays there until the unit stops"
        }
        State::Unknown { .. } => {
            "what a program in it downloads or changes stays there until the container is removed"
        }
    }
}

/// The program that starts it.
fn client(container: &Container) -> &'static str {
    match container.declared.engine {
        Engine::Docker => "docker",
        Engine::Podman => "podman",
    }
}

/// What to do where nobody knows to what it writes.
fn found_out(container: &Container) -> String {
    let or_removed = if is_job(container) {
        "remove it when it ends (`--rm`), where it does one job; else "
    } else {
        ""
    };
    format!(
        "{or_removed}mount a `tmpfs` or a volume at each folder that its programs write to (`{} diff` lists \
         what they have written), and make the rest read-only with {}",
        client(container),
        key(container)
    )
}

/// Whether a command line starts it in the foreground, so that it may do one job and end.
fn is_job(container: &Container) -> bool {
    container.surface == Surface::CommandLine && !container.declared.stays()
}

/// How the root filesystem is made read-only.
fn key(container: &Container) -> String {
    let key = match container.surface {
        Surface::CommandLine => "`--read-only`",
        // The first generators switched the second off unless something asked for it.
        Surface::Quadlet => "`ReadOnly=true` and `ReadOnlyTmpfs=true`",
        Surface::Compose
        | Surface::Dockerfile
        | Surface::DevContainer
        | Surface::Workflow
        | Surface::Bake
        | Surface::Seccomp
        | Surface::Daemon
        | Surface::Kernel => "`read_only: true`",
    };
    match container.declared.engine {
        Engine::Docker => key.to_owned(),
        Engine::Podman => {
            format!("{key} (podman gives `/run`, `/tmp` and `/var/tmp` a `tmpfs` itself then)")
        }
    }
}

/// Where its program writes.
enum Writes {
    /// To these folders, which are the image's own.
    To(Vec<&'static str>),
    /// To nothing but what is mounted.
    ToMounts,
    /// It may, but there are signs that somebody sees to it.
    Perhaps,
    /// Nobody knows.
    Unknown,
}

fn writes(container: &Container) -> Writes {
    let declared = &container.declared;
    let own_start = declared.entrypoint.is_none() && container.image.entrypoint.is_none();
    let starts_its_server = own_start
        && (declared.command.is_empty()
            || container.root == State::Known(false)
            || container.steps_down().is_some());
    let row = container.image.base.row().and_then(|row| row.writes);
    if let Some(folders) = row.filter(|_| starts_its_server) {
        let left = folders.iter().copied();
        let left: Vec<&str> = left
            .filter(|folder| !is_mounted(container, folder))
            .collect();
        return if left.is_empty() {
            Writes::ToMounts
        } else {
            Writes::To(left)
        };
    }
    let on_nothing = container.image.base == Base::Scratch && container.root == State::Known(false);
    if on_nothing || !declared.tmpfs.is_empty() {
        return Writes::Perhaps;
    }
    Writes::Unknown
}

/// Whether a folder of the image is under a mount that can be written to. `/var/run` is `/run`.
fn is_mounted(container: &Container, folder: &str) -> bool {
    let short = |path: &str| {
        let path = clean_path(path);
        path.strip_prefix("/var")
            .filter(|rest| rest.starts_with("/run"))
            .map_or(path.clone(), str::to_owned)
    };
    let is_under = |target: &str| {
        let (target, folder) = (short(target), short(folder));
        let rest = folder.strip_prefix(target.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let volumes = container.declared.volumes.iter().map(|entry| &entry.value);
    let mut writable = volumes.filter(|volume| !volume.mount.read_only);
    let mut tmpfs = container.declared.tmpfs.iter();
    writable.any(|volume| is_under(&volume.mount.target))
        || tmpfs.any(|entry| {
            let text = entry.value.known();
            text.is_some_and(|text| is_under(text.split(':').next().unwrap_or_default()))
        })
}

/// "a", "a and b", "a, b and c".
fn listed(words: &[String]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        all => all.concat(),
    }
}
