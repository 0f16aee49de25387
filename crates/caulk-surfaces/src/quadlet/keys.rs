//! The keys of a `[Container]` section, and of what it shares with `[Pod]` and `[Kube]`, and the flags
//! that they become.

use caulk_source::Span;

use super::text;
use super::unit::{Entry, Unit};
use crate::command_line::{Argument, Flags, Text};

/// How a key's value is read.
#[derive(Clone, Copy)]
enum Value {
    /// Each value is one of the flag's.
    Each(&'static str),
    /// Each word of each value is one of the flag's.
    Words(&'static str),
    /// The last value is the flag's.
    Last(&'static str),
    /// The last value, a truth value, switches the flag.
    Switch(&'static str),
    /// Each value is a security option with this before it.
    Option(&'static str),
    /// The last value is a security option with this before it.
    LastOption(&'static str),
    /// A truth value that stands for a security option.
    OptionIf(&'static str),
    /// A truth value that stands for a `tmpfs` at this path.
    TmpfsIf(&'static str),
}

/// Keys that say with what privileges the container runs.
const KEYS: &[(&str, Value)] = &[
    ("AddCapability", Value::Words("cap-add")),
    ("AddDevice", Value::Each("device")),
    ("AppArmor", Value::LastOption("apparmor=")),
    ("ContainerName", Value::Last("name")),
    ("DropCapability", Value::Words("cap-drop")),
    ("Entrypoint", Value::Last("entrypoint")),
    ("GroupAdd", Value::Each("group-add")),
    ("Mask", Value::Option("mask=")),
    ("Memory", Value::Last("memory")),
    ("Mount", Value::Each("mount")),
    ("Network", Value::Each("network")),
    ("NoNewPrivileges", Value::OptionIf("no-new-privileges")),
    ("PidsLimit", Value::Last("pids-limit")),
    ("PublishPort", Value::Each("publish")),
    ("ReadOnly", Value::Switch("read-only")),
    ("RunInit", Value::Switch("init")),
    ("SeccompProfile", Value::LastOption("seccomp=")),
    ("SecurityLabelDisable", Value::OptionIf("label=disable")),
    (
        "SecurityLabelFileType",
        Value::LastOption("label=filetype:"),
    ),
    ("SecurityLabelLevel", Value::LastOption("label=level:")),
    ("SecurityLabelNested", Value::OptionIf("label=nested")),
    ("SecurityLabelType", Value::LastOption("label=type:")),
    ("Sysctl", Value::Words("sysctl")),
    ("Tmpfs", Value::Each("tmpfs")),
    ("Ulimit", Value::Each("ulimit")),
    ("Unmask", Value::Option("unmask=")),
    ("UserNS", Value::Last("userns")),
    ("VolatileTmp", Value::TmpfsIf("/tmp")),
    ("Volume", Value::Each("volume")),
];

/// A section, read.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) image: Option<(Text, Span)>,
    pub(super) flags: Flags,
}

/// What other sections take of those keys: a pod gives it to each of its containers.
const SHARED: &[&str] = &["Network", "PublishPort", "UserNS", "Volume"];

/// Reads the sections of this name of a unit and its drop-ins.
pub(super) fn read<'u>(section: &str, units: impl Iterator<Item = &'u Unit>) -> Read {
    let entries: Vec<&Entry> = units
        .flat_map(|unit| &unit.entries)
        .filter(|entry| entry.section == section)
        .collect();
    let mut read = Read::default();
    let is_container = section == "Container";
    for (key, value) in KEYS {
        if !is_container && !SHARED.contains(key) {
            continue;
        }
        let values = values(&entries, key);
        add(&mut read.flags, *value, &values);
    }
    remap(&mut read.flags, &entries);
    if !is_container {
        return read;
    }
    user(&mut read.flags, &entries);
    for entry in values(&entries, "PodmanArgs") {
        let words = entry.words().into_iter().map(|word| Argument {
            text: text(&word.value),
            span: word.span,
            shared: false,
        });
        read.flags.extend(words);
    }
    let image = values(&entries, "Image").last().copied();
    read.image = image.map(|entry| {
        let whole = entry.whole();
        (text(whole.text()), whole.whole())
    });
    read
}

/// The values of a key; an empty one takes back those before it.
pub(super) fn values<'e>(entries: &[&'e Entry], key: &str) -> Vec<&'e Entry> {
    let mut values = Vec::new();
    for entry in entries.iter().filter(|entry| entry.key.value == key) {
        if entry.value.text().trim().is_empty() {
            values.clear();
        } else {
            values.push(*entry);
        }
    }
    values
}

fn add(flags: &mut Flags, value: Value, values: &[&Entry]) {
    let whole = |entry: &Entry| {
        let whole = entry.whole();
        (text(whole.text()), whole.whole())
    };
    let last = values.last().copied();
    match value {
        Value::Each(name) => {
            for entry in values {
                let (text, span) = whole(entry);
                let text = match (name, text.value()) {
                    // It need not be there.
                    ("device", Some(value)) if value.starts_with('-') => text.from(1),
                    ("network", Some(value)) => network(value),
                    _ => text,
                };
                flags.add(name, &text, span);
            }
        }
        Value::Words(name) => {
            for word in values.iter().flat_map(|entry| entry.words()) {
                flags.add(name, &text(&word.value), word.span);
            }
        }
        Value::Last(name) => {
            if let Some((text, span)) = last.map(whole) {
                flags.add(name, &text, span);
            }
        }
        Value::Switch(name) => {
            if let Some((entry, on)) = last.and_then(|entry| Some((entry, truth(entry)?))) {
                flags.add(name, &Text::known(on.to_string()), entry.whole().whole());
            }
        }
        Value::Option(before) => values.iter().for_each(|entry| option(flags, before, entry)),
        Value::LastOption(before) => {
            if let Some(entry) = last {
                option(flags, before, entry);
            }
        }
        Value::TmpfsIf(target) => {
            if let Some(entry) = last.filter(|entry| truth(entry) == Some(true)) {
                flags.add("tmpfs", &Text::known(target), entry.whole().whole());
            }
        }
        Value::OptionIf(word) => {
            // The generator writes no flag for `no`.
            if let Some(entry) = last.filter(|entry| truth(entry) == Some(true)) {
                flags.add("security-opt", &Text::known(word), entry.whole().whole());
            }
        }
    }
}

fn option(flags: &mut Flags, before: &str, entry: &Entry) {
    let whole = entry.whole();
    let mut option = Text::known(before);
    option.append(&text(whole.text()));
    flags.add("security-opt", &option, whole.whole());
}

/// A truth value as systemd reads it.
fn truth(entry: &Entry) -> Option<bool> {
    match entry.value.text().trim().to_ascii_lowercase().as_str() {
        "1" | "yes" | "y" | "true" | "t" | "on" => Some(true),
        "0" | "no" | "n" | "false" | "f" | "off" => Some(false),
        _ => None,
    }
}

/// `User=` and `Group=` are one flag.
fn user(flags: &mut Flags, entries: &[&Entry]) {
    let last = |key: &str| values(entries, key).last().copied();
    let Some(user) = last("User") else {
        return;
    };
    let whole = user.whole();
    let mut name = text(whole.text());
    if let Some(group) = last("Group") {
        name.push(":");
        name.append(&text(group.whole().text()));
    }
    flags.add("user", &name, whole.whole());
}

/// Another unit's container shares its network.
fn network(value: &str) -> Text {
    let name = value.split(':').next().unwrap_or(value);
    match name.strip_suffix(".container") {
        Some(unit) => Text::known(format!("container:{unit}")),
        None => Text::known(value),
    }
}

/// `RemapUsers=`, the older spelling of `UserNS=`; `manual` maps by other keys.
fn remap(flags: &mut Flags, entries: &[&Entry]) {
    let Some(entry) = values(entries, "RemapUsers").last().copied() else {
        return;
    };
    let whole = entry.whole();
    if matches!(whole.text(), "auto" | "keep-id") {
        flags.add("userns", &text(whole.text()), whole.whole());
    }
}
