//! Remedies written into a Compose file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use caulk_finding::Change;
use caulk_source::{Edit, SourceFile, Span, cut};
use caulk_syntax::yaml::{Entry, Kind, Node, Role, ScalarStyle, Stream};

use super::harden;
use crate::NotOffered;

/// The edits that make `change` true.
pub(crate) fn edits(
    stream: &Stream,
    source: &SourceFile,
    change: &Change,
) -> Result<Vec<Edit>, NotOffered> {
    match change {
        Change::RunAs { container, user } => run_as(stream, source, *container, user),
        Change::Remove { entry } => {
            let node = stream
                .node_at(*entry)
                .ok_or(NotOffered("nothing is written there"))?;
            remove(source, node)
        }
        Change::Become { entry, value } => {
            let node = stream
                .node_at(*entry)
                .ok_or(NotOffered("nothing is written there"))?;
            become_value(node, value).map(|edit| vec![edit])
        }
        Change::Harden {
            container,
            hardening,
        } => {
            let service = service(stream, *container)?;
            harden::edits(source, service, hardening)
        }
        Change::Filter { .. } => Err(NotOffered("a profile stands in a file of its own")),
    }
}

/// The lists that nothing is left of when all of `entries` are gone, each with its entries and
/// with the edits that remove it whole: removed one by one, they would leave an empty key.
pub(crate) fn exhausted(
    stream: &Stream,
    source: &SourceFile,
    entries: &BTreeSet<Span>,
) -> Vec<(BTreeSet<Span>, Vec<Edit>)> {
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
    let exhausted = lists.into_values().filter_map(|(list, going)| {
        let all = going.len() > 1 && list.items().count() == going.len();
        let edits = all.then(|| remove(source, list).ok()).flatten()?;
        Some((going, edits))
    });
    exhausted.collect()
}

pub(super) const SHARED: NotOffered = NotOffered("an anchor shares it with other services");

/// The mapping of the service whose key stands at `container`, where it is its own.
fn service(stream: &Stream, container: Span) -> Result<Node<'_>, NotOffered> {
    let missing = NotOffered("the service is not in this file");
    let Role::Key(service) = stream.node_at(container).ok_or(missing)?.role() else {
        return Err(missing);
    };
    let service = service.value;
    if !matches!(service.kind(), Kind::Mapping) || service.shared() > 0 {
        return Err(SHARED);
    }
    Ok(service)
}

/// The entry of this name, where the mapping itself has one.
pub(super) fn named<'d>(mapping: Node<'d>, name: &str) -> Option<Entry<'d>> {
    mapping
        .entries()
        .find(|entry| entry.key.text() == Some(name))
}

fn run_as(
    stream: &Stream,
    source: &SourceFile,
    container: Span,
    user: &str,
) -> Result<Vec<Edit>, NotOffered> {
    let service = service(stream, container)?;
    if let Some(written) = named(service, "user") {
        return become_value(written.value, user).map(|edit| vec![edit]);
    }
    add_lines(source, service, &[format!("user: \"{user}\"")]).map(|edit| vec![edit])
}

/// A scalar with another value, in quotes of the same kind.
pub(super) fn become_value(node: Node<'_>, value: &str) -> Result<Edit, NotOffered> {
    if node.shared() > 0 {
        return Err(SHARED);
    }
    if node.is_absent() {
        return Ok(Edit::replace(node.span(), format!(" \"{value}\"")));
    }
    let text = match node.style() {
        Some(ScalarStyle::SingleQuoted) => format!("'{value}'"),
        // A switch stays one; anything else is quoted, so that no reader takes it for a number.
        Some(ScalarStyle::Plain) if matches!(value, "true" | "false") => value.to_owned(),
        Some(_) => format!("\"{value}\""),
        None => return Err(NotOffered("it is no plain value")),
    };
    Ok(Edit::replace(node.span(), text))
}

/// Lines of a service's own, below its image or build; the first column of each is the service's.
pub(super) fn add_lines(
    source: &SourceFile,
    service: Node<'_>,
    added: &[String],
) -> Result<Edit, NotOffered> {
    let neighbour = named(service, "image")
        .or_else(|| named(service, "build"))
        .or_else(|| service.entries().next())
        .filter(|_| !service.is_flow())
        .ok_or(NotOffered("the service is written in one line"))?;
    below(source, neighbour, added)
}

