//! What every rule about a build needs.

use std::collections::BTreeMap;

use caulk_finding::{Confidence, Finding, Label, Remedy, RuleInfo};
use caulk_model::build::{ArgumentFrom, Build, BuildFact, Correction, OnlyWhere};
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
        Some(only_where) => hangs_on(finding, only_where),
        None => finding,
    }
}

/// A step that does it only where a build argument has a certain value: who builds may give another one
/// than what is known here.
fn hangs_on(finding: Finding, only_where: &OnlyWhere) -> Finding {
    let OnlyWhere {
        argument,
        is,
        text,
        runs,
        by,
        span,
    } = only_where;
    let asked = match (is, text.as_str()) {
        (true, "") => format!("`{argument}` is empty"),
        (false, "") => format!("`{argument}` is set"),
        (true, text) => format!("`{argument}` is `{text}`"),
        (false, text) => format!("`{argument}` is not `{text}`"),
    };
    // Whoever asks for a text asks for a value of the argument; else it is any other.
    let nobody = match (is, text.as_str()) {
        (true, "") => format!("nothing here builds it with an empty `{argument}`"),
        (false, "") => format!("nothing here builds it with `{argument}` set"),
        (true, text) => format!("nothing here builds it with `{argument}={text}`"),
        (false, text) => format!("nothing here builds it with another `{argument}` than `{text}`"),
    };
    let (confidence, label, doubt) = match (runs, by) {
        (Some(true), _) => return finding,
        (None, _) => (
            Confidence::Medium,
            format!("only where {asked}, which nobody here says"),
            format!("nothing here says whether {asked}"),
        ),
        (Some(false), ArgumentFrom::Default) => (
            Confidence::Low,
            format!("only where {asked}, against its default"),
            nobody,
        ),
        (Some(false), ArgumentFrom::Nobody) => (
            Confidence::Low,
            format!("only where {asked}, and it has no default"),
            nobody,
        ),
        (Some(false), ArgumentFrom::Builder) => (
            Confidence::Low,
            format!("only where {asked}, which is not so where it is built here"),
            nobody,
        ),
    };
    finding.doubted(confidence, doubt).related(*span, label)
}

/// A fact, and the same of the other parts of one `if`: of all of them one runs.
pub(crate) struct Alternatives<'a, T> {
    /// The container in whose name it is said.
    pub(crate) container: &'a Container,
    /// The fact: one that is not kept from being true, where there is one.
    pub(crate) fact: &'a BuildFact<T>,
    /// The others.
    pub(crate) others: Vec<&'a BuildFact<T>>,
}

/// Facts of one kind, those together that are the same by `is_same` and of which a program does one
/// instead of the other.
pub(crate) fn alternatives<'a, T>(
    facts: Vec<(&'a Container, &'a BuildFact<T>)>,
    is_same: impl Fn(&T, &T) -> bool,
) -> Vec<Alternatives<'a, T>> {
    let mut groups: Vec<Alternatives<'a, T>> = Vec::new();
    let mut by_choice: BTreeMap<Span, Vec<usize>> = BTreeMap::new();
    for (container, fact) in facts {
        let outermost = fact.arms.last().map(|arm| arm.choice);
        let near = outermost.map(|choice| by_choice.entry(choice).or_default());
        let joins = near.as_ref().and_then(|near| {
            near.iter().copied().find(|index| {
                groups.get(*index).is_some_and(|group| {
                    let all = group.others.iter().copied().chain([group.fact]);
                    is_same(&group.fact.value, &fact.value)
                        && all.into_iter().all(|other| fact.is_instead_of(other))
                })
            })
        });
        if let Some(group) = joins.and_then(|index| groups.get_mut(index)) {
            if group.fact.is_off() && !fact.is_off() {
                group.others.push(group.fact);
                group.fact = fact;
            } else {
                group.others.push(fact);
            }
            continue;
        }
        if let Some(near) = near {
            near.push(groups.len());
        }
        groups.push(Alternatives {
            container,
            fact,
            others: Vec::new(),
        });
    }
    groups
}

impl<T> Alternatives<'_, T> {
    /// A finding that points at the others as well.
    pub(crate) fn with_others(&self, finding: Finding) -> Finding {
        let others = self.others.iter();
        others.fold(finding, |finding, other| {
            finding.related(other.span, "and so does this, which runs in its place")
        })
    }
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
