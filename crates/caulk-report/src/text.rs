//! Text from files, made fit for a terminal.

use caulk_source::SUBSTITUTE;

/// Where a column is wider than a letter: the blocks that terminals draw two columns wide.
const WIDE: &[(char, char)] = &[
    ('\u{1100}', '\u{115f}'),
    ('\u{2e80}', '\u{a4cf}'),
    ('\u{ac00}', '\u{d7a3}'),
    ('\u{f900}', '\u{faff}'),
    ('\u{fe30}', '\u{fe6f}'),
    ('\u{ff00}', '\u{ff60}'),
    ('\u{ffe0}', '\u{ffe6}'),
    ('\u{1f300}', '\u{1faff}'),
    ('\u{20000}', '\u{3fffd}'),
];

/// What is printed instead of the character at a tab. annotate-snippets has the same width.
const TAB: &str = "    ";

/// Whether a character could do something other than be seen: move the cursor, change the order in
/// which the text reads, break the line, or hide.
pub(crate) fn is_hostile(character: char) -> bool {
    let is_invisible = matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        // The sixteenth variation selector asks for an emoji and is left alone.
        | '\u{fe00}'..='\u{fe0e}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}');
    is_invisible || character.is_control()
}

/// Appends `character` so that it can be seen and does nothing.
fn push_visible(character: char, to: &mut String) {
    match character {
        '\t' => to.push_str(TAB),
        SUBSTITUTE => to.push(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => to.push('\u{2421}'),
        '\0'..='\u{1f}' => {
            // The control pictures stand in the order of the controls.
            let picture = char::from_u32(0x2400 + u32::from(character));
            to.push(picture.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        character if is_hostile(character) => to.extend(character.escape_unicode()),
        character => to.push(character),
    }
}

/// Text from a file on one line, made harmless for a terminal: controls, escapes, and characters
/// that turn the reading direction or hide are made visible; a tab becomes spaces.
pub fn visible(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        push_visible(character, &mut result);
    }
    result
}

/// [`visible`], and where the byte offsets `marks` (sorted) into `text` lead in the result.
pub(crate) fn visible_with_marks(text: &str, marks: &[usize]) -> (String, Vec<usize>) {
    let mut result = String::with_capacity(text.len());
    let mut mapped = Vec::with_capacity(marks.len());
    let mut marks = marks.iter().peekable();
    for (offset, character) in text.char_indices() {
        while marks.next_if(|mark| **mark <= offset).is_some() {
            mapped.push(result.len());
        }
        push_visible(character, &mut result);
    }
    mapped.extend(marks.map(|_| result.len()));
    (result, mapped)
}

/// How many columns a terminal gives to `character`: near enough to decide where to cut.
pub fn columns(character: char) -> usize {
    let is_wide = WIDE
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&character));
    if is_wide { 2 } else { 1 }
}

/// `text`, or as much of it as fits into `width` columns with an ellipsis at its end.
pub(crate) fn shorten(text: &str, width: usize) -> String {
    let mut used = 0;
    let mut end_with_ellipsis = 0;
    for (offset, character) in text.char_indices() {
        used += columns(character);
        if used > width {
            return format!("{}…", caulk_source::cut_to(text, end_with_ellipsis));
        }
        if used < width {
            end_with_ellipsis = offset + character.len_utf8();
        }
    }
    text.to_owned()
}

/// `text` (free of line breaks) in lines of at most `width` columns, broken at spaces.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let needed: usize = word.chars().map(columns).sum();
        if used > 0 && used + 1 + needed > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += needed;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// "1 file", "2 files".
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_act_on_a_terminal_is_shown() {
        assert_eq!(visible("a\u{1b}[31mb\r\n"), "a␛[31mb␍␊");
        assert_eq!(
            visible("x\u{202e}y\u{2028}z\u{85}"),
            "x\\u{202e}y\\u{2028}z\\u{85}"
        );
        assert_eq!(visible("\u{1a}\u{7f}\t|"), "\u{fffd}\u{2421}    |");
        assert_eq!(visible("naïve 漢字 🐳"), "naïve 漢字 🐳");
    }

    #[test]
    fn marks_move_with_the_characters_before_them() {
        let text = "\u{202e}USER\troot";
        let start = text.find("USER").unwrap();
        let (shown, marks) = visible_with_marks(text, &[0, start, start + 4, text.len()]);
        assert_eq!(shown, "\\u{202e}USER    root");
        assert_eq!(marks, [0, 8, 12, shown.len()]);
    }

    #[test]
    fn a_cut_counts_wide_characters_twice() {
        assert_eq!(shorten("漢字漢字", 8), "漢字漢字");
        assert_eq!(shorten("漢字漢字", 7), "漢字漢…");
        assert_eq!(shorten("abcdef", 4), "abc…");
    }

    #[test]
    fn wrapping_breaks_at_spaces_only() {
        assert_eq!(
            wrap("root in  here is root", 12),
            ["root in here", "is root"]
        );
        assert_eq!(
            wrap("averylongwordindeed x", 5),
            ["averylongwordindeed", "x"]
        );
        assert!(wrap("", 5).is_empty());
    }
}
