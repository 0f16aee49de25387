//! What the text means: aliases followed, merge keys applied.

use std::collections::BTreeSet;
use std::sync::Arc;

use caulk_source::{Span, Spanned};

use super::arena::ScalarStyle;
use super::node::{Alias, Entry, Kind, Node};
use super::scalar;

/// By what a value came from where it is written to where it is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepKind {
    /// An alias in the value's place.
    Alias,
    /// A merge key in the mapping that has it.
    Merge,
}

/// One step from where a value is read to where it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// What kind of step.
    pub kind: StepKind,
    /// The `*alias`; for a mapping written in the merge key's place, the `<<`.
    pub used: Span,
    /// The `&anchor` it leads to, if there is one.
    pub anchor: Option<Span>,
}

/// A value as a reader of the document meets it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Value<'d> {
    written: Node<'d>,
    node: Node<'d>,
    via: Via,
}

/// Shared by everything that came the same way; none for what is written where it is read.
type Via = Option<Arc<[Step]>>;

/// A key with its value as a reader of the document meets them.
#[derive(Clone, Debug)]
pub struct Member<'d> {
    /// The key; an alias is followed.
    pub key: Node<'d>,
    /// The value.
    pub value: Value<'d>,
    /// Where both are written.
    pub entry: Entry<'d>,
}

impl<'d> Member<'d> {
    /// The key's text; empty for a key that is a list or a mapping.
    pub fn name(&self) -> &'d str {
        self.key.text().unwrap_or_default()
    }
}

impl<'d> Value<'d> {
    /// The value that is written at this node, read from here on: by no step.
    pub fn at(node: Node<'d>) -> Self {
        Self::new(node, None)
    }

    fn new(written: Node<'d>, via: Via) -> Self {
        let node = written.followed();
        let via = if node == written {
            via
        } else {
            Some(extended(
                &via,
                step(StepKind::Alias, written, written.span()),
            ))
        };
        Self { written, node, via }
    }

