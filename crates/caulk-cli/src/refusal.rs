//! What is said when a run fails: one clear line.

use std::io::Write as _;

use caulk_config::did_you_mean;
use caulk_report::visible;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::exit::{Exit, Failure};

/// A run that failed.
pub(crate) fn of_run(failure: &Failure) -> Exit {
    say(&failure.0);
    Exit::Failed
}

/// A defect of ours: one line, and the status of a failed run.
#[expect(clippy::exit, reason = "the panic hook is the last thing that runs")]
pub(crate) fn of_panic(panic: &str) {
    let line = panic.replace('\n', " ");
    say(&format!("internal error, please report it: {line}"));
    std::process::exit(i32::from(Exit::Failed.status()));
}

/// Arguments that are not understood. Help and version are no refusal.
pub(crate) fn of_arguments(error: &clap::Error) -> Exit {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        let _ = error.print();
        return Exit::Clean;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
        return Exit::Failed;
    }
    say(&line(error));
    Exit::Failed
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "clap adds kinds; its own first line says what is wrong"
)]
fn line(error: &clap::Error) -> String {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    let argument = || context(ContextKind::InvalidArg).unwrap_or_default();
    let suggested = |kind| did_you_mean(context(kind).as_deref());
    match error.kind() {
        ErrorKind::UnknownArgument => {
            let meant = suggested(ContextKind::SuggestedArg);
            format!("no option `{}`{meant}", argument())
        }
        ErrorKind::InvalidSubcommand => {
            let given = context(ContextKind::InvalidSubcommand).unwrap_or_default();
            let meant = suggested(ContextKind::SuggestedSubcommand);
            format!("no command `{given}`{meant}")
        }
        ErrorKind::InvalidValue => {
            let given = context(ContextKind::InvalidValue).unwrap_or_default();
            let option = argument();
            if given.is_empty() {
                return format!("`{option}` needs a value");
            }
            if let Some(meant) = context(ContextKind::SuggestedValue) {
                return format!("no `{given}` for `{option}`: did you mean `{meant}`?");
            }
            let known = context(ContextKind::ValidValue).unwrap_or_default();
            format!("no `{given}` for `{option}`: it is one of {known}")
        }
        _ => {
            let text = error.render().to_string();
            let first = text.lines().next().unwrap_or_default();
            first.strip_prefix("error: ").unwrap_or(first).to_owned()
        }
    }
}

/// One line on standard error. Whatever a file or an argument put into it is made visible.
pub(crate) fn say(line: &str) {
    crate::progress::clear();
    let _ = writeln!(std::io::stderr(), "caulk: {}", visible(line));
}
