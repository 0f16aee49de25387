//! What a build does to accounts.

use caulk_source::Span;

use super::Correction;

/// A password that is given to an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Password {
    /// The account, where it is known.
    pub account: Option<String>,
    /// How.
    pub way: PasswordWay,
}

/// How a [`Password`] is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PasswordWay {
    /// With this program.
    Set(&'static str),
    /// It is emptied: anybody logs in.
    Emptied,
}

/// A use of sudo.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sudo {
    /// It is installed.
    Installed,
    /// A step runs something through it.
    Used,
    /// It is taken out again.
    Removed,
}

/// An account that is put into a group whose members sudo lets be root.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Membership {
    /// The account.
    pub account: String,
    /// The group.
    pub group: String,
}

/// An account that is as good as root.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RootEquivalent {
    /// Who: an account, a group (`%wheel`), or everybody (`ALL`).
    pub who: String,
    /// Why.
    pub way: RootWay,
    /// How it would be spelt so that a password is asked for.
    pub correction: Option<Correction>,
}

/// Why an account is as good as root.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RootWay {
    /// It has uid 0.
    Uid,
    /// sudo runs anything for it without a password.
    Sudoers,
    /// doas runs anything for it without a password.
    Doas,
}

/// A build argument that decides as whom the image runs, or on what it stands.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct UserArgument {
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub declared: Span,
}
