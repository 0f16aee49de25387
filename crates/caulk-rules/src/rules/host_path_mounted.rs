//! See the page below.

use std::borrow::Cow;

use caulk_linux::{Capability, CapabilityWord};
use caulk_model::{AppArmor, Entry, Mount};
use caulk_source::clean_path;

use Severity::{Critical, High, Medium};

use crate::host_paths::{canonical, fits, is_inside, row};
use crate::prelude::*;
use crate::shared::is_root;

mod cure;
mod why;

rule! {
    /// The container is given a path of the host that gives away the host.
    ///
    /// ## Why it matters
    ///
    /// A container's root is the host's root as soon as it comes to the files of a bind mount. Who can
    /// write `/etc` adds an account, who can write `/usr/bin` waits until the host's root runs what it
    /// left there, and who can read `/root` or `/var/lib/docker` has the keys that lie there.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   agent:
    ///     image: ghcr.io/acme/agent:2
    ///     volumes:
    ///       - /etc:/host/etc
    /// ```
    ///
    /// ## Good
    ///
    /// Only what is needed, and read-only:
    ///
    /// ```yaml,good
    /// services:
    ///   agent:
    ///     image: ghcr.io/acme/agent:2
    ///     volumes:
    ///       - /etc/localtime:/etc/localtime:ro
    ///       - ./data:/data
    /// ```
    ///
    /// ## How it is judged
    ///
    /// By a table of paths: what each gives to who can write it, and to who can only read it.
    ///
    /// - *A path of the table*, however it is spelt.
    /// - *Read-only*: what reading gives is what counts. Where that is nothing that matters
    ///   (`/usr`, `/lib/modules`, `/sys`), it is silent.
    /// - *Options that hang on a variable*: what holds either way is said, so they are taken for
    ///   read-only.
    /// - *`SYS_PTRACE` beside the host's `/proc`*, mounted by itself or with `/`: a root process that
    ///   holds it goes through `PID/root` in there to the host's files and writes them, though the mount
    ///   is read-only. High, because a host with AppArmor has a profile that denies it; critical
    ///   where that profile is off.
    /// - *A process that is not root* (fires): system paths belong to root, so they weigh one
    ///   step less, unless `remoteUser` makes root of what people start in a dev container.
    /// - *Folders of people*, `~` and `/home`, do not weigh less, because user numbers are often
    ///   the same.
    /// - *A part of what is seen already* (fires): beside a read-only mount of `/`, one of `/etc` or
    ///   `/proc` that is read-only too gives nothing more. One finding speaks of the larger one and names
    ///   the part.
    /// - *Beside its parent folder* (fires), which is mounted writable: a fix for the part alone would change
    ///   nothing, so there is none for it.
    /// - *The project's own paths, volumes and variables* (silent) are not judged.
    /// - *A control socket* (silent): the folders that hold one are judged by
    ///   `runtime-socket-mounted`.
    ///
    /// ## About the fix
    ///
    /// It mounts the path read-only, where that takes something away; what a program writes there fails
    /// then. Where it takes nothing away, it removes the mount, unless the command names a path below it.
    /// There is none beside privileged mode, in which root makes a read-only mount writable again, nor for
    /// the settings of a program that writes into them whenever it runs (gcloud, az). There is none for a mount that is read-only:
    /// reading is what a monitor or a backup has it for, and only its owner knows which part it needs. A
    /// mount of `/` brings what is below it along, so a finding says where another mount still shows the
    /// same path.
    ///
    /// ## Sources
    ///
    /// hier(7), proc(5), sysfs(5), ptrace(2) on `PTRACE_MODE_READ_FSCREDS`; moby `profiles/apparmor`; the documentation of each program for where it keeps its keys.
    "host-path-mounted",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Derived { least: Severity::Medium, worst: Severity::Critical },
    confidence: Confidence::High,
    fixes: Fixes::Unsafe,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::DevContainer, Surface::Workflow, Surface::Quadlet],
    references: &[
        Reference::same(Authority::Cis, "5.6"),
        Reference::same(Authority::Nist, "4.5.5"),
        Reference::like(Authority::DockerBench, "check_5_6"),
        Reference::like(Authority::Kics, "1c1325ff-831d-43a1-973e-839ae57dfcc0"),
        Reference::like(Authority::ComposeLint, "CL-0013"),
        Reference::like(Authority::ComposeLint, "CL-0025"),
        Reference::like(Authority::DockSec, "compose-sensitive-host-mount"),
        Reference::like(Authority::ComposeAuditor, "SEC004"),
        Reference::like(Authority::ComposeAuditor, "VOL001"),
    ],
    check: check,
}

