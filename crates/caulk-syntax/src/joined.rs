//! Text that was put together from pieces of a file, and still knows where each piece stands.

use std::ops::Range;

use caulk_source::{FileId, Span, cut};

/// A piece: where it begins in the joined text and in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Segment {
    joined: usize,
    file: usize,
    /// How many bytes of the file the whole piece stands for, where it does not stand there byte for
    /// byte: an escape sequence, the value of a variable.
    stands_for: Option<usize>,
}

/// Text that was put together (a Dockerfile's continued lines, a heredoc's body, the text after
/// `sh -c`) and that still knows where each byte of it stands in the file.
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
    pub fn new(file: FileId, anchor: usize) -> Self {
        Self {
            file,
            text: String::new(),
            segments: Vec::new(),
            anchor,
        }
    }

    /// A text that stands at `start` in the file as it is.
    pub fn whole_text(file: FileId, text: &str, start: usize) -> Self {
        let mut joined = Self::new(file, start);
        joined.push(text, start);
        joined
    }

    /// Adds what stands at `start` in the file.
    pub fn push(&mut self, piece: &str, start: usize) {
        self.add(piece, start, None);
    }

    /// Adds text that is not in the file as it is: all of it stands for `span`.
    pub fn push_for(&mut self, piece: &str, span: Span) {
        let range = span.range();
        self.add(piece, range.start, Some(range.len()));
    }

    /// Adds another text with its places.
    pub fn append(&mut self, other: &Self) {
        for (range, segment) in other.pieces(0..other.text.len()) {
            let skipped = range.start - segment.joined;
            let (start, stands_for) = match segment.stands_for {
                Some(length) => (segment.file, Some(length)),
                None => (segment.file + skipped, None),
            };
            self.add(cut(&other.text, range), start, stands_for);
        }
    }

    fn add(&mut self, piece: &str, start: usize, stands_for: Option<usize>) {
        if piece.is_empty() {
            return;
        }
        let length = self.text.len();
        // What follows in the file follows here: one piece, or a long heredoc has one for each line.
        let goes_on = self.segments.last().is_some_and(|last| {
            last.stands_for.is_none()
                && stands_for.is_none()
                && last.file + (length - last.joined) == start
        });
        if !goes_on {
            self.segments.push(Segment {
                joined: length,
                file: start,
                stands_for,
            });
        }
        self.text.push_str(piece);
    }

    /// The joined text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file in which it stands.
    pub fn file(&self) -> FileId {
        self.file
    }

    /// What stands at `range` of the joined text.
    pub fn cut(&self, range: Range<usize>) -> &str {
        cut(&self.text, range)
    }

    /// The piece in which a byte of the joined text lies.
    fn segment(&self, at: usize) -> Option<Segment> {
        let after = self
            .segments
            .partition_point(|segment| segment.joined <= at);
        self.segments.get(after.checked_sub(1)?).copied()
    }

    /// Where a byte of the joined text begins in the file.
    fn offset(&self, at: usize) -> usize {
        match self.segment(at) {
            Some(Segment {
                file,
                stands_for: Some(_),
                ..
            }) => file,
            Some(segment) => segment.file + (at - segment.joined),
            None => self.anchor + at,
        }
    }

    /// Where a byte of the joined text ends in the file.
    fn end_offset(&self, at: usize) -> usize {
        match self.segment(at) {
            Some(Segment {
                file,
                stands_for: Some(length),
                ..
            }) => file + length,
            Some(_) | None => self.offset(at) + 1,
        }
    }

    /// Where `range` of the joined text stands in the file. It covers continuation characters and
    /// comments that lie within.
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = self.offset(range.start);
        if range.end <= range.start {
            // Behind the last byte there is none whose place would count: its end does.
            let start = match range.start.checked_sub(1) {
                Some(last) if range.start >= self.text.len() && !self.text.is_empty() => {
                    self.end_offset(last.min(self.text.len() - 1))
                }
                _ => start,
            };
            return Span::at(self.file, start);
        }
        // The byte after the last, seen from the last: the next byte may stand on another line.
        let end = self.end_offset(range.end - 1);
        Span::new(self.file, start..end)
    }

    /// The pieces of which `range` consists: of each, its part of the joined text.
    fn pieces(&self, range: Range<usize>) -> impl Iterator<Item = (Range<usize>, Segment)> + '_ {
        let first = self
            .segments
            .partition_point(|segment| segment.joined <= range.start)
            .saturating_sub(1);
        let rest = self.segments.get(first..).unwrap_or_default();
        let ends = rest
            .iter()
            .skip(1)
            .map(|segment| segment.joined)
            .chain([self.text.len()]);
        rest.iter().zip(ends).map_while(move |(segment, end)| {
            let piece = segment.joined.max(range.start)..end.min(range.end);
            (piece.start < piece.end).then_some((piece, *segment))
        })
    }

    /// The parts of `range` that stand in the file as they are, one after another; what stands for
    /// something else is a part of its own.
    pub(crate) fn parts(&self, range: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
        self.pieces(range).map(|(range, _)| range)
    }

    /// A part of it as a text of its own.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Self {
        let mut part = Self::new(self.file, self.offset(range.start));
        for (range, segment) in self.pieces(range) {
            let start = self.offset(range.start);
            part.add(cut(&self.text, range), start, segment.stands_for);
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

    #[test]
    fn what_stands_for_something_else_has_its_place() {
        let file = "sh -c \"a $X c\"";
        let mut joined = Joined::new(FileId::FIRST, 7);
        joined.push("a ", 7);
        joined.push_for("value", Span::new(FileId::FIRST, 9..11));
        joined.push(" c", 11);
        assert_eq!(joined.text(), "a value c");
        assert_eq!(cut(file, joined.span(3..5).range()), "$X");
        assert_eq!(cut(file, joined.span(2..9).range()), "$X c");
        let mut again = Joined::new(FileId::FIRST, 0);
        again.append(&joined.part(4..9));
        assert_eq!(again.text(), "lue c");
        assert_eq!(cut(file, again.whole().range()), "$X c");
    }
}
