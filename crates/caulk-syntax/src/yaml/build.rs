//! From events to the arena.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use caulk_source::{FileId, Span, cut, cut_from};
use granit_parser::{
    ErrorKind, Event, Parser, Placement, ScalarStyle as EventStyle, StrInput, StructureStyle,
};

use super::arena::{
    Document, EntryData, ItemData, NodeData, NodeId, Properties, ScalarStyle, Shape, Text,
};
use super::check::check_mapping;
use super::place;
use super::stream::Comment;
use crate::Problem;

/// How many nodes the aliases of a document may add to those that are written. A Compose file of
/// a thousand services that share everything adds fewer.
const MAX_ADDED: u64 = 400_000;

/// How deep a reader may have to descend. The parser's own limits allow 510 levels.
const MAX_DEPTH: u32 = 600;

/// What one pass over a text gives.
pub(super) struct Outcome {
    pub(super) documents: Vec<Document>,
    pub(super) comments: Vec<Comment>,
    pub(super) problems: Vec<Problem>,
    pub(super) failure: Option<Failure>,
}

/// Where and why the parser gave up.
pub(super) struct Failure {
    pub(super) at: usize,
    pub(super) message: String,
    /// Where the outermost flow collection begins that was open then.
    pub(super) flow: Option<usize>,
    /// Whether all that is wrong is a comment without whitespace before it.
    pub(super) comment: bool,
}

/// Reads `copy`, which has the offsets of `text` but may lack what cannot be read.
pub(super) fn build(file: FileId, text: &Arc<str>, copy: &str) -> Outcome {
    let options = granit_parser::options! {
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        bom_inside_document_as_content: true,
        block_scalar_eof_without_line_feed: true,
        max_buffered_comment_events: usize::MAX,
    };
    let mut builder = Builder {
        copy,
        document: Document {
            file,
            text: Arc::clone(text),
            nodes: Vec::new(),
            entries: Vec::new(),
            items: Vec::new(),
            explicit: false,
        },
        open: Vec::new(),
        entries: Vec::new(),
        items: Vec::new(),
        anchors: BTreeMap::new(),
        cursor: 0,
        added: 0,
        outcome: Outcome {
            documents: Vec::new(),
            comments: Vec::new(),
            problems: Vec::new(),
            failure: None,
        },
    };
    builder.run(Parser::new_from_str_with_options(copy, options));
    builder.outcome
}

/// A collection whose end has not come yet.
struct Open {
    node: NodeId,
    slot: Slot,
    mapping: bool,
    flow: bool,
    /// Whether it stands in brackets or braces: a single pair in a flow sequence does not.
    bracket: bool,
    /// Where its children begin among the builder's `entries` or `items`.
    first: usize,
    /// A key that waits for its value.
    key: Option<Key>,
    size: u64,
    height: u32,
}

struct Key {
    node: NodeId,
    start: u32,
}

/// What a node is to its parent, with the place of the indicator before it.
#[derive(Clone, Copy)]
enum Slot {
    Root,
    Item { dash: Option<u32> },
    Key { start: u32 },
    Value { colon: Option<u32> },
}

/// A node's place and properties, before it is one.
struct Head {
    start: usize,
    tag: Option<Range<usize>>,
    anchor: Option<Range<usize>>,
}

impl Head {
    fn at(start: usize) -> Self {
        Self {
            start,
            tag: None,
            anchor: None,
        }
    }

    /// The end of its tag and anchor, or `at` where they are before it.
    fn properties_end(&self, at: usize) -> usize {
        let end = |range: &Option<Range<usize>>| range.as_ref().map_or(0, |range| range.end);
        at.max(end(&self.tag)).max(end(&self.anchor))
    }

    fn full_start(&self) -> usize {
        let start =
            |range: &Option<Range<usize>>| range.as_ref().map_or(usize::MAX, |range| range.start);
        self.start.min(start(&self.tag)).min(start(&self.anchor))
    }
}

struct Builder<'t> {
    copy: &'t str,
    document: Document,
    open: Vec<Open>,
    /// Children of open collections, innermost last.
    entries: Vec<EntryData>,
    items: Vec<ItemData>,
    /// The latest node of each anchor's name.
    anchors: BTreeMap<&'t str, NodeId>,
    /// The end of what was read: what lies between it and the next node is trivia and indicators.
    cursor: usize,
    added: u64,
    outcome: Outcome,
}

