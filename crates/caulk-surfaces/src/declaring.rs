//! What the workspace asks of a file that says something about containers, whatever its kind.

use std::fmt;

use caulk_finding::Change;
use caulk_model::{Declared, Repository, State};
use caulk_source::{Edit, FileId, SourceFile, Span, Spanned, Surface};
use caulk_syntax::Problem;

use crate::dockerfile::BuildArguments;
use crate::{NotOffered, devcontainer, quadlet};

/// Gives the file at a path, seen from a folder of the repository, and nothing where there is none.
pub(crate) type FindFrom<'a> = &'a dyn Fn(&str, &str) -> State<Option<FileId>>;

/// A container that a file declares.
#[derive(Clone, Debug)]
pub(crate) struct Declaration {
    /// The kind of place in which it is declared: a file may hold several.
    pub(crate) surface: Surface,
    /// Its name, where it has one.
    pub(crate) name: Option<String>,
    /// The line to point at where something is absent.
    pub(crate) anchor: Span,
    /// The image that it runs.
    pub(crate) image: Option<Spanned<State<String>>>,
    /// The build that makes its image.
    pub(crate) build: Option<BuiltFrom>,
    /// What it declares.
    pub(crate) declared: Declared,
}

/// The Dockerfile that makes a container's image.
#[derive(Clone, Debug)]
pub(crate) struct BuiltFrom {
    /// Where it is named.
    pub(crate) span: Span,
    /// The folder that its path is seen from.
    pub(crate) folder: String,
    /// Its path.
    pub(crate) dockerfile: State<String>,
    /// The stage.
    pub(crate) target: Option<State<String>>,
    pub(crate) arguments: BuildArguments,
}

/// A file, read.
pub(crate) trait Declaring: fmt::Debug + Send + Sync {
    /// Which kind of file it is.
    fn surface(&self) -> Surface;

    /// What the program that it is for refuses.
    fn problems(&self) -> Vec<Problem> {
        Vec::new()
    }

    /// From where on it is too long to be judged.
    fn unjudged_from(&self) -> Option<Span> {
        None
    }

    /// The containers that it declares.
    fn declarations(&self, _find: FindFrom<'_>) -> Vec<Declaration> {
        Vec::new()
    }

    /// The quadlet that it is: drop-ins beside it add to it.
    fn quadlet(&self) -> Option<&quadlet::File> {
        None
    }

    /// The dev container that it is: features beside it, and the label of its image, add to it.
    fn dev_container(&self) -> Option<&devcontainer::File> {
        None
    }

    /// What it says of what lies below the containers.
    fn below(&self, _find: FindFrom<'_>, _repository: &mut Repository) {}

    /// Paths that it refers to, each with the folder that it is seen from, and what lies there.
    fn references(&self) -> Vec<(String, String, Surface)> {
        Vec::new()
    }

    /// The edits that make a change true.
    fn edits(&self, _source: &SourceFile, _change: &Change) -> Result<Vec<Edit>, NotOffered> {
        Err(NotOffered("this kind of file is not edited yet"))
    }
}
