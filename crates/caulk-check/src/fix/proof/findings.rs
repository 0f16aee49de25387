//! Whether findings are closed, and none is new.

use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::{Finding, Revealed, Severity};
use caulk_source::{FileId, Span};

use super::sharing::Texts;
use super::{Proposal, Trial};
use crate::fix::view::{Key, View, key};

impl Trial<'_> {
    /// No finding is new that was not hidden by the one that is closed.
    pub(super) fn findings(&mut self) -> Result<(), String> {
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
        let by_key = by_key(self.round);
        let mut alike: BTreeMap<(&str, &str), Vec<&Finding>> = BTreeMap::new();
        for finding in &self.before.findings {
            let one = (finding.rule.id, finding.fact.as_str());
            alike.entry(one).or_default().push(finding);
        }
        let before = Alike {
            findings: alike,
            texts: Texts::of(self.round),
        };
        let mut now: Vec<&Finding> = self.after.findings.clone();
        now.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        for finding in now {
            // Of two alike, the worse one before excuses the worse one now.
            match known.get_mut(&key(finding)).and_then(Vec::pop) {
                Some(was) if was == finding.severity => {}
                Some(was) if was > finding.severity => {
                    self.lessened(by_key.get(&key(finding)), finding);
                }
                Some(_) | None => self.opened(&before, finding)?,
            }
        }
        Ok(())
    }

    /// What was found is found still, and is less severe: whoever closed the worse one says so.
    fn lessened(&mut self, closers: Option<&Vec<usize>>, finding: &Finding) {
        for position in closers.into_iter().flatten() {
            if let Some(reveals) = self.reveals.get_mut(*position) {
                reveal(reveals, finding);
            }
        }
    }

    fn opened(&mut self, known: &Alike<'_>, opened: &Finding) -> Result<(), String> {
        // What the rest of the run keeps from being found is not opened by a change here.
        if known.was_shared(opened) || self.before.is_found_alone(opened) {
            return Ok(());
        }
        let who = self.who_concerns(opened);
        let takes_others = self.takes_others(opened, &who);
        let written = known.texts.hold(opened.primary.span);
        let mut excused = false;
        for position in &who {
            let proposal = self.round.get(*position);
            if proposal.is_some_and(|one| is_excused(one.finding, opened, written))
                && let Some(reveals) = self.reveals.get_mut(*position)
            {
                excused = true;
                reveal(reveals, opened);
                if who.len() > 1 || takes_others {
                    self.unsure.insert(*position);
                }
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

    /// Whether a finding names containers that other proposals than these change: it may take both.
    fn takes_others(&self, finding: &Finding, who: &[usize]) -> bool {
        let named = finding.related.iter();
        let named = named.filter_map(|label| self.anchors.get(&label.span));
        let by = named.flatten().filter_map(|at| self.by_container.get(at));
        by.flatten().any(|position| !who.contains(position))
    }

    /// What each is for has happened.
    pub(super) fn closed(&mut self) {
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
        let (was, is) = (sharing(self.before), sharing(self.after));
        let containers = self.before.containers.iter();
        let indices: BTreeMap<Span, usize> = containers.map(|one| one.anchor).zip(0..).collect();
        for (proposal, wrong) in self.round.iter().zip(&mut self.wrong) {
            // What a container says itself may stand over the same that it shares with others.
            let finding = proposal.finding;
            let shares = |sharing: &BTreeSet<_>, anchor: Option<Span>| {
                anchor.is_some_and(|at| sharing.contains(&(finding.rule.id, &*finding.fact, at)))
            };
            let declared = finding.declared;
            let index = declared.and_then(|anchor| indices.get(&anchor));
            let now = index.and_then(|index| self.after.containers.get(*index));
            if !shares(&was, declared) && shares(&is, now.map(|now| now.anchor)) {
                wrong.get_or_insert_with(|| "it would have it from somewhere else".to_owned());
            }
            let name = name(proposal.finding);
            let of = |counts: &BTreeMap<_, usize>| counts.get(&name).copied().unwrap_or(0);
            if of(&after) + of(&closed) > of(&before) {
                wrong.get_or_insert_with(|| "it would leave its finding open".to_owned());
            }
        }
    }
}

/// What was found before, by rule and fact, and what the edits wrote.
struct Alike<'v> {
    findings: BTreeMap<(&'v str, &'v str), Vec<&'v Finding>>,
    texts: Texts,
}

impl Alike<'_> {
    /// Whether it was found before as one with another container's, and stands by itself now; or in
    /// the file from which the container had what is written out at it.
    fn was_shared(&self, opened: &Finding) -> bool {
        let Some(declared) = opened.declared else {
            return false;
        };
        let written = self.texts.hold(opened.primary.span);
        let alike = self.findings.get(&(opened.rule.id, opened.fact.as_str()));
        let mut before = alike.into_iter().flatten();
        before.any(|other| {
            let in_one_file = other.primary.span.file == opened.primary.span.file;
            let names_it = other.related.iter().any(|label| label.span == declared);
            let of_it = other.container == opened.container
                && other.declared.map(|at| at.file) == Some(declared.file);
            other.severity >= opened.severity
                && ((in_one_file && names_it) || (!in_one_file && of_it && written))
        })
    }
}

/// The proposals by the key of what each is to close.
fn by_key<'p>(round: &[&'p Proposal<'_>]) -> BTreeMap<Key<'p>, Vec<usize>> {
    let mut by_key: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
    for (position, proposal) in round.iter().enumerate() {
        let closes = key(proposal.finding);
        by_key.entry(closes).or_default().push(position);
    }
    by_key
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

/// Who is named by findings that are another's: they share what that one is about.
fn sharing<'v>(view: &'v View<'_>) -> BTreeSet<(&'static str, &'v str, Span)> {
    let findings = view.findings.iter();
    let named = findings.flat_map(|finding| {
        let related = finding.related.iter().map(|label| label.span);
        let others = related.filter(|span| finding.declared != Some(*span));
        others.map(|span| (finding.rule.id, finding.fact.as_str(), span))
    });
    named.collect()
}

/// A finding by its file and what it is about. The severity counts: one that is less severe about
/// the same is another.
fn name(finding: &Finding) -> (FileId, String) {
    let container = finding.container.as_deref().unwrap_or_default();
    let (rule, severity) = (finding.rule.id, finding.severity);
    let name = format!("{rule}\0{container}\0{}\0{severity}", finding.fact);
    (finding.primary.span.file, name)
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
