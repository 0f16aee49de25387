//! Which fixes one pass can hold.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use caulk_finding::{Finding, Fix};
use caulk_source::{Edit, FileId, Span, Surface};

use super::proposal::Proposal;
use super::view::View;

/// A finding and the fix that is proved for it.
pub(super) struct Candidate<'a> {
    pub(super) finding: &'a Finding,
    pub(super) fix: Fix,
    pub(super) proposal: Proposal<'a>,
}

/// The candidates that keep out of each other's way, the more severe ones first: a later one waits
/// for the result. What two fixes both ask for is done once.
pub(super) fn choose<'a>(view: &View<'_>, candidates: Vec<Candidate<'a>>) -> Vec<Candidate<'a>> {
    let mut candidates = candidates;
    // Of two alike, the image comes before the service that runs it, and what several share before
    // what one of them has.
    candidates.sort_by_key(|candidate| {
        let finding = candidate.finding;
        let is_image = finding.surface == Surface::Dockerfile;
        let comes_first = is_image || !candidate.proposal.also.is_empty();
        // What is written out at a service is written as the others leave it.
        let copies = candidate.proposal.is_written_out();
        (copies, Reverse(finding.severity), Reverse(comes_first))
    });
    let last = last_of_their_list(view, &candidates);
    let mut taken = Taken::default();
    let mut chosen: Vec<Candidate<'a>> = Vec::new();
    for (index, candidate) in candidates.into_iter().enumerate() {
        let waits = last.contains(&index)
            || taken.is_in_the_way(view, &candidate.fix.edits)
            || chosen
                .iter()
                .any(|other| is_one_decision(other, &candidate) || is_copied(other, &candidate));
        if !waits {
            taken.take(view, &candidate.fix.edits);
            chosen.push(candidate);
        }
    }
    chosen
}

/// Where every item of a list is to go, the least severe one waits: once it is the last, the list
/// goes with it.
fn last_of_their_list(view: &View<'_>, candidates: &[Candidate<'_>]) -> BTreeSet<usize> {
    let entries = candidates
        .iter()
        .flat_map(|candidate| candidate.proposal.removed());
    let lists = view.workspace.exhausted(&entries.collect());
    let last = lists.iter().filter_map(|entries| {
        candidates.iter().rposition(|candidate| {
            candidate
                .proposal
                .removed()
                .any(|entry| entries.contains(&entry))
        })
    });
    last.collect()
}

/// Two findings of one rule about one container, in two files, or of containers of which the one has
/// from the other what is changed: the one is closed, and then it is seen what the other still needs.
fn is_one_decision(one: &Candidate<'_>, other: &Candidate<'_>) -> bool {
    if one.finding.rule.id != other.finding.rule.id {
        return false;
    }
    let (first, second) = (&one.proposal, &other.proposal);
    let two_files = one.finding.primary.span.file != other.finding.primary.span.file
        && !first.touches.is_disjoint(&second.touches);
    two_files
        || !first.also.is_disjoint(&second.touches)
        || !second.also.is_disjoint(&first.touches)
}

/// Whether the one changes a list in the file from which the other writes one out.
fn is_copied(one: &Candidate<'_>, other: &Candidate<'_>) -> bool {
    let from = other.finding.primary.span.file;
    let at_source = |edit: &Edit| edit.span.file == from;
    other.proposal.is_written_out()
        && !one.proposal.is_written_out()
        && one.fix.edits.iter().any(at_source)
        && !one.proposal.touches.is_disjoint(&other.proposal.touches)
}

/// The text that is taken, as lines: twice the line where it changes, one more behind it.
#[derive(Default)]
struct Taken {
    lines: BTreeSet<(FileId, u64, u64)>,
    edits: BTreeSet<Edit>,
}

impl Taken {
    /// Whether a line stands between these edits and all that are taken: then each of them can be
    /// shown, and chosen, without the others.
    fn is_in_the_way(&self, view: &View<'_>, edits: &[Edit]) -> bool {
        let mut new = edits.iter().filter(|edit| !self.edits.contains(edit));
        new.any(|edit| {
            let (start, end) = lines(view, edit.span);
            let file = edit.span.file;
            // What is taken does not touch itself, so only the nearest on either side can.
            let before = self.lines.range(..=(file, end, u64::MAX)).next_back();
            let after = self.lines.range((file, end, u64::MAX)..).next();
            let near = |taken: Option<&(FileId, u64, u64)>| {
                taken.is_some_and(|(other, from, to)| {
                    *other == file && !is_apart((*from, *to), (start, end))
                })
            };
            near(before) || near(after)
        })
    }

    fn take(&mut self, view: &View<'_>, edits: &[Edit]) {
        for edit in edits {
            let (start, end) = lines(view, edit.span);
            self.lines.insert((edit.span.file, start, end));
            self.edits.insert(edit.clone());
        }
    }
}

/// The lines that an edit changes, doubled; an insertion at the end of a line stands behind it.
fn lines(view: &View<'_>, span: Span) -> (u64, u64) {
    let Some(file) = view.sources.get(span.file) else {
        return (0, 0);
    };
    let index = file.lines();
    let first = index.line(span.start);
    let doubled = |line: u32| 2 * u64::from(line);
    let rest = Span {
        end: u32::try_from(index.range(first).end).unwrap_or(u32::MAX),
        ..span
    };
    if span.is_empty() && file.slice(rest).trim().is_empty() {
        return (doubled(first) + 1, doubled(first) + 1);
    }
    if span.is_empty() && index.start(first) == span.start {
        return (doubled(first) - 1, doubled(first) - 1);
    }
    let last = index.line(span.end);
    let ends_before = index.start(last) == span.end && last > first;
    (doubled(first), doubled(last - u32::from(ends_before)))
}

/// Whether a whole line stands between.
fn is_apart(one: (u64, u64), other: (u64, u64)) -> bool {
    let (low, high) = if one <= other {
        (one, other)
    } else {
        (other, one)
    };
    // The first line behind the lower one.
    let between = (low.1 / 2 + 1) * 2;
    between < high.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_must_stand_between() {
        let line = |number: u64| (2 * number, 2 * number);
        let behind = |number: u64| (2 * number + 1, 2 * number + 1);
        assert!(is_apart(line(1), line(3)) && is_apart(line(3), line(1)));
        assert!(!is_apart(line(1), line(2)) && !is_apart(line(1), line(1)));
        assert!(is_apart(behind(1), behind(2)) && is_apart(behind(1), line(3)));
        assert!(!is_apart(behind(1), behind(1)) && !is_apart(behind(1), line(2)));
        assert!(!is_apart(line(1), behind(1)) && is_apart(line(1), behind(2)));
        assert!(!is_apart((2, 9), (4, 4)));
    }
}
