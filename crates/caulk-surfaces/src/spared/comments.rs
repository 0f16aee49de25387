//! Whether no comment is lost that must not be.

use caulk_source::{FileId, SourceFile, Span};

use super::Work;
use crate::NotOffered;

/// The comments of a file, each with whether it has its line to itself.
type Comments<'a> = (&'a SourceFile, Vec<(Span, bool)>);

/// The comments afterwards are those before, in their order, without those that may go: behind the
/// text of a line, within an edit that may take them.
pub(super) fn spared(
    (source, before): Comments<'_>,
    (source_after, after): Comments<'_>,
    file: FileId,
    works: &[Work<'_>],
) -> Result<(), NotOffered> {
    let may_go = |(span, own_line): &(Span, bool)| {
        let takers = works.iter().filter(|work| work.takes_comments);
        let mut edits = takers.flat_map(|work| work.edits);
        !own_line && edits.any(|edit| edit.span.file == file && edit.span.contains(*span))
    };
    let kept = before.iter().filter(|comment| !may_go(comment));
    let kept = kept.map(|(span, _)| source.slice(*span).trim_end());
    let now = after
        .iter()
        .map(|(span, _)| source_after.slice(*span).trim_end());
    if kept.eq(now) {
        return Ok(());
    }
    Err(NotOffered("a comment would be lost"))
}
