//! The parts of a patch that belong together.

use std::collections::{BTreeMap, BTreeSet};

use caulk_source::SourceFile;

use crate::choose::{FileEdits, FindingIndex};
use crate::hunk::{Hunk, hunks};

/// The hunks of one file that stand or fall together, with the findings that they close.
#[derive(Debug)]
pub(crate) struct Section {
    /// The findings, in the order of the report.
    pub(crate) findings: BTreeSet<FindingIndex>,
    /// The hunks, each with its header.
    pub(crate) hunks: Vec<(String, Hunk)>,
}

/// The sections of one file, in the order in which they are applied.
///
/// A fix with several hunks keeps them together; fixes that share a hunk share the section. Git
/// and patch apply section after section, so the lines of each count on what stands before it.
pub(crate) fn sections(file: &SourceFile, wanted: &FileEdits) -> Vec<Section> {
    let hunks = hunks(file, &wanted.edits).unwrap_or_default();
    let findings: Vec<BTreeSet<FindingIndex>> =
        hunks.iter().map(|hunk| askers(hunk, wanted)).collect();
    let mut gains = Gains::new(hunks.len());
    let mut hunks: Vec<Option<Hunk>> = hunks.into_iter().map(Some).collect();
    let mut sections = Vec::new();
    for members in together(&findings) {
        let mut section = Section {
            findings: BTreeSet::new(),
            hunks: Vec::new(),
        };
        let mut within = 0;
        let mut gained = Vec::new();
        for index in members {
            let Some(hunk) = hunks.get_mut(index).and_then(Option::take) else {
                continue;
            };
            let header = hunk.header(gains.before(index), within);
            within += hunk.gain();
            gained.push((index, hunk.gain()));
            section
                .findings
                .extend(findings.get(index).into_iter().flatten());
            section.hunks.push((header, hunk));
        }
        for (index, gain) in gained {
            gains.add(index, gain);
        }
        sections.push(section);
    }
    sections
}

/// The findings whose edits a hunk holds.
fn askers(hunk: &Hunk, wanted: &FileEdits) -> BTreeSet<FindingIndex> {
    let of_change = |range: std::ops::Range<usize>| wanted.askers.get(range).unwrap_or_default();
    hunk.changes
        .iter()
        .flat_map(|change| of_change(change.edits.clone()))
        .flatten()
        .copied()
        .collect()
}

/// Hunks that share a finding, directly or through others, by the first of them.
fn together(findings: &[BTreeSet<FindingIndex>]) -> Vec<Vec<usize>> {
    // Each hunk points to an earlier one of its section, the first to itself.
    let mut first: Vec<usize> = (0..findings.len()).collect();
    let mut seen: BTreeMap<FindingIndex, usize> = BTreeMap::new();
    for (index, of_hunk) in findings.iter().enumerate() {
        for finding in of_hunk {
            let other = *seen.entry(*finding).or_insert(index);
            let (a, b) = (find(&mut first, index), find(&mut first, other));
            if let Some(slot) = first.get_mut(a.max(b)) {
                *slot = a.min(b);
            }
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for index in 0..findings.len() {
        members
            .entry(find(&mut first, index))
            .or_default()
            .push(index);
    }
    members.into_values().collect()
}

/// The first hunk of the section of `index`; shortens the way for the next who asks.
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
    fn hunks_that_share_a_finding_stand_together() {
        let of = |findings: &[usize]| findings.iter().copied().collect::<BTreeSet<_>>();
        let groups = together(&[of(&[0]), of(&[1]), of(&[0, 2]), of(&[3]), of(&[2])]);
        assert_eq!(groups, [vec![0, 2, 4], vec![1], vec![3]]);
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
