//! Files in many styles, with weaknesses planted in them: each is fixed, alone and together with the
//! others, and what was not planted must stand as it stood.
//!
//! The generator knows of every line whether a fix may touch it. So it is asked of lines, and of
//! the trees that another reader makes of them, and not of what caulk made of the file.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failure of the generator is a failure of the test"
)]

mod compose;
mod dockerfile;
mod numbers;
mod profile;

use std::collections::BTreeMap;
use std::io::Write as _;

use caulk_check::{Settings, check_and_plan, judge};
use caulk_finding::{Level, Plan};
use caulk_source::{Edit, FileId, SourceFile, Sources, apply_edits};
use rayon::prelude::*;

use numbers::Numbers;

/// What a profile is called.
const PROFILE: &str = "seccomp.json";

/// A line, and whether a fix may change it or take it away.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) may_go: bool,
}

/// A generated file.
pub(crate) struct Generated {
    path: &'static str,
    lines: Vec<Line>,
    ending: &'static str,
    mark: bool,
    ends: bool,
}

impl Generated {
    fn new(path: &'static str, mut lines: Vec<Line>, numbers: &mut Numbers) -> Self {
        // An empty last line without an ending is none.
        while lines.last().is_some_and(|line| line.text.trim().is_empty()) {
            lines.pop();
        }
        Self {
            path,
            lines,
            ending: numbers.pick(&["\n", "\n", "\n", "\r\n"]),
            // Before JSON the mark is itself a weakness.
            mark: path != PROFILE && numbers.one_in(12),
            ends: !numbers.one_in(4),
        }
    }

    fn text(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|line| line.text.as_str()).collect();
        let mark = if self.mark { "\u{feff}" } else { "" };
        let end = if self.ends { self.ending } else { "" };
        format!("{mark}{}{end}", lines.join(self.ending))
    }

    /// What is not as it was in a text that a fix has left.
    fn damage(&self, now: &str) -> Option<String> {
        if now.starts_with('\u{feff}') != self.mark {
            return Some("the mark".to_owned());
        }
        if now.ends_with('\n') != self.ends {
            return Some("the last line's ending".to_owned());
        }
        let bare = now.matches('\n').count() - now.matches("\r\n").count();
        let returns = now.matches("\r\n").count();
        // One line without an ending does not say how lines end.
        let says = self.ends || self.lines.len() > 1;
        if says && ((self.ending == "\n" && returns > 0) || (self.ending == "\r\n" && bare > 0)) {
            return Some("a line's ending".to_owned());
        }
        let mut lines = now.trim_start_matches('\u{feff}').lines();
        // In JSON the comma of a line belongs to what follows it.
        let is_json = self.path == PROFILE;
        let bare = |text: &'_ str| match text.strip_suffix(',') {
            Some(bare) if is_json => bare.to_owned(),
            _ => text.to_owned(),
        };
        for line in self.lines.iter().filter(|line| !line.may_go) {
            let text = bare(&line.text);
            if !lines.any(|other| bare(other) == text) {
                return Some(format!("the line {:?}", line.text));
            }
        }
        None
    }
}

/// What was tried.
#[derive(Default)]
struct Tally {
    files: usize,
    alone: usize,
    together: usize,
    withheld: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn add(mut self, other: Self) -> Self {
        self.files += other.files;
        self.alone += other.alone;
        self.together += other.together;
        self.withheld += other.withheld;
        self.wrong.extend(other.wrong);
        self
    }
}

fn settings() -> Settings {
    Settings::at(Level::Hardened)
}

fn after(sources: &Sources, edits: &[Edit]) -> Sources {
    let mut changed: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
    for edit in edits {
        changed
            .entry(edit.span.file)
            .or_default()
            .push(edit.clone());
    }
    let mut after = sources.clone();
    for (id, edits) in changed {
        let file = sources.get(id).unwrap();
        let bytes = apply_edits(file.bytes(), &edits).expect("edits that fit");
        after.add(SourceFile::new(file.path(), bytes));
    }
    after
}

/// Fixes each weakness of these files alone, and all of them together.
fn try_case(files: &[Generated]) -> Tally {
    let sources = files
        .iter()
        .map(|file| SourceFile::new(file.path, file.text().into_bytes()));
    let sources = Sources::from_files(sources);
    let report = check_and_plan(&sources, &settings(), &|_, _| true);
    let mut tally = Tally {
        files: files.len(),
        ..Tally::default()
    };
    let mut wrong = Vec::new();
    for reported in &report.findings {
        tally.withheld += usize::from(reported.withheld.is_some());
        let Some(fix) = &reported.fix else { continue };
        tally.alone += 1;
        let fixed = after(&sources, &fix.edits);
        let now = judge(&fixed, &settings());
        let open = |findings: &[caulk_finding::Reported]| {
            let same = |other: &&caulk_finding::Reported| {
                let (one, other) = (&reported.finding, &other.finding);
                let about = (one.rule.id, &one.container, &one.fact);
                about == (other.rule.id, &other.container, &other.fact)
                    && one.primary.span.file == other.primary.span.file
                    && other.severity >= one.severity
            };
            findings.iter().filter(same).count()
        };
        // Of several that are alike one is gone.
        if open(&now.findings) >= open(&report.findings) {
            wrong.push(format!("{}: it stays open", reported.finding.message));
        }
        let what = damages(files, &fixed);
        wrong.extend(what.map(|what| format!("{}: {what}", reported.finding.message)));
    }
    let mut fixed = sources.clone();
    for (id, bytes) in report.plan.after() {
        fixed.add(SourceFile::new(sources.path(id), bytes));
    }
    tally.together = report.plan.steps().count();
    wrong.extend(damages(files, &fixed).map(|what| format!("all together: {what}")));
    let again = check_and_plan(&fixed, &settings(), &|_, _| true);
    if again.plan != Plan::default() {
        wrong.push("all together do not settle".to_owned());
    }
    let shown: Vec<String> = files
        .iter()
        .map(|file| format!("--- {}\n{}", file.path, file.text()))
        .collect();
    tally.wrong = wrong
        .into_iter()
        .map(|wrong| format!("{wrong}\n{}", shown.join("\n")))
        .collect();
    tally
}

