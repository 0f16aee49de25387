//! Quotes, escapes and variables in an argument.

use caulk_source::{Span, cut_from};

use crate::Joined;

/// How deep `${a:-${b:-…}}` may go. Nobody writes ten; a hostile file writes a million.
const MAX_DEPTH: usize = 32;

/// Text with variables in it, as written; [`Template::expand`] gives its value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template {
    /// The parts, in order.
    pub parts: Vec<Part>,
    /// Where the whole of it stands.
    pub span: Span,
}

/// A part of a [`Template`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// Text that stands for itself, without its quotes and escapes.
    Literal {
        /// The text.
        text: String,
        /// Where it stands, quotes included.
        span: Span,
    },
    /// `$NAME` or `${NAME…}`.
    Variable {
        /// The name.
        name: String,
        /// What follows the name in the braces.
        modifier: Option<Modifier>,
        /// Where it stands, from `$` to the end.
        span: Span,
    },
}

/// What follows the name in `${NAME…}`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Modifier {
    /// What is done.
    pub operator: Operator,
    /// The word after the operator.
    pub word: Template,
    /// The second word, of `${NAME/pattern/replacement}`.
    pub replacement: Option<Template>,
}

/// The operators that BuildKit knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    /// `-`: the word where the variable is unset; with `:`, also where it is empty.
    Default {
        /// Whether there is a `:`.
        or_empty: bool,
    },
    /// `+`: the word where the variable is set; with `:`, and not empty.
    Alternative {
        /// Whether there is a `:`.
        or_empty: bool,
    },
    /// `?`: the build fails where the variable is unset; with `:`, also where it is empty.
    Required {
        /// Whether there is a `:`.
        or_empty: bool,
    },
    /// `#` and `##`: without the shortest or longest prefix.
    TrimPrefix {
        /// Whether it is the longest.
        longest: bool,
    },
    /// `%` and `%%`: without the shortest or longest suffix.
    TrimSuffix {
        /// Whether it is the longest.
        longest: bool,
    },
    /// `/` and `//`: the first or every match replaced.
    Replace {
        /// Whether it is every match.
        every: bool,
    },
}

/// Why BuildKit refuses an argument, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct WordError {
    pub(super) message: &'static str,
    pub(super) at: usize,
}

impl Template {
    /// Reads the whole of `joined`.
    pub(super) fn parse(joined: &Joined, escape: char) -> Result<Self, WordError> {
        let mut lexer = Lexer {
            joined,
            escape,
            at: 0,
        };
        lexer.template(None, false, 0)
    }

    /// Text without variables.
    pub fn as_literal(&self) -> Option<String> {
        let mut whole = String::new();
        for part in &self.parts {
            match part {
                Part::Literal { text, .. } => whole.push_str(text),
                Part::Variable { .. } => return None,
            }
        }
        Some(whole)
    }

    /// The text before the first variable.
    pub fn literal_start(&self) -> String {
        let literals = self.parts.iter().map_while(|part| match part {
            Part::Literal { text, .. } => Some(text.as_str()),
            Part::Variable { .. } => None,
        });
        literals.collect()
    }

    /// The names of the variables in it, those in modifiers too.
    pub fn variables(&self) -> Vec<&str> {
        let mut names = Vec::new();
        let mut pending = vec![self];
        while let Some(template) = pending.pop() {
            for part in &template.parts {
                if let Part::Variable { name, modifier, .. } = part {
                    names.push(name.as_str());
                    let modifier = modifier.iter();
                    pending
                        .extend(modifier.flat_map(|m| [&m.word].into_iter().chain(&m.replacement)));
                }
            }
        }
        names
    }
}

