//! Whether edits do what they are for, and nothing else.

mod findings;
mod sharing;

use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::{Finding, Fix, Revealed};
use caulk_model::Container;
use caulk_source::{Edit, FileId, SourceFile, Sources, Span, apply_edits};
use caulk_surfaces::Work;

use super::filters;
use super::proposal::Proposal;
use super::view::{Reread, View};

/// The sources of a view after these edits; nothing where two of them want the same bytes.
pub(super) fn applied<'e>(
    view: &View<'_>,
    edits: impl IntoIterator<Item = &'e Edit>,
) -> Option<Sources> {
    let mut by_file: BTreeMap<FileId, BTreeSet<&Edit>> = BTreeMap::new();
    for edit in edits {
        by_file.entry(edit.span.file).or_default().insert(edit);
    }
    let mut sources = view.sources.part(view.files.iter().copied());
    for (id, edits) in by_file {
        let file = view.sources.get(id)?;
        let edits: Vec<Edit> = edits.into_iter().cloned().collect();
        let bytes = apply_edits(file.bytes(), &edits).ok()?;
        sources.add(SourceFile::new(file.path(), bytes));
    }
    Some(sources)
}

/// A fix that does what it is for.
pub(super) struct Proved {
    pub(super) fix: Fix,
    /// Containers that it changes besides those that it is about, because they have from there what it
    /// changes; by their index.
    pub(super) also: BTreeSet<usize>,
    /// Whether what it would show may come of another one of its round, which changes a container that is
    /// part of the same.
    pub(super) unsure: bool,
}

/// What became of some proposals that were applied together: the fix of each, or why it is none.
pub(super) enum Verdict {
    /// Each by itself.
    Each(Vec<Result<Proved, String>>),
    /// Something is wrong that none of them can be blamed for by itself.
    Together(String),
}

/// Applies proposals together and judges each.
pub(super) fn prove(view: &View<'_>, target: Option<&str>, round: &[&Proposal<'_>]) -> Verdict {
    let edits = round.iter().flat_map(|proposal| &proposal.edits);
    let Some(sources) = applied(view, edits) else {
        return Verdict::Together("its edits do not fit the file".to_owned());
    };
    let workspace = view.workspace.revised(&sources);
    let works: Vec<Work<'_>> = round.iter().map(|proposal| proposal.work()).collect();
    if let Err(refusal) = view.workspace.spared(&workspace, &works) {
        return Verdict::Together(refusal.to_string());
    }
    let after = Reread::of(&workspace, &sources, target);
    let after = after.view(&workspace, &sources, (view.own, view.files));
    let mut by_container: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut by_file: BTreeMap<FileId, Vec<usize>> = BTreeMap::new();
    for (position, proposal) in round.iter().enumerate() {
        for container in &proposal.touches {
            by_container.entry(*container).or_default().push(position);
        }
        for file in proposal.files() {
            by_file.entry(file).or_default().push(position);
        }
    }
    let mut anchors: BTreeMap<Span, Vec<usize>> = BTreeMap::new();
    for (index, container) in after.containers.iter().enumerate() {
        anchors.entry(container.anchor).or_default().push(index);
    }
    let mut trial = Trial {
        anchors,
        before: view,
        after: &after,
        round,
        by_container,
        by_file,
        wrong: vec![None; round.len()],
        reveals: vec![Vec::new(); round.len()],
        unsure: BTreeSet::new(),
        also: BTreeSet::new(),
    };
    let blamed = trial
        .containers()
        .and_then(|()| trial.profiles())
        .and_then(|()| trial.findings())
        .map(|()| trial.closed());
    match blamed {
        Err(what) => Verdict::Together(what),
        Ok(()) => Verdict::Each(trial.verdicts()),
    }
}

