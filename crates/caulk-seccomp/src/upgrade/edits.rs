//! From what is wanted of each call to edits of a profile's text.
//!
//! What is right stays as it is written: names are taken out of lists and put into lists, and a rule
//! is added only where no rule says what is wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use caulk_source::{Edit, Span, Spanned, cut};

use super::answers::{Answers, Clause};
use crate::draft::Draft;
use crate::history::{Change, Effect};
use crate::{Machine, Profile, Rule};

/// The edits.
pub(super) fn edits(
    profile: &Profile,
    text: &str,
    (owner, wanted): (&Answers, &Answers),
    missed: &[Change],
) -> Vec<Edit> {
    let clauses = clauses(profile);
    let mut added: BTreeMap<Clause, BTreeSet<String>> = BTreeMap::new();
    for (name, clauses) in &wanted.calls {
        for clause in clauses.difference(owner.of_call(name)) {
            added
                .entry(clause.clone())
                .or_default()
                .insert(name.clone());
        }
    }
    let mut edits = Vec::new();
    let mut kept = Vec::new();
    for (rule, clause) in profile.rules.iter().zip(&clauses) {
        let stays = |name: &&Spanned<String>| {
            let of_call = wanted.of_call(&name.value);
            clause
                .as_ref()
                .is_none_or(|clause| of_call.contains(clause))
        };
        let staying: Vec<bool> = rule.names.iter().map(|name| stays(&name)).collect();
        let is_gone = !staying.is_empty() && !staying.contains(&true);
        kept.push(!is_gone);
        if is_gone {
            continue;
        }
        let new = clause.as_ref().and_then(|clause| added.get(clause));
        let can_grow = rule.name.is_none() && !rule.names.is_empty();
        let new = new.filter(|_| can_grow).cloned().unwrap_or_default();
        if !new.is_empty()
            && let Some(clause) = clause
        {
            added.remove(clause);
        }
        let spans: Vec<Span> = rule.names.iter().map(|name| name.span).collect();
        edits.extend(removals(text, &spans, &staying));
        edits.extend(insertions(rule, text, &staying, &new));
    }
    let spans: Vec<Span> = profile.rules.iter().map(|rule| rule.span).collect();
    edits.extend(removals(text, &spans, &kept));
    edits.extend(new_rules(&spans, &kept, text, &added));
    edits.extend(new_machines(profile, text, missed));
    if text.contains("\r\n") {
        for edit in &mut edits {
            edit.text = edit.text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
    }
    edits.sort();
    edits
}

/// What each rule says, where it says anything: one that repeats the default is skipped.
fn clauses(profile: &Profile) -> Vec<Option<Clause>> {
    let Some(draft) = Draft::of(profile) else {
        return vec![None; profile.rules.len()];
    };
    let told = draft.default.told();
    // A draft has every rule that has an action, and a profile that engines take has no other.
    let mut rules = draft.rules.iter();
    let clause = |rule: &Rule| {
        rule.parsed_action()?;
        let rule = rules.next()?;
        (rule.answer.told() != told).then(|| Clause::of(rule))
    };
    profile.rules.iter().map(clause).collect()
}

/// Takes items out of a list, each with the comma that parts it from what stays. Among others on a
/// line nothing else moves.
fn removals(text: &str, spans: &[Span], staying: &[bool]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut last_staying: Option<Span> = None;
    let mut gone: Option<Span> = None;
    for (span, stays) in spans.iter().zip(staying) {
        if !*stays {
            let start = gone.map_or(span.start, |gone| gone.start);
            gone = Some(Span { start, ..*span });
            continue;
        }
        if let Some(gone) = gone.take() {
            let before = last_staying.filter(|before| {
                !cut(text, before.end as usize..gone.start as usize).contains('\n')
            });
            edits.push(Edit::remove(match before {
                Some(before) => Span {
                    start: before.end,
                    ..gone
                },
                None => Span {
                    end: span.start,
                    ..gone
                },
            }));
        }
        last_staying = Some(*span);
    }
    if let Some(gone) = gone {
        let start = last_staying.map_or(gone.start, |stays| stays.end);
        edits.push(Edit::remove(Span { start, ..gone }));
    }
    edits
}

/// Puts names into a rule's list: in their place where it is sorted, else at its end.
fn insertions(rule: &Rule, text: &str, staying: &[bool], new: &BTreeSet<String>) -> Vec<Edit> {
    let kept = rule.names.iter().zip(staying).filter(|(_, stays)| **stays);
    let kept: Vec<&Spanned<String>> = kept.map(|(name, _)| name).collect();
    let is_sorted = rule.names.iter().map(|name| &name.value).is_sorted();
    let gap = gap(rule, text);
    let mut behind: BTreeMap<u32, (Span, String)> = BTreeMap::new();
    let mut before_first = String::new();
    for name in new {
        let after = if is_sorted {
            kept.iter().rev().find(|there| there.value < *name)
        } else {
            kept.last()
        };
        match after {
            Some(there) => {
                let place = Span {
                    start: there.span.end,
                    ..there.span
                };
                let (_, text) = behind.entry(place.start).or_insert((place, String::new()));
                let _ = write!(text, ",{gap}\"{name}\"");
            }
            None => {
                let _ = write!(before_first, "\"{name}\",{gap}");
            }
        }
    }
    let first = kept.first().filter(|_| !before_first.is_empty());
    let first = first.map(|first| Edit::insert(first.span, before_first));
    let behind = behind
        .into_values()
        .map(|(place, text)| Edit::insert(place, text));
    first.into_iter().chain(behind).collect()
}

/// What stands between the comma and the next name.
fn gap<'t>(rule: &Rule, text: &'t str) -> &'t str {
    let between = rule
        .names
        .first()
        .zip(rule.names.get(1))
        .map(|(one, next)| cut(text, one.span.end as usize..next.span.start as usize));
    let blank = between.and_then(|between| between.split(',').nth(1));
    blank.filter(|gap| gap.trim().is_empty()).unwrap_or(" ")
}

