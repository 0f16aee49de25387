//! One command that is run: its words, what it declares, and the text that it gives to a shell.

use caulk_source::{Span, Spanned};
use caulk_syntax::Joined;
use caulk_syntax::shell::{self, Heredoc, Simple};

use super::call::{Call, Flow};
use super::scope::Leaving;
use super::streams::Streams;
use super::value::Value;
use super::walk::Walker;
use super::words::unknown;
use super::{flow, nested, program};

/// How deep `sh -c "sh -c …"` is followed.
const MAX_NESTED: usize = 4;

impl Walker<'_> {
    pub(super) fn simple(
        &mut self,
        simple: &Simple,
        span: Span,
        heredocs: &[Heredoc],
        input: &Flow,
        streams: Streams,
    ) -> Flow {
        let mut assignments = Vec::new();
        for assignment in &simple.assignments {
            let held = self.assigned(assignment, heredocs);
            let name = &assignment.name.value;
            let value = held.value.clone();
            if simple.words.is_empty() {
                self.set(name, held);
            } else {
                // It holds for the command alone, which may be a function.
                *self.set.entry(name.clone()).or_default() += 1;
            }
            let name = Spanned::new(name.clone(), assignment.span);
            assignments.push((name, value));
        }
        let words = if program::declares(&simple.words) {
            let words = simple.words.iter();
            words.map(|word| self.word(word, heredocs)).collect()
        } else {
            self.words(&simple.words, heredocs)
        };
        self.call(words, assignments, span, input, streams)
    }

    pub(super) fn call(
        &mut self,
        words: Vec<Value>,
        assignments: Vec<(Spanned<String>, Value)>,
        span: Span,
        input: &Flow,
        streams: Streams,
    ) -> Flow {
        let nothing = words.is_empty() && assignments.is_empty();
        if nothing || self.taken.is_full() {
            return Flow::default();
        }
        let call = Call {
            program_at: program::program_at(&words, &self.runners),
            words,
            assignments,
            span,
            piped: input.clone(),
            piped_from: self.feeder.take(),
            fed: streams.fed,
            reads: streams.reads,
            writes: streams.writes,
            branch: self.branch.clone(),
            output: Flow::default(),
        };
        let index = self.taken.count();
        self.declare(&call);
        let writes = call.writes.is_some();
        let text = nested::text_of(&call);
        let printed = flow::printed(&call, index);
        self.taken.take(call);
        let output = text.and_then(|text| self.within(&text));
        let output = output.unwrap_or(printed);
        self.taken.prints(index, &output);
        if writes { Flow::default() } else { output }
    }

    /// `export NAME=value`, `read NAME` and their like.
    fn declare(&mut self, call: &Call) {
        let program = call.program().unwrap_or_default();
        let first = call
            .words
            .iter()
            .take(call.program_at.unwrap_or_default() + 1);
        let mut programs = first.filter_map(Value::known);
        if programs.any(|name| self.functions.contains(&name)) {
            self.forget_what_functions_set();
        }
        match program.as_str() {
            "export" | "readonly" | "local" | "declare" | "typeset" => {
                for word in call.operands() {
                    let start = word.known_start();
                    if let Some((name, _)) = start.split_once('=')
                        && program::is_name(name)
                    {
                        let value = word.after(name.len() + 1);
                        self.set(name, value.into());
                    }
                }
            }
            "read" | "unset" | "mapfile" | "readarray" | "getopts" => {
                let names: Vec<String> = call.operands().iter().filter_map(Value::known).collect();
                for name in names.iter().filter(|name| program::is_name(name)) {
                    self.set(name, unknown(name, call.span).into());
                }
            }
            _ => {}
        }
    }

    /// The commands of a text that a call gives to a shell; what they print.
    fn within(&mut self, text: &nested::Nested) -> Option<Flow> {
        if self.nested >= MAX_NESTED {
            return None;
        }
        self.nested += 1;
        let leaving = if text.here {
            Leaving::Forgets
        } else {
            Leaving::Restores
        };
        let output = self.apart(leaving, |walker| {
            let joined = walker.anew(&text.text);
            walker.program(&shell::parse(&joined))
        });
        self.nested -= 1;
        Some(output)
    }

    /// A value as text to be read anew: what is no text becomes a variable that holds it.
    fn anew(&mut self, value: &Value) -> Joined {
        let mut names = Vec::new();
        let first = self.placeholders;
        let joined = value.to_joined(|piece| {
            let name = format!("__caulk_{}", first + names.len());
            let reference = format!("${name}");
            names.push((name, piece.clone()));
            reference
        });
        self.placeholders += names.len();
        for (name, piece) in names {
            let mut value = Value::empty(piece.span);
            value.push(piece.kind, piece.span);
            self.set(&name, value.into());
        }
        joined
    }
}
