//! From text edits to the hunks of a unified diff.
//!
//! Hunks are built around the edits and not by comparing whole files, so the work is bounded by
//! what changes, and each hunk knows the edits that it came from.

use std::ops::Range;

use caulk_source::{Edit, SourceFile, Span, apply_edits};
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices};

/// How many unchanged lines stand around a change.
const CONTEXT: usize = 3;

/// What a diff says after a line that has no line ending.
pub(crate) const NO_NEWLINE: &str = "\\ No newline at end of file";

/// Some neighbouring lines and what becomes of them.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// The lines that go, counted from 0. Empty where lines are only added before this one.
    pub(crate) old: Range<usize>,
    /// The lines that come, each with its line ending.
    pub(crate) new: Vec<Vec<u8>>,
    /// The edits that ask for it: a range of the edits that were given.
    pub(crate) edits: Range<usize>,
}

/// Changes that are so near to each other that their surroundings meet.
#[derive(Clone, Debug)]
pub(crate) struct Hunk {
    /// In the order of their lines; at least one.
    pub(crate) changes: Vec<Change>,
    /// Every line of the file as it was that is shown, counted from 0.
    pub(crate) old: Range<usize>,
}

/// What kind of line it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LineKind {
    /// It stays.
    Context,
    /// It goes.
    Removed,
    /// It comes.
    Added,
}

impl LineKind {
    /// What stands before it in a diff.
    pub(crate) fn sign(self) -> u8 {
        match self {
            Self::Context => b' ',
            Self::Removed => b'-',
            Self::Added => b'+',
        }
    }
}

/// A line of a diff.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DiffLine<'a> {
    /// What kind of line it is.
    pub(crate) kind: LineKind,
    /// The line with its ending, which the last line of a file may not have.
    pub(crate) bytes: &'a [u8],
}

impl Hunk {
    /// How many lines the file gains by it.
    pub(crate) fn gain(&self) -> isize {
        let gains = self
            .changes
            .iter()
            .map(|change| change.new.len().cast_signed() - change.old.len().cast_signed());
        gains.sum()
    }

    /// The header: `@@ -12,7 +12,8 @@`. `before` is how many lines the file gained above it by the
    /// sections that stand earlier in the patch, `within` by earlier hunks of the same section.
    pub(crate) fn header(&self, before: isize, within: isize) -> String {
        let old_count = self.old.len();
        let new_count = old_count.saturating_add_signed(self.gain());
        let old_start = self.old.start.saturating_add_signed(before);
        let new_start = old_start.saturating_add_signed(within);
        format!(
            "@@ -{} +{} @@",
            side(old_start, old_count),
            side(new_start, new_count)
        )
    }

    /// Every line, in the order of the diff.
    pub(crate) fn lines<'a>(&'a self, file: &'a SourceFile) -> Vec<DiffLine<'a>> {
        let mut lines = Vec::new();
        let mut next = self.old.start;
        let kept = |range: Range<usize>, kind: LineKind| {
            range.map(move |line| DiffLine {
                kind,
                bytes: line_bytes(file, line),
            })
        };
        for change in &self.changes {
            lines.extend(kept(next..change.old.start, LineKind::Context));
            lines.extend(kept(change.old.clone(), LineKind::Removed));
            lines.extend(change.new.iter().map(|bytes| DiffLine {
                kind: LineKind::Added,
                bytes,
            }));
            next = change.old.end;
        }
        lines.extend(kept(next..self.old.end, LineKind::Context));
        lines
    }
}

/// One side of a hunk header. A side without lines names the line before it.
fn side(start: usize, count: usize) -> String {
    match count {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        count => format!("{},{count}", start + 1),
    }
}

/// How many lines a file has; an empty line after the last line ending is none.
fn line_count(file: &SourceFile) -> usize {
    let count = file.lines().count();
    let last_is_empty = file.lines().start(count) as usize >= file.bytes().len();
    (count as usize).saturating_sub(usize::from(last_is_empty))
}

/// The bytes of a line, counted from 0, with its line ending.
fn line_bytes(file: &SourceFile, line: usize) -> &[u8] {
    let number = u32::try_from(line).unwrap_or(u32::MAX).saturating_add(1);
    file.bytes()
        .get(file.lines().range(number))
        .unwrap_or_default()
}

/// What `edits` (sorted, all of this file) change, or nothing where they do not fit.
pub(crate) fn changes(file: &SourceFile, edits: &[Edit]) -> Option<Vec<Change>> {
    let mut changes = Vec::new();
    let count = line_count(file);
    for (lines, edited) in regions(file, edits) {
        let lines = lines.start.min(count)..lines.end.min(count);
        changes.extend(region_changes(file, lines, edits, edited)?);
    }
    Some(changes)
}

