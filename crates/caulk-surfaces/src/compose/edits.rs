//! Remedies written into a Compose file.

use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::{Change, Hardening};
use caulk_source::{Edit, SourceFile, Span};
use caulk_syntax::yaml::edit::{Editor, Fresh, Refusal};
use caulk_syntax::yaml::{Entry, Kind, Node, Role, Stream};

use super::written::{Written, written};
use crate::{NotOffered, mounted};

impl From<Refusal> for NotOffered {
    fn from(refusal: Refusal) -> Self {
        Self(refusal.0)
    }
}

/// The keys below which a service's new key stands, where the file has no habit.
const BELOW: &[&str] = &["image", "build"];

/// The keys that a hardening is written in.
pub(crate) fn keys_of(hardening: &Hardening) -> &'static [&'static str] {
    match hardening {
        Hardening::NoNewPrivileges => &["security_opt"],
        Hardening::DropCapabilities { .. } => &["cap_drop", "cap_add"],
        Hardening::ReadOnlyRoot => &["read_only"],
    }
}

/// The edits that make `change` true where it is written, for all who share it.
pub(crate) fn edits(
    stream: &Stream,
    source: &SourceFile,
    change: &Change,
) -> Result<Vec<Edit>, NotOffered> {
    let editor = Editor::new(stream, source);
    match change {
        Change::RunAs { container, user } => set_key(
            &editor,
            &written(stream, *container)?,
            "user",
            &Fresh::Text(user),
        ),
        Change::Harden {
            container,
            hardening,
        } => harden(&editor, &written(stream, *container)?, hardening),
        Change::Remove { entry } => Ok(editor.remove(at(stream, *entry)?)?),
        Change::Become { entry, value } => Ok(editor.set(at(stream, *entry)?, &value_of(value))?),
        Change::ReadOnly { entry } => read_only(&editor, at(stream, *entry)?),
        Change::Set { .. } => Err(NotOffered("a Compose file has no such setting")),
        Change::Filter { .. } => Err(NotOffered("a profile stands in a file of its own")),
    }
}

fn at(stream: &Stream, place: Span) -> Result<Node<'_>, NotOffered> {
    let node = stream.node_at(place);
    node.ok_or(NotOffered("nothing is written there"))
}

/// A mount that can only be read, in the short syntax or in the long one.
fn read_only(editor: &Editor<'_>, mount: Node<'_>) -> Result<Vec<Edit>, NotOffered> {
    if matches!(mount.kind(), Kind::Mapping) {
        let mut entries = mount.entries();
        let key = "read_only";
        return Ok(match entries.find(|entry| entry.key.text() == Some(key)) {
            Some(entry) => editor.set(entry.value, &Fresh::Switch(true))?,
            None => editor.add(mount, key, &Fresh::Switch(true), &["target"])?,
        });
    }
    let text = mount.text().and_then(mounted::read_only);
    let text = text.ok_or(NotOffered("its options are written in a way of their own"))?;
    Ok(editor.set(mount, &Fresh::Text(&text))?)
}

/// A switch stays one; anything else is text.
pub(super) fn value_of(value: &str) -> Fresh<'_> {
    match value {
        "true" => Fresh::Switch(true),
        "false" => Fresh::Switch(false),
        text => Fresh::Text(text),
    }
}

/// The lists that nothing is left of when all of `entries` are gone, each as its entries.
pub(crate) fn exhausted(stream: &Stream, entries: &BTreeSet<Span>) -> Vec<BTreeSet<Span>> {
    let mut lists: BTreeMap<Span, (Node<'_>, BTreeSet<Span>)> = BTreeMap::new();
    for entry in entries {
        let list = stream.node_at(*entry).and_then(|node| match node.role() {
            Role::Item(_) => node.parent(),
            Role::Root | Role::Key(_) | Role::Value(_) => None,
        });
        if let Some(list) = list {
            let here = lists.entry(list.span()).or_insert((list, BTreeSet::new()));
            here.1.insert(*entry);
        }
    }
    let exhausted = lists
        .into_values()
        .filter(|(list, going)| going.len() > 1 && list.items().len() == going.len());
    exhausted.map(|(_, going)| going).collect()
}

/// A key of a service with another value, or a key more.
pub(super) fn set_key(
    editor: &Editor<'_>,
    service: &Written<'_>,
    key: &str,
    value: &Fresh<'_>,
) -> Result<Vec<Edit>, NotOffered> {
    let Some(entry) = service.own(key)? else {
        return Ok(editor.add(service.node, key, value, BELOW)?);
    };
    if let Kind::Alias(_) = entry.value.kind() {
        return Ok(editor.replace(entry, value)?);
    }
    Ok(editor.set(entry.value, value)?)
}

fn harden(
    editor: &Editor<'_>,
    service: &Written<'_>,
    hardening: &Hardening,
) -> Result<Vec<Edit>, NotOffered> {
    match hardening {
        Hardening::NoNewPrivileges => no_new_privileges(editor, service),
        Hardening::DropCapabilities { keep } => {
            let mut edits = more_items(editor, service, "cap_drop", &["ALL"])?;
            if !keep.is_empty() {
                let keep: Vec<&str> = keep.iter().map(String::as_str).collect();
                edits.extend(more_items(editor, service, "cap_add", &keep)?);
            }
            Ok(joined(edits))
        }
        Hardening::ReadOnlyRoot => set_key(editor, service, "read_only", &Fresh::Switch(true)),
    }
}

fn no_new_privileges(editor: &Editor<'_>, service: &Written<'_>) -> Result<Vec<Edit>, NotOffered> {
    let wanted = "no-new-privileges:true";
    let own = service.own("security_opt")?;
    let mut items = own.iter().flat_map(|list| list.value.items());
    let says = |node: Node<'_>| {
        let text = node.text().unwrap_or_default();
        text.split([':', '=']).next() == Some("no-new-privileges")
    };
    match items.find(|item| says(item.value)) {
        Some(item) => Ok(editor.set(item.value, &Fresh::Text(wanted))?),
        None => more_items(editor, service, "security_opt", &[wanted]),
    }
}

/// Items more in the list at `key`. A list that is inherited is written out at the service first.
fn more_items(
    editor: &Editor<'_>,
    service: &Written<'_>,
    key: &str,
    items: &[&str],
) -> Result<Vec<Edit>, NotOffered> {
    let own = service.own(key)?;
    let is_own_list = |entry: &Entry<'_>| !matches!(entry.value.kind(), Kind::Alias(_));
    if let Some(entry) = own.filter(is_own_list) {
        return Ok(editor.extend(entry.value, items)?);
    }
    let inherited = service
        .texts(key)
        .ok_or(NotOffered("what it inherits is no list of texts"))?;
    let all = inherited.iter().chain(items).copied().collect();
    set_key(editor, service, key, &Fresh::List(all))
}

/// Two insertions at one place as one: their order is that in which they were asked for.
fn joined(edits: Vec<Edit>) -> Vec<Edit> {
    let mut result: Vec<Edit> = Vec::new();
    for edit in edits {
        match result.iter_mut().find(|other| other.overlaps(&edit)) {
            Some(other) => other.text.push_str(&edit.text),
            None => result.push(edit),
        }
    }
    result
}
