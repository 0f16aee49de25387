//! What is known, and who said so.

use caulk_source::Span;

/// What is known of something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum State<T> {
    /// It is this.
    Known(T),
    /// It hangs on something that is not in the repository.
    Unknown {
        /// On what: reads after "unknown, because".
        because: String,
    },
}

impl<T> State<T> {
    /// It cannot be known.
    pub fn unknown(because: impl Into<String>) -> Self {
        Self::Unknown {
            because: because.into(),
        }
    }

    /// The value, where it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown { .. } => None,
        }
    }

    /// Why it cannot be known, where it cannot.
    pub fn because(&self) -> Option<String> {
        match self {
            Self::Known(_) => None,
            Self::Unknown { because } => Some(because.clone()),
        }
    }

    /// The same knowledge of something derived.
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> State<U> {
        match self {
            Self::Known(value) => State::Known(map(value)),
            Self::Unknown { because } => State::Unknown { because },
        }
    }
}

/// Who said so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// It is written here, and for this container alone: an edit may change it.
    Written(Span),
    /// Nobody wrote it; the engine fills it in. The span is where a reader should look: the
    /// container's own line.
    Default(Span),
    /// It is written elsewhere and comes from there through these steps.
    Inherited {
        /// Where it is written, or, for a default, where a reader should look.
        from: Span,
        /// The steps from there to here, nearest first.
        steps: Vec<Step>,
    },
}

impl Origin {
    /// Where a reader should look.
    pub fn span(&self) -> Span {
        match self {
            Self::Written(span) | Self::Default(span) | Self::Inherited { from: span, .. } => *span,
        }
    }

    /// Where it is written, where an edit can change it: for this container alone, or for all who
    /// share it by an alias, a merge key, an `extends` or an `include`.
    pub fn written(&self) -> Option<Span> {
        let is_text = |step: &Step| match step.kind {
            StepKind::Alias | StepKind::Override | StepKind::Extends | StepKind::Include => true,
            StepKind::BaseStage
            | StepKind::BuiltImage
            | StepKind::PulledImage
            | StepKind::Variable
            | StepKind::Feature
            | StepKind::ImageLabel
            | StepKind::Unit
            | StepKind::Daemon
            | StepKind::DotEnv
            | StepKind::GivenEnvFile
            | StepKind::EnvFile => false,
        };
        match self {
            Self::Written(span) => Some(*span),
            Self::Inherited { from, steps } => steps.iter().all(is_text).then_some(*from),
            Self::Default(_) => None,
        }
    }

    /// The steps by which it comes from there, nearest first.
    pub fn steps(&self) -> &[Step] {
        match self {
            Self::Written(_) | Self::Default(_) => &[],
            Self::Inherited { steps, .. } => steps,
        }
    }

    /// Whether a `.env` file has a part in it, so that nobody may be shown the value.
    pub fn is_from_env(&self) -> bool {
        self.steps().iter().any(|step| {
            matches!(
                step.kind,
                StepKind::DotEnv | StepKind::GivenEnvFile | StepKind::EnvFile
            )
        })
    }

    /// Whether it is what the engine's configuration says for every container.
    pub fn is_from_daemon(&self) -> bool {
        let mut steps = self.steps().iter();
        steps.any(|step| step.kind == StepKind::Daemon)
    }

    /// A text that is said here, as it may be shown: in backticks, unless an environment file has
    /// a part in it.
    pub fn quoted(&self, text: &str) -> String {
        if self.is_from_env() {
            "a value from an environment file".to_owned()
        } else {
            format!("`{text}`")
        }
    }

    /// The same, seen one step further down.
    #[must_use]
    pub fn through(self, step: Step) -> Self {
        match self {
            Self::Written(from) | Self::Default(from) => Self::Inherited {
                from,
                steps: vec![step],
            },
            Self::Inherited { from, mut steps } => {
                steps.insert(0, step);
                Self::Inherited { from, steps }
            }
        }
    }
}

/// A step by which a fact comes from elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// What kind of step.
    pub kind: StepKind,
    /// Where the step is written: the `FROM`, the `build:`, the alias.
    pub span: Span,
}

/// The kinds of [`Step`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepKind {
    /// `FROM` an earlier stage.
    BaseStage,
    /// A service runs an image that is built here.
    BuiltImage,
    /// A service runs an image that is pulled.
    PulledImage,
    /// A YAML alias or merge key.
    Alias,
    /// A variable of the program in which the line stands.
    Variable,
    /// A feature that is put into a dev container.
    Feature,
    /// The label of an image that is not built here, which says what dev containers of it ask for.
    ImageLabel,
    /// A unit that another one names: its pod, its volume.
    Unit,
    /// The engine's own configuration, which holds for every container that says nothing.
    Daemon,
    /// It stands over what an earlier file or another service says, at this place.
    Override,
    /// A service extends another.
    Extends,
    /// A file includes another.
    Include,
    /// An environment file (`.env`, or what is named instead of it) sets a variable in it: the place is
    /// the variable's name there. Such a value is never shown.
    DotEnv,
    /// So does one that the run names and that is not among the files that are read: the place is the
    /// value.
    GivenEnvFile,
    /// A file of variables that is named here says it. Such a value is never shown either.
    EnvFile,
}

/// A fact: what is known, and who said so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fact<T> {
    /// What is known.
    pub state: State<T>,
    /// Who said so.
    pub origin: Origin,
}

impl<T> Fact<T> {
    /// Something known.
    pub fn known(value: T, origin: Origin) -> Self {
        Self {
            state: State::Known(value),
            origin,
        }
    }

    /// Something that cannot be known.
    pub fn unknown(because: impl Into<String>, origin: Origin) -> Self {
        Self {
            state: State::unknown(because),
            origin,
        }
    }

    /// The value, where it is known.
    pub fn value(&self) -> Option<&T> {
        self.state.known()
    }

    /// Where a reader should look.
    pub fn span(&self) -> Span {
        self.origin.span()
    }

    /// The same fact, seen one step further down.
    #[must_use]
    pub fn through(self, step: Step) -> Self {
        Self {
            state: self.state,
            origin: self.origin.through(step),
        }
    }
}
