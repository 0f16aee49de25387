//! See the page below.

use caulk_linux::{Capability, CapabilityWord};
use caulk_model::{AppArmor, Entry, Mount};

use crate::prelude::*;

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
    ///   holds it goes through `/proc/PID/root` to the host's files and writes them, though the mount
    ///   is read-only. High, because a host with AppArmor has a profile that denies it; critical
    ///   where that profile is off.
    /// - *A process that is not root* (fires): system paths belong to root, so they weigh one
    ///   step less.
    /// - *Folders of people*, `~` and `/home`, do not weigh less, because user numbers are often
    ///   the same.
    /// - *The project's own paths, volumes and variables* (silent) are not judged.
    /// - *A control socket* (silent): the folders that hold one are judged by
    ///   `runtime-socket-mounted`.
    ///
    /// ## About the fix
    ///
    /// It removes the mount. A mount of `/` brings what is below it along, so a finding says where another
    /// mount still shows the same path. Where the program needs a part of it, mount that part, read-only if it
    /// will do.
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

/// A path, and what it gives. `~` stands for the folder of a person, and `/*` at the end means that
/// what lies below gives the same.
struct Row {
    path: &'static str,
    /// To who can write it: how bad that is, and what one can do.
    writable: (Severity, &'static str),
    /// To who can only read it; nothing where that is nothing.
    readable: Option<(Severity, &'static str)>,
}

const fn row(
    path: &'static str,
    writable: (Severity, &'static str),
    readable: Option<(Severity, &'static str)>,
) -> Row {
    Row {
        path,
        writable,
        readable,
    }
}

use Severity::{Critical, High, Medium};

const PROGRAMS: (Severity, &str) = (Critical, "replace programs that the host's root runs");
const CONTAINERS: (Severity, &str) = (Critical, "change the files of every container and image");
const THEIR_FILES: Option<(Severity, &str)> = Some((
    High,
    "read the files and the environment of every container",
));
const CLOUD_KEYS: Option<(Severity, &str)> = Some((Medium, "use the keys and tokens in it"));

/// The first that fits decides: the longer before the shorter.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("/", (Critical, "change every file of the host"), Some((High, "read every file of the host, keys and password hashes among them"))),
    row("/etc", (Critical, "add accounts, services and scheduled jobs to the host"), Some((High, "read the host's password hashes and private keys"))),
    row("/etc/shadow", (Critical, "set the password of the host's root"), Some((High, "read the host's password hashes"))),
    row("/etc/gshadow", (Critical, "put accounts into the host's groups"), Some((High, "read the host's password hashes"))),
    row("/etc/passwd", (Critical, "add an account with root's number to the host"), None),
    row("/etc/group", (Critical, "put accounts into the host's groups"), None),
    row("/etc/sudoers", (Critical, "let any account of the host become root"), None),
    row("/etc/sudoers.d/*", (Critical, "let any account of the host become root"), None),
    row("/etc/pam.d/*", (Critical, "decide who may log in to the host"), None),
    row("/etc/crontab", (Critical, "add jobs that the host runs as root"), None),
    row("/etc/cron.d/*", (Critical, "add jobs that the host runs as root"), None),
    row("/etc/cron.daily/*", (Critical, "add jobs that the host runs as root"), None),
    row("/etc/cron.hourly/*", (Critical, "add jobs that the host runs as root"), None),
    row("/etc/init.d/*", (Critical, "add services that the host starts as root"), None),
    row("/etc/systemd/*", (Critical, "add services that the host starts as root"), None),
    row("/etc/profile.d/*", (Critical, "add commands that the host's root runs at login"), None),
    row("/etc/ld.so.preload", (Critical, "load code into every program of the host"), None),
    row("/etc/ssh", (Critical, "decide who may log in to the host"), Some((High, "read the host's private keys, and pass itself off as the host"))),
    row("/etc/docker", (Critical, "configure the daemon that runs as root"), None),
    row("/etc/kubernetes/*", (Critical, "start pods of its choice on the host"), Some((High, "read the keys of the cluster"))),
    row("/etc/rancher/*", (Critical, "start pods of its choice on the host"), Some((High, "read the keys of the cluster"))),
    row("/root", (Critical, "add a key or a command that the host's root uses at login"), Some((High, "read the keys of the host's root"))),
    row("/root/.ssh/*", (Critical, "log in to the host as root"), Some((High, "read the keys of the host's root"))),
    row("/boot/*", (Critical, "replace the kernel that the host starts next"), Some((Medium, "read the kernel's symbols and what its boot image holds"))),
    row("/proc", (Critical, "have the host's kernel run a program of its choice, through `core_pattern`"), Some((Medium, "see every process of the host and its command line"))),
    row("/proc/1/*", (Critical, "reach the host's files through its first process"), Some((High, "learn of the host's first process what only root may"))),
    row("/proc/sys/*", (Critical, "set the host's kernel parameters"), None),
    row("/proc/sysrq-trigger", (High, "crash or restart the host"), None),
    row("/sys", (Critical, "set what the host's kernel does, its devices and control groups"), None),
    row("/sys/kernel/debug/*", (Critical, "change the kernel through its debugging interfaces"), Some((Medium, "watch the kernel through its debugging interfaces"))),
    row("/sys/kernel/tracing/*", (High, "trace the kernel and what the host's programs do"), Some((Medium, "watch what the kernel traces of the host's programs"))),
    row("/sys/kernel", (Critical, "set what the host's kernel does"), None),
    row("/sys/firmware/*", (High, "change the firmware's variables, after which the host may not start"), None),
    row("/sys/fs/cgroup", (High, "change the limits of every container and service of the host"), None),
    row("/sys/fs/bpf", (High, "replace the programs that the host has loaded into its kernel"), None),
    row("/dev", (Critical, "replace the host's devices, and use those that its device rules allow"), Some((Medium, "use those devices that its device rules allow: read-only does not prevent that"))),
    row("/var", (Critical, "change the files of every container, and the host's scheduled jobs"), Some((High, "read the files of every container, and the host's databases and mail"))),
    row("/var/lib", (Critical, "change the files of every container and service"), Some((High, "read the files of every container and service"))),
    row("/var/lib/docker/containers", (Critical, "change the configuration of every container"), Some((Medium, "read the logs and the environment of every container"))),
    row("/var/lib/docker/volumes", (Critical, "change the data of every container"), Some((High, "read the data of every container"))),
    row("/var/lib/docker", CONTAINERS, THEIR_FILES),
    row("/var/lib/docker/overlay2/*", CONTAINERS, THEIR_FILES),
    row("/var/lib/containerd/*", CONTAINERS, THEIR_FILES),
    row("/var/lib/containers/*", CONTAINERS, THEIR_FILES),
    row("/var/lib/rancher/*", CONTAINERS, THEIR_FILES),
    row("/var/lib/kubelet/*", CONTAINERS, THEIR_FILES),
    row("/var/lib/etcd/*", (Critical, "change everything that the cluster knows"), Some((High, "read every secret of the cluster"))),
    row("/var/spool/cron/*", (Critical, "add jobs that the host runs as root"), None),
    row("/var/log", (Medium, "change or remove the host's logs, its own traces among them"), None),
    row("/lib/modules/*", (Critical, "replace modules that the host loads into its kernel"), None),
    row("/usr", PROGRAMS, None),
    row("/usr/bin/*", PROGRAMS, None),
    row("/usr/sbin/*", PROGRAMS, None),
    row("/usr/lib/*", PROGRAMS, None),
    row("/usr/lib64/*", PROGRAMS, None),
    row("/usr/libexec/*", PROGRAMS, None),
    row("/usr/local", PROGRAMS, None),
    row("/usr/local/bin/*", PROGRAMS, None),
    row("/usr/local/sbin/*", PROGRAMS, None),
    row("/bin/*", PROGRAMS, None),
    row("/sbin/*", PROGRAMS, None),
    row("/lib/*", PROGRAMS, None),
    row("/lib64/*", PROGRAMS, None),
    row("/home", (Critical, "log in to the host as any of its people"), Some((High, "read the keys of all the host's people"))),
    row("~", (High, "add a key or a command that its owner uses at login"), Some((High, "read its owner's keys and tokens"))),
    row("~/.ssh", (High, "log in to the host as its owner"), Some((High, "use its owner's keys to log in elsewhere"))),
    row("~/.aws/*", (High, "have its owner run a program of its choice, and use the keys in it"), CLOUD_KEYS),
    row("~/.kube/*", (High, "have its owner run a program of its choice, and use the keys in it"), CLOUD_KEYS),
    row("~/.docker", (High, "have its owner's Docker client run a program of its choice"), CLOUD_KEYS),
    row("~/.docker/config.json", (High, "have its owner's Docker client run a program of its choice"), CLOUD_KEYS),
    row("~/.azure/*", (High, "use and change the keys and tokens in it"), CLOUD_KEYS),
    row("~/.config/gcloud/*", (High, "use and change the keys and tokens in it"), CLOUD_KEYS),
    row("~/.gnupg/*", (High, "use and change its owner's keys"), CLOUD_KEYS),
    row("~/.bashrc", (High, "add a command that its owner runs at login"), None),
];

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
                && let Some(grant) = judged(container, path, &mount.value)
            {
                findings.report(finding(container, mount, path, &grant));
            }
        }
    }
}

