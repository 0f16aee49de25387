//! What a service takes of the host: namespaces, paths, devices, ports, memory and processors.

use std::collections::BTreeMap;

use caulk_model::{
    Declared, Device, Entry, Fact, Limit, Mount, Namespace, NamespaceKind, Port, Relabel, State,
};
use caulk_syntax::yaml::Value;

use super::interpolate::interpolate;
use super::value::{bytes, fact, flag, items, limit, origin, text, words};
use super::volume;

/// The key that names each namespace.
const NAMESPACES: &[(&str, NamespaceKind)] = &[
    ("network_mode", NamespaceKind::Network),
    ("pid", NamespaceKind::Pid),
    ("ipc", NamespaceKind::Ipc),
    ("uts", NamespaceKind::Uts),
    ("userns_mode", NamespaceKind::User),
    ("cgroup", NamespaceKind::Cgroup),
];

/// Reads all of it.
pub(super) fn read(service: &Value<'_>, declared: &mut Declared) {
    declared.namespaces = namespaces(service);
    declared.mounts = mounts(service);
    declared.devices = devices(service);
    declared.device_rules = words(service, "device_cgroup_rules");
    declared.ports = ports(service);
    let number = |text: &str| text.parse::<f64>().ok();
    // Microseconds of processor time in a period, which is a tenth of a second unless it is written.
    let quota = |text: &str| number(text).map(|quota| quota / 100_000.0);
    let deployed = |key: &str| {
        let limits = service.get("deploy")?.get("resources")?.get("limits")?;
        limits.get(key)
    };
    let own = |key: &str| service.get(key);
    declared.memory = strictest([
        own("mem_limit").and_then(|value| limit(&value, bytes)),
        deployed("memory").and_then(|value| limit(&value, bytes)),
    ]);
    declared.cpus = strictest([
        own("cpus").and_then(|value| limit(&value, number)),
        own("cpu_quota").and_then(|value| limit(&value, quota)),
        deployed("cpus").and_then(|value| limit(&value, number)),
    ]);
    declared.pids = strictest([
        own("pids_limit").and_then(|value| limit(&value, number)),
        deployed("pids").and_then(|value| limit(&value, number)),
    ]);
}

/// The first that limits anything, or that cannot be known; else the first. Compose applies both
/// spellings of a limit and refuses two that differ.
fn strictest<const N: usize>(limits: [Option<Fact<Limit>>; N]) -> Option<Fact<Limit>> {
    let mut limits: Vec<Fact<Limit>> = limits.into_iter().flatten().collect();
    let at = limits
        .iter()
        .position(|limit| limit.value() != Some(&Limit::None))
        .unwrap_or(0);
    (at < limits.len()).then(|| limits.swap_remove(at))
}

fn namespaces(service: &Value<'_>) -> BTreeMap<NamespaceKind, Fact<Namespace>> {
    let named = NAMESPACES.iter().filter_map(|(key, kind)| {
        let value = service.get(key)?;
        Some((*kind, fact(&value, |text| Namespace::parse(&text))?))
    });
    named.collect()
}

fn mounts(service: &Value<'_>) -> Vec<Entry<Mount>> {
    let mounts = items(service, "volumes").into_iter().filter_map(|item| {
        let value = if item.is_mapping() {
            long_mount(&item)?
        } else {
            volume::host_path(item.as_str()?)?
        };
        Some(Entry {
            value,
            origin: origin(&item),
        })
    });
    mounts.collect()
}

