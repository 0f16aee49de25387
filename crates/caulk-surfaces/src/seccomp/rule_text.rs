//! Rules of a profile, as they are written beside its own.

use std::fmt::Write as _;

use caulk_finding::FilterChange;
use caulk_seccomp::default_profile::{DefaultRule, RULES, When};

/// `ENOSYS`.
const ENOSYS: u16 = 38;

/// How the rules of a file are laid out.
pub(crate) struct Style {
    /// What stands between the members of a rule: a newline with its indentation, or a blank.
    pub(crate) between: String,
    /// What stands before the closing brace.
    pub(crate) before_end: String,
}

/// The rules that `change` adds, each as one object.
pub(crate) fn rules(change: &FilterChange, style: &Style) -> Vec<String> {
    let mut rules = Vec::new();
    if !change.allowed.is_empty() {
        let members = [names(&change.allowed), action("ALLOW")];
        rules.push(object(&members, style));
    }
    if !change.missing.is_empty() {
        let members = [names(&change.missing), action("ERRNO"), errno(ENOSYS)];
        rules.push(object(&members, style));
    }
    let wanted = |rule: &&DefaultRule| rule.includes.capabilities.is_empty();
    for rule in RULES.iter().filter(wanted) {
        let calls = rule.names();
        let calls: Vec<&str> = calls
            .filter(|name| change.as_default.iter().any(|call| call == name))
            .collect();
        if !calls.is_empty() {
            rules.push(object(&default_rule(rule, &calls), style));
        }
    }
    rules
}

/// The members of a rule of the default, for these of its calls.
fn default_rule(rule: &DefaultRule, calls: &[&str]) -> Vec<String> {
    let mut members = vec![names(calls)];
    match rule.errno {
        None => members.push(action("ALLOW")),
        Some(number) => members.extend([action("ERRNO"), errno(number)]),
    }
    if let Some(argument) = rule.argument {
        members.push(format!(
            "\"args\": [{{\"index\": {}, \"value\": {}, \"valueTwo\": 0, \"op\": \"SCMP_CMP_{}\"}}]",
            argument.index, argument.value, argument.operator
        ));
    }
    for (key, when) in [("includes", &rule.includes), ("excludes", &rule.excludes)] {
        if !when.is_none() {
            members.push(format!("\"{key}\": {{{}}}", conditions(when)));
        }
    }
    members
}

fn conditions(when: &When) -> String {
    let mut parts = Vec::new();
    if !when.capabilities.is_empty() {
        let capabilities = when.capabilities.iter().map(|one| one.name());
        parts.push(format!("\"caps\": [{}]", quoted(capabilities)));
    }
    if !when.architectures.is_empty() {
        let architectures = when.architectures.iter().map(|abi| abi.docker());
        parts.push(format!("\"arches\": [{}]", quoted(architectures)));
    }
    if let Some((kernel, major)) = when.kernel {
        parts.push(format!("\"minKernel\": \"{kernel}.{major}\""));
    }
    parts.join(", ")
}

fn names<S: AsRef<str>>(calls: &[S]) -> String {
    format!("\"names\": [{}]", quoted(calls.iter().map(AsRef::as_ref)))
}

fn action(name: &str) -> String {
    format!("\"action\": \"SCMP_ACT_{name}\"")
}

fn errno(number: u16) -> String {
    format!("\"errnoRet\": {number}")
}

/// Words of our own tables, in which nothing is escaped.
fn quoted<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let words: Vec<String> = words.map(|word| format!("\"{word}\"")).collect();
    words.join(", ")
}

fn object(members: &[String], style: &Style) -> String {
    let mut text = String::from("{");
    for (index, member) in members.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(text, "{comma}{}{member}", style.between);
    }
    // In one line a blank stands inside the braces where the file has one.
    let _ = write!(text, "{}}}", style.before_end);
    text
}

impl Style {
    /// Like the rule that is written as `written`, on a line that begins with `indent`.
    pub(crate) fn like(written: &str, indent: &str, line_ending: &str) -> Self {
        let inside = written.strip_prefix('{').unwrap_or(written);
        let blank: &str = inside
            .find(|char: char| !char.is_whitespace())
            .and_then(|end| inside.get(..end))
            .unwrap_or_default();
        if !blank.contains('\n') {
            return Self {
                between: " ".to_owned(),
                before_end: if blank.is_empty() { "" } else { " " }.to_owned(),
            };
        }
        let column = blank.rsplit('\n').next().unwrap_or_default();
        Self {
            between: format!("{line_ending}{column}"),
            before_end: format!("{line_ending}{indent}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_decided_as_the_default_decides_it_without_capabilities() {
        let change = FilterChange {
            as_default: vec!["clone".to_owned(), "mount".to_owned()],
            missing: vec!["clone3".to_owned()],
            ..FilterChange::default()
        };
        let style = Style::like("{\"names\": []}", "", "\n");
        let rules = rules(&change, &style);
        assert_eq!(
            rules,
            [
                r#"{ "names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}"#,
                concat!(
                    r#"{ "names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "#,
                    r#""value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}], "#,
                    r#""excludes": {"caps": ["CAP_SYS_ADMIN"], "arches": ["s390", "s390x"]}}"#
                ),
                concat!(
                    r#"{ "names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 1, "#,
                    r#""value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}], "#,
                    r#""includes": {"arches": ["s390", "s390x"]}, "excludes": {"caps": ["CAP_SYS_ADMIN"]}}"#
                ),
            ]
        );
    }
}
