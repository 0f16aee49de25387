//! Whether each surface and each condition of a rule has a case that fires and one that is silent.

use std::collections::BTreeSet;

use caulk_finding::RuleInfo;
use caulk_rules::ALL;
use caulk_source::Surface;

use crate::Failures;
use crate::case::{Case, CaseFile, Kind};

/// The section of a rule's page whose items are its conditions.
const SECTION: &str = "How it is judged";

/// One condition of a rule's page: an item `- *NAME*: …`.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Condition {
    name: String,
    shown: Shown,
}

/// Which cases a condition wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shown {
    /// One that fires and one that is silent.
    BothWays,
    /// `(fires)`: it never keeps the rule silent.
    Firing,
    /// `(silent)`: it always does.
    Silent,
}

/// Every surface that a rule declares, and every condition that its page names, has a case that fires
/// and a case that is silent; a condition that cannot have both says so.
pub fn conditions_have_cases(cases: &[Case]) -> Failures {
    ALL.iter()
        .flat_map(|rule| {
            let info = &rule.info;
            let own: Vec<&Case> = cases
                .iter()
                .filter(|case| case.rule == info.id && case.kind == Kind::Fixture)
                .collect();
            let mut failures = surfaces(info, &own);
            failures.extend(of_page(info.id, &info.page(), &own));
            failures
        })
        .collect()
}

fn surfaces(info: &RuleInfo, cases: &[&Case]) -> Failures {
    let mut failures = Failures::new();
    for surface in info.surfaces {
        let language = language(*surface);
        let has = |wanted: bool| {
            let mut files = cases.iter().flat_map(|case| &case.files);
            files.any(|file| file.language == language && fires(file) == wanted)
        };
        let title = surface.title();
        for (wanted, what) in [(true, "fires"), (false, "is silent")] {
            if !has(wanted) {
                failures.push(format!("{}: no {title} in a case {what}", info.id));
            }
        }
    }
    failures
}

/// The language of the fences that hold files of a surface.
fn language(surface: Surface) -> &'static str {
    match surface {
        Surface::Dockerfile => "dockerfile",
        Surface::Compose => "yaml",
        Surface::Seccomp => "json",
    }
}

/// Whether the rule has its primary place in this file.
fn fires(file: &CaseFile) -> bool {
    file.marks.iter().any(|mark| mark.verdict.is_some())
}

fn of_page(id: &str, page: &str, cases: &[&Case]) -> Failures {
    let mut failures = Failures::new();
    let conditions = match conditions(page) {
        Ok(conditions) => conditions,
        Err(why) => return vec![format!("{id}: {why}")],
    };
    for Condition { name, shown } in &conditions {
        let has = |wanted: bool| {
            let mut own = cases.iter().filter(|case| case.conditions.contains(name));
            own.any(|case| case.files.iter().any(fires) == wanted)
        };
        let wanted: &[(bool, &str)] = match shown {
            Shown::BothWays => &[(true, "fires"), (false, "is silent")],
            Shown::Firing => &[(true, "fires")],
            Shown::Silent => &[(false, "is silent")],
        };
        for (wanted, what) in wanted {
            if !has(*wanted) {
                failures.push(format!("{id}: no case {what} for `condition: {name}`"));
            }
        }
    }
    let named: BTreeSet<&String> = conditions.iter().map(|one| &one.name).collect();
    for case in cases {
        for name in case.conditions.iter().filter(|name| !named.contains(name)) {
            failures.push(case.failure(&format!("`{name}` is no condition of the rule's page")));
        }
    }
    failures
}

/// The conditions that a rule's page names.
fn conditions(page: &str) -> Result<Vec<Condition>, String> {
    let sections = page.split("\n## ");
    let section = sections
        .filter_map(|section| section.split_once('\n'))
        .find(|(title, _)| title.trim() == SECTION)
        .ok_or_else(|| format!("its page has no section \"{SECTION}\""))?;
    // An item goes on in the next line, and its name may do so.
    let text = section.1.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut conditions = Vec::new();
    for item in format!(" {text}").split(" - *").skip(1) {
        let (name, rest) = item
            .split_once('*')
            .ok_or_else(|| format!("the name of an item does not end: {item}"))?;
        let rest = rest.trim_start();
        conditions.push(Condition {
            name: name.trim_end_matches(['.', ':', ',']).to_owned(),
            shown: if rest.starts_with("(silent)") {
                Shown::Silent
            } else if rest.starts_with("(fires)") {
                Shown::Firing
            } else {
                Shown::BothWays
            },
        });
    }
    if conditions.is_empty() {
        return Err(format!("no item `- *NAME*` under \"{SECTION}\""));
    }
    Ok(conditions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::read;

    const PAGE: &str = "# A rule\n\n## How it is judged\n\nBy what is written.\n\n- *Both\n  ways*: it depends,\n  on more.\n- *A variable* (silent) is not guessed.\n- *Privileged mode.* (fires)\n\n## Sources\n\n- *Not one*\n";

    #[test]
    fn the_items_of_a_page() {
        let named: Vec<_> = conditions(PAGE)
            .unwrap()
            .into_iter()
            .map(|condition| (condition.name, condition.shown))
            .collect();
        let expected = [
            ("Both ways", Shown::BothWays),
            ("A variable", Shown::Silent),
            ("Privileged mode", Shown::Firing),
        ];
        assert_eq!(
            named,
            expected.map(|(name, shown)| (name.to_owned(), shown))
        );
        assert!(conditions("# A rule\n\n## Sources\n").is_err());
        assert!(conditions("# A rule\n\n## How it is judged\n\nWords.\n").is_err());
    }

    #[test]
    fn what_no_case_shows_is_told() {
        let told = |cases: &str| {
            let cases = read("page.md", "privileged", cases).unwrap();
            let cases: Vec<&Case> = cases.iter().collect();
            of_page("privileged", PAGE, &cases)
        };
        let firing = "## A\n\ncondition: Both ways\ncondition: Privileged mode\n\n```yaml\na: 1\n#^^ high\n```\n";
        let silent = "## B\n\ncondition: Both ways\ncondition: A variable\n\n```yaml\na: 1\n```\n";
        assert_eq!(told(&format!("{firing}{silent}")), Failures::new());
        assert_eq!(told(firing).len(), 2, "nothing is silent");
        assert_eq!(told(silent).len(), 2, "nothing fires");
        let stray = silent.replace("A variable", "A varable");
        let stray = told(&format!("{firing}{stray}"));
        assert!(
            stray
                .iter()
                .any(|what| what.contains("`A varable` is no condition"))
        );
    }
}
