//! Command lines that start containers: `docker run`, `podman run`, `nerdctl run`.
//!
//! Words in, a container out. Where the words stand (a script, a Makefile, a workflow, a list in
//! JSON) is not known here: whoever found them says where each of them is, and which part of them
//! hangs on a variable.
//!
//! ```text
//! words ── grammar ──▶ flags and their values ── check ──▶ what the client refuses
//!                                  │
//!                                  └── values ──▶ what it declares of a container
//! ```
//!
//! The grammar is that of the library that all three clients are built on (spf13/pflag), the flags
//! and what their values may be are docker/cli's, with podman's and nerdctl's differences as data.

mod check;
mod csv;
mod declare;
mod flags;
mod grammar;
mod invocation;
mod run;
mod size;
mod synthetic;
mod text;
mod values;

pub use declare::{Find, command, declared};
pub(crate) use declare::{has_an_empty_address, leave_open};
pub use flags::{Flag, Kind};
pub use grammar::{Given, Line, Refusal, Unsure};
pub use invocation::{
    Action, Exec, Invocation, build, contexts, endpoint, exec, exec_service, invocation, pulled,
    tags,
};
pub use run::{Client, Image, Run, run, run_service};
pub(crate) use synthetic::Flags;
pub use text::{Argument, Text};
pub use values::{
    DevicePath, MountOption, PublishedPort, Volume, bind, device, mount, network, ports, volume,
};
