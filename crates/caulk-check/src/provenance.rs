//! How what a finding is about came to its container.

use std::collections::BTreeMap;

use caulk_finding::{Finding, Hidden, Label};
use caulk_model::{Container, Repository, Step, StepKind};
use caulk_source::{SourceFile, Sources, Span, cut_from};

/// Adds to each finding the steps by which its value came to the container: the nearest first.
///
/// The line of an environment file is shown without what it says.
pub(crate) fn add(findings: &mut [Finding], repository: &Repository, sources: &Sources) {
    let mut containers: BTreeMap<Span, Vec<&Container>> = BTreeMap::new();
    for container in repository.containers() {
        containers
            .entry(container.anchor)
            .or_default()
            .push(container);
    }
    for finding in findings {
        let here = finding.declared.and_then(|span| containers.get(&span));
        let place = finding.primary.span;
        for container in here.into_iter().flatten() {
            let steps = container.steps_to(place);
            let labels = steps.iter().filter_map(|step| label(step, sources));
            let mut labels: Vec<Label> = labels.collect();
            // A step already says which service it is about.
            if labels.is_empty() && is_said_elsewhere(container, place) {
                let text = "is said of the service that begins here";
                labels.push(Label::new(container.anchor, text));
            }
            let variables = steps.iter().filter(|step| step.kind == StepKind::DotEnv);
            finding
                .hidden
                .extend(variables.map(|step| rest_of_line(step.span, sources)));
            for label in labels {
                let is_new = !finding.related.iter().any(|other| other.span == label.span);
                if is_new {
                    finding.related.push(label);
                }
            }
        }
    }
}

/// Whether one file says it of a container that another file declares: an override file.
fn is_said_elsewhere(container: &Container, place: Span) -> bool {
    place.file != container.anchor.file
        && container
            .declared
            .origins()
            .any(|origin| origin.written() == Some(place))
}

/// What is said of a step. How an image came is said by the rules that judge images.
fn label(step: &Step, sources: &Sources) -> Option<Label> {
    let text = match step.kind {
        StepKind::DotEnv => {
            let text = format!("and this sets `{}` in it", sources.slice(step.span));
            return Some(Label::new(step.span, text));
        }
        // Those of a variable, of a feature and of a label stand where the finding points.
        StepKind::BaseStage
        | StepKind::BuiltImage
        | StepKind::PulledImage
        | StepKind::Variable
        | StepKind::Feature
        | StepKind::ImageLabel
        // The finding itself points at the name of the file.
        | StepKind::EnvFile => return None,
        StepKind::Unit => "and this names the unit that says so",
        StepKind::Daemon => "and this says nothing of it",
        StepKind::Alias => "comes from there by this alias",
        StepKind::Override => "and stands over this",
        StepKind::Extends => "comes from there by this `extends`",
        StepKind::Include => "and this includes it",
        StepKind::GivenEnvFile => "and the environment file of this run sets a variable in it",
    };
    Some(Label::new(step.span, text))
}

/// What stands after the name of a variable, which is not to be shown.
fn rest_of_line(name: Span, sources: &Sources) -> Hidden {
    let text = sources.get(name.file).map_or("", SourceFile::text);
    let rest = cut_from(text, name.range().end).lines().next();
    let rest = rest.unwrap_or_default();
    let end = name.range().end;
    Hidden {
        span: Span::new(name.file, end..end + rest.len()),
        text: rest.to_owned(),
    }
}
