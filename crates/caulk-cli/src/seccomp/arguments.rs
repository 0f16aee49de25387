//! What is typed after `caulk seccomp`.

use clap::{Args, Subcommand};

use super::{check, diff, explain, export, generate, merge, resolve, upgrade};

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
    /// Make a profile from what a program did, and from what must be added to that.
    Generate(generate::Generate),
    /// Make one profile of several: it allows what any of them allows, and nothing else.
    Merge(merge::Merge),
    /// Bring a copy of an old default of Docker's up to date: what its owner changed is kept, what
    /// Docker has changed since is taken. Prints a patch.
    Upgrade(upgrade::Arguments),
}
