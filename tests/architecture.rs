//! `docs/architecture.md` is true: the crates depend on each other as it says, and what it names is
//! there.
#![expect(
    clippy::disallowed_methods,
    reason = "it compares a page on disk with the workspace"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Whom each crate depends on, among ours.
type Doors = BTreeMap<String, BTreeSet<String>>;

const PAGE: &str = "docs/architecture.md";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page() -> String {
    std::fs::read_to_string(root().join(PAGE)).expect("the page is there")
}

/// The words in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The doors as the page's table has them: a crate, then those it may depend on.
fn listed(page: &str) -> Doors {
    let table = page
        .split_once("<!-- doors:begin -->")
        .and_then(|(_, rest)| rest.split_once("<!-- doors:end -->"))
        .map_or("", |(table, _)| table);
    let mut doors = Doors::new();
    for row in table.lines() {
        let mut names = quoted(row).map(str::to_owned);
        if let Some(from) = names.next() {
            let again = doors.insert(from, names.collect());
            assert!(again.is_none(), "a crate is listed twice: {row}");
        }
    }
    doors
}

/// The doors as the manifests have them. Dev-dependencies are none: nothing that ships goes
/// through them.
fn real() -> Doors {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo knows the workspace");
    let names: BTreeSet<String> = metadata
        .packages
        .iter()
        .map(|package| package.name.to_string())
        .collect();
    let doors = metadata.packages.iter().map(|package| {
        let dependencies = package.dependencies.iter();
        let normal = dependencies.filter(|dependency| dependency.kind == DependencyKind::Normal);
        let ours = normal.map(|dependency| dependency.name.clone());
        let ours = ours.filter(|name| names.contains(name));
        (package.name.to_string(), ours.collect())
    });
    doors.collect()
}

#[test]
fn the_doors_between_the_crates_are_those_of_the_page() {
    let pairs = |doors: Doors| -> BTreeSet<(String, String)> {
        let pairs = doors.into_iter();
        pairs
            .flat_map(|(from, to)| to.into_iter().map(move |to| (from.clone(), to)))
            .collect()
    };
    let (listed, real) = (listed(&page()), real());
    let crates = |doors: &Doors| -> Vec<String> { doors.keys().cloned().collect() };
    assert_eq!(
        crates(&listed),
        crates(&real),
        "{PAGE} lists other crates than there are"
    );
    let (listed, real) = (pairs(listed), pairs(real));
    let new: Vec<_> = real.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&real).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "in the manifests and not in {PAGE}: {new:?}\nin {PAGE} and not in the manifests: {gone:?}"
    );
}

#[test]
fn what_the_page_names_is_there() {
    let page = page();
    // Backticks pair up within a line, except in fences and where a fence is spoken of.
    let lines = page.lines().filter(|line| !line.contains("```"));
    let is_path = |name: &&str| {
        let tops = ["crates/", "docs/", "tests/", "examples/", "clippy.toml"];
        tops.iter().any(|top| name.starts_with(top)) && !name.contains(['<', '*', ' '])
    };
    let names: Vec<&str> = lines.flat_map(quoted).filter(is_path).collect();
    assert!(names.len() > 3, "the page names its files: {names:?}");
    let missing: Vec<_> = names
        .iter()
        .filter(|name| !root().join(name).exists())
        .collect();
    assert!(
        missing.is_empty(),
        "{PAGE} names what is not there: {missing:?}"
    );
}

#[test]
fn a_door_opens_one_way() {
    let doors = real();
    for (from, to) in &doors {
        for other in to {
            let back = doors.get(other).is_some_and(|back| back.contains(from));
            assert!(!back, "{from} and {other} depend on each other");
        }
    }
    let testing = doors.iter().filter(|(_, to)| to.contains("caulk-testing"));
    assert_eq!(
        testing.count(),
        0,
        "the fixture runner is a dev-dependency and nothing else"
    );
}
