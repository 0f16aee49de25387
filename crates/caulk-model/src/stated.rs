//! What a configuration states of the containers around it.

use std::collections::BTreeMap;

use caulk_source::Span;

use crate::Setting;
use crate::base_images::ImagePattern;

/// What a configuration states of what the files below its folder declare, where no nearer one
/// does.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Stated {
    /// The folder.
    pub folder: String,
    /// What is said to rules, by the rule and the option. Nothing here knows what it is for.
    pub options: BTreeMap<(&'static str, &'static str), StatedImages>,
    /// What is said of the engine that will start the containers.
    pub host: Vec<HostSetting>,
}

/// What a configuration says of the engine: a key of `daemon.json`, and its value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostSetting {
    /// The key.
    pub key: &'static str,
    /// What it is set to.
    pub setting: Setting,
    /// Where.
    pub span: Span,
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
