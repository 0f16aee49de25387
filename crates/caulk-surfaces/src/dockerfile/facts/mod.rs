//! From the steps of a build to facts of the model.

mod accounts;
mod content;
mod engine;
mod file_capabilities;
mod modes;
mod packages;
mod peers;
mod remote;
mod secrets;
mod spelling;
mod surroundings;

use caulk_model::build::{Build, BuildFact, Stage};
use caulk_source::Span;
use caulk_syntax::dockerfile::{Instruction, Keyword};

use super::scope::Scope;
use crate::selinux;
use crate::shell::Call;

pub(super) use content::{images, sources_of};
pub(super) use remote::Downloads;
pub(super) use surroundings::{Surroundings, surroundings};

/// So many facts of one kind are enough: nobody reads more, and a hostile file has a million.
const MAX_FACTS: usize = 1_000;

/// Where facts of a stage are noted.
pub(super) struct Notes<'a> {
    pub(super) build: &'a mut Build,
    pub(super) stage: &'a Stage,
    /// The text of the Dockerfile.
    pub(super) source: &'a str,
    /// What stands around the commands of a `RUN`.
    pub(super) surroundings: Vec<Surroundings>,
}

impl Notes<'_> {
    /// Notes a fact in the list that `list` picks.
    fn add<T>(
        &mut self,
        list: impl FnOnce(&mut Build) -> &mut Vec<BuildFact<T>>,
        span: Span,
        value: T,
    ) {
        let (only_where, arms) = surroundings::of(&self.surroundings, span);
        let list = list(self.build);
        if list.len() < MAX_FACTS {
            list.push(BuildFact {
                value,
                span,
                stage: self.stage.clone(),
                only_where,
                arms,
            });
        }
    }
}

/// Notes what the commands of a `RUN` do.
pub(super) fn of_run(notes: &mut Notes<'_>, calls: &[Call], downloads: &mut Downloads) {
    notes.build.runs_programs = true;
    remote::of_run(notes, calls, downloads);
    peers::of_run(notes, calls);
    packages::of_run(notes, calls);
    modes::of_run(notes, calls);
    file_capabilities::of_run(notes, calls);
    accounts::of_run(notes, calls);
    for call in calls {
        let printer = call.piped_from.and_then(|index| calls.get(index));
        if let Some((span, how)) = selinux::switched_off(call, printer) {
            notes.add(|build| &mut build.selinux_off, span, how);
        }
    }
}

/// Notes what any other instruction does.
pub(super) fn of_step(
    notes: &mut Notes<'_>,
    step: &Instruction,
    scope: &Scope,
    is_here: &dyn Fn(&str) -> bool,
) {
    match step.keyword {
        Keyword::Env => {
            engine::of_env(notes, step, scope);
            peers::of_env(notes, step, scope);
            secrets::of_env(notes, step, scope);
        }
        Keyword::Arg => secrets::of_arg(notes, step),
        Keyword::Copy | Keyword::Add => {
            modes::of_copy(notes, step);
            secrets::of_copy(notes, step);
            content::of_copy(notes, step, scope, is_here);
        }
        Keyword::Expose => content::of_expose(notes, step, scope),
        Keyword::Cmd
        | Keyword::Entrypoint
        | Keyword::From
        | Keyword::Healthcheck
        | Keyword::Label
        | Keyword::Maintainer
        | Keyword::Onbuild
        | Keyword::Run
        | Keyword::Shell
        | Keyword::Stopsignal
        | Keyword::User
        | Keyword::Volume
        | Keyword::Workdir
        | Keyword::Unknown => {}
    }
}

/// The text that a call prints into a file whose path `is_it` knows: `echo … > file`,
/// `… | tee file`, `cat > file <<EOF`.
fn written_into(calls: &[Call], call: &Call, is_it: &dyn Fn(&str) -> bool) -> Option<String> {
    let by_redirection = call
        .writes
        .as_ref()
        .is_some_and(|file| is_it(&file.shown()));
    let by_tee = call.program().as_deref() == Some("tee")
        && call.operands().iter().any(|word| is_it(&word.shown()));
    if !by_redirection && !by_tee {
        return None;
    }
    let printer = if by_tee {
        call.piped_from.and_then(|index| calls.get(index))
    } else {
        Some(call)
    };
    let words = printer
        .map(Call::operands)
        .unwrap_or_default()
        .iter()
        .chain(&call.fed);
    let texts: Vec<String> = words.map(crate::shell::Value::shown).collect();
    Some(texts.join(" "))
}
