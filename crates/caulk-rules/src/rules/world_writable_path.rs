//! See the page below.

use caulk_model::build::{BuildFact, ModeChange};

use crate::build;
use crate::prelude::*;

rule! {
    /// The build lets anybody write to files of the image.
    ///
    /// ## Why it matters
    ///
    /// A file that anybody may write to is one that a process without rights can replace: the program that
    /// root starts next, the configuration that it reads, the script that a timer runs. `chmod 777` is
    /// usually there because a folder belongs to the wrong account, and says so to everybody instead of to
    /// that one.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM debian:12-slim
    /// COPY app /app
    /// RUN chmod -R 777 /app
    /// USER 65532:65532
    /// ```
    ///
    /// ## Good
    ///
    /// ```dockerfile,good
    /// FROM debian:12-slim
    /// COPY app /app
    /// RUN install -d -o 65532 -g 65532 /app/data
    /// USER 65532:65532
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *A mode*: `chmod`, `install` and `mkdir` set it, in octal or in letters, or `COPY` and `ADD` with
    ///   `--chmod`. Not one that hangs on a variable.
    /// - *The sticky bit* (silent): with it (`1777`, as `/tmp` has it) nobody can replace what another
    ///   wrote.
    /// - *Device files*: what lies in `/dev` is not reported, and hides nothing else that the command
    ///   changes.
    /// - *Removed* (silent): by a later command of the step.
    /// - *Another stage*: only the stages whose files are the image's count.
    ///
    /// ## About the fix
    ///
    /// It writes the mode without the right of others to write. An account that is neither the owner nor in
    /// the group cannot write there then: give the path to that account with `chown` or `COPY --chown`.
    ///
    /// ## Sources
    ///
    /// chmod(1), path_resolution(7).
    "world-writable-path",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::Low),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Dockerfile],
    references: &[Reference::like(Authority::Tally, "tally/world-writable-state-path-workaround")],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for (container, fact) in build::facts(repository, |build| &build.modes) {
        let ModeChange { effect, paths, .. } = &fact.value;
        let is_device = |path: &String| path.starts_with("/dev/");
        // Which files it is may not be known: those are not taken for devices.
        let only_devices = !paths.is_empty() && paths.iter().all(is_device);
        if effect.world_writable && fact.stage.ships && !only_devices {
            findings.report(finding(container, fact));
        }
    }
}

fn finding(container: &Container, fact: &BuildFact<ModeChange>) -> Finding {
    let change = &fact.value;
    let files = build::listed(&change.paths);
    let all = if change.recursive {
        " and all below"
    } else {
        ""
    };
    let finding = build::report(
        &RULE.info,
        container,
        fact,
        format!("gives mode `{}`", change.mode),
        &format!("lets anybody write to {files}{all}"),
    )
    .fact(format!("world-writable {files}"))
    .why("any process in the container can change what stands there, for every other that reads or runs it");
    match &change.correction {
        Some(correction) => finding.remedy(build::spelt(
            correction,
            format!("give it mode `{}`", correction.value),
            "an account that is neither its owner nor in its group can no longer write there",
        )),
        None => finding.advice(
            "give the path to the account that writes there with `chown`, or where a `COPY` brings it, with `--chown`",
        ),
    }
}
