//! Real and random argument lists of `docker run`, against docker/cli's own parser.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read the corpus from the disk"
)]
#![expect(
    clippy::unwrap_used,
    reason = "what the corpus promises of its lines holds, or the test fails"
)]

use std::io::Write as _;
use std::path::Path;

use caulk_source::{FileId, Span};
use caulk_surfaces::command_line::{
    Argument, Client, DevicePath, Image, Refusal, Run, Text, device, mount, network, ports, run,
    volume,
};
use serde_json::{Map, Value, json};

fn words(arguments: &[Value]) -> Vec<Argument> {
    let words = arguments.iter().map(|argument| Argument {
        text: Text::known(argument.as_str().unwrap()),
        span: Span::at(FileId::FIRST, 0),
        shared: false,
    });
    words.collect()
}

/// Fields whose flag may be given several times.
const LISTS: &[(&str, &str)] = &[
    ("cap_add", "cap-add"),
    ("cap_drop", "cap-drop"),
    ("group_add", "group-add"),
    ("device_cgroup_rules", "device-cgroup-rule"),
    ("volumes_from", "volumes-from"),
];

/// Fields of which the last flag holds.
const TEXTS: &[(&str, &str)] = &[
    ("user", "user"),
    ("userns_mode", "userns"),
    ("pid", "pid"),
    ("uts", "uts"),
    ("ipc", "ipc"),
    ("cgroup", "cgroupns"),
    ("cgroup_parent", "cgroup-parent"),
];

/// The fields that docker/cli's parser was asked for; only those that are set.
fn shown(run: &Run, words: &[Argument]) -> Value {
    let mut shown = Map::new();
    let mut set = |key: &str, value: Value| {
        let empty = value.as_array().is_some_and(Vec::is_empty)
            || value.as_object().is_some_and(Map::is_empty);
        if !empty {
            shown.insert(key.to_owned(), value);
        }
    };
    let known = |text: &Text| text.value().unwrap().to_owned();
    let all =
        |name: &str| -> Vec<String> { run.all(name).map(|given| known(&given.value)).collect() };
    let one = |name: &str| run.last(name).map(|given| known(&given.value));
    let on = |name: &str| {
        one(name).is_some_and(|text| matches!(text.as_str(), "1" | "t" | "T" | "true" | "TRUE"))
    };
    if let Image::Named(image) = &run.image {
        set("image", json!(known(&image.text)));
    }
    let command = words.get(run.command..).unwrap_or_default();
    let command: Vec<String> = command.iter().map(|word| known(&word.text)).collect();
    set(
        "cmd",
        if command.is_empty() {
            Value::Null
        } else {
            json!(command)
        },
    );
    for (key, name) in LISTS {
        set(key, json!(all(name)));
    }
    for (key, name) in TEXTS {
        if let Some(text) = one(name) {
            set(key, json!(text));
        }
    }
    for (key, name) in [("privileged", "privileged"), ("read_only", "read-only")] {
        if on(name) {
            set(key, json!(true));
        }
    }
    if let Some(given) = run.all("network").next() {
        set(
            "network_mode",
            json!(known(&network(&given.value).unwrap())),
        );
    }
    let (paths, options): (Vec<String>, Vec<String>) = all("security-opt")
        .into_iter()
        .partition(|option| option == "systempaths=unconfined");
    set("security_opt", json!(options));
    if !paths.is_empty() {
        set("masked_paths_cleared", json!(true));
    }
    set("limits", limits(run));
    shown.extend(shown_of_the_host(run));
    Value::Object(shown)
}

/// What the line takes of the host.
fn shown_of_the_host(run: &Run) -> Map<String, Value> {
    let mut shown = Map::new();
    let mut set = |key: &str, value: Value| {
        let empty = value.as_array().is_some_and(Vec::is_empty)
            || value.as_object().is_some_and(Map::is_empty);
        if !empty {
            shown.insert(key.to_owned(), value);
        }
    };
    let pairs = |name: &str, separator: char| -> Map<String, Value> {
        let pairs = run.all(name).map(|given| {
            let text = given.value.written();
            let (key, value) = text.split_once(separator).unwrap_or((text, ""));
            (key.to_owned(), json!(value))
        });
        pairs.collect()
    };
    set("tmpfs", Value::Object(pairs("tmpfs", ':')));
    set("sysctls", Value::Object(pairs("sysctl", '=')));
    set("binds", json!(binds(run)));
    set("mounts", json!(mounts(run)));
    set("devices", json!(devices(run)));
    set("ports", json!(published(run)));
    shown
}

