//! Flags as the model knows them.

use caulk_linux::CapabilityWord;
use caulk_model::{
    Around, Declared, Device, Engine, Entry, Fact, Limit, Mount, Namespace, NamespaceKind, Origin,
    Port, Pulling, State, Step, StepKind, Sysctl, Ulimit, User, Variable,
};
use caulk_source::{FileId, Span};

use super::grammar::Given;
use super::run::{Client, Run};
use super::text::{Argument, Text};
use super::{check, csv, size, values};
use crate::compose::security;

/// Gives the file at a path as the line names it, and nothing where there is none.
pub type Find<'a> = &'a dyn Fn(&str) -> State<Option<FileId>>;

/// What a line declares of its container. `find` gives the file at a path relative to the folder
/// in which the line runs.
pub fn declared(run: &Run, find: Find<'_>) -> Declared {
    let mut declared = Declared {
        user: fact(run.last("user"), |user| Some(User::new(user))),
        privileged: flag(run, "privileged"),
        read_only: flag(run, "read-only"),
        api_socket: flag(run, "use-api-socket"),
        removed: flag(run, "rm").is_some_and(|fact| fact.value() == Some(&true)),
        container_name: run
            .last("name")
            .and_then(|given| Some(given.value.value()?.to_owned())),
        group_add: texts(run, "group-add"),
        device_rules: texts(run, "device-cgroup-rule"),
        memory: limit(run.last("memory"), bytes),
        cpus: limit(run.last("cpus"), processors)
            .or_else(|| limit(run.last("cpu-quota"), |text| quota(run, text))),
        pids: limit(run.last("pids-limit"), count),
        engine: match run.client {
            Client::Podman => Engine::Podman,
            Client::Docker | Client::Nerdctl => Engine::Docker,
        },
        ..Declared::default()
    };
    capabilities(run, &mut declared);
    namespaces(run, &mut declared);
    settings(run, &mut declared);
    declared.mounts = mounts(run);
    declared.around.engine_files = engine_files(run).map(origin);
    declared.devices = devices(run);
    declared.ports = ports(run);
    for given in run.all("security-opt") {
        security::option(
            &given.value.state(),
            given.value.written(),
            origin(given),
            &mut declared,
            find,
        );
    }
    if let Some(unsure) = &run.line.unsure {
        leave_open(
            &mut declared,
            &unsure.because,
            &Origin::Written(unsure.span),
        );
    }
    declared
}

fn namespaces(run: &Run, declared: &mut Declared) {
    for (name, kind) in NAMESPACES {
        // With several networks, the first is the one whose mode counts.
        let given = if *kind == NamespaceKind::Network {
            run.all(name).next()
        } else {
            run.last(name)
        };
        if let Some(namespace) = namespace(run.client, *kind, given) {
            declared.namespaces.insert(*kind, namespace);
            let word = given.map(|given| given.value.state());
            declared
                .namespace_words
                .extend(word.map(|word| (*kind, word)));
        }
    }
}

/// The container's own command; what is not known of it is an empty word. `words` are all behind `run`.
pub fn command(run: &Run, words: &[Argument]) -> Vec<Entry<String>> {
    let own = words.get(run.command..).unwrap_or_default();
    let words = own.iter().map(|word| Entry {
        value: word.text.value().unwrap_or_default().to_owned(),
        origin: written(word.span, word.shared),
    });
    words.collect()
}

const NAMESPACES: &[(&str, NamespaceKind)] = &[
    ("network", NamespaceKind::Network),
    ("pid", NamespaceKind::Pid),
    ("ipc", NamespaceKind::Ipc),
    ("uts", NamespaceKind::Uts),
    ("userns", NamespaceKind::User),
    ("cgroupns", NamespaceKind::Cgroup),
];

/// A flag out of a variable is not edited: others use the variable too.
fn origin(given: &Given<'_>) -> Origin {
    written(given.span, given.shared)
}

