//! What a service says, in the normal forms of the JSON: as the engine has it once files are
//! merged and variables replaced.

use std::collections::BTreeSet;

use caulk_model::{
    Container, Declared, DeclaredBuild, Device, Entry, Fact, Limit, NamespaceKind, Origin, Port,
    Relabel, State, User, Volume, VolumeKind,
};
use serde_json::{Map, Value, json};

use crate::port;

/// What `container` says of itself: each key that it has, `null` where its value is not known, or
/// is one that a `.env` file gives and that is not to be shown.
pub(crate) fn declared(container: &Container) -> Value {
    let mut writer = Writer { keys: Map::new() };
    writer.all(&container.declared);
    Value::Object(writer.keys)
}

struct Writer {
    keys: Map<String, Value>,
}

impl Writer {
    fn all(&mut self, declared: &Declared) {
        self.fact("image", declared.image.as_ref(), |image| json!(image));
        if let Some(build) = &declared.build {
            self.keys.insert("build".to_owned(), self::build(build));
        }
        self.fact("user", declared.user.as_ref(), |user| {
            json!(User::text(user))
        });
        for (key, flag) in [
            ("privileged", &declared.privileged),
            ("read_only", &declared.read_only),
            ("use_api_socket", &declared.api_socket),
        ] {
            let said = flag.as_ref().filter(|fact| fact.value() != Some(&false));
            self.fact(key, said, |flag| json!(flag));
        }
        self.namespaces(declared);
        self.fact("cgroup_parent", declared.cgroup_parent.as_ref(), |parent| {
            json!(parent)
        });
        let text = |state: &State<String>| json!(state.known());
        self.list("cap_add", &declared.cap_add_words, text);
        self.list("cap_drop", &declared.cap_drop_words, text);
        self.list("security_opt", &declared.security_options, text);
        self.list("group_add", &declared.group_add, text);
        self.list("device_cgroup_rules", &declared.device_rules, text);
        self.list("volumes", &declared.volumes, volume);
        self.list("volumes_from", &declared.volumes_from, text);
        self.list("devices", &declared.devices, device);
        self.list("tmpfs", &declared.tmpfs, text);
        self.list("profiles", &declared.profiles, |profile| json!(profile));
        self.ports(&declared.ports);
        if !declared.sysctls.is_empty() {
            let sysctls = declared.sysctls.iter().map(|entry| {
                let value = shown(&entry.origin, || json!(entry.value.value.known()));
                (entry.value.name.clone(), value)
            });
            let sysctls: Map<String, Value> = sysctls.collect();
            self.keys
                .insert("sysctls".to_owned(), Value::Object(sysctls));
        }
        let limits = limits(declared);
        if !limits.is_empty() {
            self.keys.insert("limits".to_owned(), Value::Object(limits));
        }
    }

    /// A value that is said; an empty text says nothing.
    fn fact<T>(&mut self, key: &str, fact: Option<&Fact<T>>, value: impl FnOnce(&T) -> Value) {
        if let Some(fact) = fact {
            let value = shown(&fact.origin, || fact.value().map_or(Value::Null, value));
            if value.as_str() != Some("") {
                self.keys.insert(key.to_owned(), value);
            }
        }
    }

    fn list<T>(&mut self, key: &str, entries: &[Entry<T>], value: impl Fn(&T) -> Value) {
        if entries.is_empty() {
            return;
        }
        let values = entries
            .iter()
            .map(|entry| shown(&entry.origin, || value(&entry.value)));
        self.keys.insert(key.to_owned(), values.collect());
    }

    fn namespaces(&mut self, declared: &Declared) {
        for (kind, fact) in &declared.namespaces {
            let key = match kind {
                NamespaceKind::Network => "network_mode",
                NamespaceKind::Pid => "pid",
                NamespaceKind::Ipc => "ipc",
                NamespaceKind::Uts => "uts",
                NamespaceKind::User => "userns_mode",
                NamespaceKind::Cgroup => "cgroup",
            };
            let word = declared.namespace_words.get(kind);
            let value = shown(&fact.origin, || json!(word.and_then(State::known)));
            if value.as_str() != Some("") {
                self.keys.insert(key.to_owned(), value);
            }
        }
    }