    /// The node with the content: an alias is followed.
    pub fn node(&self) -> Node<'d> {
        self.node
    }

    /// The node in this value's place: the alias, where it is one.
    pub fn written(&self) -> Node<'d> {
        self.written
    }

    /// Where the content is written.
    pub fn span(&self) -> Span {
        self.node.span()
    }

    /// The steps from the root to here that lead elsewhere: outermost first, none where the value
    /// is written where it is read.
    pub fn via(&self) -> &[Step] {
        self.via.as_deref().unwrap_or_default()
    }

    /// Whether the value is written where it is read, and nowhere else is read from there.
    pub fn is_own(&self) -> bool {
        self.via.is_none() && self.node.shared() == 0
    }

    /// Whether it is an alias that leads nowhere.
    pub fn is_unresolved(&self) -> bool {
        matches!(self.node.kind(), Kind::Alias(_))
    }

    /// Whether it is a list.
    pub fn is_sequence(&self) -> bool {
        matches!(self.node.kind(), Kind::Sequence)
    }

    /// Whether it is a mapping.
    pub fn is_mapping(&self) -> bool {
        matches!(self.node.kind(), Kind::Mapping)
    }

    /// Whether it is a scalar, null included.
    pub fn is_scalar(&self) -> bool {
        matches!(self.node.kind(), Kind::Scalar { .. })
    }

    /// Its tag as it is written.
    pub fn tag(&self) -> Option<Spanned<&'d str>> {
        self.node.tag()
    }

    /// Whether it is null: absent, `~`, `null`.
    pub fn is_null(&self) -> bool {
        if self.has_tag("!!null", "tag:yaml.org,2002:null") {
            return true;
        }
        self.plain().is_some_and(scalar::is_null)
    }

    /// The scalar's text, whatever it stands for: `0o0` and `22:22` are text, and so is `~`.
    pub fn text(&self) -> Option<&'d str> {
        self.node.text()
    }

    /// The scalar's text, unless it is null.
    pub fn as_str(&self) -> Option<&'d str> {
        if self.is_null() { None } else { self.text() }
    }

    /// The boolean that Go's `yaml.v3` reads where a boolean is wanted: `true`, `True`, `TRUE`
    /// and their opposites unquoted; `y`, `Y`, `yes`, `on` and their opposites in any style.
    pub fn as_bool(&self) -> Option<bool> {
        self.plain()
            .and_then(scalar::boolean)
            .or_else(|| self.text().and_then(scalar::wanted_boolean))
    }

    /// The integer that Go's `yaml.v3` reads, if it fits.
    pub fn as_int(&self) -> Option<i64> {
        i64::try_from(self.plain().and_then(scalar::integer)?).ok()
    }

    /// The items of a list; nothing for anything else.
    pub fn items(&self) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + use<'d> {
        let via = self.via.clone();
        self.node
            .items()
            .map(move |item| Self::new(item.value, via.clone()))
    }

    /// The members of a mapping, each name once: its own in the order of the text, then those that
    /// merge keys bring. Nothing for anything else.
    ///
    /// Its own win over merged ones, an earlier source of a merge over a later one, and of a key
    /// that stands twice the last.
    pub fn members(&self) -> Vec<Member<'d>> {
        let mut members = Vec::with_capacity(self.node.entries().len());
        if self.node.needs_care() {
            let mut seen = BTreeSet::new();
            self.collect(&mut seen, &mut members);
        } else {
            members.extend(self.node.entries().map(|entry| self.member(entry)));
        }
        members
    }

    /// The value of the member with this name.
    pub fn get(&self, name: &str) -> Option<Self> {
        self.get_member(name).map(|member| member.value)
    }

    /// The member with this name.
    pub fn get_member(&self, name: &str) -> Option<Member<'d>> {
        let own =
            self.node.entries().rev().find(|entry| {
                entry.key.followed().text() == Some(name) && !entry.key.is_merge_key()
            });
        match own {
            Some(entry) => Some(self.member(entry)),
            None if self.node.needs_care() => self
                .merged()
                .into_iter()
                .find_map(|source| source.get_member(name)),
            None => None,
        }
    }

    fn member(&self, entry: Entry<'d>) -> Member<'d> {
        Member {
            key: entry.key.followed(),
            value: Self::new(entry.value, self.via.clone()),
            entry,
        }
    }

    fn collect(&self, seen: &mut BTreeSet<&'d str>, members: &mut Vec<Member<'d>>) {
        let begin = members.len();
        for entry in self
            .node
            .entries()
            .rev()
            .filter(|entry| !entry.key.is_merge_key())
        {
            let name = entry.key.followed().text();
            if name.is_none_or(|name| seen.insert(name)) {
                members.push(self.member(entry));
            }
        }
        if let Some(own) = members.get_mut(begin..) {
            own.reverse();
        }
        for source in self.merged() {
            source.collect(seen, members);
        }
    }

    /// The mappings that merge keys bring in, the winning one first.
    fn merged(&self) -> Vec<Self> {
        let mut sources = Vec::new();
        for entry in self
            .node
            .entries()
            .rev()
            .filter(|entry| entry.key.is_merge_key())
        {
            let value = self.merge_source(entry.value, entry.key);
            if !value.is_sequence() {
                sources.push(value);
                continue;
            }
            for item in value.node.items() {
                sources.push(value.merge_source(item.value, entry.key));
            }
        }
        sources.retain(Self::is_mapping);
        sources
    }

    /// The node as a source of a merge; a list in the merge key's place is no step of its own.
    fn merge_source(&self, written: Node<'d>, key: Node<'d>) -> Self {
        let node = written.followed();
        let inline_list = node == written && matches!(node.kind(), Kind::Sequence);
        let via = if inline_list {
            self.via.clone()
        } else {
            let used = if node == written {
                key.span()
            } else {
                written.span()
            };
            Some(extended(&self.via, step(StepKind::Merge, written, used)))
        };
        Self { written, node, via }
    }

    /// The text of a scalar that is neither quoted nor tagged as text.
    fn plain(&self) -> Option<&'d str> {
        let plain = self.node.style() == Some(ScalarStyle::Plain);
        let tagged = self.has_tag("!!str", "tag:yaml.org,2002:str") || self.has_tag("!", "!");
        if plain && !tagged { self.text() } else { None }
    }

    fn has_tag(&self, short: &str, long: &str) -> bool {
        self.tag().is_some_and(|tag| {
            tag.value == short
                || tag
                    .value
                    .strip_prefix("!<")
                    .and_then(|tag| tag.strip_suffix('>'))
                    == Some(long)
        })
    }
}

fn step(kind: StepKind, written: Node<'_>, used: Span) -> Step {
    let anchor = match written.kind() {
        Kind::Alias(Alias { target, .. }) => target.and_then(Node::anchor),
        Kind::Scalar { .. } | Kind::Sequence | Kind::Mapping => None,
    };
    Step {
        kind,
        used,
        anchor: anchor.map(|anchor| anchor.span),
    }
}

fn extended(via: &Via, step: Step) -> Arc<[Step]> {
    let steps = via.as_deref().unwrap_or_default();
    steps.iter().copied().chain([step]).collect()
}
