//! What is written: a node with its place, its indicators and its neighbours.

use caulk_source::{Span, Spanned, cut};

use super::arena::{
    Document, EntryData, ItemData, NodeData, NodeId, Properties, ScalarStyle, Shape, Text,
};

/// A node as it is written. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct Node<'d> {
    pub(super) document: &'d Document,
    pub(super) id: NodeId,
}

/// What a node is.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'d> {
    /// Text. An absent value is an empty plain scalar with an empty span.
    Scalar {
        /// The text, decoded.
        text: &'d str,
        /// How it is written.
        style: ScalarStyle,
    },
    /// A list: [`Node::items`].
    Sequence,
    /// Keys and values: [`Node::entries`].
    Mapping,
    /// Another node's content.
    Alias(Alias<'d>),
}

/// `*name`.
#[derive(Clone, Copy, Debug)]
pub struct Alias<'d> {
    /// The anchor's name.
    pub name: &'d str,
    /// The anchored node. None where there is no such anchor, or where following it would not end.
    pub target: Option<Node<'d>>,
}

/// A key with its value.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'d> {
    /// The key.
    pub key: Node<'d>,
    /// The value.
    pub value: Node<'d>,
    /// From the key, or the `?` before it, to the value's end.
    pub span: Span,
    /// The `:`, if one is written.
    pub colon: Option<Span>,
}

/// An item of a list.
#[derive(Clone, Copy, Debug)]
pub struct Item<'d> {
    /// The item.
    pub value: Node<'d>,
    /// The `-`, in a block sequence.
    pub dash: Option<Span>,
    /// From the dash, where there is one, to the item's end.
    pub span: Span,
}

/// What a node is to its parent.
#[derive(Clone, Copy, Debug)]
pub enum Role<'d> {
    /// The root of its document.
    Root,
    /// An item of a list.
    Item(Item<'d>),
    /// The key of an entry.
    Key(Entry<'d>),
    /// The value of an entry.
    Value(Entry<'d>),
}

impl PartialEq for Node<'_> {
    /// Whether both are the same node of the same document.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.id == other.id
    }
}

impl Eq for Node<'_> {}

