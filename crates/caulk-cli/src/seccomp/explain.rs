//! `caulk seccomp explain`.

use caulk_config::{did_you_mean, nearest};
use caulk_profile::{Overview, Question, UnknownValue};
use caulk_report::escape_hostile;
use clap::{Args, ColorChoice};

use super::given::{self, Given};
use super::host::Where;
use crate::exit::{Exit, Failure};
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// The profile; `default` is Docker's own, `-` is standard input.
    #[arg(value_name = "FILE")]
    file: String,

    /// A system call, by its name or its number. Without it, everything that the profile does.
    #[arg(value_name = "SYSCALL")]
    call: Option<String>,

    /// Its arguments, from the first on: numbers, or names as headers have them, like `AF_VSOCK`.
    #[arg(value_name = "ARG", allow_negative_numbers = true)]
    arguments: Vec<String>,

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
pub(crate) fn run(explain: &Explain) -> Result<Exit, Failure> {
    let host = explain.place.host()?;
    let given = Given::read(&explain.file)?;
    let own = given.resolve(&host)?;
    let default = Given::docker_default();
    let default = default.resolve_as_baseline(&host)?;
    let show = given::show(explain.color);
    let is_json = explain.format == "json";
    let text = match &explain.call {
        None => {
            let overview = Overview::new(&own, &default);
            if is_json {
                overview.json()
            } else {
                overview.text(&show)
            }
        }
        Some(call) => {
            let question = Question::new(&own, &default, call)
                .map_err(|unknown| Failure(unknown.to_string()))?;
            let question = question.with(&explain.arguments).map_err(|unknown| {
                let meant = did_you_mean(meant(&unknown));
                Failure(format!("{}{meant}", unknown.message))
            })?;
            if is_json {
                question.json(&show)
            } else {
                question.text(&show)
            }
        }
    };
    let text = if is_json { escape_hostile(&text) } else { text };
    output::print(text.as_bytes())?;
    Ok(Exit::Clean)
}

/// The name of a value that was probably meant. Headers write them in capitals.
fn meant(unknown: &UnknownValue) -> Option<&'static str> {
    let lower: Vec<String> = unknown
        .known
        .iter()
        .map(|name| name.to_lowercase())
        .collect();
    let found = nearest(unknown.given.as_deref()?, lower.iter().map(String::as_str))?;
    let mut known = unknown.known.iter().copied();
    known.find(|name| name.eq_ignore_ascii_case(found))
}