impl<'t> Builder<'t> {
    fn run(&mut self, mut events: Parser<'t, StrInput<'t>>) {
        while let Some(next) = events.next() {
            let failed = match next {
                Ok((event, span)) => self.event(event, span, &mut events),
                Err(error) => Err(error),
            };
            let Err(error) = failed else { continue };
            let mut at = error.marker().byte_offset().unwrap_or(self.cursor);
            if matches!(error.kind(), ErrorKind::TabInPlainScalar) {
                // The parser names the end of the line before.
                at += cut_from(self.copy, at).find('\t').unwrap_or(0);
            }
            self.outcome.failure = Some(Failure {
                at,
                message: error.info(),
                comment: matches!(error.kind(), ErrorKind::CommentNotSeparated),
                flow: self
                    .open
                    .iter()
                    .find(|open| open.flow)
                    .and_then(|open| self.document.data(open.node))
                    .map(|node| node.start as usize),
            });
            break;
        }
        while !self.open.is_empty() {
            self.close(None);
        }
        self.end_document();
    }

    fn event(
        &mut self,
        event: Event<'t>,
        span: granit_parser::Span,
        events: &mut Parser<'t, StrInput<'t>>,
    ) -> Result<(), granit_parser::ScanError> {
        let range = span.byte_range().unwrap_or(self.cursor..self.cursor);
        let mut head = Head {
            start: range.start,
            tag: span.tag_span().and_then(|span| span.byte_range()),
            anchor: None,
        };
        if event.anchor_id().is_some() {
            // The parser promises the anchor's name and place right after its node.
            if let Some(next) = events.next() {
                head.anchor = next?.1.byte_range();
            }
        }
        match event {
            Event::DocumentStart(explicit, _) => {
                self.document.explicit = explicit;
                self.cursor = if explicit {
                    range.end
                } else {
                    place::skip_document_ends(self.copy, self.cursor)
                };
            }
            Event::DocumentEnd => {
                self.end_document();
                self.cursor = self.cursor.max(range.end);
            }
            Event::Comment(_, placement) => self.outcome.comments.push(Comment {
                span: Span::new(self.document.file, range),
                own_line: placement != Placement::Right,
            }),
            Event::Scalar(value, style, ..) => self.scalar(value, style, head, range),
            Event::Alias(_) | Event::UnresolvedAlias(_) => self.alias(range),
            Event::SequenceStart(style, ..) => self.begin(head, false, style, &range),
            Event::MappingStart(style, ..) => self.begin(head, true, style, &range),
            Event::SequenceEnd | Event::MappingEnd => {
                self.close((!range.is_empty()).then_some(range.end));
            }
            Event::StreamStart | Event::StreamEnd | Event::Anchor(..) | _ => {}
        }
        Ok(())
    }

    fn end_document(&mut self) {
        let empty = Document {
            file: self.document.file,
            text: Arc::clone(&self.document.text),
            nodes: Vec::new(),
            entries: Vec::new(),
            items: Vec::new(),
            explicit: false,
        };
        let document = std::mem::replace(&mut self.document, empty);
        if !document.nodes.is_empty() {
            self.outcome.documents.push(document);
        }
        self.anchors.clear();
        self.added = 0;
    }

    fn scalar(
        &mut self,
        value: Cow<'t, str>,
        style: EventStyle,
        mut head: Head,
        range: Range<usize>,
    ) {
        let mut range = range;
        let mut value = value;
        let absent = style == EventStyle::Plain && range.is_empty();
        let slot = self.slot(head.full_start(), absent);
        if absent {
            let at = head.properties_end(self.cursor);
            range = at..at;
            value = Cow::Borrowed("");
        } else if matches!(style, EventStyle::Literal | EventStyle::Folded) {
            range = place::block_scalar(self.copy, head.properties_end(self.cursor), range);
        }
        head.start = range.start;
        let style = match style {
            EventStyle::SingleQuoted => ScalarStyle::SingleQuoted,
            EventStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
            EventStyle::Literal => ScalarStyle::Literal,
            EventStyle::Folded => ScalarStyle::Folded,
            EventStyle::Plain => ScalarStyle::Plain,
        };
        let text = self.text(value, style, &range);
        let end = range.end;
        let full_end = head.properties_end(end);
        let node = self.add(Shape::Scalar { text, style }, head, end);
        self.measure(node, 1, 0);
        self.place(node, slot, 1, 0, full_end);
    }

