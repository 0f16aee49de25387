//! Walking over a program: every command, with what is known of its words.

use std::collections::BTreeMap;

use caulk_source::{Span, Spanned};
use caulk_syntax::Joined;
use caulk_syntax::dockerfile::Lookup;
use caulk_syntax::shell::{
    self, Command, CommandKind, Heredoc, List, Pipeline, Redirection, RedirectionOperator, Simple,
    Target, Word,
};

use super::call::{Call, Flow};
use super::nested::{self, Code};
use super::value::{PieceKind, Value};
use super::words::unknown;
use super::{flow, program};

/// How deep `sh -c "sh -c …"` is followed.
const MAX_NESTED: usize = 4;

/// How many calls of one body are looked at.
const MAX_CALLS: usize = 20_000;

/// The commands that `text` runs, in order. `lookup` knows the variables that are set before it.
pub(crate) fn calls(text: &Joined, lookup: &dyn Fn(&str) -> Lookup) -> Vec<Call> {
    let mut walker = Walker::new(lookup);
    let program = shell::parse(text);
    walker.list(&program.list, &program.heredocs, &Flow::default());
    walker.calls
}

/// The command that `words` are, and what it runs.
pub(crate) fn calls_of_words(words: Vec<Value>, lookup: &dyn Fn(&str) -> Lookup) -> Vec<Call> {
    let mut walker = Walker::new(lookup);
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
    walker.calls
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
    pub(super) variables: BTreeMap<String, Value>,
    /// What variables were before they were set, in order.
    log: Vec<(String, Option<Value>)>,
    calls: Vec<Call>,
    nested: usize,
    placeholders: usize,
    /// How much text variables have been replaced with so far.
    pub(super) expanded: usize,
    /// The last call of the command before, whose output the next call reads.
    feeder: Option<usize>,
}

