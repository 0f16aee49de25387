//! Changes of a YAML text that keep to the way in which it is written.
//!
//! An [`Editor`] makes one change at a time as edits of the text: a scalar with another value, a
//! key more, items more, an item or a key less. What it adds is spelt as its neighbours are; what
//! it takes away takes no comment along that has a line of its own.
//!
//! **Invariant:** nothing is judged here. Whether others share what is changed, through anchors, is
//! for the caller to ask; and that an edit did what it should is proved by reading its result.

mod add;
mod extend;
mod flow;
mod habit;
mod lines;
mod remove;
mod spell;

use caulk_source::{Edit, SourceFile};

use super::node::{Entry, Node};
use super::stream::Stream;

/// Why a text is not changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refusal(pub &'static str);

/// A value that is new.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fresh<'a> {
    /// Text, whatever it looks like.
    Text(&'a str),
    /// A switch.
    Switch(bool),
    /// A list of texts.
    List(Vec<&'a str>),
    /// A list of texts with a tag before it.
    Tagged(&'static str, Vec<&'a str>),
}

/// Makes edits of one text.
#[derive(Clone, Copy, Debug)]
pub struct Editor<'s> {
    stream: &'s Stream,
    source: &'s SourceFile,
}

impl<'s> Editor<'s> {
    /// An editor of `source`, which `stream` was read from.
    pub fn new(stream: &'s Stream, source: &'s SourceFile) -> Self {
        Self { stream, source }
    }

    /// The entry with another value, whatever its value was: an alias, say.
    ///
    /// # Errors
    ///
    /// Where its value goes over several lines.
    pub fn replace(&self, entry: Entry<'_>, value: &Fresh<'_>) -> Result<Vec<Edit>, Refusal> {
        let in_flow = entry.value.parent().is_some_and(Node::is_flow);
        let text = match value {
            Fresh::Text(text) => spell::text(text, None, in_flow),
            Fresh::Switch(on) => on.to_string(),
            Fresh::List(items) => flow::list(items, None),
            Fresh::Tagged(tag, items) => format!("{tag} {}", flow::list(items, None)),
        };
        let place = entry.value.full_span();
        if self.source.slice(place).contains('\n') {
            return Err(Refusal("it goes over several lines"));
        }
        Ok(vec![Edit::replace(place, text)])
    }

    /// The scalar `node` with another value, in quotes of the same kind where it has some.
    ///
    /// # Errors
    ///
    /// Where it is no scalar.
    pub fn set(&self, node: Node<'_>, value: &Fresh<'_>) -> Result<Vec<Edit>, Refusal> {
        let style = node.style().ok_or(Refusal("it is no plain value"))?;
        let in_flow = node.parent().is_some_and(Node::is_flow);
        let text = match value {
            Fresh::Text(text) => spell::text(text, Some(style), in_flow),
            Fresh::Switch(on) => spell::switch(*on, style),
            Fresh::List(items) => flow::list(items, None),
            Fresh::Tagged(tag, items) => format!("{tag} {}", flow::list(items, None)),
        };
        if node.is_absent() {
            return set_absent(node, &text);
        }
        Ok(vec![Edit::replace(node.span(), text)])
    }
}

/// A value where none is written: behind the colon, or the dash.
fn set_absent(node: Node<'_>, text: &str) -> Result<Vec<Edit>, Refusal> {
    let after =
        lines::indicator_before(node).ok_or(Refusal("nothing says where its value would stand"))?;
    Ok(vec![Edit::insert(after, format!(" {text}"))])
}
