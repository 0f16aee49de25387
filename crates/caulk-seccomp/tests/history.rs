//! Published profiles that began as copies of Docker's default, and when that was.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads the files that it compares with"
)]

use std::fs;
use std::io::{Write as _, stderr};

use caulk_linux::DOCKER_DEFAULT;
use caulk_seccomp::history::{Change, date};
use serde_json::Value;

/// Whether some rule of a profile lets a call through, for Docker's default capabilities on x86.
fn allows(profile: &Value, call: &str, argument: u64) -> bool {
    let rules = profile["syscalls"].as_array().into_iter().flatten();
    rules
        .filter(|rule| rule["action"] == "SCMP_ACT_ALLOW")
        .any(|rule| {
            let names = rule["names"].as_array().into_iter().flatten();
            let mut names = names.chain(rule.get("name"));
            let arguments = rule["args"].as_array().into_iter().flatten();
            names.any(|name| name == call)
                && arguments.into_iter().all(|one| holds(one, argument))
                && capabilities(&rule["includes"]).all(|held| held)
                && !capabilities(&rule["excludes"]).any(|held| held)
                && rule.pointer("/includes/arches").is_none_or(Value::is_null)
        })
}

/// For each capability that is named, whether a container holds it by default.
fn capabilities(condition: &Value) -> impl Iterator<Item = bool> {
    let names = condition["caps"].as_array().into_iter().flatten();
    names.map(|name| DOCKER_DEFAULT.into_iter().any(|held| *name == held.name()))
}

fn holds(condition: &Value, argument: u64) -> bool {
    let (index, value) = (condition["index"].as_u64(), condition["value"].as_u64());
    let argument = if index == Some(0) { argument } else { 0 };
    match (condition["op"].as_str(), value) {
        (Some("SCMP_CMP_EQ"), Some(value)) => argument == value,
        (Some("SCMP_CMP_NE"), Some(value)) => argument != value,
        (Some("SCMP_CMP_LT"), Some(value)) => argument < value,
        (Some("SCMP_CMP_GT"), Some(value)) => argument > value,
        (Some("SCMP_CMP_MASKED_EQ"), Some(mask)) => {
            argument & mask == condition["valueTwo"].as_u64().unwrap_or(0)
        }
        _ => false,
    }
}

#[test]
fn published_copies_are_dated() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/seccomp");
    for (file, since, before) in [
        ("moby-default.json", Some("2026-05"), None),
        // The older format, which moby keeps for its tests.
        (
            "moby-fixture-old-format.json",
            Some("2016-03"),
            Some("2017-03"),
        ),
        ("playwright.json", Some("2020-06"), Some("2020-08")),
        ("runc-test1.json", Some("2020-11"), Some("2021-01")),
    ] {
        let Ok(text) = fs::read_to_string(format!("{folder}/{file}")) else {
            // Nothing to do where stderr is closed.
            let _ = writeln!(stderr(), "skipped: {folder}/{file} is not here");
            continue;
        };
        let profile: Value = serde_json::from_str(&text).unwrap();
        let dated = date(|call, argument| Some(allows(&profile, call, argument)));
        let month = |change: Option<&Change>| change.map(|change| change.month.to_string());
        let changed = dated.deviating.join(", ");
        let _ = writeln!(stderr(), "{file}: the owner changed [{changed}]");
        assert_eq!(month(dated.since).as_deref(), since, "{file}");
        assert_eq!(month(dated.before).as_deref(), before, "{file}");
    }
}
