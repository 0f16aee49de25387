//! Seccomp profiles: which files are, and remedies written into them.

mod edits;
mod rule_text;

use memchr::memmem;

pub(crate) use edits::edits;

/// Whether a file with this name says so itself.
pub(crate) fn is_profile(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let stem = name.strip_suffix(".json");
    stem.is_some_and(|stem| stem.contains("seccomp"))
}

/// Whether a JSON object says nothing at all, in one of the spellings of nothing.
pub(crate) fn is_empty(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let nothing = [
        "{}",
        r#"{"syscalls":[]}"#,
        r#"{"syscalls":null}"#,
        r#"{"defaultAction":""}"#,
        r#"{"defaultAction":"","syscalls":[]}"#,
    ];
    nothing.contains(&bare.as_str())
}

/// Whether a JSON file with another name is one by what it says.
pub(crate) fn looks_like_profile(text: &str) -> bool {
    let bytes = text.as_bytes();
    memmem::find(bytes, b"SCMP_ACT_").is_some()
        && (memmem::find(bytes, b"\"defaultAction\"").is_some()
            || memmem::find(bytes, b"\"syscalls\"").is_some())
}
