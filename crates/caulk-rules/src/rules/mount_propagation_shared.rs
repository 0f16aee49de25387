//! See the page below.

use caulk_model::{Entry, Mount};

use crate::prelude::*;
use crate::written;

rule! {
    /// What the container mounts below a path of the host appears on the host too.
    ///
    /// ## Why it matters
    ///
    /// With `shared` or `rshared`, a mount that the container makes below the path is made on the host
    /// as well, and the other way round. A container that may mount at all (privileged, or with
    /// `SYS_ADMIN`) so changes what every program of the host sees, and what the host mounts later, such
    /// as another disk, comes into the container without anybody's decision.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   agent:
    ///     image: ghcr.io/acme/agent:1.0
    ///     volumes:
    ///       - /mnt:/mnt:rshared
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   agent:
    ///     image: ghcr.io/acme/agent:1.0
    ///     volumes:
    ///       - /mnt:/mnt:rslave
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Both directions*: `shared` and `rshared` fire. `slave` and `private`, each with an `r` before it
    ///   or not, and no word at all are silent.
    /// - *Privileged* (fires): then it is said that it can mount. A container that is not may have
    ///   `SYS_ADMIN` from elsewhere, so it is not spared.
    /// - *The long syntax*: `propagation` is judged as the option is; there is no fix.
    /// - *A variable* (silent): what has no value here is not guessed.
    ///
    /// ## About the fix
    ///
    /// It leaves the option out, so that mounts travel neither way (`rprivate`, the engine's default).
    /// Unsafe, because a storage driver or a backup agent in a container may exist for just this. If the
    /// container only has to see what the host mounts later, `rslave` is enough. In the long syntax there
    /// is no fix: take `propagation` out by hand.
    "mount-propagation-shared",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::Medium),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::Quadlet],
    references: &[
        Reference::same(Authority::Cis, "5.20"),
        Reference::like(Authority::Nist, "4.5.5"),
        Reference::like(Authority::DockerBench, "check_5_20"),
        Reference::like(Authority::Kics, "baa452f0-1f21-4a25-ace5-844e7a5f410d"),
        Reference::same(Authority::ComposeLint, "CL-0017"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        for mount in &container.declared.mounts {
            let propagation = mount.value.propagation.as_deref();
            if let Some(how @ ("shared" | "rshared")) = propagation {
                findings.report(finding(container, mount, how));
            }
        }
    }
}

fn finding(container: &Container, mount: &Entry<Mount>, how: &str) -> Finding {
    let title = container.title();
    let path = mount.value.source.known().map_or_else(
        || "a path of the host".to_owned(),
        |path| mount.origin.quoted(path),
    );
    let may_mount = container.privileged.value() == Some(&true);
    let why = if may_mount {
        "it is privileged, so what it mounts there changes what every program of the host sees"
    } else {
        "what the host mounts there later comes into the container, and what a process with \
         `SYS_ADMIN` in it mounts appears on the host"
    };
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(mount.origin.span(), "passes mounts on in both directions"),
        format!("{title} shares mounts below {path} with the host"),
    )
    .container(&title, container.anchor)
    .fact(format!("propagation {how} to {}", mount.value.target))
    .why(why);
    let without = Mount {
        propagation: None,
        ..mount.value.clone()
    };
    let written = mount.origin.written();
    let literal = written.filter(|span| written::is_mount(&mount.value, *span));
    match literal.and_then(|entry| Some((entry, written::mount(&without)?))) {
        Some((entry, value)) => finding.remedy(Remedy::unsafe_because(
            format!("leave `{how}` out"),
            Change::Become { entry, value },
            "a program in it that mounts for the host or for other containers no longer does",
        )),
        None => finding.advice("take the option out where it is written, or use `rslave`"),
    }
}
