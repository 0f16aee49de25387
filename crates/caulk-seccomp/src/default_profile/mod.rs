//! Docker's default profile, as data.
//!
//! Source: moby/profiles `seccomp/default.json`, tag `seccomp/v0.2.3` (commit cd3bed8061c7), whose
//! rules these are in their order; the arrangement and the words are ours. A test compares them
//! with that file where it is at hand.

mod open;
mod rules;
mod text;

use std::sync::LazyLock;

use caulk_linux::Capability;
use caulk_linux::syscalls::Abi;
use caulk_source::FileId;

use crate::{Action, Profile, parse};

pub use rules::RULES;
pub use text::text;

/// The release of Docker's default that this is.
pub const VERSION: &str = "moby/profiles seccomp/v0.2.3";

/// The error with which a call fails that no rule names: `EPERM`.
pub const DEFAULT_ERRNO: u16 = 1;

/// The default profile, read once from [`text()`], in which its places are.
pub fn profile() -> &'static Profile {
    static PROFILE: LazyLock<Profile> = LazyLock::new(|| {
        let parsed = parse(FileId::FIRST, &text());
        parsed.profile.expect("our own text is a JSON object")
    });
    &PROFILE
}

/// A rule of the default profile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DefaultRule {
    /// The calls, in parts by what they do.
    pub parts: &'static [&'static [&'static str]],
    /// The error that they fail with; where there is none, they are made.
    pub errno: Option<u16>,
    /// The argument that the rule asks for.
    pub argument: Option<DefaultArgument>,
    /// The rule applies only where all of this holds.
    pub includes: When,
    /// The rule does not apply where any of this holds.
    pub excludes: When,
}

/// A comparison of an argument: against `value`, or of the bits under `value` against none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DefaultArgument {
    /// Which argument, 0 to 5.
    pub index: u8,
    /// The comparison, without `SCMP_CMP_`: `EQ`.
    pub operator: &'static str,
    /// The value, or the mask.
    pub value: u64,
}

/// What a rule asks of the container and its host.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct When {
    /// Capabilities in the container's bounding set.
    pub capabilities: &'static [Capability],
    /// What the host is.
    pub architectures: &'static [Abi],
    /// The least kernel, as major and minor.
    pub kernel: Option<(u8, u8)>,
}

impl When {
    /// Asks for nothing.
    pub const NONE: Self = Self {
        capabilities: &[],
        architectures: &[],
        kernel: None,
    };

    /// Whether it asks for nothing.
    pub const fn is_none(&self) -> bool {
        self.capabilities.is_empty() && self.architectures.is_empty() && self.kernel.is_none()
    }
}

impl DefaultRule {
    /// What is done with the calls.
    pub const fn action(&self) -> Action {
        match self.errno {
            Some(_) => Action::Errno,
            None => Action::Allow,
        }
    }

    /// The calls.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.parts.iter().copied().flatten().copied()
    }
}

/// For each machine, the ABIs that are allowed beside its own.
pub const ARCHITECTURES: &[(Abi, &[Abi])] = &[
    (Abi::X86_64, &[Abi::X86, Abi::X32]),
    (Abi::Aarch64, &[Abi::Arm]),
    (Abi::Mips64, &[Abi::Mips, Abi::Mips64N32]),
    (Abi::Mips64N32, &[Abi::Mips, Abi::Mips64]),
    (Abi::Mipsel64, &[Abi::Mipsel, Abi::Mipsel64N32]),
    (Abi::Mipsel64N32, &[Abi::Mipsel, Abi::Mipsel64]),
    (Abi::S390x, &[Abi::S390]),
    (Abi::Riscv64, &[]),
    (Abi::Loongarch64, &[]),
];
