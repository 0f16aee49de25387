//! Passwords in addresses and connection strings.

use std::ops::Range;

use caulk_source::{cut, cut_from, cut_to};

/// The keys that a password has in a connection string or in the query of an address.
const KEYS: &[&str] = &["accountkey", "password", "pwd", "sharedaccesskey"];

/// Which part of a text is the password of an address or of a connection string. An empty one, and
/// one that hangs on a variable, is none.
pub(super) fn password(text: &str) -> Option<Range<usize>> {
    let range = in_authority(text)
        .map(|(_, password)| password)
        .or_else(|| in_fields(text))?;
    (!range.is_empty()).then_some(range)
}

/// The account of an address.
pub(super) fn user(text: &str) -> &str {
    in_authority(text).map_or("", |(user, _)| cut(text, user))
}

/// `scheme://user:password@host`: the user and the password.
fn in_authority(text: &str) -> Option<(Range<usize>, Range<usize>)> {
    let start = text.find("://")? + 3;
    let rest = cut_from(text, start);
    let end = rest
        .find(['/', '?', '#', ' ', '\n', '"', '\''])
        .unwrap_or(rest.len());
    let authority = cut_to(rest, end);
    let at = authority.rfind('@')?;
    let colon = cut_to(authority, at).find(':')?;
    Some((start..start + colon, start + colon + 1..start + at))
}

/// `Server=db;Password=…;`, `?user=app&password=…`.
fn in_fields(text: &str) -> Option<Range<usize>> {
    let query = text.find("://").and_then(|_| text.find('?'));
    let (start, separator) = match query {
        Some(question) => (question + 1, '&'),
        None if text.contains(';') => (0, ';'),
        None => return None,
    };
    let mut at = start;
    for field in cut_from(text, start).split(separator) {
        if let Some((key, value)) = field.split_once('=')
            && KEYS.contains(&key.trim().to_ascii_lowercase().as_str())
        {
            let from = at + key.len() + 1;
            return Some(from..from + value.len());
        }
        at += field.len() + separator.len_utf8();
    }
    None
}
