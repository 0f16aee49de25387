//! Words and variables, evaluated.

use caulk_source::{FileId, Span};
use caulk_syntax::dockerfile::Lookup;
use caulk_syntax::shell::{
    Assigned, Assignment, Heredoc, Operation, Operator, Parameter, PartKind, Word,
};

use super::call::Flow;
use super::program;
use super::value::{PieceKind, Value};
use super::walk::{Leaving, Walker};

/// After so much text that variables are replaced with, no further one is: a body could name a long
/// one on every line.
const MAX_EXPANDED: usize = 4 * 1024 * 1024;

impl Walker<'_> {
    /// The value of an assignment.
    pub(super) fn assigned(&mut self, assignment: &Assignment, heredocs: &[Heredoc]) -> Value {
        let value = match &assignment.value {
            Assigned::Word(word) => self.word(word, heredocs),
            Assigned::Array(words) => {
                let mut whole = unknown(&assignment.name.value, assignment.span);
                for word in words {
                    let flow = self.word(word, heredocs).output();
                    if !flow.is_empty() {
                        whole.push(PieceKind::Output(flow), word.span);
                    }
                }
                whole
            }
        };
        if assignment.indexed {
            return unknown(&assignment.name.value, assignment.span);
        }
        if assignment.appends {
            let mut whole = self.variable(&assignment.name.value, assignment.name.span);
            for piece in &value.pieces {
                whole.push(piece.kind.clone(), piece.span);
            }
            return whole;
        }
        value
    }

    /// The value of a word.
    pub(super) fn word(&mut self, word: &Word, heredocs: &[Heredoc]) -> Value {
        let mut value = Value::empty(word.span);
        for part in &word.parts {
            match &part.kind {
                PartKind::Literal(text) => value.push(PieceKind::Text(text.clone()), part.span),
                PartKind::Parameter(parameter) => {
                    let expanded = self.parameter(parameter, part.span, heredocs);
                    value.push_value(&expanded, part.span);
                }
                PartKind::Command(list) => {
                    let flow = self.apart(Leaving::Restores, |walker| {
                        walker.list(list, heredocs, &Flow::default())
                    });
                    value.push(PieceKind::Output(flow), part.span);
                }
                PartKind::Process(list) => {
                    let flow = self.apart(Leaving::Restores, |walker| {
                        walker.list(list, heredocs, &Flow::default())
                    });
                    value.push(PieceKind::File(flow), part.span);
                }
                PartKind::Arithmetic(inner) => {
                    self.word(inner, heredocs);
                    value.push(PieceKind::Unknown("$((…))".to_owned()), part.span);
                }
            }
        }
        value
    }

    fn parameter(&mut self, parameter: &Parameter, span: Span, heredocs: &[Heredoc]) -> Value {
        let name = &parameter.name;
        if parameter.indexed {
            return unknown(name, span);
        }
        let Some(Operation { operator, word }) = &parameter.operation else {
            return self.variable(name, span);
        };
        let word = self.word(word, heredocs);
        let value = self.known_variable(name);
        let given = |or_empty: bool| {
            let text = value.as_ref().and_then(Value::known);
            text.map(|text| !(or_empty && text.is_empty()))
        };
        let unset = value.is_none() && self.is_unset(name);
        match operator {
            Operator::Default { or_empty } | Operator::Assign { or_empty } => {
                match (given(*or_empty), value) {
                    (Some(true), Some(value)) => value,
                    (Some(false), _) => word,
                    (_, None) if unset => word,
                    _ => unknown(name, span),
                }
            }
            Operator::Alternative { or_empty } => match given(*or_empty) {
                Some(true) => word,
                Some(false) => Value::empty(span),
                None => unknown(name, span),
            },
            Operator::Required { .. } => self.variable(name, span),
            Operator::TrimPrefix
            | Operator::TrimSuffix
            | Operator::Replace
            | Operator::Substring
            | Operator::Length
            | Operator::Indirect
            | Operator::Other => unknown(name, span),
        }
    }

    /// The value of a variable that is set here, or before.
    fn known_variable(&mut self, name: &str) -> Option<Value> {
        if self.expanded > MAX_EXPANDED {
            return None;
        }
        let value = self.set_variable(name)?;
        self.expanded += value.len();
        Some(value)
    }

    fn set_variable(&self, name: &str) -> Option<Value> {
        if let Some(value) = self.variables.get(name) {
            return Some(value.clone());
        }
        match (self.lookup)(name) {
            Lookup::Set(text) => {
                let span = Span::at(FileId::FIRST, 0);
                Some(Value::text(text, span))
            }
            Lookup::Unset | Lookup::UnsetHere | Lookup::Unknown => None,
        }
    }

    /// Whether nobody here sets a variable, so that a default holds.
    fn is_unset(&self, name: &str) -> bool {
        matches!((self.lookup)(name), Lookup::Unset | Lookup::UnsetHere)
            && program::is_name(name)
            && !name.starts_with(|first: char| first.is_ascii_digit())
    }

    fn variable(&mut self, name: &str, span: Span) -> Value {
        match self.known_variable(name) {
            Some(value) => {
                let mut here = Value::empty(span);
                here.push_value(&value, span);
                here
            }
            None => unknown(name, span),
        }
    }
}

/// The value of a variable that nobody here knows.
pub(super) fn unknown(name: &str, span: Span) -> Value {
    let mut value = Value::empty(span);
    value.push(PieceKind::Unknown(format!("${name}")), span);
    value
}
