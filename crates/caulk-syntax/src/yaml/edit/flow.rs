//! Lists and mappings in brackets and braces.

use std::ops::Range;

use caulk_source::{Edit, Span, cut};

use super::super::arena::ScalarStyle;
use super::{Editor, Refusal, spell};

/// A list in brackets.
pub(super) fn list(items: &[&str], quotes: Option<ScalarStyle>) -> String {
    let items: Vec<String> = items
        .iter()
        .map(|item| spell::text(item, quotes, true))
        .collect();
    format!("[{}]", items.join(", "))
}

impl Editor<'_> {
    /// Elements more at the end of a collection in brackets, each on a line of its own where the
    /// others have one.
    pub(super) fn add_in_flow(
        &self,
        collection: Span,
        elements: &[Span],
        added: &[String],
    ) -> Result<Vec<Edit>, Refusal> {
        let Some(last) = elements.last().copied() else {
            let inside = collection.part(1..collection.range().len().saturating_sub(1));
            if !self.source.slice(inside).trim().is_empty() {
                return Err(Refusal("a comment stands in the empty list"));
            }
            return Ok(vec![Edit::replace(inside, added.join(", "))]);
        };
        let comma = self.comma_after(last, collection.end as usize - 1);
        let on_lines = elements.iter().all(|element| self.begins_line(*element));
        if !on_lines || elements.len() < 2 && !self.ends_line(with_comma(last, comma)) {
            let all = added.join(", ");
            // A comma at the end stays one.
            let text = match comma {
                Some(_) => format!(" {all},"),
                None => format!(", {all}"),
            };
            let at = comma.map_or(last.end as usize, |comma| comma + 1);
            return Ok(vec![Edit::insert(Span::at(last.file, at), text)]);
        }
        let ending = self.source.line_ending();
        let indent = " ".repeat(self.column(last));
        let lines = added.join(&format!(",{ending}{indent}"));
        let end = with_comma(last, comma);
        if !self.ends_line(end) {
            // The bracket stands behind the last element.
            let text = format!(",{ending}{indent}{lines}");
            let at = comma.map_or(last.end as usize, |comma| comma);
            let span = Span::new(last.file, at..at + usize::from(comma.is_some()));
            return Ok(vec![Edit::replace(span, text)]);
        }
        let below = Span::at(last.file, self.content_end(end));
        let mut text = format!("{ending}{indent}{lines}");
        let mut edits = Vec::new();
        if comma.is_some() {
            text.push(',');
        } else {
            edits.push(Edit::insert(Span::at(last.file, last.end as usize), ","));
        }
        match edits.first_mut() {
            // Two insertions at one place are one.
            Some(comma) if comma.span == below => comma.text.push_str(&text),
            Some(_) | None => edits.push(Edit::insert(below, text)),
        }
        Ok(edits)
    }

    /// The comma behind an element, before `limit`.
    pub(super) fn comma_after(&self, element: Span, limit: usize) -> Option<usize> {
        let mut at = element.end as usize;
        while at < limit {
            let rest = cut(self.source.text(), at..limit);
            let blank = rest.len() - rest.trim_start().len();
            let next = cut(rest, blank..rest.len());
            if next.starts_with(',') {
                return Some(at + blank);
            }
            if !next.starts_with('#') {
                return None;
            }
            at += blank + next.find('\n').unwrap_or(next.len());
        }
        None
    }

    /// What goes of a collection in brackets when one of its elements, of which there are others,
    /// goes: the element and a comma; with them its lines, where it has them to itself.
    pub(super) fn removed_in_flow(
        &self,
        collection: Span,
        elements: &[Span],
        element: Span,
    ) -> Result<Vec<Range<usize>>, Refusal> {
        let at = elements.iter().position(|other| *other == element);
        let previous = at.and_then(|at| elements.get(at.checked_sub(1)?));
        let next = at.and_then(|at| elements.get(at + 1));
        let comma = self.comma_after(element, collection.end as usize - 1);
        let whole = with_comma(element, comma);
        if self.begins_line(element) && self.ends_line(whole) {
            let first = self.source.lines().line(element.start);
            let mut gone = self.lines_without_comments(first, self.last_line(whole));
            if let (Some(previous), None, None) = (previous, next, comma) {
                let before = self.comma_after(*previous, element.start as usize);
                gone.extend(before.map(|comma| comma..comma + 1));
            }
            return Ok(gone);
        }
        let gone = match (previous, next) {
            (Some(previous), _) => previous.range().end..element.range().end,
            (None, Some(next)) => element.range().start..next.range().start,
            (None, None) => return Err(Refusal("nothing would be left of it")),
        };
        if cut(self.source.text(), gone.clone()).contains('\n') || self.has_comment(&gone) {
            return Err(Refusal("the list goes over several lines"));
        }
        Ok(vec![gone])
    }
}

/// An element up to the comma behind it.
fn with_comma(element: Span, comma: Option<usize>) -> Span {
    match comma {
        Some(comma) => Span::new(element.file, element.range().start..comma + 1),
        None => element,
    }
}
