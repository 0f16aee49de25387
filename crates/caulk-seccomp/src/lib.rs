//! Seccomp profiles: read, resolved, decided, compared and compiled.
//!
//! [`parse`] reads the text of a profile, in whatever format, into a [`Profile`] in which everything
//! has its place. [`Profile::resolve`] makes of it what an engine on a [`Host`] hands to the runtime
//! and what that builds: a [`Filter`]. [`Filter::decide`] answers for one call, and says by which
//! rule.
//!
//! **Invariant:** nothing here knows Compose, a command line or a rule.

mod action;
mod bpf;
mod build;
mod compare;
mod condition;
mod decision;
mod decode;
pub mod default_profile;
mod doubt;
pub mod draft;
mod errno;
mod filter;
pub mod generate;
mod host;
mod load;
mod load_rule;
mod profile;
mod program;
mod read;
mod refusal;
mod resolve;
mod surface;
pub mod trace;
mod witness;

pub use action::{Action, Outcome};
pub use bpf::TooLong;
pub use compare::{Difference, Witness, compare};
pub use condition::{Condition, Test, Width};
pub use decision::{Decision, Origin, RuleOrigin};
pub use filter::{AppliedRule, Filter};
pub use host::{Consumer, Host, KernelVersion, Runtime, UnknownKernel};
pub use profile::{Argument, Machine, Parsed, Profile, Requirement, Rule, parse};
pub use program::Instruction;
pub use refusal::Refusal;
pub use resolve::Resolution;
pub use surface::{Case, Conditional, Counts, Surface};
