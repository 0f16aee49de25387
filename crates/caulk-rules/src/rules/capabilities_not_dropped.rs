//! See the page below.

use caulk_finding::Hardening;
use caulk_linux::{Capability, CapabilitySet, CapabilityWord};
use caulk_model::base_images::Gains;
use caulk_model::{Base, Engine, Entry};

use crate::images;
use crate::prelude::*;

rule! {
    /// The container keeps capabilities only because nobody has dropped them.
    ///
    /// ## Why it matters
    ///
    /// Docker leaves a container fourteen capabilities, chosen so that nearly every image works, and
    /// nearly every image needs none or a few of them. Root in the container holds them all, and any
    /// setuid program gives them to whoever starts it: to forge packets on the network that it shares
    /// (`NET_RAW`), to pass every file's mode (`DAC_OVERRIDE`), to leave files behind that make a later
    /// process root (`SETFCAP`). A list that begins with dropping all says what the program needs.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   db:
    ///     image: postgres:16
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   db:
    ///     image: postgres:16
    ///     cap_drop: [ALL]
    ///     cap_add: [CHOWN, DAC_OVERRIDE, FOWNER, SETGID, SETUID]
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *What is left of the default set*: one capability of it is enough. `ALL` leaves none,
    ///   and neither does the whole set by name.
    /// - *What others say* (silent): `privileged` and `all-capabilities-added` say more.
    /// - *A variable* (silent): where an entry of the lists hangs on one, nobody knows what is
    ///   left.
    /// - *Documentation* (silent): how a line that a reader types is hardened is the reader's to decide.
    /// - *Prints and ends* (silent): a command that is nothing but `echo`, `env`, `true` or the like, or the
    ///   shell of a plain image that nobody types into, leaves no process that could use what it has.
    /// - *A tool that passes*: `--rm` without `-d`, and with no volume, port, network, device or privilege,
    ///   is silent: it does one job, and neither reaches anything nor leaves anything behind.
    /// - *A part of a service* (silent): one with neither image nor build is completed elsewhere, and so is
    ///   one in an override file without the file over which it is put.
    /// - *Nothing gets them* (fires): low where the first process is not root and no-new-privileges keeps
    ///   every later one from getting any.
    /// - *Windows* (silent) has no capabilities.
    ///
    /// ## About the fix
    ///
    /// It drops all and adds back what the image's entrypoint needs to repair the owner of its data and
    /// to give root up, or what the file of its program insists on. It is offered where that is known: for
    /// images of caulk's table whose entrypoint does so and is not replaced (an init in front of it also needs
    /// `KILL`, to pass signals on), and where the first process is
    /// not root and nothing is known in the image that counts on more: no sudo, no file of the build with
    /// capabilities, no socket of a runtime that somebody in it has to open. Elsewhere drop all, start it,
    /// and add what it fails without; `[images]` in `caulk.toml` then tells caulk.
    ///
    /// ## Sources
    ///
    /// moby `daemon/pkg/oci/caps` (the default set, `TweakCapabilities`); the images' own entrypoints,
    /// as caulk's table of base images names them.
    "capabilities-not-dropped",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Derived { least: Severity::Low, worst: Severity::Medium },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::Quadlet],
    references: &[
        Reference::same(Authority::Cis, "5.4"),
        Reference::same(Authority::Owasp, "Rule 3"),
        Reference::like(Authority::Nist, "4.4.3"),
        Reference::like(Authority::DockerBench, "check_5_4"),
        Reference::like(Authority::Kics, "ce76b7d0-9e77-464d-b86f-c5c48e03e22d"),
        Reference::same(Authority::ComposeLint, "CL-0006"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        let judged = RULE.info.surfaces.contains(&container.surface)
            && !container.declared.example
            && !images::runs_nothing(container)
            && !container.declared.passes_unconnected()
            && !container.is_part()
            && !container.image.is_windows()
            && container.declared.capabilities_unknown.is_none()
            && container.privileged.value() == Some(&false);
        let is_all = |entry: &Entry<CapabilityWord>| entry.value == CapabilityWord::All;
        let declared = &container.declared;
        if !judged || declared.cap_drop.iter().any(is_all) || declared.cap_add.iter().any(is_all) {
            continue;
        }
        let left = declared
            .engine
            .default_capabilities()
            .minus(named(&declared.cap_drop));
        if !left.is_empty() {
            findings.report(finding(container, left));
        }
    }
}

