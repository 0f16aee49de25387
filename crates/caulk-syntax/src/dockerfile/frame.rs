//! From physical lines to logical ones, comments, directives and heredocs.

use std::collections::BTreeSet;

use caulk_source::{BOM, FileId, Span, cut};

use super::Dockerfile;
use super::heredoc::{self, Heredoc, Opening};
use super::instruction::Instruction;
use super::keyword::Keyword;
use crate::{Joined, Problem};

/// The longest line that BuildKit's reader takes, its ending included.
const MAX_LINE: usize = 65_535;

/// After so many heredocs without an end, no further one is looked for: BuildKit gives up at the
/// first.
const MAX_ENDLESS: usize = 64;

/// Reads a Dockerfile.
pub(super) fn read(file: FileId, text: &str) -> Dockerfile {
    let mut frame = Frame {
        file,
        text,
        at: if text.starts_with(BOM) {
            BOM.len_utf8()
        } else {
            0
        },
        directives: Some(Vec::new()),
        dockerfile: Dockerfile {
            escape: '\\',
            instructions: Vec::new(),
            comments: Vec::new(),
            problems: Vec::new(),
        },
        endless: BTreeSet::new(),
    };
    while let Some(line) = frame.next_line() {
        frame.first_line(line);
    }
    frame.finish()
}

/// A physical line without its ending: where it is and what it says.
#[derive(Clone, Copy)]
struct Line<'a> {
    start: usize,
    text: &'a str,
}

impl Line<'_> {
    fn end(self) -> usize {
        self.start + self.text.len()
    }

    fn is_comment(self) -> bool {
        self.text.trim_start().starts_with('#')
    }

    fn is_blank(self) -> bool {
        self.text.trim_start().is_empty()
    }
}

struct Frame<'a> {
    file: FileId,
    text: &'a str,
    at: usize,
    /// The names of the parser directives so far; nothing once they are over.
    directives: Option<Vec<String>>,
    dockerfile: Dockerfile,
    /// Words of heredocs for which no line below ended one: no later one of that word ends either.
    endless: BTreeSet<(String, bool)>,
}

