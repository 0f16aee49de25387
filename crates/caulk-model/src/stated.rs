//! What a configuration states of the containers around it.

use std::collections::BTreeMap;

use caulk_linux::{Capability, CapabilitySet};
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
    /// What is said of images that are not built here. Of several that mean one, the last holds.
    pub images: Vec<StatedImage>,
}

impl Stated {
    /// What is said of the image of this repository, written out with its registry.
    pub fn image(&self, repository: &str) -> Option<&StatedImage> {
        let mut images = self.images.iter();
        images.rfind(|image| image.pattern.includes(repository))
    }
}

/// What a configuration says of images: it counts for more than what caulk knows of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatedImage {
    /// Which.
    pub pattern: ImagePattern,
    /// The user of their configuration; nothing where that is not said.
    pub user: Option<String>,
    /// The capabilities with which they start and do what they are for; nothing where that is not said.
    pub needs: Option<CapabilitySet>,
    /// Whether somebody in them counts on sudo.
    pub sudo: bool,
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

impl StatedImage {
    /// An image of which nothing is said yet.
    pub fn new(pattern: ImagePattern) -> Self {
        Self {
            pattern,
            user: None,
            needs: None,
            sudo: false,
        }
    }

    /// Says that it needs no capability, until one is named.
    pub fn needs_nothing(&mut self) {
        self.needs = Some(CapabilitySet::EMPTY);
    }

    /// Says that it needs the capability of this name.
    ///
    /// # Errors
    ///
    /// Where there is none, in words.
    pub fn need(&mut self, name: &str) -> Result<(), String> {
        let capability: Capability = name
            .parse()
            .map_err(|_| format!("no kernel has the capability `{name}`: name each by itself"))?;
        let known = self.needs.unwrap_or(CapabilitySet::EMPTY);
        self.needs = Some(known.union(CapabilitySet::of(&[capability])));
        Ok(())
    }
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
