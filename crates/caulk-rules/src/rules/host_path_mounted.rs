//! See the page below.

use std::borrow::Cow;

use caulk_linux::{Capability, CapabilityWord};
use caulk_model::{AppArmor, Engine, Entry, Mount, path_holds};
use caulk_source::clean_path;

use Severity::{Critical, High, Medium};

use crate::host_paths::{canonical, fits, is_inside, row};
use crate::images;
use crate::prelude::*;
use crate::shared::{is_root, named_below, remove_for_all};

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
    let (whose, why) = why(container, grant);
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
    mended(finding, container, mount, (path, grant, whose))
}

/// With what can be done.
fn mended(
    mut finding: Finding,
    container: &Container,
    mount: &Entry<Mount>,
    (path, grant, whose): (&str, &Grant, &str),
) -> Finding {
    let Some(entry) = mount.origin.written() else {
        return finding.advice(remove_for_all(
            &mount.origin,
            "change the mount where it is written, for all who share it",
        ));
    };
    if !mount.value.is_writable() {
        return finding.advice(of_what_is_read(container, path, grant));
    }
    if let Some(advice) = instead_of_read_only(container, path) {
        return finding.advice(advice);
    }
    let read_only = Entry {
        value: Mount {
            read_only: true,
            ..mount.value.clone()
        },
        origin: mount.origin.clone(),
    };
    let rest = judged(container, path, &read_only);
    let takes_it_away = (rest.as_ref()).is_some_and(|rest| rest.severity >= grant.severity);
    if let Some(word) = named_below(container, &mount.value.target).filter(|_| takes_it_away) {
        return finding
            .related(word.origin.span(), "and its command works there")
            .advice("mount only the folder or the file that the command works on");
    }
    if let Some(rest) = &rest {
        finding = finding.advice(format!(
            "mount only the part that is needed: a read-only mount of all of it still lets {whose} {}",
            rest.can
        ));
    }
    finding.remedy(if takes_it_away {
        Remedy::unsafe_because(
            "take the path away",
            Change::Remove { entry },
            "what the program does with it fails",
        )
    } else {
        Remedy::unsafe_because(
            "mount it read-only",
            Change::ReadOnly { entry },
            "what the program writes there fails",
        )
    })
}

/// What to do where to mount it read-only changes nothing, or too much.
fn instead_of_read_only(container: &Container, path: &str) -> Option<Cow<'static, str>> {
    let written = writes_there(path);
    let advice = if container.privileged.value() == Some(&true) {
        if path_holds("/dev", path) {
            "take privileged mode away first, which has every device and makes what is read-only writable \
             again; then give the devices that are needed by name"
        } else {
            "take privileged mode away first, which makes what is read-only writable again; then mount only \
             the part that is needed, read-only"
        }
    } else if parent_that_is_writable(container, path).is_some() {
        if written.is_some() {
            "mount only the parts of both that are needed: changing this mount alone changes nothing"
        } else {
            "mount both read-only, or only the parts that are needed: changing this mount alone changes \
             nothing"
        }
    } else {
        return written.map(|(program, variable)| {
            Cow::Owned(format!(
                "mount another folder, with nothing but the account that is needed, and name it by \
                 `{variable}`: read-only does not work, because `{program}` writes there whenever it runs"
            ))
        });
    };
    Some(Cow::Borrowed(advice))
}

/// What is left to do about a mount that is read-only already.
fn of_what_is_read(container: &Container, path: &str, grant: &Grant) -> &'static str {
    let is_in_tools = container.surface == Surface::DevContainer;
    if grant.through == Through::Processes && container.privileged.value() == Some(&true) {
        "do without the mount; taking privileged mode away, which brings `SYS_PTRACE`, closes the way through the \
         host's processes only where AppArmor or SELinux confines the container"
    } else if grant.through == Through::Processes {
        "do without the mount; taking `SYS_PTRACE` away closes the way through the host's processes only where \
         AppArmor or SELinux confines the container"
    } else if is_in_tools && canonical(path).as_deref() == Some("~/.ssh") {
        "do without the mount, and forward the SSH agent instead, as VS Code does by itself"
    } else if takes_a_setuid_program(container, grant) {
        "switch no-new-privileges on, so that no setuid program in the container reads what its first process \
         may not; or mount only the part that the program reads"
    } else {
        "do without the mount, or mount only the part that the program reads"
    }
}

