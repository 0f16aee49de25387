//! Texts that stand where a credential will, and passwords that everybody knows.

use std::collections::{BTreeMap, BTreeSet};

/// Values that are switches, or say that there is none.
const SWITCHES: &[&str] = &[
    "disabled",
    "empty",
    "enabled",
    "false",
    "no",
    "none",
    "null",
    "off",
    "true",
    "undefined",
    "unset",
    "unused",
    "yes",
];

/// Texts that, wherever they stand, say that this is to be replaced or is what it is called.
const MARKS: &[&str] = &[
    "change-it",
    "change-me",
    "change_it",
    "change_me",
    "changeit",
    "changeme",
    "dummy",
    "hello",
    "make-it-up",
    "make_it_up",
    "makeitup",
    "example",
    "make-it-up",
    "make_it_up",
    "makeitup",
    "p4ss",
    "p@ss",
    "passw0rd",
    "passwd",
    "password",
    "passwort",
    "placeholder",
    "redacted",
    "replace",
    "secret",
    "xxxx",
    "your",
];

/// Words that say the same where they are words of the text.
const WORDS: &[&str] = &[
    "bar",
    "change",
    "ci",
    "default",
    "demo",
    "dev",
    "development",
    "fake",
    "foo",
    "fixme",
    "here",
    "insert",
    "invalid",
    "key",
    "local",
    "my",
    "pass",
    "public",
    "pw",
    "pwd",
    "sample",
    "test",
    "testing",
    "tests",
    "todo",
    "token",
];

/// How a text that is one word ends when it says what it is.
const ENDINGS: &[&str] = &["key", "pass", "pw", "pwd", "token"];

/// Accounts and passwords that come with programs.
const PUBLIC: &[&str] = &[
    "admin",
    "administrator",
    "db",
    "elastic",
    "guest",
    "mariadb",
    "minio",
    "minioadmin",
    "mongo",
    "mysql",
    "postgres",
    "postgresql",
    "qwerty",
    "rabbitmq",
    "redis",
    "root",
    "sa",
    "toor",
    "user",
    "username",
    "vscode",
    "welcome",
];

/// Whether a text is no credential but stands for one, or is one that everybody knows.
pub(super) fn is_one(name: &str, value: &str, around: &[String]) -> bool {
    let value = value.trim();
    let lower = value.to_lowercase();
    let plain = lower.trim_matches(|c: char| !c.is_alphanumeric());
    plain.chars().count() < 4
        || SWITCHES.contains(&plain)
        || plain.starts_with("not-")
        || has_pair(value, "<", ">")
        || has_pair(value, "{", "}")
        || has_pair(value, "$(", ")")
        || value.starts_with(['$', '%', '@'])
        || value.split_whitespace().nth(5).is_some()
        || is_filler(value)
        || (!has_random_part(value) && (says_what_it_is(value) || is_known(name, value, around)))
}

/// Whether something stands between two marks, to be filled in.
fn has_pair(value: &str, open: &str, close: &str) -> bool {
    value
        .split_once(open)
        .is_some_and(|(_, behind)| behind.contains(close))
}

/// Whether a text says where the credential is: a path, an address, the name of a file.
pub(super) fn is_elsewhere(value: &str) -> bool {
    let value = value.trim();
    let is_file = || {
        value.rsplit_once('.').is_some_and(|(stem, end)| {
            stem.contains('/') && end.len() <= 4 && end.chars().all(|c| c.is_ascii_alphabetic())
        })
    };
    value.starts_with(['/', '.', '~'])
        || value.contains("://")
        || value.starts_with("file:")
        || is_file()
}

/// Whether nobody drew it: a sign or two over and over, or a run of digits.
pub(super) fn is_filler(value: &str) -> bool {
    let lower = value.to_lowercase();
    let signs: BTreeSet<char> = lower.chars().filter(|c| c.is_alphanumeric()).collect();
    let digits: Vec<u8> = value.bytes().collect();
    let is_run = digits.iter().all(u8::is_ascii_digit)
        && digits.windows(2).all(
            |two| matches!(two, [a, b] if b.wrapping_sub(*a) == 1 || (*a == b'9' && *b == b'0')),
        );
    signs.len() <= 3 || is_run || lower.contains("example") || lower.contains("xxxx")
}

