//! Text and places.
//!
//! Everything that caulk says points somewhere: a file and a range of bytes in it. This crate
//! owns those two ideas, and it is the only one that cuts text by offset.
//!
//! **Invariant:** line and column are never stored. They are computed from a [`Span`] once, when a
//! report is written.
//!
//! **Invariant:** nothing here panics, whatever the offsets: a cut outside the text is empty.

mod edit;
mod file;
mod lines;
mod path;
mod span;
mod surface;
mod text;

pub use edit::{Edit, EditConflict, apply_edits};
pub use file::{FileId, SourceFile, Sources};
pub use lines::{LineColumn, LineIndex};
pub use path::{clean_path, extension, in_nearest_folder, join_path, normalize_path, parent_path};
pub use span::{Span, Spanned};
pub use surface::Surface;
pub use text::{BOM, SUBSTITUTE, cut, cut_from, cut_to, decode, matches_wildcard};
