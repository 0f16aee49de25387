//! `caulk seccomp merge`.

use std::collections::BTreeSet;

use caulk_config::did_you_mean;
use caulk_linux::DOCKER_DEFAULT;
use caulk_linux::syscalls::{self, Abi};
use caulk_seccomp::draft::{Draft, Unmergeable};
use caulk_seccomp::{Filter, Host, compare};
use caulk_source::FileId;
use clap::Args;

use super::deliver;
use super::given::Given;
use crate::exit::{Exit, Failure};
use crate::refusal::say;

#[derive(Args, Debug)]
pub(crate) struct Merge {
    /// Profiles; `default` is Docker's own. What only one can have, like the default action, is the
    /// first's.
    #[arg(value_name = "PROFILE", required_unless_present = "base")]
    pub(crate) profiles: Vec<String>,

    /// A profile to begin with; `default` is Docker's own.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) base: Option<String>,

    /// Also allow this call, whatever its arguments. May repeat, or be a list with commas.
    #[arg(long, value_name = "CALL", value_delimiter = ',')]
    pub(crate) allow: Vec<String>,

    /// Write the profile to FILE.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<String>,

    /// Say nothing of the profile on standard error.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// Runs it.
pub(crate) fn run(arguments: &Merge) -> Result<Exit, Failure> {
    let names: Vec<&String> = arguments.base.iter().chain(&arguments.profiles).collect();
    let profiles: Vec<Draft> = names
        .iter()
        .map(|name| Given::read(name)?.draft())
        .collect::<Result<_, _>>()?;
    let allowed: Vec<&str> = arguments
        .allow
        .iter()
        .map(|name| call(name))
        .collect::<Result<_, _>>()?;
    let mut merged = Draft::merge(&profiles).map_err(|error| refusal(&error, &names))?;
    if !allowed.is_empty() {
        merged = merged
            .allowing(&allowed)
            .map_err(|error| refusal(&error, &names))?;
    }
    if let (Some(first), Some(name)) = (profiles.first(), names.first())
        && !arguments.quiet
    {
        tell(first, name, &merged);
    }
    deliver(&merged.text(), arguments.output.as_deref())?;
    Ok(Exit::Clean)
}

fn refusal(error: &Unmergeable, names: &[&String]) -> Failure {
    let profile = match error {
        Unmergeable::None => None,
        Unmergeable::Open { profile }
        | Unmergeable::Precedence { profile, .. }
        | Unmergeable::Mixed { profile, .. } => names.get(*profile),
    };
    match profile {
        Some(name) => Failure(format!("{name}: {error}")),
        None => Failure(error.to_string()),
    }
}

/// A call that is to be allowed has to be one.
fn call(name: &str) -> Result<&str, Failure> {
    if syscalls::is_known(name) {
        return Ok(name);
    }
    let meant = did_you_mean(syscalls::did_you_mean(name));
    Err(Failure(format!("no system call `{name}`{meant}")))
}

/// What the merged profile allows more than the first, on each of its machines.
fn tell(first: &Draft, name: &str, merged: &Draft) {
    let mut more: BTreeSet<&str> = BTreeSet::new();
    for (machine, _) in &merged.machines {
        let Some(abi) = Abi::from_scmp(machine) else {
            continue;
        };
        let Some((first, merged)) = filter(first, abi).zip(filter(merged, abi)) else {
            continue;
        };
        let differences = compare(&first, &merged, abi);
        let opened = differences
            .iter()
            .filter(|difference| difference.is_opened());
        more.extend(opened.filter_map(|difference| difference.name));
    }
    let more: Vec<String> = more.iter().map(|name| format!("`{name}`")).collect();
    let line = match more.len() {
        0 => format!("no call is allowed that `{name}` does not allow"),
        calls => format!(
            "{calls} calls are allowed that `{name}` does not allow, or for more arguments: {}",
            more.join(", ")
        ),
    };
    say(&line);
}

/// What Docker makes of a profile for a container with the usual capabilities.
fn filter(draft: &Draft, machine: Abi) -> Option<Filter> {
    let parsed = caulk_seccomp::parse(FileId::FIRST, &draft.text());
    let host = Host::docker(DOCKER_DEFAULT).on(machine);
    let resolved = parsed.profile?.resolve(&host).ok()?;
    resolved.into_filter()
}
