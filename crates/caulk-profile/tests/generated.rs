//! Profiles that nobody wrote: whatever they say, what is printed holds together.

use caulk_linux::syscalls::Abi;
use caulk_linux::{CapabilitySet, DOCKER_DEFAULT};
use caulk_profile::{Comparison, Named, Overview, Question, Show};
use caulk_seccomp::{Host, Parsed, Runtime, default_profile, parse};
use caulk_source::{FileId, SourceFile};
use proptest::prelude::*;

const CALLS: &[&str] = &[
    "read",
    "socket",
    "clone",
    "clone3",
    "ioctl",
    "mount",
    "personality",
    "semop",
    "socketcall",
    "mmap",
    "no_such_call",
    "\u{1b}[2J",
    "listns",
];
const ACTIONS: &[&str] = &[
    "ALLOW",
    "LOG",
    "TRACE",
    "ERRNO",
    "KILL",
    "KILL_PROCESS",
    "TRAP",
];
const OPERATORS: &[&str] = &["EQ", "NE", "LT", "LE", "GT", "GE", "MASKED_EQ"];
const CAPS: &[&str] = &["CAP_SYS_ADMIN", "CAP_KILL", "\\u202e"];
const VALUES: &[u64] = &[
    0,
    1,
    8,
    38,
    40,
    0x2_0000,
    0x7e02_0000,
    0xffff_ffff,
    1 << 32,
    u64::MAX,
];

fn pick(from: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(from)
}

fn argument() -> impl Strategy<Value = String> {
    let values = prop::sample::select(VALUES);
    (0..6u8, values.clone(), values, pick(OPERATORS)).prop_map(|(index, value, two, operator)| {
        format!(
            r#"{{"index": {index}, "value": {value}, "valueTwo": {two}, "op": "SCMP_CMP_{operator}"}}"#
        )
    })
}

fn rule() -> impl Strategy<Value = String> {
    let names = prop::collection::vec(pick(CALLS), 1..4);
    let arguments = prop::collection::vec(argument(), 0..3);
    let caps = prop::option::of(pick(CAPS));
    (names, pick(ACTIONS), arguments, caps).prop_map(|(names, action, arguments, caps)| {
        let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
        let includes = caps.map(|cap| format!(r#", "includes": {{"caps": ["{cap}"]}}"#));
        format!(
            r#"{{"names": [{}], "action": "SCMP_ACT_{action}", "args": [{}]{}}}"#,
            names.join(", ").replace("\\u{1b}", "\\u001b"),
            arguments.join(", "),
            includes.unwrap_or_default()
        )
    })
}

fn profile() -> impl Strategy<Value = String> {
    let architectures = prop::sample::subsequence(vec!["X86_64", "X86", "X32", "AARCH64"], 0..=4);
    let rules = prop::collection::vec(rule(), 0..6);
    (pick(ACTIONS), architectures, rules).prop_map(|(action, architectures, rules)| {
        let architectures: Vec<String> = architectures
            .iter()
            .map(|name| format!("\"SCMP_ARCH_{name}\""))
            .collect();
        format!(
            "{{\"defaultAction\": \"SCMP_ACT_{action}\", \"architectures\": [{}], \"syscalls\": [{}]}}",
            architectures.join(", "),
            rules.join(",\n")
        )
    })
}

fn show(width: usize) -> Show {
    Show {
        visible: |text| text.escape_debug().to_string(),
        columns: |_| 1,
        color: false,
        width,
    }
}

/// Every line fits, but for a word that is wider than the line.
fn fits(text: &str, width: usize) -> bool {
    text.lines().all(|line| {
        let long = line.split_whitespace().map(str::len).max().unwrap_or(0);
        line.chars().count() <= width.max(long + 32) && !line.contains(char::is_control)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_can_be_said_of_any_two(texts in [profile(), profile()], crun in any::<bool>(), all in any::<bool>(), width in prop::sample::select(vec![40_usize, 80, 100])) {
        let bounding = if all { CapabilitySet::ALL } else { DOCKER_DEFAULT };
        let runtime = if crun { Runtime::Crun } else { Runtime::Runc };
        let host = Host::docker(bounding).with(runtime);
        let files = texts.each_ref().map(|text| SourceFile::new("some/own.json", text.clone().into_bytes()));
        let parsed = files.each_ref().map(|file| {
            let Parsed { profile, problems } = parse(FileId::FIRST, file.text());
            assert!(problems.is_empty(), "{problems:?}");
            profile.expect("an object")
        });
        let named = |at: usize| Named { file: &files[at], profile: &parsed[at], is_default: false };
        let text = SourceFile::new("default", default_profile::text().into_bytes());
        let default = Named { file: &text, profile: default_profile::profile(), is_default: true };
        let default = default.resolve(&host).expect("it loads");
        // What libseccomp refuses is refused.
        let (Ok(first), Ok(second)) = (named(0).resolve(&host), named(1).resolve(&host)) else {
            return Ok(());
        };
        let text = Overview::new(&first, &default).text(&show(width));
        prop_assert!(fits(&text, width), "{text}");
        let comparison = Comparison::new(&first, &second);
        let text = comparison.text(&show(width));
        prop_assert!(fits(&text, width), "{text}");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let opens_nothing = text.contains(" opens nothing ") || text.contains(" does exactly ");
        prop_assert_eq!(comparison.opens(), !opens_nothing, "{}", text);
        for call in ["socket", "clone", "semop", "socketcall", "9999", "0x40000029"] {
            let question = Question::new(&first, &default, call).expect("a call");
            prop_assert!(fits(&question.text(&show(width)), width));
            let arguments = ["1".to_owned()];
            let question = question.with(&arguments).expect("a number");
            prop_assert!(fits(&question.text(&show(width)), width));
        }
        for json in [Overview::new(&first, &default).json(), Comparison::new(&first, &second).json()] {
            let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
            prop_assert_eq!(&value["version"], 1);
        }
    }

    /// A profile opens nothing beside itself, whatever libseccomp makes of it.
    #[test]
    fn a_profile_does_what_it_does(text in profile()) {
        let file = SourceFile::new("own.json", text.into_bytes());
        let profile = parse(FileId::FIRST, file.text()).profile.expect("an object");
        let named = Named { file: &file, profile: &profile, is_default: false };
        for abi in [Abi::X86_64, Abi::Aarch64, Abi::S390x] {
            let host = Host::docker(DOCKER_DEFAULT).on(abi);
            if let Ok(resolved) = named.resolve(&host) {
                let comparison = Comparison::new(&resolved, &resolved);
                prop_assert!(!comparison.opens());
                prop_assert!(comparison.text(&show(80)).contains("does exactly what"));
            }
        }
    }
}
