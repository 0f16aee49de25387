//! Whether a change of text loses a comment.

use std::ops::Range;

/// What may be a comment on a line, and whether the line holds something else before it.
///
/// A `#` in a quoted value passes as one too: then it is text that must not be lost either.
fn comment(line: &str) -> Option<(&str, bool)> {
    let trimmed = line.trim_start();
    // How a kernel's configuration says that something is off.
    if trimmed.starts_with("# CONFIG_") && trimmed.trim_end().ends_with(" is not set") {
        return None;
    }
    if trimmed.starts_with('#') {
        return Some((trimmed.trim_end(), false));
    }
    let at = line.find(" #").or_else(|| line.find("\t#"))?;
    Some((line.get(at..)?.trim(), true))
}

/// The comments of `before` that `after` has no longer, except those that may go: in an unsafe
/// fix, a comment behind the text of a line that an edit reaches into.
pub(crate) fn lost_comments(
    before: &str,
    after: &str,
    edited: &[Range<usize>],
    is_unsafe: bool,
) -> Vec<String> {
    let mut kept: Vec<&str> = after
        .lines()
        .filter_map(comment)
        .map(|(text, _)| text)
        .collect();
    let mut lost = Vec::new();
    let mut start = 0;
    for line in before.split_inclusive('\n') {
        let range = start..start + line.len();
        start = range.end;
        let Some((text, trails)) = comment(line) else {
            continue;
        };
        if let Some(at) = kept.iter().position(|kept| *kept == text) {
            kept.swap_remove(at);
            continue;
        }
        let touched = edited
            .iter()
            .any(|edit| edit.start < range.end && range.start < edit.end);
        if !(is_unsafe && trails && touched) {
            lost.push(text.to_owned());
        }
    }
    lost
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_unsafe_fix_takes_the_comment_of_its_line_along() {
        let before = "# top\na: 1 # one\nb: 2 # two\n";
        let lost = |after: &str, edited: Range<usize>, is_unsafe: bool| {
            lost_comments(before, after, &[edited], is_unsafe)
        };
        assert!(lost("# top\nb: 2 # two\n", 6..17, true).is_empty());
        assert_eq!(lost("# top\nb: 2 # two\n", 6..17, false), ["# one"]);
        assert_eq!(
            lost("# top\na: 1 # one\n", 6..17, true),
            ["# two"],
            "another line"
        );
        assert_eq!(
            lost("a: 1 # one\nb: 2 # two\n", 0..6, true),
            ["# top"],
            "not behind a text"
        );
    }
}
