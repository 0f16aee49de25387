//! Items more.

use std::fmt::Write as _;

use caulk_source::{Edit, Span};

use super::super::node::{Kind, Node, Role};
use super::super::value::Value;
use super::{Editor, Refusal, flow, habit, spell};

impl Editor<'_> {
    /// `list` with items more at its end, in its style. Nothing in its place is an empty list.
    ///
    /// # Errors
    ///
    /// Where it is no list.
    pub fn extend(&self, list: Node<'_>, items: &[&str]) -> Result<Vec<Edit>, Refusal> {
        if Value::at(list).is_null() {
            return self.list_for_nothing(list, items);
        }
        if !matches!(list.kind(), Kind::Sequence) {
            return Err(Refusal("it is no list"));
        }
        let quotes = habit::quotes_of(list.items().map(|item| item.value));
        if list.is_flow() {
            let elements: Vec<Span> = list.items().map(|item| item.span).collect();
            let spelt = items.iter().map(|item| spell::text(item, quotes, true));
            return self.add_in_flow(list.span(), &elements, &spelt.collect::<Vec<_>>());
        }
        let end = list.items().last().ok_or(Refusal("the list is empty"))?;
        let dash = end.dash.ok_or(Refusal("its items have no dashes"))?;
        if !self.ends_line(end.span) {
            return Err(Refusal("something else stands on its line"));
        }
        let column = self.column(dash);
        let line = self.last_line_with_comments(end.span, column);
        let text = self.block_items(column, items, quotes);
        let place = Span::at(dash.file, self.content_end_of(line));
        Ok(vec![Edit::insert(place, text)])
    }

    fn block_items(
        &self,
        column: usize,
        items: &[&str],
        quotes: Option<super::super::arena::ScalarStyle>,
    ) -> String {
        let (ending, indent) = (self.source.line_ending(), " ".repeat(column));
        let mut text = String::new();
        for item in items {
            let item = spell::text(item, quotes, false);
            let _ = write!(text, "{ending}{indent}- {item}");
        }
        text
    }

    /// A list where a key has no value, or says that it has none.
    fn list_for_nothing(&self, node: Node<'_>, items: &[&str]) -> Result<Vec<Edit>, Refusal> {
        let Role::Value(entry) = node.role() else {
            return Err(Refusal("it is no list"));
        };
        let mapping = node.parent().filter(|parent| !parent.is_flow());
        if !node.is_absent() || node.full_span() != node.span() {
            return Ok(vec![Edit::replace(node.span(), flow::list(items, None))]);
        }
        match (mapping, entry.colon) {
            (Some(mapping), Some(colon)) if self.ends_line(colon) => {
                let column = self.column(entry.span) + self.dash_offset(mapping);
                let text = self.block_items(column, items, None);
                let place = Span::at(colon.file, self.content_end(colon));
                Ok(vec![Edit::insert(place, text)])
            }
            _ => super::set_absent(node, &flow::list(items, None)),
        }
    }
}
