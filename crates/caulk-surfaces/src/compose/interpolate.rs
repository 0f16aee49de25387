//! Variables in Compose values, as compose-go's `template` package replaces them.
//!
//! The environment of whoever starts the project is not known. So a variable that no `.env` file
//! sets is unknown, not blank; one with a default has it, because its author counted on it.

use caulk_model::State;
use caulk_source::{Span, cut_from, cut_to};

use super::environment::{Assigned, Variable};

/// How deep variables may stand in the defaults of variables.
const MAX_DEPTH: usize = 32;

/// A text with its variables replaced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Resolved {
    /// The text.
    pub(crate) state: State<String>,
    /// The variable whose value a `.env` file gives, where there is one: the text is not to be
    /// shown to anybody.
    pub(crate) from_env: Option<SetBy>,
}

/// A variable whose value a `.env` file gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct SetBy {
    pub(crate) name: String,
    /// Where its file names it; nothing where that file is not among those that are read.
    pub(crate) place: Option<Span>,
}

/// A `${` that begins no variable: the engine refuses the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NoVariable;

/// The value of `text`.
pub(crate) fn interpolate<'l>(
    text: &str,
    lookup: &dyn Fn(&str) -> Variable<'l>,
) -> Result<Resolved, NoVariable> {
    let mut run = Run {
        lookup,
        from_env: None,
    };
    let state = run.replace(text, 0)?;
    Ok(Resolved {
        state,
        from_env: run.from_env,
    })
}

struct Run<'r, 'l> {
    lookup: &'r dyn Fn(&str) -> Variable<'l>,
    from_env: Option<SetBy>,
}

impl Run<'_, '_> {
    fn replace(&mut self, text: &str, depth: usize) -> Result<State<String>, NoVariable> {
        if depth > MAX_DEPTH {
            return Ok(State::unknown("its defaults nest too deeply"));
        }
        let mut value = String::with_capacity(text.len());
        let mut unknown: Option<String> = None;
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            value.push_str(cut_to(rest, at));
            let after = cut_from(rest, at + 1);
            if let Some(after) = after.strip_prefix('$') {
                value.push('$');
                rest = after;
                continue;
            }
            let Some(variable) = variable(after)? else {
                value.push('$');
                rest = after;
                continue;
            };
            rest = cut_from(after, variable.length);
            match self.value(&variable, depth)? {
                State::Known(text) => value.push_str(&text),
                State::Unknown { because } => {
                    unknown.get_or_insert(because);
                }
            }
        }
        value.push_str(rest);
        Ok(match unknown {
            Some(because) => State::Unknown { because },
            None => State::Known(value),
        })
    }

    fn value(&mut self, written: &Written<'_>, depth: usize) -> Result<State<String>, NoVariable> {
        let name = written.name;
        let missing = || State::unknown(format!("`${name}` is not set here"));
        let unreadable = || State::unknown(format!("the file that may set `${name}` is not read"));
        let operand = |run: &mut Self, text: &str| run.replace(text, depth + 1);
        let found = (self.lookup)(name);
        Ok(match (&found, written.operator) {
            (Variable::Unreadable, _) => unreadable(),
            (Variable::Unset | Variable::Blank, Operator::Default { .. }) => {
                operand(self, written.operand)?
            }
            (Variable::Blank, Operator::None | Operator::Alternative { .. }) => {
                State::Known(String::new())
            }
            // Of an alternative, whether it is set decides, and nobody here knows.
            (
                Variable::Unset,
                Operator::None | Operator::Required | Operator::Alternative { .. },
            )
            | (Variable::Blank, Operator::Required) => missing(),
            (Variable::Set(assigned), operator) => match (&assigned.value, operator) {
                (State::Unknown { because }, _) => State::unknown(because.clone()),

                (State::Known(value), Operator::Default { or_empty: true }) if value.is_empty() => {
                    operand(self, written.operand)?
                }
                (State::Known(value), Operator::Alternative { not_empty })
                    if !not_empty || !value.is_empty() =>
                {
                    operand(self, written.operand)?
                }
                (State::Known(value), Operator::Required) if value.is_empty() => {
                    State::unknown(format!("`${name}` must not be empty"))
                }
                (State::Known(value), _) => {
                    self.note(name, assigned, value);
                    State::Known(value.clone())
                }
            },
        })
    }

    /// Notes the first variable that a file sets to something.
    fn note(&mut self, name: &str, assigned: &Assigned, value: &str) {
        if !value.is_empty() {
            self.from_env.get_or_insert_with(|| SetBy {
                name: name.to_owned(),
                place: assigned.named(name),
            });
        }
    }
}

