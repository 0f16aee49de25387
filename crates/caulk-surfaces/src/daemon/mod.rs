//! `daemon.json`: what the engine is told for all of its containers.

use caulk_finding::Change;
use caulk_model::{Daemon, Entry, Fact, Origin, Repository, Seccomp, State};
use caulk_source::{Edit, FileId, SourceFile, Span, Surface, parent_path};
use caulk_syntax::Problem;
use caulk_syntax::json::{self, Value};

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
        if let Some(value) = &self.parsed.value
            && !matches!(value.kind, json::Kind::Object(_))
        {
            problems.push(Problem {
                span: value.span,
                message: "the configuration is an object".to_owned(),
            });
        }
        problems
    }

    fn below(&self, find: FindFrom<'_>, repository: &mut Repository) {
        if let Some(root) = &self.parsed.value {
            let find = |path: &str| find(&self.folder, path);
            repository.add_daemon(Daemon {
                rootless: self.folder.ends_with(".config/docker"),
                ..daemon(root, &find)
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
            Change::RunAs { .. } | Change::Harden { .. } | Change::Filter { .. } => {
                Err(NotOffered("a daemon is no container"))
            }
        }
    }
}

fn profile_path(root: &Value) -> Option<&str> {
    let path = root.get("seccomp-profile")?.as_str()?;
    (!matches!(path, "" | "unconfined" | "builtin")).then_some(path)
}

/// What the file says. `find` gives the file at a path relative to its folder.
fn daemon(root: &Value, find: &dyn Fn(&str) -> State<Option<FileId>>) -> Daemon {
    let flag = |key: &str| {
        let value = root.get(key)?;
        Some(Fact::known(value.as_bool()?, Origin::Written(value.span)))
    };
    let text = |key: &str| {
        let value = root.get(key)?;
        let text = value.as_str()?.to_owned();
        Some(Fact::known(text, Origin::Written(value.span)))
    };
    let texts = |key: &str| entries(root, key);
    Daemon {
        file: root.span.file,
        anchor: Span::new(
            root.span.file,
            root.span.start as usize..root.span.start as usize + 1,
        ),
        rootless: false,
        no_new_privileges: flag("no-new-privileges"),
        userns_remap: text("userns-remap"),
        seccomp: text("seccomp-profile").map(|fact| {
            let origin = fact.origin;
            match fact.state {
                State::Known(path) => profile(path, origin, find),
                State::Unknown { because } => Fact::unknown(because, origin),
            }
        }),
        selinux: flag("selinux-enabled"),
        cgroup_namespace: text("default-cgroupns-mode"),
        ipc: text("default-ipc-mode"),
        icc: flag("icc"),
        userland_proxy: flag("userland-proxy"),
        debug: flag("debug"),
        iptables: flag("iptables"),
        experimental: flag("experimental"),
        hosts: texts("hosts"),
        tls_verify: flag("tlsverify"),
        insecure_registries: texts("insecure-registries"),
        storage_driver: text("storage-driver"),
        log_driver: text("log-driver"),
    }
}

fn entries(root: &Value, key: &str) -> Vec<Entry<String>> {
    let items = root.get(key).map(Value::items).unwrap_or_default();
    let entries = items.iter().filter_map(|item| {
        Some(Entry {
            value: item.as_str()?.to_owned(),
            origin: Origin::Written(item.span),
        })
    });
    entries.collect()
}

fn profile(
    path: String,
    origin: Origin,
    find: &dyn Fn(&str) -> State<Option<FileId>>,
) -> Fact<Seccomp> {
    match path.as_str() {
        "unconfined" => Fact::known(Seccomp::Disabled, origin),
        "" | "builtin" => Fact::known(Seccomp::Default, origin),
        _ => match find(&path) {
            State::Known(file) => Fact::known(Seccomp::Profile { path, file }, origin),
            State::Unknown { because } => Fact::unknown(because, origin),
        },
    }
}