fn damages(files: &[Generated], fixed: &Sources) -> Option<String> {
    files.iter().find_map(|file| {
        let now = fixed.get(fixed.find(file.path)?)?.text();
        let what = file.damage(now).or_else(|| match file.path {
            "compose.yaml" | "base.yaml" => compose::damage(&file.text(), now),
            PROFILE => profile::damage(&file.text(), now),
            _ => None,
        })?;
        Some(format!("{what} is lost\n=== now\n{now}"))
    })
}

fn try_many(name: &str, cases: u64, seed: u64, make: fn(&mut Numbers) -> Vec<Generated>) {
    let tallies = (0..cases).into_par_iter().map(|case| {
        try_case(&make(&mut Numbers::new(
            seed ^ case.wrapping_mul(0x9e37_79b9),
        )))
    });
    let tally = tallies.reduce(Tally::default, Tally::add);
    let Tally {
        files,
        alone,
        together,
        withheld,
        wrong,
    } = tally;
    let _ = writeln!(
        std::io::stderr(),
        "{name}: {cases} cases of {files} files, {alone} fixes alone, {together} together, \
         {withheld} withheld, {} wrong",
        wrong.len()
    );
    assert!(alone > 0, "nothing was fixed");
    let some: Vec<&str> = wrong.iter().take(8).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{}", some.join("\n\n"));
}

fn compose_file(numbers: &mut Numbers) -> Vec<Generated> {
    let lines = compose::lines(numbers);
    vec![Generated::new("compose.yaml", lines, numbers)]
}

fn dockerfile(numbers: &mut Numbers) -> Vec<Generated> {
    let lines = dockerfile::lines(numbers);
    vec![Generated::new("Dockerfile", lines, numbers)]
}

fn both(numbers: &mut Numbers) -> Vec<Generated> {
    let image = dockerfile::lines(numbers);
    let service = compose::of_a_build(numbers);
    vec![
        Generated::new("Dockerfile", image, numbers),
        Generated::new("compose.yaml", service, numbers),
    ]
}

fn services_that_extend(numbers: &mut Numbers) -> Vec<Generated> {
    let base = compose::base_of_others(numbers);
    let services = compose::that_extend(numbers);
    vec![
        Generated::new("base.yaml", base, numbers),
        Generated::new("compose.yaml", services, numbers),
    ]
}

fn profile(numbers: &mut Numbers) -> Vec<Generated> {
    let lines = profile::lines(numbers);
    vec![Generated::new(PROFILE, lines, numbers)]
}

fn service_under_a_profile(numbers: &mut Numbers) -> Vec<Generated> {
    let profile = profile::lines(numbers);
    let service = compose::under_a_profile(numbers);
    vec![
        Generated::new("compose.yaml", service, numbers),
        Generated::new(PROFILE, profile, numbers),
    ]
}

#[test]
fn compose_files_in_many_styles() {
    try_many("compose files", 300, 0x0c0f_fee0, compose_file);
}

#[test]
fn dockerfiles_in_many_styles() {
    try_many("dockerfiles", 300, 0x00d0_c4e5, dockerfile);
}

#[test]
fn services_and_what_they_build() {
    try_many("both", 100, 0x0b07_4000, both);
}

#[test]
fn services_and_what_they_extend() {
    try_many("extending", 100, 0x0e07_4000, services_that_extend);
}

#[test]
fn profiles_in_many_styles() {
    try_many("profiles", 60, 0x05ec_c040, profile);
    try_many("under one", 20, 0x05ec_c041, service_under_a_profile);
}

#[test]
#[ignore = "for optimized code: CI runs it with --release"]
fn ten_thousand_of_them() {
    try_many("compose files", 5_000, 0x0c0f_fee1, compose_file);
    try_many("dockerfiles", 2_500, 0x00d0_c4e6, dockerfile);
    try_many("both", 1_500, 0x0b07_4001, both);
    try_many("extending", 1_500, 0x0e07_4001, services_that_extend);
    try_many("profiles", 1_200, 0x05ec_c042, profile);
    try_many("under one", 400, 0x05ec_c043, service_under_a_profile);
}

#[test]
#[ignore = "many minutes: before a release"]
fn a_hundred_thousand_of_them() {
    try_many("compose files", 60_000, 0x1111, compose_file);
    try_many("dockerfiles", 30_000, 0x2222, dockerfile);
    try_many("both", 15_000, 0x3333, both);
    try_many("extending", 15_000, 0x6666, services_that_extend);
    try_many("profiles", 10_000, 0x4444, profile);
    try_many("under one", 4_000, 0x5555, service_under_a_profile);
}
