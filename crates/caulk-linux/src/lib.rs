//! Facts about Linux: capabilities, what each of them opens, how engines hand them out, and what is
//! left of them once a program starts; and [system calls](syscalls).
//!
//! Every table names its source and the version it was read from.
//!
//! **Invariant:** nothing here knows of files or containers. A rule asks with values, and words
//! come back that hold for any surface.

mod capability;
mod default_profile;
mod escalation;
mod exec;
mod file_capabilities;
mod grant;
mod reach;
mod set;
pub mod syscalls;
mod word;

pub use capability::Capability;
pub use escalation::{Beside, Escalation};
pub use exec::{NotPermitted, Process, Program};
pub use file_capabilities::{FileCapabilities, NoFileCapabilities};
pub use grant::{DOCKER_DEFAULT, PODMAN_DEFAULT, docker_bounding};
pub use reach::Reach;
pub use set::{CapabilitySet, Iter};
pub use word::{CapabilityWord, UnknownCapability};
