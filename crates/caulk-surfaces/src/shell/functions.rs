//! The functions of a program. What one does it does where it is called, and nobody here says where
//! that is first: so its body is walked behind the rest.

use std::collections::BTreeSet;

use caulk_syntax::shell::{
    Assigned, Command, CommandKind, List, PartKind, Program, Redirection, Simple, Target, Word,
};

/// The functions that a program defines.
#[derive(Default)]
pub(super) struct Functions<'p> {
    /// Their names.
    pub(super) names: BTreeSet<String>,
    /// The variables that they set for whoever calls them.
    pub(super) set: BTreeSet<String>,
    /// What they do, in the order of the program.
    pub(super) bodies: Vec<&'p Command>,
}

impl<'p> Functions<'p> {
    /// Those of a program.
    pub(super) fn of(program: &'p Program) -> Self {
        let mut functions = Self::default();
        functions.list(&program.list, false);
        for heredoc in &program.heredocs {
            functions.word(&heredoc.body, false);
        }
        functions
    }

    fn list(&mut self, list: &'p List, inside: bool) {
        for statement in &list.statements {
            for pipeline in statement.pipelines() {
                for command in &pipeline.commands {
                    self.command(command, inside);
                }
            }
        }
    }

    fn command(&mut self, command: &'p Command, inside: bool) {
        for Redirection { target, .. } in &command.redirections {
            if let Target::Word(word) = target {
                self.word(word, inside);
            }
        }
        match &command.kind {
            CommandKind::Simple(simple) => self.simple(simple, inside),
            CommandKind::Group(list) | CommandKind::Subshell(list) => self.list(list, inside),
            CommandKind::If {
                branches,
                otherwise,
            } => {
                for (condition, body) in branches {
                    self.list(condition, inside);
                    self.list(body, inside);
                }
                if let Some(list) = otherwise {
                    self.list(list, inside);
                }
            }
            CommandKind::Loop { condition, body } => {
                self.list(condition, inside);
                self.list(body, inside);
            }
            CommandKind::For { name, words, body } => {
                if inside {
                    self.set.insert(name.value.clone());
                }
                self.words(words.as_deref().unwrap_or_default(), inside);
                self.list(body, inside);
            }
            CommandKind::Counting { expression, body } => {
                self.word(expression, inside);
                self.list(body, inside);
            }
            CommandKind::Case { word, arms } => {
                self.word(word, inside);
                for arm in arms {
                    self.list(&arm.body, inside);
                }
            }
            CommandKind::Function { name, body } => {
                self.names.insert(name.value.clone());
                self.bodies.push(body);
                self.command(body, true);
            }
            CommandKind::Test(words) => self.words(words, inside),
            CommandKind::Arithmetic(word) => self.word(word, inside),
        }
    }

    fn simple(&mut self, simple: &'p Simple, inside: bool) {
        for assignment in &simple.assignments {
            if inside && simple.words.is_empty() {
                self.set.insert(assignment.name.value.clone());
            }
            match &assignment.value {
                Assigned::Word(word) => self.word(word, inside),
                Assigned::Array(words) => self.words(words, inside),
            }
        }
        if inside {
            self.declared(&simple.words);
        }
        self.words(&simple.words, inside);
    }

    fn words(&mut self, words: &'p [Word], inside: bool) {
        for word in words {
            self.word(word, inside);
        }
    }

    /// The programs that are substituted in a word.
    fn word(&mut self, word: &'p Word, inside: bool) {
        for part in &word.parts {
            match &part.kind {
                PartKind::Command(list) | PartKind::Process(list) => self.list(list, inside),
                PartKind::Parameter(parameter) => {
                    if let Some(operation) = &parameter.operation {
                        self.word(&operation.word, inside);
                    }
                }
                PartKind::Arithmetic(inner) => self.word(inner, inside),
                PartKind::Literal(_) => {}
            }
        }
    }

    /// `export NAME=value`, `read NAME`: the caller's too. What is `local` is nobody else's, and so is
    /// what is declared.
    fn declared(&mut self, words: &[Word]) {
        let mut words = words.iter();
        let program = words.next().and_then(Word::as_bare);
        if !matches!(
            program.as_deref(),
            Some("export" | "readonly" | "read" | "mapfile" | "readarray" | "getopts")
        ) {
            return;
        }
        for word in words {
            if let Some(PartKind::Literal(text)) = word.parts.first().map(|part| &part.kind) {
                let name = text.split('=').next().unwrap_or(text);
                self.set.insert(name.to_owned());
            }
        }
    }
}
