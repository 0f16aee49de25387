//! A unit of systemd: sections, keys and values with their places.
//!
//! Keys may repeat and add up; an empty value takes back what came before; `\` at the end of a line
//! continues it, and comments between such lines are left out (systemd.syntax(7)).

use caulk_source::{BOM, FileId, Span, Spanned, cut};
use caulk_syntax::Joined;

/// A unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Unit {
    /// The headers of its sections, in order.
    pub(crate) sections: Vec<Spanned<String>>,
    pub(crate) entries: Vec<Entry>,
}

/// A key with its value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Entry {
    /// The section that it stands in.
    pub(crate) section: String,
    /// The key.
    pub(crate) key: Spanned<String>,
    /// The value, its lines joined by blanks.
    pub(crate) value: Joined,
    /// From the key to the end of the value's last line.
    pub(crate) span: Span,
}

/// Reads a unit. What is neither a section nor a key is left out, as systemd leaves it out with a
/// warning.
pub(crate) fn parse(id: FileId, text: &str) -> Unit {
    let mut reader = Reader {
        id,
        section: String::new(),
        sections: Vec::new(),
        entries: Vec::new(),
        open: None,
    };
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        reader.line(raw.trim_end_matches(['\r', '\n']), start);
    }
    reader.close();
    Unit {
        sections: reader.sections,
        entries: reader.entries,
    }
}

struct Reader {
    id: FileId,
    section: String,
    sections: Vec<Spanned<String>>,
    entries: Vec<Entry>,
    /// The entry that the next line continues.
    open: Option<Entry>,
}

impl Reader {
    fn line(&mut self, line: &str, start: usize) {
        let (line, start) = match line.strip_prefix(BOM) {
            Some(rest) => (rest, start + BOM.len_utf8()),
            None => (line, start),
        };
        let trimmed = line.trim_start();
        if trimmed.starts_with(['#', ';']) {
            return;
        }
        if let Some(mut entry) = self.open.take() {
            let continues = append(&mut entry, line, start);
            self.keep(entry, continues);
            return;
        }
        if let Some(name) = trimmed.strip_prefix('[') {
            let name = name.trim_end();
            name.strip_suffix(']')
                .unwrap_or(name)
                .clone_into(&mut self.section);
            let start = start + line.len() - trimmed.len();
            let header = Span::new(self.id, start..start + trimmed.trim_end().len());
            self.sections
                .push(Spanned::new(self.section.clone(), header));
            return;
        }
        let Some(equals) = line.find('=') else {
            return;
        };
        let key = cut(line, 0..equals);
        let bare = key.trim();
        let key_start = start + key.len() - key.trim_start().len();
        let key_span = Span::new(self.id, key_start..key_start + bare.len());
        let value = cut(line, equals + 1..line.len());
        let value = value.trim_start();
        let value_start = start + line.len() - value.len();
        let mut entry = Entry {
            section: self.section.clone(),
            key: Spanned::new(bare.to_owned(), key_span),
            value: Joined::new(self.id, value_start),
            span: key_span,
        };
        let continues = append(&mut entry, value, value_start);
        self.keep(entry, continues);
    }

    fn keep(&mut self, entry: Entry, continues: bool) {
        if continues {
            self.open = Some(entry);
        } else {
            self.entries.push(entry);
        }
    }

    fn close(&mut self) {
        self.entries.extend(self.open.take());
    }
}

/// Adds a line to a value; whether the next one continues it.
fn append(entry: &mut Entry, line: &str, start: usize) -> bool {
    // systemd takes a backslash before blanks at the end for one at the end.
    let bare = line.trim_end();
    let (content, continues) = match bare.strip_suffix('\\') {
        Some(content) => (content, true),
        None => (bare, false),
    };
    entry.value.push(content, start);
    if continues {
        entry.value.push(" ", start + content.len());
    }
    let end = Span::at(entry.span.file, start + bare.len());
    entry.span = entry.span.to(end);
    continues
}

impl Entry {
    /// The whole value as one word, with the blanks around it cut.
    pub(crate) fn whole(&self) -> Joined {
        self.value.trimmed()
    }

    /// The words of the value: blanks part them, quotes hold them together.
    pub(crate) fn words(&self) -> Vec<Spanned<String>> {
        let text = self.value.text();
        let mut words = Vec::new();
        let mut word = String::new();
        let mut start: Option<usize> = None;
        let mut quote: Option<char> = None;
        let mut escaped = false;
        for (at, character) in text.char_indices() {
            if escaped {
                word.push(character);
                escaped = false;
                continue;
            }
            match (character, quote) {
                ('\\', _) => {
                    start.get_or_insert(at);
                    escaped = true;
                }
                (mark, Some(open)) if mark == open => quote = None,
                ('"' | '\'', None) => {
                    start.get_or_insert(at);
                    quote = Some(character);
                }
                (blank, None) if blank.is_whitespace() => {
                    if let Some(from) = start.take() {
                        let span = self.value.span(from..at);
                        words.push(Spanned::new(std::mem::take(&mut word), span));
                    }
                }
                (other, _) => {
                    start.get_or_insert(at);
                    word.push(other);
                }
            }
        }
        if let Some(from) = start {
            words.push(Spanned::new(word, self.value.span(from..text.len())));
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_over_lines() {
        let text =
            "[Container]\nA=1\n# no\nB = \"x y\" \\\n# in between\n  z\n[Other]\nno key\nC=\n";
        let unit = parse(FileId::FIRST, text);
        let shown: Vec<(String, String, Vec<String>)> = unit
            .entries
            .iter()
            .map(|entry| {
                let words = entry.words().into_iter().map(|word| word.value);
                (
                    entry.section.clone(),
                    entry.key.value.clone(),
                    words.collect(),
                )
            })
            .collect();
        let row = |section: &str, key: &str, words: &[&str]| {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            (section.to_owned(), key.to_owned(), words)
        };
        assert_eq!(
            shown,
            [
                row("Container", "A", &["1"]),
                row("Container", "B", &["x y", "z"]),
                row("Other", "C", &[]),
            ]
        );
        let words = unit.entries[1].words();
        assert_eq!(cut(text, words[0].span.range()), "\"x y\"");
        assert_eq!(cut(text, words[1].span.range()), "z");
    }
}
