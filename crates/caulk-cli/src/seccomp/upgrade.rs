//! `caulk seccomp upgrade`.

use std::fmt::Write as _;
use std::path::{Component, Path};

use caulk_report::visible;
use caulk_seccomp::history::Change;
use caulk_seccomp::upgrade::{Difference, NoUpgrade, Upgrade, upgrade};
use caulk_source::apply_edits;
use clap::Args;
use similar::TextDiff;

use super::deliver;
use super::given::Given;
use crate::exit::{Exit, Failure};
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The profile.
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: String,

    /// Write the new profile to FILE, and print no patch.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<String>,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let name = &arguments.profile;
    let given = Given::read(name)?;
    // What an engine would refuse is said with its place.
    given.draft()?;
    let text = given.text();
    let upgrade = upgrade(given.profile(), text).map_err(|why| refusal(name, &why))?;
    let bytes = apply_edits(text.as_bytes(), &upgrade.edits);
    let bytes = bytes.map_err(|_| Failure(format!("{name}: the changes do not fit together")))?;
    let after = String::from_utf8_lossy(&bytes);
    let said = annotation(name, &upgrade);
    match &arguments.output {
        Some(file) => {
            output::print(said.as_bytes())?;
            deliver(&after, Some(file))?;
        }
        None => output::print(format!("{said}{}", patch(name, text, &after)).as_bytes())?,
    }
    Ok(Exit::Clean)
}

fn refusal(name: &str, why: &NoUpgrade) -> Failure {
    Failure(match why {
        NoUpgrade::NotACopy { agreeing, of } => format!(
            "{name}: it is no copy of Docker's default: only {agreeing} of {of} calls are as in the likeliest one"
        ),
        NoUpgrade::Refused => format!("{name}: engines take it for no profile"),
    })
}

/// What was found, as lines that `git apply` and `patch` pass over.
fn annotation(name: &str, upgrade: &Upgrade) -> String {
    let mut text = String::new();
    let mut line = |line: &str| {
        let _ = writeln!(text, "# {}", visible(line));
    };
    let (agreeing, of) = upgrade.agreeing;
    let taken = match (upgrade.since, upgrade.missed.first()) {
        (Some(since), Some(missed)) if since.month == missed.month => {
            format!("in {}", since.month)
        }
        (Some(since), Some(missed)) => format!("between {} and {}", since.month, missed.month),
        (None, Some(missed)) => format!("before {}", missed.month),
        (_, None) => "last changed".to_owned(),
    };
    line(&format!(
        "{name}: a copy of Docker's default as it was {taken}; {agreeing} of {of} calls are as they were then"
    ));
    heading(
        &mut line,
        "kept, because the owner changed it",
        &upgrade.kept,
    );
    if !upgrade.conflicts.is_empty() {
        line("kept, though Docker has changed it as well");
        for conflict in &upgrade.conflicts {
            line(&format!(
                "  {}: it was {}, the owner made it {}, Docker {}",
                conflict.name, conflict.before, conflict.owner, conflict.docker
            ));
        }
    }
    if !upgrade.missed.is_empty() {
        line("since then the default");
        for change in upgrade.missed {
            line(&format!("  {}", told(change)));
        }
    }
    heading(&mut line, "taken from there", &upgrade.taken);
    if upgrade.edits.is_empty() {
        line("there is nothing to change");
    }
    text
}

fn heading(line: &mut impl FnMut(&str), heading: &str, differences: &[Difference]) {
    if differences.is_empty() {
        return;
    }
    line(heading);
    for Difference {
        name,
        before,
        after,
    } in differences
    {
        line(&format!("  {name}: {before} → {after}"));
    }
}

fn told(change: &Change) -> String {
    format!(
        "{} {} ({})",
        change.month,
        change.words,
        change.reference.url()
    )
}

/// The change as a patch of the file.
fn patch(name: &str, before: &str, after: &str) -> String {
    let path = shown(name);
    let diff = TextDiff::from_lines(before, after);
    let mut unified = diff.unified_diff();
    let unified = unified.header(&format!("a/{path}"), &format!("b/{path}"));
    unified.to_string()
}

/// The path in a patch: as it was typed where that leads down from here, else the file's name,
/// because `git apply` refuses to leave the folder that it is run in.
fn shown(name: &str) -> String {
    let path = Path::new(name);
    let path = path.strip_prefix("./").unwrap_or(path);
    let leads_down = path
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let path = if leads_down {
        Some(path)
    } else {
        path.file_name().map(Path::new)
    };
    path.unwrap_or(Path::new("profile.json"))
        .to_string_lossy()
        .into_owned()
}
