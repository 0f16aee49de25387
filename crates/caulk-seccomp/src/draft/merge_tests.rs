//! What profiles do together.

use caulk_linux::syscalls::{self, Abi};
use caulk_linux::{CapabilitySet, DOCKER_DEFAULT};
use caulk_source::FileId;

use super::*;
use crate::draft::{Comparison, Conditions};
use crate::{Action, Filter, Host, parse};

/// An x86-64 profile with these rules.
fn draft(rules: Vec<DraftRule>) -> Draft {
    Draft {
        rules,
        ..Draft::closed(&[(Abi::X86_64, Vec::new())])
    }
}

fn allow(names: &[&str]) -> DraftRule {
    DraftRule::new(names.iter().copied(), Answer::ALLOW)
}

fn deny(names: &[&str]) -> DraftRule {
    DraftRule::new(names.iter().copied(), Answer::errno(38))
}

fn filter(draft: &Draft, bounding: CapabilitySet) -> Filter {
    let profile = parse(FileId::FIRST, &draft.text()).profile.expect("JSON");
    let resolved = profile.resolve(&Host::docker(bounding));
    let resolved = resolved.unwrap_or_else(|refusals| panic!("{refusals:?}\n{}", draft.text()));
    resolved.into_filter().expect("a filter")
}

/// That the merged profile lets through exactly what any of the parts does, for every call and for
/// arguments at every boundary that a part names.
#[track_caller]
fn assert_union(profiles: &[Draft]) {
    let merged = Draft::merge(profiles).expect("they merge");
    let values = profiles.iter().flat_map(|profile| &profile.rules);
    let values = values.flat_map(|rule| &rule.arguments);
    let mut values: Vec<u64> = values
        .flat_map(|one| [one.value, one.value_two])
        .flat_map(|value| [value.wrapping_sub(1), value, value.wrapping_add(1)])
        .chain([0, u64::MAX])
        .collect();
    values.sort_unstable();
    values.dedup();
    for bounding in [DOCKER_DEFAULT, CapabilitySet::ALL, CapabilitySet::EMPTY] {
        let together = filter(&merged, bounding);
        let apart: Vec<Filter> = profiles.iter().map(|one| filter(one, bounding)).collect();
        for (name, number) in syscalls::names(Abi::X86_64) {
            for value in &values {
                let arguments = [*value; 6];
                let runs =
                    |filter: &Filter| filter.decide(Abi::X86_64, number, arguments).may_run();
                let wanted = apart.iter().any(runs);
                assert_eq!(
                    runs(&together),
                    wanted,
                    "{name} {value:#x}\n{}",
                    merged.text()
                );
            }
        }
    }
}

#[test]
fn profiles_together_let_through_what_any_does() {
    let masked = Comparison::masked(0, 0x7e02_0000, 0);
    let family = |value| allow(&["socket"]).when(Comparison::equal(0, value));
    let with = |rule: DraftRule| DraftRule {
        includes: Conditions::capabilities(&["CAP_SYS_ADMIN"]),
        ..rule
    };
    let without = |rule: DraftRule| DraftRule {
        excludes: Conditions::capabilities(&["CAP_SYS_ADMIN"]),
        ..rule
    };
    let plain = draft(vec![allow(&["read", "write"]), deny(&["openat2"])]);
    let by_arguments = draft(vec![
        family(1),
        allow(&["clone"]).when(masked),
        deny(&["clone3"]),
    ]);
    let by_capability = draft(vec![
        with(allow(&["clone", "clone3", "mount"])),
        without(deny(&["clone3"])),
        deny(&["keyctl"]).when(Comparison::equal(0, 9)),
    ]);
    let other_families = draft(vec![family(2), allow(&["clone3", "openat2"])]);
    let shut_first = draft(vec![deny(&["read"]), allow(&["read", "close"])]);
    assert_union(&[plain.clone(), by_arguments.clone()]);
    assert_union(&[by_arguments.clone(), other_families.clone()]);
    assert_union(&[by_capability.clone(), other_families.clone()]);
    assert_union(&[shut_first.clone(), by_arguments.clone()]);
    assert_union(&[shut_first, plain, other_families.clone(), by_arguments]);
    assert_union(&[Draft::docker_default(), other_families]);
    assert_union(&[Draft::docker_default(), by_capability]);
}

