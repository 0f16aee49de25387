//! From byte offsets to lines and columns.

use crate::text::{BOM, cut};

/// A line and a column as people count them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, counted in Unicode scalar values. A byte-order mark does not count.
    pub column: u32,
}

/// Where the lines of a text begin. Lines end at `\n`; a `\r` before it belongs to the ending.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    length: u32,
}

impl LineIndex {
    /// The index of `text`.
    pub fn new(text: &str) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut starts = Vec::with_capacity(text.len() / 32 + 1);
        starts.push(0);
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| offset(at + 1)));
        Self {
            starts,
            length: offset(text.len()),
        }
    }

    /// How many lines there are. A text that ends in `\n` has an empty last line.
    pub fn count(&self) -> u32 {
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX)
    }

    /// The line (from 1) that holds the byte at `offset`.
    pub fn line(&self, offset: u32) -> u32 {
        let line = self.starts.partition_point(|start| *start <= offset);
        u32::try_from(line).unwrap_or(u32::MAX).max(1)
    }

    /// The offset of the first byte of `line` (from 1), or the end of the text.
    pub fn start(&self, line: u32) -> u32 {
        let index = (line as usize).saturating_sub(1);
        self.starts.get(index).copied().unwrap_or(self.length)
    }

    /// The bytes of `line` (from 1) with its line ending.
    pub fn range(&self, line: u32) -> std::ops::Range<usize> {
        self.start(line) as usize..self.start(line.saturating_add(1)) as usize
    }

    /// The line and column of `offset` in `text`, which must be the text of this index.
    pub fn line_column(&self, text: &str, offset: u32) -> LineColumn {
        let line = self.line(offset);
        let before = cut(text, self.start(line) as usize..offset as usize);
        let before = if line == 1 {
            before.strip_prefix(BOM).unwrap_or(before)
        } else {
            before
        };
        let column = u32::try_from(before.chars().count()).unwrap_or(u32::MAX);
        LineColumn {
            line,
            column: column.saturating_add(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let text = "\u{feff}FROM a\r\nENV ü=1\n";
        let index = LineIndex::new(text);
        assert_eq!(index.count(), 3);
        let place = |needle: &str| {
            let offset = u32::try_from(text.find(needle).unwrap()).unwrap();
            let place = index.line_column(text, offset);
            (place.line, place.column)
        };
        assert_eq!(place("FROM"), (1, 1), "the mark is no column");
        assert_eq!(place("ENV"), (2, 1));
        assert_eq!(place("="), (2, 6), "ü is one column");
        assert_eq!(index.range(2), 11..20);
        assert_eq!(index.line(u32::MAX), 3);
    }
}
