//! What Go's YAML reader refuses although the syntax is right.

use super::arena::Document;
use super::node::{Alias, Kind, Node};
use crate::Problem;

/// Mappings up to this size compare each key with each; larger ones sort.
const FEW: usize = 12;

/// Looks for keys that stand twice and for merge keys that merge nothing, in the entries of
/// `document` from `first` on. Says whether a reader of these entries must take care.
pub(super) fn check_mapping(
    document: &Document,
    first: usize,
    problems: &mut Vec<Problem>,
) -> bool {
    let entries = document.entries.get(first..).unwrap_or_default();
    let mut careful = false;
    for entry in entries {
        let (key, value) = (document.node(entry.key), document.node(entry.value));
        if key.is_merge_key() {
            careful = true;
            if let Some(refused) = refused_merge(value) {
                problems.push(Problem {
                    span: refused.span(),
                    message: "`<<` merges a mapping or a list of mappings, nothing else".to_owned(),
                });
            }
        } else if matches!(key.kind(), Kind::Alias(_)) {
            careful = true;
        }
    }
    let names: Vec<Option<(bool, &str)>> = entries
        .iter()
        .map(|entry| name(document.node(entry.key)))
        .collect();
    for (index, earlier) in repeated(&names) {
        careful = true;
        let place = |index: usize| entries.get(index).map(|entry| document.node(entry.key));
        let (Some(key), Some(_)) = (place(index), place(earlier)) else {
            continue;
        };
        problems.push(Problem {
            span: key.span(),
            message: format!(
                "key `{}` is already in this mapping",
                names_text(&names, index)
            ),
        });
    }
    careful
}

fn names_text<'n>(names: &[Option<(bool, &'n str)>], index: usize) -> &'n str {
    names
        .get(index)
        .copied()
        .flatten()
        .map_or("", |(_, text)| text)
}

/// What makes two keys the same: Go compares a scalar's text and an alias's name, and never looks
/// at style or tag.
fn name(key: Node<'_>) -> Option<(bool, &str)> {
    match key.kind() {
        Kind::Scalar { text, .. } => Some((false, text)),
        Kind::Alias(Alias { name, .. }) => Some((true, name)),
        Kind::Sequence | Kind::Mapping => None,
    }
}

/// The keys that stand there before, each with the index of one that does.
fn repeated(names: &[Option<(bool, &str)>]) -> Vec<(usize, usize)> {
    let known = |index: &usize| names.get(*index).copied().flatten();
    if names.len() <= FEW {
        return (1..names.len())
            .filter(|index| known(index).is_some())
            .filter_map(|index| {
                Some((
                    index,
                    (0..index).find(|earlier| known(earlier) == known(&index))?,
                ))
            })
            .collect();
    }
    let mut sorted: Vec<usize> = (0..names.len())
        .filter(|index| known(index).is_some())
        .collect();
    sorted.sort_by_key(|index| (known(index), *index));
    let mut found: Vec<(usize, usize)> = sorted
        .windows(2)
        .filter_map(|pair| match pair {
            [earlier, later] if known(earlier) == known(later) => Some((*later, *earlier)),
            _ => None,
        })
        .collect();
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
