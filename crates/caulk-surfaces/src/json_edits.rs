//! Remedies written into JSON.

use std::fmt::Write as _;

use caulk_source::{Edit, SourceFile, Span, cut};
use caulk_syntax::json::{Kind, Member, Value};

use crate::NotOffered;

const MISSING: NotOffered = NotOffered("nothing is written there");

/// A value becomes another one: text stays text, and what is none (`true`, a number) none.
pub(crate) fn become_value(root: &Value, entry: Span, text: &str) -> Result<Vec<Edit>, NotOffered> {
    let value = find(root, entry).ok_or(MISSING)?;
    let bare = match value.kind {
        Kind::String(_) => false,
        Kind::Bool(_) | Kind::Number(_) | Kind::Null => true,
        Kind::Array(_) | Kind::Object(_) => return Err(NotOffered("it is no plain value")),
    };
    let text = if bare { text.to_owned() } else { quoted(text) };
    Ok(vec![Edit::replace(entry, text)])
}

/// A text in quotes.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// The value that stands at exactly this place.
fn find(value: &Value, place: Span) -> Option<&Value> {
    if value.span == place {
        return Some(value);
    }
    let members = value.members().iter().map(|member| &member.value);
    let inside = members
        .chain(value.items())
        .find(|inner| inner.span.contains(place))?;
    find(inside, place)
}

/// An item of a list, or a key with the value at `entry`, gone with its comma and its line.
pub(crate) fn remove(
    source: &SourceFile,
    root: &Value,
    entry: Span,
) -> Result<Vec<Edit>, NotOffered> {
    let (siblings, at) = siblings(root, entry).ok_or(MISSING)?;
    let element = *siblings.get(at).ok_or(MISSING)?;
    let previous = at.checked_sub(1).and_then(|at| siblings.get(at));
    remove_from_list(
        source,
        previous.copied(),
        element,
        siblings.get(at + 1).copied(),
    )
}

/// What stands at `gone` in a list or an object, removed with its comma. Comments that have lines of
/// their own around it stay.
pub(crate) fn remove_from_list(
    source: &SourceFile,
    previous: Option<Span>,
    gone: Span,
    next: Option<Span>,
) -> Result<Vec<Edit>, NotOffered> {
    const COMMENT: NotOffered = NotOffered("a comment stands beside it");
    let with_comma = match (previous, next) {
        // The comma behind it goes with it, up to where the next one begins.
        (_, Some(next)) => Span {
            end: next.start,
            ..gone
        },
        (Some(previous), None) => Span {
            start: previous.end,
            ..gone
        },
        (None, None) => return Ok(vec![Edit::remove(whole_line(source, gone))]),
    };
    if !has_comment(source.slice(with_comma), source.slice(gone)) {
        return Ok(vec![Edit::remove(with_comma)]);
    }
    let text = source.text();
    let comma_behind = |end: u32| {
        let rest = cut(text, end as usize..text.len());
        let blanks = rest.len() - rest.trim_start().len();
        rest.trim_start()
            .starts_with(',')
            .then_some(end as usize + blanks)
    };
    let line = |end: usize| {
        let lines = whole_line(source, Span::new(gone.file, gone.start as usize..end));
        let before = source.slice(lines);
        // Blanks that end the line before stay with it.
        let stays = before.len() - before.trim_start_matches([' ', '\t']).len();
        let lines = Span::new(gone.file, lines.start as usize + stays..end);
        let rest = cut(text, end..text.len())
            .split('\n')
            .next()
            .unwrap_or_default();
        if !source.slice(lines).starts_with(['\n', '\r']) {
            return Err(COMMENT);
        }
        if rest.trim_start().starts_with([']', '}']) {
            // A bracket behind it must not come to stand in the comment before it.
            let blanks = rest.len() - rest.trim_start().len();
            return Ok(Span::new(gone.file, gone.start as usize..end + blanks));
        }
        rest.trim().is_empty().then_some(lines).ok_or(COMMENT)
    };
    match (previous, next) {
        (_, Some(_)) => {
            let comma = comma_behind(gone.end).ok_or(COMMENT)?;
            Ok(vec![Edit::remove(line(comma + 1)?)])
        }
        (Some(previous), None) => {
            let comma = comma_behind(previous.end).ok_or(COMMENT)?;
            Ok(vec![
                Edit::remove(Span::new(gone.file, comma..comma + 1)),
                Edit::remove(line(gone.end as usize)?),
            ])
        }
        (None, None) => Err(MISSING),
    }
}

