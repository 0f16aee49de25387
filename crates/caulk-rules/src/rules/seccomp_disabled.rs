//! See the page below.

use caulk_model::{AppArmor, Engine, Seccomp, SelinuxLabel};
use caulk_source::Span;

use crate::prelude::*;
use crate::shared::{asked_again, remove_for_all, unless_by_label};

rule! {
    /// No seccomp filter stands between the container and the kernel.
    ///
    /// ## Why it matters
    ///
    /// Docker's default profile closes about a fifth of the kernel's system calls: those that load code
    /// into the kernel, mount filesystems, make namespaces, or have been the way out of containers
    /// before. Podman's closes fewer: it lets programs mount and make namespaces, and denies those that
    /// load another kernel, modules or BPF programs. `unconfined` opens all of them. A profile file without a default action and
    /// without rules does the same, because Docker takes it for no profile at all.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   worker:
    ///     image: ghcr.io/acme/worker:1.4
    ///     security_opt:
    ///       - seccomp:unconfined
    /// ```
    ///
    /// ```json,bad
    /// {}
    /// ```
    ///
    /// ## Good
    ///
    /// Without the entry, the engine's default profile applies:
    ///
    /// ```yaml,good
    /// services:
    ///   worker:
    ///     image: ghcr.io/acme/worker:1.4
    ///     security_opt:
    ///       - no-new-privileges:true
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *The last entry counts*, in either spelling.
    /// - *An empty profile*, one without a default action and without rules, is none.
    /// - *Privileged mode* switches it off too, where no profile is named: `unconfined` beside it changes
    ///   nothing, and `privileged` is the finding. A profile that is named beside it is reported: until the
    ///   summer of 2024 Docker ignored it, and since then it applies it. Severity is medium there and
    ///   confidence low, because the engine's version is not in the repository.
    /// - *A feature that asks for the same* (fires): there is no fix then, because the feature would
    ///   switch it off by itself.
    /// - *A variable* (silent) is not guessed.
    ///
    /// ## About the fix
    ///
    /// It removes the entry, so that the default profile applies. A debugger or a sandbox inside the
    /// container may need a call that the default denies: allow that one in a profile of its own.
    ///
    /// ## Sources
    ///
    /// moby `daemon/seccomp_linux.go` (commit 896de6d for privileged containers), `profiles/seccomp`
    /// (`setupSeccomp`); containers/common `pkg/seccomp` (`default_linux.go`).
    "seccomp-disabled",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::Medium, worst: Severity::High },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::DevContainer, Surface::Workflow, Surface::Quadlet, Surface::Seccomp, Surface::Daemon],
    references: &[
        Reference::like(Authority::Cis, "2.17"),
        Reference::same(Authority::Cis, "5.22"),
        Reference::like(Authority::Owasp, "Rule 6"),
        Reference::like(Authority::Nist, "4.4.3"),
        Reference::like(Authority::DockerBench, "check_2_17"),
        Reference::like(Authority::DockerBench, "check_5_22"),
        Reference::same(Authority::Kics, "404fde2c-bc4b-4371-9747-7054132ac953"),
        Reference::same(Authority::Semgrep, "seccomp-confinement-disabled"),
        Reference::like(Authority::TrailOfBits, "container-privileged"),
        Reference::same(Authority::ComposeLint, "CL-0009"),
        Reference::like(Authority::DockSec, "compose-disabled-security-opt"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        // Privileged mode switches it off too; that is another weakness with another cure.
        let declared = container.declared.seccomp.as_ref();
        let is_privileged = container.privileged.value() == Some(&true);
        if declared.and_then(|fact| fact.value()) == Some(&Seccomp::Disabled) && !is_privileged {
            findings.report(unconfined(container));
        }
        if let Some(named) = declared
            && matches!(named.value(), Some(Seccomp::Profile { .. }))
            && is_privileged
            && container.declared.engine == Engine::Docker
        {
            findings.report(set_aside(container, named.span()));
        }
    }
    for daemon in repository.engines() {
        if let Some(fact) = &daemon.seccomp
            && fact.value() == Some(&Seccomp::Disabled)
        {
            findings.report(for_all(fact.span()));
        }
    }
    for profile in repository
        .profiles()
        .filter(|profile| profile.profile.is_none())
    {
        findings.report(empty(repository, profile));
    }
}