fn finding(container: &Container, left: CapabilitySet) -> Finding {
    let title = container.title();
    let default = container.declared.engine.default_capabilities();
    let kept = if left == default {
        "the engine's default capabilities".to_owned()
    } else {
        let (left, all) = (left.len(), default.len());
        format!("{left} of the engine's {all} default capabilities")
    };
    let label = if container.declared.cap_drop.is_empty() {
        "drops none"
    } else {
        "drops only some"
    };
    let mut finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(container.anchor, label),
        format!("{title} keeps {kept}"),
    )
    .container(&title, container.anchor)
    .fact("default capabilities")
    .severity(if nothing_gets_them(container) {
        Severity::Low
    } else {
        Severity::Medium
    })
    .why(why(container));
    if let Some(first) = container.declared.cap_drop.first() {
        finding = finding.related(first.origin.span(), "drops only what is named");
    }
    let Some(needed) = needed(container) else {
        return finding.advice(format!(
            "set {}, start it, and add back what it fails without, by name",
            key(container.surface)
        ));
    };
    // What is written already stays as it is: an entry added twice is one too many, and one that is
    // dropped would come back, for adding wins.
    let declared = &container.declared;
    let written = named(&declared.cap_add).union(named(&declared.cap_drop));
    let add = needed.minus(written).iter();
    let keep: Vec<String> = add.map(|one| one.short_name().to_owned()).collect();
    let (what, may_break) = worded(container, needed);
    finding.remedy(Remedy::unsafe_because(
        what,
        Change::Harden {
            container: container.anchor,
            hardening: Hardening::DropCapabilities { keep },
        },
        may_break,
    ))
}

/// How all capabilities are dropped on a surface.
fn key(surface: Surface) -> &'static str {
    match surface {
        Surface::CommandLine => "`--cap-drop ALL`",
        Surface::Quadlet => "`DropCapability=all`",
        Surface::Compose
        | Surface::Dockerfile
        | Surface::DevContainer
        | Surface::Workflow
        | Surface::Bake
        | Surface::Seccomp
        | Surface::Daemon
        | Surface::Kernel => "`cap_drop: [ALL]`",
    }
}

/// What the fix does, and what it may break.
fn worded(container: &Container, needed: CapabilitySet) -> (String, &'static str) {
    let name = container.image.base.name();
    let is_root = container.root == State::Known(true);
    let is_stated = container
        .image
        .stated
        .as_ref()
        .is_some_and(|stated| stated.needs.is_some());
    if is_stated && !needed.is_empty() {
        (
            format!("drop all capabilities but what the configuration says that `{name}` needs"),
            "what is not said there fails",
        )
    } else if needed.is_empty() {
        (
            "drop all capabilities".to_owned(),
            "a setuid program in the image, or one with file capabilities, fails where it needs one",
        )
    } else if is_root {
        (
            format!(
                "drop all capabilities but what the entrypoint of `{name}` needs{}",
                if of_the_init(container).is_empty() {
                    ""
                } else {
                    ", and the init to signal it"
                }
            ),
            "what is done in it as root beside the entrypoint may need one more of them",
        )
    } else {
        (
            format!("drop all capabilities but what the program of `{name}` insists on"),
            "a setuid program in the image, or another one with file capabilities, fails where it needs \
             one more",
        )
    }
}

