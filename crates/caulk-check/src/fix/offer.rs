//! Each proposal by itself.

use std::collections::BTreeSet;

use caulk_finding::{Finding, Fix};

use super::proof::{Verdict, prove};
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
    offers_within(view, target, findings, &mut Budget::of(view))
}

/// The same, at no more than this cost.
pub(super) fn offers_within(
    view: &View<'_>,
    target: Option<&str>,
    findings: &[&Finding],
    budget: &mut Budget,
) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(findings.len());
    let mut proposals: Vec<(usize, Proposal<'_>)> = Vec::new();
    for (index, finding) in findings.iter().enumerate() {
        outcomes.push(match Proposal::of(view, finding) {
            None => None,
            Some(Err(refusal)) => Some(Err(refusal)),
            Some(Ok(proposal)) => {
                proposals.push((index, proposal));
                Some(Err(
                    "there are too many to prove this one as well".to_owned()
                ))
            }
        });
    }
    for round in rounds(&proposals) {
        if !budget.pays() {
            break;
        }
        let together: Vec<&Proposal<'_>> = round.iter().map(|(_, proposal)| *proposal).collect();
        let verdicts = match prove(view, target, &together) {
            Verdict::Each(verdicts) => verdicts,
            Verdict::Together(what) if together.len() == 1 => vec![Err(what)],
            Verdict::Together(_) => {
                let alone = together.iter().map_while(|proposal| {
                    let paid = budget.pays();
                    paid.then(|| match prove(view, target, &[proposal]) {
                        Verdict::Each(mut verdicts) => verdicts.swap_remove(0),
                        Verdict::Together(what) => Err(what),
                    })
                });
                alone.collect()
            }
        };
        for ((index, _), verdict) in round.iter().zip(verdicts) {
            if let Some(slot) = outcomes.get_mut(*index) {
                *slot = Some(verdict);
            }
        }
    }
    outcomes
}

/// Proposals that touch no container in common are applied in one round: what becomes of one
/// container is then the work of one of them.
fn rounds<'p, 'f>(proposals: &'p [(usize, Proposal<'f>)]) -> Vec<Vec<(usize, &'p Proposal<'f>)>> {
    type Round<'p, 'f> = Vec<(usize, &'p Proposal<'f>)>;
    let mut rounds: Vec<(BTreeSet<usize>, Round<'p, 'f>)> = Vec::new();
    for (index, proposal) in proposals {
        let free = |(touched, members): &&mut (BTreeSet<usize>, Round<'p, 'f>)| {
            let apart = |other: &Proposal<'_>| {
                let mut edits = other.edits.iter();
                !edits.any(|edit| proposal.edits.iter().any(|own| own.overlaps(edit)))
            };
            !proposal.touches.is_empty()
                && touched.is_disjoint(&proposal.touches)
                && members.iter().all(|(_, other)| apart(other))
        };
        let containers = proposal.touches.iter().copied();
        match rounds.iter_mut().find(free) {
            Some((touched, members)) => {
                touched.extend(containers);
                members.push((*index, proposal));
            }
            None => rounds.push((containers.collect(), vec![(*index, proposal)])),
        }
    }
    rounds.into_iter().map(|(_, members)| members).collect()
}
