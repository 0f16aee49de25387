//! What a change has to pass: the commands that CI runs, in its order.

/// A command that has to succeed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// What is added to the environment.
    pub environment: Option<(&'static str, &'static str)>,
    /// What is given to `cargo`.
    pub arguments: &'static [&'static str],
}

impl Step {
    /// The line that a person would type.
    pub fn line(&self) -> String {
        let environment = self
            .environment
            .map(|(name, value)| format!("{name}={value} "));
        format!(
            "{}cargo {}",
            environment.unwrap_or_default(),
            self.arguments.join(" ")
        )
    }
}

/// The steps, in order: the quickest to fail come first.
pub const STEPS: &[Step] = &[
    Step {
        environment: None,
        arguments: &["fmt", "--check"],
    },
    Step {
        environment: None,
        arguments: &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "--deny",
            "warnings",
        ],
    },
    Step {
        environment: None,
        arguments: &["test", "--workspace"],
    },
    Step {
        environment: Some(("RUSTDOCFLAGS", "-Dwarnings")),
        arguments: &["doc", "--workspace", "--no-deps"],
    },
];
