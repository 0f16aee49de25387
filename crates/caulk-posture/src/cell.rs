//! A cell of the table: pieces that stay whole, and lines of a given width made of them.

use crate::Show;

/// The pieces of a cell. Each carries what stands between it and the next one, such as a space.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Cell {
    pieces: Vec<String>,
}

impl Cell {
    /// Words with spaces between them.
    pub(crate) fn words(words: impl IntoIterator<Item = String>) -> Self {
        let mut pieces: Vec<String> = words.into_iter().map(|word| word + " ").collect();
        if let Some(last) = pieces.last_mut() {
            last.pop();
        }
        Self { pieces }
    }

    /// Things with commas between them.
    pub(crate) fn list(words: &[String]) -> Self {
        let last = words.len().saturating_sub(1);
        let separated = words.iter().enumerate().map(|(index, word)| {
            let comma = if index < last { "," } else { "" };
            format!("{word}{comma}")
        });
        Self::words(separated)
    }

    /// A text in one piece.
    pub(crate) fn whole(text: &str) -> Self {
        Self {
            pieces: vec![text.to_owned()],
        }
    }

    /// A text that breaks after each `separator`.
    pub(crate) fn broken_after(text: &str, separator: char) -> Self {
        let pieces = text.split_inclusive(separator).map(str::to_owned);
        Self {
            pieces: pieces.collect(),
        }
    }

    /// How wide it is on one line.
    pub(crate) fn width(&self, show: &Show<'_>) -> usize {
        self.pieces.iter().map(|piece| show.width(piece)).sum()
    }

    /// Its lines, none wider than `width`. Nothing is lost: a piece that is wider breaks after a
    /// sign, or else anywhere.
    pub(crate) fn lines(&self, show: &Show<'_>, width: usize) -> Vec<String> {
        let mut lines = Lines::new(*show, width);
        for piece in &self.pieces {
            if show.width(piece.trim_end()) <= width {
                lines.push(piece);
                continue;
            }
            for part in piece.split_inclusive(SIGNS) {
                lines.push(part);
            }
        }
        lines.finish()
    }
}

/// After these a piece breaks that is wider than its column.
const SIGNS: &[char] = &[' ', '/', '-', '_', '.'];

/// Lines that are being filled.
struct Lines<'a> {
    show: Show<'a>,
    width: usize,
    done: Vec<String>,
    line: String,
}

impl<'a> Lines<'a> {
    fn new(show: Show<'a>, width: usize) -> Self {
        Self {
            show,
            width,
            done: Vec::new(),
            line: String::new(),
        }
    }

    /// Puts `piece` on the line, or on the next where it does not fit. A space at its end needs no
    /// room.
    fn push(&mut self, piece: &str) {
        let words = piece.trim_end();
        if !self.line.is_empty() && !self.fits(words) {
            self.end();
        }
        for character in words.chars() {
            if !self.line.is_empty() && !self.fits(character.encode_utf8(&mut [0; 4])) {
                self.end();
            }
            self.line.push(character);
        }
        if words.len() < piece.len() {
            self.line.push(' ');
        }
    }

    fn fits(&self, text: &str) -> bool {
        self.show.width(&self.line) + self.show.width(text) <= self.width
    }

    fn end(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.done.push(line.trim_end().to_owned());
    }

    fn finish(mut self) -> Vec<String> {
        self.end();
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOW: Show<'static> = Show {
        display_path: &|path: &str| path.to_owned(),
        visible: |text| text.to_owned(),
        columns: |_| 1,
        color: false,
    };

    #[test]
    fn words_go_to_the_next_line_whole() {
        let words = ["default", "+NET_ADMIN", "+SYS_ADMIN"].map(str::to_owned);
        let cell = Cell::words(words);
        assert_eq!(cell.width(&SHOW), 29);
        assert_eq!(
            cell.lines(&SHOW, 18),
            ["default +NET_ADMIN", "+SYS_ADMIN"],
            "a space at the end needs no room"
        );
    }

    #[test]
    fn a_path_breaks_at_its_slashes() {
        let cell = Cell::broken_after("web/images/Dockerfile:7", '/');
        assert_eq!(cell.lines(&SHOW, 14), ["web/images/", "Dockerfile:7"]);
    }

    #[test]
    fn what_is_wider_than_its_column_breaks_after_a_sign_and_else_anywhere() {
        let words = ["Docker socket", "+CHECKPOINT_RESTORE", "unpronounceable"];
        let cell = Cell::list(&words.map(str::to_owned));
        let lines = [
            "Docker",
            "socket,",
            "+CHECKPOINT",
            "_RESTORE,",
            "unpronounce",
            "able",
        ];
        assert_eq!(cell.lines(&SHOW, 11), lines);
    }
}
