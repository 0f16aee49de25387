//! Published copies of Docker's default, brought up to date.
#![expect(
    clippy::disallowed_methods,
    reason = "the test reads published profiles beside the checkout"
)]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use caulk_seccomp::parse;
use caulk_seccomp::upgrade::{Difference, NoUpgrade, Upgrade, upgrade};
use caulk_source::{FileId, apply_edits, decode};

/// Says it past the test harness, which swallows what a passing test prints.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// The published profiles by name; nothing where they are not beside the checkout.
fn published() -> BTreeMap<String, String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/seccomp");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        say("skipped: there is no ../shared/seccomp beside the project");
        return BTreeMap::new();
    };
    let files = entries.filter_map(|entry| {
        let path = entry.ok()?.path();
        let name = path
            .file_name()?
            .to_str()?
            .strip_suffix(".json")?
            .to_owned();
        Some((name, decode(&std::fs::read(&path).ok()?)))
    });
    files.collect()
}

/// What becomes of a profile, and of that once more.
fn upgraded(text: &str) -> Result<(Upgrade, Upgrade), NoUpgrade> {
    let once = |text: &str| {
        let profile = parse(FileId::FIRST, text).profile.expect("an object");
        let upgrade = upgrade(&profile, text)?;
        let bytes = apply_edits(text.as_bytes(), &upgrade.edits).expect("edits that fit");
        Ok((upgrade, String::from_utf8(bytes).expect("text")))
    };
    let (first, after) = once(text)?;
    let parsed = parse(FileId::FIRST, &after);
    assert_eq!(parsed.problems, [], "{after}");
    assert_eq!(parsed.profile.expect("an object").refusals, [], "{after}");
    let (second, _) = once(&after)?;
    Ok((first, second))
}

fn names(differences: &[Difference]) -> Vec<&str> {
    differences.iter().map(|one| one.name.as_str()).collect()
}

#[test]
fn copies_are_told_from_other_profiles_and_one_step_is_enough() {
    let mut copies = Vec::new();
    for (name, text) in published() {
        let Ok((first, second)) = upgraded(&text) else {
            continue;
        };
        assert_eq!(names(&second.taken), Vec::<&str>::new(), "{name}");
        let since = first.since.map(|change| change.month.to_string());
        let since = since.unwrap_or_else(|| "2016-01".to_owned());
        let (kept, taken) = (first.kept.len(), first.taken.len());
        let conflicts = first.conflicts.len();
        say(&format!(
            "{name}: a copy of {since}: {kept} kept, {taken} taken, {conflicts} changed by both"
        ));
        copies.push((name, since));
    }
    let copies: Vec<(&str, &str)> = copies
        .iter()
        .map(|(name, since)| (name.as_str(), since.as_str()))
        .collect();
    assert!(
        copies.is_empty()
            || copies
                == [
                    ("containers-common-default", "2023-11"),
                    ("jessfraz-chrome", "2016-01"),
                    ("moby-default", "2026-05"),
                    ("moby-fixture-old-format", "2016-03"),
                    ("playwright", "2020-06"),
                    ("runc-test1", "2020-11"),
                    ("sockpuppetbrowser-chrome", "2016-01"),
                ],
        "{copies:?}"
    );
}

#[test]
fn what_an_owner_changed_is_found_to_the_call() {
    let published = published();
    let Some(text) = published.get("playwright") else {
        return;
    };
    let (upgrade, _) = upgraded(text).expect("it is a copy");
    assert_eq!(names(&upgrade.kept), ["clone", "setns", "unshare"]);
    assert_eq!(upgrade.conflicts, []);
    let taken = names(&upgrade.taken);
    for name in ["io_uring_setup", "socket", "clone3", "openat2", "mseal"] {
        assert!(taken.contains(&name), "{name}: {taken:?}");
    }
}
