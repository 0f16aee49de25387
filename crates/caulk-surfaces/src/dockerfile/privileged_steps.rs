//! Steps of a build that ask for more than steps have.

use caulk_model::{BuildPrivilege, PrivilegedStep};
use caulk_syntax::dockerfile::{Arguments, Dockerfile, Instruction, Keyword};

use super::stages::stages;

/// The steps of every stage that ask for a privilege: for which stage is built decides only what is
/// in the image, not what the builder allows.
pub(crate) fn privileged_steps(dockerfile: &Dockerfile) -> Vec<PrivilegedStep> {
    let stages = stages(dockerfile);
    let steps = stages.iter().flat_map(|stage| stage.steps);
    steps.flat_map(asked).collect()
}

/// What one instruction asks for.
fn asked(instruction: &Instruction) -> Vec<PrivilegedStep> {
    let trigger = match &instruction.arguments {
        Arguments::Trigger(trigger) => Some(&**trigger),
        Arguments::None
        | Arguments::From(_)
        | Arguments::Exec(_)
        | Arguments::Shell
        | Arguments::Words(_)
        | Arguments::Pairs(_)
        | Arguments::One(_) => None,
    };
    let instruction = trigger.unwrap_or(instruction);
    if instruction.keyword != Keyword::Run {
        return Vec::new();
    }
    let flags = instruction.flags.iter().filter_map(|flag| {
        let privilege = match (flag.name.as_str(), flag.value.as_deref()) {
            ("security", Some("insecure")) => BuildPrivilege::Insecure,
            ("network", Some("host")) => BuildPrivilege::HostNetwork,
            ("device", Some(_)) => BuildPrivilege::Device,
            _ => return None,
        };
        let span = flag.span;
        Some(PrivilegedStep { span, privilege })
    });
    flags.collect()
}
