//! The traps of the container model: what people, and other tools, take for true and is not. Each is
//! named on a fixture page, as `Trap 24: …` in the sentence of a case.
#![expect(
    clippy::disallowed_methods,
    reason = "the pages lie on disk, and this reads them"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Each trap in a few words. Numbers above these belong to Compose's loading, to seccomp profiles and
/// to command lines.
///
/// Two are named where they can be shown, which is not all of them: what a daemon is set to (20) and
/// what Swarm leaves out (28) stands in no file that is read.
const TRAPS: &[(u32, &str)] = &[
    (1, "a stage inherits the USER of the stage it stands on"),
    (2, "only the stage that is built counts"),
    (3, "arguments and variables stand in USER"),
    (4, "which texts are numbers, and which of them zero"),
    (5, "user and group are split at the first colon"),
    (6, "a name can be uid 0"),
    (7, "a number without an account keeps group 0"),
    (
        8,
        "an explicit group takes the image's supplementary groups away",
    ),
    (9, "base images that do not run as root"),
    (10, "entrypoints that start as root and step down"),
    (11, "COPY and ADD give files to root"),
    (12, "steps that need root come before USER"),
    (13, "Windows has no uid 0"),
    (14, "triggers, heredocs, directives, case"),
    (15, "a privileged build step is not a privileged container"),
    (16, "USER takes exactly one argument"),
    (
        17,
        "the service's user comes before the image's, an empty one does not",
    ),
    (18, "numbers as YAML reads them"),
    (19, "group_add gives groups that are as good as root"),
    (20, "remapped users, and the way out of that"),
    (21, "the engine's default set"),
    (22, "how a capability may be spelt"),
    (23, "the order in which lists are applied"),
    (24, "what ALL and the same name in both lists come to"),
    (25, "an unknown name stops the container"),
    (
        26,
        "a process that is not root loses its capabilities at exec",
    ),
    (27, "an added capability opens system calls"),
    (28, "Swarm ignores most of it"),
    (29, "two separators"),
    (30, "spellings of no-new-privileges; the last entry wins"),
    (31, "where a profile is looked for"),
    (32, "profiles that are missing, broken or empty"),
    (33, "labels: spellings, types, and what takes them away"),
    (34, "systempaths is taken in one spelling"),
    (35, "AppArmor's default, and privileged mode"),
    (36, "what privileged mode takes away, and what it leaves"),
    (37, "cgroup and cgroup_parent are two things"),
];

/// The last number of all.
const LAST: u32 = 63;

fn listing(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}

/// The numbers after `Trap` and `Traps`: `Trap 4`, `trap 27`, `Traps 23 and 24`, `Traps 1, 2 and 3`.
fn named(text: &str) -> BTreeSet<u32> {
    let mut numbers = BTreeSet::new();
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let word = word.trim_start_matches('(');
        if !["Trap", "trap", "Traps", "traps"].contains(&word) {
            continue;
        }
        while let Some(next) = words.peek() {
            let digits = next.trim_end_matches(|sign: char| !sign.is_ascii_digit());
            match digits.parse() {
                Ok(number) => {
                    numbers.insert(number);
                }
                Err(_) if *next == "and" => {}
                Err(_) => break,
            }
            words.next();
        }
    }
    numbers
}

#[test]
fn every_trap_is_a_case() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut places: BTreeMap<u32, Vec<PathBuf>> = BTreeMap::new();
    for page in listing(&fixtures).iter().flat_map(|folder| listing(folder)) {
        let text = std::fs::read_to_string(&page).expect("a page");
        for number in named(&text) {
            places.entry(number).or_default().push(page.clone());
        }
    }
    let missing: Vec<String> = TRAPS
        .iter()
        .filter(|(number, _)| !places.contains_key(number))
        .map(|(number, words)| format!("{number}: {words}"))
        .collect();
    assert!(missing.is_empty(), "no page names {missing:#?}");
    let stray = places.iter().find(|(number, _)| **number > LAST);
    assert!(stray.is_none(), "there is no such trap: {stray:#?}");
}

#[test]
fn the_list_has_every_number_once() {
    let numbers: Vec<u32> = TRAPS.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=37).collect::<Vec<_>>());
}

#[test]
fn how_a_page_names_a_trap() {
    assert_eq!(named("Trap 4: x"), [4].into());
    assert_eq!(
        named("as said (trap 27). Traps 23 and 24, too"),
        [23, 24, 27].into()
    );
    assert_eq!(named("Trapped 4, a trap, 5"), [].into());
}
