//! Shell words as arguments.

use caulk_syntax::shell::{Operator, Parameter, Part, PartKind, Quoting, Simple, Word};

use super::scope::Scope;
use crate::command_line::{Argument, Text};

/// How deep a variable may hold another.
const MAX_DEPTH: usize = 4;

/// How many words one command may come to have.
const MAX_WORDS: usize = 4096;

/// The arguments of a command, its program first.
pub(super) fn arguments(simple: &Simple, scope: &Scope) -> Vec<Argument> {
    let mut arguments = Vec::new();
    for word in &simple.words {
        if arguments.len() >= MAX_WORDS {
            break;
        }
        match array(word, scope) {
            Some(items) => arguments.extend(items.iter().map(|item| argument(item, scope, 1))),
            None => split(word, argument(word, scope, 0), &mut arguments),
        }
    }
    arguments
}

/// `"${NAME[@]}"`, of which each item is a word.
fn array<'s>(word: &Word, scope: &'s Scope) -> Option<&'s [Word]> {
    let [part] = word.parts.as_slice() else {
        return None;
    };
    let PartKind::Parameter(parameter) = &part.kind else {
        return None;
    };
    if parameter.indexed && parameter.operation.is_none() {
        scope.array(&parameter.name)
    } else {
        None
    }
}

/// A variable that is not quoted gives as many words as its value has.
fn split(word: &Word, argument: Argument, arguments: &mut Vec<Argument>) {
    let bare = matches!(
        word.parts.as_slice(),
        [Part {
            kind: PartKind::Parameter(_),
            quoting: Quoting::Bare,
            ..
        }]
    );
    let value = argument.text.value();
    let Some(value) = value.filter(|value| bare && value.contains(char::is_whitespace)) else {
        arguments.push(argument);
        return;
    };
    arguments.extend(value.split_whitespace().map(|piece| Argument {
        text: Text::known(piece),
        span: argument.span,
        shared: true,
    }));
}

fn argument(word: &Word, scope: &Scope, depth: usize) -> Argument {
    let mut reading = Reading {
        text: Text::default(),
        parts: 0,
        shared: depth > 0,
        scope,
    };
    for part in &word.parts {
        reading.part(part, depth);
    }
    Argument {
        text: reading.text,
        span: word.span,
        shared: reading.shared,
    }
}

/// How many parts one word may come to have by its variables.
const MAX_PARTS: usize = 1024;

struct Reading<'s> {
    text: Text,
    parts: usize,
    /// Whether a part of it is written elsewhere.
    shared: bool,
    scope: &'s Scope,
}

impl Reading<'_> {
    fn part(&mut self, part: &Part, depth: usize) {
        let bare = part.quoting == Quoting::Bare;
        self.parts += 1;
        if self.parts > MAX_PARTS {
            return;
        }
        match &part.kind {
            PartKind::Literal(text) => self.text.push(text),
            PartKind::Parameter(parameter) => self.parameter(parameter, bare, depth),
            PartKind::Command(_) | PartKind::Process(_) => {
                let because = "it is what another command prints";
                self.text.push_unknown("$(…)", because, bare);
            }
            PartKind::Arithmetic(_) => {
                self.text.push_unknown("$((…))", "it is computed", false);
            }
        }
    }

    fn parameter(&mut self, parameter: &Parameter, bare: bool, depth: usize) {
        let name = parameter.name.as_str();
        let several = matches!(name, "@" | "*") || parameter.indexed;
        if depth < MAX_DEPTH && !several {
            if name == "HOME" && parameter.operation.is_none() {
                // A home folder has a spelling of its own.
                self.text.push("~");
                return;
            }
            let held = self.scope.word(name);
            let default = parameter.operation.as_ref().filter(|operation| {
                matches!(
                    operation.operator,
                    Operator::Default { .. } | Operator::Assign { .. }
                )
            });
            let word = match (&parameter.operation, held, default) {
                (None, Some(held), _) => Some(held),
                // Its author counted on the default, where the program itself says nothing else.
                (Some(_), None, Some(operation)) => Some(&operation.word),
                _ => None,
            };
            if let Some(word) = word {
                self.shared = true;
                let parts = word.parts.iter();
                parts.for_each(|part| self.part(part, depth + 1));
                return;
            }
        }
        let written = if parameter.operation.is_some() || parameter.indexed {
            format!("${{{name}…}}")
        } else {
            format!("${name}")
        };
        let because = format!("`${name}` is not set here");
        self.text.push_unknown(&written, because, bare || several);
    }
}
