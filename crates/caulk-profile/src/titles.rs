//! What two profiles are called in one text.

use crate::{Named, Show};

/// The names of two profiles: the files' alone where that tells them apart.
pub(crate) fn pair(first: &Named<'_>, second: &Named<'_>, show: &Show) -> [String; 2] {
    let short = [first, second].map(|one| one.title(show));
    if tells_apart(&short) {
        return short;
    }
    full_pair(first, second, show)
}

/// The same with their paths.
pub(crate) fn full_pair(first: &Named<'_>, second: &Named<'_>, show: &Show) -> [String; 2] {
    let full = [first, second].map(|one| one.full_title(show));
    if tells_apart(&full) {
        return full;
    }
    ["the first".to_owned(), "the second".to_owned()]
}

fn tells_apart([first, second]: &[String; 2]) -> bool {
    first != second
}
