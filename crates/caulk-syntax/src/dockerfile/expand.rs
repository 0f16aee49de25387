//! The value of text with variables in it.

use super::words::{Modifier, Operator, Part, Template};

/// Values longer than this are not followed: a file could double one on every line.
const MAX_VALUE: usize = 32 * 1024;

/// How many steps the work with a pattern may take: each place of the value, times the rest of the
/// value, times the pattern.
const MAX_STEPS: usize = 4_000_000;

/// What is known of a variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Lookup {
    /// It has this value.
    Set(String),
    /// Nothing sets it.
    Unset,
    /// Nothing here sets it, but something outside may: a base image's `ENV`. A default still
    /// applies, because its author counted on it.
    UnsetHere,
    /// Its value cannot be known.
    Unknown,
}

/// The value of a [`Template`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expanded {
    /// The value.
    Known(String),
    /// It hangs on this variable, whose value cannot be known.
    Unknown {
        /// The variable.
        variable: String,
    },
    /// The build fails here: `${NAME:?message}`.
    Fails {
        /// The variable.
        variable: String,
    },
}

impl Template {
    /// The value, with variables looked up by `lookup`.
    pub fn expand(&self, lookup: &dyn Fn(&str) -> Lookup) -> Expanded {
        let mut whole = String::new();
        for part in &self.parts {
            match part {
                Part::Literal { text, .. } => whole.push_str(text),
                Part::Variable { name, modifier, .. } => {
                    if whole.len() > MAX_VALUE {
                        return Expanded::Unknown {
                            variable: name.clone(),
                        };
                    }
                    match variable(name, modifier.as_ref(), lookup) {
                        Expanded::Known(value) => whole.push_str(&value),
                        other @ (Expanded::Unknown { .. } | Expanded::Fails { .. }) => {
                            return other;
                        }
                    }
                }
            }
        }
        Expanded::Known(whole)
    }
}

fn variable(name: &str, modifier: Option<&Modifier>, lookup: &dyn Fn(&str) -> Lookup) -> Expanded {
    let unknown = || Expanded::Unknown {
        variable: name.to_owned(),
    };
    let value = match lookup(name) {
        Lookup::Set(value) => Some(value),
        Lookup::Unset => None,
        Lookup::Unknown => return unknown(),
        Lookup::UnsetHere => match modifier.map(|modifier| modifier.operator) {
            Some(Operator::Default { .. }) => None,
            _ => return unknown(),
        },
    };
    let Some(modifier) = modifier else {
        return Expanded::Known(value.unwrap_or_default());
    };
    let present = |or_empty: bool| match &value {
        None => false,
        Some(value) => !(or_empty && value.is_empty()),
    };
    match modifier.operator {
        Operator::Default { or_empty } if present(or_empty) => {
            Expanded::Known(value.unwrap_or_default())
        }
        Operator::Alternative { or_empty } if !present(or_empty) => Expanded::Known(String::new()),
        Operator::Default { .. } | Operator::Alternative { .. } => modifier.word.expand(lookup),
        Operator::Required { or_empty } if present(or_empty) => {
            Expanded::Known(value.unwrap_or_default())
        }
        Operator::Required { .. } => Expanded::Fails {
            variable: name.to_owned(),
        },
        Operator::TrimPrefix { .. } | Operator::TrimSuffix { .. } | Operator::Replace { .. } => {
            let value = value.unwrap_or_default();
            let words = [Some(&modifier.word), modifier.replacement.as_ref()];
            let mut expanded = Vec::new();
            for word in words.into_iter().flatten() {
                match word.expand(lookup) {
                    Expanded::Known(word) => expanded.push(word),
                    other @ (Expanded::Unknown { .. } | Expanded::Fails { .. }) => return other,
                }
            }
            let mut expanded = expanded.into_iter();
            let pattern = pattern(&expanded.next().unwrap_or_default());
            let replacement = expanded.next().unwrap_or_default();
            let value: Vec<char> = value.chars().collect();
            if value
                .len()
                .saturating_mul(value.len())
                .saturating_mul(pattern.len())
                > MAX_STEPS
            {
                return unknown();
            }
            Expanded::Known(apply(modifier.operator, &value, &pattern, &replacement))
        }
    }
}

fn apply(operator: Operator, value: &[char], pattern: &[Glob], replacement: &str) -> String {
    let text = |chars: &[char]| chars.iter().collect::<String>();
    match operator {
        Operator::TrimPrefix { longest } => {
            let mut ends = matches_at(pattern, value);
            let end = if longest {
                ends.next_back()
            } else {
                ends.next()
            };
            text(value.get(end.unwrap_or(0)..).unwrap_or_default())
        }
        Operator::TrimSuffix { longest } => {
            let backwards: Vec<char> = value.iter().rev().copied().collect();
            let pattern: Vec<Glob> = pattern.iter().rev().copied().collect();
            let mut ends = matches_at(&pattern, &backwards);
            let end = if longest {
                ends.next_back()
            } else {
                ends.next()
            };
            let kept = value.len() - end.unwrap_or(0);
            text(value.get(..kept).unwrap_or_default())
        }
        Operator::Replace { every } => replace(value, pattern, replacement, every),
        Operator::Default { .. } | Operator::Alternative { .. } | Operator::Required { .. } => {
            text(value)
        }
    }
}

