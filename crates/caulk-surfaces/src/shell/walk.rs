//! Walking over a program: every command, with what is known of its words.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use caulk_source::Span;
use caulk_syntax::dockerfile::Lookup;
use caulk_syntax::shell::{Command, CommandKind, Heredoc, List, Pipeline, Word};

use super::branch::Branch;
use super::call::Flow;
use super::program::Runners;
use super::scope::Leaving;
use super::taken::Taken;
use super::words::{Held, unknown};

pub(super) struct Walker<'a> {
    pub(super) lookup: &'a dyn Fn(&str) -> Lookup,
    pub(super) variables: BTreeMap<String, Held>,
    /// What variables were before they were set, in order, since a part began that may not run.
    pub(super) log: Vec<(String, Option<Held>)>,
    /// How many such parts the walk is in.
    pub(super) parts: usize,
    /// How often variables were set so far, for whatever long.
    pub(super) set: BTreeMap<String, usize>,
    /// The functions, and what they set.
    pub(super) functions: BTreeSet<String>,
    pub(super) runners: Runners,
    pub(super) set_in_functions: BTreeSet<String>,
    /// The variables among those that are known.
    pub(super) loose: Vec<String>,
    pub(super) taken: Taken<'a>,
    pub(super) nested: usize,
    pub(super) placeholders: usize,
    /// How much text variables have been replaced with so far.
    pub(super) expanded: usize,
    /// The last call of the command before, whose output the next call reads.
    pub(super) feeder: Option<usize>,
    /// The part that is walked, where another may run instead, or where it hangs on something.
    pub(super) branch: Option<Arc<Branch>>,
}

impl<'a> Walker<'a> {
    pub(super) fn new(lookup: &'a dyn Fn(&str) -> Lookup, taken: Taken<'a>) -> Self {
        Self {
            lookup,
            variables: BTreeMap::new(),
            log: Vec::new(),
            parts: 0,
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

    pub(super) fn command(
        &mut self,
        command: &Command,
        heredocs: &[Heredoc],
        input: &Flow,
    ) -> Flow {
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
}
