//! Words and variables, evaluated.

use std::rc::Rc;

use caulk_source::{FileId, Span};
use caulk_syntax::dockerfile::Lookup;
use caulk_syntax::shell::{
    Assigned, Assignment, Heredoc, List, Operation, Operator, Parameter, Part, PartKind, Quoting,
    Word,
};

use super::call::Flow;
use super::program;
use super::scope::Leaving;
use super::value::{Piece, PieceKind, Value};
use super::walk::Walker;

/// After so much text that variables are replaced with, no further one is: a body could name a long
/// one on every line.
const MAX_EXPANDED: usize = 4 * 1024 * 1024;

/// How many words one command may come to have by its variables.
const MAX_WORDS: usize = 4096;

/// What a word costs that a variable gives, in bytes of text.
const WORD: usize = 64;

/// What a variable holds.
#[derive(Clone, Debug)]
pub(super) struct Held {
    /// Its text; of an array, whose output is in it.
    pub(super) value: Value,
    /// The words of an array.
    items: Option<Rc<Vec<Value>>>,
}

impl From<Value> for Held {
    fn from(value: Value) -> Self {
        Self { value, items: None }
    }
}

impl Walker<'_> {
    /// What an assignment gives its variable.
    pub(super) fn assigned(&mut self, assignment: &Assignment, heredocs: &[Heredoc]) -> Held {
        let (name, span) = (&assignment.name.value, assignment.span);
        let held = match &assignment.value {
            Assigned::Word(word) => Held::from(self.word(word, heredocs)),
            Assigned::Array(words) => {
                let items = self.words(words, heredocs);
                let mut value = unknown(name, span);
                for item in &items {
                    let flow = item.output();
                    if !flow.is_empty() {
                        value.push(PieceKind::Output(flow), item.span);
                    }
                }
                Held {
                    value,
                    items: Some(Rc::new(items)),
                }
            }
        };
        if assignment.indexed {
            return unknown(name, span).into();
        }
        if assignment.appends {
            return self.appended(assignment, &held);
        }
        held
    }

    /// `NAME+=VALUE`, `NAME+=( … )`
    fn appended(&mut self, assignment: &Assignment, added: &Held) -> Held {
        let name = &assignment.name.value;
        let mut value = self.variable(name, assignment.name.span);
        for piece in &added.value.pieces {
            value.push(piece.kind.clone(), piece.span);
        }
        let before = self.items(name);
        let items = match (before, &added.items) {
            (Some(before), Some(added)) => {
                let mut items = before.as_ref().clone();
                items.extend(added.iter().cloned());
                items.truncate(MAX_WORDS);
                Some(Rc::new(items))
            }
            _ => None,
        };
        Held { value, items }
    }

    /// The words of an array.
    fn items(&mut self, name: &str) -> Option<Rc<Vec<Value>>> {
        let items = self.variables.get(name)?.items.clone()?;
        let text: usize = items.iter().map(|item| item.len() + WORD).sum();
        self.expanded += text;
        (!self.is_spent()).then_some(items)
    }

    /// The words that a command gets: a variable that nothing quotes gives as many as its value has,
    /// and an array one for each of its own.
    pub(super) fn words(&mut self, words: &[Word], heredocs: &[Heredoc]) -> Vec<Value> {
        let mut all = Vec::new();
        for word in words {
            if let Some(items) = self.array(word) {
                all.extend(items.iter().map(|item| item.held(item.span)));
            } else {
                let value = self.word(word, heredocs);
                self.split(word, value, &mut all);
            }
            if all.len() > MAX_WORDS && all.len() > words.len() {
                break;
            }
        }
        all
    }

    /// `"${NAME[@]}"`
    fn array(&mut self, word: &Word) -> Option<Rc<Vec<Value>>> {
        let [part] = word.parts.as_slice() else {
            return None;
        };
        let PartKind::Parameter(parameter) = &part.kind else {
            return None;
        };
        if parameter.every && parameter.operation.is_none() {
            self.items(&parameter.name)
        } else {
            None
        }
    }

    /// Adds the words that a word gives.
    fn split(&mut self, word: &Word, value: Value, all: &mut Vec<Value>) {
        let text = |piece: &Piece| match &piece.kind {
            PieceKind::Text(text) if piece.splits => Some(text.clone()),
            PieceKind::Text(_)
            | PieceKind::Unknown(_)
            | PieceKind::Output(_)
            | PieceKind::File(_) => None,
        };
        let parts = |text: &str| text.is_empty() || text.contains(char::is_whitespace);
        let mut pieces = value.pieces.iter();
        if !pieces.any(|piece| text(piece).is_some_and(|text| parts(&text))) {
            // Nothing comes of a variable that is empty, unless it is quoted.
            let bare = |part: &Part| {
                part.quoting == Quoting::Bare && matches!(part.kind, PartKind::Parameter(_))
            };
            let vanishes = value.pieces.is_empty() && !word.parts.is_empty();
            if !vanishes || !word.parts.iter().all(bare) {
                all.push(value);
            }
            return;
        }
        let mut current: Option<Value> = None;
        for piece in value.pieces {
            let Some(whole) = text(&piece) else {
                current
                    .get_or_insert_with(|| Value::empty(word.span))
                    .add(piece);
                continue;
            };
            for (index, text) in whole.split(char::is_whitespace).enumerate() {
                if index > 0 {
                    all.extend(current.take());
                }
                if text.is_empty() || all.len() > MAX_WORDS {
                    continue;
                }
                self.expanded += WORD;
                let kind = PieceKind::Text(text.to_owned());
                let current = current.get_or_insert_with(|| Value::empty(word.span));
                current.add(Piece {
                    kind,
                    ..piece.clone()
                });
            }
        }
        all.extend(current);
    }

    /// The value of a word.
    pub(super) fn word(&mut self, word: &Word, heredocs: &[Heredoc]) -> Value {
        self.evaluate(word, heredocs, false)
    }

    /// The value of a word; of one that stands for a variable, what is not quoted is split.
    fn evaluate(&mut self, word: &Word, heredocs: &[Heredoc], stands_for: bool) -> Value {
        let mut value = Value::empty(word.span);
        for part in &word.parts {
            let quoted = part.quoting != Quoting::Bare;
            let span = part.span;
            let mut expands = |kind: PieceKind| {
                value.add(Piece {
                    kind,
                    span,
                    held: stands_for,
                    splits: !quoted,
                });
            };
            match &part.kind {
                PartKind::Literal(text) if stands_for => expands(PieceKind::Text(text.clone())),
                PartKind::Literal(text) => value.push(PieceKind::Text(text.clone()), span),
                PartKind::Parameter(parameter) => {
                    let expanded = self.parameter(parameter, span, heredocs);
                    let several = parameter.every || matches!(parameter.name.as_str(), "@" | "*");
                    value.push_expanded(&expanded, span, quoted && !several);
                }
                PartKind::Command(list) => {
                    let flow = self.printed(list, heredocs);
                    expands(PieceKind::Output(flow));
                }
                PartKind::Process(list) => {
                    let flow = self.printed(list, heredocs);
                    expands(PieceKind::File(flow));
                }
                PartKind::Arithmetic(inner) => {
                    self.word(inner, heredocs);
                    value.push(PieceKind::Unknown("$((…))".to_owned()), span);
                }
            }
        }
        value
    }

    /// What a substituted program prints.
    fn printed(&mut self, list: &List, heredocs: &[Heredoc]) -> Flow {
        self.apart(Leaving::Restores, |walker| {
            walker.list(list, heredocs, &Flow::default())
        })
    }

    fn parameter(&mut self, parameter: &Parameter, span: Span, heredocs: &[Heredoc]) -> Value {
        let name = &parameter.name;
        if parameter.indexed {
            return unknown(name, span);
        }
        let Some(Operation { operator, word }) = &parameter.operation else {
            return self.variable(name, span);
        };
        let word = self.evaluate(word, heredocs, true);
        let value = self.known_variable(name).map(|value| value.held(span));
        let given = |or_empty: bool| {
            let text = value.as_ref().and_then(Value::known);
            text.map(|text| !(or_empty && text.is_empty()))
        };
        let unset = value.is_none() && self.is_unset(name);
        match operator {
            Operator::Default { or_empty } | Operator::Assign { or_empty } => {
                let word = match (given(*or_empty), value) {
                    (Some(true), Some(value)) => return value,
                    (Some(false), _) => word,
                    (_, None) if unset => word,
                    _ => return unknown(name, span),
                };
                if matches!(operator, Operator::Assign { .. }) {
                    self.set(name, word.clone().into());
                }
                word
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

    /// Whether so much was replaced that nothing more is.
    pub(super) fn is_spent(&self) -> bool {
        self.expanded > MAX_EXPANDED
    }

    /// The value of a variable that is set here, or before.
    fn known_variable(&mut self, name: &str) -> Option<Value> {
        if self.is_spent() {
            return None;
        }
        let value = self.set_variable(name)?;
        self.expanded += value.len();
        Some(value)
    }

    fn set_variable(&self, name: &str) -> Option<Value> {
        if let Some(held) = self.variables.get(name) {
            return Some(held.value.clone());
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
        matches!((self.lookup)(name), Lookup::Unset | Lookup::UnsetHere) && program::is_name(name)
    }

    fn variable(&mut self, name: &str, span: Span) -> Value {
        match self.known_variable(name) {
            Some(value) => value.held(span),
            None => unknown(name, span),
        }
    }
}

/// The value of a variable that nobody here knows.
pub(super) fn unknown(name: &str, span: Span) -> Value {
    let mut value = Value::empty(span);
    value.add(Piece {
        kind: PieceKind::Unknown(format!("${name}")),
        span,
        held: false,
        splits: true,
    });
    value
}
