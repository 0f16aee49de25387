//! Parts of a program that run only where a variable has a certain value.

use std::sync::Arc;

use caulk_source::Span;
use caulk_syntax::shell::{CommandKind, Connector, List, PartKind, Pipeline, Word};

/// A part of a program of which another may run instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Branch {
    /// The `if`, the `case` or the list that decides.
    pub(crate) choice: Span,
    /// Which of its parts it is.
    pub(crate) part: usize,
    /// What surely holds where it runs. There may be more of which nothing is known.
    pub(crate) tests: Vec<Test>,
    /// The part in which it stands.
    pub(crate) outer: Option<Arc<Branch>>,
}

/// What has to hold of a variable that was set before the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Test {
    /// The variable.
    pub(crate) variable: String,
    /// Whether it has to be the text, or anything else.
    pub(crate) is: bool,
    /// The text.
    pub(crate) text: String,
    /// Where that is written.
    pub(crate) span: Span,
}

impl Branch {
    /// It, and the parts in which it stands, the innermost first.
    pub(crate) fn chain(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |branch| branch.outer.as_deref())
    }
}

impl Test {
    /// What surely holds where a condition does: `[ "$NAME" = text ] && …`.
    pub(super) fn all_of(condition: &List) -> Vec<Self> {
        // What follows `;` alone decides, and what follows `||` may do without the rest.
        let Some(statement) = condition.statements.last() else {
            return Vec::new();
        };
        let is_and = |(connector, _): &(Connector, Pipeline)| *connector == Connector::And;
        if !statement.rest.iter().all(is_and) {
            return Vec::new();
        }
        let rest = statement.rest.iter().map(|(_, pipeline)| pipeline);
        let pipelines = std::iter::once(&statement.first).chain(rest);
        pipelines.filter_map(Self::of).collect()
    }

    /// What a condition asks, where it asks nothing else.
    pub(super) fn only_of(condition: &List) -> Option<Self> {
        let [statement] = condition.statements.as_slice() else {
            return None;
        };
        let alone = statement.rest.is_empty();
        Self::of(&statement.first).filter(|_| alone)
    }

    /// What a pipeline asks of a variable.
    pub(super) fn of(pipeline: &Pipeline) -> Option<Self> {
        let [command] = pipeline.commands.as_slice() else {
            return None;
        };
        let (variable, equal, text) = asked(&command.kind)?;
        Some(Self {
            variable,
            is: equal != pipeline.negated,
            text,
            span: command.span,
        })
    }

    /// What an arm of a `case` asks of its word: one pattern that is a plain text.
    pub(super) fn of_arm(word: &Word, patterns: &[Word]) -> Option<Self> {
        let [pattern] = patterns else {
            return None;
        };
        Some(Self {
            variable: variable(word)?,
            is: true,
            text: plain(pattern)?,
            span: word.span.to(pattern.span),
        })
    }

    /// What holds where this does not.
    pub(super) fn otherwise(self) -> Self {
        Self {
            is: !self.is,
            ..self
        }
    }

    /// Whether it holds where the variable has that value.
    pub(crate) fn holds_for(&self, value: &str) -> bool {
        (value == self.text) == self.is
    }
}

/// The variable, whether it has to be equal, and the text, of `[ … ]`, `test …` and `[[ … ]]`.
fn asked(kind: &CommandKind) -> Option<(String, bool, String)> {
    let is = |word: &Word, name: &str| word.as_bare().as_deref() == Some(name);
    let (words, patterns) = match kind {
        CommandKind::Test(words) => (words.as_slice(), true),
        CommandKind::Simple(simple) => match simple.words.as_slice() {
            [open, words @ .., close] if is(open, "[") && is(close, "]") => (words, false),
            [test, words @ ..] if is(test, "test") => (words, false),
            _ => return None,
        },
        CommandKind::Group(_)
        | CommandKind::Subshell(_)
        | CommandKind::If { .. }
        | CommandKind::Loop { .. }
        | CommandKind::For { .. }
        | CommandKind::Counting { .. }
        | CommandKind::Case { .. }
        | CommandKind::Function { .. }
        | CommandKind::Arithmetic(_) => return None,
    };
    match words {
        [word] => Some((variable(word)?, false, String::new())),
        [operator, word] => match operator.as_bare()?.as_str() {
            "-z" => Some((variable(word)?, true, String::new())),
            "-n" => Some((variable(word)?, false, String::new())),
            _ => None,
        },
        [left, operator, right] => {
            let equal = match operator.as_bare()?.as_str() {
                "=" | "==" => true,
                "!=" => false,
                _ => return None,
            };
            let text = if patterns {
                plain(right)?
            } else {
                right.as_literal()?
            };
            Some((variable(left)?, equal, text))
        }
        _ => None,
    }
}

/// The text of a word that would be a pattern if it had more in it.
fn plain(word: &Word) -> Option<String> {
    word.as_literal()
        .filter(|text| !text.contains(['*', '?', '[', '\\', '|', '(']))
}

/// The variable that a word is, and nothing but that.
fn variable(word: &Word) -> Option<String> {
    let [part] = word.parts.as_slice() else {
        return None;
    };
    match &part.kind {
        PartKind::Parameter(parameter) if parameter.operation.is_none() && !parameter.indexed => {
            Some(parameter.name.clone())
        }
        PartKind::Parameter(_)
        | PartKind::Literal(_)
        | PartKind::Command(_)
        | PartKind::Process(_)
        | PartKind::Arithmetic(_) => None,
    }
}
