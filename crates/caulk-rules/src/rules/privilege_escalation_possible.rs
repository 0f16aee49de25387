//! See the page below.

use caulk_finding::Hardening;
use caulk_model::{ImageSource, Manager, User};

use crate::images;
use crate::prelude::*;
use crate::shared::is_root;

rule! {
    /// A program in the container may gain privileges that whoever starts it does not have.
    ///
    /// ## Why it matters
    ///
    /// A setuid program runs as its file's owner, and a program with file capabilities holds them,
    /// whoever starts it. That is how a process that is not root becomes root inside the container:
    /// through `su`, `mount`, `newgrp`, which base images bring without being asked. With
    /// `no-new-privileges` the kernel ignores both for good. A container does not have it unless
    /// somebody says so.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1.4
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1.4
    ///     security_opt:
    ///       - no-new-privileges:true
    /// ```
    ///
    /// ## How it is judged
    ///
    /// A daemon with `"no-new-privileges": true` gives it to every container: then leave this
    /// rule out.
    ///
    /// - *A service that says nothing of it* is reported at its own line.
    /// - *An image that counts on it* (fires): where sudo is in the image, or its own scripts use a setuid
    ///   program, there is no fix.
    /// - *An image, and a part of a service* (silent): a Dockerfile cannot say it, and a service
    ///   without image and build, or in an override file without the file over which it is put, is part
    ///   of something that may.
    /// - *An entrypoint that sets it* (silent): one that gives root up with `setpriv --nnp`, as that of the
    ///   newer `redis` images does.
    /// - *A variable* (silent): an option whose name or value hangs on one may be this.
    /// - *Prints and ends* (silent): a command that is nothing but `echo`, `env`, `true` or the like, or the
    ///   shell of a plain image that nobody types into, leaves no process that could use what it has.
    /// - *Documentation* (silent): how a line that a reader types is hardened is the reader's to decide.
    /// - *A tool that passes*: `--rm` without `-d`, and with no volume, port, network, device or privilege,
    ///   is silent: it does one job, and neither reaches anything nor leaves anything behind.
    /// - *Swarm* (fires): `docker stack` ignores `security_opt`, so there is no fix but in the daemon's
    ///   configuration.
    /// - *A dev container whose commands call `sudo`* (fires): they would no longer work, so there is no
    ///   fix until the image does what they do.
    /// - *Windows* (silent) has no such thing.
    ///
    /// ## About the fix
    ///
    /// It adds the option. `sudo`, `su` and, on some images, `ping` no longer work. An entrypoint that
    /// starts as root and steps down with `gosu`, `su-exec` or `setpriv` goes on working: root loses
    /// privileges there and gains none. The fix is safe only for a bare image that does not run as root
    /// and into which nothing is put; what a Dockerfile copies from other images may have kept its
    /// privileges.
    ///
    /// ## Sources
    ///
    /// The kernel's `Documentation/userspace-api/no_new_privs.rst`; moby `daemon/daemon_unix.go`
    /// (`parseSecurityOpt`); docker/cli `cli/compose/types/types.go` (`UnsupportedProperties`); util-linux
    /// setpriv(1), `--no-new-privs`.
    "privilege-escalation-possible",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Medium),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::DevContainer, Surface::Quadlet],
    references: &[
        Reference::same(Authority::Cis, "5.26"),
        Reference::same(Authority::Owasp, "Rule 4"),
        Reference::like(Authority::Nist, "4.4.3"),
        Reference::like(Authority::DockerBench, "check_5_26"),
        Reference::like(Authority::Kics, "27fcc7d6-c49b-46e0-98f1-6c082a6a2750"),
        Reference::like(Authority::Kics, "610e266e-6c12-4bca-9925-1ed0cd29742b"),
        Reference::same(Authority::Semgrep, "no-new-privileges"),
        Reference::same(Authority::ComposeLint, "CL-0003"),
        Reference::like(Authority::DockSec, "compose-no-new-privileges"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        let is_service = RULE.info.surfaces.contains(&container.surface)
            && !container.declared.example
            && !images::runs_nothing(container)
            && !container.declared.passes_unconnected()
            && !container.is_part()
            && !container.image.is_windows();
        if is_service
            && container.no_new_privileges.value() == Some(&false)
            && container.declared.no_new_privileges.is_none()
            && !container.steps_down().is_some_and(|step| step.seals)
        {
            findings.report(finding(container));
        }
    }
}