fn check(repository: &Repository, findings: &mut Findings) {
    for container in repository.containers() {
        if !container.runs() || container.image.is_windows() {
            continue;
        }
        for mount in &container.declared.mounts {
            // The folders of a runtime's socket are another rule's finding.
            let source = mount.value.source.known();
            let path = source.filter(|_| mount.value.socket().is_none());
            if let Some(path) = path
                && let Some(grant) = judged(container, path, mount)
                && !is_part(container, mount, path, &grant)
            {
                findings.report(finding(container, mount, path, &grant));
            }
        }
    }
}

/// Among how many mounts of a container another one of the same path is looked for. Nobody writes more
/// by hand, and the work would grow with the square of them.
const MOST: usize = 256;

/// The mounts of a container among which others are looked for.
fn neighbours(container: &Container) -> impl Iterator<Item = &Entry<Mount>> {
    container.declared.mounts.iter().take(MOST)
}

/// Whether another mount, about which a finding speaks and which cannot be written to either, shows
/// this path as well and weighs as much. Nothing changes that one, so this one stays a part of it.
fn is_part(container: &Container, mount: &Entry<Mount>, path: &str, grant: &Grant) -> bool {
    let Some(path) = canonical(path).filter(|_| !mount.value.is_writable()) else {
        return false;
    };
    neighbours(container).any(|whole| {
        let source = whole.value.source.known();
        let source = source.filter(|_| whole.value.socket().is_none());
        source.is_some_and(|source| {
            canonical(source).is_some_and(|around| is_inside(&path, &around))
                && !whole.value.is_writable()
                && judged(container, source, whole)
                    .is_some_and(|whole| whole.severity >= grant.severity)
        })
    })
}

/// What a mount gives to this container.
struct Grant {
    severity: Severity,
    can: Cow<'static, str>,
    /// Through what.
    through: Through,
}

/// Through what a container can do something with a path of the host.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Through {
    /// Its root is the host's root for the files of a mount.
    Root,
    /// The files belong to a person of the host, whose number it may have.
    Person,
    /// Every user of the host can do that.
    Everybody,
    /// It may look into the host's processes.
    Processes,
}

fn judged(container: &Container, path: &str, mount: &Entry<Mount>) -> Option<Grant> {
    let path = canonical(path)?;
    let row = row(&path)?;
    // Of options that are not known, what holds either way is said.
    let writable = mount.value.is_writable();
    // Privileged mode has no device rules.
    let every_device = path == "/dev" && container.privileged.value() == Some(&true);
    let root = root_of_processes(&path).filter(|_| !writable && may_trace(container));
    let (severity, can) = match root {
        _ if writable && every_device => (
            row.writable.0,
            Cow::Borrowed("replace the host's devices, and use every one of them"),
        ),
        _ if writable => (row.writable.0, Cow::Borrowed(row.writable.1)),
        Some(root) => (traced(container), Cow::Owned(through(mount, root))),
        None => {
            let (severity, can) = row.readable?;
            let can = if every_device {
                "use every device of the host, which read-only does not prevent"
            } else {
                can
            };
            (severity, Cow::Borrowed(can))
        }
    };
    let through = if root.is_some() {
        Through::Processes
    } else if path.starts_with('~') || path == "/home" {
        Through::Person
    } else if path == "/proc" && !writable {
        // Every user sees what `/proc` shows of processes.
        Through::Everybody
    } else {
        Through::Root
    };
    let other_user = container.root == State::Known(false)
        && !attached_as_root(container)
        && through == Through::Root;
    let weighed = match severity {
        Critical if other_user => High,
        High if other_user => Medium,
        Critical | High | Medium | Severity::Low | Severity::Info => severity,
    };
    Some(Grant {
        severity: weighed,
        can,
        through,
    })
}

/// Whether the tools of a dev container start what people start in it as root.
fn attached_as_root(container: &Container) -> bool {
    let user = container.declared.around.attached_as.as_ref();
    user.and_then(|user| user.value()).is_some_and(is_root)
}

/// Whether a process of it may look into the host's processes, where the kernel shows it them.
fn may_trace(container: &Container) -> bool {
    let holds = container
        .bounding()
        .known()
        .is_some_and(|held| held.contains(Capability::SysPtrace));
    holds && container.root != State::Known(false)
}

