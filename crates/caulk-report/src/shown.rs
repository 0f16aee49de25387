//! A diff as people see it: coloured as git's, harmless, and cut to the width.

use std::borrow::Cow;

use caulk_source::{FileId, SourceFile, decode};

use crate::context::Context;
use crate::file_name;
use crate::hunk::{DiffLine, Hunk, LineKind, NO_NEWLINE};
use crate::mask::Mask;
use crate::style;
use crate::text::{shorten, visible};

/// How much of an unchanged beginning is kept where a long line is cut on its left.
const LEAD: usize = 16;

impl DiffLine<'_> {
    /// The whole line without its ending, harmless and coloured, and without what is hidden.
    pub(crate) fn shown(&self, context: &Context<'_>, mask: Mask<'_>) -> String {
        self.paint(context, &visible(&mask.text(&decode(self.content()))))
    }

    /// The line without its ending.
    fn content(&self) -> &[u8] {
        let line = self.bytes.strip_suffix(b"\n").unwrap_or(self.bytes);
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// The line from its byte `start` on, harmless, in at most `width` columns. Of a long line only
    /// what may be seen is worked on.
    fn window(&self, start: usize, width: usize) -> String {
        let rest = self.content().get(start..).unwrap_or_default();
        let enough = rest.len().min(4 * width + 8);
        let text = visible(&decode(rest.get(..enough).unwrap_or_default()));
        if start == 0 {
            shorten(&text, width)
        } else {
            format!("…{}", shorten(&text, width.saturating_sub(1)))
        }
    }

    fn paint(&self, context: &Context<'_>, text: &str) -> String {
        let line = format!("{}{text}", char::from(self.kind.sign()));
        match self.kind {
            LineKind::Context => line,
            LineKind::Removed => context.paint(style::DIFF_REMOVED, &line),
            LineKind::Added => context.paint(style::DIFF_ADDED, &line),
        }
    }
}

/// The hunks of one file in lines of at most `width` columns, the file's header first, which is whole.
pub(crate) fn shown_hunks(
    context: &Context<'_>,
    (id, file): (FileId, &SourceFile),
    hunks: &[Hunk],
    width: usize,
) -> Vec<String> {
    let mask = Mask::of(context, id);
    let mut shown = Vec::new();
    for (side, prefix) in [("---", "a/"), ("+++", "b/")] {
        let header = file_name::header(side, prefix, file.path());
        // Whole, whatever its width: who applies the diff needs the path.
        shown.push(context.paint(style::DIFF_FILE, header.trim_end()));
    }
    let mut gained = 0;
    for hunk in hunks {
        shown.push(context.paint(style::DIFF_HUNK, &hunk.header(0, gained)));
        gained += hunk.gain();
        let lines = hunk.lines(file);
        let masked: Vec<Cow<'_, [u8]>> = lines.iter().map(|line| mask.line(line.bytes)).collect();
        let lines: Vec<DiffLine<'_>> = lines
            .iter()
            .zip(&masked)
            .map(|(line, bytes)| DiffLine {
                kind: line.kind,
                bytes,
            })
            .collect();
        for (line, start) in lines.iter().zip(starts(&lines, width)) {
            shown.push(line.paint(context, &line.window(start, width.saturating_sub(1))));
            if !line.bytes.ends_with(b"\n") {
                shown.push(NO_NEWLINE.to_owned());
            }
        }
    }
    shown
}

/// From which byte on each line is shown. A removed line that is too long stands with the added
/// line that takes its place, and what differs has to be seen in both.
fn starts(lines: &[DiffLine<'_>], width: usize) -> Vec<usize> {
    let mut starts = vec![0; lines.len()];
    let of_kind = |kind: LineKind, from: usize| {
        let rest = lines.iter().skip(from);
        rest.take_while(|line| line.kind == kind).count()
    };
    let mut next = 0;
    while next < lines.len() {
        let removed = of_kind(LineKind::Removed, next);
        let added = of_kind(LineKind::Added, next + removed);
        for pair in 0..removed.min(added) {
            let (old, new) = (next + pair, next + removed + pair);
            let (Some(old_line), Some(new_line)) = (lines.get(old), lines.get(new)) else {
                continue;
            };
            let start = start_of_pair(old_line.content(), new_line.content(), width);
            for index in [old, new] {
                if let Some(slot) = starts.get_mut(index) {
                    *slot = start;
                }
            }
        }
        next += (removed + added).max(1);
    }
    starts
}

/// Where both lines may begin so that the first difference is seen.
fn start_of_pair(old: &[u8], new: &[u8], width: usize) -> usize {
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let is_in_sight = same + LEAD < width;
    if is_in_sight {
        return 0;
    }
    // Not into the middle of a character.
    let start = same - LEAD;
    let is_middle = |at: usize| old.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    (0..4)
        .map(|back| start.saturating_sub(back))
        .find(|at| !is_middle(*at))
        .unwrap_or(start)
}
