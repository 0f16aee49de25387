//! One instruction: its keyword, flags and arguments.

use caulk_source::{Span, Spanned};

use super::exec_form::{self, ExecForm};
use super::flags::{self, Flag};
use super::heredoc::Heredoc;
use super::keyword::Keyword;
use super::words::Template;
use crate::{Joined, Problem};

/// An instruction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Instruction {
    /// The keyword.
    pub keyword: Keyword,
    /// Where the keyword stands.
    pub keyword_span: Span,
    /// Where the whole instruction stands: from its keyword to the end of its last line, heredocs
    /// included.
    pub span: Span,
    /// The flags.
    pub flags: Vec<Flag>,
    /// The text after the flags.
    pub rest: Joined,
    /// What the text after the flags says.
    pub arguments: Arguments,
    /// The heredocs that its line calls up.
    pub heredocs: Vec<Heredoc>,
    /// Whether the file ends where its line is still continued: what is added below belongs to it.
    pub unfinished: bool,
}

/// What an instruction's text says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Arguments {
    /// Nothing, or nothing that could be read.
    None,
    /// `FROM`: the base and the stage's name.
    From(From),
    /// The JSON form: a list of words that nothing expands.
    Exec(Vec<Spanned<String>>),
    /// The shell form: [`Instruction::rest`] goes to a shell.
    Shell,
    /// Words: `COPY`, `ADD`, `VOLUME`, `EXPOSE` without brackets.
    Words(Vec<Template>),
    /// `ENV`, `LABEL`, `ARG`.
    Pairs(Vec<KeyValue>),
    /// `USER`, `WORKDIR`, `STOPSIGNAL`, `MAINTAINER`: the whole text is one argument.
    One(Template),
    /// `ONBUILD`: the instruction that the child image runs.
    Trigger(Box<Instruction>),
}

/// The arguments of `FROM`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct From {
    /// The base image, or an earlier stage.
    pub base: Template,
    /// The name after `AS`.
    pub name: Option<Spanned<String>>,
}

/// A name and, where there is one, its value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyValue {
    /// The name.
    pub key: Spanned<String>,
    /// The value. `ARG NAME` has none.
    pub value: Option<Template>,
}

impl Instruction {
    /// The value of the flag `name`, where it has one.
    pub fn flag(&self, name: &str) -> Option<Spanned<&str>> {
        flags::value(&self.flags, name)
    }

    /// The arguments of `FROM`.
    pub fn from(&self) -> Option<&From> {
        if let Arguments::From(from) = &self.arguments {
            Some(from)
        } else {
            None
        }
    }

    /// The words of the JSON form.
    pub fn exec(&self) -> Option<&[Spanned<String>]> {
        if let Arguments::Exec(words) = &self.arguments {
            Some(words)
        } else {
            None
        }
    }

    /// The words of an instruction that takes words, in its plain form.
    pub fn words(&self) -> Option<&[Template]> {
        if let Arguments::Words(words) = &self.arguments {
            Some(words)
        } else {
            None
        }
    }

    /// The names and values of `ENV`, `LABEL` and `ARG`.
    pub fn pairs(&self) -> Option<&[KeyValue]> {
        if let Arguments::Pairs(pairs) = &self.arguments {
            Some(pairs)
        } else {
            None
        }
    }

    /// The one argument of `USER`, `WORKDIR`, `STOPSIGNAL` and `MAINTAINER`.
    pub fn one(&self) -> Option<&Template> {
        if let Arguments::One(one) = &self.arguments {
            Some(one)
        } else {
            None
        }
    }

    /// The instruction that `ONBUILD` leaves to the child image.
    pub fn trigger(&self) -> Option<&Self> {
        if let Arguments::Trigger(trigger) = &self.arguments {
            Some(trigger)
        } else {
            None
        }
    }

    /// Whether its argument is in the JSON form.
    pub fn is_exec(&self) -> bool {
        matches!(self.arguments, Arguments::Exec(_))
    }

    /// The keyword that decides about heredocs: that of the trigger, for `ONBUILD`.
    fn effective(&self) -> &Self {
        self.trigger().unwrap_or(self)
    }

    /// Whether its line may open heredocs.
    pub(super) fn takes_heredoc(&self) -> bool {
        let effective = self.effective();
        effective.keyword.takes_heredoc() && !effective.is_exec()
    }

