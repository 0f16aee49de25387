//! One command that is run.

use std::sync::Arc;

use caulk_source::{Span, Spanned};

use super::branch::Branch;
use super::value::Value;
use super::{fetch, program};

/// How many sources of a flow are remembered; nobody joins so many.
const MAX_SOURCES: usize = 8;

/// Downloads whose text goes somewhere: indices of the calls that make them.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Flow {
    sources: Vec<usize>,
}

impl Flow {
    /// What the call at `index` prints.
    pub(crate) fn of(index: usize) -> Self {
        Self {
            sources: vec![index],
        }
    }

    /// Whether nothing that was downloaded is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// The calls.
    pub(crate) fn sources(&self) -> &[usize] {
        &self.sources
    }

    /// Adds another flow to it.
    pub(crate) fn add(&mut self, other: &Self) {
        for source in &other.sources {
            if self.sources.len() < MAX_SOURCES && !self.sources.contains(source) {
                self.sources.push(*source);
            }
        }
    }
}

/// A simple command with its words, as far as they are known.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The words, the program's wrappers among them.
    pub(crate) words: Vec<Value>,
    /// The assignments in front of it: the name, with the place of the whole, and the value.
    pub(crate) assignments: Vec<(Spanned<String>, Value)>,
    /// Where it stands.
    pub(crate) span: Span,
    /// What comes to its standard input through a pipe.
    pub(crate) piped: Flow,
    /// The call before it in its pipeline.
    pub(crate) piped_from: Option<usize>,
    /// The text that is its standard input: a heredoc, a here-string.
    pub(crate) fed: Option<Value>,
    /// The file that is its standard input.
    pub(crate) reads: Option<Value>,
    /// The file into which its standard output goes, and whether it is added to.
    pub(crate) writes: Option<Value>,
    /// What of it came from a download.
    pub(crate) output: Flow,
    /// Where its program stands among its words.
    pub(crate) program_at: Option<usize>,
    /// The part of the program in which it stands, where another may run instead.
    pub(crate) branch: Option<Arc<Branch>>,
}

impl Call {
    /// The words of its program: past `env`, `sudo` and their like.
    pub(crate) fn own_words(&self) -> &[Value] {
        self.program_at
            .and_then(|at| self.words.get(at..))
            .unwrap_or_default()
    }

    /// Its program's name without a path, where it is known.
    pub(crate) fn program(&self) -> Option<String> {
        let word = self.own_words().first()?.known()?;
        Some(program::name_of(&word).to_owned())
    }

    /// What follows its program's name.
    pub(crate) fn operands(&self) -> &[Value] {
        self.own_words().get(1..).unwrap_or_default()
    }

    /// The word `sudo` in front of its program.
    pub(crate) fn sudo(&self) -> Option<&Value> {
        self.wrapper("sudo")
    }

    /// Whether a program of that name runs its own.
    pub(super) fn has_wrapper(&self, name: &str) -> bool {
        self.wrapper(name).is_some()
    }

    fn wrapper(&self, name: &str) -> Option<&Value> {
        let before = self.words.get(..self.program_at?)?;
        before.iter().find(|word| {
            let word = word.known().unwrap_or_default();
            program::name_of(&word) == name
        })
    }

    /// The download that it is.
    pub(crate) fn fetch(&self) -> Option<fetch::Fetch> {
        fetch::of(self)
    }
}