impl<'d> Node<'d> {
    /// Its index in its document.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// Its document.
    pub fn document(self) -> &'d Document {
        self.document
    }

    /// What it is.
    pub fn kind(self) -> Kind<'d> {
        match self.data().map(|data| &data.shape) {
            Some(Shape::Scalar { text, style }) => Kind::Scalar {
                text: self.decode(text),
                style: *style,
            },
            Some(Shape::Sequence { .. }) => Kind::Sequence,
            Some(Shape::Mapping { .. }) => Kind::Mapping,
            Some(Shape::Alias { target }) => Kind::Alias(Alias {
                name: cut(
                    &self.document.text,
                    self.span().part(1..self.span().range().len()).range(),
                ),
                target: target.map(|id| self.document.node(id)),
            }),
            None => Kind::Scalar {
                text: "",
                style: ScalarStyle::Plain,
            },
        }
    }

    /// Its own text: with quotes and brackets, without tag, anchor, trailing whitespace and
    /// comments. A block collection reaches from its first entry to the end of its last; a block
    /// scalar from its `|` or `>` to the end of its last line that is not blank.
    pub fn span(self) -> Span {
        self.data().map_or_else(
            || self.document.span(0, 0),
            |data| self.document.span(data.start, data.end),
        )
    }

    /// Its own text with its tag and anchor.
    pub fn full_span(self) -> Span {
        let mut span = self.span();
        for (start, end) in [self.tag_range(), self.anchor_range()]
            .into_iter()
            .flatten()
        {
            span = span.to(self.document.span(start, end));
        }
        span
    }

    /// What is written at [`span`](Self::span).
    pub fn source(self) -> &'d str {
        cut(&self.document.text, self.span().range())
    }

    /// Its tag as it is written: `!reset`, `!!str`, `!<tag:yaml.org,2002:str>`.
    pub fn tag(self) -> Option<Spanned<&'d str>> {
        let (start, end) = self.tag_range()?;
        let span = self.document.span(start, end);
        Some(Spanned::new(cut(&self.document.text, span.range()), span))
    }

    /// Its anchor's name; the place has the `&` too.
    pub fn anchor(self) -> Option<Spanned<&'d str>> {
        let (start, end) = self.anchor_range()?;
        let span = self.document.span(start, end);
        let text = cut(&self.document.text, span.range());
        Some(Spanned::new(text.strip_prefix('&').unwrap_or(text), span))
    }

    /// How many aliases refer to this very node.
    pub fn uses(self) -> usize {
        self.properties()
            .map_or(0, |properties| properties.uses as usize)
    }

    /// How many aliases refer to this node or to one that holds it: more than none means that a
    /// change here changes other places too.
    pub fn shared(self) -> usize {
        let nodes = std::iter::successors(Some(self), |node| node.parent());
        nodes.map(Self::uses).sum()
    }

    /// The collection that holds it.
    pub fn parent(self) -> Option<Self> {
        let parent = self.data()?.parent?;
        Some(self.document.node(parent))
    }

    /// What it is to its parent.
    pub fn role(self) -> Role<'d> {
        let Some(parent) = self.parent() else {
            return Role::Root;
        };
        let item = parent
            .items()
            .find(|item| item.value == self)
            .map(Role::Item);
        let entry = || {
            parent.entries().find_map(|entry| match self {
                node if node == entry.key => Some(Role::Key(entry)),
                node if node == entry.value => Some(Role::Value(entry)),
                _ => None,
            })
        };
        item.or_else(entry).unwrap_or(Role::Root)
    }

    /// The scalar's text, whatever it stands for. An absent value is the empty text.
    pub fn text(self) -> Option<&'d str> {
        match self.kind() {
            Kind::Scalar { text, .. } => Some(text),
            Kind::Sequence | Kind::Mapping | Kind::Alias(_) => None,
        }
    }

    /// How the scalar is written.
    pub fn style(self) -> Option<ScalarStyle> {
        match self.kind() {
            Kind::Scalar { style, .. } => Some(style),
            Kind::Sequence | Kind::Mapping | Kind::Alias(_) => None,
        }
    }

    /// Whether a value should stand here and none is written.
    pub fn is_absent(self) -> bool {
        self.style() == Some(ScalarStyle::Plain) && self.span().is_empty()
    }

    /// Whether it is a list or mapping in brackets or braces.
    pub fn is_flow(self) -> bool {
        match self.data().map(|data| &data.shape) {
            Some(Shape::Sequence { flow, .. } | Shape::Mapping { flow, .. }) => *flow,
            Some(Shape::Scalar { .. } | Shape::Alias { .. }) | None => false,
        }
    }

    /// The entries of a mapping as they are written: merge keys and repeated keys included.
    /// None for anything else.
    pub fn entries(self) -> impl DoubleEndedIterator<Item = Entry<'d>> + ExactSizeIterator {
        let entries: &'d [EntryData] = match self.data().map(|data| &data.shape) {
            Some(Shape::Mapping { first, count, .. }) => {
                children(&self.document.entries, *first, *count)
            }
            Some(Shape::Scalar { .. } | Shape::Sequence { .. } | Shape::Alias { .. }) | None => &[],
        };
        entries.iter().map(move |entry| Entry {
            key: self.document.node(entry.key),
            value: self.document.node(entry.value),
            span: self.document.span(entry.start, entry.end),
            colon: entry.colon.map(|at| self.document.span(at, at + 1)),
        })
    }

    /// The items of a list as they are written. None for anything else.
    pub fn items(self) -> impl DoubleEndedIterator<Item = Item<'d>> + ExactSizeIterator {
        let items: &'d [ItemData] = match self.data().map(|data| &data.shape) {
            Some(Shape::Sequence { first, count, .. }) => {
                children(&self.document.items, *first, *count)
            }
            Some(Shape::Scalar { .. } | Shape::Mapping { .. } | Shape::Alias { .. }) | None => &[],
        };
        items.iter().map(move |item| {
            let value = self.document.node(item.node);
            let dash = item.dash.map(|at| self.document.span(at, at + 1));
            let full = value.full_span();
            Item {
                value,
                dash,
                span: dash.map_or(full, |dash| dash.to(full)),
            }
        })
    }

    /// Whether the mapping has merge keys, aliases as keys, or a key twice.
    pub(super) fn needs_care(self) -> bool {
        matches!(
            self.data().map(|data| &data.shape),
            Some(Shape::Mapping { careful: true, .. })
        )
    }

    /// The target of an alias, and any other node itself.
    pub(super) fn followed(self) -> Self {
        match self.kind() {
            Kind::Alias(Alias {
                target: Some(target),
                ..
            }) => target,
            Kind::Alias(_) | Kind::Scalar { .. } | Kind::Sequence | Kind::Mapping => self,
        }
    }

    /// Whether it is the key `<<`, not quoted and without a tag that makes it text.
    pub(super) fn is_merge_key(self) -> bool {
        self.text() == Some("<<")
            && self.style() == Some(ScalarStyle::Plain)
            && self
                .tag()
                .is_none_or(|tag| matches!(tag.value, "!" | "!!merge"))
    }

    fn data(self) -> Option<&'d NodeData> {
        self.document.data(self.id)
    }

    fn properties(self) -> Option<&'d Properties> {
        self.data()?.properties.as_deref()
    }

    fn tag_range(self) -> Option<(u32, u32)> {
        self.properties()?.tag
    }

    fn anchor_range(self) -> Option<(u32, u32)> {
        self.properties()?.anchor
    }

    fn decode(self, text: &'d Text) -> &'d str {
        match text {
            Text::Source(start, end) => cut(&self.document.text, *start as usize..*end as usize),
            Text::Decoded(text) => text,
        }
    }
}

fn children<T>(all: &[T], first: u32, count: u32) -> &[T] {
    let first = first as usize;
    all.get(first..first + count as usize).unwrap_or_default()
}
