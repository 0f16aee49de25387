//! What a seccomp profile does, and how two differ: in tables for people, and as JSON.
//!
//! - [`Overview`]: everything that a profile does, by what the calls are for, against Docker's
//!   default.
//! - [`Question`]: one call, with or without arguments: what is decided, and by which rule.
//! - [`Comparison`]: how two profiles differ in what they do, with arguments that show it.
//!
//! Nothing is judged here. A pure function from filters to text.
//!
//! **Invariant:** what a profile says reaches the text only through [`Show::visible`]: the names of
//! calls that are printed are the table's own.

mod call;
mod comparison;
mod host;
mod json;
mod machine;
mod named;
mod openings;
mod overview;
mod question;
mod reason;
mod show;
mod titles;
mod verdict;
mod words;

pub use comparison::Comparison;
pub use machine::abis;
pub use named::{Named, Resolved};
pub use overview::Overview;
pub use question::{Question, UnknownCall, UnknownValue};
pub use show::Show;
