//! Whether an argument is a JSON array of strings.

use caulk_source::Spanned;
use jsonc_parser::ast::Value;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use crate::Joined;

/// What BuildKit makes of an argument that may be JSON.
pub(super) enum ExecForm {
    /// A JSON array of strings.
    Exec(Vec<Spanned<String>>),
    /// Not JSON: the shell form, without a word of warning.
    Shell,
    /// A JSON array of something else, which BuildKit refuses.
    Refused,
}

pub(super) fn decide(text: &Joined) -> ExecForm {
    let source = text.text();
    let inner = source.trim_start().strip_prefix('[').map(str::trim_start);
    let may_be_json = inner.is_some_and(|inner| {
        inner.starts_with(|c: char| {
            matches!(c, '"' | ']' | '{' | '[' | '-' | 't' | 'f' | 'n') || c.is_ascii_digit()
        })
    });
    if !may_be_json || depth(source) > 64 {
        return ExecForm::Shell;
    }
    let collect = CollectOptions {
        comments: CommentCollectionStrategy::Off,
        tokens: false,
    };
    let Ok(parsed) = parse_to_ast(source, &collect, &STRICT) else {
        return ExecForm::Shell;
    };
    let Some(Value::Array(array)) = parsed.value else {
        return ExecForm::Shell;
    };
    let mut words = Vec::new();
    let mut only_strings = true;
    for element in array.elements {
        let Value::StringLit(string) = element else {
            only_strings = false;
            continue;
        };
        let range = string.range.start..string.range.end;
        if text.cut(range.clone()).contains(|c: char| c < ' ') {
            // Go's reader takes no raw control character in a string.
            return ExecForm::Shell;
        }
        words.push(Spanned::new(string.value.into_owned(), text.span(range)));
    }
    if only_strings {
        ExecForm::Exec(words)
    } else {
        ExecForm::Refused
    }
}

const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// A bound on how deep arrays and objects nest.
fn depth(source: &str) -> usize {
    source
        .bytes()
        .filter(|byte| matches!(byte, b'[' | b'{'))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use caulk_source::FileId;

    fn decided(text: &str) -> Option<Vec<String>> {
        let mut joined = Joined::new(FileId::FIRST, 0);
        joined.push(text, 0);
        match decide(&joined) {
            ExecForm::Exec(words) => Some(words.into_iter().map(|word| word.value).collect()),
            ExecForm::Shell => None,
            ExecForm::Refused => Some(vec!["refused".to_owned()]),
        }
    }

    #[test]
    fn json_decides_and_nothing_else() {
        assert_eq!(decided(r#"["a", "b\tc"]"#).unwrap(), ["a", "b\tc"]);
        assert_eq!(decided("[]").unwrap(), Vec::<String>::new());
        assert_eq!(decided("['a']"), None);
        assert_eq!(decided(r#"[ "$x" = 1 ] && echo"#), None);
        assert_eq!(decided(r#"["a"] && b"#), None, "trailing text");
        assert_eq!(decided(r#"["a",]"#), None, "trailing comma");
        assert_eq!(decided(r#"["C:\Users"]"#), None, "no such escape");
        assert_eq!(decided("[\"a\tb\"]"), None, "raw control character");
        assert_eq!(decided("[ -f x ] && y"), None);
        assert_eq!(decided("[1, \"a\"]").unwrap(), ["refused"]);
        assert_eq!(decided(&"[".repeat(60_000)), None);
    }
}
