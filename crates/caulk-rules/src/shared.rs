//! What is said where several share what a finding is about, so that no edit may touch it.

use caulk_model::{Origin, StepKind};

/// Whether a feature of a dev container asks for it.
pub(crate) fn is_by_feature(origin: &Origin) -> bool {
    let mut steps = origin.steps().iter();
    steps.any(|step| step.kind == StepKind::Feature)
}

/// What to do about a value that came from elsewhere: `otherwise`, unless a feature asks for it. Its
/// file lies in a registry, where nobody who uses it changes it.
pub(crate) fn remove_for_all(origin: &Origin, otherwise: &str) -> String {
    if is_by_feature(origin) {
        "do without this feature, or install what it brings in the image: the feature itself asks for it"
            .to_owned()
    } else {
        otherwise.to_owned()
    }
}
