//! `caulk seccomp`: one file for each command.

mod arguments;
mod explain;
mod files;
mod generate;
mod merge;
mod profile;
mod upgrade;

use crate::exit::{Exit, Failure};

pub(crate) use arguments::Seccomp;
use arguments::SeccompCommand;

/// Runs it.
pub(crate) fn run(seccomp: &Seccomp) -> Result<Exit, Failure> {
    match &seccomp.command {
        SeccompCommand::Generate(arguments) => generate::run(arguments),
        SeccompCommand::Merge(arguments) => merge::run(arguments),
        SeccompCommand::Upgrade(arguments) => upgrade::run(arguments),
    }
}

/// Prints a profile, or writes it to a file.
fn deliver(text: &str, file: Option<&str>) -> Result<(), Failure> {
    match file {
        Some(file) => crate::output::write(file, text.as_bytes()),
        None => crate::output::print(text.as_bytes()),
    }
}