/// Whether the text reads as what it is called: `my-secret-password`, `chrome_token`.
fn says_what_it_is(value: &str) -> bool {
    let lower = value.to_lowercase();
    let all = words(value);
    let last = all.last().map(String::as_str).unwrap_or_default();
    MARKS.iter().any(|mark| lower.contains(mark))
        || all.iter().any(|word| WORDS.contains(&word.as_str()))
        || ENDINGS.iter().any(|end| last.ends_with(end))
}

/// Whether all of it is known from elsewhere: a program's own password, a word of the variable's
/// name, the name of something beside it.
fn is_known(name: &str, value: &str, around: &[String]) -> bool {
    let name = words(name);
    let around: Vec<String> = around.iter().map(|word| word.to_lowercase()).collect();
    let is_known = |word: &String| {
        PUBLIC.contains(&word.as_str())
            || name.contains(word)
            || around.iter().any(|other| is_made_of(word, other))
    };
    let all = words(value);
    let spelt = in_letters(value);
    is_known(&all.concat())
        || (spelt.len() >= 6 && is_known(&spelt))
        || around.contains(&value.to_lowercase())
        || (!all.is_empty() && all.iter().all(is_known))
}

/// Whether a word is another one, a part of it, or that with a short word before or behind it:
/// `sentry` beside `getsentry`, `wordpressroot` beside `wordpress`.
fn is_made_of(word: &str, other: &str) -> bool {
    let is_word = other.chars().all(char::is_alphanumeric);
    if word.len() < 4 || other.len() < 4 || !is_word {
        return word == other;
    }
    let rest = word
        .strip_prefix(other)
        .or_else(|| word.strip_suffix(other))
        .filter(|rest| rest.len() <= 4 && rest.chars().all(char::is_alphabetic));
    rest.is_some() || other.contains(word)
}

/// A text with letters for the digits and signs that people write instead of them: `p4ssb0lt` is
/// `passbolt`.
fn in_letters(text: &str) -> String {
    let letter = |sign: char| match sign {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other.to_ascii_lowercase(),
    };
    text.chars().map(letter).collect()
}

/// The words of a text in small letters: what signs and capitals part, without digits at the end.
/// A number alone is no word.
fn words(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut was_small = false;
    for sign in text.chars() {
        let parts = !sign.is_alphanumeric() || (sign.is_uppercase() && was_small);
        if parts {
            all.push(std::mem::take(&mut word));
        }
        if sign.is_alphanumeric() {
            word.extend(sign.to_lowercase());
        }
        was_small = sign.is_lowercase();
    }
    all.push(word);
    let trimmed = all
        .iter()
        .map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
    trimmed
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether a part of the text changes between letters and digits as no word does.
fn has_random_part(value: &str) -> bool {
    value
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| {
            let signs: Vec<u8> = part.bytes().collect();
            let changes = signs
                .windows(2)
                .filter(|two| matches!(two, [a, b] if a.is_ascii_digit() != b.is_ascii_digit()));
            signs.len() >= 10 && changes.count() >= 3
        })
}

/// Whether a text reads as if a machine drew it: long, of letters and digits, with more than three
/// bits to a sign.
pub(super) fn is_random(value: &str) -> bool {
    let sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '_' | '-');
    let mut counts: BTreeMap<char, u32> = BTreeMap::new();
    let mut length = 0_u32;
    for c in value.chars() {
        *counts.entry(c).or_default() += 1;
        length += 1;
    }
    let entropy: f64 = counts
        .values()
        .map(|count| f64::from(*count) / f64::from(length))
        .map(|share| -share * share.log2())
        .sum();
    length >= 20 && value.chars().all(sign) && has_random_part(value) && entropy > 3.0
}
