//! What holds of the rules as a whole: pages, metadata, words.

use std::collections::{BTreeMap, BTreeSet};

use caulk_finding::{Fixes, Severities};
use caulk_rules::{ALL, find};
use caulk_source::Surface;

use crate::Failures;
use crate::case::{Case, Kind};
use crate::page::{folder, listing, name};
use crate::run::Run;
use crate::verdict::severities;

/// Every rule has cases that expect it and a bad and a good example; one whose severity is derived
/// has cases at two severities or more.
pub fn rules_have_pages(cases: &[Case]) -> Failures {
    let mut failures = Failures::new();
    let severities = severities(cases);
    for rule in ALL {
        let id = rule.info.id;
        let has = |kind: Kind| {
            cases
                .iter()
                .any(|case| case.rule == id && case.kind == kind)
        };
        if !has(Kind::Fixture) {
            failures.push(format!("{id}: no page in fixtures/{id}/"));
        }
        if !(has(Kind::Bad) && has(Kind::Good)) {
            failures.push(format!("{id}: its page wants a bad and a good example"));
        }
        if rule.info.page().contains("SAY ") {
            failures.push(format!("{id}: its page is still the template's"));
        }
        let shown: BTreeSet<_> = severities.get(id).into_iter().flatten().collect();
        let wanted = match rule.info.severities {
            Severities::Always(_) => 1,
            Severities::Derived { .. } => 2,
        };
        if shown.len() < wanted {
            let shown = shown.len();
            failures.push(format!(
                "{id}: cases at {wanted} severities are wanted, {shown} are there"
            ));
        }
    }
    failures
}

/// Every kind of file that a rule says it speaks about is shown on its pages, with a finding there.
pub fn surfaces_are_shown(cases: &[Case]) -> Failures {
    let mut shown: BTreeMap<&str, BTreeSet<Surface>> = BTreeMap::new();
    for case in cases {
        let run = Run::plain(case);
        let own = run.report.findings.iter().map(|reported| &reported.finding);
        let surfaces = own.filter(|finding| finding.rule.id == case.rule);
        let shown = shown.entry(case.rule.as_str()).or_default();
        shown.extend(surfaces.map(|finding| finding.surface));
    }
    let mut failures = Failures::new();
    for rule in ALL {
        let id = rule.info.id;
        let there = shown.get(id);
        let is_shown = |surface: &Surface| there.is_some_and(|there| there.contains(surface));
        for surface in rule
            .info
            .surfaces
            .iter()
            .filter(|surface| !is_shown(surface))
        {
            failures.push(format!(
                "{id}: no page shows a finding in a {}",
                surface.title()
            ));
        }
    }
    failures
}

/// Every folder of pages is a rule's.
pub fn folders_are_rules() -> Failures {
    let folders = listing(&folder()).into_iter().map(|folder| name(&folder));
    let strays = folders.filter(|folder| find(folder).is_none());
    strays
        .map(|folder| format!("fixtures/{folder}/ is no rule's"))
        .collect()
}

/// Every finding keeps to what its rule says of itself: severity, confidence, surface, fixes.
pub fn findings_keep_to_their_rule(cases: &[Case]) -> Failures {
    let mut failures = Failures::new();
    for case in cases {
        let run = Run::plain(case);
        for reported in &run.report.findings {
            let finding = &reported.finding;
            let rule = finding.rule;
            let severity = match rule.severities {
                Severities::Always(severity) => finding.severity == severity,
                Severities::Derived { least, worst } => (least..=worst).contains(&finding.severity),
            };
            let applicability = reported.fix.as_ref().map(|fix| fix.applicability.name());
            let fix = match rule.fixes {
                Fixes::None => applicability.is_none() && finding.remedy.is_none(),
                Fixes::Safe => applicability != Some("unsafe"),
                Fixes::Unsafe => true,
            };
            let checks = [
                (severity, "severity"),
                (finding.confidence <= rule.confidence, "confidence"),
                (rule.surfaces.contains(&finding.surface), "surface"),
                (fix, "fix"),
            ];
            for (_, what) in checks.iter().filter(|(holds, _)| !holds) {
                let finding = run.describe(finding);
                failures
                    .push(case.failure(&format!("a {what} its rule does not declare: {finding}")));
            }
        }
    }
    failures
}

/// Every message, label and fix title: lower case, no full stop, one line.
pub fn messages_keep_to_the_style(cases: &[Case]) -> Failures {
    let mut failures = Failures::new();
    for case in cases {
        let run = Run::plain(case);
        for reported in &run.report.findings {
            let finding = &reported.finding;
            let labels = std::iter::once(&finding.primary).chain(&finding.related);
            let mut texts: Vec<(&str, &str)> = vec![("message", &finding.message)];
            texts.extend(labels.map(|label| ("label", label.text.as_str())));
            texts.extend(reported.fix.iter().map(|fix| ("title", fix.title.as_str())));
            for (what, text) in texts {
                if let Some(wrong) = wrong_style(text) {
                    failures.push(case.failure(&format!("{what} {wrong}: {text:?}")));
                }
            }
            if finding.why.is_empty() {
                failures.push(case.failure(&format!("no why: {}", run.describe(finding))));
            }
        }
    }
    failures.sort();
    failures.dedup();
    failures
}

/// Names that keep their capital at the beginning of a message.
const PROPER: &[&str] = &[
    "Docker",
    "Dockerfile",
    "Compose",
    "Linux",
    "Podman",
    "Windows",
    "Kubernetes",
];

fn wrong_style(text: &str) -> Option<&'static str> {
    let word = text
        .split(|sign: char| !sign.is_alphanumeric())
        .next()
        .unwrap_or_default();
    let capitals = word.chars().filter(|sign| sign.is_uppercase()).count();
    let begins = word.starts_with(char::is_uppercase);
    if text.trim().is_empty() {
        Some("is empty")
    } else if begins && capitals == 1 && !PROPER.contains(&word) {
        Some("begins with a capital")
    } else if text.ends_with('.') && !text.ends_with("..") {
        Some("ends with a full stop")
    } else if text.contains('\n') || text != text.trim() {
        Some("is more than one line, or has blanks around it")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_to_the_style() {
        for good in [
            "this user is root",
            "`USER` is root",
            "AppArmor is off",
            "Docker refuses it",
        ] {
            assert_eq!(wrong_style(good), None, "{good}");
        }
        for bad in ["This is", "it ends.", "", "two\nlines"] {
            assert!(wrong_style(bad).is_some(), "{bad}");
        }
    }
}