fn replace(value: &[char], pattern: &[Glob], replacement: &str, every: bool) -> String {
    let mut result = String::new();
    let mut at = 0;
    let mut replaced = false;
    while let Some(next) = value.get(at) {
        let rest = value.get(at..).unwrap_or_default();
        let longest = matches_at(pattern, rest).next_back().unwrap_or(0);
        if longest > 0 && (every || !replaced) {
            result.push_str(replacement);
            replaced = true;
            at += longest;
        } else {
            result.push(*next);
            at += 1;
        }
    }
    result
}

/// A piece of a shell pattern as BuildKit knows them: no brackets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Glob {
    Any,
    One,
    Exactly(char),
}

fn pattern(text: &str) -> Vec<Glob> {
    let mut pieces = Vec::new();
    let mut characters = text.chars();
    while let Some(next) = characters.next() {
        pieces.push(match next {
            '*' => Glob::Any,
            '?' => Glob::One,
            '\\' => Glob::Exactly(characters.next().unwrap_or('\\')),
            other => Glob::Exactly(other),
        });
    }
    pieces
}

/// The lengths of all beginnings of `value` that `pattern` matches, shortest first.
fn matches_at(pattern: &[Glob], value: &[char]) -> impl DoubleEndedIterator<Item = usize> {
    let mut reached = vec![false; value.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for piece in pattern {
        let mut next = vec![false; value.len() + 1];
        let mut seen = false;
        for (at, slot) in next.iter_mut().enumerate() {
            let here = reached.get(at).copied().unwrap_or(false);
            let before = at
                .checked_sub(1)
                .and_then(|before| reached.get(before).copied())
                .unwrap_or(false);
            let last = at.checked_sub(1).and_then(|before| value.get(before));
            seen |= here;
            *slot = match piece {
                Glob::Any => seen,
                Glob::One => before,
                Glob::Exactly(wanted) => before && last == Some(wanted),
            };
        }
        reached = next;
    }
    reached
        .into_iter()
        .enumerate()
        .filter_map(|(at, hit)| hit.then_some(at))
        .collect::<Vec<_>>()
        .into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Joined;
    use caulk_source::FileId;

    fn expand(text: &str) -> Expanded {
        let mut joined = Joined::new(FileId::FIRST, 0);
        joined.push(text, 0);
        let lookup = |name: &str| match name {
            "EMPTY" => Lookup::Set(String::new()),
            "FILE" => Lookup::Set("a.tar.gz".to_owned()),
            "BASE" => Lookup::UnsetHere,
            "NOBODY_KNOWS" => Lookup::Unknown,
            _ => Lookup::Unset,
        };
        match Template::parse(&joined, '\\') {
            Ok(template) => template.expand(&lookup),
            Err(error) => Expanded::Fails {
                variable: error.message.to_owned(),
            },
        }
    }

    fn known(text: &str) -> String {
        match expand(text) {
            Expanded::Known(value) => value,
            other @ (Expanded::Unknown { .. } | Expanded::Fails { .. }) => {
                format!("{text}: {other:?}")
            }
        }
    }

    #[test]
    fn defaults_and_alternatives() {
        assert_eq!(known("${X:-1000}"), "1000");
        assert_eq!(known("${EMPTY:-a}${EMPTY-b}"), "a");
        assert_eq!(known("${FILE:+set}${X:+set}${EMPTY+set}"), "setset");
        assert_eq!(known("${X:-${Y:-\"deep er\"}}"), "deep er");
        assert_eq!(known("${BASE:-65532}"), "65532", "its author counted on it");
    }

    #[test]
    fn unknown_stays_unknown() {
        assert!(matches!(expand("u$NOBODY_KNOWS"), Expanded::Unknown { .. }));
        assert!(matches!(expand("$BASE"), Expanded::Unknown { .. }));
        assert!(matches!(expand("${X:?needed}"), Expanded::Fails { .. }));
    }

    #[test]
    fn quotes_and_escapes() {
        assert_eq!(known(r#"a'$X'"b\"$X"\$X"#), r#"a$Xb"$X"#);
        assert_eq!(known("$"), "$");
        assert_eq!(known("$1x"), "x", "a digit name is digits alone");
        assert!(matches!(expand("${X"), Expanded::Fails { .. }));
        assert!(matches!(expand("'x"), Expanded::Fails { .. }));
        assert!(matches!(expand("${arr[@]}"), Expanded::Fails { .. }));
    }

    #[test]
    fn patterns() {
        assert_eq!(known("${FILE%.*}"), "a.tar");
        assert_eq!(known("${FILE%%.*}"), "a");
        assert_eq!(known("${FILE#*.}"), "tar.gz");
        assert_eq!(known("${FILE##*.}"), "gz");
        assert_eq!(known("${FILE/a/o}"), "o.tar.gz");
        assert_eq!(known("${FILE//a/o}"), "o.tor.gz");
        assert_eq!(known("${FILE//?ar/x}"), "a.x.gz");
    }
}
