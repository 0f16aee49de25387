//! `caulk seccomp diff`.

use caulk_profile::Comparison;
use caulk_report::escape_hostile;
use clap::{Args, ColorChoice};

use super::given::{self, Given};
use super::host::Where;
use crate::exit::{Exit, Failure};
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Diff {
    /// The profile to compare with; `default` is Docker's own, `-` is standard input.
    #[arg(value_name = "A")]
    first: String,

    /// The profile that is compared.
    #[arg(value_name = "B")]
    second: String,

    #[command(flatten)]
    place: Where,

    /// How to say it.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    format: String,

    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
}

/// Runs it.
pub(crate) fn run(diff: &Diff) -> Result<Exit, Failure> {
    let host = diff.place.host()?;
    if diff.first == "-" && diff.second == "-" {
        return Err(Failure(
            "standard input can be one of the profiles, not both".to_owned(),
        ));
    }
    let (first, second) = (Given::read(&diff.first)?, Given::read(&diff.second)?);
    let (first, second) = (first.resolve(&host)?, second.resolve(&host)?);
    let comparison = Comparison::new(&first, &second);
    let text = if diff.format == "json" {
        escape_hostile(&comparison.json())
    } else {
        comparison.text(&given::show(diff.color))
    };
    output::print(text.as_bytes())?;
    Ok(if comparison.opens() {
        Exit::Findings
    } else {
        Exit::Clean
    })
}