/// Whether nothing in it can do that but a setuid program.
fn takes_a_setuid_program(container: &Container, grant: &Grant) -> bool {
    grant.through == Through::Root
        && container.root == State::Known(false)
        && !attached_as_root(container)
        && !container.is_sealed()
        && !images::sees_a_runtime(container)
}

/// A program that writes its log and its tokens into this folder of its settings whenever it runs, and
/// fails where it cannot; and the variable by which it is given another one.
fn writes_there(path: &str) -> Option<(&'static str, &'static str)> {
    match canonical(path)?.as_str() {
        path if fits("~/.config/gcloud/*", path) => Some(("gcloud", "CLOUDSDK_CONFIG")),
        path if fits("~/.azure/*", path) => Some(("az", "AZURE_CONFIG_DIR")),
        _ => None,
    }
}

/// Why a person's files are open to whoever runs in it.
fn by_number(container: &Container) -> &'static str {
    if container.surface == Surface::DevContainer {
        "permissions go by user number, and on Linux the tools of dev containers give the user in the container \
         the number of the person who starts it"
    } else if container.declared.may_be_rootless() {
        "root in the container may read these files like root on the host, and where podman runs rootless, like \
         the person who starts it; another user may where its number is that person's"
    } else {
        "permissions go by user number, and people on a host often have the number that programs in containers \
         have"
    }
}

/// Where root in a container is not the host's: for the files of a mount that decides.
fn unless_remapped(container: &Container) -> &'static str {
    if container.declared.may_be_rootless() {
        " unless podman runs rootless"
    } else if container.declared.engine == Engine::Podman
        || container.privileged.value() == Some(&true)
    {
        // A daemon that remaps users starts nothing that is privileged.
        ""
    } else {
        " unless the daemon remaps users"
    }
}

/// Who can do it, and why.
fn why(container: &Container, grant: &Grant) -> (&'static str, Cow<'static, str>) {
    let unless = unless_remapped(container);
    let sealed = container.no_new_privileges.value() == Some(&true);
    let held = container.effective();
    let overrides = (held.known()).is_some_and(|held| held.contains(Capability::DacOverride));
    let root = "root in the container";
    let anybody = "the container";
    let why: Cow<'static, str> = match container.root {
        _ if grant.through == Through::Processes => return (root, of_processes(grant).into()),
        _ if grant.through == Through::Everybody => {
            let why = "the host shows that to each of its users, and command lines tell more than one thinks";
            return (anybody, why.into());
        }
        State::Known(true) if grant.through == Through::Person && overrides => {
            let why = "its first process is root, and permissions keep root from none of a person's files";
            return (anybody, why.into());
        }
        _ if grant.through == Through::Person => return (anybody, by_number(container).into()),
        State::Known(true) if container.steps_down().is_some() => format!(
            "its first process starts as root and steps down; to a mounted file the container's root is the \
             host's{unless}"
        )
        .into(),
        State::Known(true) => format!(
            "its first process is root, and to a mounted file the container's root is the host's{unless}"
        )
        .into(),
        State::Known(false) | State::Unknown { .. } if attached_as_root(container) => {
            let why = format!(
                "`remoteUser` makes root of all that its tools start, and to a mounted file the container's \
                 root is the host's{unless}"
            );
            return (anybody, why.into());
        }
        State::Known(false) if sealed => {
            "its first process is not root and cannot become it, so it does what the host lets its user and \
             group numbers do: for now"
                .into()
        }
        State::Known(false) => {
            "its first process is not root: by itself it does what the host lets its user and group numbers do, \
             and through a setuid program what root may"
                .into()
        }
        State::Unknown { .. } => format!(
            "to a mounted file the container's root is the host's{unless}; whether its first process is root \
             is not known here"
        )
        .into(),
    };
    (root, why)
}

/// Why the host's processes are open to it.
fn of_processes(grant: &Grant) -> &'static str {
    if grant.severity == Critical {
        "it holds `SYS_PTRACE` and AppArmor is off, so `root`, `environ` and `mem` of every process of the \
         host are open to it: that the mount is read-only does not hold there"
    } else {
        "it holds `SYS_PTRACE`, so `root`, `environ` and `mem` of every process of the host are open to it, \
         unless the host's AppArmor denies that: that the mount is read-only does not hold there"
    }
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
