//! Parts of a program that run only where a variable has a certain value.

use caulk_source::Span;
use caulk_syntax::dockerfile::Lookup;
use caulk_syntax::shell::{CommandKind, List, PartKind, Word};

/// What has to hold of a variable that was set before the program, for a part of it to run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Branch {
    /// The variable.
    pub(crate) variable: String,
    /// Whether it has to be the text, or anything else.
    pub(crate) is: bool,
    /// The text.
    pub(crate) text: String,
    /// Whether that holds here, where it is known.
    pub(crate) runs: Option<bool>,
    /// Where that is written.
    pub(crate) span: Span,
}

impl Branch {
    /// What a condition asks of a variable, where it asks nothing else: `[ "$NAME" = text ]`.
    pub(super) fn of(condition: &List, lookup: &dyn Fn(&str) -> Lookup) -> Option<Self> {
        let [statement] = condition.statements.as_slice() else {
            return None;
        };
        let [command] = statement.first.commands.as_slice() else {
            return None;
        };
        if !statement.rest.is_empty() {
            return None;
        }
        let (left, operator, right) = compared(&command.kind)?;
        let equal = match operator.as_bare()?.as_str() {
            "=" | "==" => true,
            "!=" => false,
            _ => return None,
        };
        let is = equal != statement.first.negated;
        let (variable, text) = (variable(left)?, right.as_literal()?);
        let runs = match lookup(&variable) {
            Lookup::Set(value) => Some((value == text) == is),
            Lookup::Unset | Lookup::UnsetHere | Lookup::Unknown => None,
        };
        Some(Self {
            variable,
            is,
            text,
            runs,
            span: command.span,
        })
    }

    /// What holds where this does not.
    pub(super) fn otherwise(self) -> Self {
        Self {
            is: !self.is,
            runs: self.runs.map(|runs| !runs),
            ..self
        }
    }

    /// Whether it surely does not run.
    pub(crate) fn is_off(&self) -> bool {
        self.runs == Some(false)
    }
}

/// The three words of `[ … ]`, `test …` and `[[ … ]]`.
fn compared(kind: &CommandKind) -> Option<(&Word, &Word, &Word)> {
    match kind {
        CommandKind::Test(words) => match words.as_slice() {
            [left, operator, right] => Some((left, operator, right)),
            _ => None,
        },
        CommandKind::Simple(simple) => {
            let is = |word: &Word, name: &str| word.as_bare().as_deref() == Some(name);
            match simple.words.as_slice() {
                [open, left, operator, right, close] if is(open, "[") && is(close, "]") => {
                    Some((left, operator, right))
                }
                [test, left, operator, right] if is(test, "test") => Some((left, operator, right)),
                _ => None,
            }
        }
        CommandKind::Group(_)
        | CommandKind::Subshell(_)
        | CommandKind::If { .. }
        | CommandKind::Loop { .. }
        | CommandKind::For { .. }
        | CommandKind::Counting { .. }
        | CommandKind::Case { .. }
        | CommandKind::Function { .. }
        | CommandKind::Arithmetic(_) => None,
    }
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
