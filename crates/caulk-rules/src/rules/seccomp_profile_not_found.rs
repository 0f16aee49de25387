//! See the page below.

use caulk_model::{ImageSource, Seccomp};
use caulk_source::{Span, normalize_path};

use crate::prelude::*;

rule! {
    /// The seccomp profile that a service names is not there.
    ///
    /// ## Why it matters
    ///
    /// Docker Compose reads the profile when it creates the container, and refuses to go on without it.
    /// What happens next is why it matters here: somebody writes `unconfined` to get it running.
    ///
    /// Compose looks from the project's folder, which is that of the first Compose file, whichever file
    /// says so and wherever the command is run. `docker run` looks from the current folder instead, and
    /// so did Compose's first version, which is how a path that used to work stops working.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1.4
    ///     security_opt:
    ///       - seccomp:seccomp/web.json
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good file=deploy/compose.yaml
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:1.4
    ///     security_opt:
    ///       - seccomp:seccomp/web.json
    /// ```
    ///
    /// ```json,good file=deploy/seccomp/web.json
    /// { "defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{ "names": ["read"], "action": "SCMP_ACT_ALLOW" }] }
    /// ```
    ///
    /// ## How it is judged
    ///
    /// Confidence is medium, for `-f` and `--project-directory` can name another folder.
    ///
    /// - *A relative path* that stays in the folder of its Compose file is looked up there.
    /// - *Paths that lead elsewhere* (silent), absolute ones, `~`, and those that leave that
    ///   folder, may be right on the machine that runs them; so may one that leads through a link
    ///   out of the repository, or to a pipe, for something is there.
    /// - *Words that are no paths*: `unconfined` and `builtin`. Any other word is a path.
    /// - *JSON in its place* (fires) is taken for a path.
    /// - *A part of a service* (fires): the first of the files decides the folder, so confidence
    ///   is low where this is not the first.
    /// - *A variable* (silent) is not guessed.
    ///
    /// ## About the fix
    ///
    /// There is none: write the path from the Compose file's own folder, or add the file.
    ///
    /// ## Sources
    ///
    /// docker/compose `pkg/compose/create.go` (`parseSecurityOpts`); compose-go `Project.RelativePath`.
    "seccomp-profile-not-found",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::High),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::DevContainer, Surface::Quadlet, Surface::Daemon],
    references: &[],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        let declared = container.declared.seccomp.as_ref();
        if let Some(Seccomp::Profile { path, file: None }) = declared.and_then(|fact| fact.value())
            && would_be_here(path)
        {
            findings.report(finding(container, path));
        }
    }
    for daemon in repository.daemons() {
        if let Some(fact) = &daemon.seccomp
            && let Some(Seccomp::Profile { path, file: None }) = fact.value()
            && would_be_here(path)
        {
            findings.report(for_all(fact.span(), path));
        }
    }
}

/// Whether the path names something below the Compose file's own folder.
fn would_be_here(path: &str) -> bool {
    let is_home = path.starts_with('~');
    !is_home && normalize_path(path).is_some_and(|path| !path.is_empty())
}

fn for_all(place: Span, path: &str) -> Finding {
    Finding::new(
        &RULE.info,
        Surface::Daemon,
        Label::new(place, "names no file, seen from the folder of this one"),
        format!("the seccomp profile of every container is not there: `{path}`"),
    )
    .fact("seccomp profile not found")
    .why(
        "the engine reads it when it starts, from the folder that it runs in, and stops without it",
    )
    .advice("write the whole path, as it is on the machine")
    .doubted(
        Confidence::Low,
        "in which folder the engine runs is not known here",
    )
}

fn finding(container: &Container, path: &str) -> Finding {
    const INLINE: &str = "Compose takes no JSON here: put the profile into a file and name that";
    const PATH: &str = "add the file there, or correct the path, which is seen from the folder of the Compose file";
    const FOLDER: &str = "write the path from the folder in which the line is run, or add the file";
    let title = container.title();
    let is_inline = path.starts_with('{');
    let (message, label) = if is_inline {
        (
            format!("{title} has JSON where the name of its seccomp profile belongs"),
            "is taken for the path of a file",
        )
    } else {
        (
            format!(
                "the seccomp profile of {title} is not there: {}",
                container.seccomp.origin.quoted(path)
            ),
            "names no file, seen from the folder of this one",
        )
    };
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(container.seccomp.span(), label),
        message,
    )
    .container(&title, container.anchor)
    .fact("seccomp profile not found")
    .why(format!(
        "the engine refuses to create {title} without it, and the quick way around that is `unconfined`"
    ))
    .advice(match (is_inline, container.surface == Surface::Compose) {
        (true, _) => INLINE,
        (false, true) => PATH,
        (false, false) => FOLDER,
    });
    if container.surface == Surface::CommandLine {
        return finding.doubted(
            Confidence::Low,
            "from which folder the line is run is not known here",
        );
    }
    // No file is meant.
    if is_inline {
        return finding;
    }
    match container.source {
        // Other files complete it, and the first of them decides the folder.
        ImageSource::Fragment => finding.doubted(
            Confidence::Low,
            "other files complete this one, and the first of them decides the folder",
        ),
        ImageSource::Itself | ImageSource::Built { .. } | ImageSource::Pulled { .. } => finding
            .doubted(
                Confidence::Medium,
                "something may put the file there before the engine starts",
            ),
    }
}
