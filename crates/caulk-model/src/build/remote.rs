//! What a build takes from elsewhere without checking it.

use caulk_source::Span;

use super::Correction;

/// A program that is run as it comes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemoteCode {
    /// What runs it: `sh`, `python3`, or the file itself.
    pub reader: String,
    /// Where it comes from, as far as that is known.
    pub url: String,
    /// How it gets there.
    pub way: RemoteWay,
    /// Whether nobody has checked who answers: over plain HTTP, or without a look at the certificate.
    pub unchecked: bool,
}

/// How a program gets from elsewhere to what runs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RemoteWay {
    /// Through a pipe.
    Pipe,
    /// As a text among the words of a command: `sh -c "$(curl …)"`.
    Text,
    /// As a file that is downloaded at this place and run later.
    File {
        /// The download.
        downloaded: Span,
    },
}

/// A peer whose certificate is not checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UncheckedPeer {
    /// What does not check it: `curl`, `git`.
    pub program: String,
    /// What switches it off, as it is written.
    pub spelling: String,
    /// What is asked for so: the operands of the command.
    pub subject: String,
    /// Whether it stays switched off for whatever runs later: a variable, a configuration.
    pub lasts: bool,
    /// How it would be spelt without.
    pub correction: Option<Correction>,
}

/// Packages whose signatures are not checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnsignedPackages {
    /// What installs them: `apt-get`, `apk`.
    pub manager: String,
    /// What switches the check off, as it is written.
    pub spelling: String,
    /// What is installed so: the operands of the command.
    pub subject: String,
    /// Of what the signature is that is not checked.
    pub signature_of: SignatureOf,
    /// Whether it stays switched off for whatever is installed later.
    pub lasts: bool,
    /// Whether the packages are files that are there already, and not fetched.
    pub local: bool,
    /// Whether what a step has downloaded of it is compared with something before.
    pub compared: bool,
    /// How it would be spelt without.
    pub correction: Option<Correction>,
}

/// Of what a signature is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignatureOf {
    /// Of all that stands between whoever makes packages and the image.
    All,
    /// Of packages alone: the index of their repository, which the manager checks first, has one too.
    Packages,
}

/// A file that is taken from elsewhere as it comes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnverifiedFile {
    /// From where, as far as that is known.
    pub url: String,
    /// How.
    pub way: UnverifiedWay,
}

/// How an [`UnverifiedFile`] is taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UnverifiedWay {
    /// `ADD` without `--checksum`.
    Add,
    /// `ADD` of a Git repository, without a whole commit.
    AddGit,
    /// `ADD` of a file as it is on a branch, or under a tag, of a repository on GitHub.
    AddOfBranch {
        /// Its name, as it stands in the address.
        branch: String,
    },
    /// A download in a step, over plain HTTP.
    PlainHttp {
        /// With what.
        program: String,
    },
}