#[test]
fn one_alone_stays_as_it_is() {
    let default = Draft::docker_default();
    assert_eq!(
        Draft::merge(std::slice::from_ref(&default)),
        Ok(default.clone())
    );
    let twice = Draft::merge(&[default.clone(), default.clone()]).expect("they merge");
    assert_eq!(twice.rules.len(), default.rules.len());
}

#[test]
fn the_default_and_two_calls_more() {
    let default = Draft::docker_default();
    let more = default
        .allowing(&["keyctl", "clone", "read"])
        .expect("it is a list");
    assert_union(&[
        default.clone(),
        draft(vec![allow(&["keyctl", "clone", "read"])]),
    ]);
    let added: Vec<_> = more
        .rules
        .iter()
        .filter(|rule| !default.rules.contains(rule))
        .collect();
    // `read` is there, and the rules for some flags of `clone` have nothing more to say.
    assert_eq!(added[added.len() - 1].names, ["clone", "keyctl"]);
    assert!(!more.rules.iter().any(|rule| rule.names == ["clone"]));
}

#[test]
fn what_cannot_be_merged_is_refused() {
    let open = Draft {
        default: Answer {
            action: Action::Log,
            errno: None,
        },
        ..draft(Vec::new())
    };
    let mixed = draft(vec![
        allow(&["clone"]).when(Comparison::equal(0, 1)),
        deny(&["clone"]).when(Comparison::equal(0, 2)),
    ]);
    let ordered = draft(vec![
        DraftRule {
            excludes: Conditions::capabilities(&["CAP_BPF"]),
            ..deny(&["clone"])
        },
        allow(&["clone"]),
    ]);
    let some = draft(vec![allow(&["clone"]).when(Comparison::equal(0, 2))]);
    let name = "clone".to_owned();
    let merged = |one: &Draft| Draft::merge(&[some.clone(), one.clone()]);
    assert_eq!(merged(&open), Err(Unmergeable::Open { profile: 1 }));
    let error = Unmergeable::Mixed {
        profile: 1,
        name: name.clone(),
    };
    assert_eq!(merged(&mixed), Err(error));
    assert_eq!(
        merged(&ordered),
        Err(Unmergeable::Precedence { profile: 1, name })
    );
    assert_eq!(Draft::merge(&[]), Err(Unmergeable::None));
    // With nobody else to open it the order stays as it is.
    assert_union(&[draft(vec![allow(&["read"])]), ordered.clone()]);
    assert_union(&[draft(vec![allow(&["clone"])]), ordered]);
}

#[test]
fn architectures_of_both_forms() {
    let listed = |names: &[&str]| Draft {
        architectures: names.iter().map(|name| (*name).to_owned()).collect(),
        machines: Vec::new(),
        ..draft(Vec::new())
    };
    let old = listed(&[
        "SCMP_ARCH_X86_64",
        "SCMP_ARCH_X86",
        "SCMP_ARCH_X32",
        "SCMP_ARCH_MIPS64",
        "SCMP_ARCH_MIPS64N32",
        "SCMP_ARCH_PPC",
    ]);
    let merged = Draft::merge(&[draft(Vec::new()), old]).expect("they merge");
    let told: Vec<String> = merged
        .machines
        .iter()
        .map(|(machine, others)| format!("{machine} {}", others.len()).replace("SCMP_ARCH_", ""))
        .collect();
    assert_eq!(told, ["X86_64 2", "MIPS64 1", "MIPS64N32 1", "PPC 0"]);
    assert_eq!(merged.architectures, Vec::<String>::new());
}
