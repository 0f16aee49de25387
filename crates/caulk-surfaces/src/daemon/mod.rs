//! `daemon.json`: what the engine is told for all of its containers.

use caulk_finding::Change;
use caulk_model::{Daemon, Entry, FindProfile, Origin, Repository, Setting, State, Ulimit};
use caulk_source::{Edit, FileId, SourceFile, Span, Surface, parent_path};
use caulk_syntax::Problem;
use caulk_syntax::json::{self, Kind, Value};

use crate::declaring::{Declaring, FindFrom};
use crate::{NotOffered, json_edits};

/// Whether a file with this name is one.
pub(crate) fn is_daemon(name: &str) -> bool {
    name == "daemon.json"
}

/// Keys of which the engine knows one in every file that is its own: dockerd's configuration file
/// (moby 28, `daemon/config`). Other programs have a `daemon.json` too.
const KEYS: &[&str] = &[
    "authorization-plugins",
    "bip",
    "bridge",
    "builder",
    "cgroup-parent",
    "containerd",
    "data-root",
    "debug",
    "default-address-pools",
    "default-cgroupns-mode",
    "default-ipc-mode",
    "default-runtime",
    "default-shm-size",
    "default-ulimits",
    "dns",
    "dns-opts",
    "dns-search",
    "exec-opts",
    "experimental",
    "features",
    "fixed-cidr",
    "graph",
    "group",
    "hosts",
    "icc",
    "init",
    "insecure-registries",
    "ip",
    "ip-forward",
    "ip-masq",
    "ip6tables",
    "iptables",
    "ipv6",
    "labels",
    "live-restore",
    "log-driver",
    "log-level",
    "log-opts",
    "max-concurrent-downloads",
    "max-concurrent-uploads",
    "metrics-addr",
    "mtu",
    "network-diagnostic-port",
    "no-new-privileges",
    "node-generic-resources",
    "pidfile",
    "proxies",
    "raw-logs",
    "registry-mirrors",
    "runtimes",
    "seccomp-profile",
    "selinux-enabled",
    "shutdown-timeout",
    "storage-driver",
    "storage-opts",
    "swarm-default-advertise-addr",
    "tls",
    "tlscacert",
    "tlscert",
    "tlskey",
    "tlsverify",
    "userland-proxy",
    "userland-proxy-path",
    "userns-remap",
];

/// The file, read.
#[derive(Debug)]
pub(crate) struct File {
    folder: String,
    parsed: json::Parsed,
}

/// Reads one; nothing where it is another program's.
pub(crate) fn read(id: FileId, file: &SourceFile) -> Option<File> {
    let parsed = json::parse(id, file.text());
    let known = |value: &Value| {
        let mut members = value.members().iter();
        members.any(|member| KEYS.contains(&member.key.value.as_str()))
    };
    let ours = match &parsed.value {
        Some(value) => known(value) || value.members().is_empty() && value.span.range().len() <= 4,
        // What cannot be read at all is the engine's where its folder says so.
        None => file.path().contains("docker"),
    };
    ours.then(|| File {
        folder: parent_path(file.path()).to_owned(),
        parsed,
    })
}

impl Declaring for File {
    fn surface(&self) -> Surface {
        Surface::Daemon
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = self.parsed.problems.clone();
        let Some(value) = &self.parsed.value else {
            return problems;
        };
        if !matches!(value.kind, Kind::Object(_)) {
            problems.push(Problem {
                span: value.span,
                message: "the configuration is an object".to_owned(),
            });
        }
        let (_, refused) = daemon(value, &|_| State::Known(None));
        problems.extend(refused);
        problems
    }

    fn below(&self, find: FindFrom<'_>, repository: &mut Repository) {
        if let Some(root) = &self.parsed.value {
            let find = |path: &str| find(&self.folder, path);
            let (daemon, _) = daemon(root, &find);
            repository.add_daemon(Daemon {
                rootless: self.folder.ends_with(".config/docker"),
                ..daemon
            });
        }
    }

    fn references(&self) -> Vec<(String, String, Surface)> {
        let path = self.parsed.value.as_ref().and_then(profile_path);
        path.map(|path| (self.folder.clone(), path.to_owned(), Surface::Seccomp))
            .into_iter()
            .collect()
    }

    fn edits(&self, source: &SourceFile, change: &Change) -> Result<Vec<Edit>, NotOffered> {
        let root = self.parsed.value.as_ref();
        let root = root.ok_or(NotOffered("the file cannot be read"))?;
        match change {
            Change::Become { entry, value } => json_edits::become_value(root, *entry, value),
            Change::Remove { entry } => json_edits::remove(source, root, *entry),
            Change::Set { key, value, .. } => json_edits::add_member(source, root, key, value),
            Change::RunAs { .. }
            | Change::Harden { .. }
            | Change::ReadOnly { .. }
            | Change::Filter { .. } => Err(NotOffered("a daemon is no container")),
        }
    }
}

fn profile_path(root: &Value) -> Option<&str> {
    let path = root.get("seccomp-profile")?.as_str()?;
    (!matches!(path, "" | "unconfined" | "builtin")).then_some(path)
}

/// What the file says, with what the engine refuses of it. `find` gives the file at a path relative
/// to its folder.
fn daemon(root: &Value, find: FindProfile<'_>) -> (Daemon, Vec<Problem>) {
    let start = root.span.start as usize;
    let anchor = Span::new(root.span.file, start..start + 1);
    let mut daemon = Daemon::new(root.span.file, anchor);
    let mut problems = Vec::new();
    for member in root.members() {
        let key = member.key.value.as_str();
        let value = &member.value;
        if key == "network-diagnostic-port" && value.as_number().is_some_and(|port| port != "0") {
            daemon.network_diagnostics = Some(value.span);
        }
        let Some(setting) = setting(key, value) else {
            continue;
        };
        let origin = Origin::Written(value.span);
        if let Err(message) = daemon.set(key, setting, origin, find) {
            problems.push(Problem {
                span: value.span,
                message,
            });
        }
    }
    (daemon, problems)
}

/// A value as a setting; nothing where it is none, as of `null` (Go leaves the key at its default).
pub fn setting(key: &str, value: &Value) -> Option<Setting> {
    Some(match &value.kind {
        Kind::Bool(on) => Setting::Switch(*on),
        Kind::String(text) => Setting::Text(text.clone()),
        Kind::Array(_) => Setting::Texts(texts(value)),
        Kind::Object(_) if key == "default-ulimits" => Setting::Ulimits(ulimits(value)),
        Kind::Object(_) | Kind::Number(_) | Kind::Null => return None,
    })
}

fn texts(list: &Value) -> Vec<Entry<String>> {
    let entries = list.items().iter().filter_map(|item| {
        Some(Entry {
            value: item.as_str()?.to_owned(),
            origin: Origin::Written(item.span),
        })
    });
    entries.collect()
}

/// `{"nofile": {"Name": "nofile", "Hard": 64000, "Soft": 64000}}`: what is not said of one is 0.
fn ulimits(limits: &Value) -> Vec<Entry<Ulimit>> {
    let number = |limit: &Value, key: &str| {
        let number = limit.get_ignoring_case(key).and_then(Value::as_number);
        State::Known(number.unwrap_or("0").to_owned())
    };
    let limits = limits.members().iter().map(|member| Entry {
        value: Ulimit {
            name: member.key.value.clone(),
            soft: number(&member.value, "Soft"),
            hard: number(&member.value, "Hard"),
        },
        origin: Origin::Written(member.value.span),
    });
    limits.collect()
}
