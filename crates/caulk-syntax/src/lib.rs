//! Bytes to trees with places: Dockerfile, YAML, JSON, HCL, TOML, shell.
//!
//! **Invariant:** reading never fails. Every reader gives a tree *and* a list of [`Problem`]s, and
//! what could be read before, between and after the problems is in the tree.
//!
//! **Invariant:** nothing here knows what any of it means.

pub mod dockerfile;
pub mod hcl;
mod joined;
pub mod json;
mod problem;
pub mod shell;
pub mod toml;
pub mod yaml;

pub use joined::Joined;
pub use problem::Problem;
