//! Copies that are brought up to date.

use caulk_source::{FileId, apply_edits};

use super::*;
use crate::draft::{Answer, Comparison, DraftRule};
use crate::parse;

/// The default as it was with so many of its changes.
fn default_of(moment: usize) -> Draft {
    past::default_of(moment)
}

#[track_caller]
fn upgraded(text: &str) -> (Upgrade, String) {
    let profile = parse(FileId::FIRST, text).profile.expect("an object");
    let upgrade = upgrade(&profile, text).expect("it is a copy");
    let bytes = apply_edits(text.as_bytes(), &upgrade.edits).expect("edits that fit");
    (upgrade, String::from_utf8(bytes).expect("text"))
}

#[track_caller]
fn answers(text: &str) -> Answers {
    let parsed = parse(FileId::FIRST, text);
    assert_eq!(parsed.problems, [], "{text}");
    let draft = Draft::of(&parsed.profile.expect("an object"));
    Answers::of(&draft.expect("an engine takes it"))
}

fn allow(names: &[&str]) -> DraftRule {
    DraftRule::new(names.iter().copied(), Answer::ALLOW)
}

#[test]
fn todays_default_stays_as_it_is() {
    for text in [
        crate::default_profile::text(),
        Draft::docker_default().text(),
    ] {
        let (upgrade, after) = upgraded(&text);
        assert_eq!(after, text);
        assert_eq!((upgrade.kept, upgrade.taken), (Vec::new(), Vec::new()));
        assert!(upgrade.missed.is_empty() && upgrade.conflicts.is_empty());
    }
}

/// A copy without changes becomes today's default, whenever it was taken, and in one step.
#[test]
fn a_copy_of_any_day_becomes_todays_default() {
    let today = answers(&Draft::docker_default().text());
    for moment in 0..=CHANGES.len() {
        let text = default_of(moment).text();
        let (upgrade, after) = upgraded(&text);
        assert_eq!(answers(&after), today, "{moment}");
        assert_eq!(upgrade.kept, [], "{moment}");
        assert_eq!(upgrade.conflicts, [], "{moment}");
    }
}

fn moment_of(words: &str) -> usize {
    let at = CHANGES.iter().position(|change| change.words == words);
    at.expect("there is such a change")
}

#[test]
fn the_owners_changes_are_kept_and_dockers_are_taken() {
    let mut copy = default_of(moment_of("refuses io_uring"));
    copy.rules
        .push(allow(&["keyctl", "userfaultfd"]).because("for the build"));
    copy.rules[0]
        .names
        .retain(|name| name != "ptrace" && name != "personality" && name != "mincore");
    let (upgrade, after) = upgraded(&copy.text());
    let names = |differences: &[Difference]| -> Vec<String> {
        differences.iter().map(|one| one.name.clone()).collect()
    };
    assert_eq!(names(&upgrade.kept), ["keyctl", "mincore", "userfaultfd"]);
    let taken = names(&upgrade.taken);
    for name in [
        "cachestat",
        "io_uring_enter",
        "io_uring_setup",
        "mseal",
        "socket",
    ] {
        assert!(taken.iter().any(|one| one == name), "{name}: {taken:?}");
    }
    assert!(after.contains("\"comment\": \"for the build\""));
    assert!(!after.contains("io_uring"));
    let io_uring = &upgrade.taken[taken
        .iter()
        .position(|one| one == "io_uring_setup")
        .expect("it")];
    assert_eq!(
        (io_uring.before.as_str(), io_uring.after.as_str()),
        ("allowed", "stopped")
    );
    let (again, twice) = upgraded(&after);
    assert_eq!(
        (again.taken, &twice),
        (Vec::new(), &after),
        "one step is enough"
    );
    let answers = answers(&after);
    assert!(answers.of_call("mincore").is_empty());
    assert!(!answers.of_call("keyctl").is_empty());
}

#[test]
fn what_both_have_changed_is_a_conflict_and_the_owners() {
    let mut copy = default_of(moment_of("refuses sockets to the hypervisor, AF_VSOCK"));
    copy.rules[0].names.retain(|name| name != "socket");
    copy.rules
        .push(allow(&["socket"]).when(Comparison::equal(0, 2)));
    let (upgrade, after) = upgraded(&copy.text());
    let [conflict] = upgrade.conflicts.as_slice() else {
        panic!("{:?}", upgrade.conflicts);
    };
    assert_eq!(
        (conflict.name.as_str(), conflict.before.as_str()),
        // The copy may be from before or after the change; the latest day is the one that counts.
        ("socket", "allowed where argument 0 NE 0x28")
    );
    assert_eq!(conflict.owner, "allowed where argument 0 EQ 0x2");
    assert!(
        conflict.docker.contains("argument 0 LT 0x26"),
        "{conflict:?}"
    );
    assert_eq!(
        answers(&after).of_call("socket"),
        answers(&copy.text()).of_call("socket")
    );
}

