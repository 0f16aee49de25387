//! What a `RUN` gives to a shell.

use caulk_source::{Span, cut};

use super::heredoc;
use super::instruction::{Arguments, Instruction};
use crate::Joined;

/// The text that an instruction gives to a shell, with the place of each byte.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Script {
    /// The text.
    pub text: Joined,
    /// The first line of a heredoc that is a program of its own, after its `#!`: not the image's
    /// shell reads it, but what stands here.
    pub interpreter: Option<String>,
}

impl Instruction {
    /// What it gives to a shell, where it is in the shell form. `source` is the Dockerfile's text.
    ///
    /// As BuildKit does it (`dispatchRun`): a line that is nothing but a heredoc stands for the
    /// heredoc's text, which may begin with `#!`; of any other line the shell reads the heredocs
    /// itself.
    pub fn script(&self, source: &str) -> Option<Script> {
        if self.arguments != Arguments::Shell {
            return None;
        }
        let file = self.span.file;
        if let [only] = self.heredocs.as_slice()
            && heredoc::is_opening(self.rest.text())
        {
            let body = cut(source, only.body.range());
            let first = body.lines().next().unwrap_or_default();
            return Some(Script {
                text: Joined::whole_text(file, body, only.body.range().start),
                interpreter: first.strip_prefix("#!").map(|line| line.trim().to_owned()),
            });
        }
        let mut text = self.rest.clone();
        for heredoc in &self.heredocs {
            let body = heredoc.body;
            let start = body.range().start;
            // The line's own end lies before the body, and the line that ends it behind.
            text.push_for("\n", Span::at(file, start));
            text.push(cut(source, body.range()), start);
            text.push_for(&heredoc.name, Span::at(file, body.range().end));
        }
        Some(Script {
            text,
            interpreter: None,
        })
    }
}
