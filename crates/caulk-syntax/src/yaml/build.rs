//! From events to the arena.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use caulk_source::{FileId, Span, cut, cut_from};
use granit_parser::{
    ErrorKind, Event, Parser, Placement, ScalarStyle as EventStyle, ScanError, StrInput,
    StructureStyle,
};

use super::arena::{Document, NodeId, ScalarStyle, Shape, Text};
use super::grow::Tree;
use super::head::{Head, Measure, offset};
use super::place;
use super::stream::Comment;
use super::words;
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
        tree: Tree::new(copy, Document::new(file, Arc::clone(text))),
        anchors: BTreeMap::new(),
        added: 0,
        too_far: false,
        documents: Vec::new(),
        comments: Vec::new(),
    };
    let failure = builder.run(Parser::new_from_str_with_options(copy, options));
    Outcome {
        documents: builder.documents,
        comments: builder.comments,
        problems: builder.tree.problems,
        failure,
    }
}

struct Builder<'t> {
    tree: Tree<'t>,
    /// The latest node of each anchor's name.
    anchors: BTreeMap<&'t str, NodeId>,
    /// How many nodes the aliases of this document have added.
    added: u64,
    /// Whether an alias of this document was refused because it would add too many.
    too_far: bool,
    documents: Vec<Document>,
    comments: Vec<Comment>,
}

impl<'t> Builder<'t> {
    /// Reads all events; gives what stopped the parser, if something did.
    fn run(&mut self, mut events: Parser<'t, StrInput<'t>>) -> Option<Failure> {
        let mut failure = None;
        while let Some(next) = events.next() {
            let read = match next {
                Ok((event, span)) => self.event(event, span, &mut events),
                Err(error) => Err(error),
            };
            if let Err(error) = read {
                failure = Some(self.failure(&error));
                break;
            }
        }
        self.tree.close_all();
        self.end_document();
        failure
    }

    fn failure(&self, error: &ScanError) -> Failure {
        let mut at = error.marker().byte_offset().unwrap_or(self.tree.cursor);
        if matches!(error.kind(), ErrorKind::TabInPlainScalar) {
            // The parser names the end of the line before.
            at += cut_from(self.tree.copy, at).find('\t').unwrap_or(0);
        }
        Failure {
            at,
            message: words::of(error),
            flow: self.tree.open_flow(),
            comment: matches!(error.kind(), ErrorKind::CommentNotSeparated),
        }
    }

