//! Reading on after what cannot be read.
//!
//! A line that the parser refuses is left out together with the lines nested under it, and the
//! text is read again. Places stay right because blanks take the room of what is left out.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use caulk_source::{BOM, FileId, SUBSTITUTE, Span, cut, cut_from};

use super::build::{Failure, Outcome, build};
use super::place::{line_end, line_start};
use super::stream::{Comment, Stream};
use crate::Problem;

/// How often a text is read again without what was refused.
const MAX_ATTEMPTS: usize = 20;

/// After so many attempts a refused line takes everything up to the next line that is not
/// indented with it.
const PATIENT_ATTEMPTS: usize = 12;

/// How many bytes are read at most, so that a large text costs no more than a few readings.
const MAX_BYTES: usize = 8 << 20;

/// Reads a YAML text. What cannot be read is a problem, and everything else is in the tree.
pub fn parse(file: FileId, text: &str) -> Stream {
    let shared: Arc<str> = Arc::from(text);
    let mut reading = Reading {
        file,
        copy: Cow::Borrowed(text),
        comments: Vec::new(),
        problems: Vec::new(),
        skipped: Vec::new(),
        split: false,
        attempts: 0,
        bytes: 0,
    };
    reading.replace_unreadable();
    let outcome = loop {
        let mut outcome = build(file, &shared, &reading.copy);
        let Some(failure) = outcome.failure.take() else {
            break outcome;
        };
        if !reading.leave_out(&failure) {
            break outcome;
        }
    };
    reading.finish(shared, outcome)
}

/// A text in the course of being read.
struct Reading<'t> {
    file: FileId,
    /// The text without what could not be read, at the same places.
    copy: Cow<'t, str>,
    /// Comments that are no longer in the copy.
    comments: Vec<Comment>,
    problems: Vec<Problem>,
    skipped: Vec<Span>,
    /// Whether one character became several: places in the copy may lie inside it.
    split: bool,
    attempts: usize,
    bytes: usize,
}

impl Reading<'_> {
    /// Leaves out what the parser refused; says whether it is worth reading again.
    fn leave_out(&mut self, failure: &Failure) -> bool {
        self.bytes = self.bytes.saturating_add(self.copy.len());
        if failure.comment && self.bytes <= MAX_BYTES {
            return self.leave_out_comment(failure.at);
        }
        if self.attempts == 0 {
            self.problems.push(refusal(self.file, &self.copy, failure));
        }
        self.attempts += 1;
        if self.attempts > MAX_ATTEMPTS || self.bytes > MAX_BYTES {
            return false;
        }
        let impatient = self.attempts > PATIENT_ATTEMPTS;
        let Some(range) = refused_lines(&self.copy, failure, impatient) else {
            return false;
        };
        self.skipped.push(Span::new(self.file, range.clone()));
        self.blank(range);
        true
    }

    /// Go's reader takes a comment right behind a quote or a bracket.
    fn leave_out_comment(&mut self, at: usize) -> bool {
        let end = line_end(&self.copy, at);
        let Some(offset) = cut(&self.copy, at..end).find('#') else {
            return false;
        };
        let line = cut(&self.copy, at + offset..end);
        let range = at + offset..at + offset + line.trim_end_matches('\r').len();
        self.comments.push(Comment {
            span: Span::new(self.file, range.clone()),
            own_line: false,
        });
        self.blank(range);
        true
    }

    /// Puts blanks in the place of everything in `range` but line breaks. Lines of comment stay,
    /// except the first: that one was refused.
    fn blank(&mut self, range: Range<usize>) {
        let mut blanks = String::with_capacity(range.len());
        for line in cut(&self.copy, range.clone()).split_inclusive('\n') {
            if !blanks.is_empty() && line.trim_start().starts_with('#') {
                blanks.push_str(line);
                continue;
            }
            let content = line.trim_end_matches(['\n', '\r']).len();
            blanks.extend(std::iter::repeat_n(' ', content));
            blanks.push_str(cut_from(line, content));
        }
        self.copy.to_mut().replace_range(range, &blanks);
    }

    /// Takes out of the copy what stops the parser and not Go's reader, and what stops both but
    /// says nothing of the text around it.
    fn replace_unreadable(&mut self) {
        let body = self.copy.strip_prefix(BOM).unwrap_or(&self.copy);
        let base = self.copy.len() - body.len();
        // Counting has no early end, so the compiler looks at many bytes at once.
        let is_plain = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..0x7f);
        if body.bytes().filter(is_plain).count() == body.len()
            || !body
                .chars()
                .any(|char| is_refused(char) || is_replaced(char))
        {
            return;
        }
        if let Some((at, refused)) = body.char_indices().find(|(_, char)| is_refused(*char)) {
            let at = base + at;
            self.problems.push(Problem {
                span: Span::new(self.file, at..at + refused.len_utf8()),
                message: refused_character(refused),
            });
        }
        let mut copy = String::with_capacity(self.copy.len());
        copy.push_str(cut(&self.copy, 0..base));
        for char in body.chars() {
            match char {
                // Line breaks to YAML 1.1.
                '\u{85}' => copy.push_str(" \n"),
                '\u{2028}' | '\u{2029}' => copy.push_str("  \n"),
                // At the start of a line Go's reader takes the mark for one column of space.
                BOM if copy.ends_with('\n') => {
                    copy.pop();
                    copy.push_str("  \n ");
                }
                char if is_refused(char) => copy.extend(std::iter::repeat_n('_', char.len_utf8())),
                char => copy.push(char),
            }
        }
        self.split = !self.copy.is_ascii();
        self.copy = Cow::Owned(copy);
    }

    fn finish(mut self, text: Arc<str>, mut outcome: Outcome) -> Stream {
        self.problems.extend(outcome.problems);
        self.comments.extend(outcome.comments);
        if self.split {
            let spans = self.problems.iter_mut().map(|problem| &mut problem.span);
            let spans = spans.chain(self.comments.iter_mut().map(|comment| &mut comment.span));
            for span in spans.chain(&mut self.skipped) {
                span.start = boundary(&text, span.start);
                span.end = boundary(&text, span.end);
            }
            for comment in &mut self.comments {
                let line = cut(&text, comment.span.range()).trim_end_matches(['\n', '\r']);
                comment.span = comment.span.part(0..line.len());
            }
            for document in &mut outcome.documents {
                document.move_places(|at| boundary(&text, at));
            }
        }
        self.problems.sort_by_key(|problem| problem.span);
        self.comments.sort_by_key(|comment| comment.span);
        self.skipped.sort();
        Stream {
            documents: outcome.documents,
            comments: self.comments,
            problems: self.problems,
            skipped: self.skipped,
            text,
            places: OnceLock::new(),
        }
    }
}

