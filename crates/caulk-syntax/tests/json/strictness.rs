//! What Go's `encoding/json` refuses, the place of it, and what is read all the same.

use caulk_source::FileId;
use caulk_syntax::json::{Parsed, parse};

/// The place of the only problem, as text, and whether there is a value.
fn refused(text: &str) -> (String, bool) {
    let parsed = parse(FileId::FIRST, text);
    assert_eq!(parsed.problems.len(), 1, "{text}: {:?}", parsed.problems);
    let problem = &parsed.problems[0];
    (
        text[problem.span.range()].to_owned(),
        parsed.value.is_some(),
    )
}

#[test]
fn what_is_clear_all_the_same_is_read() {
    for (text, place) in [
        ("{\"a\": 1} // c", "// c"),
        ("/* c */ {}", "/* c */"),
        ("[1, 2, ]", ","),
        ("{\"a\": 1,}", ","),
        ("\u{feff}{\"a\": 1}", "\u{feff}"),
        ("{\"a\": 1} x", "x"),
        ("[1] [2]", "["),
        ("{a: 1}", "a"),
        ("['a']", "'"),
        ("[1 2]", ""),
        ("[NaN]", "NaN"),
        ("[0x1]", "0"),
        ("[+1]", "+"),
        ("[.5]", "."),
        ("[5.]", "5."),
        ("[\"a\nb\"]", "\n"),
        ("[\"\t\"]", "\t"),
        ("[1,\u{b}2]", "\u{b}"),
        ("[1,\u{a0}2]", "\u{a0}"),
        ("{\"a\" : \"\\x41\"}", "\\x"),
    ] {
        assert_eq!(refused(text), (place.to_owned(), true), "{text}");
    }
}

#[test]
fn what_is_not_clear_is_refused() {
    for text in [
        "",
        " \n",
        "[",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":}",
        "]",
        "}",
        ",",
        ":",
        "[,]",
        "[1,,2]",
        "{,}",
        "\"a",
        "\"\\",
        "\"\\u12\"",
        "01",
        "[01]",
        "-",
        "[-]",
        "[1e]",
        "[1e+]",
        "tru",
        "nul",
        "truefalse",
        "[1, \"a]",
        "{1: 2}",
        "{\"a\", 1}",
        "/",
        "/* c",
        "[1}",
        "{]",
    ] {
        refused(text);
    }
}

#[test]
fn the_first_offence_is_the_one_that_is_reported() {
    assert_eq!(refused("[\"\u{1}\", 1,]").0, "\u{1}");
    assert_eq!(refused("[1,] \u{b}").0, ",");
    assert_eq!(refused("\u{feff}[1,]").0, "\u{feff}");
}

#[test]
fn a_byte_that_is_not_utf_8_is_no_offence_in_a_string() {
    // Go reads a replacement character.
    let parsed = parse(FileId::FIRST, "[\"a\u{1a}b\"]");
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.value.unwrap().items()[0].as_str(), Some("a\u{1a}b"));
    assert!(!parse(FileId::FIRST, "[\u{1a}]").problems.is_empty());
}

#[test]
fn deep_nesting_is_refused_and_no_crash() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(parse(FileId::FIRST, &nested(500)).problems, []);
    for text in [
        nested(600),
        nested(100_000),
        "[".repeat(1_000_000),
        "{\"a\":".repeat(500_000),
        "[{\"a\":".repeat(200_000),
        "/*".repeat(100_000),
        "\"\\ud800".repeat(100_000),
    ] {
        let Parsed { problems, .. } = parse(FileId::FIRST, &text);
        assert_eq!(problems.len(), 1);
    }
}
