//! Which words of a line open a heredoc.

use caulk_source::{Span, cut, cut_from};

/// A heredoc: text below a line that the line's words call up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heredoc {
    /// The word that ends it.
    pub name: String,
    /// Whether variables in it are expanded by BuildKit: no part of the word is quoted.
    pub expand: bool,
    /// Whether tabs in front of its lines are dropped (`<<-`).
    pub chomp: bool,
    /// Where its body stands: whole lines, without the line that ends it.
    pub body: Span,
}

/// A word that opens a heredoc.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Opening {
    pub(super) name: String,
    pub(super) expand: bool,
    pub(super) chomp: bool,
}

/// The words of `line` that open a heredoc, as BuildKit finds them: a word that begins with `<<`
/// (a file descriptor may stand before), white space after `<<` swallowed, no further `<` in it.
///
/// BuildKit splits a whole logical line with its own small lexer first. Where that lexer gives up
/// (an open quote, a `${…}` that it does not know) it finds no heredoc at all, and neither do we.
pub(super) fn openings(line: &str) -> Vec<Opening> {
    if !line.contains("<<") {
        return Vec::new();
    }
    let Some(words) = split(line, true) else {
        return Vec::new();
    };
    words.iter().filter_map(|word| opening(word)).collect()
}

/// Whether `line` is one word that opens a heredoc, and nothing else.
pub(super) fn is_opening(line: &str) -> bool {
    opening(line.trim()).is_some()
}

fn opening(word: &str) -> Option<Opening> {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = rest.strip_prefix("<<")?;
    let (chomp, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
    if rest.is_empty() || rest.contains('<') {
        return None;
    }
    // One word, or none: an empty quoted word counts for nothing in BuildKit's lexer.
    let words = split(rest, false)?;
    let [name] = words.as_slice() else {
        return None;
    };
    let quotes = |text: &str| text.matches(['\'', '"']).count();
    Some(Opening {
        expand: quotes(name) == quotes(rest),
        name: name.clone(),
        chomp,
    })
}

/// The words of `text`, with their quotes and escapes (`raw`) or without; nothing where BuildKit's
/// lexer gives up. Variables stand for themselves.
fn split(text: &str, raw: bool) -> Option<Vec<String>> {
    let mut lexer = Splitter {
        text,
        at: 0,
        raw,
        word: String::new(),
        words: Vec::new(),
    };
    lexer.run()?;
    lexer.end_word();
    Some(lexer.words)
}

struct Splitter<'a> {
    text: &'a str,
    at: usize,
    raw: bool,
    word: String,
    words: Vec<String>,
}

impl Splitter<'_> {
    fn peek(&self) -> Option<char> {
        cut_from(self.text, self.at).chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn end_word(&mut self) {
        if !self.word.is_empty() {
            self.words.push(std::mem::take(&mut self.word));
        }
    }

    fn run(&mut self) -> Option<()> {
        while let Some(next) = self.next() {
            match next {
                '\'' | '"' => self.quoted(next)?,
                '$' => {
                    let start = self.at - 1;
                    self.variable()?;
                    // A variable's text is split like any other.
                    for character in cut(self.text, start..self.at).chars() {
                        self.plain(character);
                    }
                }
                '<' => self.less_than(),
                '\\' => {
                    if self.raw {
                        self.word.push('\\');
                    }
                    if let Some(escaped) = self.next() {
                        self.word.push(escaped);
                    }
                }
                other => self.plain(other),
            }
        }
        Some(())
    }

    fn plain(&mut self, character: char) {
        if character.is_whitespace() {
            self.end_word();
        } else {
            self.word.push(character);
        }
    }

    /// `<<` swallows the white space behind it.
    fn less_than(&mut self) {
        self.word.push('<');
        if self.peek() != Some('<') {
            return;
        }
        self.next();
        self.word.push('<');
        while let Some(space @ (' ' | '\t' | '\r')) = self.peek() {
            self.word.push(space);
            self.next();
        }
    }

    fn quoted(&mut self, quote: char) -> Option<()> {
        if self.raw {
            self.word.push(quote);
        }
        loop {
            let next = self.next()?;
            if next == quote {
                if self.raw {
                    self.word.push(quote);
                }
                return Some(());
            }
            if quote == '"' && next == '$' {
                let start = self.at - 1;
                self.variable()?;
                self.word.push_str(cut(self.text, start..self.at));
                continue;
            }
            if quote == '"' && next == '\\' {
                let escaped = self.peek()?;
                let drops = matches!(escaped, '"' | '$' | '\\');
                if self.raw || !drops {
                    self.word.push('\\');
                }
                if drops {
                    self.next();
                    self.word.push(escaped);
                }
                continue;
            }
            self.word.push(next);
        }
    }

    /// Past a variable whose `$` is consumed; nothing where BuildKit gives up.
    fn variable(&mut self) -> Option<()> {
        if self.peek() != Some('{') {
            self.name();
            return Some(());
        }
        self.next();
        if matches!(self.peek()?, '{' | '}' | ':') {
            return None;
        }
        self.name();
        let mut sign = self.next()?;
        if sign == '}' {
            return Some(());
        }
        if sign == ':' {
            sign = self.next()?;
        }
        if !matches!(sign, '+' | '-' | '?' | '#' | '%' | '/') {
            return None;
        }
        self.skip_to_closing_brace()
    }

    /// To the `}` that closes a `${`; braces within are counted, not recursed into.
    fn skip_to_closing_brace(&mut self) -> Option<()> {
        let mut open = 1_usize;
        let mut quote: Option<char> = None;
        loop {
            let next = self.next()?;
            match (next, quote) {
                ('\\', None | Some('"')) => {
                    self.next()?;
                }
                ('\'' | '"', None) => quote = Some(next),
                (_, Some(closing)) if next == closing => quote = None,
                ('$', None | Some('"')) if self.peek() == Some('{') => {
                    self.next();
                    open += 1;
                }
                ('}', None) => {
                    open -= 1;
                    if open == 0 {
                        return Some(());
                    }
                }
                _ => {}
            }
        }
    }

    fn name(&mut self) {
        match self.peek() {
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(line: &str) -> Vec<String> {
        openings(line)
            .into_iter()
            .map(|opening| opening.name)
            .collect()
    }

    #[test]
    fn what_opens_a_heredoc() {
        assert_eq!(names("RUN <<EOF"), ["EOF"]);
        assert_eq!(
            names("RUN a << EOF"),
            ["EOF"],
            "white space after << is swallowed"
        );
        assert_eq!(names("COPY <<-'a b' <<\"c\" /x"), ["a b", "c"]);
        assert_eq!(names("RUN 3<<X cat"), ["X"]);
        assert_eq!(names("RUN echo $((1 << 2))"), ["2))"], "so does BuildKit");
    }

    #[test]
    fn what_does_not() {
        assert!(names("RUN cat <<< \"x\"").is_empty());
        assert!(names("RUN echo \"x<<y\"").is_empty());
        assert!(names("RUN cat<<EOF").is_empty());
        assert!(
            names("RUN echo ${a[0]} <<EOF").is_empty(),
            "its lexer gave up before"
        );
        assert!(names("RUN echo \"open <<EOF").is_empty());
    }

    #[test]
    fn quoting_any_part_stops_expansion() {
        assert!(openings("RUN <<EOF")[0].expand);
        assert!(!openings("RUN <<\"EOF\"")[0].expand);
        assert!(openings("RUN <<-EOF")[0].chomp);
    }
}
