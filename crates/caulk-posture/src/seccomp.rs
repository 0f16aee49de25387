//! What decides a container's system calls, in one word.

use std::cell::RefCell;
use std::collections::BTreeMap;

use caulk_linux::CapabilitySet;
use caulk_linux::syscalls::Abi;
use caulk_model::{Container, Repository, Seccomp, State};
use caulk_seccomp::{Host, Profile, default_profile};
use caulk_source::FileId;

/// What decides a container's system calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Filter<'a> {
    /// The engine's default profile.
    Default,
    /// A profile of its own, at this path as it is written.
    Custom(&'a str),
    /// Nothing: it is turned off.
    Disabled,
    /// Nothing: the profile at this path has neither a default action nor a rule, and the engine
    /// takes it for none.
    Empty(&'a str),
    /// It cannot be known.
    Unknown,
}

/// What decides the system calls of `container`.
pub(crate) fn filter<'a>(repository: &Repository, container: &'a Container) -> Filter<'a> {
    match &container.seccomp.state {
        State::Known(Seccomp::Default) => Filter::Default,
        State::Known(Seccomp::Disabled) => Filter::Disabled,
        State::Known(Seccomp::Profile { path, file }) => {
            let profile = file.and_then(|file| repository.profile_in(file));
            match profile {
                Some(profile) if profile.profile.is_none() => Filter::Empty(path),
                Some(_) | None => Filter::Custom(path),
            }
        }
        State::Unknown { .. } => Filter::Unknown,
    }
}

/// What decides how many calls a container may make: its profile and its bounding set.
type Decider = (Option<FileId>, CapabilitySet);

/// How many system calls containers may make on `x86_64` whatever the arguments, counted once for
/// each profile and bounding set.
pub(crate) struct Allowed<'a> {
    repository: &'a Repository,
    counted: RefCell<BTreeMap<Decider, Option<usize>>>,
}

impl<'a> Allowed<'a> {
    pub(crate) fn new(repository: &'a Repository) -> Self {
        Self {
            repository,
            counted: RefCell::default(),
        }
    }

    /// The number for `container`; none where no filter stands, and where it is not known.
    pub(crate) fn of(&self, container: &Container) -> Option<usize> {
        let bounding = *container.bounding().known()?;
        let (file, profile) = match container.seccomp.value()? {
            Seccomp::Default => (None, default_profile::profile()),
            Seccomp::Profile { file, .. } => {
                let file = (*file)?;
                (Some(file), &self.repository.profile_in(file)?.profile)
            }
            Seccomp::Disabled => return None,
        };
        let mut counted = self.counted.borrow_mut();
        *counted
            .entry((file, bounding))
            .or_insert_with(|| count(profile, bounding))
    }
}

fn count(profile: &Profile, bounding: CapabilitySet) -> Option<usize> {
    let resolution = profile.resolve(&Host::docker(bounding)).ok()?;
    Some(resolution.into_filter()?.counts(Abi::X86_64).allowed)
}
