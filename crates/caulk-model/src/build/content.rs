//! What a build puts into an image.

use super::UserArgument;
use crate::State;
use crate::base_images::ImageReference;
use crate::image::repository_of;

/// A credential in an image.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Secret {
    /// The variable's or the file's name.
    pub name: String,
    /// How it gets there.
    pub kind: SecretKind,
    /// The credential itself, where it is written: nobody is to be shown it.
    pub text: Option<String>,
}

/// How a [`Secret`] gets into an image.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SecretKind {
    /// `ENV` with the value itself.
    Environment,
    /// `ENV` with the value of a build argument.
    EnvironmentFromArgument,
    /// `ARG` with the value itself as its default.
    ArgumentDefault,
    /// `ARG` without a value: whoever builds gives it, and the image's history keeps it.
    Argument,
    /// A file that is copied.
    File,
}

/// What `ADD` takes in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Added {
    /// The source, as it is written.
    pub source: String,
    /// What it is.
    pub kind: AddedSource,
}

/// What a source of `ADD` is. Of several, the last of these says what the step does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum AddedSource {
    /// A folder of the build context by the way it is written: what is in it is copied as it is.
    Folder,
    /// A file or folder of the build context that is no archive by its name.
    Plain {
        /// Whether it may be something else: it is not in the repository, or begins as archives do.
        unseen: bool,
    },
    /// An archive, which `ADD` unpacks.
    Archive,
    /// An address.
    Remote,
    /// Something that hangs on a variable.
    Unknown,
}

/// All of another image, copied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WholeCopy {
    /// The stage or image.
    pub from: String,
}

/// What part build arguments have in the name of an image.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedByArgument {
    /// The one that decides on the end of the name, where the file declares it.
    pub argument: Option<UserArgument>,
    /// Which part of the name is that argument.
    pub part: NamePart,
    /// Who says what that argument is.
    pub default: ArgumentDefault,
}

/// A part of an image's name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NamePart {
    /// All of it.
    Whole,
    /// The end of it, behind the `:` of the tag.
    Tag,
    /// Another one: something follows it, or no tag is begun before it.
    Other,
}

/// Who says what a build argument is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgumentDefault {
    /// Its `ARG`.
    Declaration,
    /// The place that uses it: `${NAME:-…}`.
    Use,
    /// The builder: it is given, or else nobody says.
    Builder,
}

/// An image that a build stands on or copies from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BaseUse {
    /// Its reference.
    pub reference: State<ImageReference>,
    /// Its repository, where that is known and the tag is not.
    pub repository: Option<String>,
    /// Whether its tag is written, and not filled in.
    pub tag_is_written: bool,
    /// What part a build argument has in its name, where one has.
    pub by_argument: Option<NamedByArgument>,
    /// Whether files are copied or mounted from it, and it is not stood on.
    pub copied_from: bool,
}

impl BaseUse {
    /// Its repository, written out with its registry, where that is known.
    pub fn repository(&self) -> Option<String> {
        repository_of(&self.reference, self.repository.as_deref())
    }

    /// How people call it.
    pub fn name(&self) -> String {
        match (&self.reference, &self.repository) {
            (State::Known(reference), _) => reference.familiar(),
            (State::Unknown { .. }, Some(repository)) => format!("{repository}:…"),
            (State::Unknown { .. }, None) => "an image that is not known".to_owned(),
        }
    }
}
