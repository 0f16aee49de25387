//! The text of one logical line, joined from its physical lines.

use std::ops::Range;

use caulk_source::{FileId, Span, cut};

/// A piece of a logical line: where it begins in the joined text and in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Segment {
    joined: usize,
    file: usize,
}

/// Text that BuildKit has joined (continued lines become one) and that still knows where each byte
/// of it stands in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Joined {
    file: FileId,
    text: String,
    segments: Vec<Segment>,
    /// Where the text begins in the file, for a text without a byte.
    anchor: usize,
}

impl Joined {
    /// Nothing yet; the first piece will stand at `anchor` in the file.
    pub(super) fn new(file: FileId, anchor: usize) -> Self {
        Self {
            file,
            text: String::new(),
            segments: Vec::new(),
            anchor,
        }
    }

    /// Adds what stands at `start` in the file.
    pub(super) fn push(&mut self, piece: &str, start: usize) {
        if piece.is_empty() {
            return;
        }
        self.segments.push(Segment {
            joined: self.text.len(),
            file: start,
        });
        self.text.push_str(piece);
    }

    /// The joined text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What stands at `range` of the joined text.
    pub fn cut(&self, range: Range<usize>) -> &str {
        cut(&self.text, range)
    }

    /// Where a byte of the joined text stands in the file.
    fn offset(&self, at: usize) -> usize {
        let index = self
            .segments
            .partition_point(|segment| segment.joined <= at);
        match index
            .checked_sub(1)
            .and_then(|index| self.segments.get(index))
        {
            Some(segment) => segment.file + (at - segment.joined),
            None => self.anchor + at,
        }
    }

    /// Where `range` of the joined text stands in the file. It covers continuation characters and
    /// comments that lie within.
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = self.offset(range.start);
        if range.end <= range.start {
            return Span::at(self.file, start);
        }
        // The byte after the last, seen from the last: the next byte may stand on another line.
        let end = self.offset(range.end - 1) + 1;
        Span::new(self.file, start..end)
    }

    /// A part of it as a text of its own.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Self {
        let mut part = Self::new(self.file, self.offset(range.start));
        let mut at = range.start;
        while at < range.end {
            let next = self
                .segments
                .partition_point(|segment| segment.joined <= at);
            let end = self
                .segments
                .get(next)
                .map_or(range.end, |segment| segment.joined.min(range.end));
            part.push(cut(&self.text, at..end), self.offset(at));
            at = end.max(at + 1);
        }
        part
    }

    /// It without white space at both ends.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        let start = self.text.len() - self.text.trim_start().len();
        let end = self.text.trim_end().len();
        self.part(start..end.max(start))
    }

    /// Where the whole of it stands in the file.
    pub fn whole(&self) -> Span {
        self.span(0..self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_the_joining() {
        let file = "RUN a \\\n  # why\n  bcd";
        let mut joined = Joined::new(FileId::FIRST, 0);
        joined.push("RUN a ", 0);
        joined.push("  bcd", 16);
        let at = joined.text().find("bcd").unwrap();
        let span = joined.span(at..at + 3);
        assert_eq!(cut(file, span.range()), "bcd");
        let across = joined.span(4..at + 3);
        assert_eq!(cut(file, across.range()), "a \\\n  # why\n  bcd");
        let part = joined.part(4..at + 2).trimmed();
        assert_eq!(part.text(), "a   bc");
        assert_eq!(part.span(5..6).range(), 19..20);
    }
}