fn long_mount(item: &Value<'_>) -> Option<Mount> {
    let kind = item.get("type")?;
    if !matches!(kind.as_str(), Some("bind" | "npipe")) {
        return None;
    }
    let source = item.get("source").or_else(|| item.get("src"))?;
    let read = |key: &str| text(&item.get("bind")?.get(key)?);
    let read_only = item.get("read_only").and_then(|value| flag(&value));
    let (propagation, label) = (read("propagation"), read("selinux"));
    let because = |state: &State<String>| match state {
        State::Known(_) => None,
        State::Unknown { because } => Some(because.clone()),
    };
    let options_unknown = match read_only.as_ref().map(|fact| &fact.state) {
        Some(State::Unknown { because }) => Some(because.clone()),
        Some(State::Known(_)) | None => [&propagation, &label]
            .into_iter()
            .flatten()
            .find_map(because),
    };
    Some(Mount {
        source: volume::path(source.as_str()?),
        place: source.is_own().then(|| source.span()),
        target: item
            .get("target")
            .and_then(|target| target.as_str())
            .unwrap_or_default()
            .to_owned(),
        read_only: read_only.and_then(|fact| fact.value().copied()) == Some(true),
        propagation: propagation.and_then(|state| state.known().cloned()),
        relabel: match label
            .as_ref()
            .and_then(|state| state.known())
            .map(String::as_str)
        {
            Some("z") => Relabel::Shared,
            Some("Z") => Relabel::Private,
            Some(_) | None => Relabel::None,
        },
        options_unknown,
    })
}

fn devices(service: &Value<'_>) -> Vec<Entry<Device>> {
    let devices = items(service, "devices").into_iter().filter_map(|item| {
        let value = if item.is_mapping() {
            let word = |key: &str| {
                item.get(key)
                    .and_then(|value| value.as_str())
                    .unwrap_or_default()
            };
            Device {
                host: text(&item.get("source")?)?,
                container: word("target").to_owned(),
                permissions: word("permissions").to_owned(),
            }
        } else {
            device(item.as_str()?)
        };
        Some(Entry {
            value,
            origin: origin(&item),
        })
    });
    devices.collect()
}

/// `HOST[:CONTAINER[:PERMISSIONS]]`.
fn device(text: &str) -> Device {
    let State::Known(text) = interpolate(text) else {
        return Device {
            host: interpolate(text),
            container: String::new(),
            permissions: String::new(),
        };
    };
    let mut fields = text.split(':');
    let host = fields.next().unwrap_or_default().to_owned();
    let container = fields.next().unwrap_or(&host).to_owned();
    let permissions = fields.next().unwrap_or("rwm").to_owned();
    Device {
        host: State::Known(host),
        container,
        permissions,
    }
}

fn ports(service: &Value<'_>) -> Vec<Entry<Port>> {
    let ports = items(service, "ports").into_iter().filter_map(|item| {
        let value = if item.is_mapping() {
            let word = |key: &str| {
                item.get(key)
                    .and_then(|value| value.as_str())
                    .unwrap_or_default()
            };
            Port {
                address: interpolate(word("host_ip")),
                published: word("published").to_owned(),
                target: word("target").to_owned(),
            }
        } else {
            port(item.as_str()?)
        };
        Some(Entry {
            value,
            origin: origin(&item),
        })
    });
    ports.collect()
}

/// `[[ADDRESS:]PUBLISHED:]TARGET[/PROTOCOL]`; an address may stand in brackets.
fn port(text: &str) -> Port {
    let State::Known(whole) = interpolate(text) else {
        return Port {
            address: interpolate(text),
            published: String::new(),
            target: String::new(),
        };
    };
    let (rest, target) = whole.rsplit_once(':').unwrap_or(("", &whole));
    let (address, published) = rest.rsplit_once(':').unwrap_or(("", rest));
    Port {
        address: State::Known(address.trim_matches(['[', ']']).to_owned()),
        published: published.to_owned(),
        target: target.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_in_every_spelling() {
        let everywhere = |text: &str| port(text).listens_everywhere();
        assert!(everywhere("80"));
        assert!(everywhere("8080:80/tcp"));
        assert!(everywhere("0.0.0.0:8080:80"));
        assert!(everywhere("[::]:8080:80"));
        assert!(!everywhere("127.0.0.1:8080:80"));
        assert!(!everywhere("[::1]:8080:80"));
        assert!(!everywhere("${ADDRESS}:80:80"), "not known");
        assert_eq!(port("127.0.0.1::80").published, "");
    }

    #[test]
    fn devices_in_every_spelling() {
        assert_eq!(device("/dev/sda").container, "/dev/sda");
        assert_eq!(device("/dev/sda:/dev/x:r").permissions, "r");
        assert!(device("${DEVICE}").host.known().is_none());
    }
}
