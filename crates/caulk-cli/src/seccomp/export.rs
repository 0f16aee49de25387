//! `caulk seccomp export`.

use std::io::{self, IsTerminal as _};

use clap::{Args, ValueEnum};

use super::given::Given;
use super::host::Where;
use crate::exit::{Exit, Failure};
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Export {
    /// The profile; `default` is Docker's own, `-` is standard input.
    #[arg(value_name = "FILE")]
    file: String,

    /// What to write.
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Form,

    #[command(flatten)]
    place: Where,

    /// Write to FILE.
    #[arg(long, short, value_name = "FILE")]
    output: Option<String>,
}

/// What a filter is written as.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
enum Form {
    /// The program that the kernel takes, as `bwrap --seccomp` reads it
    Bpf,
    /// A text in the manner of libseccomp's pseudo filter code
    Pfc,
}

/// Runs it.
pub(crate) fn run(export: &Export) -> Result<Exit, Failure> {
    let file = export.output.as_deref();
    if export.format == Form::Bpf && file.is_none() && io::stdout().is_terminal() {
        return Err(Failure(
            "a filter program is not for a terminal: use `--output FILE`, or `> FILE`".to_owned(),
        ));
    }
    let host = export.place.host()?;
    let given = Given::read(&export.file)?;
    let resolved = given.resolve(&host)?;
    if resolved.is_disabled {
        return Err(Failure(
            "neither a default action nor a rule: the engine makes no filter of it".to_owned(),
        ));
    }
    let bytes = match export.format {
        Form::Bpf => resolved
            .filter
            .export_bpf()
            .map_err(|error| Failure(error.to_string()))?,
        Form::Pfc => resolved.filter.to_pfc().into_bytes(),
    };
    match file {
        Some(file) => output::write(file, &bytes)?,
        None => output::print(&bytes)?,
    }
    Ok(Exit::Clean)
}
