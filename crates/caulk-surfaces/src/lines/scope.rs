//! What a program's own variables hold, where that is certain.

use std::collections::BTreeMap;

use caulk_syntax::shell::{Assigned, Assignment, Command, CommandKind, List, Program, Word};

/// What a variable holds.
#[derive(Debug)]
enum Holds {
    Word(Word),
    Array(Vec<Word>),
    /// It is assigned more than once, or only sometimes.
    Something,
}

/// The variables that a program assigns.
#[derive(Debug, Default)]
pub(super) struct Scope {
    variables: BTreeMap<String, Holds>,
}

impl Scope {
    /// Those of a program. Certain is only what is assigned once, on the way that every run takes.
    pub(super) fn of(program: &Program) -> Self {
        let mut scope = Self::default();
        scope.list(&program.list, true);
        scope
    }

    /// The word that a variable holds for certain.
    pub(super) fn word(&self, name: &str) -> Option<&Word> {
        match self.variables.get(name)? {
            Holds::Word(word) => Some(word),
            Holds::Array(_) | Holds::Something => None,
        }
    }

    /// The words that an array holds for certain.
    pub(super) fn array(&self, name: &str) -> Option<&[Word]> {
        match self.variables.get(name)? {
            Holds::Array(words) => Some(words),
            Holds::Word(_) | Holds::Something => None,
        }
    }

    fn list(&mut self, list: &List, certain: bool) {
        for statement in &list.statements {
            for (index, pipeline) in statement.pipelines().enumerate() {
                // What a pipeline assigns is gone behind it, and what follows `&&` may not happen.
                let certain = certain && index == 0 && pipeline.commands.len() == 1;
                for command in &pipeline.commands {
                    self.command(command, certain);
                }
            }
        }
    }

    fn command(&mut self, command: &Command, certain: bool) {
        match &command.kind {
            CommandKind::Simple(simple) => {
                // Before a command they hold for it alone.
                let own = simple.words.is_empty();
                let declares = simple.words.first().and_then(Word::as_bare);
                for assignment in &simple.assignments {
                    self.assign(assignment, certain && own);
                }
                if let Some("export" | "declare" | "local" | "readonly" | "read" | "typeset") =
                    declares.as_deref()
                {
                    self.declare(simple.words.get(1..).unwrap_or_default());
                }
            }
            CommandKind::Group(list) => self.list(list, certain),
            CommandKind::Subshell(list) => self.list(list, false),
            CommandKind::If {
                branches,
                otherwise,
            } => {
                for (condition, body) in branches {
                    self.list(condition, false);
                    self.list(body, false);
                }
                if let Some(list) = otherwise {
                    self.list(list, false);
                }
            }
            CommandKind::Loop { condition, body } => {
                self.list(condition, false);
                self.list(body, false);
            }
            CommandKind::For { name, body, .. } => {
                self.variables.insert(name.value.clone(), Holds::Something);
                self.list(body, false);
            }
            CommandKind::Counting { body, .. } => self.list(body, false),
            CommandKind::Case { arms, .. } => {
                for arm in arms {
                    self.list(&arm.body, false);
                }
            }
            CommandKind::Function { body, .. } => self.command(body, false),
            CommandKind::Test(_) | CommandKind::Arithmetic(_) => {}
        }
    }

    fn assign(&mut self, assignment: &Assignment, certain: bool) {
        let name = assignment.name.value.clone();
        let once = !self.variables.contains_key(&name);
        let whole = !assignment.appends && !assignment.indexed;
        let holds = match &assignment.value {
            Assigned::Word(word) if certain && once && whole => Holds::Word(word.clone()),
            Assigned::Array(words) if certain && once && whole => Holds::Array(words.clone()),
            Assigned::Word(_) | Assigned::Array(_) => Holds::Something,
        };
        self.variables.insert(name, holds);
    }

    /// `export NAME=value`: that it is assigned is certain, and the value is not looked at.
    fn declare(&mut self, words: &[Word]) {
        for word in words {
            let first = word.parts.first().map(|part| &part.kind);
            if let Some(caulk_syntax::shell::PartKind::Literal(text)) = first {
                let name = text.split('=').next().unwrap_or(text);
                self.variables.insert(name.to_owned(), Holds::Something);
            }
        }
    }
}
