//! Whether edits spared everything that their changes do not name.
//!
//! It is asked of the files as they are read before and after, not of the edits: how an edit was
//! made has no say in whether it was right.

mod comments;
mod dockerfile;
mod json;
mod lines;
mod text;
mod tokens;
mod unit;
mod yaml;

use std::collections::BTreeSet;

use caulk_finding::Change;
use caulk_source::{Edit, FileId, SourceFile, Span, Surface};

use crate::tree::Tree;
use crate::workspace::Workspace;
use crate::{NotOffered, Reach};

/// Edits, what they are to make true, and how freely they may do it.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// What is to be true afterwards.
    pub changes: &'a [Change],
    /// The edits that are to make it true.
    pub edits: &'a [Edit],
    /// For whom they make it true.
    pub reach: Reach<'a>,
    /// Whether a comment that stands behind text which goes may go with it.
    pub takes_comments: bool,
}

impl Work<'_> {
    fn changes(works: &[Self]) -> impl Iterator<Item = &Change> {
        works.iter().flat_map(|work| work.changes)
    }
}

impl Workspace<'_> {
    /// Whether `after`, which has these files after all of `works`, differs from this one in what
    /// their changes name and in nothing else: values, keys, order, quotes, anchors, comments, line
    /// endings, the last line's ending.
    ///
    /// # Errors
    ///
    /// [`NotOffered`] with what is not as it was.
    pub fn spared(&self, after: &Workspace<'_>, works: &[Work<'_>]) -> Result<(), NotOffered> {
        let edits = works.iter().flat_map(|work| work.edits);
        let files: BTreeSet<FileId> = edits.map(|edit| edit.span.file).collect();
        for file in files {
            self.spared_in(after, file, works)?;
        }
        Ok(())
    }

    fn spared_in(
        &self,
        after: &Workspace<'_>,
        file: FileId,
        works: &[Work<'_>],
    ) -> Result<(), NotOffered> {
        let gone = NotOffered("the file would be of another kind");
        let source = self.sources.get(file).ok_or(gone)?;
        let source_after = after.sources.get(file).ok_or(gone)?;
        let trees = (self.tree(file), after.tree(file));
        let (comments, comments_after) = match trees {
            (Some(Tree::Dockerfile(before)), Some(Tree::Dockerfile(now))) => {
                fewer_problems(before.problems.len(), now.problems.len())?;
                let texts = (source, source_after);
                dockerfile::spared(before, now, texts, Work::changes(works))?;
                let all = |tree: &caulk_syntax::dockerfile::Dockerfile| {
                    let comments = tree.comments.iter();
                    comments.map(|span| (*span, true)).collect()
                };
                (all(before), all(now))
            }
            (Some(Tree::Compose(before)), Some(Tree::Compose(now))) => {
                fewer_problems(before.problems.len(), now.problems.len())?;
                let dockerfile =
                    |one: Span, other: Span| self.inline_spared(after, (one, other), works);
                let extended = |service| self.extended(service);
                yaml::spared(file, (before, now), works, &dockerfile, &extended)?;
                let all = |stream: &caulk_syntax::yaml::Stream| {
                    let comments = stream.comments.iter();
                    comments
                        .map(|comment| (comment.span, comment.own_line))
                        .collect()
                };
                (all(before), all(now))
            }
            (Some(Tree::Seccomp(_)), Some(Tree::Seccomp(_))) => {
                json::spared(file, (source, source_after), Work::changes(works))?;
                // JSON has none.
                (Vec::new(), Vec::new())
            }
            (Some(Tree::Other(before)), Some(Tree::Other(now)))
                if before.surface() == now.surface() =>
            {
                fewer_problems(before.problems().len(), now.problems().len())?;
                spared_as(before.surface(), file, (source, source_after), works)?;
                (Vec::new(), Vec::new())
            }
            // Nothing that it says is about containers any more.
            (Some(Tree::Other(before)), None) => {
                spared_as(before.surface(), file, (source, source_after), works)?;
                (Vec::new(), Vec::new())
            }
            _ => return Err(gone),
        };
        comments::spared(
            (source, comments),
            (source_after, comments_after),
            file,
            works,
        )?;
        same_line_endings(source, source_after, file, works)
    }
}

impl Workspace<'_> {
    /// Whether the Dockerfile at one place of a Compose file differs from the one at a place of the
    /// file afterwards in what the changes name.
    fn inline_spared(
        &self,
        after: &Workspace<'_>,
        (one, other): (Span, Span),
        works: &[Work<'_>],
    ) -> bool {
        let pair = self.inline.get(&one).zip(after.inline.get(&other));
        let Some((before, now)) = pair else {
            return false;
        };
        let ((before, text), (now, text_now)) = (before.as_ref(), now.as_ref());
        let within = |change: &&Change| one.contains(change.place());
        let changes = Work::changes(works).filter(within);
        let comments = |tree: &caulk_syntax::dockerfile::Dockerfile, text: &SourceFile| {
            let comments = tree.comments.iter();
            let said = comments.map(|span| text.slice(*span).trim_end().to_owned());
            said.collect::<Vec<String>>()
        };
        fewer_problems(before.problems.len(), now.problems.len()).is_ok()
            && comments(before, text) == comments(now, text_now)
            && dockerfile::spared(before, now, (text, text_now), changes).is_ok()
    }
}

/// The same of a file that answers for itself, each in the form that it has. Where comments are, they
/// are compared with it.
fn spared_as(
    surface: Surface,
    file: FileId,
    texts: (&SourceFile, &SourceFile),
    works: &[Work<'_>],
) -> Result<(), NotOffered> {
    let here = Work::changes(works).filter(|change| change.place().file == file);
    match surface {
        Surface::Daemon => json::spared(file, texts, here),
        Surface::Quadlet => unit::spared(file, texts, here),
        Surface::Kernel => lines::spared(texts.0, texts.1, here),
        Surface::CommandLine
        | Surface::DevContainer
        | Surface::Workflow
        | Surface::Bake
        | Surface::Dockerfile
        | Surface::Compose
        | Surface::Seccomp => text::spared(texts.0, texts.1, Work::changes(works)),
    }
}

fn fewer_problems(before: usize, after: usize) -> Result<(), NotOffered> {
    if after > before {
        return Err(NotOffered("the engine would refuse the file"));
    }
    Ok(())
}

/// New lines end as the file's lines do, and the last line ends as it did.
fn same_line_endings(
    source: &SourceFile,
    after: &SourceFile,
    file: FileId,
    works: &[Work<'_>],
) -> Result<(), NotOffered> {
    let returns = source.line_ending() == "\r\n";
    let alike = |text: &str| {
        let bare = text.matches('\n').count() - text.matches("\r\n").count();
        if returns {
            bare == 0
        } else {
            !text.contains("\r\n")
        }
    };
    let edits = works.iter().flat_map(|work| work.edits);
    let mut here = edits.filter(|edit| edit.span.file == file);
    if !here.all(|edit| alike(&edit.text)) {
        return Err(NotOffered("a new line would end in another way"));
    }
    if source.text().ends_with('\n') != after.text().ends_with('\n') {
        return Err(NotOffered("the last line would end in another way"));
    }
    Ok(())
}
