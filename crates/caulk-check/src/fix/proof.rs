//! Whether edits do what they are for, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::{Finding, Fix, Revealed, Severity};
use caulk_model::Container;
use caulk_source::{Edit, FileId, SourceFile, Sources, Span, apply_edits};
use caulk_surfaces::Work;

use super::proposal::Proposal;
use super::view::{Key, Reread, View, key};

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
    /// Containers that it changes besides those that it is about, because they want the same; by
    /// their index.
    pub(super) also: BTreeSet<usize>,
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
        also: BTreeSet::new(),
    };
    let blamed = trial
        .containers()
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

    /// No finding is new that was not hidden by the one that is closed.
    fn findings(&mut self) -> Result<(), String> {
        let mut known: BTreeMap<Key<'_>, Vec<Severity>> = BTreeMap::new();
        for finding in &self.before.findings {
            known
                .entry(key(finding))
                .or_default()
                .push(finding.severity);
        }
        for severities in known.values_mut() {
            severities.sort_unstable();
        }
        let mut now: Vec<&Finding> = self.after.findings.clone();
        now.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        for finding in now {
            // Of two alike, the worse one before excuses the worse one now.
            match known.get_mut(&key(finding)).and_then(Vec::pop) {
                Some(was) if was == finding.severity => {}
                Some(was) if was > finding.severity => self.lessened(finding),
                Some(_) | None => self.opened(finding)?,
            }
        }
        Ok(())
    }

    /// What was found is found still, and is less severe: whoever closed the worse one says so.
    fn lessened(&mut self, finding: &Finding) {
        for (proposal, reveals) in self.round.iter().zip(&mut self.reveals) {
            if key(proposal.finding) == key(finding) {
                reveal(reveals, finding);
            }
        }
    }

    /// Whether it was found before as one with another container's, and stands by itself now.
    fn was_shared(&self, opened: &Finding) -> bool {
        let Some(declared) = opened.declared else {
            return false;
        };
        let mut before = self.before.findings.iter();
        before.any(|other| {
            let is_alike = other.rule.id == opened.rule.id
                && other.fact == opened.fact
                && other.severity >= opened.severity
                && other.primary.span.file == opened.primary.span.file;
            is_alike && other.related.iter().any(|label| label.span == declared)
        })
    }

    fn opened(&mut self, opened: &Finding) -> Result<(), String> {
        if self.was_shared(opened) {
            return Ok(());
        }
        let who = self.who_concerns(opened);
        let written = written(self.round, opened.primary.span);
        let mut excused = false;
        for position in &who {
            let proposal = self.round.get(*position);
            if proposal.is_some_and(|one| is_excused(one.finding, opened, written))
                && let Some(reveals) = self.reveals.get_mut(*position)
            {
                excused = true;
                reveal(reveals, opened);
            }
        }
        if excused {
            return Ok(());
        }
        let what = format!("it would open `{}`: {}", opened.rule.id, opened.message);
        self.blame(&who, &what)
    }

    /// The proposals that touch the container that a finding is about, or its file.
    fn who_concerns(&self, finding: &Finding) -> Vec<usize> {
        let Some(containers) = finding.declared.and_then(|at| self.anchors.get(&at)) else {
            let who = self.by_file.get(&finding.primary.span.file);
            return who.cloned().unwrap_or_default();
        };
        let who = containers.iter().filter_map(|at| self.by_container.get(at));
        who.flatten().copied().collect()
    }

    /// What each is for has happened.
    fn closed(&mut self) {
        let count = |findings: &[&Finding]| {
            let mut counts: BTreeMap<(FileId, String), usize> = BTreeMap::new();
            for finding in findings {
                *counts.entry(name(finding)).or_insert(0) += 1;
            }
            counts
        };
        let before = count(&self.before.findings);
        let after = count(&self.after.findings);
        // Findings that are alike count together: as many must be gone as are closed.
        let closed: Vec<&Finding> = self.round.iter().map(|proposal| proposal.finding).collect();
        let closed = count(&closed);
        for (proposal, wrong) in self.round.iter().zip(&mut self.wrong) {
            let name = name(proposal.finding);
            let of = |counts: &BTreeMap<_, usize>| counts.get(&name).copied().unwrap_or(0);
            if of(&after) + of(&closed) > of(&before) {
                wrong.get_or_insert_with(|| "it would leave its finding open".to_owned());
            }
        }
    }

    /// The containers that each proposal changes besides: those that have from it what it wrote. Where
    /// it was tried by itself, all that changed.
    fn by_whom(&self) -> Vec<BTreeSet<usize>> {
        if let [_] = self.round {
            return vec![self.also.clone()];
        }
        let changed = |index: &usize, proposal: &Proposal<'_>| {
            let container = self.after.containers.get(*index);
            let mut origins = container.into_iter().flat_map(|one| one.declared.origins());
            origins.any(|origin| {
                let edit = who_wrote(self.round, origin.span());
                edit.is_some_and(|edit| proposal.edits.contains(edit))
            })
        };
        let of = |proposal: &&Proposal<'_>| {
            let also = self.also.iter().copied();
            also.filter(|index| changed(index, proposal)).collect()
        };
        self.round.iter().map(of).collect()
    }

    fn verdicts(self) -> Vec<Result<Proved, String>> {
        let also = self.by_whom();
        let before = &self.before.containers;
        let verdicts = self.round.iter().zip(self.wrong).zip(self.reveals);
        verdicts
            .zip(also)
            .map(|(((proposal, wrong), mut reveals), also)| {
                if let Some(wrong) = wrong {
                    return Err(wrong);
                }
                reveals.sort_by_key(|revealed| {
                    (std::cmp::Reverse(revealed.severity), revealed.rule.id)
                });
                let mut fix = proposal.fix();
                fix.reveals = reveals;
                let others = also.iter().filter_map(|at| before.get(*at));
                fix.also = others.map(|container| container.title()).collect();
                Ok(Proved { fix, also })
            })
            .collect()
    }
}

