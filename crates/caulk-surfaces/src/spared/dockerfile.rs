//! Two readings of a Dockerfile, compared instruction by instruction.

use caulk_finding::Change;
use caulk_source::{SourceFile, Span, cut};
use caulk_syntax::dockerfile::{Dockerfile, Instruction, Keyword};

use crate::NotOffered;

/// The instructions are the same, letter by letter, but for those that a change names.
pub(super) fn spared<'a>(
    before: &Dockerfile,
    after: &Dockerfile,
    (source, source_after): (&SourceFile, &SourceFile),
    changes: impl Iterator<Item = &'a Change>,
) -> Result<(), NotOffered> {
    let mut walk = Walk {
        changes: changes.collect(),
        source,
        source_after,
        user: None,
    };
    let mut now = after.instructions.iter().peekable();
    for one in &before.instructions {
        loop {
            match walk.step(one, now.peek().copied()) {
                Step::Both => {
                    now.next();
                    break;
                }
                Step::Before => break,
                Step::After => {
                    now.next();
                }
                Step::Differs => return Err(NotOffered("another instruction would change")),
            }
        }
    }
    let last = now.next().is_none_or(|one| walk.is_the_user(one));
    if !last || now.next().is_some() {
        return Err(NotOffered("another instruction would come"));
    }
    Ok(())
}

/// What the next instructions of both are to each other.
enum Step {
    /// The same, or the one became the other.
    Both,
    /// The one is gone, as it should be.
    Before,
    /// The other is new, as it should be.
    After,
    /// Neither was asked for.
    Differs,
}

struct Walk<'a> {
    changes: Vec<&'a Change>,
    source: &'a SourceFile,
    source_after: &'a SourceFile,
    /// The user that the stage at hand is still to be given.
    user: Option<&'a str>,
}

impl Walk<'_> {
    fn step(&mut self, before: &Instruction, after: Option<&Instruction>) -> Step {
        let Some(after) = after else {
            return if self.is_removed(before) {
                Step::Before
            } else {
                Step::Differs
            };
        };
        if self.source.slice(before.span) == self.source_after.slice(after.span) {
            if before.keyword == Keyword::From {
                self.user = self.user_of(before.span);
            }
            return Step::Both;
        }
        if self.is_the_user(after) {
            self.user = None;
            return if before.keyword == Keyword::User {
                Step::Both
            } else {
                Step::After
            };
        }
        if self.is_removed(before) {
            return Step::Before;
        }
        if self.became(before, after) {
            return Step::Both;
        }
        Step::Differs
    }

    /// The user that the stage which begins here is to be given.
    fn user_of<'a>(&self, from: Span) -> Option<&'a str>
    where
        Self: 'a,
    {
        self.changes.iter().find_map(|change| match change {
            Change::RunAs { container, user } if from.contains(*container) => Some(user.as_str()),
            Change::RunAs { .. }
            | Change::Remove { .. }
            | Change::Become { .. }
            | Change::Harden { .. }
            | Change::ReadOnly { .. }
            | Change::Set { .. }
            | Change::Filter { .. } => None,
        })
    }

    fn is_the_user(&self, instruction: &Instruction) -> bool {
        let written = instruction.one().map(|one| one.span);
        let written = written.map(|span| self.source_after.slice(span));
        instruction.keyword == Keyword::User && self.user.is_some() && written == self.user
    }

    fn is_removed(&self, instruction: &Instruction) -> bool {
        let removed = |change: &&Change| matches!(change, Change::Remove { entry } if instruction.span.contains(*entry));
        self.changes.iter().any(removed)
    }

    /// Whether the one is the other with what the changes name as it should be.
    fn became(&self, before: &Instruction, after: &Instruction) -> bool {
        let named = self.changes.iter().filter_map(|change| match change {
            Change::Become { entry, value } if before.span.contains(*entry) => {
                Some((*entry, value.as_str()))
            }
            Change::Become { .. }
            | Change::RunAs { .. }
            | Change::Remove { .. }
            | Change::ReadOnly { .. }
            | Change::Harden { .. }
            | Change::Set { .. }
            | Change::Filter { .. } => None,
        });
        let mut named: Vec<(Span, &str)> = named.collect();
        named.sort_unstable();
        let now = self.source_after.slice(after.span);
        let each = named.chunks(1).any(|one| self.with(before, one) == now);
        each || (named.len() > 1 && self.with(before, &named) == now)
    }

    /// An instruction with other texts at these places, which are in order.
    fn with(&self, before: &Instruction, named: &[(Span, &str)]) -> String {
        let text = self.source.text();
        let mut from = before.span.range().start;
        let mut whole = String::new();
        for (entry, value) in named {
            whole.push_str(cut(text, from..entry.range().start));
            whole.push_str(value);
            from = entry.range().end;
        }
        whole.push_str(cut(text, from..before.span.range().end));
        whole
    }
}
