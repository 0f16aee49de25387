//! A key more.

use std::fmt::Write as _;

use caulk_source::{Edit, Span};

use super::super::node::{Entry, Kind, Node};
use super::{Editor, Fresh, Refusal, flow, habit, spell};

impl Editor<'_> {
    /// `mapping` with a key more. It stands where the file's other mappings of the kind have it,
    /// else below the first of `below` that there is.
    ///
    /// # Errors
    ///
    /// Where it is no mapping, has the key, or has nothing to go by.
    pub fn add(
        &self,
        mapping: Node<'_>,
        key: &str,
        value: &Fresh<'_>,
        below: &[&str],
    ) -> Result<Vec<Edit>, Refusal> {
        if !matches!(mapping.kind(), Kind::Mapping) {
            return Err(Refusal("it is no mapping"));
        }
        let mut entries = mapping.entries();
        if entries.any(|entry| entry.key.text() == Some(key)) {
            return Err(Refusal("the key is there already"));
        }
        let keys = mapping.entries().map(|entry| entry.key);
        let quotes = habit::quotes_of(keys.filter(|key| !key.is_merge_key()));
        let key_text = spell::text(key, quotes, mapping.is_flow());
        if mapping.is_flow() {
            let value = match value {
                Fresh::Text(text) => spell::text(text, None, true),
                Fresh::Switch(on) => on.to_string(),
                Fresh::List(items) => flow::list(items, None),
                Fresh::Tagged(tag, items) => format!("{tag} {}", flow::list(items, None)),
            };
            let elements: Vec<Span> = mapping.entries().map(|entry| entry.span).collect();
            let added = [format!("{key_text}: {value}")];
            return self.add_in_flow(mapping.span(), &elements, &added);
        }
        let neighbour =
            habit::neighbour(mapping, key, below).ok_or(Refusal("there is nothing to go by"))?;
        self.add_below(mapping, neighbour, &key_text, value)
    }

    fn add_below(
        &self,
        mapping: Node<'_>,
        neighbour: Entry<'_>,
        key: &str,
        value: &Fresh<'_>,
    ) -> Result<Vec<Edit>, Refusal> {
        let column = self.column(neighbour.span);
        let at_column = |entry: Entry<'_>| self.column(entry.span) == column;
        if !mapping.entries().all(at_column) || !self.ends_line(neighbour.span) {
            return Err(Refusal("its neighbour does not have its lines to itself"));
        }
        let indent = " ".repeat(column);
        let ending = self.source.line_ending();
        let mut text = format!("{ending}{indent}{key}:");
        match value {
            Fresh::Text(value) => {
                let value = spell::text(value, None, false);
                let _ = write!(text, " {value}");
            }
            Fresh::Switch(on) => {
                let _ = write!(text, " {on}");
            }
            Fresh::Tagged(tag, items) if items.is_empty() => {
                let _ = write!(text, " {tag} []");
            }
            Fresh::List(items) | Fresh::Tagged(_, items) => {
                if let Fresh::Tagged(tag, _) = value {
                    let _ = write!(text, " {tag}");
                }
                let dash = " ".repeat(column + self.dash_offset(mapping));
                for item in items {
                    let item = spell::text(item, None, false);
                    let _ = write!(text, "{ending}{dash}- {item}");
                }
            }
        }
        let line = self.last_line_with_comments(neighbour.span, column);
        let place = Span::at(mapping.span().file, self.content_end_of(line));
        Ok(vec![Edit::insert(place, text)])
    }
}
