//! See the page below.

use caulk_model::{BuildPrivilege, DeclaredBuild, Origin, PrivilegedStep};
use caulk_source::Span;

use crate::prelude::*;

rule! {
    /// Steps of a build run with privileges of the machine that builds.
    ///
    /// ## Why it matters
    ///
    /// A step of a build runs what was just downloaded: packages, scripts, a base image. In a privileged
    /// build (`privileged: true`, the entitlement `security.insecure`, `RUN --security=insecure`) such a
    /// step can mount the builder's disks and load kernel modules, as a privileged container can. With
    /// the host's network (`network: host`, the entitlement `network.host`, `RUN --network=host`) it
    /// reaches what listens on the builder's 127.0.0.1 and the metadata service of a cloud, with the
    /// credentials that this one hands out. With `RUN --device` it gets a device of the builder.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   web:
    ///     build:
    ///       context: .
    ///       network: host
    /// ```
    ///
    /// ```dockerfile,bad
    /// FROM alpine:3.20
    /// RUN --security=insecure mount -t tmpfs none /mnt
    /// USER 65532
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   web:
    ///     build:
    ///       context: .
    /// ```
    ///
    /// ```dockerfile,good
    /// FROM alpine:3.20
    /// RUN --network=none make
    /// USER 65532
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Privileged steps*: `privileged: true` and the entitlement `security.insecure` in a Compose file,
    ///   `--security=insecure` at a `RUN`. The entitlement alone gives nothing to a step that does not ask
    ///   for it, and is said all the same: the Dockerfile may come from elsewhere.
    /// - *The builder's network*: `network: host`, the entitlement `network.host`, `RUN --network=host`.
    ///   Other networks are silent.
    /// - *A device*: the entitlement `device` and `RUN --device`.
    /// - *Every stage* (fires): a step of a stage that nobody builds counts too, one after `ONBUILD`, and
    ///   one of a Dockerfile inside a Compose file.
    /// - *A variable* (silent): what has no value here is not guessed.
    ///
    /// ## About the fix
    ///
    /// In a Compose file it removes the key or the entry. Unsafe, because the build may need it: then build
    /// such an image on a machine that is there for nothing else. For a flag of `RUN` there is none.
    "build-with-host-privileges",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::High),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[
        Surface::Dockerfile,
        Surface::Compose,
        Surface::CommandLine,
        Surface::Workflow,
        Surface::Bake,
    ],
    references: &[],
    check: check,
}

/// What steps can do with the privileges of a privileged container.
const INSECURE: &str = "can mount the builder's disks and load modules into its kernel";
const NETWORK: &str =
    "reach what listens on the builder's 127.0.0.1, and a cloud's metadata service";

fn check(repository: &Repository, findings: &mut Findings) {
    for step in repository.privileged_steps() {
        findings.report(of_a_step(step));
    }
    for container in repository.containers() {
        let Some(build) = &container.declared.build else {
            continue;
        };
        let who = Who {
            surface: container.surface,
            title: container.title(),
            anchor: container.anchor,
        };
        judge(&who, build, findings);
    }
    for requested in repository.requested_builds() {
        let who = Who {
            surface: requested.surface,
            title: requested.title.clone(),
            anchor: requested.anchor,
        };
        judge(&who, &requested.build, findings);
    }
}

/// For whom a build is made.
struct Who {
    surface: Surface,
    title: String,
    anchor: Span,
}

fn judge(who: &Who, build: &DeclaredBuild, findings: &mut Findings) {
    if let Some(privileged) = &build.privileged
        && privileged.value() == Some(&true)
    {
        let message = "runs every step of its build privileged";
        findings.report(asked_for(who, &privileged.origin, message, INSECURE));
    }
    if let Some(network) = &build.network
        && network.value().is_some_and(|name| name == "host")
    {
        let message = "is built in the builder's own network";
        findings.report(asked_for(who, &network.origin, message, NETWORK));
    }
    for entry in &build.entitlements {
        let (message, why) = match entry.value.split('=').next() {
            Some("security.insecure") => ("lets steps of its build run privileged", INSECURE),
            Some("network.host") => (
                "lets steps of its build use the builder's own network",
                NETWORK,
            ),
            Some("device") => (
                "lets steps of its build use a device of the builder",
                "do with the device what the builder can",
            ),
            Some(_) | None => continue,
        };
        findings.report(asked_for(who, &entry.origin, message, why));
    }
}

fn asked_for(who: &Who, origin: &Origin, does: &str, why: &str) -> Finding {
    let title = &who.title;
    let finding = finding(who.surface, origin.span(), format!("{title} {does}"), why)
        .container(title, who.anchor)
        .fact(does);
    match origin.written() {
        Some(entry) => finding.remedy(Remedy::unsafe_because(
            "build it without",
            Change::Remove { entry },
            "a step that needs the privilege fails",
        )),
        None => finding.advice("remove it where it is written, for all who share it"),
    }
}

fn of_a_step(step: &PrivilegedStep) -> Finding {
    let (message, why) = match step.privilege {
        BuildPrivilege::Insecure => ("a step of the build runs privileged", INSECURE),
        BuildPrivilege::HostNetwork => (
            "a step of the build runs in the builder's own network",
            NETWORK,
        ),
        BuildPrivilege::Device => (
            "a step of the build gets a device of the builder",
            "do with the device what the builder can",
        ),
    };
    finding(Surface::Dockerfile, step.span, message.to_owned(), why)
        .advice("take the flag away, or build on a machine that is there for nothing else")
}

fn finding(surface: Surface, place: Span, message: String, why: &str) -> Finding {
    let can = why.strip_prefix("can ").unwrap_or(why);
    Finding::new(
        &RULE.info,
        surface,
        Label::new(place, "gives steps of the build what the builder has"),
        message,
    )
    .why(format!("what a step downloads and runs can {can}"))
}
