//! Texts that nobody wrote with good will, or at all.

mod support;

use std::fmt::Write as _;

use caulk_linux::DOCKER_DEFAULT;
use caulk_seccomp::{Host, default_profile, parse};
use caulk_source::FileId;
use proptest::prelude::*;
use support::everything::everything;

const HOST: Host = Host::docker(DOCKER_DEFAULT);

/// Words from which profiles are made, the right ones more often than the wrong.
fn word() -> impl Strategy<Value = String> {
    proptest::sample::select(vec![
        "\"SCMP_ACT_ALLOW\"",
        "\"SCMP_ACT_ERRNO\"",
        "\"SCMP_ACT_KILL\"",
        "\"SCMP_ACT_LOG\"",
        "\"SCMP_ACT_NOTIFY\"",
        "\"SCMP_ACT_TRACE\"",
        "\"SCMP_CMP_EQ\"",
        "\"SCMP_CMP_MASKED_EQ\"",
        "\"SCMP_CMP_LT\"",
        "\"SCMP_CMP_GE\"",
        "\"SCMP_CMP_NE\"",
        "\"ioctl\"",
        "\"socket\"",
        "\"clone\"",
        "\"write\"",
        "\"x\"",
        "\"\"",
        "null",
        "0",
        "1",
        "5",
        "6",
        "38",
        "4096",
        "4294967296",
        "18446744073709551615",
        "18446744073709551616",
        "-1",
        "1.5",
        "true",
        "[]",
        "{}",
        "\"CAP_SYS_ADMIN\"",
        "\"amd64\"",
        "\"4.8\"",
        "\"SCMP_ARCH_X86\"",
        "\"SCMP_ARCH_X32\"",
        "\"SCMP_ARCH_S390X\"",
        "\"ENOSYS\"",
    ])
    .prop_map(str::to_owned)
}

/// A profile that is nearly one: some words are replaced by others.
fn profile() -> impl Strategy<Value = String> {
    const TEMPLATE: &str = r#"{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1, "flags": [],
        "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]}],
        "listenerPath": "/run/x", "syscalls": [
        {"names": ["ioctl", "socket"], "action": "SCMP_ACT_ALLOW", "args": [
            {"index": 0, "value": 1, "valueTwo": 0, "op": "SCMP_CMP_EQ"},
            {"index": 1, "value": 5, "valueTwo": 1, "op": "SCMP_CMP_MASKED_EQ"}]},
        {"names": ["ioctl", "clone"], "action": "SCMP_ACT_LOG", "args": [
            {"index": 0, "value": 5, "valueTwo": 0, "op": "SCMP_CMP_GE"}]},
        {"name": "socket", "action": "SCMP_ACT_ERRNO", "errnoRet": 38, "errno": "ENOSYS",
            "args": [{"index": 0, "value": 40, "op": "SCMP_CMP_NE"}],
            "includes": {"caps": ["CAP_SYS_ADMIN"], "arches": ["amd64"], "minKernel": "4.8"},
            "excludes": {"caps": ["CAP_BPF"]}},
        {"names": ["write"], "action": "SCMP_ACT_TRACE"}]}"#;
    proptest::collection::vec((0usize..60, word()), 0..8).prop_map(|changes| {
        let mut parts: Vec<&str> = TEMPLATE
            .split_inclusive(&[' ', ',', '[', ']', '}'][..])
            .collect();
        for (place, word) in &changes {
            let at = place * 7 % parts.len();
            if let Some(part) = parts.get_mut(at)
                && !part.contains(':')
                && part.trim_end_matches([' ', ',', '[', ']', '}', '\n']).len() > 1
            {
                *part = word;
            }
        }
        parts.concat()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_changed_profile_is_read_or_refused(text in profile()) {
        everything(&text);
    }

    #[test]
    fn a_cut_profile_is_read_or_refused(start in 0usize..500, len in 0usize..4000) {
        let whole = default_profile::text();
        let mut bytes = whole.into_bytes();
        let end = (start + len).min(bytes.len());
        bytes.drain(start..end);
        everything(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_text_is_read(text in ".{0,200}") {
        everything(&text);
    }
}

#[test]
fn deep_nesting_is_no_profile() {
    let text = format!(
        "{}{}",
        "{\"syscalls\": [".repeat(100_000),
        "]}".repeat(100_000)
    );
    let parsed = parse(FileId::FIRST, &text);
    assert!(!parsed.problems.is_empty());
}

/// As many rules as nobody has, all for one call and all for different ones: the work grows with
/// them, or is refused. This test is slow where it does not.
#[test]
fn many_rules() {
    let rules = |count: usize, rule: &dyn Fn(usize, &mut String)| {
        let mut text = String::from(r#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": ["#);
        for index in 0..count {
            if index > 0 {
                text.push(',');
            }
            rule(index, &mut text);
        }
        text.push_str("]}");
        text
    };
    let plain = rules(100_000, &|_, text| {
        text.push_str(r#"{"names": ["ioctl", "read"], "action": "SCMP_ACT_ALLOW"}"#);
    });
    let filter = support::filter(&plain, &HOST);
    assert_eq!(filter.rules().len(), 100_000);
    assert!(filter.program().is_ok());
    let conditional = rules(20_000, &|index, text| {
        let _ = write!(
            text,
            r#"{{"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [
                {{"index": {}, "value": {index}, "op": "SCMP_CMP_LT"}}]}}"#,
            index % 6
        );
    });
    let filter = support::filter(&conditional, &HOST);
    assert!(filter.program().is_err(), "the kernel would not take it");
    let differences = caulk_seccomp::compare(
        &filter,
        &support::filter(&plain, &HOST),
        caulk_linux::syscalls::Abi::X86_64,
    );
    let names: Vec<_> = differences
        .iter()
        .map(|difference| difference.name)
        .collect();
    assert_eq!(names, [Some("read"), Some("ioctl")]);
}

/// One rule whose names and conditions multiply.
#[test]
fn conditions_for_every_call() {
    let names: Vec<String> = caulk_linux::syscalls::all_names()
        .map(|name| format!("\"{name}\""))
        .collect();
    let condition = r#"{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}"#;
    let text = format!(
        r#"{{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{{"names": [{}],
            "action": "SCMP_ACT_ALLOW", "args": [{}]}}]}}"#,
        names.join(", "),
        vec![condition; 50_000].join(", ")
    );
    let refusals = support::read(&text).resolve(&HOST).unwrap_err();
    assert!(
        refusals[0]
            .message
            .contains("more conditions than a filter has room for")
    );
}
