//! What is refused at the start, and what is not.

use caulk_source::{FileId, cut};

use crate::parse;

/// What is refused: the text that is pointed at, and why. A `~` says that it is conditional.
fn refused(text: &str) -> Vec<String> {
    let profile = parse(FileId::FIRST, text).profile.expect("an object");
    let refusals = profile.refusals.into_iter();
    refusals
        .map(|refusal| {
            let mark = if refusal.conditional { "~" } else { "" };
            let place = cut(text, refusal.span.range());
            format!("{mark}{place}: {}", refusal.message)
        })
        .collect()
}

fn rule(rule: &str) -> Vec<String> {
    refused(&format!(
        r#"{{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{rule}]}}"#
    ))
}

#[test]
fn nothing_is_refused_in_no_profile() {
    assert!(refused("{}").is_empty());
    assert!(refused(r#"{"architectures": ["amd64"], "defaultAction": ""}"#).is_empty());
}

#[test]
fn unknown_words_are_refused() {
    assert_eq!(
        refused(r#"{"defaultAction": "scmp_act_errno", "architectures": ["amd64"]}"#),
        [
            "\"scmp_act_errno\": `scmp_act_errno` is no action",
            "\"amd64\": `amd64` is no architecture that runc knows"
        ]
    );
    assert_eq!(
        rule(r#"{"names": ["read"], "action": "SCMP_ACT_DENY"}"#),
        ["\"SCMP_ACT_DENY\": `SCMP_ACT_DENY` is no action"]
    );
    assert_eq!(
        rule(
            r#"{"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "op": "EQ"}]}"#
        ),
        ["\"EQ\": `EQ` is no operator"]
    );
    assert_eq!(
        rule(r#"{"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [null]}"#),
        ["n: this condition has no `op`"]
    );
    assert_eq!(
        rule(r#"{"names": ["read"]}"#),
        ["{: this rule has no `action`"]
    );
    assert_eq!(
        refused(r#"{"syscalls": [{"names": [""], "action": "SCMP_ACT_ALLOW"}]}"#),
        [
            "{: it has no `defaultAction`",
            "\"\": a system call has no name"
        ]
    );
}

#[test]
fn only_one_of_two_spellings_may_stand() {
    assert_eq!(
        rule(r#"{"name": "read", "names": ["write"], "action": "SCMP_ACT_ALLOW"}"#),
        ["\"read\": `name` stands beside `names`, and only one of them may"]
    );
    assert!(rule(r#"{"name": "read", "names": [], "action": "SCMP_ACT_ALLOW"}"#).is_empty());
    assert!(rule(r#"{"name": "", "names": ["read"], "action": "SCMP_ACT_ALLOW"}"#).is_empty());
    let both = r#"{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"],
        "archMap": [{"architecture": "SCMP_ARCH_X86_64"}]}"#;
    assert_eq!(refused(both).len(), 1);
}

#[test]
fn only_a_known_machine_is_looked_up() {
    let text = r#"{"defaultAction": "SCMP_ACT_ERRNO", "archMap": [
        {"architecture": "amd64", "subArchitectures": ["i386"]},
        {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_I386"]},
        {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["never read"]}]}"#;
    assert_eq!(
        refused(text),
        ["~\"SCMP_ARCH_I386\": `SCMP_ARCH_I386` is no architecture that runc knows"]
    );
}

#[test]
fn error_numbers_end_at_4094() {
    let errno = |errno: &str| {
        let text =
            format!(r#"{{"names": ["x"], "action": "SCMP_ACT_ERRNO", "errnoRet": {errno}}}"#);
        rule(&text).len()
    };
    assert_eq!(errno("4094"), 0);
    assert_eq!(errno("4095"), 1);
    assert_eq!(errno("4096"), 1);
    assert_eq!(errno("12345"), 1);
    assert_eq!(errno("65537"), 0, "runc keeps sixteen bits: 1");
    let default = r#"{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 5000}"#;
    assert_eq!(refused(default).len(), 1);
    let unused = r#"{"names": ["x"], "action": "SCMP_ACT_ALLOW", "errnoRet": 5000}"#;
    assert!(rule(unused).is_empty(), "runc looks at it for errors alone");
}

#[test]
fn what_runc_skips_is_not_refused() {
    let skipped = r#"{"names": ["read"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1,
        "args": [{"index": 9, "op": "SCMP_CMP_EQ"}]}"#;
    assert!(rule(skipped).is_empty());
    let nameless = r#"{"names": [], "action": "SCMP_ACT_ALLOW", "args": [{"op": "EQ"}]}"#;
    assert!(rule(nameless).is_empty());
    let counted = r#"{"names": ["read"], "action": "SCMP_ACT_ALLOW",
        "args": [{"index": 6, "op": "SCMP_CMP_EQ"}]}"#;
    assert_eq!(
        rule(counted),
        ["6: a system call has six arguments, 0 to 5"]
    );
}

#[test]
fn a_rule_with_a_condition_is_refused_only_where_it_applies() {
    let rule_text = r#"{"names": ["x"], "action": "DENY", "includes": {"caps": ["CAP_BPF"]}}"#;
    assert_eq!(rule(rule_text), ["~\"DENY\": `DENY` is no action"]);
    let empty = r#"{"names": ["x"], "action": "DENY", "includes": {}, "excludes": null}"#;
    assert_eq!(rule(empty), ["\"DENY\": `DENY` is no action"]);
}

#[test]
fn a_supervisor_cannot_be_the_default() {
    assert_eq!(refused(r#"{"defaultAction": "SCMP_ACT_NOTIFY"}"#).len(), 1);
}

#[test]
fn flags() {
    let flags = |flags: &str| {
        refused(&format!(
            r#"{{"defaultAction": "SCMP_ACT_ERRNO", "flags": {flags}}}"#
        ))
    };
    assert!(flags("[]").is_empty());
    assert!(flags(r#"["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_TSYNC"]"#).is_empty());
    assert_eq!(
        flags(r#"["LOG"]"#),
        ["\"LOG\": `LOG` is no flag that runc knows"]
    );
}

#[test]
fn a_supervisor_needs_a_listener_and_cannot_be_asked_about_write() {
    let profile = |listener: &str, names: &str| {
        refused(&format!(
            r#"{{"defaultAction": "SCMP_ACT_ALLOW", {listener} "syscalls": [
                {{"names": [{names}], "action": "SCMP_ACT_NOTIFY"}}]}}"#
        ))
    };
    let listener = r#""listenerPath": "/run/agent.sock","#;
    assert!(profile(listener, r#""mkdir""#).is_empty());
    assert_eq!(
        profile(listener, r#""mkdir", "write""#),
        ["\"write\": `write` may not wait for a supervisor: runc itself would have to"]
    );
    let unset =
        "\"SCMP_ACT_NOTIFY\": `SCMP_ACT_NOTIFY` wants a supervisor, and no `listenerPath` is set";
    assert_eq!(profile("", r#""mkdir""#), [unset]);
    assert!(
        profile("", r#""not_a_call""#).is_empty(),
        "runc leaves it out"
    );
}

#[test]
fn two_rules_with_the_same_conditions() {
    let rules = |extra: &str| {
        refused(&format!(
            r#"{{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{extra}
            {{"names": ["ioctl"], "action": "SCMP_ACT_ALLOW",
                "args": [{{"index": 1, "value": 7, "op": "SCMP_CMP_EQ"}}]}},
            {{"names": ["ioctl"], "action": "SCMP_ACT_KILL",
                "args": [{{"index": 1, "value": 7, "op": "SCMP_CMP_EQ"}}]}}]}}"#
        ))
    };
    let message = "\"ioctl\": an earlier rule with another action has the same conditions for \
                   this call on x86_64";
    assert_eq!(rules(""), [message]);
    let always = r#"{"names": ["ioctl"], "action": "SCMP_ACT_ALLOW"},"#;
    assert!(
        rules(always).is_empty(),
        "the first rule decides, the others are dropped"
    );
    let sometimes = r#"{"names": ["ioctl"], "action": "SCMP_ACT_ALLOW",
        "includes": {"caps": ["CAP_BPF"]}},"#;
    assert_eq!(rules(sometimes), [format!("~{message}")]);
}

/// Of the profiles that others published, only those that no engine loads are refused.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads its data")]
fn published_profiles_are_taken() {
    use std::io::Write as _;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/seccomp");
    let Ok(entries) = std::fs::read_dir(folder) else {
        let mut stderr = std::io::stderr();
        let _ = writeln!(stderr, "skipped: {folder} is not here");
        return;
    };
    let mut count = 0;
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        count += 1;
        let refusals = refused(&std::fs::read_to_string(&path).unwrap());
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let expected: &[&str] = match name.as_str() {
            "moby-fixture-example.json" => &["12345: libseccomp takes no error number above 4094"],
            _ => &[],
        };
        assert_eq!(refusals, expected, "{name}");
    }
    assert!(count > 10);
}
