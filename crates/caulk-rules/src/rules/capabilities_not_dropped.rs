//! See the page below.

use caulk_finding::Hardening;
use caulk_linux::{CapabilitySet, CapabilityWord};
use caulk_model::{Base, Entry, ImageSource};

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
    /// - *Prints and ends* (silent): a command that is nothing but `echo`, `env`, `true` or the like leaves no
    ///   process that could use what it has.
    /// - *A tool that passes*: `--rm` without `-d`, and with no volume, port, network, device or privilege,
    ///   is silent: it does one job, and neither reaches anything nor leaves anything behind.
    /// - *A part of a service* (silent): one with neither image nor build is completed elsewhere.
    /// - *Windows* (silent) has no capabilities.
    ///
    /// ## About the fix
    ///
    /// It drops all and adds back what the image's entrypoint needs to repair the owner of its data and
    /// to give root up. It is offered where that is known: for images of caulk's table whose entrypoint
    /// does so and is not replaced, and where the first process is not root and no file in the build
    /// holds capabilities. Elsewhere drop all, start it, and add what it fails without.
    ///
    /// ## Sources
    ///
    /// moby `daemon/pkg/oci/caps` (the default set, `TweakCapabilities`); the images' own entrypoints,
    /// as caulk's table of base images names them.
    "capabilities-not-dropped",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Medium),
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
            && !container.declared.only_prints()
            && !container.declared.passes_unconnected()
            && !matches!(container.source, ImageSource::Fragment)
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
    let mut finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(container.anchor, format!("keeps {kept}")),
        format!("{title} keeps {kept}"),
    )
    .container(&title, container.anchor)
    .fact("default capabilities")
    .why(why(container));
    if let Some(first) = container.declared.cap_drop.first() {
        finding = finding.related(first.origin.span(), "drops only what is named");
    }
    let Some(needed) = needed(container) else {
        return finding.advice("drop `ALL`, start it, and add back what it fails without, by name");
    };
    // What is written already stays as it is: an entry added twice is one too many, and one that is
    // dropped would come back, for adding wins.
    let declared = &container.declared;
    let written = named(&declared.cap_add).union(named(&declared.cap_drop));
    let add = needed.minus(written).iter();
    let keep: Vec<String> = add.map(|one| one.short_name().to_owned()).collect();
    let name = container.image.base.name();
    let (what, breaks) = if needed.is_empty() {
        (
            "drop all capabilities".to_owned(),
            "a setuid program in the image, or one with file capabilities, fails where it needs one"
                .to_owned(),
        )
    } else {
        (
            format!("drop all capabilities but what the entrypoint of `{name}` needs"),
            "what is done in it as root beside the entrypoint may need one more of them".to_owned(),
        )
    };
    finding.remedy(Remedy::unsafe_because(
        what,
        Change::Harden {
            container: container.anchor,
            hardening: Hardening::DropCapabilities { keep },
        },
        breaks,
    ))
}

/// What its start needs, where that is known.
fn needed(container: &Container) -> Option<CapabilitySet> {
    let image = &container.image;
    let known = matches!(image.base, Base::Scratch) || image.base.row().is_some();
    if container.root == State::Known(false) {
        return (known && image.privileged_files.is_empty()).then_some(CapabilitySet::EMPTY);
    }
    let step = container.steps_down()?;
    let row = image.base.row()?.steps_down.as_ref()?;
    // A step that the build brings in itself is not the one of the table.
    let is_the_bases = step.span.is_none() && !step.assumed;
    is_the_bases.then_some(row.capabilities)
}

fn named(entries: &[Entry<CapabilityWord>]) -> CapabilitySet {
    let one = |entry: &Entry<CapabilityWord>| match entry.value {
        CapabilityWord::All => None,
        CapabilityWord::One(capability) => Some(capability),
    };
    entries.iter().filter_map(one).collect()
}

fn why(container: &Container) -> &'static str {
    match container.root {
        State::Known(true) if container.steps_down().is_some() => {
            "its entrypoint needs a few of them to give root up, and whoever is root in it later holds \
             the rest as well"
        }
        State::Known(true) => {
            "its first process is root and holds all of them, whether it needs them or not"
        }
        State::Known(false) => {
            "its first process is not root and needs none; a setuid program in it would still get them"
        }
        State::Unknown { .. } => "a root process or a setuid program in it holds all of them",
    }
}
