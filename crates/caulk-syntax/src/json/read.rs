//! From text to the tree.

use std::borrow::Cow;
use std::ops::Range;

use caulk_source::{BOM, FileId, Span, Spanned, cut_to};
use jsonc_parser::ast;
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::scan::scan;
use super::value::{Kind, Member, Value};
use crate::Problem;

/// What a JSON text holds.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The value, if there is one that can be read.
    pub value: Option<Value>,
    /// The first thing that Go's `encoding/json` would refuse, if it would.
    pub problems: Vec<Problem>,
}

/// Reads a JSON text as strictly as Go's `encoding/json`. Where that refuses something but it is
/// clear what is meant (a comment, a comma too many, a byte-order mark), there is a value too.
///
/// Values may be nested 512 deep, which is less than Go allows.
pub fn parse(file: FileId, text: &str) -> Parsed {
    read(file, text, &STRICT)
}

/// Reads JSON in which comments and commas too many are allowed.
pub fn parse_with_comments(file: FileId, text: &str) -> Parsed {
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        ..STRICT
    };
    read(file, text, &options)
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

fn read(file: FileId, text: &str, options: &ParseOptions) -> Parsed {
    let body = text.strip_prefix(BOM).unwrap_or(text);
    let reader = Reader {
        file,
        base: text.len() - body.len(),
    };
    let scan = scan(body);
    let copy = whole_surrogates(body, &scan.halves);
    let (value, refusal) = reader.read(&copy, options);
    let mark = (reader.base > 0).then(|| Problem {
        span: Span::new(file, 0..reader.base),
        message: "a byte-order mark may not begin a JSON text".to_owned(),
    });
    let scanned = scan.refused.map(|(range, message)| Problem {
        span: reader.span(range),
        message,
    });
    let first = [mark, scanned, refusal]
        .into_iter()
        .flatten()
        .min_by_key(|problem| problem.span);
    Parsed {
        value,
        problems: first.into_iter().collect(),
    }
}

/// The text with `\ufffd` for every half of a surrogate pair.
fn whole_surrogates<'t>(text: &'t str, halves: &[usize]) -> Cow<'t, str> {
    if halves.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut copy = String::with_capacity(text.len());
    for half in halves {
        copy.push_str(text.get(copy.len()..*half).unwrap_or_default());
        copy.push_str("\\ufffd");
    }
    copy.push_str(text.get(copy.len()..).unwrap_or_default());
    Cow::Owned(copy)
}

struct Reader {
    file: FileId,
    /// Where the text begins in its file.
    base: usize,
}

impl Reader {
    /// The value of `text`, and what is wrong with it.
    fn read(&self, text: &str, options: &ParseOptions) -> (Option<Value>, Option<Problem>) {
        match parse_to_ast(text, &CollectOptions::default(), options) {
            Ok(parsed) => match parsed.value {
                Some(value) => (Some(self.value(value)), None),
                None => (None, Some(self.nothing(text))),
            },
            Err(error) => (self.read_leniently(text), Some(self.refusal(text, &error))),
        }
    }

    fn read_leniently(&self, text: &str) -> Option<Value> {
        let parse = |text| parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
        let parsed = match parse(text) {
            Ok(parsed) => parsed,
            Err(error) if matches!(error.kind(), ParseErrorKind::MultipleRootJsonValues) => {
                parse(cut_to(text, error.range().start)).ok()?
            }
            Err(_) => return None,
        };
        parsed.value.map(|value| self.value(value))
    }

    fn refusal(&self, text: &str, error: &ParseError) -> Problem {
        let range = error.range();
        let message = if matches!(error.kind(), ParseErrorKind::NestingDepthExceeded) {
            "values are nested more than 512 deep".to_owned()
        } else {
            lower_first(&error.kind().to_string())
        };
        let end = range.end.clamp(range.start, text.len());
        Problem {
            span: self.span(range.start..end),
            message,
        }
    }

    fn nothing(&self, text: &str) -> Problem {
        Problem {
            span: self.span(text.len()..text.len()),
            message: "a JSON value should stand here".to_owned(),
        }
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, self.base + range.start..self.base + range.end)
    }

    fn value(&self, value: ast::Value<'_>) -> Value {
        let (range, kind) = match value {
            ast::Value::NullKeyword(null) => (null.range, Kind::Null),
            ast::Value::BooleanLit(boolean) => (boolean.range, Kind::Bool(boolean.value)),
            ast::Value::NumberLit(number) => (number.range, Kind::Number(number.value.to_owned())),
            ast::Value::StringLit(string) => {
                (string.range, Kind::String(string.value.into_owned()))
            }
            ast::Value::Array(array) => {
                let items = array.elements.into_iter().map(|item| self.value(item));
                (array.range, Kind::Array(items.collect()))
            }
            ast::Value::Object(object) => {
                let members = object
                    .properties
                    .into_iter()
                    .map(|member| self.member(member));
                (object.range, Kind::Object(members.collect()))
            }
        };
        Value {
            span: self.span(range.start..range.end),
            kind,
        }
    }

    fn member(&self, member: ast::ObjectProp<'_>) -> Member {
        let (key, range) = match member.name {
            ast::ObjectPropName::String(string) => (string.value.into_owned(), string.range),
            ast::ObjectPropName::Word(word) => (word.value.to_owned(), word.range),
        };
        Member {
            key: Spanned::new(key, self.span(range.start..range.end)),
            value: self.value(member.value),
        }
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}
