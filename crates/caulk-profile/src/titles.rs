//! What profiles are called in a text.

use crate::{Named, Show};

/// Names for two profiles: the file's alone where that tells them apart.
pub(crate) fn pair(first: &Named<'_>, second: &Named<'_>, show: &Show) -> [String; 2] {
    let short = [first, second].map(|one| one.title(show));
    let long = [first, second].map(|one| one.full_title(show));
    let tells_apart = |[one, other]: &[String; 2]| one != other;
    let mut found = [short, long].into_iter().filter(tells_apart);
    found
        .next()
        .unwrap_or_else(|| ["the first".to_owned(), "the second".to_owned()])
}
