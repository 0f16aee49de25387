//! The tree while it grows: open collections, and the indicators between nodes.

use std::ops::Range;

use caulk_source::Span;

use super::arena::{
    Document, EntryData, ItemData, NodeData, NodeId, Properties, ScalarStyle, Shape, Text,
};
use super::check::check_mapping;
use super::head::{Head, Measure, offset};
use super::place;
use crate::Problem;

/// How many problems of one text are kept.
const MAX_PROBLEMS: usize = 1000;

/// A collection whose end has not come yet.
struct Open {
    node: NodeId,
    slot: Slot,
    mapping: bool,
    flow: bool,
    /// Whether it stands in brackets or braces: a single pair in a flow sequence does not.
    bracket: bool,
    /// Where its children begin among the tree's `entries` or `items`.
    first: usize,
    /// A key that waits for its value, and where its entry begins.
    key: Option<(NodeId, u32)>,
    measure: Measure,
}

/// What a node is to its parent, with the place of the indicator before it.
#[derive(Clone, Copy)]
pub(super) enum Slot {
    Root,
    Item { dash: Option<u32> },
    Key { start: u32 },
    Value { colon: Option<u32> },
}

/// A document while it grows.
pub(super) struct Tree<'t> {
    pub(super) copy: &'t str,
    pub(super) document: Document,
    /// The end of what was read: what lies between it and the next node is trivia and indicators.
    pub(super) cursor: usize,
    pub(super) problems: Vec<Problem>,
    open: Vec<Open>,
    /// Children of open collections, innermost last.
    entries: Vec<EntryData>,
    items: Vec<ItemData>,
}

impl<'t> Tree<'t> {
    pub(super) fn new(copy: &'t str, document: Document) -> Self {
        Self {
            copy,
            document,
            cursor: 0,
            problems: Vec::new(),
            open: Vec::new(),
            entries: Vec::new(),
            items: Vec::new(),
        }
    }

    /// How many collections are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Where the outermost open flow collection begins.
    pub(super) fn open_flow(&self) -> Option<usize> {
        let open = self.open.iter().find(|open| open.flow)?;
        Some(self.document.data(open.node)?.start as usize)
    }

    pub(super) fn problem(&mut self, range: Range<usize>, message: String) {
        if self.problems.len() < MAX_PROBLEMS {
            let span = Span::new(self.document.file, range);
            self.problems.push(Problem { span, message });
        }
    }

    /// What the next node will be to the innermost open collection, with the place of the
    /// indicator before it. `start` is where the node begins; an absent one begins anywhere.
    pub(super) fn slot(&mut self, start: usize, absent: bool) -> Slot {
        let limit = if absent { usize::MAX } else { start };
        let Some(open) = self.open.last() else {
            return Slot::Root;
        };
        if !open.mapping {
            let dash = if open.flow {
                None
            } else {
                self.step_over(b'-', limit)
            };
            return Slot::Item { dash };
        }
        if open.key.is_some() {
            if absent && !self.has_own_colon(open) {
                return Slot::Value { colon: None };
            }
            return Slot::Value {
                colon: self.step_over(b':', limit),
            };
        }
        let flow = open.flow;
        let question = place::indicator(self.copy, self.cursor, flow, b'?', limit)
            .filter(|at| *at < limit && place::stands_alone(self.copy, *at));
        let start = match question {
            Some(question) => {
                self.cursor = question + 1;
                question
            }
            None if absent => {
                let colon = place::indicator(self.copy, self.cursor, flow, b':', limit);
                if let Some(colon) = colon {
                    self.cursor = colon;
                    let message = "a key should stand before this `:`".to_owned();
                    self.problem(colon..colon + 1, message);
                }
                self.cursor
            }
            None => start,
        };
        Slot::Key {
            start: offset(start),
        }
    }

    /// Whether the next colon belongs to the key that waits: on a later line it must stand under
    /// the mapping's first key, else it is that of a mapping outside.
    fn has_own_colon(&self, open: &Open) -> bool {
        let Some(colon) = place::indicator(self.copy, self.cursor, false, b':', usize::MAX) else {
            return false;
        };
        if open.flow {
            return true;
        }
        let start = self
            .document
            .data(open.node)
            .map_or(0, |node| node.start as usize);
        let line = place::line_start(self.copy, colon);
        line <= self.cursor || colon - line == start - place::line_start(self.copy, start)
    }

    fn step_over(&mut self, indicator: u8, limit: usize) -> Option<u32> {
        let at = place::indicator(self.copy, self.cursor, false, indicator, limit)?;
        self.cursor = at + 1;
        Some(offset(at))
    }

    /// Adds a node without children.
    pub(super) fn leaf(
        &mut self,
        slot: Slot,
        shape: Shape,
        head: Head,
        end: usize,
        measure: Measure,
    ) -> NodeId {
        let full_end = head.properties_end(end);
        let node = self.add(shape, head, end);
        self.finish(node, slot, measure, full_end);
        node
    }

