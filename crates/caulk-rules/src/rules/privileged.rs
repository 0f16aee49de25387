//! See the page below.

use std::collections::BTreeMap;

use caulk_model::{Engine, Entry, Extent, Fact, Mount, Relabel, Seccomp, SelinuxLabel, path_holds};
use caulk_source::Span;

use crate::images;
use crate::prelude::*;
use crate::seccomp::{and_profile, listed};
use crate::shared::{
    Asker, asked_again, asker, is_by_feature, remove_for_all, unless_by_label, unless_rootless,
};

rule! {
    /// The container runs in privileged mode.
    ///
    /// ## Why it matters
    ///
    /// Privileged mode is not one permission but the end of most of them: every capability, every
    /// device of the host, no seccomp filter, no AppArmor or SELinux confinement, and `/proc` and
    /// `/sys` writable and unmasked. A process that is root in such a container can load a kernel
    /// module or mount the host's disk. Dropping capabilities beside it changes nothing: the engine
    /// ignores the list.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   worker:
    ///     image: ghcr.io/acme/worker:1.4
    ///     privileged: true
    /// ```
    ///
    /// ## Good
    ///
    /// Grant the one thing that is needed:
    ///
    /// ```yaml,good
    /// services:
    ///   worker:
    ///     image: ghcr.io/acme/worker:1.4
    ///     devices:
    ///       - /dev/ttyUSB0
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *The value*, as Compose reads it: a quoted `"true"` is true.
    /// - *A variable*: one without a default is not known; a default counts.
    /// - *An engine in a container* (fires): an image whose name or tag says so (`docker:dind`), or a container
    ///   with a volume where an engine has its files (`/var/lib/docker`) or a command that starts one, does
    ///   not start one without it, so there is no fix; what to use instead is said, where there is something.
    ///   So it is with a feature of a dev container that asks for it.
    /// - *A program for the network* (fires): an image that is called after a tunnel (`wireguard`) or a
    ///   firewall (`netfilter`) is told what to grant instead. Then there is no fix.
    /// - *Another process* (fires): `docker exec --privileged` gives that process every capability, but the
    ///   seccomp filter, the AppArmor profile and the devices stay those of its container, so its severity
    ///   is high. There is no fix.
    /// - *The label of an image* (fires): a dev container takes over what the label `devcontainer.metadata`
    ///   of its image asks for, so `mcr.microsoft.com/devcontainers/universal` is privileged in it.
    /// - *Who reads the file* (fires): Swarm ignores the key and Compose does not, and nothing in
    ///   the file says which of them it is for.
    ///
    /// ## About the fix
    ///
    /// It removes the key. What the program needed privileged mode for will fail, with an error that
    /// says what it was: grant that device, capability, mount or system call then.
    ///
    /// ## Sources
    ///
    /// moby `daemon/pkg/oci` (`WithCapabilities`, `WithDevices`, `WithApparmor`), `daemon/seccomp_linux.go`,
    /// `daemon/exec_linux.go` (`execSetPlatformOpt`); devcontainers/images (`src/universal`), containers.dev
    /// ("Image Metadata"); moby/buildkit `docs/rootless.md`.
    "privileged",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::High, worst: Severity::Critical },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::DevContainer, Surface::Workflow, Surface::Quadlet],
    references: &[
        Reference::same(Authority::Cis, "5.5"),
        Reference::like(Authority::Owasp, "Rule 3"),
        Reference::same(Authority::Nist, "4.4.3"),
        Reference::like(Authority::DockerBench, "check_5_5"),
        Reference::same(Authority::Kics, "ae5b6871-7f45-42e0-bb4c-ab300c4d2026"),
        Reference::same(Authority::Semgrep, "privileged-service"),
        Reference::like(Authority::TrailOfBits, "container-privileged"),
        Reference::same(Authority::ComposeLint, "CL-0002"),
        Reference::same(Authority::DockSec, "compose-privileged"),
        Reference::same(Authority::ComposeAuditor, "SEC001"),
        Reference::same(Authority::CloudSecurity, "dcs001"),
        Reference::like(Authority::Zshellcheck, "ZC1454"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        if container.privileged.value() == Some(&true) {
            findings.report(if container.declared.around.extent == Extent::Process {
                of_a_process(container)
            } else {
                finding(container)
            });
        }
    }
}

