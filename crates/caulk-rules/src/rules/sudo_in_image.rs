//! See the page below.

use std::collections::BTreeMap;

use caulk_model::build::{BuildFact, RootWay, Sudo};
use caulk_source::Span;

use crate::build;
use crate::prelude::*;

rule! {
    /// The image brings sudo, or its build uses it.
    ///
    /// ## Why it matters
    ///
    /// sudo is a setuid program whose work is to make root of somebody who is not. A container whose
    /// program gave root up has a way back through it: by its configuration, and by its faults. Nothing in
    /// an image needs it: a step of a build that needs root runs before `USER`, or after `USER root`, and
    /// an entrypoint that steps down does so with `setpriv`, `gosu` or `su-exec`, which only go one way.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM debian:12-slim
    /// RUN apt-get update && apt-get install -y curl sudo
    /// USER 65532:65532
    /// ```
    ///
    /// ## Good
    ///
    /// ```dockerfile,good
    /// FROM debian:12-slim
    /// RUN apt-get update && apt-get install -y curl
    /// USER 65532:65532
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Installed*: the package `sudo` is among what a package manager installs. A package with another
    ///   name (`sudo-rs`) is not reported.
    /// - *Removed*: a later step of the stage removes the package, and none installs it again.
    /// - *Used*: a step runs a command through `sudo`, and the base image brings it. A mere mention is not
    ///   reported.
    /// - *A build argument*: where a branch of the step installs it only where a build argument has another
    ///   value than it has here, confidence is low; and where the image runs as root as well, so that sudo
    ///   would change nothing yet, it is not reported.
    /// - *Root anyway* (fires): where the image, and every service that runs it, is root, nothing is gained
    ///   through sudo yet: low.
    /// - *Another stage*: only the stages whose files are the image's count.
    ///
    /// ## About the fix
    ///
    /// There is none: what the image's scripts do with it has to go first.
    ///
    /// ## Sources
    ///
    /// sudo(8); Docker's documentation, "Building best practices", on `USER`.
    "sudo-in-image",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::Low, worst: Severity::Medium },
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Dockerfile],
    references: &[
        Reference::like(Authority::Nist, "4.1.2"),
        Reference::like(Authority::Hadolint, "DL3004"),
        Reference::like(Authority::Trivy, "DS-0010"),
        Reference::like(Authority::Checkov, "CKV2_DOCKER_1"),
        Reference::like(Authority::Kics, "8ada6e80-0ade-439e-b176-0b28f6bce35a"),
        Reference::like(Authority::Semgrep, "no-sudo-in-dockerfile"),
        Reference::like(Authority::Tally, "hadolint/DL3004"),
        Reference::like(Authority::Dockle, "DKL-DI-0001"),
        Reference::like(Authority::CloudSecurity, "dfs022"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    let mut stages: BTreeMap<Span, Vec<(&Container, &BuildFact<Sudo>)>> = BTreeMap::new();
    for (container, fact) in build::facts(repository, |build| &build.sudo) {
        if fact.stage.ships {
            stages
                .entry(fact.stage.from)
                .or_default()
                .push((container, fact));
        }
    }
    for facts in stages.into_values() {
        if let Some(finding) = finding(repository, &facts) {
            findings.report(finding);
        }
    }
}

/// One finding for a stage: where sudo is installed, else where it is used first.
fn finding(repository: &Repository, facts: &[(&Container, &BuildFact<Sudo>)]) -> Option<Finding> {
    let first = |kind: Sudo| facts.iter().find(|(_, fact)| fact.value == kind).copied();
    let removed = facts.iter().rfind(|(_, fact)| fact.value == Sudo::Removed);
    let gone = |place: Span| removed.is_some_and(|(_, removed)| place < removed.span);
    let is_left = |fact: &BuildFact<Sudo>| fact.value == Sudo::Installed && !gone(fact.span);
    // One that a build argument keeps out stands for others only where there is no other.
    let left = || facts.iter().filter(|(_, fact)| is_left(fact)).copied();
    let installed = left().find(|(_, fact)| !fact.is_off()).or(left().next());
    let used = first(Sudo::Used);
    let (container, fact) = match installed {
        Some(installed) => installed,
        None if first(Sudo::Installed).is_some() => return None,
        None => used?,
    };
    // Nothing that is built here has it, and in what could be built it would change nothing.
    if fact.is_off() && container.root == State::Known(true) {
        return None;
    }
    let is_root_anyway = is_root_anyway(repository, container);
    let (says, label) = match fact.value {
        Sudo::Installed | Sudo::Removed if is_root_anyway => {
            ("installs sudo", "is in an image that starts as root")
        }
        Sudo::Installed | Sudo::Removed => ("installs sudo", "is a way back to root"),
        Sudo::Used => (
            "runs a step of its build through sudo",
            "needs sudo in the image, which is a way back to root",
        ),
    };
    let finding = build::report(&RULE.info, container, fact, label, says)
        .fact("sudo")
        .severity(if is_root_anyway {
            Severity::Low
        } else {
            Severity::Medium
        })
        .why(why(container, is_root_anyway))
        .advice(
            "run what needs root before `USER`, or after a `USER root` of its own, and leave sudo out, unless a script or a Makefile that runs here calls it; an entrypoint steps down with `setpriv`, `gosu` or `su-exec`",
        );
    let mut rules = container.image.build.root_equivalents.iter();
    let finding = match rules.find(|rule| rule.value.way == RootWay::Sudoers) {
        Some(rule) => finding.related(rule.span, "and this says who becomes root through it"),
        None => finding,
    };
    Some(match used.filter(|(_, use_)| use_.span != fact.span) {
        Some((_, step)) => finding.related(step.span, "and is used here"),
        None => finding,
    })
}

fn why(container: &Container, is_root_anyway: bool) -> &'static str {
    match container.root {
        State::Known(true) if is_root_anyway => {
            "once the image has a `USER`, sudo's configuration, or a fault in sudo, can make that user root again"
        }
        State::Known(true) => {
            "a service runs the image as another user than root, and sudo's configuration, or a fault in sudo, can make it root again"
        }
        State::Known(false) => {
            "the image's program is not root, and sudo's configuration, or a fault in sudo, can make it root"
        }
        State::Unknown { .. } => {
            "a program that is not root becomes it through sudo's configuration or a fault in it"
        }
    }
}

/// Whether the image is root, and so is every service that runs it.
fn is_root_anyway(repository: &Repository, container: &Container) -> bool {
    let is_root = |container: &Container| container.root == State::Known(true);
    let mut services = container.run_by.iter();
    is_root(container) && services.all(|id| repository.container(*id).is_none_or(is_root))
}
