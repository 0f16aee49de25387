//! The options among the words of a command.

use caulk_source::Span;

use super::value::Value;

/// Which options of a program take a value from the next word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Spec {
    /// Short ones, by letter.
    pub(crate) short: &'static str,
    /// Long ones, without dashes.
    pub(crate) long: &'static [&'static str],
}

/// An option or an operand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Item {
    /// `-x`, `--name`, each with its value where it takes one.
    Option {
        /// The name without dashes; a short one is one letter.
        name: String,
        /// Its value.
        value: Option<Value>,
        /// The word in which it stands, or the two words.
        span: Span,
        /// The index among the words of the one in which it stands.
        index: usize,
    },
    /// Any other word.
    Operand {
        /// The word.
        value: Value,
        /// Its index among the words.
        index: usize,
    },
}

/// The options and operands of `words`, as getopt reads them. With `stop`, options end at the first
/// operand, as they do for a program that runs another.
pub(crate) fn read(words: &[Value], spec: &Spec, stop: bool) -> Vec<Item> {
    let mut items = Vec::new();
    let mut over = false;
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let start = word.known_start();
        if over || !start.starts_with('-') || start == "-" {
            over |= stop;
            let value = word.clone();
            items.push(Item::Operand { value, index });
        } else if start == "--" && word.pieces.len() == 1 {
            over = true;
        } else if let Some(long) = start.strip_prefix("--") {
            let takes = spec.long.contains(&long) && word.pieces.len() == 1;
            let own = index;
            let (value, span) = match long.split_once('=') {
                Some((name, _)) => (Some(word.after(name.len() + 3)), word.span),
                None if takes => {
                    index += 1;
                    let value = words.get(index).cloned();
                    let span = value
                        .as_ref()
                        .map_or(word.span, |value| word.span.to(value.span));
                    (value, span)
                }
                None => (None, word.span),
            };
            items.push(Item::Option {
                name: long.split('=').next().unwrap_or_default().to_owned(),
                value,
                span,
                index: own,
            });
        } else {
            index += cluster(word, index, words.get(index + 1), spec, &mut items);
        }
        index += 1;
    }
    items
}

/// The short options of one word; how many further words they take.
fn cluster(
    word: &Value,
    index: usize,
    next: Option<&Value>,
    spec: &Spec,
    items: &mut Vec<Item>,
) -> usize {
    let letters = word.known_start().strip_prefix('-').unwrap_or_default();
    let whole = word.pieces.len() == 1;
    for (at, letter) in letters.char_indices() {
        let option = |value: Option<Value>, span: Span| Item::Option {
            name: letter.to_string(),
            value,
            span,
            index,
        };
        if !spec.short.contains(letter) {
            items.push(option(None, word.span));
            continue;
        }
        let end = 1 + at + letter.len_utf8();
        if end < letters.len() + 1 || !whole {
            items.push(option(Some(word.after(end)), word.span));
            return 0;
        }
        let span = next.map_or(word.span, |next| word.span.to(next.span));
        items.push(option(next.cloned(), span));
        return usize::from(next.is_some());
    }
    0
}
