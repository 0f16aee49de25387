//! Places that the events do not give: dashes, colons, question marks, block scalar headers.

use std::ops::Range;

use caulk_source::{BOM, cut, cut_from};

/// The first byte at or after `at` that is neither whitespace, a byte-order mark nor part of a
/// comment. Inside a flow collection a comma separates too.
pub(super) fn skip_trivia(text: &str, at: usize, flow: bool) -> usize {
    let bytes = text.as_bytes();
    let mut at = at;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => at += 1,
            b',' if flow => at += 1,
            b'#' => at = line_end(text, at),
            0xef if cut_from(text, at).starts_with(BOM) => at += BOM.len_utf8(),
            _ => break,
        }
    }
    at
}

/// The place behind the `...` lines that follow `at`: before a document that no `---` begins.
pub(super) fn skip_document_ends(text: &str, at: usize) -> usize {
    let mut end = at;
    loop {
        let next = skip_trivia(text, end, false);
        if !cut_from(text, next).starts_with("...") {
            return end;
        }
        end = next + 3;
    }
}

/// The line break at or after `at`, or the end of the text.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(text.len(), |offset| at + offset)
}

/// The first byte of the line that holds `at`.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1)
}

/// Where `indicator` stands at or after `at`, with nothing but trivia between and before `limit`.
pub(super) fn indicator(
    text: &str,
    at: usize,
    flow: bool,
    indicator: u8,
    limit: usize,
) -> Option<usize> {
    let at = skip_trivia(text, at, flow);
    (at <= limit && text.as_bytes().get(at) == Some(&indicator)).then_some(at)
}

/// Whether the `?` or `-` at `at` stands alone, as an indicator must.
pub(super) fn stands_alone(text: &str, at: usize) -> bool {
    match text.as_bytes().get(at + 1) {
        None => true,
        Some(byte) => byte.is_ascii_whitespace() || b",[]{}".contains(byte),
    }
}

/// The range of a block scalar from its `|` or `>` to the end of its last line that is not blank.
///
/// The events give `content`, which lacks the header and has the blank lines that follow.
pub(super) fn block_scalar(text: &str, after: usize, content: Range<usize>) -> Range<usize> {
    let header = skip_trivia(text, after, false);
    if !matches!(text.as_bytes().get(header), Some(b'|' | b'>')) {
        return content;
    }
    let trimmed = cut(text, content.clone()).trim_end();
    if trimmed.is_empty() {
        let indicators = cut_from(text, header + 1)
            .bytes()
            .take_while(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-'))
            .count();
        return header..header + 1 + indicators;
    }
    let last = content.start + trimmed.len();
    let end = line_end(text, last).min(content.end);
    let line = cut(text, last..end);
    header..end - (line.len() - line.trim_end_matches('\r').len())
}
