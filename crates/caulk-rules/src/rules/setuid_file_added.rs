//! See the page below.

use caulk_model::build::{BuildFact, ModeChange};

use crate::build;
use crate::prelude::*;

rule! {
    /// The build makes a file setuid or setgid.
    ///
    /// ## Why it matters
    ///
    /// A setuid program runs as its owner, whoever starts it. One that belongs to root is a way back to root
    /// for any process in the container, whatever user it was given, and any fault in it is one too. It
    /// holds root's capabilities as far as the container has them.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM debian:12-slim
    /// COPY probe /usr/local/bin/probe
    /// RUN chmod 4755 /usr/local/bin/probe
    /// ```
    ///
    /// ## Good
    ///
    /// The one capability that the program needs, and no more:
    ///
    /// ```dockerfile,good
    /// FROM debian:12-slim
    /// COPY probe /usr/local/bin/probe
    /// RUN setcap cap_net_raw+ep /usr/local/bin/probe
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *Setuid*: `chmod`, `install` and `mkdir` set it, in octal or in letters, or `COPY` and `ADD` with
    ///   `--chmod`.
    /// - *Setgid*: the same, on what lies in a folder of programs (`bin`, `sbin`, `libexec`). On another
    ///   folder it only says to which group new files belong.
    /// - *Taken away later* (silent): a later step removes the file, or takes the bit from it.
    /// - *Another stage*: only the stages whose files are the image's count.
    ///
    /// ## About the fix
    ///
    /// It writes the mode without the bit. Whoever starts the program without being its owner has only his
    /// own rights in it then.
    ///
    /// ## Sources
    ///
    /// chmod(1), execve(2), capabilities(7).
    "setuid-file-added",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::Medium),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Dockerfile],
    references: &[
        Reference::same(Authority::Cis, "4.8"),
        Reference::like(Authority::Nist, "4.1.2"),
        Reference::like(Authority::DockerBench, "check_4_8"),
        Reference::like(Authority::Dockle, "CIS-DI-0008"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for (container, fact) in build::facts(repository, |build| &build.modes) {
        if fact.stage.ships
            && let Some(finding) = finding(container, fact)
        {
            findings.report(finding);
        }
    }
}

/// Whether it lies in a folder of programs.
fn is_program(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(folders, _)| {
        let mut folders = folders.split('/');
        folders.any(|folder| matches!(folder, "bin" | "sbin" | "libexec"))
    })
}

fn finding(container: &Container, fact: &BuildFact<ModeChange>) -> Option<Finding> {
    let change = &fact.value;
    let (bit, whose) = match (change.effect.setuid, change.effect.setgid) {
        (true, _) => ("setuid", "its owner"),
        (false, true) if change.paths.iter().any(|path| is_program(path)) => {
            ("setgid", "its group")
        }
        (false, _) => return None,
    };
    let files = build::listed(&change.paths);
    let finding = build::report(
        &RULE.info,
        container,
        fact,
        format!("makes it run as {whose}, whoever starts it"),
        &format!("makes {files} {bit}"),
    )
    .fact(format!("{bit} {files}"))
    .why(match container.root {
        State::Known(true) => {
            "once the image no longer runs as root, any process in it can run this as root"
        }
        State::Known(false) | State::Unknown { .. } => {
            "any process in the container can start it and has its owner's rights then, and a fault in it \
             gives them away; `no-new-privileges` would keep it from that"
        }
    });
    Some(match &change.correction {
        Some(correction) => finding.remedy(build::spelt(
            correction,
            format!("leave {files} without the bit"),
            format!("{files} has only the rights of whoever starts it"),
        )),
        None => finding.advice(
            "leave the bit out; if the program needs one thing that only root may do, give it that capability \
             with `setcap`",
        ),
    })
}
