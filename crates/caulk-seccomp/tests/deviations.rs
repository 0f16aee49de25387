//! Where libseccomp 2.5 does otherwise than the rules of a profile read. Each is shown here, and that
//! we are certain of nothing there.

mod support;

use caulk_linux::CapabilitySet;
use caulk_linux::syscalls::{Abi, number};
use caulk_seccomp::{Host, Outcome, Runtime, Surface};
use support::interpret::run;
use support::oracle::{Oracle, whole_request};

struct Deviation {
    abi: Abi,
    what: &'static str,
    rules: &'static [&'static str],
    arguments: [u64; 6],
    read: Outcome,
    done: Outcome,
}

/// In each the default is an error, and the rules allow.
const DEVIATIONS: &[Deviation] = &[
    Deviation {
        abi: Abi::X86_64,
        what: "ranges on one argument with numbers on both sides of 2^32: the wider one is lost",
        rules: &[
            r#"{"index": 0, "value": 4, "op": "SCMP_CMP_LT"}"#,
            r#"{"index": 0, "value": 4294967301, "op": "SCMP_CMP_LE"}"#,
        ],
        arguments: [0x1000, 0, 0, 0, 0, 0],
        read: Outcome::Allow,
        done: Outcome::Errno(1),
    },
    Deviation {
        abi: Abi::X86_64,
        what: "a range and an inequality that share their high half",
        rules: &[
            r#"{"index": 0, "value": 21474836480, "op": "SCMP_CMP_LT"}"#,
            r#"{"index": 0, "value": 4294967301, "op": "SCMP_CMP_NE"}"#,
            r#"{"index": 0, "value": 4294967301, "op": "SCMP_CMP_LT"}"#,
        ],
        arguments: [0x1_0000_0005, 0, 0, 0, 0, 0],
        read: Outcome::Allow,
        done: Outcome::Errno(1),
    },
    Deviation {
        abi: Abi::X86,
        what: "rules over several arguments with an inequality: a call is allowed that none allows",
        rules: &[
            r#"{"index": 0, "value": 4294967301, "op": "SCMP_CMP_NE"},
               {"index": 1, "value": 10, "op": "SCMP_CMP_NE"},
               {"index": 2, "value": 0, "op": "SCMP_CMP_NE"}"#,
            r#"{"index": 0, "value": 4294967301, "valueTwo": 10, "op": "SCMP_CMP_MASKED_EQ"},
               {"index": 2, "value": 0, "op": "SCMP_CMP_EQ"}"#,
        ],
        arguments: [1, 0, 0, 0, 0, 0],
        read: Outcome::Errno(1),
        done: Outcome::Allow,
    },
];

#[test]
fn libseccomp_deviates_from_the_rules() {
    let Some(mut oracle) = Oracle::start("deviations") else {
        return;
    };
    for deviation in DEVIATIONS {
        let abi = deviation.abi;
        let ioctl = number(abi, "ioctl").unwrap();
        let rules: Vec<String> = deviation
            .rules
            .iter()
            .map(|arguments| {
                format!(
                    r#"{{"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [{arguments}]}}"#
                )
            })
            .collect();
        let text = format!(
            r#"{{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
            "syscalls": [{}]}}"#,
            rules.join(", ")
        );
        let profile = support::read(&text);
        let host = Host::docker(CapabilitySet::EMPTY).with(Runtime::Crun);
        let filter = profile.resolve(&host).unwrap().into_filter().unwrap();
        let theirs = oracle.ask(&whole_request(&profile)).unwrap();
        let arguments = deviation.arguments;
        let done = run(&theirs, abi, ioctl, arguments);
        let ours = filter.program().unwrap();
        let read = run(&ours, abi, ioctl, arguments);
        let decision = filter.decide(abi, ioctl, arguments);
        assert_eq!(
            (read, done),
            (deviation.read, deviation.done),
            "{}",
            deviation.what
        );
        assert_eq!(
            decision.outcomes(),
            [Outcome::Allow, Outcome::Errno(1)],
            "{}",
            deviation.what
        );
        let surface = filter.surface(abi, ioctl);
        let is_doubtful = matches!(surface, Surface::Conditional(it) if it.is_doubtful);
        assert!(is_doubtful, "{}", deviation.what);
    }
}

/// The largest error number that libseccomp takes, as a default and in a rule, is the one that we
/// take.
#[test]
fn the_largest_error_number() {
    let Some(mut oracle) = Oracle::start("errors") else {
        return;
    };
    for number in [0, 1, 4093, 4094, 4095, 4096, 65_535] {
        let text = format!(
            r#"{{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
            "syscalls": [{{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": {number}}}]}}"#
        );
        let profile = support::read(&text);
        let ours = profile.resolve(&Host::docker(CapabilitySet::EMPTY));
        let theirs = oracle.ask(&whole_request(&profile));
        assert_eq!(ours.is_ok(), theirs.is_ok(), "{number}");
    }
}
