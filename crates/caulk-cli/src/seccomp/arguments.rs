//! What is typed after `caulk seccomp`.

use clap::{Args, Subcommand};

use super::{check, diff, explain, export, resolve};

#[derive(Args, Debug)]
pub(crate) struct Seccomp {
    #[command(subcommand)]
    pub(crate) command: SeccompCommand,
}

#[derive(Subcommand, Debug)]
pub(crate) enum SeccompCommand {
    /// Judge profiles, and nothing else.
    Check(check::Check),
    /// Say what a profile does: with everything, or with one call, and by which rule.
    Explain(explain::Explain),
    /// Compare what two profiles do; exit with 1 if the second allows what the first does not.
    Diff(diff::Diff),
    /// Print the object that the engine hands to the runtime.
    Resolve(resolve::Resolve),
    /// Write the filter itself, for the kernel or to be read.
    Export(export::Export),
}
