//! A text taken apart into words and what stands between them, in whatever language it is.

use caulk_source::{cut_from, cut_to};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// A quote, a bracket, a comma, a colon, an equals sign, the dash of an item.
    Sign,
    /// Blanks and lines that go on.
    Blank,
    /// The end of a line.
    Line,
}

pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    pub(super) start: usize,
}

/// The tokens of a text, without a gap, but for so many bytes at its beginning and its end.
pub(super) fn tokens(text: &str, before: usize, behind: usize) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = cut_from(cut_to(text, text.len().saturating_sub(behind)), before);
    let mut start = before;
    while let Some((kind, length)) = next(rest) {
        let text = cut_to(rest, length);
        let is_dash = text == "-" && is_at_line_start(&tokens);
        tokens.push(Token {
            kind: if is_dash { Kind::Sign } else { kind },
            text,
            start,
        });
        start += length;
        rest = cut_from(rest, length);
    }
    tokens
}

/// Whether a line has nothing but blanks yet: a dash there begins an item.
fn is_at_line_start(tokens: &[Token<'_>]) -> bool {
    let mut before = tokens.iter().rev();
    let last = before.find(|token| token.kind != Kind::Blank);
    last.is_none_or(|token| token.kind == Kind::Line)
}

fn next(rest: &str) -> Option<(Kind, usize)> {
    let first = rest.chars().next()?;
    if goes_on(rest) || is_blank(first) {
        return Some((Kind::Blank, blanks(rest)));
    }
    if first == '\n' {
        return Some((Kind::Line, 1));
    }
    if is_sign(first) {
        return Some((Kind::Sign, first.len_utf8()));
    }
    let ends = |(at, character): &(usize, char)| {
        *at > 0
            && (is_blank(*character)
                || is_sign(*character)
                || *character == '\n'
                || goes_on(cut_from(rest, *at)))
    };
    let end = rest.char_indices().find(ends);
    Some((Kind::Word, end.map_or(rest.len(), |(at, _)| at)))
}

/// How long the blanks are at the beginning, with line breaks that a sign before them takes back: a
/// backslash, and behind a blank those of PowerShell and `cmd`.
fn blanks(rest: &str) -> usize {
    let mut length = 0;
    loop {
        let here = cut_from(rest, length);
        let behind = cut_from(here, here.len().min(1));
        if goes_on(here) || (length > 0 && here.starts_with(['`', '^']) && is_line_break(behind)) {
            length += if behind.starts_with('\r') { 3 } else { 2 };
        } else if let Some(blank) = here.chars().next().filter(|c| is_blank(*c)) {
            length += blank.len_utf8();
        } else {
            return length;
        }
    }
}

fn goes_on(text: &str) -> bool {
    text.strip_prefix('\\').is_some_and(is_line_break)
}

fn is_line_break(text: &str) -> bool {
    text.starts_with('\n') || text.starts_with("\r\n")
}

fn is_blank(character: char) -> bool {
    character != '\n' && character.is_whitespace()
}

fn is_sign(character: char) -> bool {
    matches!(
        character,
        '"' | '\'' | '[' | ']' | '{' | '}' | ',' | ':' | '='
    )
}
