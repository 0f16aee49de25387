//! TOML with the place of every value and every key.
//!
//! The tree is that of JSON: a table is an object. A date is text as it is written.

use std::ops::Range;

use caulk_source::{FileId, Span, Spanned};
use toml::Spanned as Placed;
use toml::de::{DeString, DeTable, DeValue};

use crate::Problem;
use crate::json::{Kind, Member, Value};

/// What a TOML text holds.
#[derive(Clone, PartialEq, Debug)]
pub struct Parsed {
    /// The table that the text is, with what could be read of it.
    pub root: Value,
    /// What is wrong with it, by place.
    pub problems: Vec<Problem>,
}

/// Reads a TOML text. Tables and arrays may be nested 80 deep.
pub fn parse(file: FileId, text: &str) -> Parsed {
    let (root, errors) = DeTable::parse_recoverable(text);
    let reader = Reader { file, text };
    let mut problems: Vec<Problem> = errors
        .iter()
        .map(|error| Problem {
            span: reader.span(error.span().unwrap_or_default()),
            message: lower_first(error.message()),
        })
        .collect();
    problems.sort_by_key(|problem| problem.span);
    Parsed {
        root: Value {
            span: reader.span(0..text.len()),
            kind: Kind::Object(reader.members(root.get_ref())),
        },
        problems,
    }
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
}

impl Reader<'_> {
    /// A place inside the text, on the boundaries of its characters.
    fn span(&self, range: Range<usize>) -> Span {
        let start = self.text.floor_char_boundary(range.start);
        let end = self.text.ceil_char_boundary(range.end.min(self.text.len()));
        Span::new(self.file, start..end.max(start))
    }

    /// The members of a table in the order of the text.
    fn members(&self, table: &DeTable<'_>) -> Vec<Member> {
        let mut members: Vec<Member> = table
            .iter()
            .map(|(key, value)| self.member(key, value))
            .collect();
        members.sort_by_key(|member| member.key.span);
        members
    }

    fn member(&self, key: &Placed<DeString<'_>>, value: &Placed<DeValue<'_>>) -> Member {
        Member {
            key: Spanned::new(key.get_ref().clone().into_owned(), self.span(key.span())),
            value: self.value(value),
        }
    }

    fn value(&self, value: &Placed<DeValue<'_>>) -> Value {
        let span = self.span(value.span());
        let kind = match value.get_ref() {
            DeValue::String(text) => Kind::String(text.clone().into_owned()),
            DeValue::Boolean(value) => Kind::Bool(*value),
            DeValue::Integer(_) | DeValue::Float(_) => Kind::Number(self.written(span)),
            DeValue::Datetime(_) => Kind::String(self.written(span)),
            DeValue::Array(items) => {
                Kind::Array(items.iter().map(|item| self.value(item)).collect())
            }
            DeValue::Table(table) => Kind::Object(self.members(table)),
        };
        Value { span, kind }
    }

    fn written(&self, span: Span) -> String {
        caulk_source::cut(self.text, span.range()).to_owned()
    }
}

/// As the house writes: beginning with a small letter. Names that are all capitals stay.
fn lower_first(message: &str) -> String {
    let mut letters = message.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Parsed {
        parse(FileId::FIRST, text)
    }

    fn at(text: &str, value: &Value) -> String {
        caulk_source::cut(text, value.span.range()).to_owned()
    }

    #[test]
    fn every_value_has_its_place() {
        let text = "\u{feff}a = \"é\" # c\r\n[t.\"x y\"]\r\nb = [1, true, 0x1f]\r\nc.d = { e = 1979-05-27 }\r\n";
        let Parsed { root, problems } = parsed(text);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(at(text, root.get("a").unwrap()), "\"é\"");
        let inner = root.get("t").and_then(|table| table.get("x y")).unwrap();
        let items: Vec<String> = inner
            .get("b")
            .unwrap()
            .items()
            .iter()
            .map(|item| at(text, item))
            .collect();
        assert_eq!(items, ["1", "true", "0x1f"]);
        let date = inner.get("c").and_then(|c| c.get("d")).unwrap();
        assert_eq!(date.get("e").and_then(Value::as_str), Some("1979-05-27"));
        let keys: Vec<&str> = inner
            .members()
            .iter()
            .map(|member| caulk_source::cut(text, member.key.span.range()))
            .collect();
        assert_eq!(keys, ["b", "c"]);
    }

    #[test]
    fn what_is_wrong_has_a_place_and_the_rest_is_read() {
        for (text, part) in [
            ("a = 1\na = 2\nb = true\n", "a"),
            ("a = \nb = true\n", ""),
            ("b = true\nc = \"open\n", ""),
        ] {
            let Parsed { root, problems } = parsed(text);
            let problem = problems.first().unwrap_or_else(|| panic!("{text:?}"));
            let place = caulk_source::cut(text, problem.span.range());
            assert!(place.trim().starts_with(part), "{text:?}: {problem:?}");
            assert_eq!(
                root.get("b").and_then(Value::as_bool),
                Some(true),
                "{text:?}"
            );
        }
    }

    #[test]
    fn hostile_texts_are_read_in_bounds() {
        let deep = format!("a = {}", "[".repeat(100_000));
        let dotted = format!("{} = 1", vec!["a"; 100_000].join("."));
        let tables = "[[a]]\n".repeat(20_000);
        let odd = [
            "\u{0}",
            "é = é",
            "[",
            "a.b = 1\na = 2",
            "=",
            "\"",
            "a = '''",
            "\u{feff}\u{feff}",
        ];
        for text in [deep.as_str(), &dotted, &tables].into_iter().chain(odd) {
            let Parsed { problems, .. } = parsed(text);
            for problem in problems {
                assert!(text.get(problem.span.range()).is_some(), "{problem:?}");
            }
        }
        assert!(!parsed(&deep).problems.is_empty());
        assert!(!parsed(&dotted).problems.is_empty());
    }
}
