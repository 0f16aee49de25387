//! The reader's place in the text, and what it has found so far.

use caulk_source::Span;

use super::heredoc::Pending;
use super::tree::{Heredoc, List, Program};
use crate::{Joined, Problem};

/// How deep commands and substitutions may be nested. Nobody writes ten; a hostile file writes a
/// million.
pub const MAX_DEPTH: usize = 48;

/// How many words are read at once: of a program that is read as a whole, of each part of one that is
/// read in parts. A long generated script has a hundred thousand; what follows a million is left out.
pub(super) const MAX_WORDS: usize = 1_000_000;

/// What is found on the way and belongs to the whole program.
#[derive(Default)]
pub(super) struct Found {
    pub(super) heredocs: Vec<Heredoc>,
    pub(super) comments: Vec<Span>,
    pub(super) problems: Vec<Problem>,
}

/// Reads one text.
pub(super) struct Reader<'a> {
    pub(super) joined: &'a Joined,
    bytes: &'a [u8],
    pub(super) at: usize,
    pub(super) depth: usize,
    /// How many words were read so far.
    pub(super) words: usize,
    /// The heredocs whose bodies begin on the next line.
    pub(super) pending: Vec<Pending>,
    pub(super) found: Found,
}

impl<'a> Reader<'a> {
    pub(super) fn new(joined: &'a Joined) -> Self {
        Self {
            joined,
            bytes: joined.text().as_bytes(),
            at: 0,
            depth: 0,
            words: 0,
            pending: Vec::new(),
            found: Found::default(),
        }
    }

    /// The whole text as a program.
    pub(super) fn program(mut self) -> Program {
        let list = self.everything();
        Program {
            list,
            heredocs: self.found.heredocs,
            comments: self.found.comments,
            problems: self.found.problems,
        }
    }

    /// Every statement up to the end; what closes nothing is a problem and is passed over.
    fn everything(&mut self) -> List {
        let mut whole = List::default();
        loop {
            let list = self.list();
            whole.statements.extend(list.statements);
            self.blanks();
            if self.at >= self.bytes.len() {
                break;
            }
            self.pass_over_closing();
        }
        self.end_heredocs();
        whole
    }

    /// Past what closes something, where nothing is open.
    fn pass_over_closing(&mut self) {
        let start = self.at;
        self.skip_token();
        let what = self.joined.cut(start..self.at).to_owned();
        self.problem(start, format!("`{what}` closes nothing here"));
        self.blanks();
        if !self.at_closing() {
            self.eat(";");
        }
    }

    /// The statement that stands here, added to a list; or past what is none.
    pub(super) fn one_of_everything(&mut self, list: &mut List) {
        if self.at_closing() {
            self.pass_over_closing();
            return;
        }
        self.depth += 1;
        list.statements.extend(self.statement_or_problem());
        self.depth -= 1;
    }

    /// The statements of a text of its own within this one: what stands between backticks.
    pub(super) fn within(&mut self, inner: &Joined) -> List {
        let mut reader = Reader::new(inner);
        reader.depth = self.depth;
        std::mem::swap(&mut reader.found, &mut self.found);
        let list = reader.everything();
        self.found = reader.found;
        list
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    pub(super) fn end(&self) -> usize {
        self.bytes.len()
    }

    /// Whether the text goes on with `text`.
    pub(super) fn looking_at(&self, text: &str) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        rest.starts_with(text.as_bytes())
    }

    /// Past `text`, where it goes on with that.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let is_there = self.looking_at(text);
        if is_there {
            self.at += text.len();
        }
        is_there
    }

    /// One character further.
    pub(super) fn step(&mut self) {
        self.at += 1;
        while self.peek().is_some_and(|byte| byte & 0xc0 == 0x80) {
            self.at += 1;
        }
    }

    pub(super) fn problem(&mut self, start: usize, message: impl Into<String>) {
        // One is enough to know; a hostile file has a million.
        if self.found.problems.len() < 100 {
            self.found.problems.push(Problem {
                span: self.joined.span(start..self.at.max(start)),
                message: message.into(),
            });
        }
    }

    /// Past white space, continued lines and comments, but over no end of a line.
    pub(super) fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'\r') if self.at_carriage_return() => self.at += 1,
                Some(b'\\') if self.at_continuation() => self.continuation(),
                Some(b'#') => self.comment(),
                _ => return,
            }
        }
    }

    /// The same, and over ends of lines.
    pub(super) fn blank_lines(&mut self) {
        loop {
            self.blanks();
            if self.peek() != Some(b'\n') {
                return;
            }
            self.newline();
        }
    }

    /// Over the end of a line, and over the heredocs that stand below it.
    pub(super) fn newline(&mut self) {
        self.at += 1;
        if !self.pending.is_empty() {
            self.read_heredocs();
        }
    }

    fn comment(&mut self) {
        let start = self.at;
        let rest = self.bytes.get(start..).unwrap_or_default();
        self.at = memchr::memchr(b'\n', rest).map_or(self.bytes.len(), |at| start + at);
        let end = start + self.joined.cut(start..self.at).trim_end().len();
        self.found.comments.push(self.joined.span(start..end));
    }

    /// Whether a carriage return here belongs to the end of a line.
    pub(super) fn at_carriage_return(&self) -> bool {
        matches!(self.peek_at(1), Some(b'\n') | None)
    }

    /// Whether a backslash here continues the line.
    pub(super) fn at_continuation(&self) -> bool {
        match self.peek_at(1) {
            Some(b'\n') => true,
            Some(b'\r') => self.peek_at(2) == Some(b'\n'),
            _ => false,
        }
    }

    /// Past a backslash and the end of its line.
    pub(super) fn continuation(&mut self) {
        self.at += if self.peek_at(1) == Some(b'\r') { 3 } else { 2 };
    }

    /// Past an operator, a word of letters, or one character.
    fn skip_token(&mut self) {
        for operator in [";;&", ";;", ";&"] {
            if self.eat(operator) {
                return;
            }
        }
        let word = self.bare_word().len();
        if word > 0 {
            self.at += word;
        } else {
            self.step();
        }
    }

    /// The word at which the text stands, where it is one that could be reserved: letters, braces
    /// and `!` alone.
    pub(super) fn bare_word(&self) -> &'a str {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let is_part = |byte: u8| byte.is_ascii_alphabetic() || b"{}![]".contains(&byte);
        let length = rest
            .iter()
            .take(10)
            .position(|byte| !is_part(*byte))
            .unwrap_or(rest.len().min(10));
        let ends = match rest.get(length) {
            None => true,
            Some(b'\\') => false,
            Some(byte) => is_metacharacter(*byte),
        };
        if ends {
            self.joined
                .text()
                .get(self.at..self.at + length)
                .unwrap_or_default()
        } else {
            ""
        }
    }
}

/// What ends a word that is not quoted.
pub(super) fn is_metacharacter(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\n' | b'\r' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')'
    )
}