fn unconfined(container: &Container) -> Finding {
    let title = container.title();
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(
            container.seccomp.span(),
            unless_by_label(
                &container.seccomp.origin,
                "opens every system call of the kernel",
            ),
        ),
        format!("{title} runs without a seccomp filter"),
    )
    .container(&title, container.anchor)
    .fact("seccomp unconfined")
    .why(format!(
        "{}; without a filter {} left",
        denied(container.declared.engine),
        left(container)
    ));
    let (finding, again) = asked_again(finding, container, container.seccomp.span());
    match container.seccomp.origin.written() {
        _ if again => finding,
        Some(entry) => finding.remedy(Remedy::unsafe_because(
            "let the default profile apply",
            Change::Remove { entry },
            "a debugger, a sandbox or an old program may need a call that the default denies",
        )),
        None => finding.advice(remove_for_all(
            &container.seccomp.origin,
            "remove the entry where it is written, for all who share it",
        )),
    }
}

/// What the default profile of an engine denies. Podman's leaves mounting and making namespaces to
/// capabilities, because what it runs is often root in a namespace alone.
fn denied(engine: Engine) -> &'static str {
    match engine {
        Engine::Docker => {
            "the default profile denies the calls that load kernel code, mount and make namespaces"
        }
        Engine::Podman => {
            "podman's default profile denies the calls that load another kernel and, without the \
             capabilities for that, modules and BPF programs"
        }
    }
}

/// What else stands between its programs and the kernel.
fn left(container: &Container) -> String {
    let apparmor = container.apparmor.value() != Some(&AppArmor::Unconfined);
    let selinux = container.selinux.value() != Some(&SelinuxLabel::Disabled);
    let modules = match (apparmor, selinux) {
        (true, true) => "AppArmor or SELinux",
        (true, false) => "AppArmor",
        (false, true) => "SELinux",
        (false, false) => return "capabilities alone are".to_owned(),
    };
    format!("capabilities, and {modules} on a host that has it, are")
}

fn for_all(place: Span) -> Finding {
    Finding::new(
        &RULE.info,
        Surface::Daemon,
        Label::new(
            place,
            "opens every system call of the kernel, for all of them",
        ),
        "every container of this engine that names no profile runs without a seccomp filter",
    )
    .fact("seccomp unconfined")
    .why(
        "the default profile denies the calls that load kernel code, mount and make namespaces; without it \
         capabilities are left, and AppArmor or SELinux on a host that has it",
    )
    .remedy(Remedy::unsafe_because(
        "let the default profile apply",
        Change::Remove { entry: place },
        "a debugger, a sandbox or an old program may need a call that the default denies",
    ))
}

/// A privileged container with a profile, which older engines do not apply.
fn set_aside(container: &Container, named: Span) -> Finding {
    let title = container.title();
    Finding::new(
        &RULE.info,
        container.surface,
        Label::new(named, "is applied by newer engines alone"),
        format!("{title} is privileged, and an older Docker runs it without its seccomp profile"),
    )
    .severity(Severity::Medium)
    .at_most(Confidence::Low)
    .container(&title, container.anchor)
    .fact("profile of a privileged container")
    .related(container.privileged.span(), "switches the filter off there")
    .why("until the summer of 2024 Docker ignored the profile that a privileged container names")
    .advice("give up privileged mode, which the profile cannot make up for")
}

fn empty(repository: &Repository, profile: &caulk_model::Profile) -> Finding {
    let mut finding = Finding::new(
        &RULE.info,
        Surface::Seccomp,
        Label::new(profile.profile.span, "has no default action and no rule"),
        "this seccomp profile is empty, so Docker applies none",
    )
    .fact("empty profile")
    .why(
        "a container that names it runs unconfined, while everybody believes that it has a profile",
    )
    .advice(
        "give it a `defaultAction` of `SCMP_ACT_ERRNO` and the calls to allow, or do not name it",
    );
    for (user, span) in &profile.used_by {
        if let Some(container) = repository.container(*user) {
            finding = finding.related(
                *span,
                format!("{} runs unconfined with it", container.title()),
            );
        }
    }
    finding
}
