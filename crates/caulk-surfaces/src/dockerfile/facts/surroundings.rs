//! What stands around a command of a `RUN`: on what it hangs whether it runs.

use caulk_model::build::{ArgumentFrom, Arm, OnlyWhere};
use caulk_source::Span;

use crate::dockerfile::scope::{self, Scope};
use crate::shell::{Branch, Call, Test};

/// Nobody nests deeper.
const MAX_ARMS: usize = 8;

/// A command holds hardly more others.
const MAX_INSIDE: usize = 16;

/// A command of which another may run instead, or that hangs on a build argument.
#[derive(Clone, Debug)]
pub(in super::super) struct Surroundings {
    call: Span,
    only_where: Option<OnlyWhere>,
    arms: Vec<Arm>,
}

/// What stands around the commands, by where they begin.
pub(in super::super) fn surroundings(calls: &[Call], scope: &Scope) -> Vec<Surroundings> {
    let inside = calls.iter().filter_map(|call| {
        let branch = call.branch.as_deref()?;
        let arms = branch.chain().take(MAX_ARMS).map(|branch| Arm {
            choice: branch.choice,
            part: branch.part,
        });
        Some(Surroundings {
            call: call.span,
            only_where: only_where(branch, scope),
            arms: arms.collect(),
        })
    });
    let mut inside: Vec<Surroundings> = inside.collect();
    inside.sort_by_key(|around| around.call.start);
    inside
}

/// What stands around what is written at `span`: a command, a word of one, or a pipeline.
pub(super) fn of(surroundings: &[Surroundings], span: Span) -> (Option<OnlyWhere>, Vec<Arm>) {
    let around = |place: u32| {
        let after = surroundings.partition_point(|around| around.call.start <= place);
        let before = surroundings.get(..after).unwrap_or_default();
        // A command may hold others: `sh -c "$(…)"`.
        let mut near = before.iter().rev().take(MAX_INSIDE);
        near.find(|around| place < around.call.end)
    };
    let (first, last) = (around(span.start), around(span.end.saturating_sub(1)));
    match (first, last) {
        (Some(first), Some(last)) if first.arms == last.arms => {
            (first.only_where.clone(), first.arms.clone())
        }
        _ => (None, Vec::new()),
    }
}

/// The build argument that decides whether a part runs: one that keeps it from running, else one of
/// which nobody knows.
fn only_where(branch: &Branch, scope: &Scope) -> Option<OnlyWhere> {
    let tests = branch.chain().flat_map(|branch| &branch.tests);
    let all: Vec<OnlyWhere> = tests.filter_map(|test| asked(test, scope)).collect();
    let first = |runs: Option<bool>| all.iter().find(|only_where| only_where.runs == runs);
    let chosen = first(Some(false)).or_else(|| first(None));
    chosen.or_else(|| all.first()).cloned()
}

/// What a test asks of a build argument. The platform is nobody's default: each is built for.
fn asked(test: &Test, scope: &Scope) -> Option<OnlyWhere> {
    let argument = scope.argument(&test.variable)?;
    if argument.name != test.variable || scope::is_platform(&argument.name) {
        return None;
    }
    let (value, by) = scope.decided_by(&argument.name);
    Some(OnlyWhere {
        argument: argument.name.clone(),
        is: test.is,
        text: test.text.clone(),
        runs: value.map(|value| test.holds_for(&value)),
        by: by.unwrap_or(ArgumentFrom::Builder),
        span: test.span,
    })
}
