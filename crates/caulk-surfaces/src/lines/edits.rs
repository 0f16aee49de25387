//! Remedies written into a command line.

use caulk_finding::{Change, Hardening};
use caulk_source::{Edit, SourceFile, Span, cut};

use super::line_edits::{GOES_ON, add_flags, become_value, read_only};
use crate::NotOffered;
use crate::command_line::{Argument, Given, Image, Line, Run};

/// The edits that make `change` true in a `run`.
pub(super) fn edits(
    source: &SourceFile,
    run: &Run,
    words: &[Argument],
    change: &Change,
) -> Result<Vec<Edit>, NotOffered> {
    let added = |flags: &[String]| match &run.image {
        Image::Named(image) if !image.shared => Ok(add_flags(source, image.span, flags)),
        Image::Named(_) | Image::Unknown => Err(NotOffered("its image is named elsewhere")),
    };
    match change {
        Change::RunAs { user, .. } => match run.last("user") {
            Some(given) => value(source, given, user),
            None => added(&[format!("--user {user}")]),
        },
        Change::Harden { hardening, .. } => match hardening {
            Hardening::NoNewPrivileges => match no_new_privileges(run) {
                Some(given) => value(source, given, "no-new-privileges=true"),
                None => added(&["--security-opt no-new-privileges".to_owned()]),
            },
            Hardening::DropCapabilities { keep } => {
                let mut flags = vec!["--cap-drop ALL".to_owned()];
                flags.extend(keep.iter().map(|name| format!("--cap-add {name}")));
                added(&flags)
            }
            Hardening::ReadOnlyRoot => match run.last("read-only") {
                Some(given) => value(source, given, "true"),
                None => added(&["--read-only".to_owned()]),
            },
        },
        Change::Remove { .. }
        | Change::ReadOnly { .. }
        | Change::Become { .. }
        | Change::Set { .. }
        | Change::Filter { .. } => of_line(source, &run.line, words, change),
    }
}

fn no_new_privileges(run: &Run) -> Option<&Given<'static>> {
    let said = |given: &&Given<'static>| given.value.written().starts_with("no-new-privileges");
    run.all("security-opt").filter(said).last()
}

/// The edits that make `change` true of a flag that is given.
pub(super) fn of_line(
    source: &SourceFile,
    line: &Line<'_>,
    words: &[Argument],
    change: &Change,
) -> Result<Vec<Edit>, NotOffered> {
    let given = |entry: Span| {
        let mut given = line.given.iter();
        let found = given.find(|given| given.span == entry);
        found.ok_or(NotOffered("no flag is written there"))
    };
    match change {
        Change::Remove { entry } => remove(source, given(*entry)?, words),
        Change::Become { entry, value: text } => value(source, given(*entry)?, text),
        Change::ReadOnly { entry } => {
            if given(*entry)?.shared {
                return Err(NotOffered("the flag is written elsewhere"));
            }
            read_only(source, *entry)
        }
        Change::RunAs { .. }
        | Change::Harden { .. }
        | Change::Set { .. }
        | Change::Filter { .. } => Err(NotOffered("nothing of that can be written here")),
    }
}

/// A flag, gone with the blanks up to the word behind it; where that has a line of its own, with those
/// before the flag.
fn remove(
    source: &SourceFile,
    given: &Given<'_>,
    words: &[Argument],
) -> Result<Vec<Edit>, NotOffered> {
    if given.shared {
        return Err(NotOffered("the flag is written elsewhere"));
    }
    if !given.alone {
        return Err(NotOffered("other flags stand in the same word"));
    }
    let (first, count) = given.words;
    let next = words
        .get(first + count)
        .ok_or(NotOffered("nothing stands behind it"))?;
    let gone = Span {
        end: next.span.start,
        ..given.span
    };
    let between = Span {
        start: given.span.end,
        ..gone
    };
    let blank = |c: char| c.is_whitespace() || GOES_ON.contains(&c);
    if !source.slice(between).chars().all(blank) {
        return Err(NotOffered("something else stands behind it"));
    }
    let start = given.span.start as usize;
    let before = cut(source.text(), 0..start);
    let line = before.rsplit('\n').next().unwrap_or_default();
    let blanks = line.len() - line.trim_end_matches([' ', '\t']).len();
    if source.slice(between).contains('\n') && blanks > 0 && blanks < line.len() {
        let alone = Span::new(given.span.file, start - blanks..given.span.end as usize);
        return Ok(vec![Edit::remove(alone)]);
    }
    Ok(vec![Edit::remove(gone)])
}

fn value(source: &SourceFile, given: &Given<'_>, after: &str) -> Result<Vec<Edit>, NotOffered> {
    if given.shared {
        return Err(NotOffered("the flag is written elsewhere"));
    }
    become_value(source, given.span, given.value.written(), after)
}
