//! The arena of one document: flat vectors, so that dropping it never recurses.

use std::sync::Arc;

use caulk_source::{FileId, Span};

use super::node::Node;
use super::value::Value;

/// A node's index in its [`Document`]. A parent has a smaller one than its children.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub(super) u32);

/// How a scalar is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScalarStyle {
    /// Without quotes.
    Plain,
    /// `'text'`.
    SingleQuoted,
    /// `"text"`.
    DoubleQuoted,
    /// `|` and lines.
    Literal,
    /// `>` and lines.
    Folded,
}

/// Where a scalar's text is.
#[derive(Clone, Debug)]
pub(super) enum Text {
    /// In the source as it stands, from here to here.
    Source(u32, u32),
    /// It had to be decoded.
    Decoded(Box<str>),
}

/// What a node is. Children lie in the document's `items` and `entries`, from `first` on.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Scalar {
        text: Text,
        style: ScalarStyle,
    },
    Sequence {
        first: u32,
        count: u32,
        flow: bool,
    },
    Mapping {
        first: u32,
        count: u32,
        flow: bool,
        /// Whether its keys need care: there is a merge key, an alias as key, or a key twice.
        careful: bool,
    },
    Alias {
        target: Option<NodeId>,
    },
}

impl Shape {
    /// Says where a collection's children are, once they are known.
    pub(super) fn set_children(&mut self, at: u32, number: u32, care: bool) {
        match self {
            Self::Sequence { first, count, .. } => {
                *first = at;
                *count = number;
            }
            Self::Mapping {
                first,
                count,
                careful,
                ..
            } => {
                *first = at;
                *count = number;
                *careful = care;
            }
            Self::Scalar { .. } | Self::Alias { .. } => {}
        }
    }
}

/// What few nodes have.
#[derive(Clone, Default, Debug)]
pub(super) struct Properties {
    /// `!tag`.
    pub(super) tag: Option<(u32, u32)>,
    /// `&anchor`.
    pub(super) anchor: Option<(u32, u32)>,
    /// How many aliases have this node as their target.
    pub(super) uses: u32,
    /// How many nodes a reader meets who follows every alias, this node included; 0 while open.
    pub(super) size: u64,
    /// How many levels such a reader descends below this node.
    pub(super) height: u32,
}

#[derive(Clone, Debug)]
pub(super) struct NodeData {
    pub(super) shape: Shape,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) parent: Option<NodeId>,
    pub(super) properties: Option<Box<Properties>>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct EntryData {
    pub(super) key: NodeId,
    pub(super) value: NodeId,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) colon: Option<u32>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct ItemData {
    pub(super) node: NodeId,
    pub(super) dash: Option<u32>,
}

/// One document of a YAML text.
#[derive(Clone, Debug)]
pub struct Document {
    pub(super) file: FileId,
    pub(super) text: Arc<str>,
    pub(super) nodes: Vec<NodeData>,
    pub(super) entries: Vec<EntryData>,
    pub(super) items: Vec<ItemData>,
    pub(super) explicit: bool,
}

impl Document {
    pub(super) fn new(file: FileId, text: Arc<str>) -> Self {
        Self {
            file,
            text,
            nodes: Vec::new(),
            entries: Vec::new(),
            items: Vec::new(),
            explicit: false,
        }
    }

    /// What the document means, from its root.
    pub fn root(&self) -> Value<'_> {
        Value::at(self.root_node())
    }

    /// What is written, from its root.
    pub fn root_node(&self) -> Node<'_> {
        self.node(NodeId(0))
    }

    /// The node with this id, which must be one of this document.
    pub fn node(&self, id: NodeId) -> Node<'_> {
        Node { document: self, id }
    }

    /// Every node, parents before their children.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0u32..)
            .zip(&self.nodes)
            .map(|(index, _)| self.node(NodeId(index)))
    }

    /// Whether the document begins with `---`.
    pub fn is_explicit(&self) -> bool {
        self.explicit
    }

    /// Moves every place.
    pub(super) fn move_places(&mut self, to: impl Fn(u32) -> u32) {
        let range = |(start, end): &mut (u32, u32)| {
            *start = to(*start);
            *end = to(*end);
        };
        for node in &mut self.nodes {
            node.start = to(node.start);
            node.end = to(node.end);
            if let Shape::Scalar {
                text: Text::Source(start, end),
                ..
            } = &mut node.shape
            {
                *start = to(*start);
                *end = to(*end);
            }
            if let Some(properties) = &mut node.properties {
                properties
                    .tag
                    .iter_mut()
                    .chain(&mut properties.anchor)
                    .for_each(range);
            }
        }
        for entry in &mut self.entries {
            entry.start = to(entry.start);
            entry.end = to(entry.end);
            entry.colon = entry.colon.map(&to);
        }
        for item in &mut self.items {
            item.dash = item.dash.map(&to);
        }
    }

    pub(super) fn data(&self, id: NodeId) -> Option<&NodeData> {
        self.nodes.get(id.0 as usize)
    }

    pub(super) fn span(&self, start: u32, end: u32) -> Span {
        Span {
            file: self.file,
            start,
            end: end.max(start),
        }
    }
}
