//! Bytes to trees with places: Dockerfile, YAML, JSON, shell.
//!
//! **Invariant:** reading never fails. Every reader gives a tree *and* a list of [`Problem`]s, and
//! what could be read before, between and after the problems is in the tree.
//!
//! **Invariant:** nothing here knows what any of it means.

pub mod dockerfile;
mod joined;
pub mod json;
mod problem;
pub mod shell;
pub mod yaml;

pub use joined::Joined;
pub use problem::Problem;
