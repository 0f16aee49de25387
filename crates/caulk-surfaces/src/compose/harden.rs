//! Hardening written into a service.

use std::fmt::Write as _;

use caulk_finding::Hardening;
use caulk_source::{Edit, SourceFile, Span, cut};
use caulk_syntax::yaml::{Item, Kind, Node, Value};

use super::edits::{SHARED, add_lines, become_value, named};
use crate::NotOffered;

/// The keys that a hardening is written in.
pub(crate) fn keys_of(hardening: &Hardening) -> &'static [&'static str] {
    match hardening {
        Hardening::NoNewPrivileges => &["security_opt"],
        Hardening::DropCapabilities { .. } => &["cap_drop", "cap_add"],
        Hardening::ReadOnlyRoot => &["read_only"],
    }
}

/// The edits that harden `service`.
pub(super) fn edits(
    source: &SourceFile,
    service: Node<'_>,
    hardening: &Hardening,
) -> Result<Vec<Edit>, NotOffered> {
    match hardening {
        Hardening::NoNewPrivileges => {
            let said = |item: &Item<'_>| {
                let text = item.value.text().unwrap_or_default();
                text.starts_with("no-new-privileges")
            };
            let wanted = ["no-new-privileges:true".to_owned()];
            if let Some(list) = named(service, "security_opt")
                && let Some(item) = list.value.items().find(said)
            {
                let [wanted] = &wanted;
                return become_value(item.value, wanted).map(|edit| vec![edit]);
            }
            in_list(source, service, "security_opt", &wanted)
        }
        Hardening::DropCapabilities { keep } => {
            let mut edits = in_list(source, service, "cap_drop", &["ALL".to_owned()])?;
            if !keep.is_empty() {
                edits.extend(in_list(source, service, "cap_add", keep)?);
            }
            Ok(joined(edits))
        }
        Hardening::ReadOnlyRoot => {
            let edit = if let Some(entry) = named(service, "read_only") {
                become_value(entry.value, "true")
            } else {
                add_lines(source, service, &["read_only: true".to_owned()])
            };
            edit.map(|edit| vec![edit])
        }
    }
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

/// Items added to the list at `key`, in its own style; a new list where there is none.
fn in_list(
    source: &SourceFile,
    service: Node<'_>,
    key: &str,
    items: &[String],
) -> Result<Vec<Edit>, NotOffered> {
    let Some(entry) = named(service, key) else {
        // A list of its own would stand in the place of one that a merge key brings.
        if Value::at(service).get(key).is_some() {
            return Err(SHARED);
        }
        let mut lines = vec![format!("{key}:")];
        lines.extend(items.iter().map(|item| format!("  - {item}")));
        return add_lines(source, service, &lines).map(|edit| vec![edit]);
    };
    let list = entry.value;
    if list.shared() > 0 || !matches!(list.kind(), Kind::Sequence) {
        return Err(SHARED);
    }
    let final_item = list.items().last();
    if list.is_flow() {
        let at = final_item.map_or(list.span().start as usize + 1, |item| {
            item.span.end as usize
        });
        let comma = if final_item.is_some() { ", " } else { "" };
        let text = items
            .iter()
            .map(|item| format!("\"{item}\""))
            .collect::<Vec<_>>()
            .join(", ");
        let place = Span::at(list.span().file, at);
        return Ok(vec![Edit::insert(place, format!("{comma}{text}"))]);
    }
    let final_item = final_item.ok_or(NotOffered("the list is empty"))?;
    let lines = source.lines();
    let start = lines.start(lines.line(final_item.span.start)) as usize;
    let indent = cut(source.text(), start..final_item.span.start as usize);
    if !indent.trim_matches(' ').is_empty() {
        return Err(NotOffered("the list does not begin its lines"));
    }
    let whole = lines.range(lines.line(final_item.span.end.saturating_sub(1)));
    let content = cut(source.text(), whole.clone()).trim_end_matches(['\r', '\n']);
    let mut text = String::new();
    for item in items {
        let _ = write!(text, "{}{indent}- {item}", source.line_ending());
    }
    let place = Span::at(final_item.span.file, whole.start + content.len());
    Ok(vec![Edit::insert(place, text)])
}
