//! Docker's default profile, as a text in Docker's format.

use std::fmt::Write as _;

use super::{ARCHITECTURES, DEFAULT_ERRNO, DefaultRule, RULES, When};

/// The whole profile as JSON, which says what Docker's own file says and reads as a file that a
/// person wrote: so that the default can be read, shown and compared like any other profile.
pub fn text() -> String {
    let mut text = format!(
        "{{\n  \"defaultAction\": \"SCMP_ACT_ERRNO\",\n  \"defaultErrnoRet\": {DEFAULT_ERRNO},\n  \"archMap\": [\n"
    );
    let machines = ARCHITECTURES.iter().map(|(machine, others)| {
        let others = list(others.iter().map(|abi| abi.scmp()));
        format!(
            "    {{\"architecture\": \"{}\", \"subArchitectures\": {others}}}",
            machine.scmp()
        )
    });
    text.push_str(&machines.collect::<Vec<_>>().join(",\n"));
    text.push_str("\n  ],\n  \"syscalls\": [\n");
    text.push_str(&RULES.iter().map(rule).collect::<Vec<_>>().join(",\n"));
    text.push_str("\n  ]\n}\n");
    text
}

fn rule(rule: &DefaultRule) -> String {
    let mut text = "    {\n      \"names\": [\n".to_owned();
    let names: Vec<String> = rule
        .names()
        .map(|name| format!("        \"{name}\""))
        .collect();
    text.push_str(&names.join(",\n"));
    text.push_str("\n      ],\n      \"action\": ");
    let _ = match rule.errno {
        None => write!(text, "\"SCMP_ACT_ALLOW\""),
        Some(errno) => write!(text, "\"SCMP_ACT_ERRNO\",\n      \"errnoRet\": {errno}"),
    };
    if let Some(argument) = rule.argument {
        let _ = write!(
            text,
            ",\n      \"args\": [{{\"index\": {}, \"value\": {}, \"op\": \"SCMP_CMP_{}\"}}]",
            argument.index, argument.value, argument.operator
        );
    }
    for (key, condition) in [("includes", rule.includes), ("excludes", rule.excludes)] {
        if !condition.is_none() {
            let _ = write!(text, ",\n      \"{key}\": {{{}}}", asked(&condition));
        }
    }
    text.push_str("\n    }");
    text
}

fn asked(condition: &When) -> String {
    let mut parts = Vec::new();
    if !condition.capabilities.is_empty() {
        let names = condition.capabilities.iter().map(|one| one.name());
        parts.push(format!("\"caps\": {}", list(names)));
    }
    if !condition.architectures.is_empty() {
        let names = condition.architectures.iter().map(|abi| abi.docker());
        parts.push(format!("\"arches\": {}", list(names)));
    }
    if let Some((major, minor)) = condition.kernel {
        parts.push(format!("\"minKernel\": \"{major}.{minor}\""));
    }
    parts.join(", ")
}

/// A list of words without a character that JSON would escape.
fn list(words: impl Iterator<Item = &'static str>) -> String {
    let words: Vec<String> = words.map(|word| format!("\"{word}\"")).collect();
    format!("[{}]", words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;
    use caulk_source::FileId;

    #[test]
    fn it_is_a_profile_that_an_engine_takes() {
        let parsed = parse(FileId::FIRST, &text());
        assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
        let profile = parsed.profile.unwrap();
        assert!(profile.refusals.is_empty(), "{:?}", profile.refusals);
        assert_eq!(profile.rules.len(), RULES.len());
    }
}
