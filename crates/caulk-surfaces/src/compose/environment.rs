//! What variables are set to: `.env` files, as compose-go's `dotenv` package reads them.

use std::collections::BTreeMap;

use caulk_model::State;
use caulk_source::{FileId, SourceFile, Sources, Span, cut, cut_from, cut_to};

use super::interpolate::interpolate;

/// The variables of one project. What the shell of whoever starts it sets is not among them.
#[derive(Clone, Default, Debug)]
pub(crate) struct Environment {
    variables: BTreeMap<String, Assigned>,
    /// Why not even the variables that are absent are known to be so.
    broken: bool,
    /// Whether the shell that starts the project is known to set nothing.
    closed: bool,
}

/// What a file sets a variable to.
#[derive(Clone, Debug)]
pub(crate) struct Assigned {
    pub(crate) value: State<String>,
    /// Where that stands, from name to value; nothing where its file is not among those that are
    /// read.
    pub(crate) place: Option<Span>,
}

impl Assigned {
    /// Where its file has the variable of this name.
    pub(crate) fn named(&self, name: &str) -> Option<Span> {
        self.place.map(|place| place.part(0..name.len()))
    }
}

/// A file of variables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EnvFile<'t> {
    text: &'t str,
    file: Option<FileId>,
}

impl<'t> EnvFile<'t> {
    /// One of the files that are read.
    pub(crate) fn of(sources: &'t Sources, file: FileId) -> Self {
        Self {
            text: sources.get(file).map_or("", SourceFile::text),
            file: Some(file),
        }
    }

    /// One that the run names.
    pub(crate) fn given(text: &'t str) -> Self {
        Self { text, file: None }
    }
}

/// What is known of a variable.
pub(crate) enum Variable<'e> {
    /// A `.env` file sets it.
    Set(&'e Assigned),
    /// No file sets it.
    Unset,
    /// Nobody sets it, the shell included.
    Blank,
    /// The file that might set it cannot be read.
    Unreadable,
}

impl Environment {
    /// The variable of this name.
    pub(crate) fn get(&self, name: &str) -> Variable<'_> {
        match self.variables.get(name) {
            Some(assigned) => Variable::Set(assigned),
            None if self.broken => Variable::Unreadable,
            None if self.closed => Variable::Blank,
            None => Variable::Unset,
        }
    }

    /// The known value of a variable.
    pub(crate) fn known(&self, name: &str) -> Option<&str> {
        self.variables.get(name)?.value.known().map(String::as_str)
    }

    /// Every variable that is set, by name.
    pub(crate) fn into_variables(self) -> impl Iterator<Item = (String, Assigned)> {
        self.variables.into_iter()
    }

    /// No variables at all: the shell is known to set none.
    pub(crate) fn empty() -> Self {
        Self {
            closed: true,
            ..Self::default()
        }
    }

    /// Says that a file that may set anything is not read.
    pub(crate) fn withhold(&mut self) {
        self.broken = true;
    }

    /// Adds what files say together, each over those before it. What is set already stays: the outer
    /// environment is asked first.
    pub(crate) fn read(&mut self, files: &[EnvFile<'_>]) {
        let mut together = Self::default();
        for file in files {
            let mut own = Self::default();
            self.read_one(*file, &together, &mut own);
            together.broken |= own.broken;
            together.variables.extend(own.variables);
        }
        self.broken |= together.broken;
        for (name, value) in together.variables {
            self.variables.entry(name).or_insert(value);
        }
    }

    fn read_one(&self, EnvFile { text, file }: EnvFile<'_>, before: &Self, own: &mut Self) {
        let mut rest = text.strip_prefix(caulk_source::BOM).unwrap_or(text);
        while let Some(statement) = statement(rest) {
            let Some(Assignment {
                name,
                value,
                from,
                rest: next,
            }) = assignment(statement)
            else {
                own.broken = true;
                break;
            };
            rest = next;
            let place = text.len() - from.len()..text.len() - next.len();
            let place = place.start..place.start + cut(text, place).trim_end().len();
            let place = file.map(|file| Span::new(file, place));
            let value = match value {
                // A name alone takes over what the shell says.
                None => continue,
                Some(Written::Literal(text)) => State::Known(text.to_owned()),
                Some(Written::Expanded(text)) => self.expanded(before, own, &text),
            };
            own.variables
                .insert(name.to_owned(), Assigned { value, place });
        }
    }

    /// A value with the variables in it: those from further up in the file among them.
    fn expanded(&self, before: &Self, own: &Self, text: &str) -> State<String> {
        if !text.contains('$') {
            return State::Known(text.to_owned());
        }
        let lookup = |name: &str| {
            let layers = [self, before, own];
            let mut found = layers.iter().filter_map(|layer| layer.variables.get(name));
            match found.next() {
                Some(assigned) => Variable::Set(assigned),
                None => self.get(name),
            }
        };
        match interpolate(text, &lookup) {
            Ok(resolved) => resolved.state,
            Err(_) => State::unknown("a variable in `.env` is not one"),
        }
    }
}

