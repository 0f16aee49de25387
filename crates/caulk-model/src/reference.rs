//! References from one file to another that could not be followed.

use caulk_source::Span;

/// What is referred to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Referred {
    /// A file that is included.
    Include,
    /// The file of a service that another extends.
    Extends,
    /// The Dockerfile of a build.
    Dockerfile,
    /// A seccomp profile.
    Profile,
}

/// Why a reference could not be followed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum WhyUnresolved {
    /// Nothing is there.
    Missing,
    /// It leads out of the repository.
    Outside,
    /// Something is there that is not read: a folder, a pipe, a link that leads out.
    Unread,
    /// It is fetched from elsewhere.
    Remote,
    /// It hangs on a variable.
    Unknown,
    /// What is there is no file of that kind.
    OtherKind,
}

/// A reference that could not be followed: what lies behind it was not judged.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct UnresolvedReference {
    /// Where it is written.
    pub span: Span,
    /// To what.
    pub kind: Referred,
    /// As it is written.
    pub target: String,
    /// Why it could not be followed.
    pub why: WhyUnresolved,
    /// Whether the engine reads the file by itself. One that it is merely given may be read from
    /// another folder than its own.
    pub discovered: bool,
}
