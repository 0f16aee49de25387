//! The kinds of file in which containers are declared.
//!
//! A surface does two jobs and no others: it reads its syntax into the model, with the place of
//! every value, and it writes a remedy back as text edits.
//!
//! **Invariant:** this is the only crate, beside the seccomp library for its JSON, that knows the
//! syntax of a file. It knows no rule, and it never touches the disk: what it wants to read beyond
//! what it was given, it asks for ([`Workspace::wanted`]).

mod bake;
mod bearing;
pub mod command_line;
mod compose;
mod daemon;
mod declaring;
mod devcontainer;
mod dockerfile;
mod evaluated;
mod json_edits;
mod kernel;
mod lines;
mod mounted;
mod others;
mod projects;
mod quadlet;
mod read;
mod read_others;
mod seccomp;
mod selinux;
mod shell;
mod spared;
mod stated;
mod tree;
mod workflow;
mod workspace;
mod write;

pub use bearing::Group;
pub use compose::ComposeOptions;
pub use daemon::setting as engine_setting;
pub use spared::Work;
pub use tree::{Wanted, may_matter};
pub use workspace::{Parsed, Workspace};

/// For whom a change of something that services share is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach<'a> {
    /// For all who share it, where it is written.
    WhereWritten,
    /// For the services that are declared at these places alone.
    AtServices(&'a std::collections::BTreeSet<caulk_source::Span>),
}

/// What an engine must know for it to read these edits, as a part of a sentence, where that is more
/// than any engine does.
pub fn needs(edits: &[caulk_source::Edit]) -> Option<&'static str> {
    compose::needs(edits)
}

/// Why a surface offers no edit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotOffered(pub &'static str);

impl std::fmt::Display for NotOffered {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.0)
    }
}

impl std::error::Error for NotOffered {}
