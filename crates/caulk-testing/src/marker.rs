//! Marker lines: what is expected of a line, drawn under it.

use std::ops::Range;

use caulk_finding::{Confidence, Severity};
use caulk_source::{cut_from, cut_to};

/// What a primary marker says beside its text. A related one says nothing more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// How bad.
    pub severity: Severity,
    /// How sure; nothing where that is left open.
    pub confidence: Option<Confidence>,
    /// `safe`, `unsafe` or `none`; `offered` where any fix will do; nothing where that is left
    /// open.
    pub fix: Option<String>,
}

/// A place on a line and what is said of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    /// The line, from 1, in the text without its marker lines.
    pub line: u32,
    /// The part of the line, in characters from 0.
    pub columns: Range<usize>,
    /// Of a primary place, the verdict; nothing of a related one.
    pub verdict: Option<Verdict>,
    /// What the label or the message must contain.
    pub text: String,
}

/// The text without its marker lines, and what those said.
pub(crate) fn separate(marked: &str) -> Result<(String, Vec<Mark>), String> {
    let (mut text, mut marks, mut lines) = (String::new(), Vec::new(), 0);
    for line in marked.lines() {
        let Some((columns, sign, said)) = run(line) else {
            lines += 1;
            text.push_str(line);
            text.push('\n');
            continue;
        };
        if lines == 0 {
            return Err(format!("a marker comes under the line it is about: {line}"));
        }
        let primary = match sign {
            '^' => true,
            '-' => false,
            _ => severity(said).is_some(),
        };
        let (verdict, said) = if primary {
            let (verdict, said) = verdict(said)
                .ok_or_else(|| format!("a caret marker begins with a severity: {line}"))?;
            (Some(verdict), said)
        } else {
            (None, said)
        };
        marks.push(Mark {
            line: lines,
            columns,
            verdict,
            text: said.to_owned(),
        });
    }
    Ok((text, marks))
}

/// The columns, the sign and the words of a marker line; nothing for any other line.
fn run(line: &str) -> Option<(Range<usize>, char, &str)> {
    let hash = line.chars().take_while(|sign| sign.is_whitespace()).count();
    let after = line.trim_start().strip_prefix('#')?;
    let spaces = after
        .chars()
        .take_while(|sign| sign.is_whitespace())
        .count();
    let signs = after.trim_start();
    let sign = signs.chars().next().filter(|sign| "^-|<".contains(*sign))?;
    let length = signs.chars().take_while(|next| *next == sign).count();
    let said = cut_from(signs, length);
    if !(said.is_empty() || said.starts_with(char::is_whitespace)) {
        return None;
    }
    let said = said.trim();
    // `#^^^` covers four columns: a run that touches the `#` begins at it.
    let start = if spaces == 0 { hash } else { hash + 1 + spaces };
    let columns = match (sign, length, spaces) {
        ('^', ..) => start..hash + 1 + spaces + length,
        ('-', ..) if !said.is_empty() => start..hash + 1 + spaces + length,
        ('|', 1, _) if !said.is_empty() => start..start,
        ('<', 1, 0) if !said.is_empty() => start..start + 1,
        _ => return None,
    };
    Some((columns, sign, said))
}

/// The severity with which `said` begins, and what follows the word.
fn severity(said: &str) -> Option<(Severity, &str)> {
    let word = said
        .split(|sign: char| !sign.is_ascii_alphabetic())
        .next()
        .unwrap_or_default();
    Some((word.parse().ok()?, cut_from(said, word.len())))
}

/// `high/low: words fix: unsafe` in its parts.
fn verdict(said: &str) -> Option<(Verdict, &str)> {
    let (severity, mut rest) = severity(said)?;
    let mut confidence = None;
    if let Some(after) = rest.strip_prefix('/') {
        let word = after.split([':', ' ']).next().unwrap_or_default();
        confidence = Some(word.parse().ok()?);
        rest = cut_from(after, word.len());
    }
    rest = rest.strip_prefix(':').unwrap_or(rest).trim();
    let mut fix = None;
    if let Some(at) = rest.rfind("fix:") {
        let (before, name) = (cut_to(rest, at), cut_from(rest, at + 4).trim());
        if ["", "safe", "unsafe", "none"].contains(&name)
            && (before.is_empty() || before.ends_with(' '))
        {
            fix = Some(if name.is_empty() { "offered" } else { name }.to_owned());
            rest = before.trim_end();
        }
    }
    let verdict = Verdict {
        severity,
        confidence,
        fix,
    };
    Some((verdict, rest))
}

