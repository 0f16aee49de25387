//! Columns and colours.

use anstyle::{AnsiColor, Effects, Style};

/// How text is shown. Who prints it knows the terminal.
#[derive(Clone, Copy, Debug)]
pub struct Show {
    /// Text from a file on one line, made harmless for a terminal.
    pub visible: fn(&str) -> String,
    /// How many columns a terminal gives to a character.
    pub columns: fn(char) -> usize,
    /// Whether ANSI colours are wanted.
    pub color: bool,
    /// How many columns a line may have.
    pub width: usize,
}

/// What a paragraph is about.
pub(crate) const NAME: Style = Style::new().bold();
/// What a reader looks at second.
pub(crate) const QUIET: Style = Style::new().dimmed();
/// What is open.
pub(crate) const OPEN: Style = AnsiColor::Yellow.on_default();
/// What is open and grave.
pub(crate) const GRAVE: Style = AnsiColor::BrightRed.on_default().effects(Effects::BOLD);
/// What is shut.
pub(crate) const SHUT: Style = AnsiColor::Green.on_default();
/// What depends, or cannot be known.
pub(crate) const DEPENDS: Style = AnsiColor::Cyan.on_default();

/// Narrower than this nothing can be read.
const NARROWEST: usize = 40;
/// Wider than this a line is hard to follow.
const WIDEST: usize = 120;

/// A piece of a line that is not broken, with its colour.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    text: String,
    style: Style,
}

impl Piece {
    pub(crate) fn new(text: impl Into<String>, style: Style) -> Self {
        Self {
            text: text.into(),
            style,
        }
    }

    /// Without a colour.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Style::new())
    }
}

impl Show {
    /// `text` in `style` where colours are wanted.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() && style != Style::new() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// How many columns `text` takes.
    pub(crate) fn columns_of(&self, text: &str) -> usize {
        text.chars().map(self.columns).sum()
    }

    /// How many columns a line may have here.
    pub(crate) fn line_width(&self) -> usize {
        self.width.clamp(NARROWEST, WIDEST)
    }

    /// Appends `text`, of which the words may be parted, behind `first` and under itself.
    pub(crate) fn paragraph(&self, to: &mut String, first: &Piece, text: &str) {
        let words = text.split(' ').filter(|word| !word.is_empty());
        let pieces: Vec<Piece> = words.map(Piece::plain).collect();
        self.list(to, first, &pieces);
    }

    /// Appends a line that stands out, in as many lines as it takes.
    pub(crate) fn headline(&self, to: &mut String, text: &str) {
        let words = text.split(' ').filter(|word| !word.is_empty());
        let pieces: Vec<Piece> = words.map(|word| Piece::new(word, NAME)).collect();
        self.list(to, &Piece::plain(""), &pieces);
    }

    /// Appends a text that steps back, behind `indent` and under itself.
    pub(crate) fn quiet(&self, to: &mut String, indent: &str, text: &str) {
        let words = text.split(' ').filter(|word| !word.is_empty());
        let pieces: Vec<Piece> = words.map(|word| Piece::new(word, QUIET)).collect();
        self.list(to, &Piece::plain(indent), &pieces);
    }

    /// Appends pieces behind `first`, in as many lines as it takes, each under the first piece.
    ///
    /// `first` ends with the blanks that part it from them.
    pub(crate) fn list(&self, to: &mut String, first: &Piece, pieces: &[Piece]) {
        let indent = self.columns_of(&first.text);
        to.push_str(&self.paint(first.style, &first.text));
        let mut used = indent;
        for (at, piece) in pieces.iter().enumerate() {
            let needed = self.columns_of(&piece.text);
            if at > 0 {
                if used + 1 + needed > self.line_width() {
                    to.push('\n');
                    to.push_str(&" ".repeat(indent));
                    used = indent;
                } else {
                    to.push(' ');
                    used += 1;
                }
            }
            to.push_str(&self.paint(piece.style, &piece.text));
            used += needed;
        }
        to.push('\n');
    }
}

/// `text` with blanks behind it, in as many columns.
pub(crate) fn padded(show: &Show, text: &str, width: usize) -> String {
    let missing = width.saturating_sub(show.columns_of(text));
    format!("{text}{}", " ".repeat(missing))
}

/// `1 call`, `2 calls`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
pub(crate) const PLAIN: Show = Show {
    visible: |text| text.to_owned(),
    columns: |_| 1,
    color: false,
    width: 60,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_under_each_other_and_keep_their_width() {
        let words: Vec<Piece> = ["unshare"; 20].map(Piece::plain).into();
        let mut text = String::new();
        PLAIN.list(&mut text, &Piece::plain("  open  "), &words);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.iter().all(|line| line.len() <= 60), "{text}");
        assert!(lines[1].starts_with("        unshare"), "{text}");
        assert_eq!(text.matches("unshare").count(), 20);
    }

    #[test]
    fn colours_do_not_count() {
        let show = Show {
            color: true,
            ..PLAIN
        };
        let mut painted = String::new();
        let words: Vec<Piece> = (0..20).map(|_| Piece::new("unshare", OPEN)).collect();
        show.list(&mut painted, &Piece::plain("  "), &words);
        let mut plain = String::new();
        PLAIN.list(&mut plain, &Piece::plain("  "), &words);
        assert!(painted.contains('\u{1b}'));
        assert_eq!(painted.lines().count(), plain.lines().count());
    }

    #[test]
    fn lists_as_people_write_them() {
        let words = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(listed(&words), "a, b and c");
        assert_eq!(listed(&words[..2]), "a and b");
        assert_eq!(listed(&words[..1]), "a");
    }
}