fn binds(run: &Run) -> Vec<String> {
    let named = run
        .all("volume")
        .filter(|given| volume(&given.value).unwrap().source.is_some());
    let mut binds: Vec<String> = named
        .map(|given| given.value.written().to_owned())
        .collect();
    binds.sort();
    binds.dedup();
    binds
}

fn mounts(run: &Run) -> Vec<String> {
    let mounts = run.all("mount").map(|given| {
        let mount = mount(&given.value).unwrap();
        let mut text = [&mount.kind, &mount.source, &mount.target]
            .map(Text::written)
            .join("|");
        if mount.read_only {
            text.push_str("|ro");
        }
        if let Some(propagation) = &mount.propagation {
            text.push('|');
            text.push_str(propagation.written());
        }
        text
    });
    mounts.collect()
}

fn devices(run: &Run) -> Vec<String> {
    let devices = run
        .all("device")
        .map(|given| match device(&given.value).unwrap() {
            DevicePath::Host(device) => format!(
                "{}|{}|{}",
                device.host.known().unwrap(),
                device.container,
                device.permissions
            ),
            DevicePath::Named(name) => name,
        });
    devices.collect()
}

fn published(run: &Run) -> Vec<String> {
    let published = run
        .all("publish")
        .flat_map(|given| ports(&given.value).unwrap());
    let mut published: Vec<String> = published
        .map(|published| {
            let port = published.port;
            let address = match port.address.known().map(String::as_str) {
                // How Go's netip spells an address that is not given.
                Some("") => "invalid IP",
                Some(address) => address,
                None => "?",
            };
            format!(
                "{address}:{}:{}/{}",
                port.published, port.target, published.protocol
            )
        })
        .collect();
    published.sort();
    published
}

fn limits(run: &Run) -> Value {
    let mut limits = Map::new();
    let mut set = |key: &str, value: Option<i64>| {
        if let Some(value) = value.filter(|value| *value != 0) {
            limits.insert(key.to_owned(), json!(value));
        }
    };
    set("memory", run.bytes("memory"));
    set("nano_cpus", run.nano_cpus());
    let pids = run
        .last("pids-limit")
        .map(|given| given.value.written().parse().unwrap());
    limits.insert("pids".to_owned(), json!(pids.unwrap_or(0_i64)));
    Value::Object(limits)
}

/// Lists whose order the engine does not keep, sorted.
fn in_order(mut value: Value) -> Value {
    for key in ["binds", "ports"] {
        if let Some(list) = value.get_mut(key).and_then(Value::as_array_mut) {
            list.sort_by_key(ToString::to_string);
        }
    }
    value
}

#[test]
fn a_line_is_what_docker_makes_of_it() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let Ok(expected) = std::fs::read_to_string(corpus.join("expected/docker-run.jsonl")) else {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: a_line_is_what_docker_makes_of_it: there is no ../shared/corpus beside the project"
        );
        return;
    };
    let (mut compared, mut refused, mut different) = (0, 0, Vec::new());
    for line in expected.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let words = words(case["args"].as_array().unwrap());
        let theirs = match case.get("error") {
            Some(error) => json!({ "error": error }),
            None => in_order(case["result"].clone()),
        };
        let ours = match run(Client::Docker, &words) {
            Ok(run) => in_order(shown(&run, &words)),
            Err(Refusal { message, .. }) => {
                refused += 1;
                json!({ "error": message })
            }
        };
        compared += 1;
        if ours != theirs {
            different.push(format!(
                "{}\n  ours:   {ours}\n  docker: {theirs}",
                case["args"]
            ));
        }
    }
    let _ = writeln!(
        std::io::stderr(),
        "docker run: {compared} lines compared, {refused} of them refused, {} different",
        different.len()
    );
    assert!(different.is_empty(), "{}", different.join("\n"));
}
