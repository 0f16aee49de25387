//! What Go's YAML reader refuses although the syntax is right.

use super::arena::Document;
use super::node::{Alias, Kind, Node};
use crate::Problem;

/// Mappings up to this size compare each key with each; larger ones sort.
const FEW: usize = 12;

/// What a look at a mapping's entries gives.
#[derive(Default)]
pub(super) struct Checked {
    /// Whether a reader of these entries must take care.
    pub(super) careful: bool,
    pub(super) problems: Vec<Problem>,
}

/// Looks for keys that stand twice and for merge keys that merge nothing, in the entries of
/// `document` from `first` on.
pub(super) fn check_mapping(document: &Document, first: usize) -> Checked {
    let entries = document.entries.get(first..).unwrap_or_default();
    let mut checked = Checked::default();
    for entry in entries {
        let (key, value) = (document.node(entry.key), document.node(entry.value));
        if key.is_merge_key() {
            checked.careful = true;
            if let Some(refused) = refused_merge(value) {
                checked.problems.push(Problem {
                    span: refused.span(),
                    message: "`<<` merges a mapping or a list of mappings, nothing else".to_owned(),
                });
            }
        } else if matches!(key.kind(), Kind::Alias(_)) {
            checked.careful = true;
        }
    }
    let keys: Vec<Node<'_>> = entries
        .iter()
        .map(|entry| document.node(entry.key))
        .collect();
    let names: Vec<Option<Name<'_>>> = keys.iter().map(|key| name(*key)).collect();
    for (index, (_, text)) in repeated(&names) {
        checked.careful = true;
        checked.problems.extend(keys.get(index).map(|key| Problem {
            span: key.span(),
            message: format!("key `{text}` is already in this mapping"),
        }));
    }
    checked
}

/// What makes two keys the same: Go compares a scalar's text and an alias's name (the flag), and
/// never looks at style or tag.
type Name<'d> = (bool, &'d str);

fn name(key: Node<'_>) -> Option<Name<'_>> {
    match key.kind() {
        Kind::Scalar { text, .. } => Some((false, text)),
        Kind::Alias(Alias { name, .. }) => Some((true, name)),
        Kind::Sequence | Kind::Mapping => None,
    }
}

/// The keys that stand there before, by index, with their names.
fn repeated<'d>(all: &[Option<Name<'d>>]) -> Vec<(usize, Name<'d>)> {
    let scalars = all
        .iter()
        .enumerate()
        .filter_map(|(index, name)| Some((index, (*name)?)));
    if all.len() <= FEW {
        let is_repeated = |index: usize, name: Name<'_>| {
            all.iter().take(index).any(|earlier| *earlier == Some(name))
        };
        return scalars
            .filter(|(index, name)| is_repeated(*index, *name))
            .collect();
    }
    let mut sorted: Vec<(usize, Name<'d>)> = scalars.collect();
    sorted.sort_unstable_by_key(|(index, name)| (*name, *index));
    let pairs = sorted.windows(2).filter_map(|pair| match pair {
        [(_, earlier), later] if *earlier == later.1 => Some(*later),
        _ => None,
    });
    let mut found: Vec<(usize, Name<'d>)> = pairs.collect();
    found.sort_unstable();
    found
}

/// What in the value of a merge key cannot be merged.
fn refused_merge(value: Node<'_>) -> Option<Node<'_>> {
    let is_mapping = |node: Node<'_>| match node.kind() {
        Kind::Mapping => true,
        Kind::Alias(Alias { target, .. }) => {
            // An alias without a target is a problem of its own.
            target.is_none_or(|target| matches!(target.kind(), Kind::Mapping))
        }
        Kind::Scalar { .. } | Kind::Sequence => false,
    };
    match value.kind() {
        Kind::Sequence => value
            .items()
            .map(|item| item.value)
            .find(|item| !is_mapping(*item)),
        Kind::Scalar { .. } | Kind::Mapping | Kind::Alias(_) => {
            (!is_mapping(value)).then_some(value)
        }
    }
}
