//! What a service says, in the normal forms of the JSON.
//!
//! What the model does not keep whole is left out rather than guessed: `security_opt`, `ports` (the
//! protocol of the long form), volumes that are no path of the host, `tmpfs`, `sysctls`.

use caulk_linux::CapabilityWord;
use caulk_model::{
    Container, Declared, Device, Entry, Fact, Limit, Mount, Namespace, NamespaceKind, Relabel,
    State, User,
};
use serde_json::{Map, Value, json};

/// What `container` says of itself: each key that it has, `null` where its value is not known.
pub(crate) fn declared(container: &Container) -> Value {
    let declared = &container.declared;
    let mut keys = Map::new();
    if let Some(user) = &declared.user {
        let text = user.value().map(User::text);
        keys.insert("user".to_owned(), json!(text));
    }
    for (key, flag) in [
        ("privileged", &declared.privileged),
        ("read_only", &declared.read_only),
        ("use_api_socket", &declared.api_socket),
    ] {
        if let Some(fact) = flag
            && fact.value() != Some(&false)
        {
            keys.insert(key.to_owned(), json!(fact.value()));
        }
    }
    namespaces(declared, &mut keys);
    let word = |entry: &Entry<CapabilityWord>| json!(entry.value.short_name());
    let text = |entry: &Entry<State<String>>| json!(entry.value.known());
    list(&mut keys, "cap_add", &declared.cap_add, word);
    list(&mut keys, "cap_drop", &declared.cap_drop, word);
    list(&mut keys, "group_add", &declared.group_add, text);
    list(
        &mut keys,
        "device_cgroup_rules",
        &declared.device_rules,
        text,
    );
    list(&mut keys, "volumes", &declared.mounts, |entry| {
        mount(&entry.value)
    });
    list(&mut keys, "devices", &declared.devices, |entry| {
        device(&entry.value)
    });
    let limits = limits(declared);
    if !limits.is_empty() {
        keys.insert("limits".to_owned(), Value::Object(limits));
    }
    Value::Object(keys)
}

fn list<T>(
    keys: &mut Map<String, Value>,
    key: &str,
    entries: &[Entry<T>],
    value: impl Fn(&Entry<T>) -> Value,
) {
    if !entries.is_empty() {
        keys.insert(key.to_owned(), entries.iter().map(value).collect());
    }
}

fn namespaces(declared: &Declared, keys: &mut Map<String, Value>) {
    for (kind, fact) in &declared.namespaces {
        let key = match kind {
            NamespaceKind::Network => "network_mode",
            NamespaceKind::Pid => "pid",
            NamespaceKind::Ipc => "ipc",
            NamespaceKind::Uts => "uts",
            NamespaceKind::User => "userns_mode",
            NamespaceKind::Cgroup => "cgroup",
        };
        let value = match &fact.state {
            State::Known(Namespace::Host) => json!("host"),
            State::Known(Namespace::Nothing) => json!("none"),
            State::Known(Namespace::Joined { whose }) => json!(whose),
            // The model does not keep by which of its names the own one is called.
            State::Known(Namespace::Own) => continue,
            State::Unknown { .. } => Value::Null,
        };
        keys.insert(key.to_owned(), value);
    }
}

/// `bind|/src|/dst|ro|rshared|Z`, without what is not said.
fn mount(mount: &Mount) -> Value {
    let (Some(source), None) = (mount.source.known(), &mount.options_unknown) else {
        return Value::Null;
    };
    let label = match mount.relabel {
        Relabel::None => None,
        Relabel::Shared => Some("z"),
        Relabel::Private => Some("Z"),
    };
    // The engine cleans the path.
    let target = match mount.target.trim_end_matches('/') {
        "" => mount.target.as_str(),
        target => target,
    };
    let pipe = source.starts_with(r"\\.\pipe") || source.starts_with("//./pipe");
    let fields = [
        Some(if pipe { "npipe" } else { "bind" }),
        Some(source),
        Some(target),
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

fn limits(declared: &Declared) -> Map<String, Value> {
    let mut keys = Map::new();
    for (key, limit) in [
        ("memory", &declared.memory),
        ("cpus", &declared.cpus),
        ("pids", &declared.pids),
    ] {
        match limit.as_ref().map(Fact::value) {
            Some(Some(Limit::Of(amount))) => keys.insert(key.to_owned(), number(*amount)),
            Some(None) => keys.insert(key.to_owned(), Value::Null),
            Some(Some(Limit::None)) | None => None,
        };
    }
    keys
}

/// A whole number without a fraction.
fn number(amount: f64) -> Value {
    let whole = format!("{amount:.0}").parse::<u64>();
    match whole {
        Ok(whole) if amount.fract() == 0.0 => json!(whole),
        Ok(_) | Err(_) => json!(amount),
    }
}
