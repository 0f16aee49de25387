//! Shell text: programs, commands and words, as dash and bash read them.
//!
//! Where the two differ, what bash knows in addition is read too. `reader` walks over the text,
//! `command` reads lists and pipelines, `compound` what stands between reserved words, `word` and
//! `expansion` the parts of words, `heredoc` the text below a line; `piecemeal` reads a long program
//! part by part.
//!
//! The text is a [`Joined`]: a `RUN` step of several lines, a script of its own, the
//! text after `sh -c`. Every place lies in the file from which it was put together.
//!
//! **Invariant:** reading never fails, and its work is bounded: what is nested deeper than
//! [`MAX_DEPTH`] is text.

mod command;
mod compound;
mod expansion;
mod heredoc;
mod piecemeal;
mod reader;
mod tree;
mod word;

pub use piecemeal::{Part as ProgramPart, Parts, parts};
pub use reader::MAX_DEPTH;
pub use tree::{
    Arm, Assigned, Assignment, Command, CommandKind, Connector, Heredoc, List, Operation, Operator,
    Parameter, Part, PartKind, Pipeline, Program, Quoting, Redirection, RedirectionOperator,
    Simple, Statement, Target, Word,
};

use crate::Joined;

/// Reads a program.
pub fn parse(text: &Joined) -> Program {
    reader::Reader::new(text).program()
}

#[cfg(test)]
mod tests;
