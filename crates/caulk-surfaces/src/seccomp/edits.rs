//! Remedies written into a profile, in the style of its file.

use std::collections::BTreeSet;

use caulk_finding::{Change, FilterChange};
use caulk_seccomp::upgrade::{Difference, tighten};
use caulk_source::{Edit, FileId, SourceFile, Span, cut};
use caulk_syntax::json::{self, Kind, Value};

use super::rule_text::{self, Style};
use crate::NotOffered;

/// The edits that make `change` true.
pub(crate) fn edits(
    file: FileId,
    source: &SourceFile,
    change: &Change,
) -> Result<Vec<Edit>, NotOffered> {
    let parsed = json::parse(file, source.text());
    let root = parsed
        .value
        .filter(|_| parsed.problems.is_empty())
        .ok_or(NotOffered("the file is not JSON"))?;
    match change {
        Change::Filter { change, .. } if !change.rebased.is_empty() => rebase(file, source, change),
        Change::Filter { change, .. } => filter(source, &root, change),
        Change::Remove { entry } => {
            let change = FilterChange {
                gone: vec![*entry],
                ..FilterChange::default()
            };
            filter(source, &root, &change)
        }
        Change::Become { entry, value } => {
            let written = find(&root, *entry).ok_or(NotOffered("nothing is written there"))?;
            become_value(written, value).map(|edit| vec![edit])
        }
        Change::RunAs { .. }
        | Change::Harden { .. }
        | Change::ReadOnly { .. }
        | Change::Set { .. } => Err(NotOffered("a profile says nothing of that")),
    }
}

/// A copy of Docker's default takes over what that has shut since.
fn rebase(
    file: FileId,
    source: &SourceFile,
    change: &FilterChange,
) -> Result<Vec<Edit>, NotOffered> {
    if adds(change) || !change.gone.is_empty() {
        return Err(NotOffered("a copy is brought up to date by itself"));
    }
    let parsed = caulk_seccomp::parse(file, source.text());
    let profile = parsed.profile.ok_or(NotOffered("the file is no profile"))?;
    let upgrade = tighten(&profile, source.text())
        .map_err(|_| NotOffered("it is no copy of Docker's default"))?;
    let named = |difference: &Difference| change.rebased.contains(&difference.name);
    if !upgrade.taken.iter().all(named) {
        return Err(NotOffered("the default has shut other calls besides"));
    }
    Ok(upgrade.edits)
}

/// A text or a number with another value.
fn become_value(written: &Value, value: &str) -> Result<Edit, NotOffered> {
    let plain = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '.';
    if !value.chars().all(plain) {
        return Err(NotOffered("the value would have to be escaped"));
    }
    match written.kind {
        Kind::String(_) => Ok(Edit::replace(written.span, format!("\"{value}\""))),
        Kind::Number(_) => Ok(Edit::replace(written.span, value)),
        Kind::Null | Kind::Bool(_) | Kind::Array(_) | Kind::Object(_) => {
            Err(NotOffered("it is no plain value"))
        }
    }
}

fn find(value: &Value, span: Span) -> Option<&Value> {
    if value.span == span {
        return Some(value);
    }
    let members = value.members().iter().map(|member| &member.value);
    let mut inside = value.items().iter().chain(members);
    let next = inside.find(|value| value.span.contains(span))?;
    find(next, span)
}

fn filter(
    source: &SourceFile,
    root: &Value,
    change: &FilterChange,
) -> Result<Vec<Edit>, NotOffered> {
    let mut gone: BTreeSet<Span> = change.gone.iter().copied().collect();
    let rules = root.get_ignoring_case("syscalls");
    for rule in rules.map(Value::items).unwrap_or_default() {
        if loses_all_names(rule, &gone) {
            gone.insert(rule.span);
        }
    }
    let mut edits = Vec::new();
    shorten(source, root, &gone, &mut edits);
    if let Some(rules) = rules.filter(|_| adds(change)) {
        edits.extend(append(source, rules, &gone, change)?);
    }
    Ok(edits)
}

fn adds(change: &FilterChange) -> bool {
    let added = [&change.as_default, &change.allowed, &change.missing];
    added.iter().any(|calls| !calls.is_empty())
}

/// Whether a rule speaks of no call any more.
fn loses_all_names(rule: &Value, gone: &BTreeSet<Span>) -> bool {
    let name = rule.get_ignoring_case("name");
    let names = rule.get_ignoring_case("names");
    let mut all = names
        .map(Value::items)
        .unwrap_or_default()
        .iter()
        .chain(name);
    let mut some = false;
    all.all(|value| {
        some = true;
        gone.contains(&value.span)
    }) && some
}

/// Takes what is gone out of every list.
fn shorten(source: &SourceFile, value: &Value, gone: &BTreeSet<Span>, edits: &mut Vec<Edit>) {
    let items = value.items();
    let goes = |index: usize| items.get(index).is_some_and(|it| gone.contains(&it.span));
    let mut index = 0;
    while index < items.len() {
        if !goes(index) {
            let inside = items.get(index).into_iter();
            inside.for_each(|item| shorten(source, item, gone, edits));
            index += 1;
            continue;
        }
        let mut end = index + 1;
        while goes(end) {
            end += 1;
        }
        edits.extend(cut_out(source, value, index, end));
        index = end;
    }
    for member in value.members() {
        shorten(source, &member.value, gone, edits);
    }
}

/// The items from `start` to before `end` taken out, with the commas that go with them. Those on a
/// line of their own take the line along; among others on a line nothing else moves.
fn cut_out(source: &SourceFile, array: &Value, start: usize, end: usize) -> Option<Edit> {
    let items = array.items();
    let first = items.get(start)?.span;
    let last = items.get(end - 1)?.span;
    let before = start.checked_sub(1).and_then(|at| items.get(at));
    let after = items.get(end);
    let blank_before = before.map(|before| Span {
        start: before.span.end,
        end: first.start,
        ..first
    });
    let on_one_line = blank_before.is_some_and(|blank| !source.slice(blank).contains('\n'));
    let span = match (before, after) {
        (None, None) => return Some(Edit::replace(array.span, "[]")),
        (Some(before), Some(_)) if on_one_line => Span {
            start: before.span.end,
            end: last.end,
            ..first
        },
        (_, Some(after)) => Span {
            end: after.span.start,
            ..first
        },
        (Some(before), None) => Span {
            start: before.span.end,
            end: last.end,
            ..first
        },
    };
    Some(Edit::remove(span))
}

/// New rules behind the last one that stays.
fn append(
    source: &SourceFile,
    rules: &Value,
    gone: &BTreeSet<Span>,
    change: &FilterChange,
) -> Result<Vec<Edit>, NotOffered> {
    let items = rules.items();
    let last = items.iter().rfind(|item| !gone.contains(&item.span));
    let Some(last) = last else {
        return Err(NotOffered("no rule stays to write others beside"));
    };
    let lines = source.lines();
    let start = lines.start(lines.line(last.span.start)) as usize;
    let before = cut(source.text(), start..last.span.start as usize);
    let ending = source.line_ending();
    let has_line = before.trim_matches([' ', '\t']).is_empty();
    let separator = if has_line {
        format!(",{ending}{before}")
    } else {
        ", ".to_owned()
    };
    let indent = if has_line { before } else { "" };
    let style = Style::like(source.slice(last.span), indent, ending);
    let mut text = String::new();
    for rule in rule_text::rules(change, &style) {
        text.push_str(&separator);
        text.push_str(&rule);
    }
    let at = Span::at(last.span.file, last.span.end as usize);
    Ok(vec![Edit::insert(at, text)])
}
