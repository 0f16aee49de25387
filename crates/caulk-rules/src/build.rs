//! What every rule about a build needs.

use std::collections::BTreeMap;

use caulk_finding::{Confidence, Finding, Label, Remedy, RuleInfo};
use caulk_model::build::{Build, BuildFact, Correction, OnlyWhere};
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
    // A service may build it with other arguments than the defaults.
    let built = repository
        .containers()
        .filter(|container| container.source != ImageSource::Itself);
    for container in built {
        for fact in pick(&container.image.build) {
            let runs = |only_where: &OnlyWhere| only_where.runs == Some(true);
            if fact.only_where.as_ref().is_some_and(runs)
                && let Some((_, known)) = places.get_mut(&fact.span)
            {
                *known = fact;
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
    let title = container.title_of(&fact.stage);
    let message = format!("{title} {says}");
    let label = Label::new(fact.span, label);
    let finding = Finding::new(rule, container.surface, label, message);
    let finding = finding.container(&title, fact.stage.from);
    match &fact.only_where {
        Some(only_where) if only_where.runs == Some(false) => hangs_on(finding, only_where),
        Some(_) | None => finding,
    }
}

/// The author's default keeps the step from doing it; a builder may set another.
fn hangs_on(finding: Finding, only_where: &OnlyWhere) -> Finding {
    let OnlyWhere {
        argument,
        is,
        text,
        span,
        ..
    } = only_where;
    let not = if *is { "" } else { "not " };
    finding.at_most(Confidence::Low).related(
        *span,
        format!("but only where `{argument}` is {not}`{text}`, against its default"),
    )
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