/// Rules for what no rule says yet, behind the last one that stays.
fn new_rules(
    spans: &[Span],
    kept: &[bool],
    text: &str,
    added: &BTreeMap<Clause, BTreeSet<String>>,
) -> Option<Edit> {
    let last = spans.iter().zip(kept).rev().find(|(_, stays)| **stays);
    let (last, _) = last?;
    if added.is_empty() {
        return None;
    }
    let indent = indent(last, text);
    let mut new = String::new();
    for (clause, names) in added {
        let mut rule = clause.rule();
        rule.names = names.iter().cloned().collect();
        // As it is written it is for two levels of two blanks.
        let written = rule.text().replace("\n    ", &format!("\n{indent}"));
        let _ = write!(new, ",\n{indent}{written}");
    }
    let place = Span {
        start: last.end,
        ..*last
    };
    Some(Edit::insert(place, new))
}

/// What stands before an item on its line.
fn indent<'t>(item: &Span, text: &'t str) -> &'t str {
    let line_start = cut(text, 0..item.start as usize)
        .rfind('\n')
        .map_or(0, |at| at + 1);
    let indent = cut(text, line_start..item.start as usize);
    if indent.trim().is_empty() {
        indent
    } else {
        "    "
    }
}

/// The machines that the default has come to know, where the copy maps machines as it does.
fn new_machines(profile: &Profile, text: &str, missed: &[Change]) -> Option<Edit> {
    let last = profile.arch_map.last()?.span;
    let indent = indent(&last, text);
    let mut new = String::new();
    for change in missed {
        let Effect::Machine(abi) = change.effect else {
            continue;
        };
        let is_there = |machine: &Machine| {
            let name = machine.architecture.as_ref();
            name.is_some_and(|name| name.value == abi.scmp())
        };
        if !profile.arch_map.iter().any(is_there) {
            let _ = write!(
                new,
                ",\n{indent}{{\n{indent}  \"architecture\": \"{}\",\n{indent}  \"subArchitectures\": []\n{indent}}}",
                abi.scmp()
            );
        }
    }
    let place = Span {
        start: last.end,
        ..last
    };
    (!new.is_empty()).then(|| Edit::insert(place, new))
}
