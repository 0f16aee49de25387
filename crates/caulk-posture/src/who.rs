//! Who said so, in words.

use caulk_model::{Fact, Origin, State, Step, StepKind};

use crate::Posture;

impl Posture<'_> {
    /// Who said so: "written in compose.yaml:3", "the engine's default".
    pub(crate) fn who(&self, origin: &Origin) -> String {
        match origin {
            Origin::Written(span) => format!("written in {}", self.place(*span)),
            Origin::Default(_) => "nobody says otherwise".to_owned(),
            Origin::Inherited { from, steps } => {
                let steps: Vec<String> = steps.iter().map(|step| self.step(step)).collect();
                let steps = steps.join(", then ");
                format!(
                    "written in {}, inherited through {steps}",
                    self.place(*from)
                )
            }
        }
    }

    /// The steps by which something comes here: "compose.yaml:3 `build`".
    pub(crate) fn step(&self, step: &Step) -> String {
        let place = self.place(step.span);
        match step.kind {
            StepKind::BaseStage => format!("{place} `FROM`"),
            StepKind::BuiltImage => format!("{place} `build`"),
            StepKind::PulledImage => format!("{place} `image`"),
            StepKind::Alias => format!("{place} (a YAML alias)"),
            StepKind::Variable => format!("{place} (a variable)"),
            StepKind::Feature => format!("{place} (a feature)"),
            StepKind::ImageLabel => format!("{place} (the label of an image)"),
            StepKind::Unit => format!("{place} (a unit that it names)"),
            StepKind::Daemon => "the engine's configuration".to_owned(),
            StepKind::Override => format!("{place}, over which it stands"),
            StepKind::Extends => format!("{place} `extends`"),
            StepKind::Include => format!("{place} `include`"),
            StepKind::DotEnv => format!("`{}` of {place}", self.sources.slice(step.span)),
            StepKind::GivenEnvFile => "a variable of the environment file of this run".to_owned(),
            StepKind::EnvFile => format!("{place} `env_file`"),
        }
    }

    /// A fact: what holds, and who said so.
    pub(crate) fn told<T>(&self, fact: &Fact<T>, says: impl FnOnce(&T) -> String) -> String {
        let who = self.who(&fact.origin);
        match &fact.state {
            State::Known(value) => format!("{}: {who}", says(value)),
            State::Unknown { because } => match fact.origin {
                Origin::Default(_) => format!("unknown, because {because}"),
                Origin::Written(_) | Origin::Inherited { .. } => {
                    format!("unknown, because {because}: {who}")
                }
            },
        }
    }
}
