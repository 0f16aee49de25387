//! Each proposal by itself.

use std::collections::BTreeSet;

use caulk_finding::{Finding, Fix};
use caulk_source::Edit;

use super::proof::{Proved, Verdict, prove};
use super::proposal::Proposal;
use super::view::View;

/// What became of the remedy of a finding: a fix that is proved, or why there is none. Nothing where
/// it has no remedy.
pub(crate) type Outcome = Option<Result<Fix, String>>;

/// A file with very many weaknesses is read again only so often: this many times, and so many bytes
/// more.
const MOST_TIMES: usize = 64;
const MOST_BYTES: usize = 32 << 20;

/// How much is read again to prove what.
pub(super) struct Budget {
    left: usize,
    price: usize,
}

impl Budget {
    /// What proving anything about a view may cost.
    pub(super) fn of(view: &View<'_>) -> Self {
        let price = view.size().max(1);
        Self {
            left: price.saturating_mul(MOST_TIMES).saturating_add(MOST_BYTES),
            price,
        }
    }

    /// Whether all files of the view may be read once more.
    pub(super) fn pays(&mut self) -> bool {
        let paid = self.left.checked_sub(self.price);
        self.left = paid.unwrap_or(self.left);
        paid.is_some()
    }
}

/// The outcome for each of these findings of a view.
pub(crate) fn offers(view: &View<'_>, target: Option<&str>, findings: &[&Finding]) -> Vec<Outcome> {
    let offers = offers_within(view, target, findings, &mut Budget::of(view));
    let outcomes = offers.into_iter();
    outcomes
        .map(|offer| offer.map(|offer| offer.map(|(fix, _)| fix)))
        .collect()
}

/// A fix that is proved, and as what it was proposed.
pub(super) type Offer<'f> = Option<Result<(Fix, Proposal<'f>), String>>;

/// The same, at no more than this cost.
pub(super) fn offers_within<'f>(
    view: &View<'_>,
    target: Option<&str>,
    findings: &[&'f Finding],
    budget: &mut Budget,
) -> Vec<Offer<'f>> {
    let mut offers: Vec<Offer<'f>> = Vec::with_capacity(findings.len());
    let mut ways: Vec<Way<'f>> = Vec::new();
    for (index, finding) in findings.iter().enumerate() {
        let mut refusal = None;
        for way in Proposal::ways(view, finding) {
            match way {
                Ok(proposal) => ways.push((index, proposal)),
                Err(why) => refusal = refusal.or(Some(why)),
            }
        }
        offers.push(refusal.map(Err));
    }
    // The second way of a finding is tried where the first does not do.
    while !ways.is_empty() {
        let mut tried = BTreeSet::new();
        let (now, later): (Vec<_>, Vec<_>) = ways
            .into_iter()
            .partition(|(index, _)| tried.insert(*index));
        let verdicts = prove_each(view, target, &now, budget);
        for ((index, mut proposal), verdict) in now.into_iter().zip(verdicts) {
            if let Some(slot) = offers.get_mut(index)
                && !matches!(slot, Some(Ok(_)))
            {
                *slot = Some(verdict.map(|proved| {
                    proposal.also = proved.also;
                    (proved.fix, proposal)
                }));
            }
        }
        ways = later;
        ways.retain(|(index, _)| !matches!(offers.get(*index), Some(Some(Ok(_)))));
    }
    offers
}

/// One way to write the remedy of the finding with this index.
type Way<'f> = (usize, Proposal<'f>);

/// The verdict on each of these by itself.
fn prove_each(
    view: &View<'_>,
    target: Option<&str>,
    ways: &[Way<'_>],
    budget: &mut Budget,
) -> Vec<Result<Proved, String>> {
    let unpaid = || Err("there are too many to prove this one as well".to_owned());
    let mut outcomes: Vec<Result<Proved, String>> = ways.iter().map(|_| unpaid()).collect();
    for round in rounds(ways) {
        if !budget.pays() {
            break;
        }
        let together: Vec<&Proposal<'_>> = round.iter().map(|(_, proposal)| *proposal).collect();
        let verdicts = match prove(view, target, &together) {
            Verdict::Each(verdicts) if together.len() == 1 => verdicts,
            Verdict::Each(verdicts) => {
                let verdicts = together.iter().zip(verdicts);
                let verdicts = verdicts.map(|(proposal, verdict)| {
                    let alone = verdict.as_ref().is_ok_and(|proved| proved.unsure);
                    if alone && budget.pays() {
                        prove_alone(view, target, proposal)
                    } else {
                        verdict
                    }
                });
                verdicts.collect()
            }
            Verdict::Together(what) if together.len() == 1 => vec![Err(what)],
            Verdict::Together(_) => {
                let alone = together.iter().map_while(|proposal| {
                    let paid = budget.pays();
                    paid.then(|| prove_alone(view, target, proposal))
                });
                alone.collect()
            }
        };
        for ((position, _), verdict) in round.iter().zip(verdicts) {
            if let Some(slot) = outcomes.get_mut(*position) {
                *slot = verdict;
            }
        }
    }
    outcomes
}

fn prove_alone(
    view: &View<'_>,
    target: Option<&str>,
    proposal: &Proposal<'_>,
) -> Result<Proved, String> {
    match prove(view, target, &[proposal]) {
        Verdict::Each(mut verdicts) => verdicts.swap_remove(0),
        Verdict::Together(what) => Err(what),
    }
}

/// Proposals that touch no container in common are applied in one round: what becomes of one
/// container is then the work of one of them.
fn rounds<'p, 'f>(ways: &'p [Way<'f>]) -> Vec<Vec<(usize, &'p Proposal<'f>)>> {
    let mut rounds: Vec<Round<'p, 'f>> = Vec::new();
    for (position, (_, proposal)) in ways.iter().enumerate() {
        let free = rounds.iter().position(|round| round.takes(proposal));
        if free.is_none() {
            rounds.push(Round::default());
        }
        let at = free.unwrap_or(rounds.len() - 1);
        if let Some(round) = rounds.get_mut(at) {
            round.touched.extend(&proposal.touches);
            round.edits.extend(&proposal.edits);
            round.members.push((position, proposal));
        }
    }
    rounds.into_iter().map(|round| round.members).collect()
}

#[derive(Default)]
struct Round<'p, 'f> {
    touched: BTreeSet<usize>,
    edits: BTreeSet<&'p Edit>,
    members: Vec<(usize, &'p Proposal<'f>)>,
}

impl Round<'_, '_> {
    fn takes(&self, proposal: &Proposal<'_>) -> bool {
        // What is here does not overlap itself, so only the nearest on either side can.
        let apart = |edit: &Edit| {
            let before = self.edits.range::<Edit, _>(..=edit).next_back();
            let after = self.edits.range::<Edit, _>(edit..).next();
            let near = |other: Option<&&Edit>| other.is_some_and(|other| other.overlaps(edit));
            !near(before) && !near(after)
        };
        let shared = self
            .members
            .first()
            .is_some_and(|(_, member)| member.is_shared);
        !(shared || proposal.is_shared || proposal.touches.is_empty())
            && self.touched.is_disjoint(&proposal.touches)
            && proposal.edits.iter().all(apart)
    }
}
