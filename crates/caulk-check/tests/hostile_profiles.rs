//! Seccomp profiles that nobody would write: each is judged to the end, with few findings of few
//! places, and each place lies in the file.

use std::fmt::Write as _;

use caulk_check::{Settings, check};
use caulk_finding::{Level, Report};
use caulk_source::{SourceFile, Sources};

/// More than any finding shows.
const MOST_PLACES: usize = 20;

/// More than one profile gets.
const MOST_FINDINGS: usize = 25;

fn judged(text: &str) -> Report {
    let file = SourceFile::new("seccomp.json", text.as_bytes().to_vec());
    let sources = Sources::from_files([file]);
    let settings = Settings::at(Level::Hardened);
    let report = check(&sources, &settings);
    assert!(report.findings.len() <= MOST_FINDINGS);
    for reported in &report.findings {
        let finding = &reported.finding;
        assert!(finding.related.len() <= MOST_PLACES, "{}", finding.message);
        assert!(finding.message.len() < 400, "{}", finding.message);
        let labels = finding.related.iter().chain([&finding.primary]);
        for label in labels {
            let range = label.span.range();
            assert!(text.get(range).is_some(), "{}", label.text);
            assert!(label.text.len() < 400, "{}", label.text);
        }
    }
    report
}

fn ids(report: &Report) -> Vec<&str> {
    let mut ids: Vec<&str> = report
        .findings
        .iter()
        .map(|reported| reported.finding.rule.id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// A profile with these rules.
fn profile(default: &str, rules: impl Iterator<Item = String>) -> String {
    let mut text = format!(
        "{{\"defaultAction\": \"SCMP_ACT_{default}\", \"architectures\": [\"SCMP_ARCH_X86_64\", \
         \"SCMP_ARCH_X86\"], \"syscalls\": [\n"
    );
    for (index, rule) in rules.enumerate() {
        let comma = if index == 0 { "" } else { ",\n" };
        let _ = write!(text, "{comma}{rule}");
    }
    text.push_str("]}");
    text
}

#[test]
fn a_hundred_thousand_rules_that_repeat_each_other() {
    let rule = |_| r#"{"names": ["keyctl", "read"], "action": "SCMP_ACT_ALLOW"}"#.to_owned();
    let report = judged(&profile("ERRNO", (0..100_000).map(rule)));
    let ids = ids(&report);
    assert!(ids.contains(&"seccomp-broader-than-default"), "{ids:?}");
    assert!(ids.contains(&"seccomp-rule-without-effect"), "{ids:?}");
}

#[test]
fn a_hundred_thousand_conditions_are_more_than_the_kernel_takes() {
    let operators = ["EQ", "LT", "NE", "MASKED_EQ"];
    let rule = |index: usize| {
        let operator = operators[index % operators.len()];
        let action = if index.is_multiple_of(2) {
            "ALLOW"
        } else {
            "LOG"
        };
        format!(
            "{{\"names\": [\"ioctl\"], \"action\": \"SCMP_ACT_{action}\", \"args\": [{{\"index\": {}, \
             \"value\": {}, \"valueTwo\": {index}, \"op\": \"SCMP_CMP_{operator}\"}}]}}",
            index % 6,
            index * 7919
        )
    };
    let report = judged(&profile("ERRNO", (0..100_000).map(rule)));
    let ids = ids(&report);
    assert!(ids.contains(&"seccomp-invalid-profile"), "{ids:?}");
    assert!(!ids.contains(&"seccomp-broader-than-default"), "{ids:?}");
}

/// As many as a filter has room for, so that every rule looks at them.
#[test]
fn conditions_up_to_what_the_kernel_takes() {
    let rule = |index: usize| {
        let action = if index.is_multiple_of(2) {
            "ALLOW"
        } else {
            "LOG"
        };
        format!(
            "{{\"names\": [\"personality\", \"ioctl\", \"prctl\"], \"action\": \"SCMP_ACT_{action}\", \
             \"args\": [{{\"index\": 0, \"value\": {}, \"op\": \"SCMP_CMP_LE\"}}]}}",
            index * 31
        )
    };
    let report = judged(&profile("ERRNO", (0..4000).map(rule)));
    let ids = ids(&report);
    assert!(ids.contains(&"seccomp-ambiguous-rules"), "{ids:?}");
    assert!(ids.contains(&"seccomp-broader-than-default"), "{ids:?}");
}

#[test]
fn a_hundred_thousand_names_that_are_none() {
    let rule = |index: usize| {
        format!("{{\"names\": [\"no_such_call_{index}\"], \"action\": \"SCMP_ACT_ERRNO\"}}")
    };
    let report = judged(&profile("ALLOW", (0..100_000).map(rule)));
    let ids = ids(&report);
    assert!(ids.contains(&"seccomp-unknown-syscall"), "{ids:?}");
}

#[test]
fn a_hundred_thousand_machines() {
    let machine = r#"{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]}"#;
    let machines = vec![machine; 100_000].join(",\n");
    let text = format!(
        "{{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"archMap\": [{machines}], \"syscalls\": \
         [{{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\"}}]}}"
    );
    let report = judged(&text);
    let ids = ids(&report);
    assert!(ids.contains(&"seccomp-extra-architecture"), "{ids:?}");
}

#[test]
fn names_of_any_length_and_letter() {
    let long = "ä`\\n".repeat(50_000);
    let rules = [long.as_str(), "", "\\u0000", "clone\\u0000", "execve "];
    let rule = |name: &str| format!("{{\"names\": [\"{name}\"], \"action\": \"SCMP_ACT_ALLOW\"}}");
    judged(&profile("ERRNO", rules.into_iter().map(rule)));
    judged(&profile("ALLOW", rules.into_iter().map(rule)));
}

#[test]
fn keys_twice_in_another_case_and_of_the_wrong_type() {
    for text in [
        r#"{"defaultAction": 7, "syscalls": {}}"#,
        r#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [null, 3, "x", [], {"names": null, "action": "SCMP_ACT_ALLOW"}]}"#,
        r#"{"DefaultAction": "SCMP_ACT_ERRNO", "defaultaction": "SCMP_ACT_ALLOW", "SYSCALLS": [{"NAMES": ["mount"], "Action": "SCMP_ACT_ERRNO"}], "syscalls": [{"names": ["keyctl"], "action": "SCMP_ACT_LOG"}]}"#,
        r#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 18446744073709551615, "value": 18446744073709551616, "op": "SCMP_CMP_EQ"}]}]}"#,
        r#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [{}, null]}], "architectures": [null, "SCMP_ARCH_X86"]}"#,
        r#"{"defaultAction": "SCMP_ACT_NOTIFY", "listenerPath": "", "syscalls": [{"names": ["write"], "action": "SCMP_ACT_NOTIFY"}]}"#,
        "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [",
        "[]",
    ] {
        judged(text);
    }
}
