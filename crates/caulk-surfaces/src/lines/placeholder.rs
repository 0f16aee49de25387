//! What a reader of documentation is to replace: `<NAME>`, `{{ name }}`.

use caulk_source::{FileId, Span, cut};
use caulk_syntax::Joined;

/// Adds a line in which `<NAME>` and `{{ … }}` stand for what is not known.
pub(super) fn push(joined: &mut Joined, id: FileId, text: &str, start: usize) {
    let mut at = 0;
    let mut from = 0;
    while let Some(found) = cut(text, from..text.len()).find(['<', '{']) {
        let open = from + found;
        let rest = cut(text, open..text.len());
        let Some(length) = length_of(rest) else {
            from = open + 1;
            continue;
        };
        joined.push(cut(text, at..open), start + at);
        at = open + length;
        from = at;
        joined.push_for("${_}", Span::new(id, start + open..start + at));
    }
    joined.push(cut(text, at..text.len()), start + at);
}

/// How long a placeholder may be. A line may open a million that never end.
const MAX_LENGTH: usize = 256;

/// Where `end` begins, where it is near.
fn near(text: &str, end: &str) -> Option<usize> {
    let mut at = MAX_LENGTH.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    cut(text, 0..at).find(end)
}

/// How long the placeholder is that begins here, where one does.
fn length_of(text: &str) -> Option<usize> {
    if text.starts_with("{{") {
        return Some(near(text, "}}")? + 2);
    }
    let inside = text.strip_prefix('<')?;
    let end = near(inside, ">")?;
    let name = cut(inside, 0..end);
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_name = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/' | '|'));
    // `<path to file>` is one too, where no word follows as behind a redirection.
    let behind = cut(inside, end + 1..inside.len()).chars().next();
    let ends = behind.is_none_or(|c| !c.is_ascii_alphanumeric());
    let mut words = name.split(' ');
    let is_prose =
        ends && words.all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic()));
    (begins && (is_name || is_prose)).then_some(end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_placeholder_is() {
        for (text, length) in [
            ("<a|b_c>", Some(7)),
            ("<path to data>:/x", Some(14)),
            ("<in >out", None),
            ("<in other>out", None),
            ("<in", None),
        ] {
            assert_eq!(length_of(text), length, "{text}");
        }
    }
}
