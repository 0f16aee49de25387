//! See the page below.

use caulk_linux::{Capability, CapabilityWord, PODMAN_DEFAULT};
use caulk_model::{Engine, Entry, Namespace};

use crate::prelude::*;
use crate::shared::is_for_the_hosts_network;

rule! {
    /// A capability is added or dropped, and that changes nothing.
    ///
    /// ## Why it matters
    ///
    /// Somebody wrote the line for a reason, and believes that it works. A program that was to get a
    /// capability fails with `EPERM`, and the next attempt is often privileged mode; a container from
    /// which one was to be taken holds it as before.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1
    ///     cap_add: [CHOWN]
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1
    ///     cap_drop: [ALL]
    ///     cap_add: [CHOWN]
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Added although it is held anyway*: it is in Docker's default set, and `ALL` is not dropped. Not
    ///   where an entry hangs on a variable, for that may be the `ALL`. In the host's network, `NET_RAW` is
    ///   for watching that one and needed under Podman, so nothing is said.
    /// - *Added and dropped*: for one and the same capability adding wins. Of a capability outside the
    ///   default set, `capability-added` says so.
    /// - *Podman* gives what is added to a process that is not root as well, and as ambient capabilities.
    ///   So an entry is without effect there only where the process is known to be root and has it by
    ///   itself. What is added and dropped it refuses.
    /// - *Dropped in privileged mode*, which ignores both lists.
    /// - *Added for a process that is not root.* Docker sets no ambient capabilities, so the kernel takes
    ///   the capability away when the first program starts. Afterwards only a setuid program or one with
    ///   file capabilities can get it back. So this is said where no-new-privileges is on and no file of
    ///   the build can use it. File capabilities count even then for the first program, but not for what
    ///   a shell or an init starts, and not where they are inheritable alone, for there is nothing to
    ///   inherit. Without no-new-privileges the image may hold setuid programs
    ///   that nobody here has seen (`su`, `mount`, what is copied from another stage), and
    ///   `capability-added` judges it instead. It also does where the capability makes the seccomp
    ///   filter let more calls through, for the filter holds for every process: `SYS_ADMIN` is never
    ///   without effect. The confidence is medium, because a first program that brings file capabilities
    ///   from elsewhere keeps them even with no-new-privileges.
    ///
    /// ## About the fix
    ///
    /// To remove what is held anyway is safe where Podman, whose default set is smaller, has it too. On a
    /// line or in a unit for Podman it is not: its default set is a setting of the host.
    /// The other fixes are unsafe: Podman does give an added capability to a process that is not root.
    /// What is dropped in privileged mode is left alone: leave that mode, and the list counts.
    ///
    /// ## Sources
    ///
    /// moby `daemon/pkg/oci/caps` (`TweakCapabilities`) and `daemon/oci_linux.go` (`WithCommonOptions`,
    /// the sysctls for low ports and ping); podman `pkg/specgen/generate/security_linux.go` and
    /// containers/common `pkg/capabilities` (`MergeCapabilities`); capabilities(7), "Transformation of capabilities during
    /// `execve()`", and the kernel's `security/commoncap.c`.
    "capability-without-effect",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::Low),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::Quadlet],
    references: &[],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        let declared = &container.declared;
        if container.image.is_windows() {
            continue;
        }
        match container.privileged.value() {
            Some(true) => {
                if let Some(first) = declared.cap_drop.first() {
                    findings.report(dropped_in_privileged_mode(container, first));
                }
            }
            // Beside `ALL` the rest of the list is not what matters.
            Some(false) if find(&declared.cap_add, CapabilityWord::All).is_none() => {
                for entry in &declared.cap_add {
                    if let Some(finding) = added(container, entry) {
                        findings.report(finding);
                    }
                }
            }
            Some(false) | None => {}
        }
    }
}

/// The entry with this word.
fn find(entries: &[Entry<CapabilityWord>], word: CapabilityWord) -> Option<&Entry<CapabilityWord>> {
    entries.iter().find(|entry| entry.value == word)
}

fn added(container: &Container, entry: &Entry<CapabilityWord>) -> Option<Finding> {
    let CapabilityWord::One(capability) = entry.value else {
        return None;
    };
    let dropped = &container.declared.cap_drop;
    let is_podman = container.declared.engine == Engine::Podman;
    if is_podman && container.root != State::Known(true) {
        return None;
    }
    if container
        .declared
        .engine
        .default_capabilities()
        .contains(capability)
    {
        if let Some(drop) = find(dropped, entry.value) {
            return (!is_podman).then(|| added_and_dropped(container, entry, drop));
        }
        let is_known = container.declared.capabilities_unknown.is_none();
        if is_known && find(dropped, CapabilityWord::All).is_none() {
            let is_meant = is_for_the_hosts_network(container, capability);
            return (!is_meant).then(|| held_anyway(container, entry, capability));
        }
    }
    container
        .nothing_can_use(capability)
        .then(|| unusable(container, entry, capability))
}