/// Where the root of the host's first process is below a path of the host, if it is. A mount of `/`
/// takes along what is mounted below it.
fn root_of_processes(path: &str) -> Option<&'static str> {
    match path {
        "/" => Some("/proc/1/root"),
        "/proc" => Some("/1/root"),
        "/proc/1" => Some("/root"),
        path => fits("/proc/1/root/*", path).then_some(""),
    }
}

/// What one can do through the root of the host's first process, which is at `root` in the mount.
fn through(mount: &Entry<Mount>, root: &str) -> String {
    if mount.origin.is_from_env() {
        return "change the host's files, through its first process".to_owned();
    }
    let target = clean_path(&mount.value.target);
    format!("change the host's files, through `{target}{root}`")
}

/// `docker-default` denies looking into what it does not confine itself, on hosts that have AppArmor.
fn traced(container: &Container) -> Severity {
    match container.apparmor.value() {
        Some(AppArmor::Unconfined) => Critical,
        Some(AppArmor::Default | AppArmor::Profile(_)) | None => High,
    }
}

fn finding(container: &Container, mount: &Entry<Mount>, path: &str, grant: &Grant) -> Finding {
    let title = container.title();
    let shown = mount.origin.quoted(path);
    let access = if mount.value.is_writable() {
        "write to"
    } else {
        "read"
    };
    let (whose, why) = why::why(container, grant);
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(mount.place(), format!("lets {whose} {}", grant.can)),
        format!("{title} can {access} the host's {shown}"),
    )
    .severity(grant.severity)
    .container(&title, container.anchor)
    // To be able to read it is another fact than to be able to write it.
    .fact(if mount.value.is_writable() {
        format!("host path {path}")
    } else {
        format!("host path {path} to read")
    })
    .why(why);
    let finding = beside(finding, container, mount, path, grant);
    cure::mended(finding, container, mount, (path, grant, whose))
}

/// With what else opens the path.
fn beside(
    mut finding: Finding,
    container: &Container,
    mount: &Entry<Mount>,
    path: &str,
    grant: &Grant,
) -> Finding {
    if grant.through == Through::Processes {
        let added = &container.declared.cap_add;
        let word = CapabilityWord::One(Capability::SysPtrace);
        if let Some(added) = added.iter().find(|added| added.value == word) {
            finding = finding.related(added.origin.span(), "and this opens the host's processes");
        }
    }
    if let Some(parent) = parent_that_is_writable(container, path) {
        finding = finding.related(
            parent.place(),
            "and this mounts its parent folder, writable",
        );
    } else if let Some(around) = same_path(container, mount, path) {
        finding = finding.related(
            around.place(),
            "and this shows the same path, with or without it",
        );
    }
    for part in parts(container, mount, path, grant) {
        finding = finding.related(part.place(), "and this shows a part of it once more");
    }
    finding
}

/// The mounts of which no finding speaks because this one shows what they do.
fn parts<'c>(
    container: &'c Container,
    mount: &Entry<Mount>,
    path: &str,
    grant: &Grant,
) -> impl Iterator<Item = &'c Entry<Mount>> {
    let around = canonical(path).filter(|_| !mount.value.is_writable());
    neighbours(container).filter(move |part| {
        let source = part.value.source.known();
        let source = source.filter(|_| part.value.socket().is_none());
        let inside = source.and_then(|source| Some((source, canonical(source)?)));
        inside
            .zip(around.as_ref())
            .is_some_and(|((source, path), around)| {
                is_inside(&path, around)
                    && !part.value.is_writable()
                    && judged(container, source, part)
                        .is_some_and(|part| part.severity <= grant.severity)
            })
    })
}

/// Another mount of the container, of a folder around this path, through which the path can be written.
fn parent_that_is_writable<'c>(container: &'c Container, path: &str) -> Option<&'c Entry<Mount>> {
    let path = canonical(path)?;
    container.declared.mounts.iter().find(|other| {
        let source = other.value.source.known();
        let around = source.and_then(|source| canonical(source));
        around.is_some_and(|around| is_inside(&path, &around)) && other.value.is_writable()
    })
}

/// Another mount of the container that has this path in it, and lets it do as much there.
fn same_path<'c>(
    container: &'c Container,
    mount: &Entry<Mount>,
    path: &str,
) -> Option<&'c Entry<Mount>> {
    let path = canonical(path)?;
    neighbours(container).find(|other| {
        let source = other.value.source.known();
        let around = source.and_then(|source| canonical(source));
        let is_around = around.is_some_and(|around| is_inside(&path, &around));
        is_around && (other.value.is_writable() || !mount.value.is_writable())
    })
}
