//! What a fix does: it closes its finding, opens none, and changes nothing else.

use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::{
    Applicability, Change, FilterChange, Finding, Fix, Hardening, Remedy, Reported,
};

use crate::Failures;
use crate::case::Case;
use crate::comments::lost_comments;
use crate::run::Run;
use crate::tree::{Difference, differences};

/// Every fix of every case, with the files before and after it.
fn each_fix(
    cases: &[Case],
    mut judge: impl FnMut(&Run, &Reported, &Fix, &Run) -> Vec<String>,
) -> Failures {
    let mut failures = Failures::new();
    for case in cases {
        let run = Run::plain(case);
        for reported in &run.report.findings {
            let Some(fix) = &reported.fix else { continue };
            let wrong = match run.after(&fix.edits) {
                Some(after) => judge(&run, reported, fix, &after),
                None => vec!["two of its edits overlap, or one lies outside".to_owned()],
            };
            let finding = run.describe(&reported.finding);
            let told = wrong
                .iter()
                .map(|what| format!("the fix of {finding}\n  {what}"));
            failures.extend(told.map(|what| case.failure(&what)));
        }
    }
    failures
}

/// A fix removes its finding and adds none, judged over all rules.
///
/// Not new is a finding that is less severe than the one removed and about the same rule and
/// container, one of a stricter level (what a container still holds once the worst of it is closed),
/// and one that the removed one was masking: then its words name the other's rule, or,
/// within one rule, its related places name the other's container.
pub fn fixes_close_their_finding(cases: &[Case]) -> Failures {
    each_fix(cases, |run, reported, fix, after| {
        let (before, now) = (alike(run), alike(after));
        let count = |of: &BTreeMap<Alike, usize>, key: &Alike| of.get(key).copied().unwrap_or(0);
        let mut wrong = Vec::new();
        let own = about(run, &reported.finding);
        if count(&now, &own) >= count(&before, &own) {
            wrong.push("leaves it open".to_owned());
        }
        for other in &after.report.findings {
            let key = about(after, &other.finding);
            if count(&now, &key) > count(&before, &key)
                && !excused(run, reported, fix, &other.finding)
            {
                wrong.push(format!("opens {}", after.describe(&other.finding)));
            }
        }
        wrong
    })
}

