//! An item or a key less.

use std::ops::Range;

use caulk_source::{Edit, Span, cut, cut_to};

use super::super::node::{Kind, Node, Role};
use super::{Editor, Refusal};

impl Editor<'_> {
    /// The text without an item of a list, or without a key and its value. With the last item goes
    /// the list, and with that its key. Comments on lines of their own stay.
    ///
    /// # Errors
    ///
    /// Where nothing would be left of a mapping, or where it shares its lines with others.
    pub fn remove(&self, node: Node<'_>) -> Result<Vec<Edit>, Refusal> {
        let nothing = Refusal("nothing is written there");
        let (element, siblings, holder): (Span, Vec<Span>, Node<'_>) = match node.role() {
            Role::Item(item) => {
                let list = node.parent().ok_or(nothing)?;
                (
                    item.span,
                    list.items().map(|item| item.span).collect(),
                    list,
                )
            }
            Role::Value(entry) => {
                let map = node.parent().ok_or(nothing)?;
                (
                    entry.span,
                    map.entries().map(|entry| entry.span).collect(),
                    map,
                )
            }
            Role::Root | Role::Key(_) => {
                return Err(Refusal("it is neither an item nor a value"));
            }
        };
        if siblings.len() <= 1 {
            return match holder.kind() {
                // An empty list says nothing: its key goes with it.
                Kind::Sequence => self.remove(holder),
                Kind::Mapping | Kind::Scalar { .. } | Kind::Alias(_) => {
                    Err(Refusal("nothing would be left of it"))
                }
            };
        }
        let gone = if holder.is_flow() {
            self.removed_in_flow(holder.span(), &siblings, element)?
        } else {
            self.removed_in_block(&siblings, element)?
        };
        let edits = gone
            .into_iter()
            .map(|range| Edit::remove(Span::new(element.file, range)));
        Ok(edits.collect())
    }

    fn removed_in_block(
        &self,
        siblings: &[Span],
        element: Span,
    ) -> Result<Vec<Range<usize>>, Refusal> {
        if !self.ends_line(element) {
            return Err(Refusal("something else stands on its line"));
        }
        let first = self.source.lines().line(element.start);
        if self.begins_line(element) {
            return Ok(self.lines_without_comments(first, self.last_line(element)));
        }
        // The first key of an item stands behind the item's dash: what follows takes its place.
        let next = siblings
            .get(1)
            .filter(|_| siblings.first() == Some(&element));
        let next = next.ok_or(Refusal("it does not begin its line"))?;
        let gone = element.range().start..next.range().start;
        if self.has_comment(&gone) {
            return Err(Refusal("a comment stands between it and the next"));
        }
        Ok(vec![gone])
    }

    /// The lines from `first` to `last` without those that comments have to themselves. Where the
    /// file's last line goes and has no ending, the ending before it goes instead.
    pub(super) fn lines_without_comments(&self, first: u32, last: u32) -> Vec<Range<usize>> {
        let lines = self.source.lines();
        let mut gone: Vec<Range<usize>> = Vec::new();
        for line in first..=last {
            if self.own_line_comment(line).is_some() {
                continue;
            }
            let range = lines.range(line);
            match gone.last_mut() {
                Some(before) if before.end == range.start => before.end = range.end,
                _ => gone.push(range),
            }
        }
        let text = self.source.text();
        if let Some(end) = gone.last_mut()
            && end.end == text.len()
            && !cut(text, end.clone()).ends_with('\n')
        {
            let above = cut_to(text, end.start);
            let trimmed = above.strip_suffix('\n').unwrap_or(above);
            end.start = trimmed.strip_suffix('\r').unwrap_or(trimmed).len();
        }
        gone
    }
}
