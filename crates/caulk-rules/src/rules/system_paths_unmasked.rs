//! See the page below.

use caulk_model::{Engine, Namespace, NamespaceKind};
use caulk_source::Span;

use crate::prelude::*;
use crate::shared::unless_rootless;

rule! {
    /// The container sees or writes those parts of the kernel's own files that engines hide.
    ///
    /// ## Why it matters
    ///
    /// `/proc` and `/sys` are the kernel's own face, and most of it is not namespaced. The engine hides
    /// `/proc/kcore`, `/proc/keys`, `/sys/firmware` and others from every container, and makes
    /// `/proc/sys`, `/proc/irq` and `/proc/sysrq-trigger` read-only. `systempaths=unconfined` undoes
    /// both below `/proc`: root in the container sets the host's kernel parameters and reads its memory
    /// map. `/sys` is shown whole, and stays read-only outside of privileged mode. Podman spells it
    /// `unmask=ALL`.
    /// `writable-cgroups` makes the tree of control groups writable, so that a process can move others
    /// and lift limits below its own.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   builder:
    ///     image: ghcr.io/acme/builder:1.4
    ///     security_opt:
    ///       - systempaths=unconfined
    /// ```
    ///
    /// ## Good
    ///
    /// A kernel parameter that belongs to the container's own namespace can be set for it alone:
    ///
    /// ```yaml,good
    /// services:
    ///   builder:
    ///     image: ghcr.io/acme/builder:1.4
    ///     sysctls:
    ///       net.ipv4.ip_unprivileged_port_start: 0
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *`systempaths=unconfined`*, with an equals sign alone: the engine refuses the colon, so
    ///   that the other spelling is not reported.
    /// - *`writable-cgroups`* is a boolean of Go's.
    /// - *User numbers of its own* (fires): root in it does not write the host's parameters then. It is
    ///   the same with podman without root, which is said where nothing tells how podman is started.
    /// - *Privileged mode* unmasks everything by itself. Alone, that is `privileged`'s; an entry
    ///   written beside it is reported.
    /// - *A variable* (silent) is not guessed.
    ///
    /// ## About the fix
    ///
    /// It removes the entry. What writes to `/proc/sys` or reads what is hidden fails then; containers inside
    /// the container, which mount a `/proc` of their own, and programs that manage control groups, such as
    /// systemd, stop working.
    ///
    /// ## Sources
    ///
    /// docker/cli `cli/command/container/opts.go` (`parseSystemPaths`); moby `daemon/pkg/oci`
    /// (`DefaultLinuxSpec`: masked and read-only paths) and `daemon/daemon_unix.go`
    /// (`writable-cgroups`).
    "system-paths-unmasked",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::High),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::Quadlet],
    references: &[Reference::like(Authority::Nist, "4.4.3")],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        let declared = &container.declared;
        if let Some(masked) = &declared.masked_paths
            && masked.value() == Some(&false)
        {
            findings.report(unmasked(container, masked.span(), masked.origin.written()));
        }
        if let Some(writable) = &declared.writable_cgroups
            && writable.value() == Some(&true)
        {
            let written = writable.origin.written();
            findings.report(cgroups(container, writable.span(), written));
        }
    }
}

fn unmasked(container: &Container, place: Span, written: Option<Span>) -> Finding {
    let title = container.title();
    let rootless = unless_rootless(container);
    let why = match container.root {
        // Those parameters belong to the host's root, which nobody in another namespace of users is.
        _ if has_own_users(container) => {
            "its user numbers are not the host's, so its root reads what is hidden from others and \
             writes only what belongs to its own namespaces"
                .to_owned()
        }
        State::Known(true) => {
            format!("its process is root, so it writes the host's kernel parameters{rootless}")
        }
        State::Known(false) => format!(
            "its process is not root and mostly reads: the host's kernel keys and memory layout; a \
             setuid program in the image writes as well{rootless}"
        ),
        State::Unknown { .. } => format!(
            "if its process is root, it writes the host's kernel parameters{rootless}; else it reads \
             what is hidden there"
        ),
    };
    let title = if container.privileged.value() == Some(&true) {
        format!("{title} sees all of `/proc` and `/sys`, and nothing there is read-only")
    } else {
        format!("{title} sees all of `/proc` and `/sys`, and `/proc/sys` is writable")
    };
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(
            place,
            "shows the container what the engine hides of `/proc` and `/sys`",
        ),
        title,
    )
    .fact("system paths")
    .why(why);
    mended(
        finding,
        container,
        written,
        "mask the system paths again",
        "what writes to `/proc/sys` or reads what is hidden fails, and containers inside the container cannot \
         mount a `/proc` of their own",
    )
}

/// Whether it surely has user numbers of its own.
fn has_own_users(container: &Container) -> bool {
    if container.declared.engine != Engine::Podman {
        return false;
    }
    let declared = container.declared.namespaces.get(&NamespaceKind::User);
    let named = declared.and_then(caulk_model::Fact::value);
    named.is_some_and(|namespace| *namespace == Namespace::Own)
}

fn cgroups(container: &Container, place: Span, written: Option<Span>) -> Finding {
    let title = container.title();
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(place, "mounts them for writing"),
        format!("{title} may write to its control groups"),
    )
    .fact("writable cgroups")
    .why(format!(
        "the limits of {title} are files there: root in it can make groups and move processes \
         between them"
    ));
    mended(
        finding,
        container,
        written,
        "mount the control groups read-only again",
        "systemd and whatever else manages control groups in the container no longer starts",
    )
}

fn mended(
    finding: Finding,
    container: &Container,
    written: Option<Span>,
    title: &str,
    may_break: &str,
) -> Finding {
    let mut finding = finding.container(container.title(), container.anchor);
    if container.privileged.value() == Some(&true) {
        finding = finding.related(
            container.privileged.span(),
            "which privileged mode does as well",
        );
    }
    match written {
        Some(entry) => finding.remedy(Remedy::unsafe_because(
            title,
            Change::Remove { entry },
            may_break,
        )),
        None => finding.advice("remove the entry where it is written, for all who share it"),
    }
}
