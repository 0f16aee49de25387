//! See the page below.

use caulk_model::RefusedWhen;

use crate::prelude::*;

/// How many further problems of a file are shown.
const SHOWN: usize = 3;

rule! {
    /// The engine itself refuses the file.
    ///
    /// ## Why it matters
    ///
    /// A Dockerfile that BuildKit refuses does not build, a Compose file that Docker Compose refuses
    /// does not start, a profile that is no JSON stops the container that names it. And what cannot be
    /// read cannot be judged: caulk judges what it can read around the fault and may have missed something,
    /// so a broken file is a finding and never silence. Where the shape of all of it is
    /// another one, as that of a Compose file of version 1, nothing in it is judged.
    ///
    /// ## Bad
    ///
    /// ```dockerfile,bad
    /// FROM alpine:3.20
    /// UESR 65532:65532
    /// USER 65532:65532
    /// ```
    ///
    /// ## Good
    ///
    /// ```dockerfile,good
    /// FROM alpine:3.20
    /// USER 65532:65532
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *What BuildKit refuses*, and not what looks odd to people.
    /// - *What Docker Compose refuses*, as YAML and as a Compose file.
    /// - *What the docker client refuses* on a command line, and podman in a quadlet.
    /// - *What podman's generator refuses* of a quadlet: no image, keys that exclude each other, a group
    ///   without a user. It passes the flags of `PodmanArgs=` on, so that one which podman refuses stops the
    ///   service when it starts. A unit that is not here may be on the host.
    /// - *Another program's* (silent): a file with the name of a Compose file that holds a list of mappings, such
    ///   as the tasks of a playbook, unless a Compose file refers to it; and a Dockerfile in which a line that is no
    ///   instruction begins with `{{`, `{%`, `{#` or `<%`: a template, of which nobody here can say what it
    ///   becomes.
    /// - *Documentation* (silent) leaves out what its reader knows.
    /// - *What buildx refuses* in a bake file.
    /// - *A link as text* (silent): where git makes no symbolic links, a file holds nothing but the path of
    ///   another.
    /// - *What Go's JSON reader refuses*: comments, commas at an end, a byte-order mark.
    ///
    /// Of a file that starts more than 20,000 containers, those behind them are not judged, and that is said.
    ///
    /// ## About the fix
    ///
    /// There is none: what was meant is for a person to say. Files that a template engine turns into a
    /// Dockerfile are read where their name and every line look like one; give them the engine's own
    /// extension (`.j2`, `.tmpl`, `.template`).
    "unreadable-file",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::Medium),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[
        Surface::Dockerfile,
        Surface::Compose,
        Surface::CommandLine,
        Surface::DevContainer,
        Surface::Workflow,
        Surface::Quadlet,
        Surface::Bake,
        Surface::Seccomp,
        Surface::Daemon,
    ],
    references: &[],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for unreadable in repository.unreadable() {
        let Some((first, others)) = unreadable.problems.split_first() else {
            continue;
        };
        let (engine, file) = match unreadable.surface {
            Surface::Dockerfile => ("BuildKit", "Dockerfile"),
            Surface::Compose => ("Docker Compose", "Compose file"),
            Surface::Seccomp => ("Docker", "seccomp profile"),
            Surface::CommandLine => ("the client", "line"),
            Surface::DevContainer => ("the client", "dev container"),
            Surface::Workflow => ("the runner", "workflow"),
            Surface::Quadlet => ("podman", "quadlet"),
            Surface::Bake => ("buildx", "bake file"),
            Surface::Daemon => ("Docker", "configuration"),
            Surface::Kernel => ("the kernel", "configuration"),
        };
        let message = match first.when {
            RefusedWhen::Read | RefusedWhen::Started => format!("{engine} refuses this {file}"),
            RefusedWhen::Generated => format!("podman's generator refuses this {file}"),
            RefusedWhen::Never => "this file is not judged to its end".to_owned(),
        };
        let label = match first.when {
            RefusedWhen::Read | RefusedWhen::Generated => "is refused here",
            RefusedWhen::Started => "is refused when the service starts",
            RefusedWhen::Never => "is the first command that is not judged",
        };
        let mut finding = Finding::new(
            &RULE.info,
            unreadable.surface,
            Label::new(first.span, label),
            format!("{message}: {}", first.problem),
        )
        .fact("unreadable")
        .why(why(first.when, unreadable.is_whole));
        if let Some(other) = first.beside {
            finding = finding.related(other, "and this excludes it");
        }
        for refused in others.iter().take(SHOWN) {
            finding = finding.related(refused.span, format!("and here: {}", refused.problem));
        }
        let hidden = others.len().saturating_sub(SHOWN);
        let more = (hidden > 0).then(|| format!("{hidden} more in this file"));
        finding = match (first.cure, more) {
            (Some(cure), Some(more)) => finding.advice(format!("{cure}; {more}")),
            (Some(cure), None) => finding.advice(cure),
            (None, Some(more)) => finding.advice(more),
            (None, None) => finding,
        };
        findings.report(finding);
    }
}

fn why(when: RefusedWhen, is_whole: bool) -> &'static str {
    match when {
        RefusedWhen::Generated => "podman's generator makes no service of it",
        RefusedWhen::Started => "its service fails to start",
        RefusedWhen::Never => {
            "what stands behind it was not judged: something may have been missed"
        }
        RefusedWhen::Read if is_whole => {
            "nothing in this file was judged: write it so that the engine takes it, then run caulk again"
        }
        RefusedWhen::Read => {
            "what could not be read because of it was not judged either: something may have been missed"
        }
    }
}
