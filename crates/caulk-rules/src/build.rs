//! What every rule about a build needs.

use std::collections::BTreeMap;

use caulk_finding::{Finding, Label, Remedy, RuleInfo};
use caulk_model::build::{Build, BuildFact, Correction};
use caulk_model::{Container, ImageSource, Repository};
use caulk_source::Span;

use crate::prelude::Change;

/// The facts of one kind, each place once: several stages may stand on the one that says it.
pub(crate) fn facts<'a, T: 'a>(
    repository: &'a Repository,
    pick: impl Fn(&'a Build) -> &'a [BuildFact<T>],
) -> Vec<(&'a Container, &'a BuildFact<T>)> {
    let mut places: BTreeMap<Span, (&Container, &BuildFact<T>)> = BTreeMap::new();
    for container in repository.containers() {
        if container.source != ImageSource::Itself {
            continue;
        }
        for fact in pick(&container.image.build) {
            let known = places.get(&fact.span);
            if known.is_none_or(|(_, known)| fact.stage.ships && !known.stage.ships) {
                places.insert(fact.span, (container, fact));
            }
        }
    }
    places.into_values().collect()
}

/// A finding about a fact: in the name of the stage that says it.
pub(crate) fn report<T>(
    rule: &'static RuleInfo,
    container: &Container,
    fact: &BuildFact<T>,
    label: impl Into<String>,
    says: &str,
) -> Finding {
    let title = fact.stage.title();
    let message = format!("{title} {says}");
    let label = Label::new(fact.span, label);
    Finding::new(rule, container.surface, label, message).container(&title, fact.stage.from)
}

/// A remedy that spells a place as it should be.
pub(crate) fn spelt(
    correction: &Correction,
    title: impl Into<String>,
    may_break: impl Into<String>,
) -> Remedy {
    let change = Change::Become {
        entry: correction.entry,
        value: correction.value.clone(),
    };
    Remedy::unsafe_because(title, change, may_break)
}

/// Paths as they are spoken of: "`a`", "`a` and `b`", "`a` and 3 more".
pub(crate) fn listed(paths: &[String]) -> String {
    match paths {
        [] => "files".to_owned(),
        [one] => format!("`{one}`"),
        [one, two] => format!("`{one}` and `{two}`"),
        [one, rest @ ..] => format!("`{one}` and {} more", rest.len()),
    }
}
