//! Programs under profiles that were made of what they did, with the real kernel.
//!
//! Each program is traced, a profile is made of the trace, and the program runs under it: in a
//! container of runc and of crun, with and without no-new-privileges, and in bubblewrap. Where the
//! machine cannot do one of these, the test says what it skips.
#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_methods,
    reason = "these tests run programs in containers"
)]

mod machine;

#[path = "traced/denial.rs"]
mod denial;
#[path = "traced/engine.rs"]
mod engine;
#[path = "traced/programs.rs"]
mod programs;
#[path = "traced/start.rs"]
mod start;
