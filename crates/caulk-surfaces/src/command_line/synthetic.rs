//! Keys of other files as the flags that they become: tools that start containers from a file of
//! their own do the same.

use caulk_source::Span;

use super::run::{Client, Run, run};
use super::text::{Argument, Text};
use super::{Refusal, grammar};

/// Flags that are put together from keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    words: Vec<Argument>,
}

impl Flags {
    /// A flag with a value that is written at `span`.
    pub(crate) fn add(&mut self, name: &str, value: &Text, span: Span) {
        let mut word = Text::known(format!("--{name}="));
        word.append(value);
        self.push(word, span);
    }

    /// A word as it is written.
    pub(crate) fn push(&mut self, text: Text, span: Span) {
        self.words.push(Argument {
            text,
            span,
            shared: false,
        });
    }

    /// Words as they are written.
    pub(crate) fn extend(&mut self, words: impl IntoIterator<Item = Argument>) {
        self.words.extend(words);
    }

    /// The words so far.
    pub(crate) fn words(&self) -> &[Argument] {
        &self.words
    }

    /// What the client makes of them, with an image that is named elsewhere.
    pub(crate) fn run(&self, client: Client, anchor: Span) -> Result<Run, Refusal> {
        let mut words = self.words.clone();
        words.push(Argument {
            text: Text::known("image"),
            span: anchor,
            shared: true,
        });
        // A word that is no flag would be taken for the image.
        let run = run(client, &words)?;
        match words.get(run.line.rest) {
            Some(word) if run.line.rest + 1 < words.len() => Err(grammar::Refusal::new(
                Some(word.span),
                format!("`{}` is no flag", word.text.written()),
            )),
            Some(_) | None => Ok(run),
        }
    }
}
