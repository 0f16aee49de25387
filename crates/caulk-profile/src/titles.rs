//! What profiles are called in a text.

use crate::{Named, Show};

/// Names for two profiles: the file's alone where that tells them apart.
pub(crate) fn pair(first: &Named<'_>, second: &Named<'_>, show: &Show) -> [String; 2] {
    let short = [first, second].map(|one| one.title(show));
    let long = [first, second].map(|one| one.full_title(show));
    match (short, long) {
        ([one, other], _) if one != other => [one, other],
        (_, [one, other]) if one != other => [one, other],
        _ => ["the first".to_owned(), "the second".to_owned()],
    }
}
