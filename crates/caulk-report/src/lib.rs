//! What a run found, as people and programs read it: one module for each format.
//!
//! A format is a pure function from a report and its files to text. What comes from a file (a
//! line, a path, a name in a message) is hostile until shown otherwise: where a person may see it
//! on a terminal, characters that could act there are made visible.
//!
//! **Invariant:** the same report gives the same bytes.

mod choose;
mod concise;
mod context;
mod diff;
mod excerpt;
mod file_name;
mod format;
mod full;
mod hunk;
mod json;
mod mask;
mod section;
mod shown;
mod statistics;
mod style;
mod summary;
mod text;
mod wrong;

pub use concise::concise;
pub use context::{Context, relative_path};
pub use diff::diff;
pub use format::Format;
pub use full::full;
pub use json::{escape_hostile, json};
pub use statistics::statistics;
pub use summary::summary;
pub use text::{columns, visible};
pub use wrong::wrong;
