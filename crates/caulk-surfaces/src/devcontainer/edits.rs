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
        Change::Remove { entry } => remove(source, root, *entry),
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

/// An item, gone with its flag where that is one of its own, and with the key of its list where
/// nothing else is in that.
fn remove(source: &SourceFile, root: &Value, entry: Span) -> Result<Vec<Edit>, NotOffered> {
    let argument = argument(root, entry);
    let list = match argument {
        Some((list, _, count)) => (list.items().len() == count).then_some(list),
        None => only_item(root, entry),
    };
    let emptied = list.filter(|list| has_items_alone(source, list));
    if let Some(list) = emptied
        && let Ok(edits) = json_edits::remove(source, root, list.span)
    {
        return Ok(edits);
    }
    match argument {
        Some((list, first, count)) => remove_items(source, list, first, count),
        None => json_edits::remove(source, root, entry),
    }
}

/// The list among the file's own keys that has what stands at this place and nothing else.
fn only_item(root: &Value, entry: Span) -> Option<&Value> {
    let mut lists = root.members().iter().map(|member| &member.value);
    lists.find(|list| matches!(list.items(), [only] if only.span == entry))
}

/// Whether nothing but its items stands in a list: no comment.
fn has_items_alone(source: &SourceFile, list: &Value) -> bool {
    let mut rest = source.slice(list.span).to_owned();
    for item in list.items() {
        rest = rest.replacen(source.slice(item.span), "", 1);
    }
    let is_blank = |c: char| c.is_whitespace() || matches!(c, '[' | ']' | ',');
    rest.chars().all(is_blank)
}

/// The words of `runArgs` that stand at exactly this place, with the flag that stands before them as
/// a word of its own: the list, the first, and how many.
fn argument(root: &Value, place: Span) -> Option<(&Value, usize, usize)> {
    let arguments = root.get("runArgs")?;
    let items = arguments.items();
    let first = items
        .iter()
        .position(|item| item.span.start == place.start)?;
    let last = items.iter().position(|item| item.span.end == place.end)?;
    let is_flag = |item: &Value| item.as_str().is_some_and(|text| text.starts_with('-'));
    let before = first.checked_sub(1).filter(|before| {
        items.get(first).is_some_and(|item| !is_flag(item))
            && items.get(*before).is_some_and(is_flag)
    });
    let first = before.unwrap_or(first);
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
    let next = items.get(first + count).map(|item| item.span);
    json_edits::remove_from_list(source, previous.map(|item| item.span), start.to(end), next)
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
