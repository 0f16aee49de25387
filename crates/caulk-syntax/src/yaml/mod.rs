//! YAML: events of `granit-parser` into an arena of our own.
//!
//! Two handles look at the arena. [`Node`] is what is written: it knows the place of every key,
//! colon and dash, and an alias is an alias. [`Value`] is what it means: aliases are followed,
//! merge keys are applied, and [`Value::via`] says by which of them it came.
//!
//! **Invariant:** following aliases ends. An alias to a node that is still open, or one that would
//! expand the document past a budget, has no target and is a problem; so what remains is a graph
//! without circles, and of a size and depth that a reader can walk without counting.

mod arena;
mod build;
mod check;
pub mod edit;
mod grow;
mod head;
mod node;
mod place;
mod recover;
mod scalar;
mod stream;
mod value;
mod words;

pub use arena::{Document, NodeId, ScalarStyle};
pub use node::{Alias, Entry, Item, Kind, Node, Role};
pub use recover::parse;
pub use stream::{Comment, Stream};
pub use value::{Member, Step, StepKind, Value};
