//! Where a command reads from and writes to.

use caulk_syntax::shell::{Heredoc, Redirection, RedirectionOperator, Target};

use super::value::Value;
use super::walk::Walker;

/// The redirections of a command that matter here.
#[derive(Default)]
pub(super) struct Streams {
    pub(super) fed: Option<Value>,
    pub(super) reads: Option<Value>,
    pub(super) writes: Option<Value>,
}

impl Walker<'_> {
    /// The redirections of a command, evaluated.
    pub(super) fn streams(
        &mut self,
        redirections: &[Redirection],
        heredocs: &[Heredoc],
    ) -> Streams {
        let mut streams = Streams::default();
        for redirection in redirections {
            let descriptor = redirection.descriptor.as_deref();
            let value = match &redirection.target {
                Target::Word(word) => self.word(word, heredocs),
                Target::Heredoc(index) => match heredocs.get(*index) {
                    Some(heredoc) => self.word(&heredoc.body, heredocs),
                    None => continue,
                },
                Target::Missing => continue,
            };
            match redirection.operator {
                RedirectionOperator::Heredoc | RedirectionOperator::HereString => {
                    streams.fed = Some(value);
                }
                RedirectionOperator::Read if matches!(descriptor, None | Some("0")) => {
                    streams.reads = Some(value);
                }
                RedirectionOperator::Write
                | RedirectionOperator::Append
                | RedirectionOperator::WriteBoth
                | RedirectionOperator::AppendBoth
                    if matches!(descriptor, None | Some("1")) =>
                {
                    streams.writes = Some(value);
                }
                RedirectionOperator::Read
                | RedirectionOperator::Write
                | RedirectionOperator::Append
                | RedirectionOperator::WriteBoth
                | RedirectionOperator::AppendBoth
                | RedirectionOperator::ReadWrite
                | RedirectionOperator::DuplicateInput
                | RedirectionOperator::DuplicateOutput => {}
            }
        }
        streams
    }
}
