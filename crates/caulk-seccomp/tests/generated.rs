//! Random rules, decided by us, by libseccomp's program and by ours.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use caulk_linux::CapabilitySet;
use caulk_linux::syscalls;
use caulk_seccomp::{Filter, Host, Resolution, Runtime, Surface};
use support::interpret::run;
use support::oracle::{Oracle, whole_request};
use support::random::Random;

/// A class of rules.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Class {
    /// One argument, numbers below 2³², one action.
    Narrow,
    /// One argument, numbers of any size, one action.
    Wide,
    /// One argument, numbers of any size, `EQ`, `NE` and `MASKED_EQ` alone, one action.
    Unordered,
    /// One argument, numbers below 2³², several actions.
    Mixed,
    /// `EQ` alone, several arguments, several actions.
    Equal,
    /// Several arguments, one action.
    Compound,
    /// Several arguments, `EQ` and `MASKED_EQ` alone, one action.
    CompoundUnordered,
    /// Several arguments, several actions.
    Anything,
}

impl Class {
    const ALL: [Self; 8] = [
        Self::Narrow,
        Self::Wide,
        Self::Unordered,
        Self::Mixed,
        Self::Equal,
        Self::Compound,
        Self::CompoundUnordered,
        Self::Anything,
    ];

    fn operators(self) -> &'static [&'static str] {
        match self {
            Self::Narrow | Self::Wide | Self::Mixed | Self::Compound | Self::Anything => {
                &["EQ", "NE", "LT", "LE", "GT", "GE", "MASKED_EQ"]
            }
            Self::Unordered => &["EQ", "NE", "MASKED_EQ"],
            Self::Equal => &["EQ"],
            Self::CompoundUnordered => &["EQ", "MASKED_EQ"],
        }
    }

    fn arguments(self) -> usize {
        match self {
            Self::Narrow | Self::Wide | Self::Unordered | Self::Mixed => 1,
            Self::Equal | Self::Compound | Self::CompoundUnordered | Self::Anything => 3,
        }
    }

    fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Narrow
            | Self::Wide
            | Self::Unordered
            | Self::Compound
            | Self::CompoundUnordered => &["SCMP_ACT_ALLOW"],
            Self::Mixed | Self::Equal | Self::Anything => {
                &["SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_KILL"]
            }
        }
    }

    fn numbers(self) -> &'static [u64] {
        const NARROW: &[u64] = &[0, 1, 2, 3, 5, 8, 10, 40, 255, 0x7e02_0000, 0xffff_ffff];
        const WIDE: &[u64] = &[
            0,
            1,
            5,
            10,
            0x7e02_0000,
            0xffff_ffff,
            0x1_0000_0000,
            0x1_0000_0005,
            0x5_0000_0000,
            0xffff_ffff_0000_0000,
            u64::MAX,
        ];
        match self {
            Self::Narrow | Self::Mixed => NARROW,
            Self::Wide
            | Self::Unordered
            | Self::Equal
            | Self::Compound
            | Self::CompoundUnordered
            | Self::Anything => WIDE,
        }
    }
}

fn profile(class: Class, random: &mut Random) -> String {
    let mut rules = Vec::new();
    let names = random.pick(&[r#""ioctl""#, r#""ioctl", "socket""#]);
    let default = random.pick(&["SCMP_ACT_ERRNO", "SCMP_ACT_TRAP"]);
    for _ in 0..=random.below(4) {
        let mut indexes = vec![0, 1, 2];
        let mut arguments = Vec::new();
        for _ in 0..=random.below(class.arguments()) {
            let index = indexes.swap_remove(random.below(indexes.len()));
            // All one-argument rules speak of the same one.
            let index = if class.arguments() == 1 { 0 } else { index };
            let operator = random.pick(class.operators());
            let value = random.pick(class.numbers());
            let two = random.pick(class.numbers());
            arguments.push(format!(
                r#"{{"index": {index}, "value": {value}, "valueTwo": {two}, "op": "SCMP_CMP_{operator}"}}"#
            ));
        }
        let action = random.pick(class.actions());
        rules.push(format!(
            r#"{{"names": [{names}], "action": "{action}", "args": [{}]}}"#,
            arguments.join(", ")
        ));
    }
    format!(
        r#"{{"defaultAction": "{default}", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86",
        "SCMP_ARCH_X32"], "syscalls": [{}]}}"#,
        rules.join(", ")
    )
}

