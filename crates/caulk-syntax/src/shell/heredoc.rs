//! Heredocs: text below a line that the line calls up.

use super::reader::{MAX_DEPTH, Reader};
use super::tree::{Heredoc, Quoting, Word};
use super::word::Stop;
use crate::Joined;

/// A heredoc that was called up and whose body has not come yet.
pub(super) struct Pending {
    index: usize,
    chomps: bool,
}

impl Reader<'_> {
    /// Calls up a heredoc that ends at the line `delimiter`, which was read from `start` on.
    pub(super) fn call_heredoc(&mut self, delimiter: &Word, start: usize, chomps: bool) -> usize {
        let written = self.joined.cut(start..self.at);
        // Variables in a delimiter are not expanded: it is what is written, without its quotes.
        let text = delimiter
            .as_literal()
            .unwrap_or_else(|| written.replace(['"', '\'', '\\'], ""));
        let index = self.found.heredocs.len();
        self.found.heredocs.push(Heredoc {
            delimiter: text,
            expands: !written.contains(['"', '\'', '\\']),
            body: Word {
                parts: Vec::new(),
                span: delimiter.span,
            },
        });
        self.pending.push(Pending { index, chomps });
        index
    }

    /// The bodies of the heredocs that were called up on the line before.
    pub(super) fn read_heredocs(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            self.read_heredoc(&pending);
        }
    }

    fn read_heredoc(&mut self, pending: &Pending) {
        let Some(heredoc) = self.found.heredocs.get(pending.index) else {
            return;
        };
        let (delimiter, expands) = (heredoc.delimiter.clone(), heredoc.expands);
        let start = self.at;
        let mut body = Joined::new(
            self.joined.file(),
            self.joined.span(start..start).range().start,
        );
        let mut ended = false;
        while self.at < self.end() {
            let rest = self.joined.cut(self.at..self.end());
            let length = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |at| at + 1);
            let line = self.joined.cut(self.at..self.at + length);
            let content = if pending.chomps {
                line.trim_start_matches('\t')
            } else {
                line
            };
            let skipped = line.len() - content.len();
            ended = content.trim_end_matches(['\n', '\r']) == delimiter;
            let whole = self.at + skipped..self.at + length;
            self.at += length;
            if ended {
                break;
            }
            body.append(&self.joined.part(whole));
        }
        if !ended {
            self.problem(start, format!("the heredoc `{delimiter}` is never ended"));
        }
        let word = self.heredoc_body(&body, expands);
        if let Some(heredoc) = self.found.heredocs.get_mut(pending.index) {
            heredoc.body = word;
        }
    }

    fn heredoc_body(&mut self, body: &Joined, expands: bool) -> Word {
        let mut reader = Reader::new(body);
        let end = reader.end();
        if !expands || self.depth >= MAX_DEPTH || end == 0 {
            return reader.literal(0..end);
        }
        reader.depth = self.depth + 1;
        std::mem::swap(&mut reader.found, &mut self.found);
        let word = reader.parts(Stop::End(end), Quoting::Double);
        reader.end_heredocs();
        self.found = reader.found;
        word
    }

    /// What was called up on the last line has no body.
    pub(super) fn end_heredocs(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            let delimiter = self.found.heredocs.get(pending.index);
            let delimiter = delimiter
                .map_or("", |heredoc| &heredoc.delimiter)
                .to_owned();
            self.problem(self.at, format!("the heredoc `{delimiter}` is never ended"));
        }
    }
}
