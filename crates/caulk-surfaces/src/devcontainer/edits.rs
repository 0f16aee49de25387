//! Remedies written into a `devcontainer.json`.

use caulk_finding::{Change, Hardening};
use caulk_source::{Edit, SourceFile, Span};
use caulk_syntax::json::{Kind, Value};

use crate::{NotOffered, json_edits, mounted};

/// The edits that make `change` true.
pub(super) fn edits(
    source: &SourceFile,
    root: &Value,
    change: &Change,
) -> Result<Vec<Edit>, NotOffered> {
    match change {
        Change::Remove { entry } => match argument(root, *entry) {
            Some((list, first, count)) => remove_items(source, list, first, count),
            None => json_edits::remove(source, root, *entry),
        },
        Change::Become { entry, value } => match argument(root, *entry) {
            Some((list, first, count)) => {
                become_argument(source, list.items().get(first + count - 1), value)
            }
            None => json_edits::become_value(root, *entry, value),
        },
        Change::ReadOnly { entry } => read_only(root, *entry),
        Change::RunAs { user, .. } => {
            if let Some(value) = root.get("containerUser") {
                return json_edits::become_value(root, value.span, user);
            }
            let user = json_edits::quoted(user);
            json_edits::add_member(source, root, "containerUser", &user)
        }
        Change::Harden { hardening, .. } => harden(source, root, hardening),
        Change::Set { .. } | Change::Filter { .. } => {
            Err(NotOffered("a dev container has no such setting"))
        }
    }
}

/// A mount that can only be read: a word of `runArgs`, or a text of `mounts`. The tools read no such
/// option of a mount that is an object.
fn read_only(root: &Value, entry: Span) -> Result<Vec<Edit>, NotOffered> {
    let given = argument(root, entry);
    let word = given.and_then(|(list, first, count)| list.items().get(first + count - 1));
    let mut mounts = root
        .get("mounts")
        .map(Value::items)
        .unwrap_or_default()
        .iter();
    let mount = word.or_else(|| mounts.find(|item| item.span == entry));
    let written = mount.and_then(|mount| Some((mount.span, mount.as_str()?)));
    let (place, written) = written.ok_or(NotOffered("it is no text"))?;
    let (flag, value) = match written.split_once('=') {
        Some((flag, value)) if flag.starts_with("--") => (format!("{flag}="), value),
        Some(_) | None => (String::new(), written),
    };
    let value = mounted::read_only(value);
    let value = value.ok_or(NotOffered("its options are written in a way of their own"))?;
    let text = json_edits::quoted(&format!("{flag}{value}"));
    Ok(vec![Edit::replace(place, text)])
}

fn harden(
    source: &SourceFile,
    root: &Value,
    hardening: &Hardening,
) -> Result<Vec<Edit>, NotOffered> {
    match hardening {
        Hardening::NoNewPrivileges => add_to(
            source,
            root,
            "securityOpt",
            &["no-new-privileges".to_owned()],
        ),
        Hardening::DropCapabilities { keep } => {
            let mut flags = vec!["--cap-drop=ALL".to_owned()];
            flags.extend(keep.iter().map(|name| format!("--cap-add={name}")));
            add_to(source, root, "runArgs", &flags)
        }
        Hardening::ReadOnlyRoot => add_to(source, root, "runArgs", &["--read-only".to_owned()]),
    }
}

/// Items added to a list; a new list where there is none.
fn add_to(
    source: &SourceFile,
    root: &Value,
    key: &str,
    items: &[String],
) -> Result<Vec<Edit>, NotOffered> {
    let Some(list) = root.get(key) else {
        let items: Vec<String> = items.iter().map(|item| json_edits::quoted(item)).collect();
        return json_edits::add_member(source, root, key, &format!("[{}]", items.join(", ")));
    };
    json_edits::add_items(source, list, items)
}

/// The words of `runArgs` that stand at exactly this place: the list, the first, and how many.
fn argument(root: &Value, place: Span) -> Option<(&Value, usize, usize)> {
    let arguments = root.get("runArgs")?;
    let items = arguments.items();
    let first = items
        .iter()
        .position(|item| item.span.start == place.start)?;
    let last = items.iter().position(|item| item.span.end == place.end)?;
    Some((arguments, first, last.checked_sub(first)? + 1))
}

fn remove_items(
    source: &SourceFile,
    list: &Value,
    first: usize,
    count: usize,
) -> Result<Vec<Edit>, NotOffered> {
    let items = list.items();
    let missing = NotOffered("nothing is written there");
    let start = items.get(first).ok_or(missing)?.span;
    let end = items.get(first + count - 1).ok_or(missing)?.span;
    let previous = first.checked_sub(1).and_then(|at| items.get(at));
    let gone = match (previous, items.get(first + count)) {
        (_, Some(next)) => Span {
            end: next.span.start,
            ..start
        },
        (Some(previous), None) => Span {
            start: previous.span.end,
            ..end
        },
        (None, None) => start.to(end),
    };
    let blank = |c: char| c.is_whitespace() || c == ',';
    let items_there = items.get(first..first + count).unwrap_or_default();
    let mut rest = source.slice(gone).to_owned();
    for item in items_there {
        rest = rest.replacen(source.slice(item.span), "", 1);
    }
    if !rest.chars().all(blank) {
        return Err(NotOffered("a comment stands beside it"));
    }
    Ok(vec![Edit::remove(gone)])
}

/// A word whose value stands behind `=`, or is the whole of it.
fn become_argument(
    source: &SourceFile,
    word: Option<&Value>,
    value: &str,
) -> Result<Vec<Edit>, NotOffered> {
    let word = word.ok_or(NotOffered("nothing is written there"))?;
    let Kind::String(written) = &word.kind else {
        return Err(NotOffered("it is no text"));
    };
    let text = match written.split_once('=') {
        Some((flag, _)) if flag.starts_with("--") => format!("{flag}={value}"),
        Some(_) | None => value.to_owned(),
    };
    let _ = source;
    Ok(vec![Edit::replace(word.span, json_edits::quoted(&text))])
}
