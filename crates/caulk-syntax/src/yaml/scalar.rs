//! What a plain scalar stands for, as Go's `yaml.v3` reads it.

/// Whether the text of a plain scalar is null.
pub(super) fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// The boolean that the text of a plain scalar is.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// The boolean that a text is where a boolean is wanted: spellings of YAML 1.1 that are strings
/// anywhere else. Only these: `Yes` and `ON` stay strings.
pub(super) fn wanted_boolean(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "on" => Some(true),
        "n" | "N" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// The integer that the text of a plain scalar is: decimal, `0x`, `0o`, `0b`, and octal with a
/// leading zero as in YAML 1.1; underscores do not count.
pub(super) fn integer(text: &str) -> Option<i128> {
    if !text.starts_with(|first: char| first.is_ascii_digit() || first == '+' || first == '-') {
        return None;
    }
    let digits: String = text.chars().filter(|char| *char != '_').collect();
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits.strip_prefix('+').unwrap_or(&digits)),
    };
    let prefixed = [
        ("0x", 16),
        ("0X", 16),
        ("0o", 8),
        ("0O", 8),
        ("0b", 2),
        ("0B", 2),
    ]
    .into_iter()
    .find_map(|(prefix, radix)| Some((digits.strip_prefix(prefix)?, radix)));
    let (digits, radix) = match prefixed {
        Some(found) => found,
        None if digits.len() > 1 && digits.starts_with('0') => (digits, 8),
        None => (digits, 10),
    };
    if !digits.chars().all(|char| char.is_digit(radix)) {
        return None;
    }
    let value = i128::from_str_radix(digits, radix).ok()?;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_read_as_go_reads_them() {
        assert_eq!(integer("0x1F"), Some(31));
        assert_eq!(integer("0o17"), Some(15));
        assert_eq!(integer("017"), Some(15));
        assert_eq!(integer("-0b11"), Some(-3));
        assert_eq!(integer("1_000"), Some(1000));
        assert_eq!(integer("+7"), Some(7));
        for text in ["", "-", "0x", "08", "22:22", "1.5", "1e3", "--1", "0o8"] {
            assert_eq!(integer(text), None, "{text}");
        }
    }

    #[test]
    fn booleans_of_yaml_1_1_are_booleans_only_where_one_is_wanted() {
        assert_eq!(boolean("yes"), None);
        assert_eq!(wanted_boolean("yes"), Some(true));
        assert_eq!(wanted_boolean("Yes"), None);
        assert_eq!(boolean("TRUE"), Some(true));
        assert_eq!(boolean("tRue"), None);
    }
}
