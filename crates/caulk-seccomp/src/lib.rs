//! Seccomp profiles, as Docker reads them.
//!
//! Thin: the default action and the rules with their places, and what an engine refuses. Resolving a profile for an
//! architecture, capabilities and a kernel, and deciding a call under it, have their place here.
//!
//! **Invariant:** nothing here knows Compose, a command line or a rule.

mod action;
mod decode;
pub mod default_profile;
mod load;
mod profile;
mod refusal;
pub mod trace;

pub use action::Action;
pub use profile::{Parsed, Profile, Rule, parse};
pub use refusal::Refusal;