/// What a mount gives to this container.
struct Grant {
    severity: Severity,
    can: &'static str,
    /// Through what.
    through: Through,
    /// Whether nothing would be said of it, were it mounted read-only.
    harmless_read_only: bool,
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

fn judged(container: &Container, path: &str, mount: &Mount) -> Option<Grant> {
    let path = canonical(path)?;
    let find = |path: &str| ROWS.iter().find(|row| fits(row.path, path));
    let of_root = || find(&format!("~{}", path.strip_prefix("/root")?));
    let row = find(&path).or_else(of_root)?;
    // Of options that are not known, what holds either way is said.
    let writable = mount.is_writable();
    let through_processes = !writable && traces_through(container, &path);
    let (severity, can) = if writable {
        row.writable
    } else if through_processes {
        (
            traced(container),
            "change the host's files, through `/proc/1/root`",
        )
    } else {
        row.readable?
    };
    let through = if through_processes {
        Through::Processes
    } else if path.starts_with('~') || path == "/home" {
        Through::Person
    } else if path == "/proc" && !writable {
        // Every user sees what `/proc` shows of processes.
        Through::Everybody
    } else {
        Through::Root
    };
    let other_user = container.root == State::Known(false) && through == Through::Root;
    let weighed = match severity {
        Critical if other_user => High,
        High if other_user => Medium,
        Critical | High | Medium | Severity::Low | Severity::Info => severity,
    };
    Some(Grant {
        severity: weighed,
        can,
        through,
        harmless_read_only: row.readable.is_none(),
    })
}

/// Whether a process of it may look into the host's processes, which the kernel shows it there.
fn traces_through(container: &Container, path: &str) -> bool {
    let holds = container
        .bounding()
        .known()
        .is_some_and(|held| held.contains(Capability::SysPtrace));
    // A mount of `/` takes along what is mounted below it.
    let shows_processes = path == "/" || path == "/proc" || fits("/proc/1/*", path);
    shows_processes && holds && container.root != State::Known(false)
}

/// `docker-default` denies looking into what it does not confine itself, on hosts that have AppArmor.
fn traced(container: &Container) -> Severity {
    match container.apparmor.value() {
        Some(AppArmor::Unconfined) => Critical,
        Some(AppArmor::Default | AppArmor::Profile(_)) | None => High,
    }
}

fn fits(pattern: &str, path: &str) -> bool {
    match pattern.strip_suffix("/*") {
        None => pattern == path,
        Some(folder) => path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    }
}

/// The path without doubled or trailing `/`, `.` and `..`, with `~` for the folder of a person;
/// nothing for a path of the project.
fn canonical(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    if path.starts_with('~') {
        return Some(parts.join("/"));
    }
    if !path.starts_with('/') {
        return None;
    }
    Some(match parts.as_slice() {
        ["home", _, rest @ ..] => ["~"]
            .iter()
            .chain(rest)
            .copied()
            .collect::<Vec<_>>()
            .join("/"),
        all => format!("/{}", all.join("/")),
    })
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
    let mut finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(mount.place(), format!("lets {whose} {}", grant.can)),
        format!("{title} can {access} the host's {shown}"),
    )
    .severity(grant.severity)
    .container(&title, container.anchor)
    .fact(format!("host path {path}"))
    .why(why);
    if grant.harmless_read_only {
        finding = finding.advice("if the program only reads it, mount it read-only instead");
    }
    finding = beside(finding, container, mount, path, grant);
    match mount.origin.written() {
        Some(entry) => finding.remedy(Remedy::unsafe_because(
            "take the path away",
            Change::Remove { entry },
            "what the program does with it fails; mount just the part that it needs",
        )),
        None => finding.advice("change the mount where it is written, for all who share it"),
    }
}