    /// Reads a logical line, which is not blank.
    pub(super) fn read(line: &Joined, escape: char, problems: &mut Vec<Problem>) -> Self {
        let text = line.text();
        let start = text.len() - text.trim_start().len();
        let is_space = |c: char| matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ');
        let word = text.trim_start().split(is_space).next().unwrap_or_default();
        let word_range = start..start + word.len();
        let keyword = Keyword::parse(word);
        let keyword_span = line.span(word_range.clone());
        let (flags, rest_start) = flags::read(line, word_range.end);
        let rest = line.part(rest_start..text.len()).trimmed();
        let mut reader = Reader {
            rest: &rest,
            escape,
            problems,
        };
        if keyword == Keyword::Unknown {
            reader.unknown(word, keyword_span);
        }
        let arguments = reader.arguments(keyword, keyword_span);
        Self {
            keyword,
            keyword_span,
            span: line.trimmed().whole(),
            flags,
            rest,
            arguments,
            heredocs: Vec::new(),
            unfinished: false,
        }
    }
}

struct Reader<'a> {
    rest: &'a Joined,
    escape: char,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn problem(&mut self, span: Span, message: impl Into<String>) {
        self.problems.push(Problem {
            span,
            message: message.into(),
        });
    }

    fn unknown(&mut self, word: &str, span: Span) {
        let mut message = format!("`{word}` is not an instruction");
        if let Some(nearest) = Keyword::nearest(word) {
            message = format!("{message}: did you mean `{nearest}`?");
        }
        self.problem(span, message);
    }

    fn arguments(&mut self, keyword: Keyword, keyword_span: Span) -> Arguments {
        if self.rest.text().is_empty() && keyword.needs_argument() {
            self.problem(
                keyword_span,
                format!("`{}` without an argument", keyword.name()),
            );
            return Arguments::None;
        }
        if keyword.takes_json() {
            match exec_form::decide(self.rest) {
                ExecForm::Exec(words) => return Arguments::Exec(words),
                ExecForm::Shell => {}
                ExecForm::Refused => {
                    let span = self.rest.whole();
                    self.problem(span, "a JSON array here may hold strings only");
                    return Arguments::None;
                }
            }
        }
        match keyword {
            Keyword::From => self.from(),
            Keyword::Cmd | Keyword::Entrypoint | Keyword::Run | Keyword::Shell => Arguments::Shell,
            Keyword::Healthcheck => self.healthcheck(),
            Keyword::Add | Keyword::Copy | Keyword::Expose | Keyword::Volume => {
                let words = blank_separated(self.rest.text());
                Arguments::Words(
                    words
                        .into_iter()
                        .filter_map(|range| self.template(range))
                        .collect(),
                )
            }
            Keyword::Arg => Arguments::Pairs(self.names_and_values(keyword_span, false)),
            Keyword::Env | Keyword::Label => {
                Arguments::Pairs(self.names_and_values(keyword_span, true))
            }
            Keyword::User | Keyword::Workdir | Keyword::Stopsignal | Keyword::Maintainer => {
                let whole = 0..self.rest.text().len();
                self.template(whole).map_or(Arguments::None, Arguments::One)
            }
            Keyword::Onbuild => self.trigger(),
            Keyword::Unknown => Arguments::None,
        }
    }

    fn template(&mut self, range: std::ops::Range<usize>) -> Option<Template> {
        let part = self.rest.part(range);
        match Template::parse(&part, self.escape) {
            Ok(template) => Some(template),
            Err(error) => {
                self.problem(part.span(error.at..error.at), error.message);
                None
            }
        }
    }

    fn from(&mut self) -> Arguments {
        let words = blank_separated(self.rest.text());
        let (base, name) = match words.as_slice() {
            [base] => (base.clone(), None),
            [base, keyword, name] if self.rest.cut(keyword.clone()).eq_ignore_ascii_case("AS") => {
                let text = self.rest.cut(name.clone()).to_owned();
                (
                    base.clone(),
                    Some(Spanned::new(text, self.rest.span(name.clone()))),
                )
            }
            _ => {
                let span = self.rest.whole();
                self.problem(span, "`FROM` takes an image, or an image `AS` a name");
                let Some(base) = words.first() else {
                    return Arguments::None;
                };
                (base.clone(), None)
            }
        };
        match self.template(base) {
            Some(base) => Arguments::From(From { base, name }),
            None => Arguments::None,
        }
    }

    fn healthcheck(&mut self) -> Arguments {
        let text = self.rest.text();
        let kind = text.split(char::is_whitespace).next().unwrap_or_default();
        let command = self.rest.part(kind.len()..text.len()).trimmed();
        match exec_form::decide(&command) {
            ExecForm::Exec(words) => Arguments::Exec(words),
            ExecForm::Shell => Arguments::Shell,
            ExecForm::Refused => {
                self.problem(command.whole(), "a JSON array here may hold strings only");
                Arguments::None
            }
        }
    }

    fn trigger(&mut self) -> Arguments {
        let trigger = Instruction::read(self.rest, self.escape, self.problems);
        if matches!(
            trigger.keyword,
            Keyword::Onbuild | Keyword::From | Keyword::Maintainer
        ) {
            let message = format!("`{}` may not be a trigger", trigger.keyword.name());
            self.problem(trigger.keyword_span, message);
            return Arguments::None;
        }
        Arguments::Trigger(Box::new(trigger))
    }

    /// `NAME=value …`; for `ENV` and `LABEL` also the old `NAME value`, for `ARG` also `NAME`.
    fn names_and_values(&mut self, keyword: Span, values_needed: bool) -> Vec<KeyValue> {
        let text = self.rest.text();
        let words = quoted_words(text, self.escape);
        let Some(first) = words.first() else {
            return Vec::new();
        };
        if values_needed && !self.rest.cut(first.clone()).contains('=') {
            return self.old_form(keyword);
        }
        let mut pairs = Vec::new();
        for range in words {
            let word = self.rest.cut(range.clone());
            let (key, value) = match word.find('=') {
                Some(at) => (
                    range.start..range.start + at,
                    Some(range.start + at + 1..range.end),
                ),
                None if values_needed => {
                    let message = format!("`{word}` is not of the form `name=value`");
                    self.problem(self.rest.span(range), message);
                    continue;
                }
                None => (range, None),
            };
            let value = match value {
                Some(value) => match self.template(value) {
                    Some(value) => Some(value),
                    None => continue,
                },
                None => None,
            };
            let name = match self.template(key.clone()).and_then(|key| key.as_literal()) {
                Some(name) => name,
                None => self.rest.cut(key.clone()).to_owned(),
            };
            pairs.push(KeyValue {
                key: Spanned::new(name, self.rest.span(key)),
                value,
            });
        }
        pairs
    }

    fn old_form(&mut self, keyword: Span) -> Vec<KeyValue> {
        let text = self.rest.text();
        let Some(end) = text.find(char::is_whitespace) else {
            self.problem(keyword, "a name without a value");
            return Vec::new();
        };
        let start = text.len() - self.rest.cut(end..text.len()).trim_start().len();
        let key = Spanned::new(self.rest.cut(0..end).to_owned(), self.rest.span(0..end));
        let value = self.template(start..text.len());
        value
            .map(|value| KeyValue {
                key,
                value: Some(value),
            })
            .into_iter()
            .collect()
    }
}

