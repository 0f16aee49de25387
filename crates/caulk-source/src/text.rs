//! Bytes to text, and text to smaller text, without ever losing an offset.

use std::ops::Range;

/// The byte-order mark that some editors put in front of UTF-8 text.
pub const BOM: char = '\u{feff}';

/// What stands in decoded text for one byte that is not UTF-8.
///
/// It is one byte long, as the byte it replaces, so offsets into the decoded text are offsets into
/// the file. (U+FFFD would be three.) ASCII calls it SUB, "substitute", for just this use.
pub const SUBSTITUTE: char = '\u{1a}';

/// Decodes bytes as UTF-8; each byte that is not becomes one [`SUBSTITUTE`].
///
/// The result has exactly as many bytes as the input.
pub fn decode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for _ in chunk.invalid() {
            text.push(SUBSTITUTE);
        }
    }
    text
}

/// The part of `text` in `range`, or nothing where the range is not a part of it.
pub fn cut(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or("")
}

/// The part of `text` from `start` on.
pub fn cut_from(text: &str, start: usize) -> &str {
    text.get(start..).unwrap_or("")
}

/// The part of `text` before `end`.
pub fn cut_to(text: &str, end: usize) -> &str {
    text.get(..end).unwrap_or("")
}

/// Whether `pattern` names `text`: letter by letter, `*` standing for any letters.
pub fn matches_wildcard(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        let Some(at) = text.find(part) else {
            return false;
        };
        text = cut_from(text, at + part.len());
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stray_byte_keeps_every_offset() {
        let bytes = b"RUN echo \xff\xfe done \xe2\x82";
        let text = decode(bytes);
        assert_eq!(text.len(), bytes.len());
        assert_eq!(text.find("done"), Some(12));
    }

    #[test]
    fn cut_outside_the_text_is_empty() {
        assert_eq!(cut("é", 0..1), "", "not on a character boundary");
        assert_eq!(cut("abc", 2..9), "");
        assert_eq!(cut_from("abc", 9), "");
        assert_eq!(cut_to("abc", 2), "ab");
    }

    #[test]
    fn a_wildcard_stands_for_any_letters() {
        for (pattern, text) in [
            ("seccomp-*", "seccomp-disabled"),
            ("*root*", "runs-as-root"),
            ("*-root", "runs-as-root"),
            ("r*as*t", "runs-as-root"),
            ("privileged", "privileged"),
            ("*", "anything"),
        ] {
            assert!(matches_wildcard(pattern, text), "{pattern} {text}");
        }
        assert!(!matches_wildcard("privileged", "privileged-group"));
        assert!(!matches_wildcard("*-rot", "runs-as-root"));
    }
}
