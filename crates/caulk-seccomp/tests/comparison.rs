//! What a comparison says is so, and what it does not say is not.

mod support;

use caulk_linux::CapabilitySet;
use caulk_linux::syscalls::{Abi, number};
use caulk_seccomp::{Filter, Host, Runtime, compare, default_profile};
use support::filter;
use support::random::Random;

const HOST: Host = Host::docker(CapabilitySet::EMPTY);

fn rules(rules: &str) -> Filter {
    let text = format!(r#"{{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{rules}]}}"#);
    filter(&text, &HOST.with(Runtime::Crun))
}

#[test]
fn a_filter_does_not_differ_from_itself() {
    let default = default_profile::profile();
    let default = default.resolve(&HOST).unwrap().into_filter().unwrap();
    for abi in [Abi::X86_64, Abi::X86, Abi::X32, Abi::Aarch64] {
        assert_eq!(compare(&default, &default, abi), [], "{abi}");
    }
}

#[test]
fn a_capability_opens_what_the_table_of_capabilities_says() {
    let resolve = |bounding| {
        let resolved = default_profile::profile().resolve(&Host::docker(bounding));
        resolved.unwrap().into_filter().unwrap()
    };
    let none = resolve(CapabilitySet::EMPTY);
    for capability in caulk_linux::Capability::ALL {
        let one = resolve(CapabilitySet::of(&[capability]));
        let opened: Vec<&str> = compare(&none, &one, Abi::X86_64)
            .iter()
            .filter(|difference| difference.is_opened())
            .filter_map(|difference| difference.name)
            .collect();
        let mut expected = capability.also_opens_syscalls().to_vec();
        // Other architectures have these.
        expected.retain(|name| number(Abi::X86_64, name).is_some());
        let mut sorted = opened.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, expected, "{capability}");
    }
}

#[test]
fn a_witness_shows_an_argument_that_one_opens() {
    let narrow = rules(
        r#"{"names": ["socket"], "action": "SCMP_ACT_ALLOW",
            "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]}"#,
    );
    let wide = rules(
        r#"{"names": ["socket"], "action": "SCMP_ACT_ALLOW",
            "args": [{"index": 0, "value": 40, "op": "SCMP_CMP_NE"}]}"#,
    );
    let differences = compare(&narrow, &wide, Abi::X86_64);
    let [difference] = differences.as_slice() else {
        panic!("{differences:?}");
    };
    assert_eq!(difference.name, Some("socket"));
    assert!(difference.is_opened() && !difference.is_closed() && difference.is_complete);
    let [witness] = difference.witnesses.as_slice() else {
        panic!("{difference:?}");
    };
    assert!(witness.is_freer() && witness.arguments[0] != 1 && witness.arguments[0] != 40);
}

/// Rules whose differences are small: whatever random arguments show is among the witnesses.
#[test]
fn no_difference_is_missed_where_it_is_complete() {
    let operators = ["EQ", "NE", "LT", "LE", "GT", "GE", "MASKED_EQ"];
    let mut random = Random::new(7);
    let mut shown = 0;
    for _ in 0..300 {
        let mut one = || {
            let arguments: Vec<String> = (0..2)
                .map(|index| {
                    let operator = random.pick(&operators);
                    let value = random.pick(&[0u64, 1, 2, 5, 8, 1 << 33]);
                    let two = random.pick(&[0u64, 1, 2, 8]);
                    format!(
                        r#"{{"index": {index}, "value": {value}, "valueTwo": {two}, "op": "SCMP_CMP_{operator}"}}"#
                    )
                })
                .collect();
            rules(&format!(
                r#"{{"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [{}]}}"#,
                arguments.join(", ")
            ))
        };
        let (first, second) = (one(), one());
        let differences = compare(&first, &second, Abi::X86_64);
        let ioctl = number(Abi::X86_64, "ioctl").unwrap();
        let found = differences.iter().find(|it| it.number == ioctl);
        if found.is_some_and(|difference| !difference.is_complete) {
            continue;
        }
        for _ in 0..200 {
            let mut argument =
                || random.pick(&[0u64, 1, 2, 3, 4, 5, 6, 8, 9, 10, 1 << 33, u64::MAX]);
            let arguments = [argument(), argument(), 0, 0, 0, 0];
            let [one, other] = [&first, &second].map(|it| it.decide(Abi::X86_64, ioctl, arguments));
            if one.same_outcomes(&other) {
                continue;
            }
            shown += 1;
            let known = found.is_some_and(|difference| {
                difference.witnesses.iter().any(|witness| {
                    witness.first.same_outcomes(&one) && witness.second.same_outcomes(&other)
                })
            });
            assert!(known, "{arguments:x?}: {one:?} and {other:?}, of {found:?}");
        }
    }
    assert!(shown > 1000, "{shown}");
}