fn reveal(reveals: &mut Vec<Revealed>, finding: &Finding) {
    let revealed = Revealed {
        rule: finding.rule,
        severity: finding.severity,
    };
    if !reveals.contains(&revealed) {
        reveals.push(revealed);
    }
}

/// A finding by its file and what it is about. The severity counts: one that is less severe about
/// the same is another.
fn name(finding: &Finding) -> (FileId, String) {
    let container = finding.container.as_deref().unwrap_or_default();
    let (rule, severity) = (finding.rule.id, finding.severity);
    let name = format!("{rule}\0{container}\0{}\0{severity}", finding.fact);
    (finding.primary.span.file, name)
}

/// Whether a place of the text afterwards is one that the edits wrote.
fn written(round: &[&Proposal<'_>], place: Span) -> bool {
    who_wrote(round, place).is_some()
}

/// The edit that wrote a place of the text afterwards.
fn who_wrote<'p>(round: &'p [&Proposal<'_>], place: Span) -> Option<&'p Edit> {
    let edits: BTreeSet<&Edit> = round
        .iter()
        .flat_map(|proposal| &proposal.edits)
        .filter(|edit| edit.span.file == place.file)
        .collect();
    let mut shift = 0_i64;
    for edit in edits {
        let start = i64::from(edit.span.start) + shift;
        let length = i64::try_from(edit.text.len()).unwrap_or(i64::MAX);
        if i64::from(place.start) < start + length && start < i64::from(place.end) {
            return Some(edit);
        }
        shift += length - i64::from(edit.span.end - edit.span.start);
    }
    None
}

/// Whether `opened` is not new once `closed` is gone.
///
/// No container holds more, which is judged beside this: so what a finding says of text that was
/// there before was true before, and the worse one hid it. What it says of text that the fix wrote
/// is about the same fact, and is excused where that is better than it was.
fn is_excused(closed: &Finding, opened: &Finding, written: bool) -> bool {
    if closed.rule.id == opened.rule.id && closed.container == opened.container {
        return opened.severity < closed.severity;
    }
    if written {
        let stricter = closed.rule.level < opened.rule.level;
        return stricter && opened.severity < closed.severity;
    }
    opened.severity <= closed.severity
}