    /// Where the value is written as it is, or its own copy.
    fn text(&self, value: Cow<'t, str>, style: ScalarStyle, range: &Range<usize>) -> Text {
        let inner = match style {
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                range.start + 1..range.end.saturating_sub(1)
            }
            ScalarStyle::Plain | ScalarStyle::Literal | ScalarStyle::Folded => range.clone(),
        };
        if value.len() == inner.len() && cut(self.copy, inner.clone()) == value {
            Text::Source(offset(inner.start), offset(inner.end))
        } else {
            Text::Decoded(value.into_owned().into_boxed_str())
        }
    }

    fn alias(&mut self, range: Range<usize>) {
        let slot = self.slot(range.start, false);
        let name = cut(self.copy, range.start + 1..range.end);
        let found = self.anchors.get(name).copied();
        let (target, size, height) = match found.and_then(|id| self.target(id, name, &range)) {
            Some((id, size, height)) => (Some(id), size, height),
            None => (None, 1, 0),
        };
        if found.is_none() {
            self.problem(range.clone(), format!("unknown anchor `{name}`"));
        }
        let end = range.end;
        let node = self.add(Shape::Alias { target }, Head::at(range.start), end);
        self.place(node, slot, size, height, end);
    }

    /// The anchored node with its size and height, if an alias here may have it as its target.
    fn target(
        &mut self,
        id: NodeId,
        name: &str,
        range: &Range<usize>,
    ) -> Option<(NodeId, u64, u32)> {
        let depth = offset(self.open.len());
        let properties = self
            .document
            .nodes
            .get_mut(id.0 as usize)?
            .properties
            .as_mut()?;
        properties.uses += 1;
        let (size, height) = (properties.size, properties.height);
        if size == 0 {
            self.problem(range.clone(), format!("anchor `{name}` contains itself"));
            return None;
        }
        let added = self.added.saturating_add(size - 1);
        if added > MAX_ADDED || depth.saturating_add(height) > MAX_DEPTH {
            self.problem(
                range.clone(),
                "the aliases of this document expand it too far".to_owned(),
            );
            return None;
        }
        self.added = added;
        Some((id, size, height))
    }

    /// Begins a collection. `opener` is its bracket or brace, and empty where there is none.
    fn begin(&mut self, head: Head, mapping: bool, style: StructureStyle, opener: &Range<usize>) {
        let flow = style == StructureStyle::Flow;
        let slot = self.slot(head.full_start(), false);
        let start = head.start;
        // A block sequence's own event may come after its first dash.
        self.cursor = if opener.is_empty() {
            head.properties_end(self.cursor)
        } else {
            opener.end
        };
        let (first, count) = (0, 0);
        let shape = if mapping {
            Shape::Mapping {
                first,
                count,
                flow,
                careful: false,
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
            size: 1,
            height: 0,
        });
    }

    /// Ends the innermost open collection; `end` is given where a bracket or brace ends it.
    fn close(&mut self, end: Option<usize>) {
        if self.open.last().is_some_and(|open| open.key.is_some()) {
            // The parser gave up between a key and its value.
            let at = self.cursor..self.cursor;
            self.scalar(Cow::Borrowed(""), EventStyle::Plain, Head::at(at.start), at);
        }
        let Some(open) = self.open.pop() else { return };
        let start = self.document.data(open.node).map_or(0, |node| node.start);
        let end = end
            .unwrap_or(self.cursor)
            .max(self.cursor)
            .max(start as usize);
        let (first_start, first, count) = if open.mapping {
            let children = self.entries.drain(open.first.min(self.entries.len())..);
            let first = self.document.entries.len();
            self.document.entries.extend(children);
            let children = self.document.entries.get(first..).unwrap_or_default();
            (
                children.first().map(|entry| entry.start),
                first,
                children.len(),
            )
        } else {
            let children = self.items.drain(open.first.min(self.items.len())..);
            let first = self.document.items.len();
            self.document.items.extend(children);
            let children = self.document.items.get(first..).unwrap_or_default();
            (
                children.first().and_then(|item| item.dash),
                first,
                children.len(),
            )
        };
        let careful =
            open.mapping && check_mapping(&self.document, first, &mut self.outcome.problems);
        if let Some(node) = self.document.nodes.get_mut(open.node.0 as usize) {
            if !open.bracket
                && let Some(start) = first_start
            {
                node.start = start;
            }
            node.end = offset(end).max(node.start);
            node.shape
                .set_children(offset(first), offset(count), careful);
        }
        self.measure(open.node, open.size, open.height);
        self.place(open.node, open.slot, open.size, open.height, end);
    }

    /// What the next node will be to the innermost open collection, with the place of the
    /// indicator before it. `start` is where the node begins; an absent one begins anywhere.
    fn slot(&mut self, start: usize, absent: bool) -> Slot {
        let limit = if absent { usize::MAX } else { start };
        let Some(open) = self.open.last() else {
            return Slot::Root;
        };
        if !open.mapping {
            let dash = (!open.flow)
                .then(|| place::indicator(self.copy, self.cursor, false, b'-', limit))
                .flatten();
            self.cursor = dash.map_or(self.cursor, |dash| dash + 1);
            return Slot::Item {
                dash: dash.map(offset),
            };
        }
        if open.key.is_some() {
            let colon = place::indicator(self.copy, self.cursor, false, b':', limit);
            self.cursor = colon.map_or(self.cursor, |colon| colon + 1);
            return Slot::Value {
                colon: colon.map(offset),
            };
        }
        let flow = open.flow;
        let question = place::indicator(self.copy, self.cursor, flow, b'?', limit)
            .filter(|at| *at < limit && place::stands_alone(self.copy, *at));
        if let Some(question) = question {
            self.cursor = question + 1;
            return Slot::Key {
                start: offset(question),
            };
        }
        if absent {
            self.cursor =
                place::indicator(self.copy, self.cursor, flow, b':', limit).unwrap_or(self.cursor);
            return Slot::Key {
                start: offset(self.cursor),
            };
        }
        Slot::Key {
            start: offset(start),
        }
    }

    fn add(&mut self, shape: Shape, head: Head, end: usize) -> NodeId {
        let id = NodeId(offset(self.document.nodes.len()));
        let both = |range: Range<usize>| (offset(range.start), offset(range.end));
        let properties = (head.tag.is_some() || head.anchor.is_some()).then(|| {
            Box::new(Properties {
                tag: head.tag.map(both),
                anchor: head.anchor.clone().map(both),
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
        if let Some(anchor) = head.anchor {
            self.anchors
                .insert(cut(self.copy, anchor.start + 1..anchor.end), id);
        }
        id
    }

    fn measure(&mut self, id: NodeId, size: u64, height: u32) {
        let node = self.document.nodes.get_mut(id.0 as usize);
        if let Some(properties) = node.and_then(|node| node.properties.as_mut()) {
            properties.size = size;
            properties.height = height;
        }
    }

    /// Gives a finished node to the innermost open collection.
    fn place(&mut self, node: NodeId, slot: Slot, size: u64, height: u32, end: usize) {
        self.cursor = self.cursor.max(end);
        let Some(open) = self.open.last_mut() else {
            return;
        };
        open.size = open.size.saturating_add(size);
        open.height = open.height.max(height.saturating_add(1));
        match slot {
            Slot::Root => {}
            Slot::Item { dash } => self.items.push(ItemData { node, dash }),
            Slot::Key { start } => open.key = Some(Key { node, start }),
            Slot::Value { colon } => {
                let Some(key) = open.key.take() else { return };
                self.entries.push(EntryData {
                    key: key.node,
                    value: node,
                    start: key.start,
                    end: offset(self.cursor),
                    colon,
                });
            }
        }
    }

    fn problem(&mut self, range: Range<usize>, message: String) {
        let span = Span::new(self.document.file, range);
        self.outcome.problems.push(Problem { span, message });
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
