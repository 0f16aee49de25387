//! Changes of what services share, written out at those that want them.
//!
//! What an anchor gives to several services is not rewritten to please one of them: the key is
//! written out at that service, with the value that it would have had. So it is with what comes from
//! a service that it extends; but of two lists the engine makes one, and the new one says that it
//! stands instead.

use std::collections::BTreeSet;

use caulk_finding::Change;
use caulk_source::{Edit, Span};
use caulk_syntax::yaml::edit::{Editor, Fresh};
use caulk_syntax::yaml::{Node, Role, Stream};

use super::edits::{set_key, value_of};
use super::written::{Written, written};
use crate::NotOffered;

/// The tag of a list that stands instead of what it would be added to: Docker Compose 2.24.4 and
/// later read it. The engine takes it into account where a service extends another (compose-go 2
/// `loader/extends.go`: what is marked so is taken out of the base before the two are merged).
const INSTEAD: &str = "!override";

/// What an engine must know for it to read these edits, as a part of a sentence.
pub(crate) fn needs(edits: &[Edit]) -> Option<&'static str> {
    let marked = |edit: &Edit| edit.text.contains(INSTEAD);
    let needs = "`!override` is read by Docker Compose 2.24.4 and later, and by few other engines";
    edits.iter().any(marked).then_some(needs)
}

/// The edits that make `change` true for each of these services.
pub(super) fn edits(
    stream: &Stream,
    editor: &Editor<'_>,
    change: &Change,
    services: &BTreeSet<Span>,
) -> Result<Vec<Edit>, NotOffered> {
    let mut edits = Vec::new();
    for anchor in services {
        let service = written(stream, *anchor)?;
        let (key, value) = written_out(stream, &service, change)?;
        edits.extend(set_key(editor, &service, key, &value)?);
    }
    Ok(edits)
}

/// The key that makes `change` true for a service alone, and its value: the one that it inherits,
/// changed.
pub(crate) fn written_out<'d>(
    stream: &'d Stream,
    service: &Written<'d>,
    change: &'d Change,
) -> Result<(&'d str, Fresh<'d>), NotOffered> {
    let entry = change.place();
    let missing = NotOffered("the service does not inherit it");
    let members = service.value.members();
    let holds = |node: Node<'_>| node.span() == entry;
    let member = members.iter().find(|member| {
        let node = member.value.node();
        holds(node) || node.items().any(|item| holds(item.value))
    });
    let Some(member) = member else {
        let (key, node) = extended(stream, service, entry).ok_or(missing)?;
        return changed(change, key, node, Some(INSTEAD));
    };
    changed(change, member.name(), member.value.node(), None)
}

/// The key to which something belongs that a service has from one that it extends, in the same file
/// and without a word of its own, and the key's value there.
fn extended<'d>(
    stream: &'d Stream,
    service: &Written<'d>,
    entry: Span,
) -> Option<(&'d str, Node<'d>)> {
    service.own("extends").ok()??;
    let node = stream.node_at(entry)?;
    let node = match node.role() {
        Role::Item(_) => node.parent()?,
        Role::Value(_) => node,
        Role::Root | Role::Key(_) => return None,
    };
    let Role::Value(key) = node.role() else {
        return None;
    };
    let key = key.key.text()?;
    // Only a service's own keys are written out.
    let Role::Value(base) = node.parent()?.role() else {
        return None;
    };
    let Role::Value(services) = base.value.parent()?.role() else {
        return None;
    };
    let is_service = services.key.text() == Some("services");
    let is_free = matches!(service.own(key), Ok(None));
    (is_service && is_free).then_some((key, node))
}

/// The value of a key with a change in it; with a tag where it is a list.
fn changed<'d>(
    change: &'d Change,
    key: &'d str,
    node: Node<'d>,
    tag: Option<&'static str>,
) -> Result<(&'d str, Fresh<'d>), NotOffered> {
    let entry = change.place();
    let holds = |node: Node<'_>| node.span() == entry;
    let becomes = match change {
        Change::Become { value, .. } => Some(value.as_str()),
        Change::Remove { .. }
        | Change::RunAs { .. }
        | Change::Harden { .. }
        | Change::ReadOnly { .. }
        | Change::Set { .. }
        | Change::Filter { .. } => None,
    };
    if holds(node) {
        let value = match (becomes, key) {
            (Some(value), _) => value_of(value),
            // What is switched on is switched off; an empty user is the image's own.
            (None, "privileged" | "use_api_socket") => Fresh::Switch(false),
            (None, "user") => Fresh::Text(""),
            (None, _) => return Err(NotOffered("an anchor shares it with other services")),
        };
        return Ok((key, value));
    }
    let mut items = Vec::new();
    for item in node.items() {
        let text = item.value.text();
        match becomes {
            Some(value) if holds(item.value) => items.push(value),
            None if holds(item.value) => {}
            Some(_) | None => items.push(text.ok_or(NotOffered(
                "an anchor shares it with other services, and not all of it is text",
            ))?),
        }
    }
    let list = match tag {
        Some(tag) => Fresh::Tagged(tag, items),
        None => Fresh::List(items),
    };
    Ok((key, list))
}
