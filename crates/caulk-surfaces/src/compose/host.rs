//! What a service takes of the host: namespaces, paths, devices, ports, memory and processors.

use caulk_model::{
    Around, Declared, Device, Entry, Fact, Limit, Mount, Namespace, NamespaceKind, Port, Relabel,
    State,
};

use super::service::Context;
use super::tree::Value;
use super::value::{bytes, fact, items, limit, texts, unique};
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
pub(super) fn read(service: &Value<'_>, context: &Context<'_, '_>, declared: &mut Declared) {
    for (key, kind) in NAMESPACES {
        let Some(value) = service.get(key) else {
            continue;
        };
        if let Some(namespace) = fact(&value, |text| Namespace::parse(*kind, &text)) {
            declared.namespaces.insert(*kind, namespace);
        }
        if let Some(word) = value.text() {
            declared.namespace_words.insert(*kind, word);
        }
    }
    declared.volumes = volume::all(service);
    declared.mounts = volume::of_the_host(&declared.volumes, context.volumes);
    let mut volumes = declared.volumes.iter();
    let of_an_engine = volumes.find(|volume| {
        let mount = &volume.value.mount;
        let source = mount.source.known().map(String::as_str);
        Around::is_for_an_engine(source, &mount.target, mount.read_only)
    });
    declared.around.engine_files = of_an_engine.map(|volume| volume.origin.clone());
    for (key, defined) in ["secrets", "configs"].into_iter().zip(context.files) {
        let given = defined.map(|defined| given_files(service, key, defined));
        declared.mounts.extend(given.unwrap_or_default());
    }
    declared.devices = devices(service);
    declared.device_rules = texts(&items(service, "device_cgroup_rules"));
    declared.ports = ports(service);
    limits(service, declared);
}

/// Files of the host that a service gets as secrets or configurations: it may read them.
fn given_files(service: &Value<'_>, key: &str, defined: &Value<'_>) -> Vec<Entry<Mount>> {
    let given = items(service, key).into_iter().filter_map(|item| {
        let source = if item.is_mapping() {
            item.get("source")?
        } else {
            item.clone()
        };
        let name = source.known()?;
        let file = defined.get(name)?.get("file")?;
        let target = item
            .get("target")
            .and_then(|target| target.known().map(str::to_owned));
        let source = match file.text()? {
            State::Known(text) => State::Known(file.path(&text)),
            unknown @ State::Unknown { .. } => unknown,
        };
        Some(Entry {
            value: Mount {
                source,
                place: None,
                target: target.unwrap_or_else(|| match key {
                    "secrets" => format!("/run/secrets/{name}"),
                    _ => format!("/{name}"),
                }),
                read_only: true,
                propagation: None,
                relabel: Relabel::None,
                options_unknown: None,
            },
            origin: item.origin(),
        })
    });
    given.collect()
}