/// Lines of their own below an entry, indented like it.
fn below(source: &SourceFile, entry: Entry<'_>, added: &[String]) -> Result<Edit, NotOffered> {
    let lines = source.lines();
    let start = lines.start(lines.line(entry.span.start)) as usize;
    let indent = cut(source.text(), start..entry.span.start as usize);
    if !indent.trim_matches(' ').is_empty() {
        return Err(NotOffered("its neighbour does not begin its line"));
    }
    let last = lines.range(lines.line(entry.span.end.saturating_sub(1)));
    let content = cut(source.text(), last.clone()).trim_end_matches(['\r', '\n']);
    let at = last.start + content.len();
    let ending = source.line_ending();
    let mut text = String::new();
    for line in added {
        let _ = write!(text, "{ending}{indent}{line}");
    }
    Ok(Edit::insert(Span::at(entry.span.file, at), text))
}

/// A list item, or a key with its value, gone; and with the last item, the list.
fn remove(source: &SourceFile, node: Node<'_>) -> Result<Vec<Edit>, NotOffered> {
    if node.shared() > 0 {
        return Err(SHARED);
    }
    let (element, siblings, holder): (Span, Vec<Span>, Node<'_>) = match node.role() {
        Role::Item(item) => {
            let list = node
                .parent()
                .ok_or(NotOffered("nothing is written there"))?;
            (
                item.span,
                list.items().map(|item| item.span).collect(),
                list,
            )
        }
        Role::Value(entry) => {
            let map = node
                .parent()
                .ok_or(NotOffered("nothing is written there"))?;
            (
                entry.span,
                map.entries().map(|entry| entry.span).collect(),
                map,
            )
        }
        Role::Root | Role::Key(_) => return Err(NotOffered("it is neither an item nor a value")),
    };
    if siblings.len() <= 1 {
        return match holder.kind() {
            // An empty list says nothing: its key goes with it.
            Kind::Sequence => remove(source, holder),
            Kind::Mapping | Kind::Scalar { .. } | Kind::Alias(_) => {
                Err(NotOffered("nothing would be left of it"))
            }
        };
    }
    let gone = if holder.is_flow() {
        let gone = in_flow(element, &siblings);
        if source.slice(gone).contains(['\n', '#']) {
            return Err(NotOffered("the list goes over several lines"));
        }
        gone
    } else {
        whole_lines(source, element)?
    };
    Ok(vec![Edit::remove(gone)])
}

/// The element and the comma that goes with it.
fn in_flow(element: Span, siblings: &[Span]) -> Span {
    let at = siblings.iter().position(|sibling| *sibling == element);
    let previous = at.and_then(|at| siblings.get(at.checked_sub(1)?));
    if let Some(previous) = previous {
        return Span {
            start: previous.end,
            ..element
        };
    }
    let next = siblings.get(1);
    Span {
        end: next.map_or(element.end, |next| next.start),
        ..element
    }
}

/// The lines on which the element stands, when it has them for itself.
fn whole_lines(source: &SourceFile, element: Span) -> Result<Span, NotOffered> {
    let lines = source.lines();
    let mut start = lines.start(lines.line(element.start)) as usize;
    let before = cut(source.text(), start..element.start as usize);
    if !before.trim_matches([' ', caulk_source::BOM]).is_empty() {
        return Err(NotOffered("it does not begin its line"));
    }
    let last = lines.range(lines.line(element.end.saturating_sub(1).max(element.start)));
    let after = cut(source.text(), element.end as usize..last.end).trim();
    if !after.is_empty() && !after.starts_with('#') {
        return Err(NotOffered("something else stands on its line"));
    }
    let whole = cut(source.text(), start..last.end);
    if !whole.ends_with('\n') {
        // The last line of a file without a final newline: the newline before it goes, so that
        // there is none afterwards either.
        let above = cut(source.text(), 0..start);
        let trimmed = above.strip_suffix('\n').unwrap_or(above);
        start = trimmed.strip_suffix('\r').unwrap_or(trimmed).len();
    }
    Ok(Span::new(element.file, start..last.end))
}