fn written(span: Span, shared: bool) -> Origin {
    if !shared {
        return Origin::Written(span);
    }
    Origin::Inherited {
        from: span,
        steps: vec![Step {
            kind: StepKind::Variable,
            span,
        }],
    }
}

/// A fact out of a flag's value; nothing where the value says nothing.
fn fact<T>(given: Option<&Given<'_>>, make: impl FnOnce(&str) -> Option<T>) -> Option<Fact<T>> {
    let given = given?;
    match given.value.state() {
        State::Known(text) => Some(Fact::known(make(&text)?, origin(given))),
        State::Unknown { because } => Some(Fact::unknown(because, origin(given))),
    }
}

fn flag(run: &Run, name: &str) -> Option<Fact<bool>> {
    fact(run.last(name), |text| check::boolean(text).ok())
}

/// What else a line says of its container.
fn settings(run: &Run, declared: &mut Declared) {
    declared.entrypoint = fact(run.last("entrypoint"), |program| {
        Some(vec![program.to_owned()])
    });
    declared.init = flag(run, "init");
    let pull = run.last("pull");
    if pull.is_some_and(|given| given.value.value() == Some("never")) {
        declared.around.pulling = Pulling::Never;
    }
    declared.cgroup_parent = fact(run.last("cgroup-parent"), |text| Some(text.to_owned()));
    declared.logging = fact(run.last("log-driver"), |text| Some(text.to_owned()));
    declared.volumes_from = texts(run, "volumes-from");
    declared.tmpfs = texts(run, "tmpfs");
    declared.security_options = texts(run, "security-opt");
    declared.cap_add_words = texts(run, "cap-add");
    declared.cap_drop_words = texts(run, "cap-drop");
    declared.sysctls = pairs(run, "sysctl", |name, value| Sysctl { name, value });
    declared.ulimits = pairs(run, "ulimit", |name, value| ulimit(name, &value));
    declared.environment = run
        .all("env")
        .map(|given| Entry {
            value: variable(&given.value),
            origin: origin(given),
        })
        .collect();
}

/// `NAME=VALUE`, or `NAME` alone: then its value is that of whoever starts the line.
fn variable(text: &Text) -> Variable {
    match text.split_once('=') {
        Some((name, value)) => Variable {
            name: name.written().to_owned(),
            value: Some(value.state()),
            in_file: None,
        },
        None => Variable {
            name: text.written().to_owned(),
            value: None,
            in_file: None,
        },
    }
}

/// The values of a list, each as the engine is told.
fn texts(run: &Run, name: &str) -> Vec<Entry<State<String>>> {
    let mut texts = Vec::new();
    for given in run.all(name) {
        texts.extend(items(given).iter().map(|item| Entry {
            value: item.state(),
            origin: origin(given),
        }));
    }
    texts
}

/// The values of a list of `NAME=VALUE`.
fn pairs<T>(run: &Run, name: &str, make: impl Fn(String, State<String>) -> T) -> Vec<Entry<T>> {
    let mut pairs = Vec::new();
    for given in run.all(name) {
        for item in items(given) {
            if let Some((key, value)) = item.split_once('=') {
                pairs.push(Entry {
                    value: make(key.written().to_owned(), value.state()),
                    origin: origin(given),
                });
            }
        }
    }
    pairs
}

/// `SOFT[:HARD]`; one number is both.
fn ulimit(name: String, value: &State<String>) -> Ulimit {
    let part = |hard: bool| {
        value.clone().map(|text| match text.split_once(':') {
            Some((_, after)) if hard => after.to_owned(),
            Some((before, _)) => before.to_owned(),
            None => text,
        })
    };
    Ulimit {
        name,
        soft: part(false),
        hard: part(true),
    }
}

/// The values of a list; with commas between them where the client splits there.
fn items(given: &Given<'_>) -> Vec<Text> {
    if given.flag.kind == super::Kind::CommaList {
        csv::fields(&given.value).unwrap_or_default()
    } else {
        vec![given.value.clone()]
    }
}

