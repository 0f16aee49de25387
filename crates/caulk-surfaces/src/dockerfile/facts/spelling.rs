//! How a command would be spelt without one of its options.

use caulk_model::build::Correction;
use caulk_source::cut;

use crate::shell::{Call, Value};

/// Without the letter of a short option, or without `count` words from that with this index among
/// the operands on.
///
/// Nothing where the words are not written as they are (a variable holds them), or where a comment
/// stands between them.
pub(super) fn without(
    call: &Call,
    index: usize,
    letter: Option<char>,
    count: usize,
    source: &str,
) -> Option<Correction> {
    let words = call.own_words();
    let word = words.get(index + 1)?;
    let text = word.known()?;
    let written = cut(source, word.span.range());
    if !written.contains(text.split('=').next()?) {
        return None;
    }
    if let Some(letter) = letter
        && !text.starts_with("--")
        && text.chars().count() > 2
    {
        return (written == text).then(|| Correction {
            entry: word.span,
            value: text.replacen(letter, "", 1),
        });
    }
    let before = words.get(index)?;
    let last = words.get(index + count)?;
    let entry = before.span.to(last.span);
    let value = cut(source, before.span.range());
    let whole = cut(source, entry.range());
    let plain = whole.starts_with(value) && !whole.contains('#') && !value.is_empty();
    plain.then(|| Correction {
        entry,
        value: value.to_owned(),
    })
}

/// A word as people would speak of it: its text where that is known, else as it stands
/// (`$(which node)` says what is meant).
pub(super) fn spoken(word: &Value, source: &str) -> String {
    word.known()
        .unwrap_or_else(|| cut(source, word.span.range()).trim_matches('"').to_owned())
}

/// What a command is about: its words without options, as far as they fit into a sentence.
pub(super) fn subject(call: &Call) -> String {
    let words = call.operands().iter().map(Value::shown);
    let operands: Vec<String> = words.filter(|word| !word.starts_with('-')).collect();
    super::remote::shortened(&operands.join(" "))
}
