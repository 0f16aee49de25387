//! The configuration file: what it may say ([`KEYS`]), and what one says ([`read`]).
//!
//! **Invariant:** a pure function. Which file holds for which, and what is on the disk, is the
//! program's to know; here a text becomes what was chosen, and a list of what is wrong with it.

mod exclude;
mod keys;
mod read;
mod schema;
mod select;
mod suggest;

pub use exclude::Excluded;
pub use keys::{KEYS, Key, Kind};
pub use read::{Configuration, read};
pub use schema::schema;
pub use select::rules_named;
pub use suggest::{did_you_mean, nearest};

/// What a configuration is called: where a folder has both, the first holds.
pub const NAMES: [&str; 2] = ["caulk.toml", ".caulk.toml"];