/// What its start needs, where that is known.
fn needed(container: &Container) -> Option<CapabilitySet> {
    let image = &container.image;
    let row = image.base.row();
    let stated = image.stated.as_ref();
    if let Some(needs) = stated.and_then(|stated| stated.needs) {
        return Some(needs.union(of_the_init(container)));
    }
    if container.root == State::Known(false) {
        let says_who = stated.is_some_and(|stated| stated.user.is_some());
        let known = matches!(image.base, Base::Scratch) || row.is_some() || says_who;
        let counts_on_more = !image.privileged_files.is_empty()
            || images::setuid_program(container).is_some()
            || images::sees_a_runtime(container);
        if !known || counts_on_more {
            return None;
        }
        return match row.and_then(|row| row.gains) {
            Some(Gains::File { capabilities, .. }) => Some(capabilities),
            Some(Gains::SomeFile(_)) => None,
            Some(Gains::Setuid(_)) | None => Some(CapabilitySet::EMPTY),
        };
    }
    if container.root != State::Known(true) {
        return None;
    }
    let step = container.steps_down()?;
    let row = row?.steps_down.as_ref()?;
    // A step that the build brings in itself is not the one of the table.
    let is_the_bases = step.span.is_none() && !step.assumed;
    is_the_bases.then(|| row.capabilities.union(of_the_init(container)))
}

/// What the engine's init needs: it stays root, and passes signals on to a process that is not root.
fn of_the_init(container: &Container) -> CapabilitySet {
    if container.init.value() != Some(&false) && container.steps_down().is_some() {
        CapabilitySet::of(&[Capability::Kill])
    } else {
        CapabilitySet::EMPTY
    }
}

fn named(entries: &[Entry<CapabilityWord>]) -> CapabilitySet {
    let one = |entry: &Entry<CapabilityWord>| match entry.value {
        CapabilityWord::All => None,
        CapabilityWord::One(capability) => Some(capability),
    };
    entries.iter().filter_map(one).collect()
}

/// Whether no process in it ever gets any of them: the first is not root, and no later one gains
/// privileges.
fn nothing_gets_them(container: &Container) -> bool {
    let by_the_image = container.image.base.row().and_then(|row| row.gains);
    container.root == State::Known(false)
        && container.is_sealed()
        && container.image.privileged_files.is_empty()
        && !matches!(by_the_image, Some(Gains::File { .. } | Gains::SomeFile(_)))
}

fn why(container: &Container) -> String {
    if nothing_gets_them(container) {
        return "its first process is not root and no-new-privileges is on, so nothing in it gets any of \
                these capabilities, and to drop them costs nothing"
            .to_owned();
    }
    let program = images::setuid_program(container);
    let gains = container.image.base.row().and_then(|row| row.gains);
    match (container.root == State::Known(false), program, gains) {
        (true, Some(program), _) => {
            return format!(
                "its first process is not root and holds none of these capabilities, but `{program}` in the \
                 image gets all of them for whoever may use it"
            );
        }
        (true, None, Some(Gains::File { path, capabilities })) => {
            let named: Vec<&str> = capabilities.iter().map(Capability::short_name).collect();
            return format!(
                "its first process is not root, and `{path}` gets {} by its file; a setuid program in the \
                 image would get all of these capabilities",
                named.join(", ")
            );
        }
        (true, None, Some(Gains::SomeFile(program))) => {
            return format!(
                "its first process is not root, and `{program}` gets some of these capabilities by its file; \
                 a setuid program in the image would get all of them"
            );
        }
        (true, None, Some(Gains::Setuid(_)) | None) | (false, _, _) => {}
    }
    match container.root {
        State::Known(true) if container.steps_down().is_some() => {
            match container.declared.engine {
                Engine::Docker => {
                    "its entrypoint needs a few of these capabilities to give root up, and `docker exec` holds \
                     the rest"
                }
                Engine::Podman => {
                    "its entrypoint needs a few of these capabilities to give root up, and `podman exec` holds \
                     the rest"
                }
            }
        }
        State::Known(true) => {
            "its first process is root and holds all of these capabilities, whether it needs them or not"
        }
        State::Known(false) => {
            "its first process is not root and holds none of these capabilities; a setuid program in it would get \
             all of them"
        }
        State::Unknown { .. } => "a root process or a setuid program in it holds all of these capabilities",
    }
    .to_owned()
}
