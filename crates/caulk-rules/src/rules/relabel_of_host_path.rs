//! See the page below.

use caulk_model::{Entry, Mount, Relabel};
use caulk_source::clean_path;

use crate::prelude::*;
use crate::written;

rule! {
    /// A mount changes SELinux's labels of a system folder of the host.
    ///
    /// ## Why it matters
    ///
    /// `:z` and `:Z` give every file below the path the label of container files. On a folder that the
    /// host needs (`/etc`, `/usr`, `/home`) that takes the labels away by which SELinux keeps services
    /// apart: the host's own services can no longer open their files, logins fail, and containers may
    /// read what was closed to them. `:Z` moreover locks every other container out. Newer engines refuse
    /// some of these paths, and then the container does not start.
    ///
    /// On a host without SELinux the options do nothing.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   backup:
    ///     image: ghcr.io/acme/backup:1.0
    ///     volumes:
    ///       - /home:/data:ro,z
    /// ```
    ///
    /// ## Good
    ///
    /// ```yaml,good
    /// services:
    ///   backup:
    ///     image: ghcr.io/acme/backup:1.0
    ///     volumes:
    ///       - ./data:/data:ro,z
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *A system folder*: those of the root folder and of `/usr` and `/var` count by themselves, and
    ///   `/etc`, `/boot`, `/dev`, `/proc`, `/sys` and the engine's own data with all that is below. A
    ///   folder of one service, one account or the project is silent.
    /// - *The option*: `z` and `Z` fire. Without either nothing is relabelled.
    /// - *The long syntax*: `selinux` is judged as the option is; there is no fix.
    /// - *A named volume*: its files are a container's anyway, unless it stands for a path of the host.
    /// - *A variable* (silent): a path that has no value here is not guessed.
    ///
    /// ## About the fix
    ///
    /// It leaves the option out. Unsafe, because on a host with SELinux the container can then not read
    /// the files at all, which is what the option was to solve: give the container files of its own, or a
    /// policy made for it. In the long syntax there is no fix: take `selinux` out by hand. Labels that
    /// were changed already come back with `restorecon -R` on the host.
    "relabel-of-host-path",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::High),
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::Quadlet],
    references: &[Reference::like(Authority::Nist, "4.5.5")],
    check: check,
}

/// Folders whose labels the host's services live by, each by itself.
const FOLDERS: &[&str] = &[
    "/",
    "/bin",
    "/home",
    "/lib",
    "/lib64",
    "/media",
    "/mnt",
    "/opt",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/lib",
    "/var/log",
    "/var/run",
    "/var/spool",
    "~",
];

/// Folders in which everything has a label of its own.
const TREES: &[&str] = &["/boot", "/dev", "/etc", "/proc", "/sys", "/var/lib/docker"];

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        for mount in &container.declared.mounts {
            let relabels = mount.value.relabel != Relabel::None;
            let source = mount.value.source.known().filter(|_| relabels);
            if let Some(path) = source.filter(|path| is_of_the_system(path)) {
                findings.report(finding(container, mount, path));
            }
        }
    }
}

pub(super) fn is_of_the_system(path: &str) -> bool {
    let path = clean_path(path);
    let below = |tree: &&str| {
        path.strip_prefix(*tree)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    FOLDERS.contains(&path.as_str()) || TREES.iter().any(below)
}

fn finding(container: &Container, mount: &Entry<Mount>, path: &str) -> Finding {
    let title = container.title();
    let shown = mount.origin.quoted(path);
    let (option, whose) = match mount.value.relabel {
        Relabel::Private => ("Z", "for this container alone"),
        Relabel::Shared | Relabel::None => ("z", "for every container"),
    };
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(
            mount.origin.span(),
            format!("gives every file there the label of container files, {whose}"),
        ),
        format!("{title} relabels the host's {shown}"),
    )
    .container(&title, container.anchor)
    .fact(format!("relabel {path}"))
    .why(
        "on a host with SELinux its own services lose the files there, and what was closed to \
         containers is open to them",
    );
    let without = Mount {
        relabel: Relabel::None,
        ..mount.value.clone()
    };
    let written = mount.origin.written();
    let literal = written.filter(|span| written::is_mount(&mount.value, *span));
    match literal.and_then(|entry| Some((entry, written::mount(&without)?))) {
        Some((entry, value)) => finding.remedy(Remedy::unsafe_because(
            format!("leave `{option}` out"),
            Change::Become { entry, value },
            "where SELinux is on, the container can no longer open the files",
        )),
        None => finding.advice("take the option out where it is written"),
    }
}