impl Mark {
    /// The marker line, as a page has it.
    pub(crate) fn draw(&self) -> String {
        let sign = if self.verdict.is_some() { "^" } else { "-" };
        let Range { start, end } = self.columns;
        let length = end.saturating_sub(start);
        let run = match (start, length) {
            (0, 0) => "#|".to_owned(),
            (0, 1) => "#<".to_owned(),
            (0, _) => format!("#{}", sign.repeat(length - 1)),
            (_, 0) => format!("#{}|", " ".repeat(start - 1)),
            // Right after a `#` in column 0 there is no room for a space.
            (1, _) => format!(" #{}", sign.repeat(length - 1)),
            _ => format!("#{}{}", " ".repeat(start - 1), sign.repeat(length)),
        };
        let Some(verdict) = &self.verdict else {
            return format!("{run} {}", self.text);
        };
        let sure = verdict.confidence.map(|sure| format!("/{sure}"));
        let fix = verdict.fix.as_ref().map(|fix| format!(" fix: {fix}"));
        format!(
            "{run} {}{}: {}{}",
            verdict.severity,
            sure.unwrap_or_default(),
            self.text,
            fix.unwrap_or_default()
        )
    }
}

/// The text with its marks drawn under its lines.
pub(crate) fn draw(text: &str, marks: &[Mark]) -> String {
    let mut drawn = String::new();
    for (number, line) in (1..).zip(text.lines()) {
        drawn.push_str(line);
        drawn.push('\n');
        for mark in marks.iter().filter(|mark| mark.line == number) {
            drawn.push_str(&mark.draw());
            drawn.push('\n');
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(marked: &str) -> Mark {
        let (_, marks) = separate(marked).unwrap();
        assert_eq!(marks.len(), 1, "{marked}");
        marks[0].clone()
    }

    #[test]
    fn carets_cover_the_columns_above_them() {
        let (text, marks) = separate(
            "services:\n  web:\n    user: root\n#         ^^^^ high/low: this user is root fix: unsafe\n#   ---- the key\n",
        )
        .unwrap();
        assert_eq!(text, "services:\n  web:\n    user: root\n");
        assert_eq!((marks[0].line, marks[0].columns.clone()), (3, 10..14));
        let verdict = marks[0].verdict.as_ref().unwrap();
        assert_eq!(verdict.severity, Severity::High);
        assert_eq!(verdict.confidence, Some(Confidence::Low));
        assert_eq!(verdict.fix.as_deref(), Some("unsafe"));
        assert_eq!(marks[0].text, "this user is root");
        assert_eq!(
            (marks[1].columns.clone(), marks[1].text.as_str()),
            (4..8, "the key")
        );
        assert!(marks[1].verdict.is_none());
    }

    #[test]
    fn a_run_that_touches_the_hash_begins_at_it() {
        assert_eq!(one("FROM a\n#^^^ high\n").columns, 0..4);
        assert_eq!(one("  web:\n  #^^^ high\n").columns, 2..6);
        assert_eq!(one("{\n#< high: x\n").columns, 0..1);
        assert_eq!(one("{\n#| high: x\n").columns, 0..0);
        assert_eq!(one("a: b\n# | low: x\n").columns, 2..2);
        assert!(one("a: b\n# | the end\n").verdict.is_none());
    }

    #[test]
    fn a_comment_is_no_marker() {
        for comment in [
            "# plain",
            "#",
            "# ----------",
            "# --- a ---x",
            "#- a",
            "# -x",
            "# ^x",
        ] {
            let marked = format!("a\n{comment}\n");
            let marks = separate(&marked).unwrap().1;
            assert_eq!(
                marks.len(),
                usize::from(["#- a", "# --- a ---x"].contains(&comment)),
                "{comment}"
            );
        }
        assert!(separate("a\n# ^^^ this is no severity\n").is_err());
        assert!(separate("# ^^^ high\na\n").is_err());
    }

    #[test]
    fn what_is_drawn_reads_back() {
        let verdict = Verdict {
            severity: Severity::Low,
            confidence: Some(Confidence::Medium),
            fix: Some("none".to_owned()),
        };
        for verdict in [Some(verdict), None] {
            for (start, end) in [(0, 0), (0, 1), (0, 4), (1, 3), (2, 3), (3, 3), (7, 20)] {
                let mark = Mark {
                    line: 1,
                    columns: start..end,
                    verdict: verdict.clone(),
                    text: "some words".to_owned(),
                };
                assert_eq!(one(&draw("text\n", std::slice::from_ref(&mark))), mark);
            }
        }
    }
}