impl Count {
    fn misjudged(&mut self, text: &str, ours: bool, theirs: bool) {
        let sort = if ours {
            &mut self.wrongly_taken
        } else {
            &mut self.wrongly_refused
        };
        *sort += 1;
        if self.shown.len() < 2000 {
            writeln!(
                self.shown,
                "{text}: we take it {ours}, libseccomp does {theirs}"
            )
            .unwrap();
        }
    }
}

#[derive(Default, Debug)]
struct Count {
    profiles: usize,
    refused: usize,
    perhaps_refused: usize,
    wrongly_taken: usize,
    wrongly_refused: usize,
    decisions: usize,
    ambiguous: usize,
    different: usize,
    ours_different: usize,
    shown: String,
}

fn compare(
    filter: &Filter,
    programs: [&[caulk_seccomp::Instruction]; 2],
    text: &str,
    count: &mut Count,
) {
    let [theirs, ours] = programs;
    for abi in filter.abis() {
        for name in ["ioctl", "socket", "socketcall"] {
            let Some(number) = syscalls::number(abi, name) else {
                continue;
            };
            for arguments in support::arguments(filter, abi, number) {
                count.decisions += 1;
                let decision = filter.decide(abi, number, arguments);
                let other = run(theirs, abi, number, arguments);
                let own = run(ours, abi, number, arguments);
                count.ambiguous += usize::from(decision.outcome().is_none());
                count.ours_different += usize::from(!decision.outcomes().contains(&own));
                if !decision.outcomes().contains(&other) {
                    count.different += 1;
                    if count.shown.len() < 2000 {
                        writeln!(
                            count.shown,
                            "{text}\n{abi} {name} {arguments:x?}: {decision:?}, libseccomp {other:?}"
                        )
                        .unwrap();
                    }
                }
            }
        }
    }
}

/// Whether we said that we do not know.
fn is_doubtful(filter: &Filter) -> bool {
    filter.abis().any(|abi| {
        let mut surfaces = filter.surfaces(abi);
        surfaces.any(|(_, _, surface)| match surface {
            Surface::Always(_) => false,
            Surface::Conditional(conditional) => conditional.is_doubtful,
        })
    })
}

#[test]
fn random_rules_decide_as_libseccomp_does() {
    let Some(mut oracle) = Oracle::start("generated") else {
        return;
    };
    let mut counts: BTreeMap<Class, Count> = BTreeMap::new();
    let host = Host::docker(CapabilitySet::EMPTY).with(Runtime::Crun);
    for class in Class::ALL {
        let count = counts.entry(class).or_default();
        for seed in 0..400 {
            let text = profile(class, &mut Random::new(seed));
            let profile = support::read(&text);
            let resolved = profile.resolve(&host);
            count.profiles += 1;
            let theirs = oracle.ask(&whole_request(&profile));
            match (resolved, theirs) {
                (Ok(Resolution::Filter(filter)), Ok(theirs)) => {
                    let ours = filter.program().unwrap();
                    compare(&filter, [&theirs, &ours], &text, count);
                }
                (Err(_), Err(_)) => count.refused += 1,
                (Ok(Resolution::Filter(filter)), Err(_)) if is_doubtful(&filter) => {
                    count.perhaps_refused += 1;
                }
                (ours, theirs) => count.misjudged(&text, ours.is_ok(), theirs.is_ok()),
            }
        }
        println!("{class:?}: {count:?}");
    }
    for (class, count) in counts {
        assert_eq!(count.ours_different, 0, "{class:?}");
        assert_eq!(
            count.wrongly_taken + count.wrongly_refused,
            0,
            "{class:?}: {}",
            count.shown
        );
        assert_eq!(count.different, 0, "{class:?}: {}", count.shown);
    }
}
