//! How what a finding is about came to its container.

use std::collections::BTreeMap;

use caulk_finding::{Finding, Label};
use caulk_model::{Container, Repository, Step, StepKind};
use caulk_source::Span;

/// Adds to each finding the steps by which its value came to the container: the nearest first.
pub(crate) fn add(findings: &mut [Finding], repository: &Repository) {
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
            let mut labels: Vec<Label> = steps.iter().filter_map(label).collect();
            // A step already says which service it is about.
            if labels.is_empty() && is_said_elsewhere(container, place) {
                let text = "is said of the service that begins here";
                labels.push(Label::new(container.anchor, text));
            }
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
fn label(step: &Step) -> Option<Label> {
    let text = match step.kind {
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
        StepKind::DotEnv => "and an environment file sets a variable in it",
    };
    Some(Label::new(step.span, text))
}
