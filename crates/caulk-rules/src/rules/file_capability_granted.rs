//! See the page below.

use caulk_linux::{Capability, CapabilitySet, Reach};
use caulk_model::build::{BuildFact, FileCapabilities};

use crate::build;
use crate::prelude::*;

rule! {
    /// The build gives a file capabilities that reach far, or that do nothing.
    ///
    /// ## Why it matters
    ///
    /// Whoever starts a file with capabilities has them, whatever user he is, as far as the container's
    /// bounding set holds them. On a program that does one thing that is how a container can do without
    /// root. On an interpreter, a shell or a tool that runs or reads anything it is root for everybody: who
    /// can start `python3` with `cap_setuid` is root. And some capabilities are as good as root on any
    /// file: with `cap_dac_override` every file of the container is open.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM python:3.13-slim
    /// RUN setcap cap_net_bind_service,cap_setuid+ep /usr/local/bin/python3.13
    /// USER 65532:65532
    /// ```
    ///
    /// ## Good
    ///
    /// ```dockerfile,good
    /// FROM debian:12-slim
    /// RUN setcap cap_net_bind_service=+ep /usr/local/bin/web
    /// USER 65532:65532
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Far-reaching*: what reaches as far as the host is high. What reaches the neighbours is medium,
    ///   and so is what opens all of the container to any user in it (`SETUID`, `SETGID`, `DAC_OVERRIDE`,
    ///   `CHOWN`, `FOWNER`, `SETFCAP`). Not where a later step takes it from the file, and not where the
    ///   text hangs on a variable.
    /// - *A tool*: on an interpreter, a shell or another tool that runs or reads what it is told, it is one
    ///   step worse, and any other capability is reported as low. On another program any other is not
    ///   reported.
    /// - *NET_RAW*: every container of Docker has it, so it is low on such a tool and not reported on
    ///   another program.
    /// - *Inheritable alone* (fires): a grant that sets only that bit (`+i`, `+ei`) does nothing in a
    ///   container: engines leave the inheritable set of its processes empty. It is low.
    /// - *Outside the default set* (fires): what a container does not have by itself the program has only
    ///   where the container is given it. With the effective bit the kernel refuses to start the program
    ///   until then; so of several, those are the ones to leave out.
    /// - *Never starts*: the image starts with that file, and a service of the repository runs the image
    ///   without one of the capabilities in its bounding set: medium.
    /// - *Another stage*: only the stages whose files are the image's count.
    ///
    /// ## About the fix
    ///
    /// There is none. Give the capability to a small program of its own, or do without: ports below 1024
    /// are open to everybody in Docker's network namespaces (`net.ipv4.ip_unprivileged_port_start` is 0).
    ///
    /// ## Sources
    ///
    /// capabilities(7), "Transformation of capabilities during `execve()`"; cap_from_text(3); moby
    /// `daemon/pkg/oci/caps` (the inheritable set is empty since 20.10.14).
    "file-capability-granted",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::Low, worst: Severity::High },
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Dockerfile],
    references: &[Reference::like(Authority::Cis, "4.8")],
    check: check,
}

/// Programs that run or read what they are told.
const INTERPRETERS: &[&str] = &[
    "ash", "awk", "bash", "busybox", "bun", "cat", "cp", "dash", "dd", "deno", "docker", "env",
    "find", "gawk", "gdb", "java", "ksh", "less", "lua", "mv", "nano", "node", "nodejs", "nsenter",
    "perl", "php", "python", "ruby", "sed", "sh", "tar", "tee", "unshare", "vi", "vim", "zsh",
];

/// Capabilities that open all of the container to whoever holds them.
const OPENS_ALL: &[Capability] = &[
    Capability::Chown,
    Capability::DacOverride,
    Capability::Fowner,
    Capability::Setfcap,
    Capability::Setgid,
    Capability::Setuid,
];

fn check(repository: &Repository, findings: &mut Findings) {
    for (container, fact) in build::facts(repository, |build| &build.file_capabilities) {
        if !fact.stage.ships {
            continue;
        }
        // Where the container does not even start, what it could do is the smaller worry.
        let found = never_starts(repository, container, fact)
            .or_else(|| finding(repository, container, fact));
        if let Some(finding) = found {
            findings.report(finding);
        }
    }
}

/// The program with which a service starts asks for capabilities that the service may never hold: the
/// kernel refuses to start it.
fn never_starts(
    repository: &Repository,
    container: &Container,
    fact: &BuildFact<FileCapabilities>,
) -> Option<Finding> {
    let file = &fact.value;
    let start = container.image.entrypoint.as_ref()?;
    let starts = start.words.first() == Some(&file.path);
    if !starts || !file.flags.effective || !file.flags.permitted {
        return None;
    }
    let wanted = CapabilitySet::of(&file.capabilities);
    let services = container
        .run_by
        .iter()
        .filter_map(|id| repository.container(*id));
    let mut refused = services.filter(|service| {
        service.declared.entrypoint.is_none()
            && matches!(service.bounding(), State::Known(held) if !held.contains_all(wanted))
    });
    let service = refused.next()?;
    let title = service.title();
    let says = format!(
        "gives `{}` capabilities that {title} may not hold",
        file.path
    );
    let label = "must hold them to start";
    let finding = build::report(&RULE.info, container, fact, label, &says)
        .severity(Severity::Medium)
        .fact(format!("file capabilities {}", file.path))
        .related(service.anchor, "does not leave it one of them")
        .why(
            "the kernel refuses to start a program whose file asks for more than the bounding set holds: the \
             container ends at once with \"operation not permitted\"",
        )
        .advice("let the service keep the capability with `cap_add`, or take it from the file");
    Some(refused.fold(finding, |finding, service| {
        finding.related(service.anchor, "and neither does this")
    }))
}

