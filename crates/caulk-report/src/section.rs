//! The parts of a patch that belong together.

use std::collections::{BTreeMap, BTreeSet};

use caulk_source::SourceFile;

use crate::choose::{FileEdits, StepIndex};
use crate::hunk::{Change, Hunk, changes, hunks};

/// The hunks of one file that stand or fall together, with the steps that they are.
#[derive(Debug)]
pub(crate) struct Section {
    /// The steps, in the order of the plan.
    pub(crate) steps: BTreeSet<StepIndex>,
    /// The hunks, each with its header.
    pub(crate) hunks: Vec<(String, Hunk)>,
}

/// The sections of one file in one pass, in the order in which they are applied.
///
/// A fix with several hunks keeps them together; fixes that change neighbouring lines share the
/// section, others do not, so that each can be left out. Git and patch apply section after section,
/// so the lines of each count on what stands before it.
pub(crate) fn sections(file: &SourceFile, wanted: &FileEdits) -> Vec<Section> {
    let changes = changes(file, &wanted.edits).unwrap_or_default();
    let steps: Vec<BTreeSet<StepIndex>> = changes
        .iter()
        .map(|change| askers(change, wanted))
        .collect();
    let meets = |index: usize| {
        let (one, next) = (changes.get(index), changes.get(index + 1));
        one.zip(next)
            .is_some_and(|(one, next)| one.old.end >= next.old.start)
    };
    let parts = together(&steps, &meets);
    let mut members: BTreeMap<usize, Vec<(usize, Hunk)>> = BTreeMap::new();
    let hunks = hunks(file, changes, &parts);
    let count = hunks.len();
    for (index, (part, hunk)) in hunks.into_iter().enumerate() {
        members.entry(part).or_default().push((index, hunk));
    }
    let mut gains = Gains::new(count);
    let sections = members.into_values().map(|members| {
        let mut section = Section {
            steps: BTreeSet::new(),
            hunks: Vec::new(),
        };
        let mut within = 0;
        let gained: Vec<(usize, isize)> = members
            .iter()
            .map(|(index, hunk)| (*index, hunk.gain()))
            .collect();
        for (index, hunk) in members {
            let header = hunk.header(gains.before(index), within);
            within += hunk.gain();
            let askers = hunk.changes.iter().map(|change| askers(change, wanted));
            section.steps.extend(askers.flatten());
            section.hunks.push((header, hunk));
        }
        for (index, gain) in gained {
            gains.add(index, gain);
        }
        section
    });
    sections.collect()
}

/// The steps that ask for a change.
fn askers(change: &Change, wanted: &FileEdits) -> BTreeSet<StepIndex> {
    let askers = wanted.askers.get(change.edits.clone()).unwrap_or_default();
    askers.iter().flatten().copied().collect()
}

/// The part of each change: those that share a step, directly or through others, or that meet the
/// next one, are one part, called by the first of them.
fn together(steps: &[BTreeSet<StepIndex>], meets: &dyn Fn(usize) -> bool) -> Vec<usize> {
    // Each change points to an earlier one of its part, the first to itself.
    let mut first: Vec<usize> = (0..steps.len()).collect();
    let mut seen: BTreeMap<StepIndex, usize> = BTreeMap::new();
    let mut join = |a: usize, b: usize| {
        let (a, b) = (find(&mut first, a), find(&mut first, b));
        if let Some(slot) = first.get_mut(a.max(b)) {
            *slot = a.min(b);
        }
    };
    for (index, of_change) in steps.iter().enumerate() {
        for step in of_change {
            join(index, *seen.entry(*step).or_insert(index));
        }
        if meets(index) {
            join(index, index + 1);
        }
    }
    (0..steps.len())
        .map(|index| find(&mut first, index))
        .collect()
}

/// The first change of the part of `index`; shortens the way for the next who asks.
fn find(first: &mut [usize], mut index: usize) -> usize {
    while let Some(next) = first.get(index).copied().filter(|next| *next != index) {
        let skip = first.get(next).copied().unwrap_or(next);
        if let Some(slot) = first.get_mut(index) {
            *slot = skip;
        }
        index = next;
    }
    index
}

/// How many lines the hunks written so far have added above a hunk: a Fenwick tree, so that a file
/// with very many hunks does not take the square of their number.
struct Gains(Vec<isize>);

impl Gains {
    fn new(hunks: usize) -> Self {
        Self(vec![0; hunks + 1])
    }

    fn add(&mut self, hunk: usize, gain: isize) {
        let mut at = hunk + 1;
        while let Some(slot) = self.0.get_mut(at) {
            *slot += gain;
            at += at & at.wrapping_neg();
        }
    }

    fn before(&self, hunk: usize) -> isize {
        let mut at = hunk;
        let mut sum = 0;
        while at > 0 {
            sum += self.0.get(at).copied().unwrap_or(0);
            at -= at & at.wrapping_neg();
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_that_share_a_step_or_meet_are_one_part() {
        let of = |steps: &[usize]| steps.iter().copied().collect::<BTreeSet<_>>();
        let steps = [of(&[0]), of(&[1]), of(&[0, 2]), of(&[3]), of(&[2])];
        assert_eq!(together(&steps, &|_| false), [0, 1, 0, 3, 0]);
        assert_eq!(together(&steps, &|index| index == 2), [0, 1, 0, 0, 0]);
    }

    #[test]
    fn gains_count_only_what_stands_above() {
        let mut gains = Gains::new(4);
        gains.add(0, 2);
        gains.add(3, -1);
        gains.add(1, 5);
        assert_eq!([0, 1, 2, 3].map(|hunk| gains.before(hunk)), [0, 2, 7, 7]);
    }
}
