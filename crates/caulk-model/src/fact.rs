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
    /// share it by an alias or a merge key of the file.
    pub fn written(&self) -> Option<Span> {
        match self {
            Self::Written(span) => Some(*span),
            Self::Inherited { from, steps } => {
                let mut steps = steps.iter();
                steps
                    .all(|step| step.kind == StepKind::Alias)
                    .then_some(*from)
            }
            Self::Default(_) => None,
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
#[derive(Clone, PartialEq, Eq, Debug)]
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
