//! JSON as Go's `encoding/json` reads it, with the place of every value and every key.
//!
//! `jsonc-parser` gives the tree; a scan of its own finds what it accepts and Go does not.

mod read;
mod scan;
mod value;

pub use read::{Parsed, parse, parse_with_comments};
pub use value::{Kind, Member, Value};
