//! What an image tells clients of an engine.

use caulk_model::build::EngineVariable;
use caulk_syntax::dockerfile::Instruction;

use super::Notes;
use crate::dockerfile::scope::Scope;

/// Notes the variables of an `ENV` that say where the engine is.
pub(super) fn of_env(notes: &mut Notes<'_>, step: &Instruction, scope: &Scope) {
    for pair in step.pairs().unwrap_or_default() {
        let name = pair.key.value.as_str();
        let Some(template) = &pair.value else {
            continue;
        };
        if matches!(name, "DOCKER_HOST" | "DOCKER_TLS_VERIFY" | "DOCKER_TLS") {
            let value = EngineVariable {
                name: name.to_owned(),
                value: scope.expand(template),
            };
            let span = pair.key.span.to(template.span);
            notes.add(|build| &mut build.engine_variables, span, value);
        }
    }
}
