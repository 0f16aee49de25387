//! Paths, lines, colours.

use anstyle::Style;
use caulk_source::{SourceFile, Span};

use crate::Posture;

/// How text is shown. Who prints it knows the working directory and the terminal.
#[derive(Clone, Copy)]
pub struct Show<'a> {
    /// How a path relative to the root is shown: relative to the working directory, with `/`.
    pub display_path: &'a dyn Fn(&str) -> String,
    /// Text from a file on one line, made harmless for a terminal.
    pub visible: fn(&str) -> String,
    /// How many columns a terminal gives to a character.
    pub columns: fn(char) -> usize,
    /// Whether ANSI colours are wanted.
    pub color: bool,
}

/// What a row or a paragraph is about.
pub(crate) const NAME: Style = Style::new().bold();
/// What a reader looks at second.
pub(crate) const QUIET: Style = Style::new().dimmed();

impl Show<'_> {
    /// `text` in `style` where colours are wanted.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// How many columns `text` takes.
    pub(crate) fn width(&self, text: &str) -> usize {
        text.chars().map(self.columns).sum()
    }

    /// `text`, whose words end at spaces, in lines of at most `width` columns.
    pub(crate) fn wrap(&self, text: &str, width: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let needed = self.width(&line) + 1 + self.width(word);
            if !line.is_empty() && needed > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
        lines
    }
}

impl Posture<'_> {
    /// The path of the file that holds `span`, as it is shown.
    pub(crate) fn path(&self, span: Span) -> String {
        (self.show.display_path)(self.sources.path(span.file))
    }

    /// The line on which `span` begins, from 1.
    pub(crate) fn line(&self, span: Span) -> u32 {
        let file = self.sources.get(span.file);
        file.map_or(1, |file: &SourceFile| file.lines().line(span.start))
    }

    /// `compose.yaml:3`.
    pub(crate) fn place(&self, span: Span) -> String {
        format!("{}:{}", self.path(span), self.line(span))
    }
}
