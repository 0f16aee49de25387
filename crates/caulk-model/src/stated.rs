//! What a configuration states of the containers around it.

use std::collections::BTreeMap;

use caulk_source::Span;

use crate::base_images::ImagePattern;

/// What a configuration states of what the files below its folder declare, where no nearer one
/// does.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Stated {
    /// The folder.
    pub folder: String,
    /// What is said to rules, by the rule and the option. Nothing here knows what it is for.
    pub options: BTreeMap<(&'static str, &'static str), StatedImages>,
}

/// Images that a configuration names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatedImages {
    /// Where.
    pub span: Span,
    /// Which.
    pub patterns: Vec<ImagePattern>,
}

impl StatedImages {
    /// Whether a repository, written out with its registry, is among them.
    pub fn include(&self, repository: &str) -> bool {
        let mut patterns = self.patterns.iter();
        patterns.any(|pattern| pattern.includes(repository))
    }
}
