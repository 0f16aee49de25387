//! Paths of the host, and what each gives to who can write it and to who can only read it.

use caulk_finding::Severity::{self, Critical, High, Medium};
use caulk_source::clean_path;

/// A path, and what it gives. `~` stands for the folder of a person, and `/*` at the end means that
/// what lies below gives the same.
pub(crate) struct Row {
    path: &'static str,
    /// To who can write it: how bad that is, and what one can do.
    pub(crate) writable: (Severity, &'static str),
    /// To who can only read it; nothing where that is nothing.
    pub(crate) readable: Option<(Severity, &'static str)>,
}

const fn of(
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

const PROGRAMS: (Severity, &str) = (Critical, "replace programs that the host's root runs");
const CONTAINERS: (Severity, &str) = (Critical, "change the files of every container and image");
const THEIR_FILES: Option<(Severity, &str)> = Some((
    High,
    "read the files and the environment of every container",
));
const CLOUD_KEYS: Option<(Severity, &str)> = Some((Medium, "use the keys and tokens there"));

/// The first that fits decides: the longer before the shorter.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    of("/", (Critical, "change every file of the host"), Some((High, "read every file of the host, keys and password hashes among them"))),
    of("/etc", (Critical, "add accounts, services and scheduled jobs to the host"), Some((High, "read the host's password hashes and private keys"))),
    of("/etc/shadow", (Critical, "set the password of the host's root"), Some((High, "read the host's password hashes"))),
    of("/etc/gshadow", (Critical, "put accounts into the host's groups"), Some((High, "read the host's password hashes"))),
    of("/etc/passwd", (Critical, "add an account with root's number to the host"), None),
    of("/etc/group", (Critical, "put accounts into the host's groups"), None),
    of("/etc/sudoers", (Critical, "let any account of the host become root"), None),
    of("/etc/sudoers.d/*", (Critical, "let any account of the host become root"), None),
    of("/etc/pam.d/*", (Critical, "decide who may log in to the host"), None),
    of("/etc/crontab", (Critical, "add jobs that the host runs as root"), None),
    of("/etc/cron.d/*", (Critical, "add jobs that the host runs as root"), None),
    of("/etc/cron.daily/*", (Critical, "add jobs that the host runs as root"), None),
    of("/etc/cron.hourly/*", (Critical, "add jobs that the host runs as root"), None),
    of("/etc/init.d/*", (Critical, "add services that the host starts as root"), None),
    of("/etc/systemd/*", (Critical, "add services that the host starts as root"), None),
    of("/etc/profile.d/*", (Critical, "add commands that the host's root runs at login"), None),
    of("/etc/ld.so.preload", (Critical, "load code into every program of the host"), None),
    of("/etc/ssh", (Critical, "decide who may log in to the host"), Some((High, "read the host's private keys, and pass itself off as the host"))),
    of("/etc/docker", (Critical, "configure the daemon that runs as root"), None),
    of("/etc/kubernetes/*", (Critical, "start pods of its choice on the host"), Some((High, "read the keys of the cluster"))),
    of("/etc/rancher/*", (Critical, "start pods of its choice on the host"), Some((High, "read the keys of the cluster"))),
    of("/root", (Critical, "add a key or a command that the host's root uses at login"), Some((High, "read the keys of the host's root"))),
    of("/root/.ssh/*", (Critical, "log in to the host as root"), Some((High, "read the keys of the host's root"))),
    of("/boot/*", (Critical, "replace the kernel that the host starts next"), Some((Medium, "read the kernel's symbols and what its boot image holds"))),
    of("/proc", (Critical, "have the host's kernel run a program of its choice, through `core_pattern`"), Some((Medium, "see every process of the host and its command line"))),
    of("/proc/1/*", (Critical, "reach the host's files through its first process"), Some((High, "learn of the host's first process what only root may"))),
    of("/proc/sys/*", (Critical, "set the host's kernel parameters"), None),
    of("/proc/sysrq-trigger", (High, "crash or restart the host"), None),
    of("/sys", (Critical, "set what the host's kernel does, its devices and control groups"), None),
    of("/sys/kernel/debug/*", (Critical, "change the kernel through its debugging interfaces"), Some((Medium, "watch the kernel through its debugging interfaces"))),
    of("/sys/kernel/tracing/*", (High, "trace the kernel and what the host's programs do"), Some((Medium, "watch what the kernel traces of the host's programs"))),
    of("/sys/kernel", (Critical, "set what the host's kernel does"), None),
    of("/sys/firmware/*", (High, "change the firmware's variables, after which the host may not start"), None),
    of("/sys/fs/cgroup", (High, "change the limits of every container and service of the host"), None),
    of("/sys/fs/bpf", (High, "replace the programs that the host has loaded into its kernel"), None),
    of("/dev", (Critical, "replace the host's devices, and use those that its device rules allow"), Some((Medium, "use those devices that its device rules allow, which read-only does not prevent"))),
    of("/var", (Critical, "change the files of every container, and the host's scheduled jobs"), Some((High, "read the files of every container, and the host's databases and mail"))),
    of("/var/lib", (Critical, "change the files of every container and service"), Some((High, "read the files of every container and service"))),
    of("/var/lib/docker/containers", (Critical, "change the configuration of every container"), Some((Medium, "read the logs and the environment of every container"))),
    of("/var/lib/docker/volumes", (Critical, "change the data of every container"), Some((High, "read the data of every container"))),
    of("/var/lib/docker", CONTAINERS, THEIR_FILES),
    of("/var/lib/docker/overlay2/*", CONTAINERS, THEIR_FILES),
    of("/var/lib/containerd/*", CONTAINERS, THEIR_FILES),
    of("/var/lib/containers/*", CONTAINERS, THEIR_FILES),
    of("/var/lib/rancher/*", CONTAINERS, THEIR_FILES),
    of("/var/lib/kubelet/*", CONTAINERS, THEIR_FILES),
    of("/var/lib/etcd/*", (Critical, "change everything that the cluster knows"), Some((High, "read every secret of the cluster"))),
    of("/var/spool/cron/*", (Critical, "add jobs that the host runs as root"), None),
    of("/var/log", (Medium, "change or remove the host's logs, its own traces among them"), None),
    of("/lib/modules/*", (Critical, "replace modules that the host loads into its kernel"), None),
    of("/usr", PROGRAMS, None),
    of("/usr/src/*", (High, "change the sources of the kernel modules that the host builds as root"), None),
    of("/usr/bin/*", PROGRAMS, None),
    of("/usr/sbin/*", PROGRAMS, None),
    of("/usr/lib/*", PROGRAMS, None),
    of("/usr/lib64/*", PROGRAMS, None),
    of("/usr/libexec/*", PROGRAMS, None),
    of("/usr/local", PROGRAMS, None),
    of("/usr/local/bin/*", PROGRAMS, None),
    of("/usr/local/sbin/*", PROGRAMS, None),
    of("/bin/*", PROGRAMS, None),
    of("/sbin/*", PROGRAMS, None),
    of("/lib/*", PROGRAMS, None),
    of("/lib64/*", PROGRAMS, None),
    of("/home", (Critical, "log in to the host as any of its people"), Some((High, "read the keys of all the host's people"))),
    of("~", (High, "add a key or a command that the owner uses at login"), Some((High, "read the owner's keys and tokens"))),
    of("~/.ssh", (High, "log in to the host as its owner"), Some((High, "use the owner's keys to log in elsewhere"))),
    of("~/.aws/*", (High, "have the owner run a program of its choice, and use the keys there"), CLOUD_KEYS),
    of("~/.kube/*", (High, "have the owner run a program of its choice, and use the keys there"), CLOUD_KEYS),
    of("~/.docker", (High, "have the owner's Docker client run a program of its choice"), CLOUD_KEYS),
    of("~/.docker/config.json", (High, "have the owner's Docker client run a program of its choice"), CLOUD_KEYS),
    of("~/.azure/*", (High, "use and change the keys and tokens there"), CLOUD_KEYS),
    of("~/.config/gcloud/*", (High, "use and change the keys and tokens there"), CLOUD_KEYS),
    of("~/.gnupg/*", (High, "use and change the owner's keys"), CLOUD_KEYS),
    of("~/.bashrc", (High, "add a command that the owner runs at login"), None),
];

/// What a path gives, if it is one of the table.
pub(crate) fn row(path: &str) -> Option<&'static Row> {
    let find = |path: &str| ROWS.iter().find(|row| fits(row.path, path));
    // Root is a person too.
    find(path).or_else(|| find(&format!("~{}", path.strip_prefix("/root")?)))
}

/// Whether a path is that of the pattern, or below it where it ends with `/*`.
pub(crate) fn fits(pattern: &str, path: &str) -> bool {
    match pattern.strip_suffix("/*") {
        None => pattern == path,
        Some(folder) => path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    }
}

/// Whether a path lies below another one.
pub(crate) fn is_inside(path: &str, around: &str) -> bool {
    around != path && (around == "/" || fits(&format!("{around}/*"), path))
}

/// The path without doubled or trailing `/`, `.` and `..`, with `~` for the folder of a person;
/// nothing for a path of the project.
pub(crate) fn canonical(path: &str) -> Option<String> {
    let clean = clean_path(path);
    if path.starts_with('~') {
        return Some(clean);
    }
    let parts: Vec<&str> = clean.strip_prefix('/')?.split('/').collect();
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
