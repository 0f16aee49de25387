//! Remedies written into a Dockerfile.

use caulk_finding::Change;
use caulk_source::{Edit, SourceFile, Span, cut};
use caulk_syntax::dockerfile::{Dockerfile, Instruction, Keyword};

use super::stages::{Stage, stages};
use crate::NotOffered;

/// The edits that make `change` true.
pub(crate) fn edits(
    dockerfile: &Dockerfile,
    source: &SourceFile,
    change: &Change,
) -> Result<Vec<Edit>, NotOffered> {
    match change {
        Change::RunAs { container, user } => run_as(dockerfile, source, *container, user),
        Change::Remove { entry } => remove(dockerfile, source, *entry),
        Change::Become { entry, value } => Ok(vec![Edit::replace(*entry, value)]),
        Change::Harden { .. }
        | Change::ReadOnly { .. }
        | Change::Set { .. }
        | Change::Filter { .. } => Err(NotOffered("an image says nothing of that")),
    }
}

/// The stage's last `USER` changed where nothing after it needs root, else a new one: after the
/// last step that may need root, before `CMD` and `ENTRYPOINT`.
fn run_as(
    dockerfile: &Dockerfile,
    source: &SourceFile,
    container: Span,
    user: &str,
) -> Result<Vec<Edit>, NotOffered> {
    let stages = stages(dockerfile);
    let stage = stages
        .iter()
        .find(|stage| stage.from.span.contains(container))
        .ok_or(NotOffered("the stage is not in this file"))?;
    let name = stage.name().unwrap_or_default().to_lowercase();
    let stands_on_it = |other: &Stage<'_>| {
        let base = other.from.from().and_then(|from| from.base.as_literal());
        !name.is_empty() && base.is_some_and(|base| base == name)
    };
    if stages.iter().any(stands_on_it) {
        // Their steps would run as that user too.
        return Err(NotOffered(
            "other stages stand on this one; a service that runs it can name the user itself",
        ));
    }
    let last_user = stage
        .steps
        .iter()
        .rposition(|step| step.keyword == Keyword::User);
    let last_work = stage
        .steps
        .iter()
        .rposition(|step| needs_root(step.keyword));
    if let Some(at) = last_user
        && last_work.is_none_or(|work| work < at)
        && let Some(written) = stage.steps.get(at).and_then(Instruction::one)
    {
        return Ok(vec![Edit::replace(written.span, user)]);
    }
    let keyword = if source.slice(stage.from.keyword_span) == "from" {
        "user"
    } else {
        "USER"
    };
    let line = format!("{keyword} {user}");
    let after = last_work.into_iter().chain(last_user).max();
    let first = after.map_or(0, |at| at + 1);
    let starts = stage
        .steps
        .iter()
        .skip(first)
        .find(|step| matches!(step.keyword, Keyword::Cmd | Keyword::Entrypoint));
    match starts {
        Some(step) => Ok(vec![before(dockerfile, source, step, &line)]),
        None => Ok(vec![after_last(source, *stage, &line)?]),
    }
}

/// Whether a step of this kind may need root, or makes files that root should own.
fn needs_root(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::Add | Keyword::Copy | Keyword::Run | Keyword::Workdir
    )
}

/// `line` as a line of its own in front of `step` and the comments that belong to it.
fn before(dockerfile: &Dockerfile, source: &SourceFile, step: &Instruction, line: &str) -> Edit {
    let lines = source.lines();
    let mut number = lines.line(step.span.start);
    while number > 1 {
        let above = lines.range(number - 1);
        let is_comment = dockerfile
            .comments
            .iter()
            .any(|comment| above.contains(&(comment.start as usize)));
        if !is_comment {
            break;
        }
        number -= 1;
    }
    let start = lines.start(lines.line(step.span.start)) as usize;
    let indent = cut(source.text(), start..step.span.start as usize);
    let indent = if indent.trim().is_empty() { indent } else { "" };
    let text = format!("{indent}{line}{}", source.line_ending());
    Edit::insert(Span::at(step.span.file, lines.start(number) as usize), text)
}

/// `line` as a line of its own after the last step of `stage`.
fn after_last(source: &SourceFile, stage: Stage<'_>, line: &str) -> Result<Edit, NotOffered> {
    let last = stage.steps.last().unwrap_or(stage.from);
    let lines = source.lines();
    let number = lines.line(last.span.end.saturating_sub(1).max(last.span.start));
    let whole = cut(source.text(), lines.range(number));
    let content = whole.trim_end_matches(['\r', '\n']);
    if last.unfinished {
        return Err(NotOffered("the stage ends in a line that is continued"));
    }
    let end = lines.start(number) as usize + content.len();
    // Within a Compose file every line has the indentation of the first.
    let from = stage.from.span;
    let start = lines.start(lines.line(from.start)) as usize;
    let indent = cut(source.text(), start..from.start as usize);
    let indent = if indent.trim().is_empty() { indent } else { "" };
    let text = format!("{}{indent}{line}", source.line_ending());
    Ok(Edit::insert(Span::at(last.span.file, end), text))
}

/// The instruction at `entry`, or the one word of it, gone.
fn remove(
    dockerfile: &Dockerfile,
    source: &SourceFile,
    entry: Span,
) -> Result<Vec<Edit>, NotOffered> {
    let instruction = dockerfile
        .instructions
        .iter()
        .find(|instruction| instruction.span.contains(entry))
        .ok_or(NotOffered("nothing is written there"))?;
    let plain = instruction.words().map(<[_]>::len);
    let exec = instruction.exec().map(<[_]>::len);
    let alone = plain
        .or(exec)
        .map_or(instruction.span == entry, |words| words == 1);
    if !alone {
        return Err(NotOffered("it is one of several words of its instruction"));
    }
    let lines = source.lines();
    let start = lines.start(lines.line(instruction.span.start)) as usize;
    let last = lines.line(instruction.span.end.saturating_sub(1));
    let end = lines.range(last).end;
    let gone = Span::new(instruction.span.file, start..end);
    let comment_within = dockerfile
        .comments
        .iter()
        .any(|comment| instruction.span.contains(*comment));
    if comment_within {
        return Err(NotOffered("a comment stands within the instruction"));
    }
    Ok(vec![Edit::remove(gone)])
}
