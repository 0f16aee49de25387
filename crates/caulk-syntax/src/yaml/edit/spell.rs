//! How a value is spelt.

use std::fmt::Write as _;

use super::super::arena::ScalarStyle;

/// A text as a scalar, in quotes of the kind that `like` has. Without quotes it stands only where
/// every reader takes it for text.
pub(super) fn text(value: &str, like: Option<ScalarStyle>, in_flow: bool) -> String {
    match like {
        Some(ScalarStyle::SingleQuoted) if !value.contains(char::is_control) => {
            format!("'{}'", value.replace('\'', "''"))
        }
        Some(ScalarStyle::Plain) | None if is_plain(value, in_flow) => value.to_owned(),
        Some(_) | None => quoted(value),
    }
}

/// A switch, as the scalar that it replaces was written.
pub(super) fn switch(on: bool, like: ScalarStyle) -> String {
    let word = if on { "true" } else { "false" };
    match like {
        ScalarStyle::SingleQuoted => format!("'{word}'"),
        ScalarStyle::DoubleQuoted => format!("\"{word}\""),
        ScalarStyle::Plain | ScalarStyle::Literal | ScalarStyle::Folded => word.to_owned(),
    }
}

fn quoted(value: &str) -> String {
    let mut text = String::from('"');
    for character in value.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            other if other.is_control() => {
                let _ = write!(text, "\\U{:08X}", u32::from(other));
            }
            other => text.push(other),
        }
    }
    text.push('"');
    text
}

/// Whether a text can stand without quotes and is text to every reader, of YAML 1.1 and of 1.2.
fn is_plain(value: &str, in_flow: bool) -> bool {
    let Some(first) = value.chars().next() else {
        return false;
    };
    let indicators = "-?:,[]{}#&*!|>'\"%@`=<.+~";
    let in_the_way = |character: char| {
        character.is_control() || (in_flow && matches!(character, ',' | '[' | ']' | '{' | '}'))
    };
    !indicators.contains(first)
        && !first.is_ascii_digit()
        && value.trim() == value
        && !value.contains(": ")
        && !value.contains(" #")
        && !value.ends_with(':')
        && !value.contains(in_the_way)
        && !is_a_word_for_something(value)
}

/// Whether some reader takes a word for a switch or for nothing.
fn is_a_word_for_something(value: &str) -> bool {
    let words = [
        "true", "false", "yes", "no", "on", "off", "y", "n", "null", "t", "f",
    ];
    words.iter().any(|word| value.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_without_quotes_is_text_to_everybody() {
        for plain in ["node", "ALL", "no-new-privileges:true", "app user", "a#b"] {
            assert_eq!(text(plain, None, false), plain);
        }
        for other in [
            "",
            "65532:65532",
            "0",
            "yes",
            "~",
            "-x",
            " a",
            "a: b",
            "a #b",
            "a:",
            ".5",
            "+1",
            "NO",
        ] {
            assert_eq!(text(other, None, false), format!("\"{other}\""));
        }
        assert_eq!(text("a,b", None, false), "a,b");
        assert_eq!(text("a,b", None, true), "\"a,b\"");
    }

    #[test]
    fn quotes_are_those_of_what_is_replaced() {
        let like = |style| text("it's \"x\"", Some(style), false);
        assert_eq!(like(ScalarStyle::SingleQuoted), "'it''s \"x\"'");
        assert_eq!(like(ScalarStyle::DoubleQuoted), "\"it's \\\"x\\\"\"");
        assert_eq!(like(ScalarStyle::Plain), "it's \"x\"");
        assert_eq!(
            text("a\n", Some(ScalarStyle::SingleQuoted), false),
            "\"a\\n\""
        );
        assert_eq!(text("a\u{1}", None, false), "\"a\\U00000001\"");
    }
}
