//! What is said where several share what a finding is about, so that no edit may touch it.

use caulk_finding::Finding;
use caulk_model::{Container, Origin, Step, StepKind};
use caulk_source::Span;

/// Said of what only the host's root can do, where the engine may have none.
pub(crate) fn unless_rootless(container: &Container) -> &'static str {
    if container.declared.may_be_rootless() {
        " unless podman runs rootless"
    } else {
        ""
    }
}

/// The finding with what else asks for the same as the entry at `place`, a feature or the image's
/// label, and whether that is so: then there is no fix, because to take the entry away alone changes
/// nothing.
pub(crate) fn asked_again(finding: Finding, container: &Container, place: Span) -> (Finding, bool) {
    match container.declared.around.asked_again.get(&place) {
        Some(feature) => (
            finding.related(
                *feature,
                "and this asks for the same, so that taking the entry away alone changes nothing",
            ),
            true,
        ),
        None => (finding, false),
    }
}

/// What to do about what a feature asks for by itself.
const FEATURE: &str = "do without this feature, or install what it brings in the image: the feature itself asks for it";

/// Whether a feature of a dev container asks for it.
pub(crate) fn is_by_feature(origin: &Origin) -> bool {
    has_feature(origin.steps())
}

fn has_feature(steps: &[Step]) -> bool {
    steps.iter().any(|step| step.kind == StepKind::Feature)
}

/// The same of what serves nothing but to be there, as a mounted socket does: what a feature brings
/// besides cannot make up for it.
pub(crate) fn do_without_after(steps: &[Step], otherwise: &str) -> String {
    if has_feature(steps) {
        "do without this feature: the feature itself asks for it".to_owned()
    } else {
        otherwise.to_owned()
    }
}

/// What to do about a value that came from elsewhere: `otherwise`, unless a feature asks for it. Its
/// file lies in a registry, where nobody who uses it changes it.
pub(crate) fn remove_for_all(origin: &Origin, otherwise: &str) -> String {
    remove_for_all_after(origin.steps(), otherwise)
}

/// The same of a value that came by these steps.
pub(crate) fn remove_for_all_after(steps: &[Step], otherwise: &str) -> String {
    if has_feature(steps) {
        FEATURE.to_owned()
    } else {
        otherwise.to_owned()
    }
}