#[test]
fn a_profile_of_other_origin_is_none() {
    let profile = |text: &str| parse(FileId::FIRST, text).profile.expect("an object");
    let mut small = Draft::closed(&[]);
    small.rules = vec![allow(&["read", "write"])];
    let text = small.text();
    let found = upgrade(&profile(&text), &text);
    assert!(
        matches!(found, Err(NoUpgrade::NotACopy { .. })),
        "{found:?}"
    );
    assert_eq!(upgrade(&profile("{}"), "{}"), Err(NoUpgrade::Refused));
}

/// Lists on one line, names in no order, one rule for each call: the form stays.
#[test]
fn the_form_of_the_copy_stays() {
    let copy = default_of(moment_of("refuses io_uring"));
    let tight: String = copy.text().lines().map(str::trim_start).collect();
    let (_, after) = upgraded(&tight);
    assert_eq!(answers(&after), answers(&Draft::docker_default().text()));
    assert!(after.lines().count() < 60, "only new rules have lines");
    let mut alone = copy.clone();
    let apart = |rule: &DraftRule| {
        let rule = rule.clone();
        let names = rule.names.clone().into_iter();
        names
            .map(move |name| DraftRule {
                names: vec![name],
                ..rule.clone()
            })
            .collect::<Vec<_>>()
    };
    alone.rules = copy.rules.iter().flat_map(apart).collect();
    let old = alone
        .text()
        .replace("\"names\": [\n        \"", "\"name\": \"");
    let old = old.replace("\"\n      ],\n      \"action\"", "\",\n      \"action\"");
    let (_, after) = upgraded(&old);
    assert_eq!(answers(&after), answers(&Draft::docker_default().text()));
}

/// A copy of any day, tightened, lets nothing through that it did not and nothing that today's
/// default does not, and nothing less than both: on all machines of the default, with and without
/// capabilities.
#[test]
fn a_tightened_copy_lets_through_what_both_do() {
    use caulk_linux::{CapabilitySet, DOCKER_DEFAULT};

    use crate::compare::{Difference, compare};
    use crate::{Filter, Host, Resolution};

    let filter = |text: &str, host: &Host| -> Filter {
        let profile = parse(FileId::FIRST, text).profile.expect("an object");
        let resolution = profile.resolve(host).expect("an engine takes it");
        Resolution::into_filter(resolution).expect("it filters")
    };
    let docker = Draft::docker_default().text();
    for moment in (0..=CHANGES.len()).step_by(3) {
        let text = default_of(moment).text();
        let profile = parse(FileId::FIRST, &text).profile.expect("an object");
        let tight = tighten(&profile, &text).expect("it is a copy");
        let bytes = apply_edits(text.as_bytes(), &tight.edits).expect("edits that fit");
        let after = String::from_utf8(bytes).expect("text");
        let names: Vec<String> = tight.taken.iter().map(|one| one.name.clone()).collect();
        let found: Vec<String> = tightened(&profile).expect("a copy").into_iter().collect();
        assert_eq!(found, names, "{moment}");
        for bounding in [DOCKER_DEFAULT, CapabilitySet::ALL, CapabilitySet::EMPTY] {
            let host = Host::docker(bounding);
            let [before, after, today] = [&text, &after, &docker].map(|text| filter(text, &host));
            for abi in before.abis() {
                let differences = compare(&before, &after, abi);
                let is_opened = |one: &&Difference| one.is_opened();
                assert_eq!(differences.iter().find(is_opened), None, "{moment}");
                let is_due = |one: &Difference| {
                    let closed = one.witnesses.iter().filter(|witness| witness.is_closed());
                    let mut today = closed.map(|it| today.decide(abi, one.number, it.arguments));
                    today.all(|today| !today.may_run())
                };
                assert!(
                    differences.iter().all(is_due),
                    "{moment} {abi:?}: {differences:?}"
                );
            }
        }
    }
}

/// What the owner opened stays, and what the default opened since does not come.
#[test]
fn tightening_leaves_what_the_owner_did_and_opens_nothing() {
    let mut draft = default_of(moment_of("lets `openat2` and `faccessat2` through"));
    draft.rules.push(allow(&["bpf", "unshare"]));
    let text = draft.text();
    let profile = parse(FileId::FIRST, &text).profile.expect("an object");
    let tight = tighten(&profile, &text).expect("it is a copy");
    let names: Vec<&str> = tight.taken.iter().map(|one| one.name.as_str()).collect();
    let expected = [
        "io_uring_enter",
        "io_uring_register",
        "io_uring_setup",
        "socket",
    ];
    assert_eq!(names, expected);
    let bytes = apply_edits(text.as_bytes(), &tight.edits).expect("edits that fit");
    let after = answers(std::str::from_utf8(&bytes).expect("text"));
    assert!(after.of_call("bpf").contains(&answers::Clause::open()));
    assert!(after.of_call("openat2").is_empty());
}
