//! Bytes to trees with places: Dockerfile, YAML, JSON.
//!
//! **Invariant:** reading never fails. Every reader gives a tree *and* a list of [`Problem`]s, and
//! what could be read before, between and after the problems is in the tree.
//!
//! **Invariant:** nothing here knows what any of it means.

pub mod dockerfile;
mod problem;

pub use problem::Problem;
