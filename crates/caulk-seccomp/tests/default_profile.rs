//! Docker's default profile as we have it, against Docker's own file, and against what
//! `caulk-linux` says of capabilities.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads the file that it compares with"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{Write as _, stderr};

use caulk_linux::Capability;
use caulk_linux::syscalls::{Group, group, is_known};
use caulk_seccomp::Action;
use caulk_seccomp::default_profile::{DefaultRule, RULES, text};
use serde_json::{Value, json};

/// A rule as a value in which order, absence and the like mean nothing.
fn normal(rule: &Value) -> String {
    let sorted = |value: &Value| -> Vec<String> {
        let items = value.as_array().into_iter().flatten();
        let all: BTreeSet<String> = items.map(Value::to_string).collect();
        all.into_iter().collect()
    };
    let asked = |key: &str| {
        let asked = &rule[key];
        json!([
            sorted(&asked["caps"]),
            sorted(&asked["arches"]),
            asked["minKernel"]
        ])
    };
    let arguments: Vec<Value> = rule["args"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|argument| {
            json!([
                argument["index"],
                argument["value"],
                argument["valueTwo"].as_u64().unwrap_or(0),
                argument["op"]
            ])
        })
        .collect();
    json!([
        sorted(&rule["names"]),
        rule["action"],
        rule["errnoRet"],
        arguments,
        asked("includes"),
        asked("excludes"),
    ])
    .to_string()
}

/// The machines of `archMap`, where no list and an empty one are the same.
fn machines(profile: &Value) -> Vec<(String, Vec<Value>)> {
    let machines = profile["archMap"].as_array().into_iter().flatten();
    let others = |one: &Value| {
        one["subArchitectures"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    };
    machines
        .map(|one| (one["architecture"].to_string(), others(one)))
        .collect()
}

#[test]
fn every_rule_is_one_of_dockers() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/seccomp/moby-default.json"
    );
    let Ok(theirs) = fs::read_to_string(path) else {
        // Nothing to do where stderr is closed.
        let _ = writeln!(stderr(), "skipped: {path} is not here");
        return;
    };
    let ours: Value = serde_json::from_str(&text()).unwrap();
    let theirs: Value = serde_json::from_str(&theirs).unwrap();
    for key in [
        "defaultAction",
        "defaultErrnoRet",
        "flags",
        "architectures",
        "listenerPath",
    ] {
        assert_eq!(ours[key], theirs[key], "{key}");
    }
    assert_eq!(machines(&ours), machines(&theirs));
    let rules = |profile: &Value| -> Vec<String> {
        let rules = profile["syscalls"].as_array().unwrap();
        rules.iter().map(normal).collect()
    };
    let (ours, theirs) = (rules(&ours), rules(&theirs));
    assert_eq!(ours.len(), theirs.len());
    // In their order, too: the first rule wins.
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours, theirs);
    }
}

#[test]
fn a_rule_names_known_calls_once() {
    for rule in RULES {
        let names: BTreeSet<&str> = rule.names().collect();
        assert_eq!(names.len(), rule.names().count(), "{rule:?}");
        assert!(names.iter().all(|name| is_known(name)), "{rule:?}");
    }
}

#[test]
fn the_open_calls_are_put_together_by_what_they_do() {
    let open = RULES.first().unwrap();
    let groups: Vec<Option<Group>> = open.parts.iter().map(|part| group(part[0])).collect();
    for (part, of_part) in open.parts.iter().zip(&groups) {
        assert!(part.is_sorted());
        assert!(part.iter().all(|name| group(name) == *of_part), "{part:?}");
    }
    assert!(groups.is_sorted());
}

/// Whether a rule lets its calls through for everybody on a kernel that anybody has.
fn is_open(rule: &DefaultRule) -> bool {
    rule.action() == Action::Allow
        && rule.argument.is_none()
        && rule.includes.capabilities.is_empty()
        && rule.includes.architectures.is_empty()
        && rule.excludes.is_none()
}

#[test]
fn what_a_capability_also_opens_follows_from_the_rules() {
    let open: BTreeSet<&str> = RULES
        .iter()
        .filter(|rule| is_open(rule))
        .flat_map(DefaultRule::names)
        .collect();
    for capability in Capability::ALL {
        let with = RULES
            .iter()
            .filter(|rule| rule.includes.capabilities.contains(&capability));
        let opened: BTreeSet<&str> = with
            .flat_map(DefaultRule::names)
            .filter(|name| !open.contains(name))
            .collect();
        let said: BTreeSet<&str> = capability.also_opens_syscalls().iter().copied().collect();
        assert_eq!(said, opened, "{capability}");
    }
}
