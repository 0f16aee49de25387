//! See the page below.

use caulk_model::{Entry, Mount, Namespace, Relabel, SelinuxLabel};
use caulk_source::Span;

use super::relabel_of_host_path::is_of_the_system;
use crate::host_paths::canonical;
use crate::prelude::*;
use crate::shared::remove_for_all;

rule! {
    /// SELinux does not confine the container.
    ///
    /// ## Why it matters
    ///
    /// On a host with SELinux the engine gives each container the type `container_t` and categories of
    /// its own: a process that gets out of its filesystem still cannot read the host's files or those
    /// of another container. `label=disable` takes that away, and so does a type that the policy
    /// confines with nothing, such as `spc_t` or `unconfined_t`.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   agent:
    ///     image: ghcr.io/acme/agent:1.4
    ///     security_opt:
    ///       - label=type:spc_t
    /// ```
    ///
    /// ## Good
    ///
    /// Files that the container has to see get a label that it may read, by `:z` or `:Z`:
    ///
    /// ```yaml,good
    /// services:
    ///   agent:
    ///     image: ghcr.io/acme/agent:1.4
    ///     volumes:
    ///       - ./data:/data:Z
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *What is written out*: no label, or a type that the policy confines with nothing. Other
    ///   types and levels are a choice within the policy.
    /// - *Labels add up*: a later type replaces an earlier one, a level does not, and nothing
    ///   undoes `disable`.
    /// - *Privileged mode and the host's namespaces*, of processes and memory, take the label
    ///   away too: those are findings of their own, and beside a written entry another place to
    ///   look at.
    /// - *An engine's socket* (silent): the policy keeps a container with a label from it, and no
    ///   option of the mount changes that; so this is how such a container is made to work, and the socket
    ///   gives more than the label would keep from it. `runtime-socket-mounted` names it.
    /// - *A variable* (silent) is not guessed.
    ///
    /// ## About the fix
    ///
    /// It removes the entry. On a host with SELinux, what is mounted without `:z` or `:Z` can no longer be
    /// read then. On a host without it the entry does nothing, and neither does the fix.
    ///
    /// ## Sources
    ///
    /// moby `daemon/create.go` (`generateSecurityOpt`); opencontainers/selinux `InitLabels`;
    /// container-selinux (`spc_t`).
    "selinux-disabled",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::High),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::DevContainer, Surface::Quadlet, Surface::Daemon],
    references: &[
        Reference::same(Authority::Cis, "5.3"),
        Reference::like(Authority::Owasp, "Rule 6"),
        Reference::like(Authority::Nist, "4.4.3"),
        Reference::like(Authority::DockerBench, "check_5_3"),
        Reference::same(Authority::Semgrep, "selinux-separation-disabled"),
        Reference::same(Authority::ComposeLint, "CL-0009"),
    ],
    check: check,
}

const UNLABELLED: &str =
    "on a host with SELinux, what is mounted without `:z` or `:Z` can no longer be read";

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        let declared = container.declared.selinux.as_ref();
        let label = declared.and_then(|fact| fact.value());
        if let Some(label) = label.filter(|label| label.confines_nothing())
            && !is_for_a_socket(container)
        {
            findings.report(finding(container, label));
        }
    }
    for daemon in repository.engines() {
        if let Some(fact) = &daemon.selinux
            && fact.value() == Some(&false)
        {
            findings.report(for_all(fact.span()));
        }
    }
}

fn finding(container: &Container, label: &SelinuxLabel) -> Finding {
    let title = container.title();
    let (says, message) = match label {
        SelinuxLabel::Default | SelinuxLabel::Disabled => (
            "switches its SELinux label off",
            format!("{title} runs without an SELinux label"),
        ),
        SelinuxLabel::Set(label) => (
            "is allowed everything by the policy",
            format!(
                "{title} runs with the SELinux label {}, which confines nothing",
                container.selinux.origin.quoted(label)
            ),
        ),
    };
    let mut finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(container.selinux.span(), says),
        message,
    )
    .severity(Severity::High)
    .container(&title, container.anchor)
    .fact("selinux label")
    .why(why(container));
    if container.privileged.value() == Some(&true) {
        finding = finding.related(
            container.privileged.span(),
            "and privileged mode takes it away as well",
        );
    }
    for namespace in [&container.namespaces.pid, &container.namespaces.ipc] {
        if namespace.value() == Some(&Namespace::Host) {
            finding = finding.related(namespace.span(), "and this takes it away as well");
        }
    }
    if let Some(mount) = mount_of_the_system(container) {
        let path = mount.value.source.known();
        return finding
            .related(
                mount.place(),
                "and this must not be given a label of containers",
            )
            .advice(if path.is_some_and(|path| is_home(path)) {
                "mount only the subfolder that is needed, with `:Z`; then let the engine's own label apply"
            } else {
                "copy what is needed to a folder of its own and mount the copy instead, with `:Z`; then let the \
                 engine's own label apply"
            });
    }
    match container.selinux.origin.written() {
        Some(entry) => finding.remedy(Remedy::unsafe_because(
            "let the engine's own label apply",
            Change::Remove { entry },
            may_break(container),
        )),
        None => finding.advice(remove_for_all(
            &container.selinux.origin,
            "remove the entry where it is written, for all who share it",
        )),
    }
}

/// Its first mount of a path that other programs of the host need with the labels that it has.
fn mount_of_the_system(container: &Container) -> Option<&Entry<Mount>> {
    let mut mounts = container.declared.mounts.iter();
    mounts.find(|mount| {
        let source = mount.value.source.known();
        source.is_some_and(|path| is_of_the_system(path))
    })
}

/// Whether a path of the host is the folder of a person.
fn is_home(path: &str) -> bool {
    matches!(canonical(path).as_deref(), Some("~" | "/root"))
}

/// What may break under the engine's own label.
fn may_break(container: &Container) -> &'static str {
    let mut mounts = container.declared.mounts.iter();
    if mounts.any(|mount| mount.value.relabel == Relabel::None) {
        UNLABELLED
    } else {
        "on a host with SELinux, what the policy denies to containers fails, such as the use of some devices"
    }
}

/// Whether it holds a socket that the policy would keep from it: then this is how it is made to work, and
/// the finding about the socket speaks of it.
fn is_for_a_socket(container: &Container) -> bool {
    let mut mounts = container.declared.mounts.iter();
    mounts.any(|mount| mount.value.socket().is_some())
}

fn for_all(place: Span) -> Finding {
    Finding::new(
        &RULE.info,
        Surface::Daemon,
        Label::new(place, "gives no container a label"),
        "every container of this engine runs without an SELinux label",
    )
    .severity(Severity::High)
    .fact("selinux label")
    .why(
        "on a host with SELinux, labels keep a process that gets out of a container from the files of the host",
    )
    .remedy(Remedy::unsafe_because(
        "give containers their labels",
        Change::Become {
            entry: place,
            value: "true".to_owned(),
        },
        UNLABELLED,
    ))
}

fn why(container: &Container) -> String {
    let title = container.title();
    if container.declared.mounts.is_empty() {
        return "on a host with SELinux, a label keeps a process that gets out of the container from the files \
                of the host"
            .to_owned();
    }
    format!(
        "on a host with SELinux, a label keeps {title} from files that are not meant for containers: without \
         one, all that is mounted is open, and so are the files that an escaped process reaches"
    )
}
