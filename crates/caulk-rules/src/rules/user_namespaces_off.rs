//! See the page below.

use caulk_model::Daemon;

use crate::prelude::*;

rule! {
    /// Root in a container is root of the host.
    ///
    /// ## Why it matters
    ///
    /// Without `userns-remap` user 0 in a container is user 0 of the machine, held back by
    /// capabilities, seccomp and the security module alone. A process that gets out is root. With it,
    /// user 0 is an account of the host that owns nothing, and a way out leads there.
    ///
    /// ## Bad
    ///
    /// ```json,bad file=etc/docker/daemon.json
    /// {
    ///   "log-driver": "journald"
    /// }
    /// ```
    ///
    /// ## Good
    ///
    /// ```json,good file=etc/docker/daemon.json
    /// {
    ///   "log-driver": "journald",
    ///   "userns-remap": "default"
    /// }
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *No account to map to*: a `daemon.json` without the key, or with an empty one.
    /// - *An engine without root* (silent) needs none of it; its configuration lies in a home folder
    ///   (`.config/docker/daemon.json`).
    ///
    /// ## About the fix
    ///
    /// It adds `"userns-remap": "default"`. The engine then keeps its images and volumes in another
    /// folder, so those that are there are no longer seen; files that containers made belong to the wrong
    /// account; and the engine refuses privileged containers and the host's network or processes unless
    /// such a container opts out with `--userns host`.
    ///
    /// ## Sources
    ///
    /// moby `daemon/daemon_unix.go` (`setupRemappedRoot`, `verifyPlatformContainerSettings`).
    "user-namespaces-off",
    since: "0.1.0",
    level: Level::Hardened,
    severity: Severities::Always(Severity::Medium),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Daemon],
    references: &[
        Reference::same(Authority::Cis, "2.9"),
        Reference::like(Authority::Nist, "4.5.2"),
        Reference::like(Authority::DockerBench, "check_2_9"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for daemon in repository.daemons() {
        if !daemon.remaps_users() && !daemon.rootless {
            findings.report(finding(daemon));
        }
    }
}

fn finding(daemon: &Daemon) -> Finding {
    const MAY_BREAK: &str = "images and volumes that are there are no longer seen, mounted files of the \
                             host belong to other numbers than before, and containers that are privileged \
                             or share the host's network or processes are refused unless they opt out";
    let written = daemon.userns_remap.as_ref();
    let (place, label, change) = match written {
        Some(empty) => (
            empty.span(),
            "maps nobody",
            Change::Become {
                entry: empty.span(),
                value: "default".to_owned(),
            },
        ),
        None => (
            daemon.anchor,
            "says nothing of `userns-remap`",
            Change::Set {
                file: daemon.anchor,
                key: "userns-remap".to_owned(),
                value: "\"default\"".to_owned(),
            },
        ),
    };
    Finding::new(
        &RULE.info,
        Surface::Daemon,
        Label::new(place, label),
        "root in every container of this engine is root of the host",
    )
    .fact("userns-remap")
    .why("a process that gets out of a container holds what the host's root holds")
    .remedy(Remedy::unsafe_because(
        "map root in containers to an account of its own",
        change,
        MAY_BREAK,
    ))
}