struct Trial<'t> {
    before: &'t View<'t>,
    after: &'t View<'t>,
    round: &'t [&'t Proposal<'t>],
    /// The containers afterwards by where they are declared.
    anchors: BTreeMap<Span, Vec<usize>>,
    /// Which proposals may change a container.
    by_container: BTreeMap<usize, Vec<usize>>,
    /// Which proposals change a file.
    by_file: BTreeMap<FileId, Vec<usize>>,
    wrong: Vec<Option<String>>,
    reveals: Vec<Vec<Revealed>>,
    /// Proposals of which something may show that takes another one as well.
    unsure: BTreeSet<usize>,
    /// Containers that change although no proposal is about them.
    also: BTreeSet<usize>,
}

impl Trial<'_> {
    /// No container holds more in any respect.
    fn containers(&mut self) -> Result<(), String> {
        if self.before.containers.len() != self.after.containers.len() {
            return Err("another container would be declared".to_owned());
        }
        let pairs = self.before.containers.iter().zip(&self.after.containers);
        for (index, (before, after)) in pairs.enumerate() {
            if before.name != after.name || before.file != after.file {
                return Err("another container would be declared".to_owned());
            }
            let exceeded: Vec<String> = after
                .exceeds(before)
                .iter()
                .map(ToString::to_string)
                .collect();
            let who = self.by_container.get(&index).cloned().unwrap_or_default();
            let title = after.title();
            if who.is_empty() && !after.is_as(before) {
                if !self.wants(before) {
                    return Err(format!("{title} would change, which shares it"));
                }
                self.also.insert(index);
            }
            if !exceeded.is_empty() {
                let what = exceeded.join(", ");
                self.blame(&who, &format!("{title} would hold more: {what}"))?;
            }
        }
        Ok(())
    }

    /// No call runs that did not run before, under whatever profile.
    fn profiles(&mut self) -> Result<(), String> {
        for opened in filters::opened((self.before, self.after), self.round) {
            let by_file = self.by_file.get(&opened.file).into_iter().flatten();
            let containers = opened.containers.iter();
            let by_container = containers.filter_map(|index| self.by_container.get(index));
            let who: Vec<usize> = by_file.chain(by_container.flatten()).copied().collect();
            let what = format!("it would let `{}` through", opened.call);
            self.blame(&who, &what)?;
        }
        Ok(())
    }

    /// Whether a container that no proposal is about wants what one of them does.
    fn wants(&self, container: &Container) -> bool {
        let declared = |other: &&&Finding| other.declared == Some(container.anchor);
        let mut own = self.before.findings.iter().filter(declared);
        own.any(|other| {
            let same = |proposal: &&Proposal<'_>| {
                proposal.finding.rule.id == other.rule.id && proposal.finding.fact == other.fact
            };
            other.remedy.is_some() && self.round.iter().any(same)
        })
    }

    /// Blames the proposals that may have done something; nobody may have is an error.
    fn blame(&mut self, who: &[usize], what: &str) -> Result<(), String> {
        for position in who {
            if let Some(wrong) = self.wrong.get_mut(*position) {
                wrong.get_or_insert_with(|| what.to_owned());
            }
        }
        if who.is_empty() {
            return Err(what.to_owned());
        }
        Ok(())
    }

    fn verdicts(self) -> Vec<Result<Proved, String>> {
        let mut sharers = sharing::sharers(&self.after.containers, self.round);
        if let [alone] = sharers.as_mut_slice() {
            alone.extend(self.also);
        }
        let before = &self.before.containers;
        let unsure = self.unsure;
        let verdicts = self.round.iter().zip(self.wrong).zip(self.reveals);
        verdicts
            .zip(sharers)
            .enumerate()
            .map(|(position, (((proposal, wrong), mut reveals), also))| {
                if let Some(wrong) = wrong {
                    return Err(wrong);
                }
                reveals.sort_by_key(|revealed| {
                    (std::cmp::Reverse(revealed.severity), revealed.rule.id)
                });
                let mut fix = proposal.fix();
                fix.reveals = reveals;
                let others = also.iter().filter_map(|index| before.get(*index));
                fix.also = others.map(|container| container.title()).collect();
                let unsure = unsure.contains(&position);
                Ok(Proved { fix, also, unsure })
            })
            .collect()
    }
}
