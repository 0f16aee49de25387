//! What a text holds: documents, comments, problems.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use caulk_source::{Span, cut};

use super::arena::{Document, NodeId};
use super::node::Node;
use super::value::Value;
use crate::Problem;

/// A comment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Comment {
    /// From its `#` to the end of the line, without the line break.
    pub span: Span,
    /// Whether nothing but whitespace stands before it on its line.
    pub own_line: bool,
}

/// What a YAML text holds.
#[derive(Clone, Debug)]
pub struct Stream {
    /// The documents in order. A text of comments alone has none.
    pub documents: Vec<Document>,
    /// Every comment of the text, in the order of their places.
    pub comments: Vec<Comment>,
    /// What Go's YAML reader, and so the engine, would refuse, in the order of their places.
    pub problems: Vec<Problem>,
    /// Lines that were left out so that the rest could be read: what they say is not in the tree.
    pub skipped: Vec<Span>,
    pub(super) text: Arc<str>,
    /// The nodes by their places, made when somebody first asks: most files are never edited.
    pub(super) places: OnceLock<BTreeMap<Span, (usize, NodeId)>>,
}

impl Stream {
    /// The root of the first document.
    pub fn root(&self) -> Option<Value<'_>> {
        self.documents.first().map(Document::root)
    }

    /// The roots of all documents.
    pub fn roots(&self) -> impl Iterator<Item = Value<'_>> {
        self.documents.iter().map(Document::root)
    }

    /// What a comment says, after its `#`.
    pub fn comment_text(&self, comment: &Comment) -> &str {
        let text = cut(&self.text, comment.span.range());
        text.strip_prefix('#').unwrap_or(text)
    }

    /// The node that is written at exactly this place; the outermost where there are several.
    pub fn node_at(&self, span: Span) -> Option<Node<'_>> {
        let places = self.places.get_or_init(|| {
            let mut places = BTreeMap::new();
            for (number, document) in self.documents.iter().enumerate() {
                for node in document.nodes() {
                    places.entry(node.span()).or_insert((number, node.id()));
                }
            }
            places
        });
        let (document, node) = places.get(&span)?;
        Some(self.documents.get(*document)?.node(*node))
    }
}
