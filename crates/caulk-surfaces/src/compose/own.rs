//! Changes of what services share, written out at those that want them.
//!
//! What an anchor gives to several services is not rewritten to please one of them: the key is
//! written out at that service, with the value that it would have had.

use std::collections::BTreeSet;

use caulk_finding::Change;
use caulk_source::{Edit, Span};
use caulk_syntax::yaml::edit::{Editor, Fresh};
use caulk_syntax::yaml::{Node, Stream};

use super::edits::{set_key, value_of};
use super::written::{Written, written};
use crate::NotOffered;

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
        let (key, value) = written_out(&service, change)?;
        edits.extend(set_key(editor, &service, key, &value)?);
    }
    Ok(edits)
}

/// The key that makes `change` true for a service alone, and its value: the one that it inherits,
/// changed.
pub(crate) fn written_out<'d>(
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
    let member = member.ok_or(missing)?;
    let becomes = match change {
        Change::Become { value, .. } => Some(value.as_str()),
        Change::Remove { .. }
        | Change::RunAs { .. }
        | Change::Harden { .. }
        | Change::Set { .. }
        | Change::Filter { .. } => None,
    };
    let node = member.value.node();
    if holds(node) {
        let value = match (becomes, member.name()) {
            (Some(value), _) => value_of(value),
            // What is switched on is switched off; an empty user is the image's own.
            (None, "privileged" | "use_api_socket") => Fresh::Switch(false),
            (None, "user") => Fresh::Text(""),
            (None, _) => return Err(NotOffered("an anchor shares it with other services")),
        };
        return Ok((member.name(), value));
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
    Ok((member.name(), Fresh::List(items)))
}
