//! Flags written into a command line, in the style of those that are there.

use std::fmt::Write as _;

use caulk_source::{Edit, SourceFile, Span, cut};

use crate::{NotOffered, mounted};

/// What stands at the end of a line that goes on: in a shell, in PowerShell, in `cmd`.
pub(super) const GOES_ON: [char; 3] = ['\\', '`', '^'];

/// A flag's value becomes another one. `given` is the flag with its value.
pub(crate) fn become_value(
    source: &SourceFile,
    given: Span,
    before: &str,
    after: &str,
) -> Result<Vec<Edit>, NotOffered> {
    let elsewhere = NotOffered("its value is written elsewhere");
    let written = source.slice(given);
    let at = written.rfind(before).ok_or(elsewhere)?;
    let behind = cut(written, at + before.len()..written.len());
    if before.is_empty() || !matches!(behind, "" | "\"" | "'") {
        return Err(elsewhere);
    }
    let start = given.start as usize + at;
    let place = Span::new(given.file, start..start + before.len());
    Ok(vec![Edit::replace(place, after)])
}

/// A mount that a flag gives can only be read: what is written there, with one option more. `given` is
/// the flag with its value.
pub(crate) fn read_only(source: &SourceFile, given: Span) -> Result<Vec<Edit>, NotOffered> {
    let elsewhere = NotOffered("its options are written in a way of their own");
    let written = source.slice(given);
    let value = match written.strip_prefix("--") {
        Some(long) => long.split_once(['=', ' ']).map(|(_, value)| value),
        None => written.strip_prefix("-v"),
    };
    let value = value.ok_or(elsewhere)?.trim_start_matches([' ', '=']);
    let quoted = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    let bare = quoted('"').or_else(|| quoted('\'')).unwrap_or(value);
    if bare.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`')) {
        return Err(elsewhere);
    }
    let text = mounted::read_only(bare).ok_or(elsewhere)?;
    become_value(source, given, bare, &text)
}

/// Flags added before the word at `before`: on its line, or each on one of its own where that word
/// has one.
pub(crate) fn add_flags(source: &SourceFile, before: Span, flags: &[String]) -> Vec<Edit> {
    let text = cut(source.text(), 0..before.start as usize);
    let line_start = text.rfind('\n').map_or(0, |at| at + 1);
    let indent = cut(text, line_start..text.len());
    let above = cut(text, 0..line_start).trim_end_matches(['\r', '\n']);
    let sign = above
        .chars()
        .next_back()
        .filter(|sign| GOES_ON.contains(sign));
    let sign = sign.filter(|_| indent.trim().is_empty());
    let mut added = String::new();
    for flag in flags {
        if let Some(sign) = sign {
            let _ = write!(added, "{flag} {sign}{}{indent}", source.line_ending());
        } else {
            let _ = write!(added, "{flag} ");
        }
    }
    vec![Edit::insert(
        Span::at(before.file, before.start as usize),
        added,
    )]
}
