//! Every row of the coverage page is backed by a case of a fixture page, and no reference is lost.

use std::collections::BTreeSet;

use caulk_dev::coverage::{Cover, PARTS, Row, Verdict};
use caulk_finding::Reference;
use caulk_rules::ALL;
use caulk_testing::{Case, Kind, cases};

fn rows() -> impl Iterator<Item = &'static Row> {
    PARTS.iter().flat_map(|part| part.rows)
}

/// The rules that rows name, each with its row.
fn covers() -> impl Iterator<Item = (&'static str, &'static Cover)> {
    rows().flat_map(|row| {
        let covers = match row.verdict {
            Verdict::Covered(covers) => covers,
            Verdict::Not { .. } => &[],
        };
        covers.iter().map(|cover| (row.id, cover))
    })
}

#[test]
fn every_row_has_an_id_of_its_own_and_a_verdict() {
    let ids: Vec<&str> = rows().map(|row| row.id).collect();
    let distinct: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(distinct.len(), ids.len(), "{ids:?}");
    for row in rows() {
        let is_told = match row.verdict {
            Verdict::Covered(covers) => !covers.is_empty(),
            Verdict::Not { because, .. } => !because.is_empty(),
        };
        assert!(is_told && !row.detects.is_empty(), "{}", row.id);
    }
}

/// A heading is what follows the line of a case's origin: `page.md:3: Heading`.
fn heading(case: &Case) -> &str {
    case.origin.splitn(3, ':').nth(2).unwrap_or_default().trim()
}

#[test]
fn every_claim_is_shown_by_a_case_that_fires() {
    let cases = cases();
    let fires = |case: &Case| {
        let mut marks = case.files.iter().flat_map(|file| &file.marks);
        marks.any(|mark| mark.verdict.is_some())
    };
    let unshown: Vec<String> = covers()
        .filter(|(_, cover)| {
            let mut own = cases
                .iter()
                .filter(|case| case.kind == Kind::Fixture && case.rule == cover.rule);
            !own.any(|case| {
                let names_it = case.conditions.iter().any(|name| name == cover.shown);
                (names_it || heading(case) == cover.shown) && fires(case)
            })
        })
        .map(|(row, cover)| {
            format!(
                "{row}: `{}` has no case \"{}\" that fires",
                cover.rule, cover.shown
            )
        })
        .collect();
    assert!(unshown.is_empty(), "{}", unshown.join("\n"));
}

/// Where others look for what a row is about, the rule that finds it says who.
#[test]
fn the_rules_say_who_else_looks_for_a_row() {
    let wrong: Vec<String> = covers()
        .filter_map(|(row, cover)| Some(format!("{row}: {}", cover.references(ALL).err()?)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Standards speak of many things under one number; a program's check is about one.
#[test]
fn what_no_rule_finds_is_in_no_rules_references() {
    let checks = rows().flat_map(|row| {
        let peers = match row.verdict {
            Verdict::Not { peers, .. } => peers,
            Verdict::Covered(_) => &[],
        };
        peers.iter().map(|peer| (row.id, peer))
    });
    let mut found = Vec::new();
    for (row, peer) in checks.filter(|(_, peer)| peer.authority.is_program()) {
        let is_it = |one: &Reference| (one.authority, one.id) == (peer.authority, peer.id);
        let rules = ALL
            .iter()
            .filter(|rule| rule.info.references.iter().any(is_it));
        found.extend(rules.map(|rule| format!("{row}: `{}` names {}", rule.info.id, peer.id)));
    }
    assert!(
        found.is_empty(),
        "these rows say that no rule finds them: {}",
        found.join("; ")
    );
}

#[test]
fn every_reference_of_a_rule_is_in_one_of_its_rows() {
    let named: BTreeSet<&str> = covers().map(|(_, cover)| cover.rule).collect();
    let mut lost = Vec::new();
    for rule in ALL.iter().filter(|rule| named.contains(rule.info.id)) {
        let shown: Vec<Reference> = covers()
            .filter(|(_, cover)| cover.rule == rule.info.id)
            .flat_map(|(_, cover)| cover.references(ALL).unwrap_or_default())
            .collect();
        let references = rule.info.references.iter();
        lost.extend(
            references
                .filter(|reference| !shown.contains(reference))
                .map(|reference| format!("{}: {}", rule.info.id, reference.id)),
        );
    }
    assert!(
        lost.is_empty(),
        "no row shows these: say in crates/caulk-dev/src/coverage which one they are about\n{}",
        lost.join("\n")
    );
}