fn entries<T>(run: &Run, name: &str, make: impl Fn(&str) -> Option<T>) -> Vec<Entry<T>> {
    let mut entries = Vec::new();
    for given in run.all(name) {
        for item in items(given) {
            entries.extend(item.value().and_then(&make).map(|value| Entry {
                value,
                origin: origin(given),
            }));
        }
    }
    entries
}

fn capabilities(run: &Run, declared: &mut Declared) {
    let known = |text: &str| text.parse::<CapabilityWord>().ok();
    declared.cap_add = entries(run, "cap-add", known);
    declared.cap_drop = entries(run, "cap-drop", known);
    for name in ["cap-add", "cap-drop"] {
        let refused = entries(run, name, |text| text.parse::<CapabilityWord>().err());
        declared.unknown_capabilities.extend(refused);
        for given in run.all(name) {
            for item in items(given) {
                if let State::Unknown { because } = item.state() {
                    let origin = origin(given);
                    let unknown = Entry {
                        value: because,
                        origin,
                    };
                    declared.capabilities_unknown.get_or_insert(unknown);
                }
            }
        }
    }
}

/// 0 and less are no limit.
fn limit(
    given: Option<&Given<'_>>,
    amount: impl FnOnce(&str) -> Option<f64>,
) -> Option<Fact<Limit>> {
    fact(given, |text| {
        Some(match amount(text) {
            Some(amount) if amount > 0.0 => Limit::Of(amount),
            Some(_) | None => Limit::None,
        })
    })
}

#[expect(
    clippy::cast_precision_loss,
    reason = "past 2^53 a limit is none that counts"
)]
fn bytes(text: &str) -> Option<f64> {
    Some(size::bytes(text).ok()? as f64)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "past 2^53 a limit is none that counts"
)]
fn processors(text: &str) -> Option<f64> {
    Some(size::nano_cpus(text).ok()? as f64 / 1e9)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "past 2^53 a limit is none that counts"
)]
fn count(text: &str) -> Option<f64> {
    Some(check::integer(text).ok()? as f64)
}

/// Microseconds of processor time in a period: a tenth of a second where none is given.
fn quota(run: &Run, text: &str) -> Option<f64> {
    let period = run
        .last("cpu-period")
        .and_then(|given| count(given.value.value()?));
    let period = period.filter(|period| *period > 0.0).unwrap_or(100_000.0);
    Some(count(text)? / period)
}

fn namespace(
    client: Client,
    kind: NamespaceKind,
    given: Option<&Given<'_>>,
) -> Option<Fact<Namespace>> {
    let given = given?;
    let named = if kind == NamespaceKind::Network {
        values::network(&given.value).ok()?
    } else {
        given.value.clone()
    };
    let read = |text: &str| match (client, text) {
        // podman's own: the namespace at a path of the host.
        (Client::Podman, text) if text.starts_with("ns:") => Namespace::Joined {
            whose: text.to_owned(),
        },
        (_, text) => Namespace::parse(kind, text),
    };
    Some(match named.state() {
        State::Known(text) => Fact::known(read(&text), origin(given)),
        // `container:$NAME` is another container's, whichever it is.
        State::Unknown { .. } if named.beginning().starts_with("container:") => {
            Fact::known(read(named.written()), origin(given))
        }
        State::Unknown { because } => Fact::unknown(because, origin(given)),
    })
}

fn mounts(run: &Run) -> Vec<Entry<Mount>> {
    let mut mounts = Vec::new();
    for given in &run.line.given {
        let mount = match given.flag.meaning() {
            "volume" => values::volume(&given.value)
                .ok()
                .and_then(|volume| volume.bind()),
            "mount" => values::mount(&given.value)
                .ok()
                .and_then(|mount| values::bind(&mount)),
            _ => None,
        };
        mounts.extend(mount.map(|value| Entry {
            value,
            origin: origin(given),
        }));
    }
    mounts
}

