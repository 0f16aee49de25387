//! See the page below.

use caulk_linux::{Capability, CapabilityWord};
use caulk_model::{Engine, Entry, Seccomp};

use crate::prelude::*;
use crate::seccomp::and_profile;
use crate::shared::unless_rootless;

rule! {
    /// The container is given every Linux capability.
    ///
    /// ## Why it matters
    ///
    /// `ALL` is most of privileged mode: mounting, loading kernel modules, reading the host's files by
    /// their handles. The default seccomp profile follows the capabilities, so with `ALL` it also lets
    /// through nearly every call that it exists to deny, and it does so for every process in the
    /// container, root or not.
    ///
    /// `cap_drop: [ALL]` beside it takes nothing away: where `ALL` is added, the engine starts from
    /// everything and takes away only what is dropped by name.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   backup:
    ///     image: ghcr.io/acme/backup:2
    ///     cap_drop: [ALL]
    ///     cap_add: [ALL]
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   backup:
    ///     image: ghcr.io/acme/backup:2
    ///     cap_drop: [ALL]
    ///     cap_add: [DAC_READ_SEARCH]
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *`ALL` is added*: in either case, and exactly that word. Critical.
    /// - *A first process that is not root* (fires) makes it high: then a setuid program or a
    ///   call that the filter no longer denies is what stands between it and the host.
    /// - *Podman* (fires) gives what is added to a first process that is not root as well. Critical.
    /// - *Privileged mode* (silent) makes the list count for nothing, and `privileged` says the
    ///   rest.
    /// - *A variable* (silent) is not guessed.
    /// - *Windows* (silent) has no capabilities.
    ///
    /// ## About the fix
    ///
    /// It removes the entry, so that the default set holds, or what else the two lists say. What the
    /// program did with a capability beyond that is refused: add that one by its name.
    ///
    /// ## Sources
    ///
    /// moby `daemon/pkg/oci/caps/utils.go` (`TweakCapabilities`), `profiles/seccomp/default.json`;
    /// capabilities(7); podman `pkg/specgen/generate/security_linux.go`.
    "all-capabilities-added",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::High, worst: Severity::Critical },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::DevContainer, Surface::Workflow, Surface::Quadlet],
    references: &[
        Reference::same(Authority::Cis, "5.4"),
        Reference::same(Authority::Owasp, "Rule 3"),
        Reference::like(Authority::Nist, "4.4.3"),
        Reference::like(Authority::DockerBench, "check_5_4"),
        Reference::like(Authority::Kics, "ce76b7d0-9e77-464d-b86f-c5c48e03e22d"),
        Reference::like(Authority::TrailOfBits, "container-privileged"),
        Reference::like(Authority::ComposeLint, "CL-0024"),
        Reference::like(Authority::DockSec, "compose-dangerous-capabilities"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        // Privileged mode ignores the lists and gives everything: that is its own finding.
        if container.privileged.value() == Some(&true) || container.image.is_windows() {
            continue;
        }
        let mut added = container.declared.cap_add.iter();
        if let Some(entry) = added.find(|entry| entry.value == CapabilityWord::All) {
            findings.report(finding(container, entry));
        }
    }
}

fn finding(container: &Container, entry: &Entry<CapabilityWord>) -> Finding {
    let title = container.title();
    let dropped = &container.declared.cap_drop;
    // `drop` takes single ones away from `ALL`; dropping `ALL` takes nothing.
    let without: Vec<&str> = dropped
        .iter()
        .filter(|entry| entry.value != CapabilityWord::All)
        .map(|entry| entry.value.short_name())
        .collect();
    let but = match without.as_slice() {
        [] => String::new(),
        without => format!(" but {}", without.join(", ")),
    };
    let severity = match container.root {
        State::Known(false) if !is_given_to_any(container) => Severity::High,
        State::Known(_) | State::Unknown { .. } => Severity::Critical,
    };
    let primary = Label::new(entry.origin.span(), "is all forty-one of them");
    let message = format!("{title} is given every capability{but}");
    let mut finding = Finding::new(&RULE.info, container.surface, primary, message)
        .container(title, container.anchor)
        .fact("capability ALL")
        .severity(severity)
        .why(why(container));
    let drops_all = dropped
        .iter()
        .find(|entry| entry.value == CapabilityWord::All);
    if let Some(drop) = drops_all {
        finding = finding.related(drop.origin.span(), "so that dropping all takes none away");
    }
    let alone = container.declared.cap_add.len() == 1;
    finding = finding.advice(if alone && dropped.is_empty() {
        "add the ones that it needs, by their names; without `ALL` the engine's default set is left, which \
         `capabilities-not-dropped` judges"
    } else if drops_all.is_some() && alone {
        "add the ones that it needs, by their names"
    } else {
        "add the ones that it needs, by their names; without `ALL` the rest of the lists counts again: \
         see `capabilities-not-dropped`, `capability-added`, `capability-without-effect`"
    });
    match entry.origin.written() {
        Some(place) => finding.remedy(Remedy::unsafe_because(
            "take `ALL` away",
            Change::Remove { entry: place },
            and_profile(container, "what the program does with them is refused"),
        )),
        None => finding,
    }
}

/// Whether a first process that is not root holds them as well, as podman has it.
fn is_given_to_any(container: &Container) -> bool {
    container.keeps_without_root(Capability::SysAdmin)
}

fn why(container: &Container) -> String {
    let is_given_to_any = is_given_to_any(container);
    let unless = unless_rootless(container);
    let filter = match container.seccomp.value() {
        Some(Seccomp::Default) if container.declared.engine == Engine::Podman => {
            "podman's default seccomp profile lets bpf and the calls for kernel modules through to all of its \
             processes"
        }
        Some(Seccomp::Default) => {
            "the default seccomp profile also lets mount, bpf and new user namespaces through"
        }
        Some(Seccomp::Disabled) => "there is no seccomp filter either",
        Some(Seccomp::Profile { .. }) | None => {
            "what its seccomp profile allows with a capability is allowed to all of its processes"
        }
    };
    let sealed = container.no_new_privileges.value() == Some(&true);
    let who = match &container.root {
        State::Known(true) if container.steps_down().is_some() => {
            "its first process starts as root with all of them until it steps down, and a setuid program \
             brings them back"
                .to_owned()
        }
        State::Known(true) => {
            format!(
                "its first process is root and can do nearly everything that root on the host can{unless}"
            )
        }
        _ if is_given_to_any => format!(
            "podman gives them to the first process, root or not: it can do nearly everything that root on \
             the host can{unless}"
        ),
        State::Known(false) if sealed => {
            "its first process is not root and no-new-privileges is on, so it gains none of them by \
             itself"
                .to_owned()
        }
        State::Known(false) => {
            "its first process is not root, but any setuid program in it holds them all".to_owned()
        }
        State::Unknown { because } => format!(
            "a root process in it can do nearly everything that root on the host can; as whom it starts is not \
             known, because {because}"
        ),
    };
    let but = if sealed && !is_given_to_any && container.root == State::Known(false) {
        "; but "
    } else {
        "; "
    };
    format!("{who}{but}{filter}")
}