impl<'a> Frame<'a> {
    fn next_line(&mut self) -> Option<Line<'a>> {
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        let rest = caulk_source::cut_from(self.text, start);
        let length = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |at| at + 1);
        self.at += length;
        let whole = cut(rest, 0..length);
        if whole.len() > MAX_LINE {
            let span = Span::at(self.file, start);
            self.problem(span, format!("a line longer than {MAX_LINE} bytes"));
        }
        Some(Line {
            start,
            text: whole.trim_end_matches(['\r', '\n']),
        })
    }

    fn problem(&mut self, span: Span, message: impl Into<String>) {
        self.dockerfile.problems.push(Problem {
            span,
            message: message.into(),
        });
    }

    fn comment(&mut self, line: Line<'_>) {
        let start = line.end() - line.text.trim_start().len();
        let end = start + line.text.trim().len();
        self.dockerfile
            .comments
            .push(Span::new(self.file, start..end));
    }

    /// A line at which an instruction may begin.
    fn first_line(&mut self, line: Line<'a>) {
        if line.is_comment() {
            self.directive(line);
            self.comment(line);
            return;
        }
        self.directives = None;
        if line.is_blank() {
            return;
        }
        let content = line.text.trim_start();
        let start = line.end() - content.len();
        let mut joined = Joined::new(self.file, start);
        let (kept, mut continues) = self.without_continuation(content);
        joined.push(kept, start);
        let mut end = start + content.trim_end().len();
        while continues {
            let Some(line) = self.next_line() else {
                break;
            };
            if line.is_comment() {
                self.comment(line);
            } else if !line.is_blank() {
                let (kept, goes_on) = self.without_continuation(line.text);
                joined.push(kept, line.start);
                continues = goes_on;
            }
            end = line.start + line.text.trim_end().len();
        }
        self.instruction(&joined, start..end, continues);
    }

    /// The line without its continuation character, and whether it had one. An escape character
    /// before it makes it a plain character: `\\` at the end of a line continues nothing.
    fn without_continuation(&self, line: &'a str) -> (&'a str, bool) {
        let escape = self.dockerfile.escape;
        match line.trim_end_matches([' ', '\t']).strip_suffix(escape) {
            Some(kept) if !kept.ends_with(escape) => (kept, true),
            _ => (line, false),
        }
    }

    fn instruction(&mut self, joined: &Joined, place: std::ops::Range<usize>, unfinished: bool) {
        if joined.text().trim().is_empty() {
            let span = Span::new(self.file, place);
            self.problem(span, "a continued line that continues nothing");
            return;
        }
        let escape = self.dockerfile.escape;
        let mut instruction = Instruction::read(joined, escape, &mut self.dockerfile.problems);
        instruction.span = Span::new(self.file, place);
        instruction.unfinished = unfinished;
        if instruction.takes_heredoc() {
            for opening in heredoc::openings(joined.text()) {
                let Some((heredoc, end)) = self.heredoc(&opening) else {
                    let message = format!("the heredoc `{}` is never ended", opening.name);
                    self.problem(instruction.span, message);
                    break;
                };
                instruction.span = instruction.span.to(Span::at(self.file, end));
                instruction.heredocs.push(heredoc);
            }
        }
        self.dockerfile.instructions.push(instruction);
    }

    /// The body of a heredoc, and where the line that ends it ends. Where none does, nothing is
    /// consumed: BuildKit refuses the file there, we go on with the next line.
    fn heredoc(&mut self, opening: &Opening) -> Option<(Heredoc, usize)> {
        let key = (opening.name.clone(), opening.chomp);
        if self.endless.len() > MAX_ENDLESS || self.endless.contains(&key) {
            return None;
        }
        let start = self.at;
        while let Some(line) = self.next_line() {
            let candidate = if opening.chomp {
                line.text.trim_start_matches('\t')
            } else {
                line.text
            };
            if candidate == opening.name {
                let heredoc = Heredoc {
                    name: opening.name.clone(),
                    expand: opening.expand,
                    chomp: opening.chomp,
                    body: Span::new(self.file, start..line.start),
                };
                return Some((heredoc, line.end()));
            }
        }
        self.at = start;
        self.endless.insert(key);
        None
    }

    /// `# name=value` above everything else.
    fn directive(&mut self, line: Line<'_>) {
        let Some(seen) = &mut self.directives else {
            return;
        };
        let Some((name, value)) = directive(line.text.trim_start()) else {
            self.directives = None;
            return;
        };
        let span = Span::new(self.file, line.start..line.end());
        if seen.contains(&name) {
            self.problem(
                span,
                format!("the parser directive `{name}` stands here twice"),
            );
            return;
        }
        if name == "escape" {
            match value {
                "\\" => self.dockerfile.escape = '\\',
                "`" => self.dockerfile.escape = '`',
                _ => {
                    let message = format!("`{value}` cannot be the escape character");
                    self.problem(span, message);
                    return;
                }
            }
        }
        if let Some(seen) = &mut self.directives {
            seen.push(name);
        }
    }

    fn finish(mut self) -> Dockerfile {
        let mut stage = false;
        let mut early = Vec::new();
        for instruction in &self.dockerfile.instructions {
            let keyword = instruction.keyword;
            stage |= keyword == Keyword::From;
            if !stage && !matches!(keyword, Keyword::Arg | Keyword::Unknown) {
                early.push((instruction.keyword_span, keyword));
            }
        }
        for (span, keyword) in early {
            let message = format!("`{}` before the first `FROM`", keyword.name());
            self.problem(span, message);
        }
        if self.dockerfile.instructions.is_empty() {
            let span = Span::at(self.file, 0);
            self.problem(span, "no instructions");
        }
        self.dockerfile.problems.sort_by_key(|problem| problem.span);
        self.dockerfile
    }
}

/// The name (in lower case) and value of a parser directive that BuildKit knows.
fn directive(comment: &str) -> Option<(String, &str)> {
    let (name, value) = comment.strip_prefix('#')?.split_once('=')?;
    let name = name.trim().to_ascii_lowercase();
    let value = value.trim();
    let known = matches!(name.as_str(), "syntax" | "escape" | "check");
    (known && !value.is_empty()).then_some((name, value))
}
