//! The tables against what others say: the kernel's own header and moby's own seccomp profile.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads the files that it compares with"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Write as _, stderr};

use caulk_linux::Capability;

/// The text of a file that may be absent on this machine; says so, past libtest's capture.
fn text_of(path: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok();
    if text.is_none() {
        // Nothing to do where stderr is closed.
        let _ = writeln!(stderr(), "skipped: {path} is not here");
    }
    text
}

#[test]
fn numbers_and_names_are_those_of_the_systems_header() {
    let Some(header) = text_of("/usr/include/linux/capability.h") else {
        return;
    };
    let mut defined = BTreeMap::new();
    for line in header.lines() {
        let mut words = line.split_whitespace();
        if (words.next(), words.clone().count()) != (Some("#define"), 2) {
            continue;
        }
        let (Some(name), Some(value)) = (words.next(), words.next()) else {
            continue;
        };
        if let (true, Ok(number)) = (name.starts_with("CAP_"), value.parse::<u8>()) {
            defined.insert(number, name.to_owned());
        }
    }
    assert!(
        defined.len() >= 38,
        "the header was not understood: {defined:?}"
    );
    for (number, name) in &defined {
        let capability = Capability::from_number(*number);
        assert_eq!(
            capability.map(Capability::name),
            Some(name.as_str()),
            "number {number}"
        );
    }
}

#[test]
fn the_syscalls_that_open_are_those_of_mobys_profile() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/seccomp/moby-default.json"
    );
    let Some(text) = text_of(path) else { return };
    let profile: serde_json::Value = serde_json::from_str(&text).unwrap();
    let names = |rule: &serde_json::Value| -> Vec<String> {
        rule["names"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    };
    let rules = profile["syscalls"].as_array().unwrap();
    // Open to everybody: no argument, no capability and no architecture asked for.
    let open: BTreeSet<String> = rules
        .iter()
        .filter(|rule| {
            rule["action"] == "SCMP_ACT_ALLOW" && rule["args"].as_array().is_none_or(Vec::is_empty)
        })
        .filter(|rule| rule["includes"]["caps"].is_null() && rule["includes"]["arches"].is_null())
        .flat_map(names)
        .collect();
    let mut opened: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for rule in rules {
        for capability in rule["includes"]["caps"].as_array().into_iter().flatten() {
            let more = names(rule).into_iter().filter(|name| !open.contains(name));
            opened
                .entry(capability.as_str().unwrap().to_owned())
                .or_default()
                .extend(more);
        }
    }
    assert!(
        opened.len() >= 14,
        "the profile was not understood: {opened:?}"
    );
    for capability in Capability::ALL {
        let ours: Vec<&str> = capability.also_opens_syscalls().to_vec();
        let theirs = opened.remove(capability.name()).unwrap_or_default();
        assert_eq!(
            ours,
            theirs.iter().map(String::as_str).collect::<Vec<_>>(),
            "{capability}"
        );
    }
    assert!(
        opened.is_empty(),
        "capabilities that we do not know: {opened:?}"
    );
}