/// What a variable says besides its name.
#[derive(Clone, Copy)]
enum Operator {
    None,
    /// `:-`, `-`
    Default {
        or_empty: bool,
    },
    /// `:+`, `+`
    Alternative {
        not_empty: bool,
    },
    /// `:?`, `?`
    Required,
}

struct Written<'a> {
    name: &'a str,
    operator: Operator,
    operand: &'a str,
    /// How long it is, without its `$`.
    length: usize,
}

/// The variable that `text`, what follows a `$`, begins with; none where the `$` is a plain one.
fn variable(text: &str) -> Result<Option<Written<'_>>, NoVariable> {
    let Some(braced) = text.strip_prefix('{') else {
        return Ok(name(text).map(|name| Written {
            name,
            operator: Operator::None,
            operand: "",
            length: name.len(),
        }));
    };
    let end = closing_brace(braced).ok_or(NoVariable)?;
    let inside = cut_to(braced, end);
    let name = name(inside).ok_or(NoVariable)?;
    let rest = cut_from(inside, name.len());
    let (operator, operand) = operator(rest).ok_or(NoVariable)?;
    Ok(Some(Written {
        name,
        operator,
        operand,
        length: end + 2,
    }))
}

fn name(text: &str) -> Option<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let length = text.len() - text.trim_start_matches(is_part).len();
    let starts_well = !text.starts_with(|c: char| c.is_ascii_digit());
    (length > 0 && starts_well).then(|| cut_to(text, length))
}

fn operator(text: &str) -> Option<(Operator, &str)> {
    if text.is_empty() {
        return Some((Operator::None, ""));
    }
    let (strict, text) = match text.strip_prefix(':') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let operator = match text.chars().next()? {
        '-' => Operator::Default { or_empty: strict },
        '+' => Operator::Alternative { not_empty: strict },
        '?' => Operator::Required,
        _ => return None,
    };
    Some((operator, cut_from(text, 1)))
}

/// Where the `}` is that closes a variable opened before `text`: only `${` opens another.
fn closing_brace(text: &str) -> Option<usize> {
    let mut open = 1_usize;
    let mut dollar = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' if dollar => open += 1,
            b'}' => {
                open -= 1;
                if open == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        dollar = byte == b'$';
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::environment::{EnvFile, Environment};

    fn value(text: &str) -> Result<Option<String>, NoVariable> {
        let mut environment = Environment::default();
        environment.read(&[EnvFile::given("SET=s\nEMPTY=\n")]);
        let lookup = |name: &str| environment.get(name);
        Ok(interpolate(text, &lookup)?.state.known().cloned())
    }

    #[test]
    fn every_operator() {
        for (text, expected) in [
            ("a$$b", "a$b"),
            ("$SET", "s"),
            ("${SET}x", "sx"),
            ("${X:-1000}:1", "1000:1"),
            ("${X-}", ""),
            ("${EMPTY:-d}", "d"),
            ("${EMPTY-d}", ""),
            ("${SET:-d}", "s"),
            ("${SET:?needed}", "s"),
            ("${SET:+alt}", "alt"),
            ("${EMPTY:+alt}", ""),
            ("${EMPTY+alt}", "alt"),
            ("${X:-${Y:-z}}/${SET}", "z/s"),
            ("${X:-{a}}", "{a}"),
            ("${X:-a?b}", "a?b"),
            ("$SET-$SET", "s-s"),
            ("5$", "5$"),
            ("$(id -u)$1", "$(id -u)$1"),
        ] {
            assert_eq!(value(text).unwrap().as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_hangs_on_the_shell_is_unknown() {
        for text in [
            "$X",
            "${X}",
            "a${X:?needed}",
            "${X:-${Y}}",
            "${X:+a}",
            "${EMPTY:?no}",
        ] {
            assert_eq!(value(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn what_is_no_variable_is_refused() {
        for text in ["${", "${X", "${1}", "${X!}", "${}"] {
            assert_eq!(value(text), Err(NoVariable), "{text}");
        }
    }

    #[test]
    fn a_thousand_defaults_in_each_other_end() {
        let text = format!("{}x{}", "${A:-".repeat(1000), "}".repeat(1000));
        assert_eq!(value(&text), Ok(None));
    }

    #[test]
    fn what_a_file_sets_is_marked() {
        let mut environment = Environment::default();
        environment.read(&[EnvFile::given("SET=s\nEMPTY=\n")]);
        let lookup = |name: &str| environment.get(name);
        let from = |text: &str| {
            interpolate(text, &lookup)
                .unwrap()
                .from_env
                .map(|set| set.name)
        };
        assert_eq!(from("${SET}").as_deref(), Some("SET"));
        assert_eq!(from("${X:-${SET}}").as_deref(), Some("SET"));
        assert_eq!(from("${EMPTY:-d}"), None);
        assert_eq!(from("plain"), None);
    }
}
