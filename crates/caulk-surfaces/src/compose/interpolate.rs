//! Variables in Compose values.
//!
//! Thin: `$NAME`, `${NAME}`, the default operators and `$$`. What the environment and `.env` say is
//! not read yet, so a variable without a default is unknown, and one with a default has it: its
//! author counted on it.

use caulk_model::State;
use caulk_source::cut_from;

/// How long a variable with its default may be: what never ends is not looked for to the end.
const MAX_VARIABLE: usize = 1024;

/// The value of `text`.
pub(super) fn interpolate(text: &str) -> State<String> {
    if !text.contains('$') {
        return State::Known(text.to_owned());
    }
    let mut value = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        value.push_str(caulk_source::cut_to(rest, at));
        let after = cut_from(rest, at + 1);
        if let Some(after) = after.strip_prefix('$') {
            value.push('$');
            rest = after;
            continue;
        }
        let Some(variable) = variable(after) else {
            value.push('$');
            rest = after;
            continue;
        };
        match variable.default {
            Some(default) => value.push_str(default),
            None => return State::unknown(format!("`${}` is not set here", variable.name)),
        }
        rest = cut_from(after, variable.length);
    }
    value.push_str(rest);
    State::Known(value)
}

struct Variable<'a> {
    name: &'a str,
    default: Option<&'a str>,
    /// How long it is, without its `$`.
    length: usize,
}

fn variable(text: &str) -> Option<Variable<'_>> {
    let name_length = |text: &str| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        text.len() - text.trim_start_matches(is_part).len()
    };
    let Some(braced) = text.strip_prefix('{') else {
        let length = name_length(text);
        let name = caulk_source::cut_to(text, length);
        return (length > 0).then_some(Variable {
            name,
            default: None,
            length,
        });
    };
    let end = closing_brace(braced)?;
    let inside = caulk_source::cut_to(braced, end);
    let length = name_length(inside);
    let operator = cut_from(inside, length);
    let default = operator
        .strip_prefix(":-")
        .or_else(|| operator.strip_prefix('-'));
    // A default with variables in it is left alone rather than guessed.
    let default = default.filter(|default| !default.contains('$'));
    Some(Variable {
        name: caulk_source::cut_to(inside, length),
        default,
        length: end + 2,
    })
}

/// Where the `}` is that closes a brace opened before `text`.
fn closing_brace(text: &str) -> Option<usize> {
    let mut open = 1_usize;
    for (at, byte) in text.bytes().enumerate().take(MAX_VARIABLE) {
        match byte {
            b'{' => open += 1,
            b'}' => {
                open -= 1;
                if open == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_apply_and_the_rest_is_unknown() {
        let known = |text: &str| interpolate(text).known().cloned();
        assert_eq!(known("${X:-1000}:1").as_deref(), Some("1000:1"));
        assert_eq!(known("a$$b").as_deref(), Some("a$b"));
        assert_eq!(known("${X-}").as_deref(), Some(""));
        assert_eq!(known("${X}"), None);
        assert_eq!(known("$X"), None);
        assert_eq!(known("${X:?needed}"), None);
        assert_eq!(known("${X:-${Y}}"), None);
        assert_eq!(known("5$").as_deref(), Some("5$"));
    }
}
