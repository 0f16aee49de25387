//! The commands of a `RUN`.

use caulk_source::Spanned;
use caulk_syntax::dockerfile::{Instruction, Keyword, Lookup};

use crate::shell::{self, Call, Value};

/// Shells whose text is read as that of sh.
const READ: &[&str] = &["ash", "bash", "dash", "ksh", "sh", "zsh"];

/// What reads the shell form of the instructions that follow, as `SHELL` sets it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ShellForm {
    /// A shell like sh.
    Read,
    /// Something else: PowerShell, `cmd`, an interpreter.
    Foreign,
}

impl ShellForm {
    /// What the base image brings: `/bin/sh -c`, and on Windows `cmd`.
    pub(super) fn of_base(windows: bool) -> Self {
        if windows { Self::Foreign } else { Self::Read }
    }

    /// Takes a `SHELL` into account.
    pub(super) fn run(&mut self, step: &Instruction) {
        if step.keyword == Keyword::Shell
            && let Some(first) = step.exec().and_then(<[_]>::first)
        {
            *self = if is_read(&first.value) {
                Self::Read
            } else {
                Self::Foreign
            };
        }
    }
}

fn is_read(program: &str) -> bool {
    READ.contains(&shell::name_of(program))
}

/// The commands that a `RUN` runs, in order. `source` is the Dockerfile's text.
pub(super) fn calls(
    step: &Instruction,
    source: &str,
    form: ShellForm,
    lookup: &dyn Fn(&str) -> Lookup,
) -> Vec<Call> {
    if let Some(words) = step.exec() {
        return shell::calls_of_words(exec_words(words), lookup);
    }
    let Some(script) = step.script(source) else {
        return Vec::new();
    };
    let is_ours = match &script.interpreter {
        None => form == ShellForm::Read,
        Some(line) => line.split_whitespace().any(is_read),
    };
    if is_ours {
        shell::calls(&script.text, lookup)
    } else {
        Vec::new()
    }
}

/// The words of the exec form: nothing expands them.
fn exec_words(words: &[Spanned<String>]) -> Vec<Value> {
    let values = words
        .iter()
        .map(|word| Value::text(word.value.clone(), word.span));
    values.collect()
}

/// The calls of a text, for tests: `$NAME` is `app`, and nothing else is set.
#[cfg(test)]
pub(super) fn calls_of(text: &str) -> Vec<Call> {
    let joined = caulk_syntax::Joined::whole_text(caulk_source::FileId::FIRST, text, 0);
    shell::calls(&joined, &|name| match name {
        "NAME" => Lookup::Set("app".to_owned()),
        _ => Lookup::UnsetHere,
    })
}
