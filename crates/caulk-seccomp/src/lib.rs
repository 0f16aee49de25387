//! Seccomp profiles: read, resolved, decided, compared and compiled.
//!
//! [`parse`] reads the text of a profile, in whatever format, into a [`Profile`] in which everything
//! has its place. [`Profile::resolve`] makes of it what an engine on a [`Host`] hands to the runtime
//! and what that builds: a [`Filter`]. [`Filter::decide`] answers for one call and says by which
//! rule, [`Filter::surface`] for a call over all arguments, [`Filter::counts`] for all calls.
//! [`compare`] says how two filters differ, with arguments that show it. [`Filter::export_bpf`]
//! makes a program that the kernel takes, [`Filter::to_oci`] the object that a runtime takes,
//! [`Filter::to_pfc`] a text for people.
//!
//! ```
//! use caulk_linux::CapabilitySet;
//! use caulk_linux::syscalls::{Abi, number};
//! use caulk_seccomp::{Host, Outcome, default_profile, parse};
//! use caulk_source::{FileId, cut};
//!
//! let text = r#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
//!     {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
//!     {"names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}}
//! ]}"#;
//! let profile = parse(FileId::FIRST, text).profile.expect("an object");
//! let host = Host::docker(CapabilitySet::ALL);
//! let filter = profile.resolve(&host).expect("it loads").into_filter().expect("a filter");
//!
//! let mount = number(Abi::X86_64, "mount").expect("a call");
//! let decision = filter.decide(Abi::X86_64, mount, [0; 6]);
//! assert_eq!(decision.outcome(), Some(Outcome::Allow));
//! let rule = decision.rule().expect("a rule");
//! assert_eq!(cut(text, rule.name.range()), "\"mount\"");
//!
//! // What is open beyond Docker's default, for a container without capabilities?
//! let host = Host::docker(CapabilitySet::EMPTY);
//! let [own, default] = [&profile, default_profile::profile()]
//!     .map(|profile| profile.resolve(&host).expect("it loads").into_filter().expect("a filter"));
//! let differences = caulk_seccomp::compare(&default, &own, Abi::X86_64);
//! assert!(differences.iter().all(|difference| !difference.is_opened()));
//! ```
//!
//! What it says of a filter is what libseccomp 2.5 builds from the rules, and the tests hold it
//! against libseccomp's own programs. Where libseccomp's answer hangs on the shape of its tree, ours
//! is [`Decision::Ambiguous`].
//!
//! **Invariant:** nothing here knows Compose, a command line or a rule.

mod action;
mod answers;
mod bpf;
mod build;
mod chains;
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
pub mod history;
mod host;
mod listing;
mod load;
mod load_rule;
mod oci;
mod profile;
mod program;
mod read;
mod refusal;
mod resolve;
mod surface;
pub mod trace;
pub mod upgrade;
mod witness;

pub use action::{Action, Outcome};
pub use answers::Answers;
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