impl Keyword {
    /// Whether BuildKit refuses it without an argument.
    fn needs_argument(self) -> bool {
        !matches!(
            self,
            Self::Cmd | Self::Entrypoint | Self::Run | Self::Shell | Self::Volume | Self::Unknown
        )
    }
}

/// The places of the words of `text`, split at white space and at nothing else.
fn blank_separated(text: &str) -> Vec<std::ops::Range<usize>> {
    let base = text.as_ptr() as usize;
    text.split(['\t', '\u{b}', '\u{c}', '\r', ' '])
        .filter(|word| !word.is_empty())
        .map(|word| {
            let start = word.as_ptr() as usize - base;
            start..start + word.len()
        })
        .collect()
}

/// The places of the words of `text`, where quotes and escapes hold a word together.
fn quoted_words(text: &str, escape: char) -> Vec<std::ops::Range<usize>> {
    let mut words = Vec::new();
    let mut start: Option<usize> = None;
    let mut quote: Option<char> = None;
    let mut characters = text.char_indices();
    while let Some((at, next)) = characters.next() {
        match (next, quote) {
            (space, None) if space.is_whitespace() => {
                words.extend(start.take().map(|start| start..at));
                continue;
            }
            ('\'' | '"', None) => quote = Some(next),
            (_, Some(closing)) if next == closing => quote = None,
            (_, None | Some('"')) if next == escape => {
                start.get_or_insert(at);
                characters.next();
                continue;
            }
            _ => {}
        }
        start.get_or_insert(at);
    }
    words.extend(start.map(|start| start..text.len()));
    words
}