    /// Begins a collection. `opener` is its bracket or brace, and empty where there is none.
    pub(super) fn begin(
        &mut self,
        head: Head,
        mapping: bool,
        flow: bool,
        opener: &Range<usize>,
    ) -> NodeId {
        let slot = self.slot(head.full_start(), false);
        let start = head.start;
        // A block sequence's own event may come after its first dash.
        self.cursor = if opener.is_empty() {
            head.properties_end(self.cursor)
        } else {
            opener.end
        };
        let (first, count, careful) = (0, 0, false);
        let shape = if mapping {
            Shape::Mapping {
                first,
                count,
                flow,
                careful,
            }
        } else {
            Shape::Sequence { first, count, flow }
        };
        let node = self.add(shape, head, start);
        self.open.push(Open {
            node,
            slot,
            mapping,
            flow,
            bracket: !opener.is_empty(),
            first: if mapping {
                self.entries.len()
            } else {
                self.items.len()
            },
            key: None,
            measure: Measure::LEAF,
        });
        node
    }

    /// Ends the innermost open collection; `end` is given where a bracket or brace ends it.
    pub(super) fn close(&mut self, end: Option<usize>) {
        if self.open.last().is_some_and(|open| open.key.is_some()) {
            self.add_missing_value();
        }
        let Some(open) = self.open.pop() else { return };
        let (start, first, count) = if open.mapping {
            let entries = take_children(&mut self.document.entries, &mut self.entries, open.first);
            (entries.1.map(|entry| entry.start), entries.0, entries.2)
        } else {
            let items = take_children(&mut self.document.items, &mut self.items, open.first);
            (items.1.and_then(|item| item.dash), items.0, items.2)
        };
        let careful = open.mapping && self.check(first);
        let end = offset(end.unwrap_or(self.cursor).max(self.cursor));
        let Some(node) = self.document.nodes.get_mut(open.node.0 as usize) else {
            return;
        };
        node.start = start.filter(|_| !open.bracket).unwrap_or(node.start);
        node.end = end.max(node.start);
        node.shape
            .set_children(offset(first), offset(count), careful);
        let end = node.end as usize;
        self.finish(open.node, open.slot, open.measure, end);
    }

    /// Ends everything that is open.
    pub(super) fn close_all(&mut self) {
        while !self.open.is_empty() {
            self.close(None);
        }
    }

    /// Ends an entry whose value never came because the parser gave up before it.
    fn add_missing_value(&mut self) {
        let slot = self.slot(self.cursor, true);
        let shape = Shape::Scalar {
            text: Text::Source(offset(self.cursor), offset(self.cursor)),
            style: ScalarStyle::Plain,
        };
        self.leaf(
            slot,
            shape,
            Head::at(self.cursor),
            self.cursor,
            Measure::LEAF,
        );
    }

    fn check(&mut self, first: usize) -> bool {
        let checked = check_mapping(&self.document, first);
        for problem in checked.problems {
            self.problem(problem.span.range(), problem.message);
        }
        checked.careful
    }

    fn add(&mut self, shape: Shape, head: Head, end: usize) -> NodeId {
        let id = NodeId(offset(self.document.nodes.len()));
        let both = |range: Range<usize>| (offset(range.start), offset(range.end));
        let properties = (head.tag.is_some() || head.anchor.is_some()).then(|| {
            Box::new(Properties {
                tag: head.tag.map(both),
                anchor: head.anchor.map(both),
                ..Properties::default()
            })
        });
        self.document.nodes.push(NodeData {
            shape,
            start: offset(head.start),
            end: offset(end),
            parent: self.open.last().map(|open| open.node),
            properties,
        });
        id
    }

    /// Gives a finished node to the innermost open collection.
    fn finish(&mut self, node: NodeId, slot: Slot, measure: Measure, end: usize) {
        let data = self.document.nodes.get_mut(node.0 as usize);
        if let Some(properties) = data.and_then(|data| data.properties.as_mut()) {
            properties.size = measure.size;
            properties.height = measure.height;
        }
        self.cursor = self.cursor.max(end);
        let Some(open) = self.open.last_mut() else {
            return;
        };
        open.measure.size = open.measure.size.saturating_add(measure.size);
        open.measure.height = open.measure.height.max(measure.height.saturating_add(1));
        match slot {
            Slot::Root => {}
            Slot::Item { dash } => self.items.push(ItemData { node, dash }),
            Slot::Key { start } => open.key = Some((node, start)),
            Slot::Value { colon } => {
                let Some((key, start)) = open.key.take() else {
                    return;
                };
                let end = offset(self.cursor);
                self.entries.push(EntryData {
                    key,
                    value: node,
                    start,
                    end,
                    colon,
                });
            }
        }
    }
}

/// Moves the pending children from `first` on to the end of `all`. Gives where they begin there,
/// the first of them, and their number.
fn take_children<T: Copy>(
    all: &mut Vec<T>,
    pending: &mut Vec<T>,
    first: usize,
) -> (usize, Option<T>, usize) {
    let begin = all.len();
    all.extend(pending.drain(first.min(pending.len())..));
    (begin, all.get(begin).copied(), all.len() - begin)
}