struct Lexer<'a> {
    joined: &'a Joined,
    escape: char,
    at: usize,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        cut_from(self.joined.text(), self.at).chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn error<T>(&self, message: &'static str) -> Result<T, WordError> {
        Err(WordError {
            message,
            at: self.at,
        })
    }

    /// Everything up to `stop` (which is consumed), or to the end.
    fn template(
        &mut self,
        stop: Option<char>,
        raw_escapes: bool,
        depth: usize,
    ) -> Result<Template, WordError> {
        if depth > MAX_DEPTH {
            return self.error("variables nested too deep");
        }
        let start = self.at;
        let mut parts = Parts::new(self.joined, start);
        while let Some(next) = self.peek() {
            if Some(next) == stop {
                let template = parts.finish(start, self.at);
                self.next();
                return Ok(template);
            }
            match next {
                '$' => {
                    let variable = self.variable(depth)?;
                    parts.add(variable, self.at);
                }
                '\'' => self.single_quoted(&mut parts)?,
                '"' => self.double_quoted(&mut parts, depth, raw_escapes)?,
                _ => {
                    self.next();
                    if next != self.escape {
                        parts.push(next, self.at);
                        continue;
                    }
                    if raw_escapes {
                        parts.push(next, self.at);
                    }
                    if let Some(escaped) = self.next() {
                        parts.push(escaped, self.at);
                    }
                }
            }
        }
        match stop {
            None => Ok(parts.finish(start, self.at)),
            Some('}') => self.error("`${` without its `}`"),
            Some(_) => self.error("`${NAME/…` without its second `/`"),
        }
    }

    fn single_quoted(&mut self, parts: &mut Parts<'_>) -> Result<(), WordError> {
        let opened = self.at;
        self.next();
        loop {
            match self.next() {
                None => {
                    self.at = opened;
                    return self.error("`'` without its closing quote");
                }
                Some('\'') => {
                    parts.extend_to(self.at);
                    return Ok(());
                }
                Some(other) => parts.push(other, self.at),
            }
        }
    }

    fn double_quoted(
        &mut self,
        parts: &mut Parts<'_>,
        depth: usize,
        raw_escapes: bool,
    ) -> Result<(), WordError> {
        let opened = self.at;
        self.next();
        loop {
            match self.peek() {
                None => {
                    self.at = opened;
                    return self.error("`\"` without its closing quote");
                }
                Some('"') => {
                    self.next();
                    parts.extend_to(self.at);
                    return Ok(());
                }
                Some('$') => {
                    let variable = self.variable(depth)?;
                    parts.add(variable, self.at);
                }
                Some(_) => self.double_quoted_character(parts, raw_escapes),
            }
        }
    }

    /// One character between double quotes: an escape character escapes `"`, `$` and itself, and
    /// stands for itself before anything else.
    fn double_quoted_character(&mut self, parts: &mut Parts<'_>, raw_escapes: bool) {
        let Some(next) = self.next() else {
            return;
        };
        if next != self.escape {
            parts.push(next, self.at);
            return;
        }
        if raw_escapes {
            parts.push(next, self.at);
        }
        match self.peek() {
            None => {}
            Some(escaped) if matches!(escaped, '"' | '$') || escaped == self.escape => {
                self.next();
                parts.push(escaped, self.at);
            }
            Some(_) => parts.push(next, self.at),
        }
    }

    /// What begins with `$`: a variable, or the `$` itself.
    fn variable(&mut self, depth: usize) -> Result<Part, WordError> {
        let start = self.at;
        self.next();
        if self.peek() != Some('{') {
            let name = self.name();
            let span = self.joined.span(start..self.at);
            if name.is_empty() {
                return Ok(Part::Literal {
                    text: "$".to_owned(),
                    span,
                });
            }
            return Ok(Part::Variable {
                name,
                modifier: None,
                span,
            });
        }
        self.next();
        match self.peek() {
            None => return self.error("`${` without its `}`"),
            Some('{' | '}' | ':') => return self.error("`${` without a name"),
            Some(_) => {}
        }
        let name = self.name();
        let modifier = self.modifier(depth)?;
        Ok(Part::Variable {
            name,
            modifier,
            span: self.joined.span(start..self.at),
        })
    }

    /// What follows the name in the braces, and the `}`.
    fn modifier(&mut self, depth: usize) -> Result<Option<Modifier>, WordError> {
        let Some(mut sign) = self.next() else {
            return self.error("`${` without its `}`");
        };
        let or_empty = sign == ':';
        if or_empty {
            match self.next() {
                Some(next) => sign = next,
                None => return self.error("`${` without its `}`"),
            }
        }
        let operator = match sign {
            '}' if !or_empty => return Ok(None),
            '-' => Operator::Default { or_empty },
            '+' => Operator::Alternative { or_empty },
            '?' => Operator::Required { or_empty },
            '#' => Operator::TrimPrefix {
                longest: self.doubled('#'),
            },
            '%' => Operator::TrimSuffix {
                longest: self.doubled('%'),
            },
            '/' if !or_empty => Operator::Replace {
                every: self.doubled('/'),
            },
            _ => return self.error("BuildKit does not know this `${…}` modifier"),
        };
        let replaces = matches!(operator, Operator::Replace { .. });
        let raw_escapes = matches!(
            operator,
            Operator::TrimPrefix { .. } | Operator::TrimSuffix { .. } | Operator::Replace { .. }
        );
        let stop = if replaces { '/' } else { '}' };
        let word = self.template(Some(stop), raw_escapes, depth + 1)?;
        let replacement = if replaces {
            Some(self.template(Some('}'), true, depth + 1)?)
        } else {
            None
        };
        Ok(Some(Modifier {
            operator,
            word,
            replacement,
        }))
    }

    fn doubled(&mut self, sign: char) -> bool {
        let doubled = self.peek() == Some(sign);
        if doubled {
            self.next();
        }
        doubled
    }

    /// A name: letters, digits and `_`; or digits alone; or one special parameter.
    fn name(&mut self) -> String {
        let start = self.at;
        match self.peek() {
            Some(digit) if digit.is_numeric() => {
                while self.peek().is_some_and(char::is_numeric) {
                    self.next();
                }
            }
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => {
                self.next();
            }
            _ => {
                while self
                    .peek()
                    .is_some_and(|next| next.is_alphanumeric() || next == '_')
                {
                    self.next();
                }
            }
        }
        self.joined.cut(start..self.at).to_owned()
    }
}

/// The parts read so far, neighbouring literals in one.
struct Parts<'a> {
    joined: &'a Joined,
    finished: Vec<Part>,
    literal: String,
    literal_start: usize,
    end: usize,
}

impl<'a> Parts<'a> {
    fn new(joined: &'a Joined, start: usize) -> Self {
        Self {
            joined,
            finished: Vec::new(),
            literal: String::new(),
            literal_start: start,
            end: start,
        }
    }

    fn push(&mut self, next: char, end: usize) {
        self.literal.push(next);
        self.end = end;
    }

    fn extend_to(&mut self, end: usize) {
        self.end = end;
    }

    fn add(&mut self, part: Part, end: usize) {
        match part {
            Part::Literal { text, .. } => {
                self.literal.push_str(&text);
                self.end = end;
            }
            variable @ Part::Variable { .. } => {
                self.flush();
                self.finished.push(variable);
                self.literal_start = end;
                self.end = end;
            }
        }
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            self.finished.push(Part::Literal {
                text: std::mem::take(&mut self.literal),
                span: self.joined.span(self.literal_start..self.end),
            });
        }
    }

    fn finish(mut self, start: usize, end: usize) -> Template {
        self.flush();
        Template {
            parts: self.finished,
            span: self.joined.span(start..end),
        }
    }
}
