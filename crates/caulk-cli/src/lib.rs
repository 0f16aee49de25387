//! The program: what is typed, what is on the disk, what is printed, how it exits.
//!
//! **Invariant:** this is the only crate of the product that touches the disk, the environment and
//! the standard streams. It starts no process, and certainly none because a file said so.

mod arguments;
mod check;
mod configuration;
mod exit;
mod explain;
mod fix;
mod host;
mod installed;
mod load;
mod output;
mod posture;
mod progress;
mod refusal;
mod replace;
mod root;
mod rules;
mod seccomp;
mod select;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};
use exit::Exit;

/// Runs the program with the given arguments, the program's name first.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let exit = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => run(arguments),
        Err(error) => refusal::of_arguments(&error),
    };
    exit.into()
}

fn run(arguments: Arguments) -> Exit {
    let result = match arguments.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Posture(arguments) => posture::run(&arguments),
        Command::Seccomp(arguments) => seccomp::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Host => host::run(),
    };
    match result {
        Ok(exit) => exit,
        Err(failure) => refusal::of_run(&failure),
    }
}

/// Makes a defect of ours one line and exit status 2, instead of a backtrace that means nothing to
/// who meets it.
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|panic| {
        refusal::of_panic(&panic.to_string());
    }));
}