/// What mounts a volume where an engine has its files.
fn engine_files(run: &Run) -> Option<&Given<'_>> {
    run.line.given.iter().find(|given| {
        let (source, target, read_only) = match given.flag.meaning() {
            "volume" => match values::volume(&given.value) {
                Ok(volume) => {
                    let mut options = volume.options.iter();
                    let read_only = options.any(|option| option.value() == Some("ro"));
                    (volume.source, volume.target, read_only)
                }
                Err(_) => return false,
            },
            "mount" => match values::mount(&given.value) {
                Ok(mount) => (Some(mount.source), mount.target, mount.read_only),
                Err(_) => return false,
            },
            _ => return false,
        };
        let source = source.as_ref().and_then(Text::value);
        Around::is_for_an_engine(source, target.written(), read_only)
    })
}

fn devices(run: &Run) -> Vec<Entry<Device>> {
    let mut devices = Vec::new();
    for given in run.all("device") {
        for item in items(given) {
            if let Ok(values::DevicePath::Host(value)) = values::device(&item) {
                devices.push(Entry {
                    value,
                    origin: origin(given),
                });
            }
        }
    }
    devices
}

fn ports(run: &Run) -> Vec<Entry<Port>> {
    let mut ports = Vec::new();
    for given in run.all("publish") {
        for item in items(given) {
            if run.client == Client::Podman && has_an_empty_address(&item) {
                continue;
            }
            ports.extend(port(&item).map(|value| Entry {
                value,
                origin: origin(given),
            }));
        }
    }
    ports
}

/// Three fields, and the first is empty. Podman refuses that, where Docker takes it for every address
/// (containers/podman `pkg/specgenutil/util.go`, `parseSplitPort`).
pub(crate) fn has_an_empty_address(item: &Text) -> bool {
    item.beginning().starts_with(':') && item.split(':').len() == 3
}

/// A port as it is written: a range is one, and a protocol stays with the port in the container.
fn port(item: &Text) -> Option<Port> {
    let published = values::ports(item).ok()?.into_iter().next()?;
    let mut first = published.port;
    if published.protocol != "tcp" {
        first.target = format!("{}/{}", first.target, published.protocol);
    }
    let Some(known) = item.value().filter(|known| !known.contains('=')) else {
        return Some(first);
    };
    let (rest, target) = known.rsplit_once(':').unwrap_or(("", known));
    let published = rest.rsplit(':').next().unwrap_or_default();
    Some(Port {
        address: first.address,
        published: published.to_owned(),
        target: target.to_owned(),
        says_tcp: false,
    })
}

/// Of what no flag says that is known, a variable may say anything.
pub(crate) fn leave_open(declared: &mut Declared, because: &str, origin: &Origin) {
    open(&mut declared.user, because, origin);
    open(&mut declared.privileged, because, origin);
    open(&mut declared.read_only, because, origin);
    open(&mut declared.init, because, origin);
    open(&mut declared.seccomp, because, origin);
    open(&mut declared.no_new_privileges, because, origin);
    open(&mut declared.apparmor, because, origin);
    open(&mut declared.selinux, because, origin);
    open(&mut declared.masked_paths, because, origin);
    open(&mut declared.memory, because, origin);
    open(&mut declared.cpus, because, origin);
    open(&mut declared.pids, because, origin);
    declared.capabilities_unknown.get_or_insert_with(|| Entry {
        value: because.to_owned(),
        origin: origin.clone(),
    });
    for kind in NamespaceKind::ALL {
        declared
            .namespaces
            .entry(*kind)
            .or_insert_with(|| Fact::unknown(because, origin.clone()));
    }
}

fn open<T>(fact: &mut Option<Fact<T>>, because: &str, origin: &Origin) {
    fact.get_or_insert_with(|| Fact::unknown(because, origin.clone()));
}
