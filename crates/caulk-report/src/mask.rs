//! Texts that are shown to nobody.

use std::borrow::Cow;
use std::ops::Range;

use caulk_source::{FileId, cut, cut_from, cut_to};

use crate::context::Context;

/// What is printed instead: as long for every text, so that it says nothing of it.
const DOTS: &str = "••••";

/// A line that is longer is masked only where it is shown.
const LONGEST: usize = 64 * 1024;

/// The texts of one file that are not shown, the longest first.
#[derive(Clone, Copy)]
pub(crate) struct Mask<'a>(&'a [String]);

impl<'a> Mask<'a> {
    /// What is hidden of a file.
    pub(crate) fn of(context: &Context<'a>, file: FileId) -> Self {
        let texts = context.report.hidden.get(&file);
        Self(texts.map(Vec::as_slice).unwrap_or_default())
    }

    /// The text without what is hidden, and where the byte offsets `marks` (sorted) lead in it.
    pub(crate) fn apply(self, text: &str, marks: &[usize]) -> (String, Vec<usize>) {
        let mut result = String::with_capacity(text.len());
        let mut mapped = Vec::with_capacity(marks.len());
        let mut marks = marks.iter().copied().peekable();
        let mut at = 0;
        for range in self.ranges(text) {
            while let Some(mark) = marks.next_if(|mark| *mark <= range.start) {
                mapped.push(result.len() + (mark - at));
            }
            result.push_str(cut(text, at..range.start));
            // That something is assigned may be seen.
            if cut(text, range.clone()).starts_with('=') {
                result.push('=');
            }
            result.push_str(DOTS);
            while marks.next_if(|mark| *mark < range.end).is_some() {
                mapped.push(result.len());
            }
            at = range.end;
        }
        mapped.extend(marks.map(|mark| result.len() + (mark - at)));
        result.push_str(cut_from(text, at));
        (result, mapped)
    }

    /// A line of a diff without what is hidden.
    pub(crate) fn line(self, line: &[u8]) -> Cow<'_, [u8]> {
        if self.0.is_empty() || line.len() > LONGEST {
            return Cow::Borrowed(line);
        }
        match std::str::from_utf8(line) {
            Ok(text) => match self.text(text) {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            },
            Err(_) => Cow::Owned(self.text(&caulk_source::decode(line)).into_owned().into()),
        }
    }

    /// The text without what is hidden.
    pub(crate) fn text(self, text: &str) -> Cow<'_, str> {
        if self.0.iter().any(|hidden| text.contains(hidden.as_str())) {
            Cow::Owned(self.apply(text, &[]).0)
        } else {
            Cow::Borrowed(text)
        }
    }

    /// Where what is hidden stands in a text, in order, none overlapping another.
    fn ranges(self, text: &str) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for hidden in self.0 {
            let places = text.match_indices(hidden.as_str());
            let places = places.map(|(start, _)| start..start + hidden.len());
            found.extend(places.filter(|place| stands_alone(text, place, hidden)));
        }
        found.sort_by_key(|range| (range.start, range.end));
        let mut apart: Vec<Range<usize>> = Vec::new();
        for range in found {
            match apart.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => apart.push(range),
            }
        }
        apart
    }
}

/// Whether a text that is a word is not a part of another one.
fn stands_alone(text: &str, place: &Range<usize>, hidden: &str) -> bool {
    let before = cut_to(text, place.start).chars().next_back();
    let after = cut_from(text, place.end).chars().next();
    let is_word = hidden.chars().all(char::is_alphabetic);
    !is_word
        || ![before, after]
            .into_iter()
            .flatten()
            .any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_keep_their_place_around_what_is_hidden() {
        let hidden = ["hunter2".to_owned(), "frog".to_owned()];
        let mask = Mask(&hidden);
        let text = "- A=hunter2 # hunter2, frogs and a frog";
        let comment = text.find('#').unwrap();
        let (shown, marks) = mask.apply(text, &[2, 4, 7, 11, comment, text.len()]);
        assert_eq!(shown, "- A=•••• # ••••, frogs and a ••••");
        let dots = DOTS.len();
        let after = 4 + dots;
        assert_eq!(marks, [2, 4, after, after, after + 1, shown.len()]);
    }

    #[test]
    fn a_line_without_it_is_as_it_is() {
        let hidden = ["hunter2".to_owned()];
        let mask = Mask(&hidden);
        assert_eq!(mask.line(b"user: root\n").as_ref(), b"user: root\n");
        assert_eq!(
            mask.line("a: hunter2\n".as_bytes()).as_ref(),
            "a: ••••\n".as_bytes()
        );
        assert_eq!(
            mask.line(b"\xff hunter2").as_ref(),
            "\u{1a} ••••".as_bytes()
        );
    }
}