/// What a finding is about, whatever the lines: its rule, file, container and fact. Two findings may
/// be alike, and then each of them counts.
type Alike = (&'static str, String, Option<String>, String);

fn about(run: &Run, finding: &Finding) -> Alike {
    let path = run.sources.path(finding.primary.span.file).to_owned();
    let (container, fact) = (finding.container.clone(), finding.fact.clone());
    (finding.rule.id, path, container, fact)
}

fn alike(run: &Run) -> BTreeMap<Alike, usize> {
    let mut counts = BTreeMap::new();
    for reported in &run.report.findings {
        *counts.entry(about(run, &reported.finding)).or_insert(0) += 1;
    }
    counts
}

fn excused(run: &Run, removed: &Reported, fix: &Fix, opened: &Finding) -> bool {
    let Reported { finding, .. } = removed;
    if finding.rule.id == opened.rule.id && finding.container == opened.container {
        return opened.severity < finding.severity;
    }
    if finding.rule.level < opened.rule.level {
        return true;
    }
    // One finding for several containers names the others: then the next of them takes its place.
    let named = opened.container.as_deref().unwrap_or("\0");
    if finding.rule.id == opened.rule.id {
        // Or another one did, that was about the same.
        let mut about = run.report.findings.iter().filter(|before| {
            let before = &before.finding;
            before.rule.id == opened.rule.id && before.fact == opened.fact
        });
        let is_about = |finding: &Finding| {
            let mut related = finding.related.iter();
            related.any(|label| label.text.contains(named))
        };
        return is_about(finding) || about.any(|before| is_about(&before.finding));
    }
    let advice = finding.advice.as_deref().unwrap_or_default();
    let may_break = fix.applicability.may_break().unwrap_or_default();
    let named = format!("`{}`", opened.rule.id);
    [
        &finding.message,
        &finding.why,
        advice,
        &fix.title,
        may_break,
    ]
    .iter()
    .any(|words| words.contains(&named))
}

/// Applying all fixes twice equals applying them once, of the safe ones and of all; and no two edits
/// of one fix overlap.
pub fn fixes_settle_at_once(cases: &[Case]) -> Failures {
    let mut failures = each_fix(cases, |_, _, fix, _| {
        let pairs = (1..).zip(&fix.edits);
        let overlap = pairs
            .flat_map(|(next, edit)| fix.edits.iter().skip(next).map(move |other| (edit, other)))
            .find(|(edit, other)| edit.overlaps(other));
        overlap
            .map(|pair| format!("has edits that overlap: {pair:?}"))
            .into_iter()
            .collect()
    });
    for case in cases {
        for safe_alone in [true, false] {
            let once = apply(&Run::plain(case), safe_alone);
            let twice = apply(&once, safe_alone);
            if once.texts() != twice.texts() {
                failures.push(case.failure(&format!(
                    "fixes applied again change more\n  once: {:?}\n  twice: {:?}",
                    once.texts(),
                    twice.texts()
                )));
            }
        }
    }
    failures
}

/// All fixes that are wanted applied together.
fn apply(run: &Run, safe_alone: bool) -> Run {
    let wanted = |_: &Finding, fix: &Fix| !safe_alone || fix.applicability == Applicability::Safe;
    run.after_plan(&run.planned_fixes(wanted).plan)
}

/// A fix changes nothing but the value that it names, compared as trees; a comment on a removed
/// line goes with it only in an unsafe fix, and no other comment is lost.
pub fn fixes_change_only_what_they_name(cases: &[Case]) -> Failures {
    each_fix(cases, |run, reported, fix, after| {
        let mut wrong = Vec::new();
        let mut changed: Vec<Difference> = Vec::new();
        let mut compared = true;
        for (id, path, before) in run.texts() {
            let now = after.sources.get(id).map_or("", |file| file.text());
            let edits = fix.edits.iter().filter(|edit| edit.span.file == id);
            let edited: Vec<_> = edits.map(|edit| edit.span.range()).collect();
            match differences(&path, &before, now) {
                Ok(Some(differences)) => changed.extend(differences),
                Ok(None) => compared &= before == now,
                Err(error) => wrong.push(format!("leaves `{path}` unreadable: {error}\n{now}")),
            }
            let is_unsafe = fix.applicability != Applicability::Safe;
            let lost = lost_comments(&before, now, &edited, is_unsafe);
            wrong.extend(
                lost.iter()
                    .map(|comment| format!("loses the comment {comment:?}")),
            );
        }
        if let Some(remedy) = &reported.finding.remedy
            && compared
            && wrong.is_empty()
            && !fits(remedy, &changed)
            && !fits_in_a_line(remedy, &changed)
        {
            let changed: Vec<_> = changed.iter().map(ToString::to_string).collect();
            wrong.push(format!(
                "is to {}; it did: {}",
                fix.title,
                changed.join(", ")
            ));
        }
        wrong
    })
}

/// Whether the differences are no more than what the remedy says. Several changes may meet in one
/// difference: a list whose last two items go, goes with them.
fn fits(remedy: &Remedy, changed: &[Difference]) -> bool {
    let named = |difference: &Difference| {
        remedy.changes.iter().any(|change| match change {
            Change::RunAs { user, .. } => {
                difference.sets("user", user) || difference.sets_in_dockerfile(user)
            }
            Change::Remove { .. } => difference.removes() || difference.writes_out(),
            Change::Become { value, .. } => difference.becomes(value),
            Change::ReadOnly { .. } => {
                difference.becomes("ro")
                    || difference.becomes(",readonly")
                    || difference.sets("read_only", "true")
            }
            Change::Set { key, .. } => difference.lies_in(key),
            Change::Harden { hardening, .. } => match hardening {
                Hardening::NoNewPrivileges => {
                    let service = difference.lies_in("security_opt")
                        && difference.becomes("no-new-privileges:true");
                    service
                        || (difference.lies_in("securityOpt")
                            && difference.becomes("no-new-privileges"))
                }
                Hardening::DropCapabilities { keep } => {
                    let added = || keep.iter().any(|kept| difference.becomes(kept));
                    let flag = difference.lies_in("runArgs") && difference.becomes("--cap-");
                    difference.lies_in("cap_drop")
                        || (difference.lies_in("cap_add") && added())
                        || flag
                }
                Hardening::ReadOnlyRoot => difference.sets("read_only", "true"),
            },
            Change::Filter { change, .. } => filters(difference, change),
        })
    };
    let places = remedy.changes.iter().map(places);
    let mut places: usize = places.fold(0, usize::saturating_add);
    // A flag and its value are two items there.
    if changed
        .iter()
        .all(|difference| difference.lies_in("runArgs"))
    {
        places = places.saturating_mul(2);
    }
    // What an anchor shares is one text, and one difference wherever it is read.
    let written: BTreeSet<_> = changed.iter().map(Difference::text).collect();
    !changed.is_empty() && written.len() <= places && changed.iter().all(named)
}

/// Whether a difference lies where the rules or the architectures of a profile do. What the calls
/// of a list are exchanged for cannot be told from its items, which move up; that the finding is
/// closed and none is opened says the rest.
fn filters(difference: &Difference, change: &FilterChange) -> bool {
    let adds = [
        &change.as_default,
        &change.rebased,
        &change.allowed,
        &change.missing,
    ];
    let only_removes = adds.iter().all(|calls| calls.is_empty());
    let rules = difference.lies_in("syscalls") && (!only_removes || !difference.adds());
    rules
        || (only_removes && difference.lies_in("subArchitectures") && !difference.adds())
        || (only_removes && difference.lies_in("architectures") && !difference.adds())
}

/// The same of a command line, whose words are compared: a flag goes with its value, another value
/// comes, or flags come that say what is to hold.
fn fits_in_a_line(remedy: &Remedy, changed: &[Difference]) -> bool {
    let ([change], [difference]) = (remedy.changes.as_slice(), changed) else {
        return false;
    };
    let words = difference.words();
    let all_come = |expected: &[&str]| {
        let expected = |word: &String| {
            let bare = word.trim_matches(['"', '\'']);
            expected.iter().any(|expected| bare.ends_with(expected))
        };
        !words.come.is_empty() && words.come.iter().all(expected)
    };
    let user_words = |user: &str| -> Vec<String> { user.split(':').map(str::to_owned).collect() };
    match change {
        // A flag, its value, and what that consists of.
        Change::Remove { .. } => words.come.is_empty() && (1..=3).contains(&words.gone.len()),
        Change::Become { value, .. } => {
            let ends: Vec<&str> = value
                .splitn(2, [':', '='])
                .chain([value.as_str()])
                .collect();
            words.gone.len() <= 2 && all_come(&ends)
        }
        Change::ReadOnly { .. } => {
            words.gone.len() <= 2 && all_come(&["ro", ":ro", ",readonly", "readonly"])
        }
        Change::Set { .. } | Change::Filter { .. } => false,
        Change::RunAs { user, .. } => {
            let parts = user_words(user);
            let mut flags = vec!["--user", "User", "Group", user.as_str()];
            flags.extend(parts.iter().map(String::as_str));
            words.gone.len() <= 2 && all_come(&flags)
        }
        Change::Harden { hardening, .. } => match hardening {
            Hardening::NoNewPrivileges => {
                let flags = [
                    "--security-opt",
                    "no-new-privileges",
                    "NoNewPrivileges",
                    "true",
                ];
                words.gone.len() <= 1 && all_come(&flags)
            }
            Hardening::DropCapabilities { keep } => {
                let mut flags = vec![
                    "--cap-drop",
                    "--cap-add",
                    "DropCapability",
                    "AddCapability",
                    "ALL",
                ];
                flags.extend(keep.iter().map(String::as_str));
                words.gone.is_empty() && all_come(&flags)
            }
            Hardening::ReadOnlyRoot => {
                words.gone.len() <= 1 && all_come(&["--read-only", "ReadOnly", "true"])
            }
        },
    }
}

/// In how many places a change may be written.
fn places(change: &Change) -> usize {
    match change {
        Change::Harden {
            hardening: Hardening::DropCapabilities { keep },
            ..
        } => 1 + keep.len(),
        Change::Filter { .. } => usize::MAX,
        Change::RunAs { .. }
        | Change::Remove { .. }
        | Change::Become { .. }
        | Change::ReadOnly { .. }
        | Change::Set { .. }
        | Change::Harden { .. } => 1,
    }
}
