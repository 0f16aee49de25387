//! Dockerfiles, read as BuildKit reads them.
//!
//! BuildKit reads lines, joins continued ones, and only then looks at words; so does this module.
//! `frame` cuts the file into logical lines and heredocs, [`Joined`](crate::Joined) is the text of
//! one logical line that still knows where each byte of it came from, `words` finds quotes and
//! variables in it, `exec_form` decides whether an argument is a JSON array.
//!
//! **Invariant:** reading never fails. A line that BuildKit refuses costs that line and becomes a
//! [`Problem`]; the rest is read.
//!
//! The behaviour follows `frontend/dockerfile/parser` and `frontend/dockerfile/shell` of BuildKit
//! as of August 2026; `tests/dockerfile_corpus.rs` compares the instruction lines of real files.

mod exec_form;
mod expand;
mod flags;
mod frame;
mod heredoc;
mod instruction;
mod keyword;
mod script;
mod words;

use caulk_source::{FileId, Span};

pub use expand::{Expanded, Lookup};
pub use flags::Flag;
pub use heredoc::Heredoc;
pub use instruction::{Arguments, From, Instruction, KeyValue};
pub use keyword::Keyword;
pub use script::Script;
pub use words::{Modifier, Operator, Part, Template};

use crate::Problem;

/// A Dockerfile as a list of instructions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dockerfile {
    /// The escape character: `\`, or `` ` `` where a parser directive says so.
    pub escape: char,
    /// The instructions, in order. A heredoc's body is part of its instruction.
    pub instructions: Vec<Instruction>,
    /// Comment lines, parser directives among them, from `#` to the end of the line.
    pub comments: Vec<Span>,
    /// What BuildKit itself would refuse.
    pub problems: Vec<Problem>,
}

/// Reads a Dockerfile.
pub fn parse(file: FileId, text: &str) -> Dockerfile {
    frame::read(file, text)
}
