//! How Docker's default profile changed over the years, so that a copy of it can be dated.

mod changes;
mod dating;
mod witness;

use std::fmt;

use caulk_linux::Capability;
use caulk_linux::syscalls::Abi;

pub use changes::CHANGES;
pub use dating::{Dated, date};

/// A month.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Month {
    /// The year.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: u8,
}

impl fmt::Display for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.year, self.month)
    }
}

/// A change of the default profile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change {
    /// When it was written or merged; a release with it came weeks or months later.
    pub month: Month,
    /// Where it can be read.
    pub reference: Reference,
    /// The calls that it is about, sorted.
    pub calls: &'static [&'static str],
    /// What it did to them.
    pub effect: Effect,
    /// What it was, after "since then the default".
    pub words: &'static str,
}

/// Where a change can be read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reference {
    /// A pull request of moby/moby, where the profile lived until the summer of 2025.
    Moby(u32),
    /// A pull request of moby/profiles, where it lives now.
    Profiles(u32),
    /// A release of moby/profiles.
    Release(&'static str),
}

impl Reference {
    /// The address.
    pub fn url(self) -> String {
        match self {
            Self::Moby(number) => format!("https://github.com/moby/moby/pull/{number}"),
            Self::Profiles(number) => format!("https://github.com/moby/profiles/pull/{number}"),
            Self::Release(tag) => {
                format!("https://github.com/moby/profiles/releases/tag/{tag}")
            }
        }
    }
}

/// What a change did to its calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// They were shut or had a condition, and everybody may make them now.
    Opened,
    /// They were shut, and may be made with any of these capabilities now.
    OpenedWith(&'static [Capability]),
    /// They were shut, and may be made on this kernel and later ones now.
    OpenedSince(u8, u8),
    /// Everybody might make them, and nobody may now.
    Shut,
    /// Everybody might make them, and only who has one of these capabilities may now.
    ShutWithout(&'static [Capability]),
    /// They might be made with this as their first argument, and may not now.
    Narrowed(u64),
    /// They fail with this error now, and not with the default one.
    FailsWith(u16),
    /// The profile knows this machine now.
    Machine(Abi),
    /// Something else, which tells no time.
    Other,
}