fn held_anyway(
    container: &Container,
    entry: &Entry<CapabilityWord>,
    capability: Capability,
) -> Finding {
    let title = container.title();
    let name = capability.short_name();
    let label = "changes nothing: a container has it by itself";
    let message = format!("{title} is given `{name}`, which it has anyway");
    let set = if container.declared.cap_drop.is_empty() {
        "the default set"
    } else {
        "what is left of the default set"
    };
    let finding = about(container, entry, label, message, name)
        .why(format!("{title} holds {set}, with the entry or without it"));
    let is_podman = container.declared.engine == Engine::Podman;
    // Who runs it with Podman, whose default set is smaller, may have had to write it.
    let finding = if PODMAN_DEFAULT.contains(capability) {
        finding
    } else {
        finding.doubted(
            Confidence::Medium,
            "which engine starts it is not known here: Podman's default set does not have it",
        )
    };
    let Some(place) = entry.origin.written() else {
        return finding.advice("remove it where it is written, for all who share it");
    };
    let finding = finding.advice(
        "to make it count, drop `ALL`: then the container holds what is added and nothing else",
    );
    let (what, change) = (
        format!("leave `{name}` out"),
        Change::Remove { entry: place },
    );
    finding.remedy(if is_podman {
        Remedy::unsafe_because(
            what,
            change,
            "where the host's containers.conf names another default set, the container does not have \
             it by itself",
        )
    } else if PODMAN_DEFAULT.contains(capability) {
        Remedy::safe(what, change)
    } else {
        Remedy::unsafe_because(
            what,
            change,
            "under Podman, whose default set is smaller, the container does not have it by itself",
        )
    })
}

fn added_and_dropped(
    container: &Container,
    entry: &Entry<CapabilityWord>,
    drop: &Entry<CapabilityWord>,
) -> Finding {
    let title = container.title();
    let name = entry.value.short_name();
    let message = format!("{title} drops `{name}` and holds it all the same");
    let finding = about(container, drop, "takes nothing away", message, name)
        .related(entry.origin.span(), "because this adds it, and adding wins")
        .why("the two lists contradict each other, and the engine takes the one that gives more");
    match entry.origin.written() {
        Some(place) => finding.remedy(Remedy::unsafe_because(
            format!("let `{name}` be dropped"),
            Change::Remove { entry: place },
            "what the program does with it is refused",
        )),
        None => finding.advice("remove one of the two where it is written"),
    }
}

fn unusable(
    container: &Container,
    entry: &Entry<CapabilityWord>,
    capability: Capability,
) -> Finding {
    let title = container.title();
    let name = capability.short_name();
    let message = format!("{title} is given `{name}`, which nothing in it can use");
    let label = "never reaches a process that is not root";
    let finding = about(container, entry, label, message, name)
        .doubted(
            Confidence::Medium,
            "whether a program of the image has file capabilities, and whether Podman starts it, is not \
             known here",
        )
        .why(
            "its first process is not root, so the kernel takes the capability away when it starts, and \
             no-new-privileges keeps its programs from getting it back",
        )
        .related(
            container.user.span(),
            "while this makes its first process another user than root",
        )
        .related(container.no_new_privileges.span(), "and this keeps it so")
        .advice(instead(container, capability));
    match entry.origin.written() {
        Some(place) => finding.remedy(Remedy::unsafe_because(
            format!("leave `{name}` out"),
            Change::Remove { entry: place },
            "a first program with file capabilities for it no longer starts; Podman gives it to any \
             first program",
        )),
        None => finding,
    }
}

/// What to do for a program that needs it.
fn instead(container: &Container, capability: Capability) -> String {
    let own_network = container.namespaces.network.value() == Some(&Namespace::Own);
    let name = capability.name().to_ascii_lowercase();
    if own_network && capability == Capability::NetBindService {
        return "ports below 1024 need no capability: since Docker 20.10 any user may listen on them"
            .to_owned();
    }
    let ping = if own_network && capability == Capability::NetRaw {
        "ping needs no capability since Docker 20.10; "
    } else {
        ""
    };
    format!(
        "{ping}if the first program needs it, give that file `{name}+ep` with setcap in the Dockerfile"
    )
}

fn dropped_in_privileged_mode(container: &Container, first: &Entry<CapabilityWord>) -> Finding {
    let title = container.title();
    let message = format!("{title} drops capabilities, and privileged mode gives them back");
    about(container, first, "takes nothing away", message, "list")
        .fact("dropped in privileged mode")
        .related(container.privileged.span(), "because this ignores the list")
        .why("who reads the list believes that it holds less than everything")
        .advice("take privileged mode away, as `privileged` says: then the list counts")
}

fn about(
    container: &Container,
    entry: &Entry<CapabilityWord>,
    label: &str,
    message: String,
    name: &str,
) -> Finding {
    let primary = Label::new(entry.origin.span(), label);
    Finding::new(&RULE.info, container.surface, primary, message)
        .container(container.title(), container.anchor)
        .fact(format!("capability {name}"))
}