fn finding(container: &Container) -> Finding {
    let title = container.title();
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(container.anchor, "does not set `no-new-privileges`"),
        format!("programs in {title} may gain privileges"),
    )
    .container(&title, container.anchor)
    .fact("no-new-privileges absent")
    .why(why(container));
    let change = Change::Harden {
        container: container.anchor,
        hardening: Hardening::NoNewPrivileges,
    };
    let finding = with_loser(finding, container);
    if let Some(place) = container.declared.around.calls_sudo {
        return finding
            .related(place, "calls `sudo`, which would no longer work")
            .advice("do that in the image's build, and set `no-new-privileges` then");
    }
    if container.declared.around.manager == Manager::Swarm {
        return finding.advice(
            "set `\"no-new-privileges\": true` in the `daemon.json` of each node: `docker stack` ignores \
             `security_opt`",
        );
    }
    let counts_on = images::setuid_program(container);
    match counts_on.filter(|_| container.root == State::Known(false)) {
        Some(program) => finding.advice(format!(
            "its image brings `{program}`, which no longer works with the option: set it only where nobody \
             uses `{program}`, or take an image without it"
        )),
        None => finding.remedy(remedy(container, change)),
    }
}

/// Who works in a dev container.
fn attached(container: &Container) -> Option<&User> {
    let user = container.declared.around.attached_as.as_ref()?.value()?;
    (!user.is_empty()).then_some(user)
}

/// With the first file that loses by it, where the build gives one privileges.
pub(super) fn with_loser(finding: Finding, container: &Container) -> Finding {
    let adds = container.root == State::Known(false) && !container.declared.cap_add.is_empty();
    let finding = if adds {
        finding.advice(
            "nothing in it can use most of the capabilities that are added then: \
             `capability-without-effect` names them",
        )
    } else {
        finding
    };
    match container.file_that_would_lose() {
        Some(file) => {
            let label = format!(
                "gives `{}` privileges that it would no longer have",
                file.path
            );
            finding.related(file.span, label)
        }
        None => finding,
    }
}

/// What it means for this container.
pub(super) fn why(container: &Container) -> String {
    if let Some(step) = container.steps_down() {
        return format!(
            "its entrypoint gives root up through {}, and a setuid program in the image may be a way back",
            step.tools()
        );
    }
    match attached(container) {
        Some(user) if is_root(user) => {
            return "people work in it as root already; a process that they start in it as another user can \
                    become root again where the image has a setuid program of root's"
                .to_owned();
        }
        Some(user) => {
            return format!(
                "people work in it as `{}`, and setuid programs of root's, where the image has any, run as root for them",
                user.text()
            );
        }
        None => {}
    }
    match container.root {
        State::Known(true) => {
            "it runs as root; a process that it starts as another user can become root again where the image has \
             a setuid program of root's"
        }
        State::Known(false) => {
            "its process is not root, and setuid programs of root's, where the image has any, run as root for it"
        }
        State::Unknown { .. } => {
            "if its process is not root, setuid programs of root's, where the image has any, run as root for it"
        }
    }
    .to_owned()
}

/// The change, and what it may break.
pub(super) fn remedy(container: &Container, change: Change) -> Remedy {
    const TITLE: &str = "let no program gain privileges";
    if is_bare(container) {
        return Remedy::safe(TITLE, change);
    }
    let mut may_break = match (container.steps_down(), &container.root) {
        _ if attached(container).is_some() => {
            "`sudo`, `su` and other setuid programs no longer work in it: not in terminals and tasks, nor \
             where the image or a feature starts something with them (an engine, an SSH server)"
                .to_owned()
        }
        (Some(step), _) => format!(
            "once the entrypoint has given root up, sudo and other setuid programs no longer work; {} \
             itself runs before that, as root, and goes on working",
            step.tools()
        ),
        (None, State::Known(true)) => {
            "what it starts as another user can no longer use sudo, su or a ping with file \
             capabilities; gosu, su-exec and setpriv go on working"
                .to_owned()
        }
        (None, State::Known(false) | State::Unknown { .. }) => {
            "sudo, su and other programs of the image that are setuid or have file capabilities no \
             longer work"
                .to_owned()
        }
    };
    // The flag is inherited over fork and exec, and nothing takes it back.
    if container.privileged.value() == Some(&true)
        || container.declared.around.engine_files.is_some()
    {
        may_break.push_str(
            "; if an engine runs in it, it hands this on to every container that it starts",
        );
    }
    Remedy::unsafe_because(TITLE, change, may_break)
}

/// Whether nothing in it can be setuid or have file capabilities: it is one of the images that hold
/// no program of that kind, as it is pulled, and nothing of the host is mounted into it.
///
/// Not an image that is built here, even on such a base: a file keeps its mode and its capabilities
/// when it is copied from another stage or image.
fn is_bare(container: &Container) -> bool {
    let row = container.image.base.row();
    let bare_base = row.is_some_and(|row| row.repository.starts_with("gcr.io/distroless/"));
    bare_base
        && matches!(container.source, ImageSource::Pulled { .. })
        && container.root == State::Known(false)
        && container.declared.mounts.is_empty()
}
