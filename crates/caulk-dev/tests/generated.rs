//! What is generated is fresh: where it is not, it is written, and the test fails so that somebody
//! looks at the diff. Under `CI` it only fails.
#![expect(
    clippy::disallowed_methods,
    reason = "it asks whether this is a developer's machine"
)]

use caulk_dev::files::{Generated, State, names};
use caulk_dev::modules::{FOLDER, file_of, modules};
use caulk_dev::{from_rules, root};

fn assert_fresh(all: &[Generated]) {
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "1" || value == "true");
    let mut stale = Vec::new();
    for generated in all {
        let path = &generated.path;
        match generated.state(&root()) {
            State::Fresh => {}
            State::NoMarkers => stale.push(format!("{path}: no markers, {:?}", generated.extent)),
            State::Stale(_) if in_ci => stale.push(format!("{path}: run `cargo dev generate`")),
            State::Stale(whole) => {
                let written = generated.write(&root(), &whole);
                stale.push(written.map_or_else(
                    |error| format!("{path}: {error}"),
                    |()| format!("{path}: regenerated, look at the diff"),
                ));
            }
        }
    }
    assert!(stale.is_empty(), "stale:\n{}", stale.join("\n"));
}

#[test]
fn the_list_of_rules_is_the_folder() {
    let files = names(&root().join(FOLDER), ".rs").unwrap();
    assert_fresh(&[modules(&files)]);
}

#[test]
fn pages_and_tables_are_what_the_rules_say() {
    assert_fresh(&from_rules(caulk_rules::ALL));
}

#[test]
fn every_page_is_a_rules_page() {
    let all = from_rules(caulk_rules::ALL);
    for page in names(&root().join("docs/rules"), ".md").unwrap_or_default() {
        let path = format!("docs/rules/{page}.md");
        let known = all.iter().any(|generated| generated.path == path);
        assert!(
            known,
            "{path} is no rule's page: `cargo dev generate` removes it"
        );
    }
}

#[test]
fn ids_are_unique_and_each_is_its_files_name() {
    let mut ids: Vec<&str> = caulk_rules::ALL.iter().map(|rule| rule.info.id).collect();
    for id in &ids {
        assert!(
            root().join(file_of(id)).exists(),
            "{id} is not in {}",
            file_of(id)
        );
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "two rules have one id: {ids:?}");
}

#[test]
fn the_alias_lint_is_what_ready_runs() {
    let config = std::fs::read_to_string(root().join(".cargo/config.toml")).unwrap();
    let lint = config
        .lines()
        .find_map(|line| line.strip_prefix("lint = "))
        .unwrap();
    let steps = caulk_dev::ready::STEPS;
    assert!(
        steps
            .iter()
            .any(|step| step.arguments.join(" ") == lint.trim_matches('"')),
        "{lint}"
    );
}