/// A process that is started in a container with every capability.
fn of_a_process(container: &Container) -> Finding {
    let title = container.title();
    Finding::new(
        &RULE.info,
        container.surface,
        Label::new(container.privileged.span(), "gives the process every capability"),
        format!("a process is started in {title} with every capability"),
    )
    .severity(Severity::High)
    .container(&title, container.anchor)
    .fact("privileged process")
    .why(
        "it holds more than the container was given: what its seccomp filter lets through of that, and \
         what its devices are, is all that is left in between",
    )
    .advice(
        "leave it out; what the process then lacks can be given to the container by name when it is \
         started",
    )
}

fn finding(container: &Container) -> Finding {
    let title = container.title();
    let place = container.privileged.span();
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(
            place,
            unless_by_label(
                &container.privileged.origin,
                "gives the container every capability and every device, and switches confinement off",
            ),
        ),
        format!("{title} runs in privileged mode"),
    )
    .container(&title, container.anchor)
    .severity(Severity::Critical)
    .fact("privileged")
    .why(why(container));
    let finding = moot(finding, container);
    let (mut finding, again) = asked_again(finding, container, place);
    if again {
        return finding;
    }
    if let Some(advice) = instead(container) {
        if let Some(files) = &container.declared.around.engine_files
            && files.span() != place
        {
            finding = finding.related(
                files.span(),
                "and this is for the files of an engine in the container",
            );
        }
        return finding.advice(advice);
    }
    match container.privileged.origin.written() {
        Some(entry) => finding.remedy(Remedy::unsafe_because(
            "take privileged mode away",
            Change::Remove { entry },
            and_profile(container, &may_break(container)),
        )),
        None => finding.advice(remove_for_all(
            &container.privileged.origin,
            "remove it where it is written, for all who share it",
        )),
    }
}

/// What to do where it cannot simply go: an engine runs in it.
fn instead(container: &Container) -> Option<&'static str> {
    if is_by_feature(&container.privileged.origin) {
        Some(if container.declared.around.engine_files.is_some() {
            "this feature starts an engine in the container, and that takes privileged mode: do without the \
             feature, and point `DOCKER_HOST` at an engine on a machine that holds nothing else"
        } else {
            "do without this feature, which asks for privileged mode by itself"
        })
    } else if images::is_a_builder(container) {
        Some(
            "a builder in a container does not work without privileged mode: use one on a machine that holds \
             nothing else, or BuildKit's `moby/buildkit:rootless` with the options that its documentation names",
        )
    } else if images::is_called(container, images::TUNNELS) {
        Some(
            "give it what a tunnel takes instead: the capability `NET_ADMIN`, the device `/dev/net/tun` or \
             `/dev/ppp`, and as `sysctls` what it sets by itself now; its own documentation has the list",
        )
    } else if images::is_called(container, images::NETWORKERS) {
        Some(
            "give the container the capabilities `NET_ADMIN` and `NET_RAW` instead, which changing the network \
             takes; load the kernel modules that the program uses on the host",
        )
    } else if images::is_dockers_own_engine(container) {
        Some(
            "an engine in a container needs privileged mode: run the engine on a machine that holds \
             nothing else; to build images, `moby/buildkit:rootless` does without \
             that mode, with the options that its documentation names",
        )
    } else if images::is_an_engine(container) {
        Some(
            "an engine in a container needs privileged mode: run the engine on a machine that holds \
             nothing else",
        )
    } else {
        None
    }
}

/// With what is asked for besides, which changes nothing beside it.
fn moot(mut finding: Finding, container: &Container) -> Finding {
    let declared = &container.declared;
    let place = container.privileged.span();
    if let Some(dropped) = declared.cap_drop.first() {
        finding = finding.related(
            dropped.origin.span(),
            "so that dropping capabilities changes nothing",
        );
    }
    let added = declared.cap_add.iter();
    let added = added.map(|entry| (&entry.origin, entry.value.short_name()));
    let unconfined = unconfined(container).map(|fact| (&fact.origin, UNCONFINED));
    let mut others: BTreeMap<Span, (Asker, Vec<&str>)> = BTreeMap::new();
    let mut added_is_said = false;
    for (origin, name) in added.chain(unconfined) {
        if let Some(who) = asker(origin.steps()) {
            let (_, names) = others
                .entry(origin.span())
                .or_insert_with(|| (who, Vec::new()));
            names.push(name);
        } else if name == UNCONFINED || !added_is_said {
            added_is_said |= name != UNCONFINED;
            finding = finding.related(origin.span(), "and this counts for nothing beside it");
        }
    }
    // What asks for privileged mode itself stands there already.
    let again = declared.around.asked_again.get(&place);
    let again = again.map(caulk_model::Origin::span);
    for (span, (who, names)) in others {
        if span == place || again == Some(span) {
            continue;
        }
        let change = if names.len() == 1 {
            "changes"
        } else {
            "change"
        };
        let names = listed(&names, 3);
        finding = finding.related(
            span,
            match who {
                Asker::Feature => {
                    format!("this feature's {names} {change} nothing in privileged mode")
                }
                Asker::Image => {
                    format!("{names} of this image's label {change} nothing in privileged mode")
                }
            },
        );
    }
    finding
}

