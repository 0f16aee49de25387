//! A node before it is in the tree.

use std::ops::Range;

/// What a reader meets who follows every alias.
#[derive(Clone, Copy)]
pub(super) struct Measure {
    /// How many nodes, the first one included.
    pub(super) size: u64,
    /// How many levels below the first one.
    pub(super) height: u32,
}

impl Measure {
    pub(super) const LEAF: Self = Self { size: 1, height: 0 };
}

/// A node's place and properties, before it is one.
pub(super) struct Head {
    pub(super) start: usize,
    pub(super) tag: Option<Range<usize>>,
    pub(super) anchor: Option<Range<usize>>,
}

impl Head {
    pub(super) fn at(start: usize) -> Self {
        Self {
            start,
            tag: None,
            anchor: None,
        }
    }

    /// The end of its tag and anchor, or `at` where they are before it.
    pub(super) fn properties_end(&self, at: usize) -> usize {
        let properties = self.tag.iter().chain(&self.anchor);
        properties.fold(at, |at, range| at.max(range.end))
    }

    /// The start of its tag and anchor and itself.
    pub(super) fn full_start(&self) -> usize {
        let properties = self.tag.iter().chain(&self.anchor);
        properties.fold(self.start, |at, range| at.min(range.start))
    }
}

/// An offset as the arena keeps it.
pub(super) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
