//! What is lexically wrong, and what Go forgives.

use std::ops::Range;

use caulk_source::{SUBSTITUTE, cut};

/// What a look at every character gives.
#[derive(Default)]
pub(super) struct Scan {
    /// The first character that may not stand where it does although `jsonc-parser` takes it.
    pub(super) refused: Option<(Range<usize>, String)>,
    /// Escapes of half a surrogate pair, six bytes each: Go reads U+FFFD.
    pub(super) halves: Vec<usize>,
}

/// Looks at every character. Knows strings and comments, and nothing of what they form.
pub(super) fn scan(text: &str) -> Scan {
    let bytes = text.as_bytes();
    let mut scan = Scan::default();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at = match byte {
            b'"' => string(text, at + 1, &mut scan),
            b'/' if bytes.get(at + 1) == Some(&b'/') => after(bytes, at, b"\n"),
            b'/' if bytes.get(at + 1) == Some(&b'*') => after(bytes, at + 2, b"*/"),
            0x0b | 0x0c => {
                scan.refuse(text, at, "this character may not stand between values");
                at + 1
            }
            0x80.. => {
                let char = char_at(text, at);
                if char.is_whitespace() {
                    scan.refuse(text, at, "this character may not stand between values");
                }
                at + char.len_utf8()
            }
            _ => at + 1,
        };
    }
    scan
}

impl Scan {
    fn refuse(&mut self, text: &str, at: usize, message: &str) {
        if self.refused.is_none() {
            self.refused = Some((at..at + char_at(text, at).len_utf8(), message.to_owned()));
        }
    }
}

/// Reads a string from behind its quote to behind its other quote.
fn string(text: &str, start: usize, scan: &mut Scan) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at = escape(text, at, scan),
            // Stands for a byte that is not UTF-8, which Go reads as U+FFFD.
            0..0x20 if char::from(*byte) == SUBSTITUTE => at += 1,
            0..0x20 => {
                scan.refuse(text, at, "a control character in a string must be escaped");
                at += 1;
            }
            _ => at += 1,
        }
    }
    at
}

/// Reads an escape from its backslash.
fn escape(text: &str, at: usize, scan: &mut Scan) -> usize {
    match unit(text, at) {
        Some(0xd800..0xdc00) if matches!(unit(text, at + 6), Some(0xdc00..0xe000)) => at + 12,
        Some(0xd800..0xe000) => {
            scan.halves.push(at);
            at + 6
        }
        Some(_) => at + 6,
        None => at + 2,
    }
}

/// The code unit of the `\uXXXX` at `at`.
fn unit(text: &str, at: usize) -> Option<u16> {
    let digits = cut(text, at..at + 6).strip_prefix("\\u")?;
    // A sign would parse.
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    u16::from_str_radix(digits, 16).ok()
}

fn after(bytes: &[u8], at: usize, end: &[u8]) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    memchr::memmem::find(rest, end).map_or(bytes.len(), |offset| at + offset + end.len())
}

fn char_at(text: &str, at: usize) -> char {
    text.get(at..)
        .and_then(|rest| rest.chars().next())
        .unwrap_or(' ')
}