struct Assignment<'t> {
    name: &'t str,
    /// None where the name stands alone.
    value: Option<Written<'t>>,
    /// The text from its name on.
    from: &'t str,
    rest: &'t str,
}

enum Written<'t> {
    /// In single quotes: as it is.
    Literal(&'t str),
    /// With variables in it.
    Expanded(String),
}

/// The text from the next statement on: blanks and comments are passed over.
fn statement(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    while rest.starts_with('#') {
        let end = rest.find('\n')?;
        rest = cut_from(rest, end).trim_start();
    }
    (!rest.is_empty()).then_some(rest)
}

/// `export NAME=value`, `NAME: value`, or `NAME` alone; nothing where it is none of them.
fn assignment(text: &str) -> Option<Assignment<'_>> {
    let is_blank = |c: char| c != '\n' && c.is_whitespace();
    let text = match text.strip_prefix("export") {
        Some(rest) if rest.starts_with(is_blank) => rest.trim_start_matches(is_blank),
        Some(_) | None => text,
    };
    let end = text.find(['=', ':', '\n']).unwrap_or(text.len());
    let name = cut_to(text, end).trim_end();
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']');
    if name.is_empty() || !name.chars().all(is_part) {
        return None;
    }
    let separator = cut_from(text, end);
    if separator.is_empty() || separator.starts_with('\n') {
        return Some(Assignment {
            name,
            value: None,
            from: text,
            rest: separator,
        });
    }
    let inside = cut_from(separator, 1).trim_start_matches(is_blank);
    let (value, rest) = value(inside)?;
    Some(Assignment {
        name,
        value: Some(value),
        from: text,
        rest,
    })
}

/// A value, and what follows it.
fn value(text: &str) -> Option<(Written<'_>, &str)> {
    let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        let end = text.find('\n').unwrap_or(text.len());
        let line = cut_to(text, end);
        let line = line.split_once(" #").map_or(line, |(before, _)| before);
        let line = if line.starts_with('#') { "" } else { line };
        let value = Written::Expanded(line.trim_end().to_owned());
        return Some((value, cut_from(text, end)));
    };
    let inside = cut_from(text, 1);
    let end = closing_quote(inside, quote)?;
    let value = cut_to(inside, end);
    let rest = cut_from(inside, end + 1);
    let value = if quote == '"' {
        Written::Expanded(unescaped(value))
    } else {
        Written::Literal(value)
    };
    Some((value, rest))
}

fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if c == quote && !escaped {
            return Some(at);
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

/// Text in double quotes: `\n` and `\r` are line breaks, any other escaped sign but `$` is itself.
fn unescaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        if sign != '\\' {
            result.push(sign);
            continue;
        }
        match signs.next() {
            Some('n') => result.push('\n'),
            Some('r') => result.push('\r'),
            // An escaped dollar begins no variable.
            Some('$') => result.push_str("$$"),
            Some(other) => result.push(other),
            None => result.push('\\'),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_assignment() {
        let mut environment = Environment::default();
        environment.read(&[EnvFile::given(
            "# comment\nA=1\nexport B=two words # and a comment\nC: yaml\nD='$A'\nE=\"x-${A}-y\"\n\
             F=${A}b\nG=\nH=a#b\nALONE\nI=${NOWHERE}\nJ=\"a\\nb\"\nK=${Z:-z}\n",
        )]);
        for (name, value) in [
            ("A", "1"),
            ("B", "two words"),
            ("C", "yaml"),
            ("D", "$A"),
            ("E", "x-1-y"),
            ("F", "1b"),
            ("G", ""),
            ("H", "a#b"),
            ("J", "a\nb"),
            ("K", "z"),
        ] {
            assert_eq!(environment.known(name), Some(value), "{name}");
        }
        assert!(matches!(environment.get("ALONE"), Variable::Unset));
        assert!(matches!(
            environment.get("I"),
            Variable::Set(Assigned {
                value: State::Unknown { .. },
                ..
            })
        ));
    }

    #[test]
    fn what_is_set_stays() {
        let mut environment = Environment::default();
        environment.read(&[EnvFile::given("A=outer\n")]);
        let inner = ["A=inner\nB=${A}\n", "B=${A}2\nC=${B}\n"];
        environment.read(&inner.map(EnvFile::given));
        assert_eq!(environment.known("A"), Some("outer"));
        assert_eq!(
            environment.known("B"),
            Some("outer2"),
            "of several files the last"
        );
        assert_eq!(
            environment.known("C"),
            Some("outer"),
            "but it reads those before it"
        );
    }

    #[test]
    fn nothing_is_taken_for_unset_behind_an_error() {
        let mut environment = Environment::default();
        environment.read(&[EnvFile::given("A=1\nno assignment at all\nB=2\n")]);
        assert_eq!(environment.known("A"), Some("1"));
        assert!(matches!(environment.get("B"), Variable::Unreadable));
    }
}