/// The hunks of changes, each with its part: `parts` says of each change to which it belongs, and
/// changes without a line between them belong to one.
///
/// Changes of one part whose surroundings meet share a hunk. Those of different parts stand apart,
/// with fewer lines around them, so that each part can be applied without the others.
pub(crate) fn hunks(
    file: &SourceFile,
    changes: Vec<Change>,
    parts: &[usize],
) -> Vec<(usize, Hunk)> {
    let mut groups: Vec<(usize, Vec<Change>)> = Vec::new();
    for (change, part) in changes.into_iter().zip(parts) {
        let joins = |(of, group): &(usize, Vec<Change>)| {
            let gap = group.last().map(|last| change.old.start - last.old.end);
            of == part && gap.is_some_and(|gap| gap <= 2 * CONTEXT)
        };
        match groups.last_mut().filter(|group| joins(group)) {
            Some((_, group)) => group.push(change),
            None => groups.push((*part, vec![change])),
        }
    }
    let count = line_count(file);
    // Where each group begins and ends, so that its neighbours keep out of it.
    let bounds: Vec<Range<usize>> = groups
        .iter()
        .filter_map(|(_, group)| Some(group.first()?.old.start..group.last()?.old.end))
        .collect();
    let hunks = groups
        .into_iter()
        .enumerate()
        .filter_map(|(index, (part, changes))| {
            let own = bounds.get(index)?.clone();
            let before = index.checked_sub(1).and_then(|at| bounds.get(at));
            let after = bounds.get(index + 1);
            let above = own.start - before.map_or(0, |before| before.end);
            let below = after.map_or(count, |after| after.start) - own.end;
            let (mut lead, mut trail) = (above.min(CONTEXT), below.min(CONTEXT));
            // As many lines on both sides: from fewer on one, `patch` takes it that the file begins
            // or ends there.
            if before.is_some() {
                trail = trail.min(lead);
            }
            if after.is_some() {
                lead = lead.min(trail);
            }
            let old = own.start - lead..own.end + trail;
            Some((part, Hunk { changes, old }))
        });
    hunks.collect()
}

/// The lines that each run of edits touches, widened until no two runs share one.
fn regions(file: &SourceFile, edits: &[Edit]) -> Vec<(Range<usize>, Range<usize>)> {
    let line = |offset: u32| (file.lines().line(offset) as usize).saturating_sub(1);
    let mut regions: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for (index, edit) in edits.iter().enumerate() {
        // The line where an edit ends is touched even if it loses nothing: an edit that takes the
        // line ending before it joins the two. After the last line ending that line is empty.
        let lines = line(edit.span.start)..line(edit.span.end) + 1;
        match regions.last_mut() {
            Some((last, edited)) if lines.start < last.end => {
                last.end = last.end.max(lines.end);
                edited.end = index + 1;
            }
            _ => regions.push((lines, index..index + 1)),
        }
    }
    regions
}

/// What becomes of the lines of one region, in the smallest changes that say it.
fn region_changes(
    file: &SourceFile,
    lines: Range<usize>,
    edits: &[Edit],
    edited: Range<usize>,
) -> Option<Vec<Change>> {
    let offset = |line: usize| {
        let number = u32::try_from(line).unwrap_or(u32::MAX).saturating_add(1);
        file.lines().start(number)
    };
    let (start, end) = (offset(lines.start), offset(lines.end));
    let shifted: Vec<Edit> = edits
        .get(edited.clone())?
        .iter()
        .map(|edit| {
            let from = edit.span.start.checked_sub(start)?;
            let to = edit.span.end.checked_sub(start)?;
            let span = Span::new(edit.span.file, from as usize..to as usize);
            Some(Edit::replace(span, edit.text.clone()))
        })
        .collect::<Option<_>>()?;
    let old_text = file.bytes().get(start as usize..end as usize)?;
    let new_text = apply_edits(old_text, &shifted).ok()?;
    let old: Vec<&[u8]> = old_text.split_inclusive(|byte| *byte == b'\n').collect();
    let new: Vec<&[u8]> = new_text.split_inclusive(|byte| *byte == b'\n').collect();
    let changes = capture_diff_slices(Algorithm::Myers, &old, &new)
        .iter()
        .filter(|op| op.tag() != DiffTag::Equal)
        .map(|op: &DiffOp| {
            let range = op.old_range();
            Change {
                old: lines.start + range.start..lines.start + range.end,
                new: new
                    .get(op.new_range())
                    .unwrap_or_default()
                    .iter()
                    .map(|line| line.to_vec())
                    .collect(),
                edits: edited.clone(),
            }
        })
        .collect();
    Some(changes)
}
