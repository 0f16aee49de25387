//! Remedies written into a quadlet.

use std::fmt::Write as _;

use caulk_finding::{Change, Hardening};
use caulk_source::{Edit, SourceFile, Span, cut};

use super::unit::{Entry, Unit};
use crate::{NotOffered, mounted};

const MISSING: NotOffered = NotOffered("nothing is written there");

/// The edits that make `change` true.
pub(super) fn edits(
    source: &SourceFile,
    unit: &Unit,
    change: &Change,
) -> Result<Vec<Edit>, NotOffered> {
    match change {
        Change::Remove { entry } => remove(source, unit, *entry),
        Change::Become { entry, value } => become_value(unit, *entry, value),
        Change::ReadOnly { entry } => {
            let text = mounted::read_only(source.slice(*entry));
            let text = text.ok_or(NotOffered("its options are written in a way of their own"))?;
            become_value(unit, *entry, &text)
        }
        Change::RunAs { user, .. } => run_as(source, unit, user),
        Change::Harden { hardening, .. } => {
            let lines = match hardening {
                Hardening::NoNewPrivileges => match named(unit, "NoNewPrivileges") {
                    Some(entry) => return Ok(vec![Edit::replace(entry.whole().whole(), "true")]),
                    None => vec!["NoNewPrivileges=true".to_owned()],
                },
                Hardening::DropCapabilities { keep } => {
                    let mut lines = vec!["DropCapability=ALL".to_owned()];
                    if !keep.is_empty() {
                        lines.push(format!("AddCapability={}", keep.join(" ")));
                    }
                    lines
                }
                Hardening::ReadOnlyRoot => match named(unit, "ReadOnly") {
                    Some(entry) => return Ok(vec![Edit::replace(entry.whole().whole(), "true")]),
                    None => vec!["ReadOnly=true".to_owned()],
                },
            };
            add_lines(source, unit, &lines)
        }
        Change::Set { .. } | Change::Filter { .. } => {
            Err(NotOffered("a quadlet has no such setting"))
        }
    }
}

fn named<'u>(unit: &'u Unit, key: &str) -> Option<&'u Entry> {
    let mut entries = unit.entries.iter().rev();
    entries.find(|entry| entry.section == "Container" && entry.key.value == key)
}

/// The key whose value holds a place.
fn holder(unit: &Unit, place: Span) -> Result<&Entry, NotOffered> {
    let mut entries = unit.entries.iter();
    entries
        .find(|entry| entry.value.whole().contains(place))
        .ok_or(MISSING)
}

/// A value gone with its line, or a word of it with the blanks behind it.
fn remove(source: &SourceFile, unit: &Unit, place: Span) -> Result<Vec<Edit>, NotOffered> {
    let entry = holder(unit, place)?;
    let words = entry.words();
    let all = entry.whole().whole() == place;
    let at = words.iter().position(|word| word.span.start == place.start);
    let until = words.iter().position(|word| word.span.end == place.end);
    let (Some(at), Some(until)) = (at, until) else {
        return if all {
            Ok(vec![Edit::remove(lines(source, entry))])
        } else {
            Err(MISSING)
        };
    };
    if all || until + 1 - at == words.len() {
        return Ok(vec![Edit::remove(lines(source, entry))]);
    }
    let gone = match (
        words.get(until + 1),
        at.checked_sub(1).and_then(|at| words.get(at)),
    ) {
        (Some(next), _) => Span {
            end: next.span.start,
            ..place
        },
        (None, Some(previous)) => Span {
            start: previous.span.end,
            ..place
        },
        (None, None) => return Err(MISSING),
    };
    if source.slice(gone).contains(['#', ';']) {
        return Err(NotOffered("a comment stands beside it"));
    }
    Ok(vec![Edit::remove(gone)])
}

/// The lines of an entry, with the line break behind them.
fn lines(source: &SourceFile, entry: &Entry) -> Span {
    let index = source.lines();
    let mut start = index.start(index.line(entry.span.start)) as usize;
    let last = index.range(index.line(entry.span.end.saturating_sub(1)));
    if !cut(source.text(), last.clone()).ends_with('\n') {
        // The last line of a file without a final line break.
        let above = cut(source.text(), 0..start);
        let trimmed = above.strip_suffix('\n').unwrap_or(above);
        start = trimmed.strip_suffix('\r').unwrap_or(trimmed).len();
    }
    Span::new(entry.span.file, start..last.end)
}

/// A value becomes another one: of a key that is a truth value, that.
fn become_value(unit: &Unit, place: Span, value: &str) -> Result<Vec<Edit>, NotOffered> {
    let entry = holder(unit, place)?;
    let is_word = entry.words().iter().any(|word| word.span == place);
    if entry.whole().whole() != place && !is_word {
        return Err(MISSING);
    }
    let text = match (entry.key.value.as_str(), value) {
        ("NoNewPrivileges", "no-new-privileges:true") => "true",
        ("PodmanArgs", _) => return Err(NotOffered("it is one of several words")),
        _ => value,
    };
    Ok(vec![Edit::replace(place, text)])
}

fn run_as(source: &SourceFile, unit: &Unit, user: &str) -> Result<Vec<Edit>, NotOffered> {
    let (account, group) = user.split_once(':').unwrap_or((user, ""));
    let mut added = Vec::new();
    let mut edits = Vec::new();
    for (key, value) in [("User", account), ("Group", group)] {
        match named(unit, key) {
            _ if value.is_empty() => {}
            Some(entry) => edits.push(Edit::replace(entry.whole().whole(), value)),
            None => added.push(format!("{key}={value}")),
        }
    }
    if !added.is_empty() {
        edits.extend(add_lines(source, unit, &added)?);
    }
    Ok(edits)
}

/// Lines of their own below the image.
fn add_lines(source: &SourceFile, unit: &Unit, added: &[String]) -> Result<Vec<Edit>, NotOffered> {
    let entry = named(unit, "Image").ok_or(NotOffered("it names no image"))?;
    let ending = source.line_ending();
    let mut text = String::new();
    for line in added {
        let _ = write!(text, "{ending}{line}");
    }
    let place = Span::at(entry.span.file, entry.span.end as usize);
    Ok(vec![Edit::insert(place, text)])
}
