//! A place: a file and a range of bytes in it.

use std::ops::Range;

use crate::FileId;

/// A place: a file and a half-open range of bytes in it.
///
/// Ordered by file, then start, then end, so that sorting spans sorts them as a reader meets them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// A span over `range`. Offsets past 4 GiB are clamped; no reader accepts such a file.
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        let start = clamp(range.start);
        Self {
            file,
            start,
            end: clamp(range.end).max(start),
        }
    }

    /// The empty span at `offset`.
    pub fn at(file: FileId, offset: usize) -> Self {
        Self::new(file, offset..offset)
    }

    /// The bytes as a range.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether it covers no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The smallest span over both. Spans of two files have none: the first is kept.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.file != other.file {
            return self;
        }
        Self {
            file: self.file,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// Whether `other` lies within.
    pub fn contains(self, other: Self) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// A part of this span, `range` counting from its start.
    #[must_use]
    pub fn part(self, range: Range<usize>) -> Self {
        let base = self.start as usize;
        Self::new(
            self.file,
            base.saturating_add(range.start)..base.saturating_add(range.end),
        )
    }
}

/// A value and where it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value written at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place with another value.
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned::new(map(self.value), self.span)
    }

    /// The same place with a borrowed value.
    pub fn as_ref(&self) -> Spanned<&T> {
        Spanned::new(&self.value, self.span)
    }
}
