//! What should hold instead.
//!
//! A rule never types a text edit. It says what should hold, and the surface in whose file it is
//! written knows how that is spelt there.

use caulk_source::Span;

/// What has to be true after a fix.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// The container declared at this place starts as this user.
    RunAs {
        /// Where the container is declared: its `FROM` instruction, its service key.
        container: Span,
        /// The account, as the runtime reads it: `65532:65532`, `node`.
        user: String,
    },
    /// What is written at this place is gone: a list item, or a key with its value.
    Remove {
        /// The item's or the value's place.
        entry: Span,
    },
    /// What is written at this place becomes another value of the same kind.
    Become {
        /// The value's place.
        entry: Span,
        /// The value, without quotes: the surface knows whether it needs them.
        value: String,
    },
    /// What is mounted at this place can be read there and no longer be written to.
    ReadOnly {
        /// The mount's place.
        entry: Span,
    },
    /// A setting that is not written becomes true: a key of the engine's configuration, an option of
    /// the kernel.
    Set {
        /// Where the file speaks: what is added joins it.
        file: Span,
        /// The setting.
        key: String,
        /// Its value, as the file spells it.
        value: String,
    },
    /// The container declared at this place is hardened in this way.
    Harden {
        /// Where the container is declared.
        container: Span,
        /// In which way.
        hardening: Hardening,
    },
    /// The seccomp profile at this place decides otherwise about some calls.
    Filter {
        /// The whole profile's place.
        profile: Span,
        /// In which way.
        change: FilterChange,
    },
}

impl Change {
    /// The place that says which file is changed.
    pub fn place(&self) -> Span {
        match self {
            Self::RunAs { container, .. } | Self::Harden { container, .. } => *container,
            Self::Remove { entry } | Self::ReadOnly { entry } | Self::Become { entry, .. } => {
                *entry
            }
            Self::Set { file, .. } => *file,
            Self::Filter { profile, .. } => *profile,
        }
    }
}

/// A hardening that a container can be given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Hardening {
    /// No program in it gains privileges at exec.
    NoNewPrivileges,
    /// It holds no capability but these.
    DropCapabilities {
        /// What it keeps, by short name.
        keep: Vec<String>,
    },
    /// Its root filesystem is read-only.
    ReadOnlyRoot,
}

/// How a seccomp profile is to decide otherwise.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct FilterChange {
    /// Entries that are gone from their lists: names of calls, architectures. A rule that is left
    /// without a name goes too.
    pub gone: Vec<Span>,
    /// Calls that are decided as Docker's default profile decides them for a container without
    /// further capabilities.
    pub as_default: Vec<String>,
    /// Calls of a copy of Docker's default that are decided as the copy and today's default both
    /// decide them: what the default has shut since is shut, what its owner changed stays.
    pub rebased: Vec<String>,
    /// Calls that are allowed.
    pub allowed: Vec<String>,
    /// Calls that fail with `ENOSYS`, as if the kernel did not have them.
    pub missing: Vec<String>,
}

/// Whether a fix may be applied without a person's decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Applicability {
    /// It changes nothing that a program or its operator may rely on.
    Safe,
    /// It may break something.
    Unsafe {
        /// What may break, in one sentence.
        may_break: String,
    },
}

impl Applicability {
    /// The name, as reports print it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe { .. } => "unsafe",
        }
    }

    /// What may break.
    pub fn may_break(&self) -> Option<&str> {
        match self {
            Self::Safe => None,
            Self::Unsafe { may_break } => Some(may_break),
        }
    }
}

/// What a rule proposes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remedy {
    /// What it does, as an order: "run as `65532:65532`".
    pub title: String,
    /// What has to be true afterwards, all of it.
    pub changes: Vec<Change>,
    /// Whether it may be applied without a person's decision.
    pub applicability: Applicability,
}

impl Remedy {
    /// What it does, for a person who has to do it: with what may break.
    pub fn by_hand(&self) -> String {
        match self.applicability.may_break() {
            Some(may_break) => format!("{} (may break: {may_break})", self.title),
            None => self.title.clone(),
        }
    }

    /// A remedy that nothing can rely on the absence of.
    pub fn safe(title: impl Into<String>, change: Change) -> Self {
        Self {
            title: title.into(),
            changes: vec![change],
            applicability: Applicability::Safe,
        }
    }

    /// A remedy that may break something: say what.
    pub fn unsafe_because(
        title: impl Into<String>,
        change: Change,
        may_break: impl Into<String>,
    ) -> Self {
        Self {
            title: title.into(),
            changes: vec![change],
            applicability: Applicability::Unsafe {
                may_break: may_break.into(),
            },
        }
    }
}