fn finding(
    repository: &Repository,
    container: &Container,
    fact: &BuildFact<FileCapabilities>,
) -> Option<Finding> {
    let file = &fact.value;
    let path = &file.path;
    let report = |label: String, says: String| {
        build::report(&RULE.info, container, fact, label, &says)
            .fact(format!("file capabilities {path}"))
    };
    if !file.flags.permitted {
        let finding = report(
            "sets no bit that has an effect in a container".to_owned(),
            format!("gives `{path}` capabilities that it never has"),
        );
        return Some(
            finding
                .severity(Severity::Low)
                .why(
                    "an inheritable bit counts only for a process that may pass the capability on, and \
                     engines let none in a container do that",
                )
                .advice("remove it, or write `+ep` if the program is to have it"),
        );
    }
    let is_tool = is_interpreter(path);
    let worst = file
        .capabilities
        .iter()
        .max_by_key(|capability| severity(**capability, is_tool))?;
    let severity = severity(*worst, is_tool)?;
    let name = worst.name().to_ascii_lowercase();
    let many = if file.capabilities.len() > 1 {
        format!(
            "{} capabilities, `{name}` among them",
            file.capabilities.len()
        )
    } else {
        format!("`{name}`")
    };
    let says = if is_tool {
        format!("gives `{path}`, which runs or reads whatever it is told, {many}")
    } else {
        format!("gives `{path}` {many}")
    };
    let needed = needed(repository, container, file);
    let (label, why) = who_has_them(file, *worst, needed.as_deref());
    Some(
        report(label.to_owned(), says)
            .severity(severity)
            .why(why)
            .advice(advice(container, file, needed.as_deref(), is_tool)),
    )
}

/// What to do: to leave out what the container has to be given first, where that is not all of them.
fn advice(
    container: &Container,
    file: &FileCapabilities,
    needed: Option<&str>,
    is_tool: bool,
) -> String {
    let default = container.declared.engine.default_capabilities();
    let left: Vec<Capability> = file
        .capabilities
        .iter()
        .copied()
        .filter(|capability| default.contains(*capability))
        .collect();
    let small = "give it to a small program that does the one thing, or to none; `no-new-privileges` and a \
                 dropped capability keep it from being used";
    match needed {
        Some(needed) if !left.is_empty() => {
            let without =
                format!("leave {needed} out: what is left a container of Docker has by itself");
            let mut left = left.into_iter();
            if left.any(|capability| severity(capability, is_tool).is_some()) {
                format!("{without}; and {small}")
            } else {
                without
            }
        }
        Some(_) | None => small.to_owned(),
    }
}

/// Who can use them, and when.
fn who_has_them(
    file: &FileCapabilities,
    worst: Capability,
    needed: Option<&str>,
) -> (&'static str, String) {
    match needed {
        None => (
            "whoever starts it has them",
            format!(
                "any user of the container can start it, and it can {}",
                worst.opens()
            ),
        ),
        Some(needed) => {
            let until = if file.flags.effective {
                "the kernel refuses to start it"
            } else {
                "it runs without"
            };
            (
                "whoever starts it has them, where the container is given them",
                format!(
                    "until a container is given {needed}, {until}; then any user of the container can \
                     start it, and it can {}",
                    worst.opens()
                ),
            )
        }
    }
}

/// The capabilities of a file that a container has to be given first; nothing where a service that runs
/// the image is given them.
fn needed(
    repository: &Repository,
    container: &Container,
    file: &FileCapabilities,
) -> Option<String> {
    let default = container.declared.engine.default_capabilities();
    let outside: Vec<Capability> = file
        .capabilities
        .iter()
        .copied()
        .filter(|capability| !default.contains(*capability))
        .collect();
    let wanted = CapabilitySet::of(&outside);
    let mut services = container
        .run_by
        .iter()
        .filter_map(|id| repository.container(*id));
    let given = services.any(
        |service| matches!(service.bounding(), State::Known(held) if held.contains_all(wanted)),
    );
    if outside.is_empty() || given {
        return None;
    }
    let names = outside.iter().map(|one| format!("`{}`", one.short_name()));
    Some(names.collect::<Vec<_>>().join(", "))
}

fn is_interpreter(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '*');
    // `$(which python3)`, and what is read of it.
    let name = name
        .trim_end_matches(')')
        .rsplit([' ', '/'])
        .next()
        .unwrap_or(name);
    INTERPRETERS.contains(&name)
}

fn severity(capability: Capability, is_tool: bool) -> Option<Severity> {
    let severity = match capability.reach() {
        Reach::Host => Severity::High,
        // Docker gives every container NET_RAW: on a file it opens no more than that.
        Reach::Neighbours if capability == Capability::NetRaw => {
            return is_tool.then_some(Severity::Low);
        }
        Reach::Neighbours => Severity::Medium,
        Reach::Container | Reach::Little if OPENS_ALL.contains(&capability) => Severity::Medium,
        Reach::Container | Reach::Little => return is_tool.then_some(Severity::Low),
    };
    Some(match severity {
        Severity::Medium if is_tool => Severity::High,
        Severity::Info | Severity::Low | Severity::Medium | Severity::High | Severity::Critical => {
            severity
        }
    })
}