    fn event(
        &mut self,
        event: Event<'t>,
        span: granit_parser::Span,
        events: &mut Parser<'t, StrInput<'t>>,
    ) -> Result<(), ScanError> {
        let range = span
            .byte_range()
            .unwrap_or(self.tree.cursor..self.tree.cursor);
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
            Event::DocumentStart(explicit, _) => self.begin_document(explicit, range.end),
            Event::DocumentEnd => {
                self.end_document();
                self.tree.cursor = self.tree.cursor.max(range.end);
            }
            Event::Comment(_, placement) => self.comments.push(Comment {
                span: Span::new(self.tree.document.file, range),
                own_line: placement != Placement::Right,
            }),
            Event::Scalar(value, style, ..) => self.scalar(value, style, head, range),
            Event::Alias(_) | Event::UnresolvedAlias(_) => self.alias(range),
            Event::SequenceStart(style, ..) => self.collection(head, false, style, &range),
            Event::MappingStart(style, ..) => self.collection(head, true, style, &range),
            Event::SequenceEnd | Event::MappingEnd => {
                self.tree.close((!range.is_empty()).then_some(range.end));
            }
            Event::StreamStart | Event::StreamEnd | Event::Anchor(..) | _ => {}
        }
        Ok(())
    }

    fn begin_document(&mut self, explicit: bool, end: usize) {
        self.tree.document.explicit = explicit;
        self.tree.cursor = if explicit {
            end
        } else {
            place::skip_document_ends(self.tree.copy, self.tree.cursor)
        };
    }

    fn end_document(&mut self) {
        let document = &self.tree.document;
        let empty = Document::new(document.file, Arc::clone(&document.text));
        let document = std::mem::replace(&mut self.tree.document, empty);
        if !document.nodes.is_empty() {
            self.documents.push(document);
        }
        self.anchors.clear();
        self.added = 0;
        self.too_far = false;
    }

    fn scalar(
        &mut self,
        value: Cow<'t, str>,
        style: EventStyle,
        mut head: Head,
        range: Range<usize>,
    ) {
        let absent = style == EventStyle::Plain && range.is_empty();
        let slot = self.tree.slot(head.full_start(), absent);
        let after = head.properties_end(self.tree.cursor);
        let (value, range) = match style {
            EventStyle::Plain if absent => (Cow::Borrowed(""), after..after),
            EventStyle::Literal | EventStyle::Folded => {
                (value, place::block_scalar(self.tree.copy, after, range))
            }
            EventStyle::Plain | EventStyle::SingleQuoted | EventStyle::DoubleQuoted => {
                (value, range)
            }
        };
        let style = match style {
            EventStyle::Plain => ScalarStyle::Plain,
            EventStyle::SingleQuoted => ScalarStyle::SingleQuoted,
            EventStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
            EventStyle::Literal => ScalarStyle::Literal,
            EventStyle::Folded => ScalarStyle::Folded,
        };
        head.start = range.start;
        let anchor = head.anchor.clone();
        let text = self.text(value, style, &range);
        let shape = Shape::Scalar { text, style };
        let node = self.tree.leaf(slot, shape, head, range.end, Measure::LEAF);
        self.define(anchor, node);
    }

    /// Where the value is written as it is, or its own copy.
    fn text(&self, value: Cow<'t, str>, style: ScalarStyle, range: &Range<usize>) -> Text {
        let inner = match style {
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                range.start + 1..range.end.saturating_sub(1)
            }
            ScalarStyle::Plain | ScalarStyle::Literal | ScalarStyle::Folded => range.clone(),
        };
        if value.len() == inner.len() && cut(self.tree.copy, inner.clone()) == value {
            Text::Source(offset(inner.start), offset(inner.end))
        } else {
            Text::Decoded(value.into_owned().into_boxed_str())
        }
    }

    fn collection(
        &mut self,
        head: Head,
        mapping: bool,
        style: StructureStyle,
        opener: &Range<usize>,
    ) {
        let anchor = head.anchor.clone();
        let node = self
            .tree
            .begin(head, mapping, style == StructureStyle::Flow, opener);
        self.define(anchor, node);
    }

    fn define(&mut self, anchor: Option<Range<usize>>, node: NodeId) {
        if let Some(anchor) = anchor {
            self.anchors
                .insert(cut(self.tree.copy, anchor.start + 1..anchor.end), node);
        }
    }

    fn alias(&mut self, range: Range<usize>) {
        let slot = self.tree.slot(range.start, false);
        let name = cut(self.tree.copy, range.start + 1..range.end);
        let known = self.anchors.get(name).copied();
        if known.is_none() {
            let message = format!("unknown anchor `{name}`");
            self.tree.problem(range.clone(), message);
        }
        let target = known.and_then(|node| Some((node, self.target(node, name, &range)?)));
        let measure = target.map_or(Measure::LEAF, |(_, measure)| measure);
        let shape = Shape::Alias {
            target: target.map(|(node, _)| node),
        };
        self.tree
            .leaf(slot, shape, Head::at(range.start), range.end, measure);
    }

    /// What an alias to this node adds, if one may stand here.
    fn target(&mut self, node: NodeId, name: &str, range: &Range<usize>) -> Option<Measure> {
        let depth = offset(self.tree.depth());
        let data = self.tree.document.nodes.get_mut(node.0 as usize)?;
        let properties = data.properties.as_mut()?;
        properties.uses += 1;
        let measure = Measure {
            size: properties.size,
            height: properties.height,
        };
        if measure.size == 0 {
            self.tree
                .problem(range.clone(), format!("anchor `{name}` contains itself"));
            return None;
        }
        let added = self.added.saturating_add(measure.size - 1);
        if added <= MAX_ADDED && depth.saturating_add(measure.height) <= MAX_DEPTH {
            self.added = added;
            return Some(measure);
        }
        if !self.too_far {
            self.too_far = true;
            let message = "the aliases of this document expand it too far";
            self.tree.problem(range.clone(), message.to_owned());
        }
        None
    }
}
