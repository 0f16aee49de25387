//! All fixes of a run together.

use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::{Finding, Fix, Pass, Report, Step};
use caulk_source::{Sources, Span};

use super::choose::{Candidate, choose};
use super::offer::{Budget, offers_within};
use super::proof::{Verdict, applied, prove};
use super::proposal::Proposal;
use super::view::{Key, Reread, View, key};
use crate::Settings;

/// Each pass closes a finding at least; more than these are left for another run.
const MOST_PASSES: usize = 40;

/// Whether a fix is wanted.
pub(crate) type Wanted<'w> = dyn Fn(&Finding, &Fix) -> bool + Sync + 'w;

/// The passes in which the findings of a view are closed.
pub(crate) fn plan(view: &View<'_>, settings: &Settings, wanted: &Wanted<'_>) -> Vec<Pass> {
    let mut passes = Vec::new();
    let mut budget = Budget::of(view);
    go_on(view, settings, wanted, &mut budget, &mut passes);
    passes
}

/// One pass, and those on its result.
fn go_on(
    view: &View<'_>,
    settings: &Settings,
    wanted: &Wanted<'_>,
    budget: &mut Budget,
    passes: &mut Vec<Pass>,
) {
    let chosen = chosen(view, settings, wanted, budget);
    let edits = chosen.iter().flat_map(|candidate| &candidate.fix.edits);
    let sources = applied(view, edits.clone());
    let Some(sources) = sources.filter(|_| !chosen.is_empty() && passes.len() < MOST_PASSES) else {
        return;
    };
    let changed = edits.map(|edit| edit.span.file);
    let before = changed.filter_map(|file| Some((file, view.sources.share(file)?)));
    let before: BTreeMap<_, _> = before.collect();
    let steps = chosen.into_iter().map(|candidate| Step {
        finding: candidate.finding.clone(),
        reported: None,
        fix: candidate.fix,
    });
    passes.push(Pass {
        before,
        steps: steps.collect(),
    });
    let workspace = view.workspace.revised(&sources);
    let reread = Reread::of(&workspace, &sources, settings.target.as_deref());
    let next = reread.view(&workspace, &sources, (view.own, view.files));
    go_on(&next, settings, wanted, budget, passes);
}

/// The fixes of one pass, proved each by itself and all together.
fn chosen<'v>(
    view: &'v View<'_>,
    settings: &Settings,
    wanted: &Wanted<'_>,
    budget: &mut Budget,
) -> Vec<Candidate<'v>> {
    let target = settings.target.as_deref();
    let findings = view.findings.iter().copied();
    let findings: Vec<&Finding> = findings
        .filter(|finding| finding.remedy.is_some() && is_own(view, finding))
        .filter(|finding| is_shown(settings, view.sources, finding))
        .collect();
    let offers = offers_within(view, target, &findings, budget);
    let candidates = findings.iter().zip(offers).filter_map(|(finding, offer)| {
        let (fix, proposal) = offer?.ok()?;
        wanted(finding, &fix).then_some(Candidate {
            finding,
            fix,
            proposal,
        })
    });
    let mut chosen = choose(view, candidates.collect());
    // What holds for each by itself holds for all of them nearly always.
    while chosen.len() > 1 && budget.pays() {
        let proposals: Vec<&Proposal<'_>> =
            chosen.iter().map(|candidate| &candidate.proposal).collect();
        match prove(view, target, &proposals) {
            Verdict::Each(verdicts) => {
                let count = chosen.len();
                let kept = chosen.into_iter().zip(verdicts);
                chosen = kept
                    .filter_map(|(candidate, verdict)| verdict.is_ok().then_some(candidate))
                    .collect();
                if chosen.len() == count {
                    break;
                }
            }
            Verdict::Together(_) => {
                let half = chosen.len().div_ceil(2);
                chosen.truncate(half);
            }
        }
    }
    chosen
}

fn is_own(view: &View<'_>, finding: &Finding) -> bool {
    view.own.contains(&finding.primary.span.file)
}

fn is_shown(settings: &Settings, sources: &Sources, finding: &Finding) -> bool {
    let path = sources.path(finding.primary.span.file);
    settings.shows(path, finding)
}

/// The findings of a report that no step is for and of which nothing is left: by their places there.
pub(crate) fn closed_along(passes: &[Pass], report: &Report, left: &[Finding]) -> BTreeSet<usize> {
    let steps = passes.iter().flat_map(|pass| &pass.steps);
    let closed: BTreeSet<usize> = steps.filter_map(|step| step.reported).collect();
    let left: BTreeSet<Key<'_>> = left.iter().map(key).collect();
    let findings = report.findings.iter().enumerate();
    findings
        .filter(|(index, reported)| {
            !closed.contains(index) && !left.contains(&key(&reported.finding))
        })
        .map(|(index, _)| index)
        .collect()
}

/// Says of each step which finding of the report it closes. In the first pass the places are those
/// of the report; later a finding is known by what it is about.
pub(crate) fn find_in_report(passes: &mut [Pass], report: &Report) {
    let mut by_place: BTreeMap<(Span, &str), usize> = BTreeMap::new();
    for (index, reported) in report.findings.iter().enumerate() {
        let finding = &reported.finding;
        by_place.insert((finding.primary.span, finding.rule.id), index);
    }
    let mut left: BTreeSet<usize> = by_place.values().copied().collect();
    if let Some(first) = passes.first_mut() {
        for step in &mut first.steps {
            let place = (step.finding.primary.span, step.finding.rule.id);
            step.reported = by_place.get(&place).copied();
            if let Some(index) = step.reported {
                left.remove(&index);
            }
        }
    }
    let mut by_key: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
    for index in left.into_iter().rev() {
        if let Some(reported) = report.findings.get(index) {
            by_key
                .entry(key(&reported.finding))
                .or_default()
                .push(index);
        }
    }
    let later = passes.iter_mut().skip(1);
    for step in later.flat_map(|pass| &mut pass.steps) {
        step.reported = by_key.get_mut(&key(&step.finding)).and_then(Vec::pop);
    }
}
