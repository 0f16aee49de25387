//! What is said where several share what a finding is about, so that no edit may touch it.

use caulk_model::{Origin, Step, StepKind};

/// Whether a feature of a dev container asks for it.
pub(crate) fn is_by_feature(origin: &Origin) -> bool {
    has_feature(origin.steps())
}

fn has_feature(steps: &[Step]) -> bool {
    steps.iter().any(|step| step.kind == StepKind::Feature)
}

/// What to do about a value that came from elsewhere: `otherwise`, unless a feature asks for it. Its
/// file lies in a registry, where nobody who uses it changes it.
pub(crate) fn remove_for_all(origin: &Origin, otherwise: &str) -> String {
    remove_for_all_after(origin.steps(), otherwise)
}

/// The same of a value that came by these steps.
pub(crate) fn remove_for_all_after(steps: &[Step], otherwise: &str) -> String {
    if has_feature(steps) {
        "do without this feature, or install what it brings in the image: the feature itself asks for it"
            .to_owned()
    } else {
        otherwise.to_owned()
    }
}
