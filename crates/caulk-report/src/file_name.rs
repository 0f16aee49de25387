//! File names as a patch writes them.

use std::fmt::Write as _;

use crate::text::is_hostile;

/// The header line for `path`: `side` is `---` or `+++`, `prefix` is `a/` or `b/`.
///
/// A name that a patch cannot hold as it is, or that would act on a terminal, is quoted as git
/// quotes it. One with a space ends in a tab, as git writes it, so that GNU patch does not take
/// what follows the space for a date.
pub(crate) fn header(side: &str, prefix: &str, path: &str) -> String {
    let must_quote = |character: char| matches!(character, '"' | '\\') || is_hostile(character);
    if path.chars().any(must_quote) {
        return format!("{side} \"{prefix}{}\"", quoted(path));
    }
    let end = if path.contains(' ') { "\t" } else { "" };
    format!("{side} {prefix}{path}{end}")
}

/// `path` with C's escapes, every byte of a hostile character in octal.
fn quoted(path: &str) -> String {
    let mut result = String::with_capacity(path.len() + 8);
    for character in path.chars() {
        match character {
            '"' => result.push_str("\\\""),
            '\\' => result.push_str("\\\\"),
            '\t' => result.push_str("\\t"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            character if is_hostile(character) => {
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(result, "\\{byte:03o}");
                }
            }
            character => result.push(character),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_as_git_quotes_them() {
        let old = |path| header("---", "a/", path);
        assert_eq!(old("web/Dockerfile"), "--- a/web/Dockerfile");
        assert_eq!(old("my web/Dockerfile"), "--- a/my web/Dockerfile\t");
        assert_eq!(old("naïve.yaml"), "--- a/naïve.yaml");
        assert_eq!(old("a\tb\"c\\d\ne"), r#"--- "a/a\tb\"c\\d\ne""#);
        assert_eq!(old("x\u{202e}y\u{1b}"), r#"--- "a/x\342\200\256y\033""#);
    }
}
