//! What decides a container's system calls, in one word.

use caulk_model::{Container, Repository, Seccomp, State};

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
