//! `caulk seccomp merge`.

use std::collections::BTreeSet;

use caulk_linux::DOCKER_DEFAULT;
use caulk_linux::syscalls::{self, Abi};
use caulk_seccomp::draft::{Draft, Unmergeable};
use caulk_seccomp::{Filter, Host, compare};
use caulk_source::FileId;

use super::arguments::Merge;
use super::{deliver, profile};
use crate::exit::{Exit, Failure};
use crate::refusal::say;
use crate::suggest::did_you_mean;

/// Runs it.
pub(crate) fn run(arguments: &Merge) -> Result<Exit, Failure> {
    let names: Vec<&String> = arguments.base.iter().chain(&arguments.profiles).collect();
    let profiles: Vec<Draft> = names
        .iter()
        .map(|name| profile::draft(name))
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