fn limits(service: &Value<'_>, declared: &mut Declared) {
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

fn devices(service: &Value<'_>) -> Vec<Entry<Device>> {
    let devices = unique(items(service, "devices"), |item| {
        let device = self::device(item)?;
        device.host.known().map(|_| device.container)
    });
    let devices = devices.iter().filter_map(|item| {
        Some(Entry {
            value: device(item)?,
            origin: item.origin(),
        })
    });
    devices.collect()
}

fn device(item: &Value<'_>) -> Option<Device> {
    if !item.is_mapping() {
        return Some(match item.text()? {
            State::Known(text) => short_device(&text),
            unknown @ State::Unknown { .. } => Device {
                host: unknown,
                container: String::new(),
                permissions: String::new(),
            },
        });
    }
    let host = item.get("source")?.text()?;
    let word = |key: &str| {
        item.get(key)
            .and_then(|value| value.known().map(str::to_owned))
    };
    Some(Device {
        container: word("target")
            .or_else(|| host.known().cloned())
            .unwrap_or_default(),
        permissions: word("permissions").unwrap_or_else(|| "rwm".to_owned()),
        host,
    })
}

/// `HOST[:CONTAINER[:PERMISSIONS]]`.
fn short_device(text: &str) -> Device {
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
    let ports = unique(items(service, "ports"), |item| {
        let port = port(item)?;
        let address = match port.address.known()?.as_str() {
            "" => "0.0.0.0",
            address => address,
        };
        Some(format!("{address}|{}|{}", port.published, port.target))
    });
    let ports = ports.iter().filter_map(|item| {
        Some(Entry {
            value: port(item)?,
            origin: item.origin(),
        })
    });
    ports.collect()
}

fn port(item: &Value<'_>) -> Option<Port> {
    if !item.is_mapping() {
        return Some(match item.text()? {
            State::Known(text) => short_port(&text),
            State::Unknown { because } => partly_known(item.written()?, &because),
        });
    }
    let word = |key: &str| {
        item.get(key).map_or(State::Known(String::new()), |value| {
            value.text().unwrap_or(State::Known(String::new()))
        })
    };
    let (published, target, protocol) = (word("published"), word("target"), word("protocol"));
    let text = |state: State<String>| match state {
        State::Known(text) => text,
        State::Unknown { .. } => UNKNOWN_PORT.to_owned(),
    };
    let target = match (text(target), text(protocol).as_str()) {
        (target, "" | "tcp") => target,
        (target, protocol) => format!("{target}/{protocol}"),
    };
    Some(Port {
        address: word("host_ip"),
        published: text(published),
        target,
        says_tcp: false,
    })
}

/// What stands for a port that hangs on a variable.
const UNKNOWN_PORT: &str = "?";

/// A port of which some part hangs on a variable: where none of it is the address, that is known.
fn partly_known(written: &str, because: &str) -> Port {
    let mut fields: Vec<&str> = Vec::new();
    let (mut start, mut variables) = (0, 0_usize);
    for (at, byte) in written.bytes().enumerate() {
        match byte {
            b'{' => variables += 1,
            b'}' => variables = variables.saturating_sub(1),
            b':' if variables == 0 => {
                fields.push(caulk_source::cut(written, start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    fields.push(caulk_source::cut_from(written, start));
    let known = |field: &str| {
        if field.contains('$') {
            UNKNOWN_PORT.to_owned()
        } else {
            field.to_owned()
        }
    };
    let target = fields.pop().map(known).unwrap_or_default();
    let published = fields.pop().map(known).unwrap_or_default();
    let address = fields.join(":");
    // A variable in front may hold an address too: `${BIND}80:80`.
    let open = address.contains('$') || (address.is_empty() && published == UNKNOWN_PORT);
    Port {
        address: if open {
            State::unknown(because)
        } else {
            State::Known(address.trim_matches(['[', ']']).to_owned())
        },
        published,
        target,
        says_tcp: false,
    }
}

/// `[[ADDRESS:]PUBLISHED:]TARGET[/PROTOCOL]`; an address may stand in brackets.
fn short_port(whole: &str) -> Port {
    let (rest, target) = whole.rsplit_once(':').unwrap_or(("", whole));
    let (address, published) = rest.rsplit_once(':').unwrap_or(("", rest));
    Port {
        address: State::Known(address.trim_matches(['[', ']']).to_owned()),
        published: published.to_owned(),
        target: target.strip_suffix("/tcp").unwrap_or(target).to_owned(),
        says_tcp: target.ends_with("/tcp"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_in_every_spelling() {
        let everywhere = |text: &str| short_port(text).listens_everywhere();
        assert!(everywhere("80"));
        assert!(everywhere("8080:80/tcp"));
        assert!(everywhere("0.0.0.0:8080:80"));
        assert!(everywhere("[::]:8080:80"));
        assert!(!everywhere("127.0.0.1:8080:80"));
        assert!(!everywhere("[::1]:8080:80"));
        assert_eq!(short_port("127.0.0.1::80").published, "");
    }

    #[test]
    fn an_address_that_hangs_on_nothing_is_known() {
        let everywhere = |text: &str| partly_known(text, "x").address.known().cloned();
        assert_eq!(everywhere("${ADDRESS}:80:80"), None);
        assert_eq!(everywhere("${PORT}:80"), None, "it may hold an address");
        assert_eq!(
            everywhere("127.0.0.1:${PORT}:80").as_deref(),
            Some("127.0.0.1")
        );
    }

    #[test]
    fn devices_in_every_spelling() {
        assert_eq!(short_device("/dev/sda").container, "/dev/sda");
        assert_eq!(short_device("/dev/sda:/dev/x:r").permissions, "r");
    }
}
