//! Which programs shell text runs, and with which words.
//!
//! A small evaluator over the trees of `caulk_syntax::shell`: it follows variables that are surely
//! set, looks into `sh -c`, `eval` and heredocs that are fed to a shell, and remembers which
//! command's output goes into which. It is for whatever holds shell text: a `RUN` step, a script, a
//! recipe.
//!
//! **Invariant:** nothing is run, and nothing is guessed. A word that hangs on something unknown is
//! only partly known, and says so.

mod branch;
mod call;
mod choice;
mod enter;
mod fetch;
mod flow;
mod functions;
mod nested;
mod options;
mod program;
mod scope;
mod simple;
mod streams;
mod taken;
mod value;
mod walk;
mod words;

pub(crate) use branch::{Branch, Test};
pub(crate) use call::{Call, Flow};
pub(crate) use enter::{calls, calls_of_words, each_call};
pub(crate) use fetch::{Fetch, Saved};
pub(crate) use nested::{Code, code_of};
pub(crate) use options::{Item, Spec, read};
pub(crate) use program::name_of;
pub(crate) use value::{PieceKind, Value};

use caulk_source::FileId;
use caulk_syntax::Joined;
use caulk_syntax::dockerfile::Lookup;

/// The commands of `text`, in order, as plain words. Variables stand for themselves.
///
/// For text whose places do not matter: an entrypoint's script.
pub(crate) fn commands(text: &str) -> Vec<Vec<String>> {
    let joined = Joined::whole_text(FileId::FIRST, text, 0);
    let calls = calls(&joined, &|_| Lookup::Unknown);
    calls
        .iter()
        .map(|call| call.words.iter().map(Value::shown).collect())
        .filter(|words: &Vec<String>| !words.is_empty())
        .collect()
}

#[cfg(test)]
mod tests;
