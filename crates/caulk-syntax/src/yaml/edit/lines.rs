//! Lines around what is changed.

use std::ops::Range;

use caulk_source::{BOM, Span, cut};

use super::super::node::{Node, Role};
use super::Editor;

impl Editor<'_> {
    /// The text before `span` on its line.
    pub(super) fn before(&self, span: Span) -> &str {
        let lines = self.source.lines();
        let start = lines.start(lines.line(span.start)) as usize;
        cut(self.source.text(), start..span.start as usize)
    }

    /// The text after `span` on the line where it ends, without the line's ending.
    pub(super) fn after(&self, span: Span) -> &str {
        let end = self.content_end(span);
        cut(self.source.text(), span.end as usize..end)
    }

    /// Whether nothing but blanks stands before it on its line.
    pub(super) fn begins_line(&self, span: Span) -> bool {
        self.before(span).trim_matches([' ', BOM]).is_empty()
    }

    /// Whether nothing but blanks and a comment stands after it on its line.
    pub(super) fn ends_line(&self, span: Span) -> bool {
        let after = self.after(span);
        let rest = after.trim_start();
        rest.is_empty() || (rest.starts_with('#') && rest.len() < after.len())
    }

    /// The last line that a span reaches.
    pub(super) fn last_line(&self, span: Span) -> u32 {
        let last = span.end.saturating_sub(1).max(span.start);
        self.source.lines().line(last)
    }

    /// Where the line on which it ends has its last character.
    pub(super) fn content_end(&self, span: Span) -> usize {
        self.content_end_of(self.last_line(span))
    }

    pub(super) fn content_end_of(&self, line: u32) -> usize {
        let whole = self.source.lines().range(line);
        let content = cut(self.source.text(), whole.clone()).trim_end_matches(['\r', '\n']);
        whole.start + content.len()
    }

    /// Its column, counted in characters from 0.
    pub(super) fn column(&self, span: Span) -> usize {
        self.before(span).trim_start_matches(BOM).chars().count()
    }

    /// The last line of what belongs to an entry or item that ends with `span`: comments below it
    /// that are indented deeper than `column` are about what it holds.
    pub(super) fn last_line_with_comments(&self, span: Span, column: usize) -> u32 {
        let mut line = self.last_line(span);
        while let Some(comment) = self.own_line_comment(line + 1) {
            if self.column(comment) <= column {
                break;
            }
            line += 1;
        }
        line
    }

    /// The comment that has this line to itself.
    pub(super) fn own_line_comment(&self, line: u32) -> Option<Span> {
        let range = self.source.lines().range(line);
        let comments = &self.stream.comments;
        let at = comments.partition_point(|comment| (comment.span.start as usize) < range.start);
        let comment = comments.get(at)?;
        let here = range.contains(&(comment.span.start as usize));
        (here && comment.own_line).then_some(comment.span)
    }

    /// Whether a comment stands within.
    pub(super) fn has_comment(&self, range: &Range<usize>) -> bool {
        let comments = &self.stream.comments;
        let at = comments.partition_point(|comment| comment.span.range().end <= range.start);
        comments
            .get(at)
            .is_some_and(|comment| comment.span.range().start < range.end)
    }
}

/// The place behind the colon or the dash that an absent value waits behind.
pub(super) fn indicator_before(node: Node<'_>) -> Option<Span> {
    let indicator = match node.role() {
        Role::Value(entry) => entry.colon.or(Some(entry.key.full_span())),
        Role::Item(item) => item.dash,
        Role::Key(_) | Role::Root => None,
    }?;
    // A tag or an anchor stands before the value that it is for.
    let full = node.full_span();
    let after = if full.is_empty() || full.end < indicator.end {
        indicator
    } else {
        full
    };
    Some(Span::at(after.file, after.end as usize))
}
