//! Words: quotes, escapes, and where a word ends.

use std::ops::Range;

use caulk_source::cut_from;

use super::reader::{MAX_DEPTH, MAX_WORDS, Reader, is_metacharacter};
use super::tree::{Part, PartKind, Quoting, Word};

/// What ends the parts that are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stop {
    /// The end of a word.
    Word,
    /// The end of a regular expression of `[[ … =~ … ]]`, in which brackets hold blanks together.
    Regex,
    /// `}`
    Brace,
    /// `"`
    Quote,
    /// This offset; quotes are text.
    End(usize),
}

/// The parts read so far, neighbouring literals in one.
#[derive(Default)]
pub(super) struct Parts {
    finished: Vec<Part>,
    run: Option<(Range<usize>, Quoting)>,
}

impl Reader<'_> {
    /// The word that begins here, where one does.
    pub(super) fn word(&mut self, stop: Stop) -> Option<Word> {
        let begins = match stop {
            Stop::Regex => !matches!(
                self.peek(),
                None | Some(b' ' | b'\t' | b'\n' | b'\r' | b'&' | b';' | b')')
            ),
            Stop::Word | Stop::Brace | Stop::Quote | Stop::End(_) => self.at_word(),
        };
        if !begins {
            return None;
        }
        let start = self.at;
        self.words += 1;
        if self.words > MAX_WORDS {
            self.at = self.end();
            self.problem(start, "more words than are read at once");
            return None;
        }
        let word = self.parts(stop, Quoting::Bare);
        if self.at == start {
            return None;
        }
        Some(word)
    }

    /// Parts up to what ends them, which is left where it is.
    pub(super) fn parts(&mut self, stop: Stop, quoting: Quoting) -> Word {
        let start = self.at;
        let mut parts = Parts::default();
        self.run(&mut parts, stop, quoting);
        self.flush(&mut parts);
        // A script has a million words, most of them of one part.
        parts.finished.shrink_to_fit();
        Word {
            parts: parts.finished,
            span: self.joined.span(start..self.at),
        }
    }

    /// What stands at `range` as a word of its own.
    pub(super) fn literal(&self, range: Range<usize>) -> Word {
        let mut parts = Parts::default();
        self.take(&mut parts, range.clone(), Quoting::Bare);
        self.flush(&mut parts);
        Word {
            parts: parts.finished,
            span: self.joined.span(range),
        }
    }

    fn run(&mut self, parts: &mut Parts, stop: Stop, quoting: Quoting) {
        // Brackets of a pattern or a regular expression hold a word together.
        let mut open = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'\\' => self.backslash(parts, stop, quoting),
                b'$' => self.dollar(parts, quoting),
                b'`' => self.backticks(parts, quoting),
                b'"' if stop == Stop::Quote => return,
                b'"' if !matches!(stop, Stop::End(_)) => self.double_quoted(parts),
                b'\'' if quoting == Quoting::Bare => self.single_quoted(parts),
                b'}' if stop == Stop::Brace => return,
                _ if quoting == Quoting::Bare
                    && is_metacharacter(byte)
                    && self.ends(parts, stop, &mut open) =>
                {
                    return;
                }
                _ => self.plain(parts, quoting),
            }
            if let Stop::End(end) = stop
                && self.at >= end
            {
                return;
            }
        }
    }

    /// Whether a metacharacter ends what is read; a process substitution is taken on the way.
    fn ends(&mut self, parts: &mut Parts, stop: Stop, open: &mut usize) -> bool {
        let byte = self.peek().unwrap_or_default();
        if stop == Stop::Brace {
            return false;
        }
        let opens = stop == Stop::Regex || self.at_pattern(parts);
        match byte {
            b'\r' if !self.at_carriage_return() => false,
            b'<' | b'>' if stop == Stop::Word && self.peek_at(1) == Some(b'(') => {
                self.process(parts);
                self.peek().is_none()
            }
            b'<' | b'>' => stop != Stop::Regex,
            b'(' if opens || *open > 0 => {
                *open += 1;
                false
            }
            b')' if *open > 0 => {
                *open -= 1;
                false
            }
            b'|' if stop == Stop::Regex => false,
            b'\n' => true,
            _ => *open == 0,
        }
    }

    /// Whether what was just read makes a bracket that of a pattern: `@(…)`, `?(…)`. (A `!` in front
    /// of a pipeline is no word, so it never comes here.)
    fn at_pattern(&self, parts: &Parts) -> bool {
        let Some((run, Quoting::Bare)) = &parts.run else {
            return false;
        };
        let last = self.byte(self.at.wrapping_sub(1));
        let is_sign = matches!(last, Some(b'?' | b'*' | b'+' | b'@' | b'!'));
        run.end == self.at && is_sign
    }

    /// Text that means nothing by itself, as far as it goes.
    fn plain(&mut self, parts: &mut Parts, quoting: Quoting) {
        let start = self.at;
        self.step();
        while let Some(byte) = self.peek() {
            let special =
                matches!(byte, b'\\' | b'$' | b'`' | b'"' | b'\'' | b'}') || is_metacharacter(byte);
            if special {
                break;
            }
            self.at += 1;
        }
        self.take(parts, start..self.at, quoting);
    }

    fn backslash(&mut self, parts: &mut Parts, stop: Stop, quoting: Quoting) {
        if self.at_continuation() {
            self.continuation();
            return;
        }
        let start = self.at;
        let Some(next) = self.peek_at(1) else {
            self.at += 1;
            self.take(parts, start..self.at, quoting);
            return;
        };
        let removed = match (quoting, stop) {
            (Quoting::Double, Stop::End(_)) => matches!(next, b'$' | b'`' | b'\\'),
            (Quoting::Double, Stop::Brace) => matches!(next, b'$' | b'`' | b'\\' | b'"' | b'}'),
            (Quoting::Double, _) => matches!(next, b'$' | b'`' | b'\\' | b'"'),
            _ => true,
        };
        self.at += 1;
        if !removed {
            self.take(parts, start..self.at, quoting);
            return;
        }
        let escaped = self.at;
        self.step();
        let text = self.joined.cut(escaped..self.at).to_owned();
        let quoting = if quoting == Quoting::Bare {
            Quoting::Escaped
        } else {
            quoting
        };
        self.add(parts, PartKind::Literal(text), quoting, start);
    }

    fn single_quoted(&mut self, parts: &mut Parts) {
        let start = self.at;
        self.at += 1;
        let rest = self.joined.cut(self.at..self.end());
        let Some(length) = memchr::memchr(b'\'', rest.as_bytes()) else {
            let from = self.at;
            self.at = self.end();
            self.problem(start, "a `'` that nothing closes");
            self.take(parts, from..self.at, Quoting::Single);
            return;
        };
        let text = self.at..self.at + length;
        self.at = text.end + 1;
        if length == 0 {
            self.add(
                parts,
                PartKind::Literal(String::new()),
                Quoting::Single,
                start,
            );
        } else {
            self.flush(parts);
            self.take(parts, text, Quoting::Single);
        }
    }

    pub(super) fn double_quoted(&mut self, parts: &mut Parts) {
        let start = self.at;
        self.at += 1;
        if self.depth >= MAX_DEPTH {
            self.take(parts, start..self.at, Quoting::Bare);
            return;
        }
        self.flush(parts);
        let count = parts.finished.len();
        self.depth += 1;
        self.run(parts, Stop::Quote, Quoting::Double);
        self.flush(parts);
        self.depth -= 1;
        if !self.eat("\"") {
            self.problem(start, "a `\"` that nothing closes");
        }
        if parts.finished.len() == count {
            self.add(
                parts,
                PartKind::Literal(String::new()),
                Quoting::Double,
                start,
            );
        }
    }

    /// `$'…'`, whose escapes are C's.
    pub(super) fn dollar_quoted(&mut self, parts: &mut Parts) {
        let start = self.at;
        self.at += "$'".len();
        self.flush(parts);
        let count = parts.finished.len();
        loop {
            let from = self.at;
            match self.peek() {
                None => {
                    self.problem(start, "a `$'` that nothing closes");
                    break;
                }
                Some(b'\'') => {
                    self.at += 1;
                    break;
                }
                Some(b'\\') => {
                    let text = self.c_escape();
                    self.add(parts, PartKind::Literal(text), Quoting::Dollar, from);
                }
                Some(_) => {
                    self.step();
                    self.take(parts, from..self.at, Quoting::Dollar);
                }
            }
        }
        self.flush(parts);
        if parts.finished.len() == count {
            self.add(
                parts,
                PartKind::Literal(String::new()),
                Quoting::Dollar,
                start,
            );
        }
    }

    fn c_escape(&mut self) -> String {
        self.at += 1;
        let Some(sign) = cut_from(self.joined.text(), self.at).chars().next() else {
            return "\\".to_owned();
        };
        self.at += sign.len_utf8();
        let (radix, most) = match sign {
            'x' => (16, 2),
            'u' => (16, 4),
            'U' => (16, 8),
            '0'..='7' => {
                self.at -= 1;
                (8, 3)
            }
            _ => (0, 0),
        };
        if radix > 0 {
            let start = self.at;
            while self.at - start < most
                && self
                    .peek()
                    .is_some_and(|byte| char::from(byte).is_digit(radix))
            {
                self.at += 1;
            }
            let number = u32::from_str_radix(self.joined.cut(start..self.at), radix);
            return number
                .ok()
                .and_then(char::from_u32)
                .map_or_else(|| format!("\\{sign}"), String::from);
        }
        let character = match sign {
            'a' => '\u{7}',
            'b' => '\u{8}',
            'e' | 'E' => '\u{1b}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            '\\' | '\'' | '"' | '?' => sign,
            _ => return format!("\\{sign}"),
        };
        character.to_string()
    }

    /// Adds the text at `range`.
    pub(super) fn take(&self, parts: &mut Parts, range: Range<usize>, quoting: Quoting) {
        match &mut parts.run {
            Some((run, known)) if *known == quoting && run.end == range.start => {
                run.end = range.end;
            }
            _ => {
                self.flush(parts);
                parts.run = Some((range, quoting));
            }
        }
    }

    /// Adds what was read from `start` to here.
    pub(super) fn add(&self, parts: &mut Parts, kind: PartKind, quoting: Quoting, start: usize) {
        self.flush(parts);
        parts.finished.push(Part {
            kind,
            quoting,
            span: self.joined.span(start..self.at),
        });
    }

    /// Ends the literal that is being read: one part for each piece that stands in the file as it is.
    pub(super) fn flush(&self, parts: &mut Parts) {
        let Some((range, quoting)) = parts.run.take() else {
            return;
        };
        for piece in self.joined.parts(range) {
            parts.finished.push(Part {
                kind: PartKind::Literal(self.joined.cut(piece.clone()).to_owned()),
                quoting,
                span: self.joined.span(piece),
            });
        }
    }
}

/// How many bytes of `text` from `at` on are a name: letters, digits and `_`.
pub(super) fn name_length(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let length = rest
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
        .unwrap_or(rest.len());
    match rest.first() {
        Some(first) if first.is_ascii_digit() => 0,
        _ => length,
    }
}
