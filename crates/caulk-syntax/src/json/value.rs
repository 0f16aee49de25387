//! The tree.

use caulk_source::{Span, Spanned};

/// A value and where it is written.
#[derive(Clone, PartialEq, Debug)]
pub struct Value {
    /// With its quotes, brackets or braces.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Clone, PartialEq, Debug)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it is written.
    Number(String),
    /// Text, decoded.
    String(String),
    /// `[…]`.
    Array(Vec<Value>),
    /// `{…}`, with every key that stands there, also one that stands there twice.
    Object(Vec<Member>),
}

/// A key with its value.
#[derive(Clone, PartialEq, Debug)]
pub struct Member {
    /// The key, decoded; its place has the quotes.
    pub key: Spanned<String>,
    /// The value.
    pub value: Value,
}

impl Member {
    /// From the key to the value's end.
    pub fn span(&self) -> Span {
        self.key.span.to(self.value.span)
    }
}

impl Value {
    /// The value of the last member with this key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let member = self
            .members()
            .iter()
            .rev()
            .find(|member| member.key.value == key)?;
        Some(&member.value)
    }

    /// The value of the last member with this key, whatever its case: as Go's `encoding/json`
    /// finds the member for a field.
    pub fn get_ignoring_case(&self, key: &str) -> Option<&Self> {
        let member = self
            .members()
            .iter()
            .rev()
            .find(|member| same_ignoring_case(&member.key.value, key))?;
        Some(&member.value)
    }

    /// The members of an object; none for anything else.
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            Kind::Object(members) => members,
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Array(_) => &[],
        }
    }

    /// The items of an array; none for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::Array(items) => items,
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Object(_) => &[],
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Array(_) | Kind::Object(_) => None,
        }
    }

    /// A number as it is written.
    pub fn as_number(&self) -> Option<&str> {
        match &self.kind {
            Kind::Number(text) => Some(text),
            Kind::Null | Kind::Bool(_) | Kind::String(_) | Kind::Array(_) | Kind::Object(_) => None,
        }
    }

    /// A boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(bool) => Some(bool),
            Kind::Null | Kind::Number(_) | Kind::String(_) | Kind::Array(_) | Kind::Object(_) => {
                None
            }
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }
}

/// Whether Go's `encoding/json` takes both keys for the same field. Besides ASCII it folds the two
/// letters outside ASCII whose other case is inside.
fn same_ignoring_case(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    let folded = |char: char| match char {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        _ => char.to_ascii_lowercase(),
    };
    a.chars().map(folded).eq(b.chars().map(folded))
}
