//! See the page below.

use caulk_model::Fact;

use crate::prelude::*;

rule! {
    /// The container is put below a control group of somebody's choice.
    ///
    /// ## Why it matters
    ///
    /// The engine keeps its containers below a control group of its own, and whoever looks after the host
    /// sets there what all of them together may use up. With `cgroup_parent` a container lies elsewhere:
    /// that limit no longer holds for it, and tools that watch the engine's group do not see it.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   worker:
    ///     image: ghcr.io/acme/worker:1.0
    ///     cgroup_parent: system.slice
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   worker:
    ///     image: ghcr.io/acme/worker:1.0
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *A name*: whatever is named counts, a group of the engine's own as well, for nobody here can tell.
    ///   No key and an empty one are silent, and so is `cgroup`, which is about the namespace.
    /// - *Shared text* (fires): what several services have from one place is said once, with all of
    ///   them, and has no fix.
    /// - *A variable* (silent): what has no value here is not guessed.
    ///
    /// ## About the fix
    ///
    /// It removes the key. Unsafe, because the other group may have been chosen for its limits: set those
    /// on the service itself (`mem_limit`, `cpus`, `pids_limit`).
    "cgroup-parent-set",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Low),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine],
    references: &[
        Reference::same(Authority::Cis, "5.25"),
        Reference::like(Authority::DockerBench, "check_5_25"),
        Reference::like(Authority::Kics, "4d9f44c6-2f4a-4317-9bb5-267adbea0232"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        if !RULE.info.surfaces.contains(&container.surface) {
            continue;
        }
        let parent = container.declared.cgroup_parent.as_ref();
        if let Some(parent) =
            parent.filter(|parent| parent.value().is_some_and(|name| !name.is_empty()))
        {
            findings.report(finding(container, parent));
        }
    }
}

fn finding(container: &Container, parent: &Fact<String>) -> Finding {
    let title = container.title();
    let name = parent.value().map_or("", String::as_str);
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(parent.span(), "lies outside the engine's own group"),
        format!(
            "{title} is put below the control group {}",
            parent.origin.quoted(name)
        ),
    )
    .container(&title, container.anchor)
    .fact("cgroup parent")
    .why("what the host allows all containers together does not hold for it there");
    match parent.origin.written() {
        Some(entry) => finding.remedy(Remedy::unsafe_because(
            "leave it below the engine's own group",
            Change::Remove { entry },
            "limits of the other group no longer hold for it",
        )),
        None => finding.advice("remove it where it is written, for all who share it"),
    }
}
