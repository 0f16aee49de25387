//! What a file is used to: where a key stands, how lists are written.

use std::collections::BTreeMap;

use super::super::arena::ScalarStyle;
use super::super::node::{Entry, Kind, Node};
use super::Editor;

/// How many mappings of a file are asked at most.
const MOST_ASKED: usize = 200;

/// The entry of `mapping` below which a new `key` stands: where other mappings beside this one have
/// it, else below the first of `otherwise` that is here, else below the first entry.
pub(super) fn neighbour<'d>(mapping: Node<'d>, key: &str, otherwise: &[&str]) -> Option<Entry<'d>> {
    let named = |name: &str| {
        mapping
            .entries()
            .find(|entry| entry.key.text() == Some(name))
    };
    let usual = usual_neighbour(mapping, key).and_then(|name| named(&name));
    usual
        .or_else(|| otherwise.iter().find_map(|name| named(name)))
        .or_else(|| mapping.entries().find(|entry| !entry.key.is_merge_key()))
        .or_else(|| mapping.entries().next())
}

impl Editor<'_> {
    /// How far the dashes of a list stand to the right of its key: as in another list beside it, or
    /// anywhere in the document.
    pub(super) fn dash_offset(&self, mapping: Node<'_>) -> usize {
        let offset = |entry: Entry<'_>| {
            let dash = entry.value.items().next()?.dash?;
            let key = entry.span;
            let is_below = self.begins_line(dash) && self.begins_line(key);
            if !is_below {
                return None;
            }
            self.column(dash).checked_sub(self.column(key))
        };
        let own = mapping.entries().find_map(offset);
        let anywhere = || {
            let nodes = mapping.document().nodes();
            let mappings = nodes.filter(|node| matches!(node.kind(), Kind::Mapping));
            let mut asked = mappings.take(MOST_ASKED).flat_map(Node::entries);
            asked.find_map(offset)
        };
        own.or_else(anywhere).unwrap_or(2)
    }
}

/// The key above `key` in the mappings beside this one: the one that most of them have there, of
/// those that are here as well.
fn usual_neighbour(mapping: Node<'_>, key: &str) -> Option<String> {
    let parent = mapping.parent()?;
    let own: Vec<&str> = mapping
        .entries()
        .filter_map(|entry| entry.key.text())
        .collect();
    let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
    let beside = parent.entries().map(|entry| entry.value);
    for other in beside.filter(|other| *other != mapping).take(MOST_ASKED) {
        let mut above = None;
        for entry in other.entries() {
            let name = entry.key.text().unwrap_or_default();
            if name == key {
                *votes.entry(above.unwrap_or_default()).or_insert(0) += 1;
                break;
            }
            if own.contains(&name) {
                above = Some(name);
            }
        }
    }
    let most = votes
        .iter()
        .max_by_key(|(name, count)| (**count, std::cmp::Reverse(**name)));
    most.map(|(name, _)| (*name).to_owned())
        .filter(|name| !name.is_empty())
}

/// The kind of quotes that all of these have; nothing where they differ or there are none.
pub(super) fn quotes_of<'d>(scalars: impl Iterator<Item = Node<'d>>) -> Option<ScalarStyle> {
    let mut styles = scalars.filter_map(Node::style);
    let first = styles.next()?;
    styles.all(|style| style == first).then_some(first)
}
