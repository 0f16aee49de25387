//! Walking over a program: every command, with what is known of its words.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use caulk_source::{Span, Spanned};
use caulk_syntax::Joined;
use caulk_syntax::dockerfile::Lookup;
use caulk_syntax::shell::{
    self, Command, CommandKind, Heredoc, List, Pipeline, Program, Simple, Word,
};

use super::branch::Branch;
use super::call::{Call, Flow};
use super::functions::Functions;
use super::nested;
use super::program::Runners;
use super::streams::Streams;
use super::taken::Taken;
use super::value::{PieceKind, Value};
use super::words::{Held, unknown};
use super::{flow, program};

/// How deep `sh -c "sh -c …"` is followed.
const MAX_NESTED: usize = 4;

/// The commands that `text` runs, in order. `lookup` knows the variables that are set before it.
pub(crate) fn calls(text: &Joined, lookup: &dyn Fn(&str) -> Lookup) -> Vec<Call> {
    let mut walker = Walker::new(lookup, Taken::default());
    walker.program(&shell::parse(text));
    walker.taken.kept()
}

/// The same, each told as it is met and then forgotten, however many there are.
pub(crate) fn each_call(
    text: &Joined,
    lookup: &dyn Fn(&str) -> Lookup,
    tell: &mut dyn FnMut(&Call),
) {
    Walker::new(lookup, Taken::telling(tell)).program(&shell::parse(text));
}

/// The command that `words` are, and what it runs.
pub(crate) fn calls_of_words(words: Vec<Value>, lookup: &dyn Fn(&str) -> Lookup) -> Vec<Call> {
    let mut walker = Walker::new(lookup, Taken::default());
    let whole = words.iter().map(|word| word.span).reduce(Span::to);
    if let Some(span) = whole {
        walker.call(
            words,
            Vec::new(),
            span,
            &Flow::default(),
            Streams::default(),
        );
    }
    walker.taken.kept()
}

/// What becomes of the variables that a part of a program sets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Leaving {
    /// They are as before: a process of its own set them.
    Restores,
    /// Nobody knows whether they were set: the part may not have run.
    Forgets,
}

pub(super) struct Walker<'a> {
    pub(super) lookup: &'a dyn Fn(&str) -> Lookup,
    pub(super) variables: BTreeMap<String, Held>,
    /// What variables were before they were set, in order.
    log: Vec<(String, Option<Held>)>,
    /// How often variables were set so far, for whatever long.
    set: BTreeMap<String, usize>,
    /// The functions, and what they set.
    functions: BTreeSet<String>,
    runners: Runners,
    set_in_functions: BTreeSet<String>,
    /// The variables among those that are known.
    loose: Vec<String>,
    taken: Taken<'a>,
    nested: usize,
    placeholders: usize,
    /// How much text variables have been replaced with so far.
    pub(super) expanded: usize,
    /// The last call of the command before, whose output the next call reads.
    feeder: Option<usize>,
    /// The part that is walked, where another may run instead.
    pub(super) branch: Option<Arc<Branch>>,
}

impl<'a> Walker<'a> {
    fn new(lookup: &'a dyn Fn(&str) -> Lookup, taken: Taken<'a>) -> Self {
        Self {
            lookup,
            variables: BTreeMap::new(),
            log: Vec::new(),
            set: BTreeMap::new(),
            functions: BTreeSet::new(),
            runners: Runners::new(),
            set_in_functions: BTreeSet::new(),
            loose: Vec::new(),
            taken,
            nested: 0,
            placeholders: 0,
            expanded: 0,
            feeder: None,
            branch: None,
        }
    }

    /// Walks a part of the program that does not surely change what follows.
    pub(super) fn apart<T>(&mut self, leaving: Leaving, walk: impl FnOnce(&mut Self) -> T) -> T {
        let mark = self.log.len();
        let result = walk(self);
        match leaving {
            Leaving::Restores => {
                while self.log.len() > mark
                    && let Some((name, before)) = self.log.pop()
                {
                    match before {
                        Some(value) => self.variables.insert(name, value),
                        None => self.variables.remove(&name),
                    };
                }
            }
            Leaving::Forgets => {
                for (name, _) in self.log.iter().skip(mark) {
                    if let Some(held) = self.variables.get_mut(name) {
                        *held = forgotten(name, held);
                    }
                }
            }
        }
        result
    }

    pub(super) fn set(&mut self, name: &str, held: Held) {
        *self.set.entry(name.to_owned()).or_default() += 1;
        if self.set_in_functions.contains(name) {
            self.loose.push(name.to_owned());
        }
        let before = self.variables.insert(name.to_owned(), held);
        self.log.push((name.to_owned(), before));
    }

    /// Walks a whole program: what it runs, and then its functions.
    fn program(&mut self, program: &Program) -> Flow {
        let functions = Functions::of(program);
        self.functions.extend(functions.names);
        self.runners.extend(functions.runners);
        self.set_in_functions.extend(functions.set);
        let printed = self.list(&program.list, &program.heredocs, &Flow::default());
        if functions.bodies.is_empty() {
            return printed;
        }
        self.apart(Leaving::Restores, |walker| {
            walker.forget_what_changes();
            for body in functions.bodies {
                walker.apart(Leaving::Restores, |walker| {
                    walker.command(body, &program.heredocs, &Flow::default())
                });
            }
        });
        printed
    }