/// Whether something other than blanks and a comma stands around the element.
fn has_comment(gone: &str, element: &str) -> bool {
    let around = gone.replacen(element, "", 1);
    !around
        .trim_matches(|c: char| c.is_whitespace() || c == ',')
        .is_empty()
}

/// The element with the blanks before it, and its line break where nothing else is on its lines.
pub(crate) fn whole_line(source: &SourceFile, element: Span) -> Span {
    let text = source.text();
    let before = cut(text, 0..element.start as usize);
    let trimmed = before.trim_end_matches([' ', '\t', '\r', '\n']);
    Span {
        start: u32::try_from(trimmed.len()).unwrap_or(element.start),
        ..element
    }
}

/// The places of the elements among which the value at `entry` stands, and which of them it is.
fn siblings(value: &Value, entry: Span) -> Option<(Vec<Span>, usize)> {
    let members = value.members();
    if let Some(at) = members.iter().position(|member| member.value.span == entry) {
        return Some((members.iter().map(Member::span).collect(), at));
    }
    let items = value.items();
    if let Some(at) = items.iter().position(|item| item.span == entry) {
        return Some((items.iter().map(|item| item.span).collect(), at));
    }
    let values = members.iter().map(|member| &member.value);
    let inside = values
        .chain(items)
        .find(|inner| inner.span.contains(entry))?;
    siblings(inside, entry)
}

/// A member added behind the last one, on a line of its own where the others have theirs.
pub(crate) fn add_member(
    source: &SourceFile,
    object: &Value,
    key: &str,
    value: &str,
) -> Result<Vec<Edit>, NotOffered> {
    let added = format!("{}: {value}", quoted(key));
    let Some(last) = object.members().last() else {
        let Kind::Object(_) = object.kind else {
            return Err(NotOffered("it is no object"));
        };
        let inside = Span::at(object.span.file, object.span.start as usize + 1);
        return Ok(vec![Edit::insert(inside, added)]);
    };
    let at = Span::at(last.span().file, last.span().end as usize);
    Ok(vec![Edit::insert(
        at,
        format!(",{}{added}", separator(source, last.span())),
    )])
}

/// What stands between an element's line break and it; one blank where it has no line of its own.
fn separator(source: &SourceFile, element: Span) -> String {
    let before = cut(source.text(), 0..element.start as usize);
    let indent_start = before.trim_end_matches([' ', '\t']).len();
    let line = cut(before, 0..indent_start);
    if line.ends_with('\n') {
        let indent = cut(before, indent_start..before.len());
        return format!("{}{indent}", source.line_ending());
    }
    " ".to_owned()
}

/// Items added behind the last one, in the list's own style.
pub(crate) fn add_items(
    source: &SourceFile,
    list: &Value,
    items: &[String],
) -> Result<Vec<Edit>, NotOffered> {
    let Kind::Array(there) = &list.kind else {
        return Err(NotOffered("it is no list"));
    };
    let quoted: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    let Some(end) = there.last().map(|item| item.span) else {
        let inside = Span::at(list.span.file, list.span.start as usize + 1);
        return Ok(vec![Edit::insert(inside, quoted.join(", "))]);
    };
    let separator = separator(source, end);
    let mut text = String::new();
    for item in quoted {
        let _ = write!(text, ",{separator}{item}");
    }
    let at = Span::at(end.file, end.end as usize);
    Ok(vec![Edit::insert(at, text)])
}
