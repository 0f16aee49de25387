//! `caulk seccomp resolve`.

use caulk_report::escape_hostile;
use clap::Args;

use super::deliver;
use super::given::Given;
use super::host::Where;
use crate::exit::{Exit, Failure};
use crate::refusal::say;

#[derive(Args, Debug)]
pub(crate) struct Resolve {
    /// The profile; `default` is Docker's own, `-` is standard input.
    #[arg(value_name = "FILE")]
    file: String,

    #[command(flatten)]
    place: Where,

    /// Write the object to FILE.
    #[arg(long, short, value_name = "FILE")]
    output: Option<String>,
}

/// Runs it.
pub(crate) fn run(resolve: &Resolve) -> Result<Exit, Failure> {
    let host = resolve.place.host()?;
    let given = Given::read(&resolve.file)?;
    let resolved = given.resolve(&host)?;
    let text = if resolved.is_disabled {
        say("neither a default action nor a rule: the engine hands the runtime no filter at all");
        "null\n".to_owned()
    } else {
        escape_hostile(&resolved.filter.to_oci(given.profile()))
    };
    deliver(&text, resolve.output.as_deref())?;
    Ok(Exit::Clean)
}
