//! Remedies written into a workflow.

use caulk_finding::{Change, Hardening};
use caulk_source::{Edit, SourceFile, Span};
use caulk_syntax::yaml::Stream;

use super::Started;
use crate::lines::{add_flags, become_value, read_only};
use crate::{NotOffered, compose};

/// The edits that make `change` true.
pub(super) fn edits(
    stream: &Stream,
    source: &SourceFile,
    started: &Started,
    change: &Change,
) -> Result<Vec<Edit>, NotOffered> {
    match change {
        Change::Remove { entry } => match option(started, *entry) {
            Some((first, count)) => remove(source, started, first, count),
            None => compose::edits(stream, source, change),
        },
        Change::Become { entry, value } => {
            let mut given = started.run.line.given.iter();
            let given = given.find(|given| given.span == *entry);
            match (given, option(started, *entry)) {
                (Some(given), Some(_)) => {
                    become_value(source, *entry, given.value.written(), value)
                }
                _ => compose::edits(stream, source, change),
            }
        }
        Change::ReadOnly { entry } => match option(started, *entry) {
            Some(_) => read_only(source, *entry),
            None => compose::edits(stream, source, change),
        },
        Change::RunAs { user, .. } => add(source, started, &[format!("--user {user}")]),
        Change::Harden { hardening, .. } => add(source, started, &flags(hardening)),
        Change::Set { .. } | Change::Filter { .. } => {
            Err(NotOffered("a workflow has no such setting"))
        }
    }
}

fn flags(hardening: &Hardening) -> Vec<String> {
    match hardening {
        Hardening::NoNewPrivileges => vec!["--security-opt no-new-privileges".to_owned()],
        Hardening::DropCapabilities { keep } => {
            let mut flags = vec!["--cap-drop ALL".to_owned()];
            flags.extend(keep.iter().map(|name| format!("--cap-add {name}")));
            flags
        }
        Hardening::ReadOnlyRoot => vec!["--read-only".to_owned()],
    }
}

/// Flags added before the first of `options`.
fn add(source: &SourceFile, started: &Started, flags: &[String]) -> Result<Vec<Edit>, NotOffered> {
    let first = started.options.first();
    let first = first.ok_or(NotOffered("it has no `options` to add to"))?;
    Ok(add_flags(source, first.span, flags))
}

/// The words of `options` that stand at exactly this place.
fn option(started: &Started, place: Span) -> Option<(usize, usize)> {
    let words = &started.options;
    let first = words
        .iter()
        .position(|word| word.span.start == place.start)?;
    let last = words.iter().position(|word| word.span.end == place.end)?;
    Some((first, last.checked_sub(first)? + 1))
}

/// Words gone with the blanks around them; the last ones leave an empty text.
fn remove(
    source: &SourceFile,
    started: &Started,
    first: usize,
    count: usize,
) -> Result<Vec<Edit>, NotOffered> {
    let words = &started.options;
    let missing = NotOffered("nothing is written there");
    let start = words.get(first).ok_or(missing)?.span;
    let end = words.get(first + count - 1).ok_or(missing)?.span;
    let previous = first.checked_sub(1).and_then(|at| words.get(at));
    let gone = match (previous, words.get(first + count)) {
        (_, Some(next)) => Span {
            end: next.span.start,
            ..start
        },
        (Some(previous), None) => Span {
            start: previous.span.end,
            ..end
        },
        (None, None) => return Err(NotOffered("nothing would be left of `options`")),
    };
    let between = source.slice(gone);
    if between.contains('#') {
        return Err(NotOffered("a comment stands beside it"));
    }
    Ok(vec![Edit::remove(gone)])
}