/// The start of the character that the byte at `at` belongs to.
fn boundary(text: &str, at: u32) -> u32 {
    let mut at = at;
    while at > 0 && !text.is_char_boundary(at as usize) {
        at -= 1;
    }
    at
}

fn refusal(file: FileId, text: &str, failure: &Failure) -> Problem {
    let first = cut_from(text, failure.at).chars().next();
    let length = first
        .filter(|first| !matches!(first, '\n' | '\r'))
        .map_or(0, char::len_utf8);
    Problem {
        span: Span::new(file, failure.at..failure.at + length),
        message: failure.message.clone(),
    }
}

fn refused_character(char: char) -> String {
    if char == SUBSTITUTE {
        "this byte is not UTF-8 text".to_owned()
    } else {
        format!("control character U+{:04X} is not allowed", u32::from(char))
    }
}

/// Whether the character means something else to the parser than to Go's reader.
fn is_replaced(char: char) -> bool {
    matches!(char, '\u{85}' | '\u{2028}' | '\u{2029}' | BOM)
}

/// Whether Go's reader refuses the character anywhere in a text.
fn is_refused(char: char) -> bool {
    match char {
        '\t' | '\n' | '\r' | '\u{85}' => false,
        '\u{fffe}' | '\u{ffff}' => true,
        _ => char.is_control(),
    }
}

/// The lines to leave out: the refused one with all that are nested under it.
fn refused_lines(copy: &str, failure: &Failure, impatient: bool) -> Option<Range<usize>> {
    // Inside brackets the parser notices late that one was not closed.
    let at = failure.flow.map_or(failure.at, |flow| flow.min(failure.at));
    let mut start = line_start(copy, at.min(copy.len()));
    while cut(copy, start..line_end(copy, start)).trim().is_empty() {
        start = line_start(copy, start.checked_sub(1)?);
    }
    let limit = if impatient { 0 } else { indent(copy, start) };
    let mut end = line_end(copy, start);
    let mut next = end + 1;
    while next < copy.len() {
        let stop = line_end(copy, next);
        let line = cut(copy, next..stop).trim_start();
        if !line.is_empty() && !line.starts_with('#') {
            if indent(copy, next) <= limit {
                break;
            }
            end = stop;
        }
        next = stop + 1;
    }
    Some(start..end)
}

fn indent(text: &str, line: usize) -> usize {
    cut_from(text, line)
        .bytes()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count()
}