/// How no filter at all is asked for.
const UNCONFINED: &str = "seccomp=unconfined";

/// That no seccomp filter is asked for, where it is.
fn unconfined(container: &Container) -> Option<&Fact<Seccomp>> {
    let fact = container.declared.seccomp.as_ref();
    fact.filter(|fact| fact.value() == Some(&Seccomp::Disabled))
}

/// Which rules judge what counts again without it.
fn judges_without(container: &Container) -> Option<String> {
    let declared = &container.declared;
    let mut rules: Vec<&str> = Vec::new();
    if unconfined(container).is_some() {
        rules.push("seccomp-disabled");
    }
    if !declared.cap_add.is_empty() {
        rules.extend([
            "capability-added",
            "all-capabilities-added",
            "capability-without-effect",
        ]);
    }
    if !declared.devices.is_empty() || !declared.device_rules.is_empty() {
        rules.push("host-device");
    }
    if rules.is_empty() {
        return None;
    }
    let judge = if rules.len() == 1 { "judges" } else { "judge" };
    let rules = listed(&rules, rules.len());
    Some(format!(
        "; what else the container is given then counts again, and {rules} {judge} that"
    ))
}

/// What may break without it.
fn may_break(container: &Container) -> String {
    let mut text =
        "what needs a device, a capability, a mount or a system call that the engine denies fails \
                    until that is allowed, and an engine in it does not start"
            .to_owned();
    text.extend(judges_without(container));
    let declared = &container.declared;
    // Podman labels its containers wherever SELinux is on; Docker does so only where somebody tells it to.
    if declared.engine != Engine::Podman
        || declared.selinux.as_ref().and_then(Fact::value) == Some(&SelinuxLabel::Disabled)
    {
        return text;
    }
    let (sockets, folders): (Vec<_>, Vec<_>) = declared
        .mounts
        .iter()
        .partition(|mount| mount.value.socket().is_some());
    let source = |mount: &Entry<Mount>| mount.value.source.known().cloned().unwrap_or_default();
    let (devices, folders): (Vec<_>, Vec<_>) = folders
        .into_iter()
        .partition(|mount| path_holds("/dev", &source(mount)));
    if !devices.is_empty() {
        text.push_str("; a mounted device is closed until it is given by `--device` as well");
    }
    let unlabelled = |mount: &&Entry<Mount>| mount.value.relabel == Relabel::None;
    let what = match (folders.iter().any(unlabelled), sockets.is_empty()) {
        (false, true) => return text,
        (true, true) => "what is mounted without `:z` or `:Z` can no longer be read",
        (false, false) => "the mounted socket is out of reach without `label=disable`",
        (true, false) => {
            "what is mounted without `:z` or `:Z` can no longer be read, and the mounted socket is out of \
             reach without `label=disable`"
        }
    };
    text.push_str("; on a host with SELinux, ");
    text.push_str(what);
    text
}

fn why(container: &Container) -> String {
    let rootless = unless_rootless(container);
    let profile = match container.seccomp.value() {
        Some(Seccomp::Profile { .. }) => "AppArmor",
        _ => "seccomp, AppArmor",
    };
    let who = match container.root {
        State::Known(true) if container.steps_down().is_some() => {
            "its first process starts as root and steps down; a process that a setuid program makes root again"
        }
        State::Known(true) => "its first process is root and",
        State::Known(false) => {
            "its first process is not root, but a process that a setuid program makes root"
        }
        State::Unknown { .. } => "root in the container",
    };
    format!(
        "{who} can mount the host's disks or load a kernel module{rootless}: {profile}, the SELinux label, \
         masked paths and the device list are all off here"
    )
}