impl<'a> Walker<'a> {
    fn new(lookup: &'a dyn Fn(&str) -> Lookup) -> Self {
        Self {
            lookup,
            variables: BTreeMap::new(),
            log: Vec::new(),
            calls: Vec::new(),
            nested: 0,
            placeholders: 0,
            expanded: 0,
            feeder: None,
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
                    if let Some(value) = self.variables.get_mut(name) {
                        *value = forgotten(name, value);
                    }
                }
            }
        }
        result
    }

    fn set(&mut self, name: &str, value: Value) {
        let before = self.variables.insert(name.to_owned(), value);
        self.log.push((name.to_owned(), before));
    }

    /// What the list prints, as far as it was downloaded.
    pub(super) fn list(&mut self, list: &List, heredocs: &[Heredoc], input: &Flow) -> Flow {
        let mut printed = Flow::default();
        for statement in &list.statements {
            printed.add(&self.pipeline(&statement.first, heredocs, input));
            for (connector, pipeline) in &statement.rest {
                let output = match connector {
                    shell::Connector::And => self.pipeline(pipeline, heredocs, input),
                    shell::Connector::Or => self.apart(Leaving::Forgets, |walker| {
                        walker.pipeline(pipeline, heredocs, input)
                    }),
                };
                printed.add(&output);
            }
        }
        printed
    }

    fn pipeline(&mut self, pipeline: &Pipeline, heredocs: &[Heredoc], input: &Flow) -> Flow {
        if let [only] = pipeline.commands.as_slice() {
            return self.command(only, heredocs, input);
        }
        let mut flow = input.clone();
        for command in &pipeline.commands {
            let before = self.calls.len();
            flow = self.apart(Leaving::Restores, |walker| {
                walker.command(command, heredocs, &flow)
            });
            let last = self.calls.len().checked_sub(1);
            self.feeder = last.filter(|_| self.calls.len() > before);
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
        let output = self.compound(&command.kind, heredocs, input);
        if streams.writes.is_some() {
            none
        } else {
            output
        }
    }

    /// What a command that holds others prints.
    fn compound(&mut self, kind: &CommandKind, heredocs: &[Heredoc], input: &Flow) -> Flow {
        match kind {
            CommandKind::Simple(_) => Flow::default(),
            CommandKind::Group(list) => self.list(list, heredocs, input),
            CommandKind::Subshell(list) => self.apart(Leaving::Restores, |walker| {
                walker.list(list, heredocs, input)
            }),
            CommandKind::If {
                branches,
                otherwise,
            } => {
                let mut output = Flow::default();
                for (condition, body) in branches {
                    output.add(&self.list(condition, heredocs, input));
                    output.add(&self.maybe(body, heredocs, input));
                }
                if let Some(body) = otherwise {
                    output.add(&self.maybe(body, heredocs, input));
                }
                output
            }
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
                let mut output = Flow::default();
                for arm in arms {
                    output.add(&self.maybe(&arm.body, heredocs, input));
                }
                output
            }
            CommandKind::Function { body, .. } => {
                self.apart(Leaving::Forgets, |walker| {
                    walker.command(body, heredocs, &Flow::default())
                });
                Flow::default()
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
    fn maybe(&mut self, list: &List, heredocs: &[Heredoc], input: &Flow) -> Flow {
        self.apart(Leaving::Forgets, |walker| {
            walker.list(list, heredocs, input)
        })
    }

    /// The variable of a loop: the one word that it goes over, or any of them.
    fn repeated(&mut self, name: &str, span: Span, words: Option<&[Word]>, heredocs: &[Heredoc]) {
        let values: Vec<Value> = words
            .unwrap_or_default()
            .iter()
            .map(|word| self.word(word, heredocs))
            .collect();
        let value = match values.as_slice() {
            [only] if only.known().is_some() => only.clone(),
            _ => unknown(name, span),
        };
        self.set(name, value);
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
            let value = self.assigned(assignment, heredocs);
            if simple.words.is_empty() {
                self.set(&assignment.name.value, value.clone());
            }
            let name = Spanned::new(assignment.name.value.clone(), assignment.span);
            assignments.push((name, value));
        }
        let words: Vec<Value> = simple
            .words
            .iter()
            .map(|word| self.word(word, heredocs))
            .collect();
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
        if nothing || self.calls.len() >= MAX_CALLS {
            return Flow::default();
        }
        let call = Call {
            program_at: program::program_at(&words),
            words,
            assignments,
            span,
            piped: input.clone(),
            piped_from: self.feeder.take(),
            fed: streams.fed,
            reads: streams.reads,
            writes: streams.writes,
            output: Flow::default(),
        };
        let index = self.calls.len();
        self.declare(&call);
        let code = nested::code_of(&call);
        let output = flow::printed(&call, index);
        self.calls.push(call);
        let mut output = match code {
            Some(code) => self.within(index, &code).unwrap_or(output),
            None => output,
        };
        if let Some(call) = self.calls.get_mut(index) {
            call.output = output.clone();
            if call.writes.is_some() {
                output = Flow::default();
            }
        }
        output
    }

    /// `export NAME=value`, `read NAME` and their like.
    fn declare(&mut self, call: &Call) {
        let program = call.program().unwrap_or_default();
        match program.as_str() {
            "export" | "readonly" | "local" | "declare" | "typeset" => {
                for word in call.operands() {
                    let start = word.known_start();
                    if let Some((name, _)) = start.split_once('=')
                        && program::is_name(name)
                    {
                        let value = word.after(name.len() + 1);
                        self.set(name, value);
                    }
                }
            }
            "read" | "unset" | "mapfile" | "readarray" | "getopts" => {
                let names: Vec<String> = call.operands().iter().filter_map(Value::known).collect();
                for name in names.iter().filter(|name| program::is_name(name)) {
                    self.set(name, unknown(name, call.span));
                }
            }
            _ => {}
        }
    }

    /// The commands of a text that a call gives to a shell; what they print.
    fn within(&mut self, index: usize, code: &Code) -> Option<Flow> {
        let call = self.calls.get(index)?;
        let program = call.program()?;
        if !(nested::is_shell(&program) || matches!(program.as_str(), "eval" | "su" | "runuser")) {
            return None;
        }
        let text = match code {
            Code::Text(text) => text.clone(),
            Code::Input => call.fed.clone()?,
            Code::File(_) => return None,
        };
        if self.nested >= MAX_NESTED {
            return None;
        }
        self.nested += 1;
        let leaving = if program == "eval" {
            Leaving::Forgets
        } else {
            Leaving::Restores
        };
        let output = self.apart(leaving, |walker| {
            let joined = walker.anew(&text);
            let program = shell::parse(&joined);
            walker.list(&program.list, &program.heredocs, &Flow::default())
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
            self.set(&name, value);
        }
        joined
    }

    fn streams(&mut self, redirections: &[Redirection], heredocs: &[Heredoc]) -> Streams {
        let mut streams = Streams::default();
        for redirection in redirections {
            let descriptor = redirection.descriptor.as_deref();
            let value = match &redirection.target {
                Target::Word(word) => self.word(word, heredocs),
                Target::Heredoc(index) => match heredocs.get(*index) {
                    Some(heredoc) => self.word(&heredoc.body, heredocs),
                    None => continue,
                },
                Target::Missing => continue,
            };
            match redirection.operator {
                RedirectionOperator::Heredoc | RedirectionOperator::HereString => {
                    streams.fed = Some(value);
                }
                RedirectionOperator::Read if matches!(descriptor, None | Some("0")) => {
                    streams.reads = Some(value);
                }
                RedirectionOperator::Write
                | RedirectionOperator::Append
                | RedirectionOperator::WriteBoth
                | RedirectionOperator::AppendBoth
                    if matches!(descriptor, None | Some("1")) =>
                {
                    streams.writes = Some(value);
                }
                RedirectionOperator::Read
                | RedirectionOperator::Write
                | RedirectionOperator::Append
                | RedirectionOperator::WriteBoth
                | RedirectionOperator::AppendBoth
                | RedirectionOperator::ReadWrite
                | RedirectionOperator::DuplicateInput
                | RedirectionOperator::DuplicateOutput => {}
            }
        }
        streams
    }
}

/// A value that may or may not be what it is. What was downloaded stays in it.
fn forgotten(name: &str, value: &Value) -> Value {
    let mut forgotten = unknown(name, value.span);
    let flow = value.output();
    if !flow.is_empty() {
        forgotten.push(PieceKind::Output(flow), value.span);
    }
    forgotten
}

/// The redirections of a command that matter here.
#[derive(Default)]
struct Streams {
    fed: Option<Value>,
    reads: Option<Value>,
    writes: Option<Value>,
}
