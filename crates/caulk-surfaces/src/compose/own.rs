//! Changes of what services share, written out at those that want them.
//!
//! What an anchor gives to several services is not rewritten to please one of them: the key is
//! written out at that service, with the value that it would have had. So it is with what comes from
//! a service that it extends; but of two lists the engine makes one, and the new one says that it
//! stands instead.

use std::collections::BTreeSet;

use caulk_finding::Change;
use caulk_model::StepKind;
use caulk_source::{Edit, SourceFile, Span};
use caulk_syntax::yaml::edit::{Editor, Fresh};
use caulk_syntax::yaml::{Node, Stream};

use super::edits::{set_key, value_of};
use super::tree::Value;
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

/// What a service has under a key from those that it extends, and without a word of its own: all
/// that came together there.
#[derive(Debug)]
pub(crate) struct Extended {
    key: String,
    /// The value's place, where it is one text.
    span: Span,
    value: ExtendedValue,
}

#[derive(Debug)]
enum ExtendedValue {
    Text,
    /// The items' places and texts; none where one of them means something else when it is written at
    /// the service.
    List(Vec<(Span, Option<String>)>),
}

/// Reads what a service has by `extends`.
pub(super) fn extended(service: &Value<'_>) -> Vec<Extended> {
    if service.get("extends").is_none() {
        return Vec::new();
    }
    let comes = |value: &Value<'_>| {
        let mut steps = value.steps().iter();
        steps.any(|step| step.kind == StepKind::Extends)
    };
    let members = service.members();
    let extended = members.filter_map(|member| {
        let value = member.value;
        let value_of = if value.is_list() {
            let items: Vec<Value<'_>> = value.items().collect();
            if !items.iter().any(comes) {
                return None;
            }
            ExtendedValue::List(
                items
                    .iter()
                    .map(|item| (item.span(), portable(item)))
                    .collect(),
            )
        } else if value.scalar().is_some() && comes(&value) {
            ExtendedValue::Text
        } else {
            return None;
        };
        Some(Extended {
            key: member.name.into_owned(),
            span: value.span(),
            value: value_of,
        })
    });
    extended.collect()
}

/// The text of an item, where it means the same in the service that extends: no path begins in
/// another folder.
fn portable(item: &Value<'_>) -> Option<String> {
    let written = item.written()?;
    let source = written.split(':').next().unwrap_or_default();
    let is_moved = |path: &str| item.path(path) != path;
    let names_a_path = source.contains('/') || source.starts_with('.');
    // Of an option such as `seccomp=profile.json`, too, the path may be relative.
    let option = written.split_once(['=', ':']).map(|(_, value)| value);
    let is_option_path = option.is_some_and(|value| value.contains(['/', '.']) && is_moved(value));
    let moved = (names_a_path && is_moved(source)) || is_option_path;
    (!moved).then(|| written.to_owned())
}

/// The edits that make `change` true for each of these services, which are written in `stream`.
/// `extended` says what a service has from those that it extends.
pub(crate) fn edits<'d>(
    stream: &'d Stream,
    source: &SourceFile,
    change: &'d Change,
    services: &BTreeSet<Span>,
    extended: &dyn Fn(Span) -> &'d [Extended],
) -> Result<Vec<Edit>, NotOffered> {
    let editor = Editor::new(stream, source);
    let mut edits = Vec::new();
    for anchor in services {
        let service = written(stream, *anchor)?;
        let (key, value) = written_out(&service, change, extended(*anchor))?;
        edits.extend(set_key(&editor, &service, key, &value)?);
    }
    Ok(edits)
}

/// The key that makes `change` true for a service alone, and its value: the one that it inherits,
/// changed.
pub(crate) fn written_out<'d>(
    service: &Written<'d>,
    change: &'d Change,
    extended: &'d [Extended],
) -> Result<(&'d str, Fresh<'d>), NotOffered> {
    let entry = change.place();
    let members = service.value.members();
    let holds = |node: Node<'_>| node.span() == entry;
    let member = members.iter().find(|member| {
        let node = member.value.node();
        holds(node) || node.items().any(|item| holds(item.value))
    });
    if let Some(member) = member {
        return changed(change, member.name(), member.value.node());
    }
    let has = |one: &&Extended| match &one.value {
        ExtendedValue::Text => one.span == entry,
        ExtendedValue::List(items) => items.iter().any(|(span, _)| *span == entry),
    };
    let found = extended.iter().find(has);
    let found = found.ok_or(NotOffered("the service does not inherit it"))?;
    // What it says itself under the same key would have to be written again.
    if !matches!(service.own(&found.key), Ok(None)) {
        return Err(NotOffered("the service adds to what it extends"));
    }
    let value = match &found.value {
        ExtendedValue::Text => whole(change, &found.key)?,
        ExtendedValue::List(items) => {
            let mut kept = Vec::new();
            for (span, text) in items {
                match becomes(change) {
                    Some(value) if *span == entry => kept.push(value),
                    None if *span == entry => {}
                    Some(_) | None => kept.push(text.as_deref().ok_or(NotOffered(
                        "what the service extends means something else where it is written out",
                    ))?),
                }
            }
            Fresh::Tagged(INSTEAD, kept)
        }
    };
    Ok((&found.key, value))
}

/// The text that a change wants; none where it wants something gone.
fn becomes(change: &Change) -> Option<&str> {
    match change {
        Change::Become { value, .. } => Some(value),
        Change::Remove { .. }
        | Change::RunAs { .. }
        | Change::Harden { .. }
        | Change::ReadOnly { .. }
        | Change::Set { .. }
        | Change::Filter { .. } => None,
    }
}

/// What stands instead of a whole value.
fn whole<'d>(change: &'d Change, key: &str) -> Result<Fresh<'d>, NotOffered> {
    Ok(match (becomes(change), key) {
        (Some(value), _) => value_of(value),
        // What is switched on is switched off; an empty user is the image's own.
        (None, "privileged" | "use_api_socket") => Fresh::Switch(false),
        (None, "user") => Fresh::Text(""),
        (None, _) => return Err(NotOffered("other services share it")),
    })
}

/// The value of a key with a change in it.
fn changed<'d>(
    change: &'d Change,
    key: &'d str,
    node: Node<'d>,
) -> Result<(&'d str, Fresh<'d>), NotOffered> {
    let entry = change.place();
    let holds = |node: Node<'_>| node.span() == entry;
    if holds(node) {
        return Ok((key, whole(change, key)?));
    }
    let mut items = Vec::new();
    for item in node.items() {
        let text = item.value.text();
        match becomes(change) {
            Some(value) if holds(item.value) => items.push(value),
            None if holds(item.value) => {}
            Some(_) | None => items.push(text.ok_or(NotOffered(
                "an anchor shares it with other services, and not all of it is text",
            ))?),
        }
    }
    Ok((key, Fresh::List(items)))
}
