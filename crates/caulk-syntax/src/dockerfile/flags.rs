//! The flags between a keyword and its arguments.

use caulk_source::{Span, Spanned};

use crate::Joined;

/// A flag: `--name` or `--name=value`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flag {
    /// The name without its dashes, quotes and escapes resolved.
    pub name: String,
    /// The value, quotes and escapes resolved.
    pub value: Option<String>,
    /// Where the whole flag stands.
    pub span: Span,
}

impl Flag {
    /// The flag as BuildKit lists it.
    pub fn text(&self) -> String {
        match &self.value {
            Some(value) => format!("--{}={value}", self.name),
            None => format!("--{}", self.name),
        }
    }
}

/// The flags at the beginning of `line` from `start` on, and where the rest begins.
///
/// As BuildKit has it: words that begin with `--`, up to the first that does not; `--` alone ends
/// them. Quotes may stand anywhere in a flag, and `\` escapes whatever the escape directive says.
pub(super) fn read(line: &Joined, start: usize) -> (Vec<Flag>, usize) {
    let mut flags = Vec::new();
    let mut at = start;
    loop {
        let rest = line.cut(at..line.text().len());
        at += rest.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        if !rest.starts_with("--") {
            return (flags, at);
        }
        let (word, quoted, length) = word(rest);
        if word == "--" {
            return (flags, at + length);
        }
        if quoted || !word.is_empty() {
            flags.push(flag(&word, line.span(at..at + length)));
        }
        at += length;
    }
}

fn flag(word: &str, span: Span) -> Flag {
    let bare = word.strip_prefix("--").unwrap_or(word);
    let (name, value) = match bare.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (bare, None),
    };
    Flag {
        name: name.to_owned(),
        value,
        span,
    }
}

/// One word with its quotes and escapes resolved, whether it was quoted, and how long it is.
fn word(text: &str) -> (String, bool, usize) {
    let mut word = String::new();
    let mut quote: Option<char> = None;
    let mut quoted = false;
    let mut characters = text.char_indices();
    while let Some((at, next)) = characters.next() {
        match (next, quote) {
            (space, None) if space.is_whitespace() => return (word, quoted, at),
            ('\'' | '"', None) => {
                quote = Some(next);
                quoted = true;
            }
            (_, Some(closing)) if next == closing => quote = None,
            ('\\', _) => {
                if let Some((_, escaped)) = characters.next() {
                    word.push(escaped);
                }
            }
            _ => word.push(next),
        }
    }
    (word, quoted, text.len())
}

/// The value of the flag `name`, where it has one.
pub(super) fn value<'a>(flags: &'a [Flag], name: &str) -> Option<Spanned<&'a str>> {
    flags
        .iter()
        .find(|flag| flag.name == name)
        .and_then(|flag| Some(Spanned::new(flag.value.as_deref()?, flag.span)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use caulk_source::FileId;

    fn read_all(text: &str) -> (Vec<String>, String) {
        let mut joined = Joined::new(FileId::FIRST, 0);
        joined.push(text, 0);
        let (flags, rest) = read(&joined, 0);
        let flags = flags.iter().map(Flag::text).collect();
        (flags, joined.cut(rest..text.len()).to_owned())
    }

    #[test]
    fn flags_end_at_the_first_other_word() {
        let (flags, rest) = read_all("--from=a --chown=\"b c\" x --link");
        assert_eq!(flags, ["--from=a", "--chown=b c"]);
        assert_eq!(rest, "x --link");
    }

    #[test]
    fn two_dashes_end_them() {
        let (flags, rest) = read_all("--link -- --x");
        assert_eq!(flags, ["--link"]);
        assert_eq!(rest, " --x");
    }
}