/// Who can do it, and why.
fn why(container: &Container, grant: &Grant) -> (&'static str, &'static str) {
    let sealed = container.no_new_privileges.value() == Some(&true);
    match container.root {
        _ if grant.through == Through::Processes && grant.severity == Critical => (
            "root in it",
            "it holds `SYS_PTRACE` and AppArmor is off, so `root`, `environ` and `mem` of every process of \
             the host are open to it: that the mount is read-only does not hold there",
        ),
        _ if grant.through == Through::Processes => (
            "root in it",
            "it holds `SYS_PTRACE`, so `root`, `environ` and `mem` of every process of the host are open to \
             it, unless the host's AppArmor denies that: that the mount is read-only does not hold there",
        ),
        _ if grant.through == Through::Everybody => (
            "it",
            "the host shows that to each of its users, and command lines tell more than one thinks",
        ),
        _ if grant.through == Through::Person => (
            "it",
            "permissions go by user number, and people on a host often have the one that programs in \
             containers have",
        ),
        State::Known(true) if container.steps_down().is_some() => (
            "root in it",
            "its first process starts as root and steps down; to a mounted file the container's root is \
             the host's unless the daemon remaps users",
        ),
        State::Known(true) => (
            "root in it",
            "its first process is root, and to a mounted file the container's root is the host's \
             unless the daemon remaps users",
        ),
        State::Known(false) if sealed => (
            "root in it",
            "its first process is not root and cannot become it, so it does what the host lets \
             everybody do: for now",
        ),
        State::Known(false) => (
            "root in it",
            "its first process is not root, so that takes a setuid program; by itself it does what \
             the host lets everybody do",
        ),
        State::Unknown { .. } => (
            "root in it",
            "to a mounted file the container's root is the host's unless the daemon remaps users; \
             whether its first process is root is not known here",
        ),
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
            finding = finding.related(added.origin.span(), "and this opens its processes");
        }
    }
    if let Some(around) = same_path(container, mount, path) {
        finding = finding.related(
            around.place(),
            "and this shows the same path, with or without it",
        );
    }
    finding
}

/// Another mount of the container that has this path in it, and lets it do as much there.
fn same_path<'c>(
    container: &'c Container,
    mount: &Entry<Mount>,
    path: &str,
) -> Option<&'c Entry<Mount>> {
    let path = canonical(path)?;
    container.declared.mounts.iter().find(|other| {
        let source = other.value.source.known();
        let around = source.and_then(|source| canonical(source));
        let is_around = around.is_some_and(|around| {
            around != path && (around == "/" || fits(&format!("{around}/*"), &path))
        });
        is_around && (other.value.is_writable() || !mount.value.is_writable())
    })
}