    /// When a function is called, a variable has its value for certain only if it has no other one
    /// at any time.
    fn forget_what_changes(&mut self) {
        if self.is_spent() {
            return;
        }
        self.expanded += self.variables.len();
        let mut changing = Vec::new();
        for (name, held) in &self.variables {
            let times = self.set.get(name).copied().unwrap_or_default();
            if times > 1 || self.set_in_functions.contains(name) {
                changing.push((name.clone(), forgotten(name, held)));
            }
        }
        for (name, held) in changing {
            self.set(&name, held);
        }
    }

    /// Forgets what the functions set: one of them was called.
    fn forget_what_functions_set(&mut self) {
        for name in std::mem::take(&mut self.loose) {
            if let Some(held) = self.variables.get(&name) {
                let held = forgotten(&name, held);
                let before = self.variables.insert(name.clone(), held);
                self.log.push((name, before));
            }
        }
    }

    /// What the list prints, as far as it was downloaded.
    pub(super) fn list(&mut self, list: &List, heredocs: &[Heredoc], input: &Flow) -> Flow {
        let mut printed = Flow::default();
        for statement in &list.statements {
            printed.add(&self.pipeline(&statement.first, heredocs, input));
            if !statement.rest.is_empty() {
                // Behind the statement nobody knows how far it came.
                printed.add(&self.apart(Leaving::Forgets, |walker| {
                    walker.chain(statement, heredocs, input)
                }));
            }
        }
        printed
    }

    pub(super) fn pipeline(
        &mut self,
        pipeline: &Pipeline,
        heredocs: &[Heredoc],
        input: &Flow,
    ) -> Flow {
        if let [only] = pipeline.commands.as_slice() {
            return self.command(only, heredocs, input);
        }
        let mut flow = input.clone();
        for command in &pipeline.commands {
            let before = self.taken.count();
            flow = self.apart(Leaving::Restores, |walker| {
                walker.command(command, heredocs, &flow)
            });
            let last = self.taken.count().checked_sub(1);
            self.feeder = last.filter(|_| self.taken.count() > before);
        }
        self.feeder = None;
        flow
    }

    fn command(&mut self, command: &Command, heredocs: &[Heredoc], input: &Flow) -> Flow {
        let streams = self.streams(&command.redirections, heredocs);
        let none = Flow::default();
        let redirected = streams.fed.is_some() || streams.reads.is_some();
        let input = if redirected { &none } else { input };
        if let CommandKind::Simple(simple) = &command.kind {
            return self.simple(simple, command.span, heredocs, input, streams);
        }
        let output = self.compound(&command.kind, command.span, heredocs, input);
        if streams.writes.is_some() {
            none
        } else {
            output
        }
    }

    /// What a command that holds others prints.
    fn compound(
        &mut self,
        kind: &CommandKind,
        choice: Span,
        heredocs: &[Heredoc],
        input: &Flow,
    ) -> Flow {
        match kind {
            // Where a function is called, it runs.
            CommandKind::Simple(_) | CommandKind::Function { .. } => Flow::default(),
            CommandKind::Group(list) => self.list(list, heredocs, input),
            CommandKind::Subshell(list) => self.apart(Leaving::Restores, |walker| {
                walker.list(list, heredocs, input)
            }),
            CommandKind::If {
                branches,
                otherwise,
            } => self.branches(choice, branches, otherwise.as_ref(), heredocs, input),
            CommandKind::Loop { condition, body } => {
                self.list(condition, heredocs, input);
                self.maybe(body, heredocs, input)
            }
            CommandKind::For { name, words, body } => {
                self.repeated(&name.value, name.span, words.as_deref(), heredocs);
                self.maybe(body, heredocs, input)
            }
            CommandKind::Counting { expression, body } => {
                self.word(expression, heredocs);
                self.maybe(body, heredocs, input)
            }
            CommandKind::Case { word, arms } => {
                self.word(word, heredocs);
                self.arms(choice, word, arms, heredocs, input)
            }
            CommandKind::Test(words) => {
                for word in words {
                    self.word(word, heredocs);
                }
                Flow::default()
            }
            CommandKind::Arithmetic(word) => {
                self.word(word, heredocs);
                Flow::default()
            }
        }
    }

    /// A part that runs only if something holds.
    pub(super) fn maybe(&mut self, list: &List, heredocs: &[Heredoc], input: &Flow) -> Flow {
        self.apart(Leaving::Forgets, |walker| {
            walker.list(list, heredocs, input)
        })
    }

    /// The variable of a loop: the one word that it goes over, or any of them.
    fn repeated(&mut self, name: &str, span: Span, words: Option<&[Word]>, heredocs: &[Heredoc]) {
        let values = self.words(words.unwrap_or_default(), heredocs);
        let value = match values.as_slice() {
            [only] if only.known().is_some() => only.clone(),
            _ => unknown(name, span),
        };
        self.set(name, value.into());
    }

    fn simple(
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

    fn call(
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

/// A value that may or may not be what it is. What was downloaded stays in it.
fn forgotten(name: &str, held: &Held) -> Held {
    let value = &held.value;
    let mut forgotten = unknown(name, value.span);
    let flow = value.output();
    if !flow.is_empty() {
        forgotten.push(PieceKind::Output(flow), value.span);
    }
    forgotten.into()
}