    /// Every port that the engine makes of the entries, each once.
    fn ports(&mut self, entries: &[Entry<Port>]) {
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut ports: Vec<Value> = Vec::new();
        for entry in entries {
            let is_shown = !entry.origin.is_from_env();
            let expanded = is_shown.then(|| port::expanded(&entry.value)).flatten();
            let Some(mut expanded) = expanded else {
                ports.push(Value::Null);
                continue;
            };
            expanded.retain(|port| seen.insert(port.clone()));
            ports.extend(expanded.into_iter().map(Value::String));
        }
        if !ports.is_empty() {
            self.keys.insert("ports".to_owned(), Value::Array(ports));
        }
    }
}

/// A value, unless it is one that nobody is to be shown.
fn shown(origin: &Origin, value: impl FnOnce() -> Value) -> Value {
    if origin.is_from_env() {
        return Value::Null;
    }
    value()
}

fn limits(declared: &Declared) -> Map<String, Value> {
    let mut keys = Map::new();
    for (key, limit) in [
        ("memory", &declared.memory),
        ("cpus", &declared.cpus),
        ("pids", &declared.pids),
    ] {
        let Some(limit) = limit else {
            continue;
        };
        match limit.value() {
            Some(Limit::None) => {}
            Some(Limit::Of(amount)) => {
                let value = shown(&limit.origin, || number(*amount));
                keys.insert(key.to_owned(), value);
            }
            None => {
                keys.insert(key.to_owned(), Value::Null);
            }
        }
    }
    keys
}

fn build(build: &DeclaredBuild) -> Value {
    let mut keys = Map::new();
    keys.insert("context".to_owned(), json!(build.context.known()));
    if build.inline {
        keys.insert("inline".to_owned(), json!(true));
    } else {
        keys.insert("dockerfile".to_owned(), json!(build.dockerfile.known()));
    }
    if let Some(target) = &build.target {
        keys.insert("target".to_owned(), json!(target.known()));
    }
    Value::Object(keys)
}

/// `bind|/src|/dst|ro|rshared|Z`, without what is not said.
fn volume(volume: &Volume) -> Value {
    let mount = &volume.mount;
    let (Some(source), None) = (mount.source.known(), &mount.options_unknown) else {
        return Value::Null;
    };
    if volume.kind == VolumeKind::Unknown || mount.target.contains('$') {
        return Value::Null;
    }
    let label = match mount.relabel {
        Relabel::None => None,
        Relabel::Shared => Some("z"),
        Relabel::Private => Some("Z"),
    };
    let target = caulk_source::clean_path(&mount.target);
    let fields = [
        Some(volume.kind.name()),
        Some(source),
        Some(&target),
        mount.read_only.then_some("ro"),
        mount.propagation.as_deref(),
        label,
    ];
    let fields: Vec<&str> = fields.into_iter().flatten().collect();
    json!(fields.join("|"))
}

/// `/dev/x|/dev/x|rwm`, with what the engine fills in.
fn device(device: &Device) -> Value {
    let Some(host) = device.host.known() else {
        return Value::Null;
    };
    let or = |text: &str, otherwise: &str| {
        let text = if text.is_empty() { otherwise } else { text };
        text.to_owned()
    };
    let container = or(&device.container, host);
    let permissions = or(&device.permissions, "rwm");
    json!(format!("{host}|{container}|{permissions}"))
}

/// A whole number without a fraction.
fn number(amount: f64) -> Value {
    let whole = format!("{amount:.0}").parse::<u64>();
    match whole {
        Ok(whole) if amount.fract() == 0.0 => json!(whole),
        Ok(_) | Err(_) => json!(amount),
    }
}
