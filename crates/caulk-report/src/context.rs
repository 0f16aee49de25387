//! What every format is given.

use anstyle::Style;
use caulk_finding::Report;
use caulk_source::{LineColumn, SourceFile, Sources, Span};

/// What every format is given.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// What the run found.
    pub report: &'a Report,
    /// The files it found it in.
    pub sources: &'a Sources,
    /// How a path relative to the root is shown: relative to the working directory, with `/`.
    pub display_path: &'a dyn Fn(&str) -> String,
    /// The root, as the first line of a patch names it.
    pub root: &'a str,
    /// The version of caulk.
    pub version: &'a str,
    /// Whether ANSI colours are wanted.
    pub color: bool,
    /// How many columns a line may have; taken as 40 or 400 where it is less or more.
    pub width: usize,
    /// Whether the report for a person says less: findings and no summary.
    pub quiet: bool,
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Context")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

impl Context<'_> {
    /// How many columns a line may have.
    pub(crate) fn columns(&self) -> usize {
        self.width.clamp(40, 400)
    }

    /// The path of the file that holds `span`, as it is shown.
    pub(crate) fn path(&self, span: Span) -> String {
        (self.display_path)(self.sources.path(span.file))
    }

    /// Where `span` begins.
    pub(crate) fn start(&self, span: Span) -> LineColumn {
        self.line_column(span, span.start)
    }

    /// Where `span` ends: the place after its last character.
    pub(crate) fn end(&self, span: Span) -> LineColumn {
        self.line_column(span, span.end)
    }

    fn line_column(&self, span: Span, offset: u32) -> LineColumn {
        let first = LineColumn { line: 1, column: 1 };
        let file: Option<&SourceFile> = self.sources.get(span.file);
        file.map_or(first, |file| file.line_column(offset))
    }

    /// `text` in `style` where colours are wanted.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

/// `path` as seen from `folder`; both are relative to the root, the root itself being `""`.
pub fn relative_path(folder: &str, path: &str) -> String {
    let from: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len().saturating_sub(shared));
    let parts: Vec<&str> = up.chain(to.into_iter().skip(shared)).collect();
    if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_seen_from_the_working_directory() {
        assert_eq!(relative_path("", "web/Dockerfile"), "web/Dockerfile");
        assert_eq!(relative_path("web", "web/Dockerfile"), "Dockerfile");
        assert_eq!(relative_path("web/src", "web/Dockerfile"), "../Dockerfile");
        assert_eq!(relative_path("db", "web/Dockerfile"), "../web/Dockerfile");
        assert_eq!(
            relative_path("web", "website/Dockerfile"),
            "../website/Dockerfile"
        );
    }
}
