//! A service as text that can be changed.

use caulk_source::Span;
use caulk_syntax::yaml::{Entry, Kind, Node, Role, Stream, Value};

use crate::NotOffered;

/// A service as it is written, and as the engine reads it.
pub(crate) struct Written<'d> {
    /// The mapping of its own.
    pub(crate) node: Node<'d>,
    /// With what it inherits.
    pub(crate) value: Value<'d>,
}

/// The service whose key stands at `container`, where it has a mapping of its own.
pub(crate) fn written(stream: &Stream, container: Span) -> Result<Written<'_>, NotOffered> {
    let missing = NotOffered("the service is not in this file");
    let Role::Key(entry) = stream.node_at(container).ok_or(missing)?.role() else {
        return Err(missing);
    };
    let node = entry.value;
    if !matches!(node.kind(), Kind::Mapping) {
        return Err(NotOffered("an anchor shares it with other services"));
    }
    Ok(Written {
        node,
        value: Value::at(node),
    })
}

/// Whether `place` lies in the service whose key stands at `container`.
pub(crate) fn holds(stream: &Stream, container: Span, place: Span) -> bool {
    written(stream, container).is_ok_and(|service| service.node.span().contains(place))
}

/// Whether the service whose key stands at `container` has one of these keys itself.
pub(crate) fn has_key(stream: &Stream, container: Span, keys: &[&str]) -> bool {
    let has = |service: Written<'_>| {
        let mut own = service.node.entries().filter_map(|entry| entry.key.text());
        own.any(|key| keys.contains(&key))
    };
    written(stream, container).is_ok_and(has)
}

impl<'d> Written<'d> {
    /// The entry of this name in its own mapping.
    pub(crate) fn own(&self, name: &str) -> Result<Option<Entry<'d>>, NotOffered> {
        let mut entries = self
            .node
            .entries()
            .filter(|entry| entry.key.text() == Some(name));
        let first = entries.next();
        if entries.next().is_some() {
            return Err(NotOffered("the key stands there twice"));
        }
        Ok(first)
    }

    /// The texts of the list at `key`, inherited ones too; none where it has a list of other things.
    pub(crate) fn texts(&self, key: &str) -> Option<Vec<&'d str>> {
        let Some(list) = self.value.get(key).filter(|list| !list.is_null()) else {
            return Some(Vec::new());
        };
        list.is_sequence()
            .then(|| list.node().items().map(|item| item.value.text()).collect())
            .flatten()
    }
}
