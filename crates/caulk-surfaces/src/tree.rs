//! One file as a tree, and how it is told what kind of file it is.

use std::sync::Arc;

use caulk_source::{FileId, SourceFile, Sources, Surface};
use caulk_syntax::dockerfile::{self as dockerfile_syntax, Dockerfile};
use caulk_syntax::yaml::{self, Stream};
use memchr::memmem;

use crate::declaring::Declaring;
use crate::{compose, dockerfile, others, seccomp};

/// Whether a file may declare a container, by its path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// It does not.
    No,
    /// It does, by its name.
    ByName,
    /// Its content decides: [`Wanted::by_content`].
    ByContent,
}

impl Wanted {
    /// Whether a file whose content decides is worth reading further. Quick, and never wrong about
    /// a file that declares something.
    pub fn by_content(path: &str, bytes: &[u8]) -> bool {
        if others::by_content(path, bytes) {
            return true;
        }
        if path.to_ascii_lowercase().ends_with(".json") {
            memmem::find(bytes, b"SCMP_ACT_").is_some()
        } else {
            memmem::find(bytes, b"services").is_some()
        }
    }
}

/// Whether the file at `path` may declare a container.
pub fn may_matter(path: &str) -> Wanted {
    let name = path.rsplit('/').next().unwrap_or(path);
    if by_name(name).is_some() {
        return Wanted::ByName;
    }
    if let wanted @ (Wanted::ByName | Wanted::ByContent) = others::may_matter(path, name) {
        return wanted;
    }
    if is_yaml_or_json(name) {
        Wanted::ByContent
    } else {
        Wanted::No
    }
}

/// Whether a file may be a Compose file or a profile under any name: a document that quotes one is
/// none.
fn is_yaml_or_json(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["yml", "yaml", "json"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(extension))
}

fn by_name(name: &str) -> Option<Surface> {
    if dockerfile::is_dockerfile(name) {
        Some(Surface::Dockerfile)
    } else if compose::is_compose(name) {
        Some(Surface::Compose)
    } else if seccomp::is_profile(name) {
        Some(Surface::Seccomp)
    } else {
        None
    }
}

/// What a file is, read.
#[derive(Clone, Debug)]
pub(crate) enum Tree {
    Dockerfile(Dockerfile),
    Compose(Stream),
    Seccomp(Box<caulk_seccomp::Parsed>),
    /// A kind of file that answers for itself.
    Other(Arc<dyn Declaring>),
}

impl Tree {
    /// Whether a file that another merely says to be of this kind is. What is not is left alone: no
    /// line of a password file is to be shown because a Compose file calls it a profile.
    pub(crate) fn is_what_it_is_called(&self, file: &SourceFile) -> bool {
        match self {
            Self::Dockerfile(dockerfile) => !dockerfile::stages(dockerfile).is_empty(),
            Self::Compose(stream) => compose::is_compose_file(stream),
            Self::Other(_) => true,
            Self::Seccomp(parsed) => {
                let says = parsed.profile.as_ref().map(|profile| !profile.is_none());
                says.is_some_and(|says| says || seccomp::is_empty(file.text()))
            }
        }
    }

    /// Whether a profile's text is JSON.
    fn is_well_formed(&self) -> bool {
        match self {
            Self::Seccomp(parsed) => parsed.problems.is_empty(),
            Self::Dockerfile(_) | Self::Compose(_) | Self::Other(_) => true,
        }
    }

    pub(crate) fn surface(&self) -> Surface {
        match self {
            Self::Dockerfile(_) => Surface::Dockerfile,
            Self::Compose(_) => Surface::Compose,
            Self::Seccomp(_) => Surface::Seccomp,
            Self::Other(other) => other.surface(),
        }
    }
}

/// A file that declares something, or that somebody named as one that does.
pub(crate) fn read(sources: &Sources, id: FileId, file: &SourceFile) -> Option<Tree> {
    match sources.declared(id) {
        Some(surface) => tree_as(surface, id, file).or_else(|| tree(id, file)),
        None => tree(id, file),
    }
}

fn tree(id: FileId, file: &SourceFile) -> Option<Tree> {
    let name = file.path().rsplit('/').next().unwrap_or_default();
    if let Some(surface) = by_name(name) {
        let tree = tree_as(surface, id, file)?;
        let is_it = match &tree {
            // A JSON file about seccomp need not be a profile.
            Tree::Seccomp(_) => tree.is_what_it_is_called(file) || !tree.is_well_formed(),
            // A list of mappings is another program's: tasks that start a project.
            Tree::Compose(stream) => {
                let root = stream.root();
                let mut items = root.iter().flat_map(yaml::Value::items);
                !items.any(|item| item.is_mapping())
            }
            Tree::Dockerfile(parsed) => !dockerfile::is_template(parsed, file),
            Tree::Other(_) => true,
        };
        return is_it.then_some(tree);
    }
    if let Some(other) = others::read(id, file, name) {
        return Some(Tree::Other(other));
    }
    if !is_yaml_or_json(name) {
        return None;
    }
    let by_content = Wanted::by_content(file.path(), file.bytes());
    if !by_content {
        return None;
    }
    if seccomp::looks_like_profile(file.text()) && name.to_ascii_lowercase().ends_with(".json") {
        return tree_as(Surface::Seccomp, id, file);
    }
    let stream = yaml::parse(id, file.text());
    compose::looks_like_compose(&stream).then_some(Tree::Compose(stream))
}

/// A file read as another says it is. Only these kinds are referred to.
pub(crate) fn tree_as(surface: Surface, id: FileId, file: &SourceFile) -> Option<Tree> {
    match surface {
        Surface::Dockerfile => Some(Tree::Dockerfile(dockerfile_syntax::parse(id, file.text()))),
        Surface::Compose => Some(Tree::Compose(yaml::parse(id, file.text()))),
        Surface::Seccomp => Some(Tree::Seccomp(Box::new(caulk_seccomp::parse(
            id,
            file.text(),
        )))),
        Surface::CommandLine
        | Surface::DevContainer
        | Surface::Workflow
        | Surface::Quadlet
        | Surface::Bake
        | Surface::Daemon
        | Surface::Kernel => None,
    }
}
