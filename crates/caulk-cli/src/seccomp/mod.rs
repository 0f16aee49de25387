//! `caulk seccomp`: one file for each command.

mod arguments;
mod check;
mod diff;
mod explain;
mod export;
mod files;
mod generate;
mod given;
mod host;
mod merge;
mod reasons;
mod resolve;
mod upgrade;

use crate::exit::{Exit, Failure};

pub(crate) use arguments::Seccomp;
use arguments::SeccompCommand;

/// Runs it.
pub(crate) fn run(seccomp: &Seccomp) -> Result<Exit, Failure> {
    match &seccomp.command {
        SeccompCommand::Check(arguments) => check::run(arguments),
        SeccompCommand::Explain(arguments) => explain::run(arguments),
        SeccompCommand::Diff(arguments) => diff::run(arguments),
        SeccompCommand::Resolve(arguments) => resolve::run(arguments),
        SeccompCommand::Export(arguments) => export::run(arguments),
        SeccompCommand::Generate(arguments) => generate::run(arguments),
        SeccompCommand::Merge(arguments) => merge::run(arguments),
        SeccompCommand::Upgrade(arguments) => upgrade::run(arguments),
    }
}

/// Prints a text, or writes it to a file.
fn deliver(text: &str, file: Option<&str>) -> Result<(), Failure> {
    match file {
        Some(file) => crate::output::write(file, text.as_bytes()),
        None => crate::output::print(text.as_bytes()),
    }
}
