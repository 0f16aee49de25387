//! What a text holds and where.

use caulk_source::FileId;
use caulk_syntax::json::{Kind, Value, parse, parse_with_comments};

fn read(text: &str) -> Value {
    let parsed = parse(FileId::FIRST, text);
    assert_eq!(parsed.problems, [], "{text}");
    parsed.value.unwrap()
}

#[test]
fn every_value_and_key_has_its_place() {
    let text =
        " {\"names\": [\"chmod\", \"é\\u00e9\"], \"n\": -1.50e+3, \"x\": null, \"y\": true}\r\n";
    let value = read(text);
    assert_eq!(&text[value.span.range()], text.trim());
    let names = value.get("names").unwrap();
    assert_eq!(&text[names.span.range()], "[\"chmod\", \"é\\u00e9\"]");
    assert_eq!(&text[names.items()[1].span.range()], "\"é\\u00e9\"");
    assert_eq!(names.items()[1].as_str(), Some("éé"));
    let member = &value.members()[1];
    assert_eq!(&text[member.key.span.range()], "\"n\"");
    assert_eq!(&text[member.span().range()], "\"n\": -1.50e+3");
    assert_eq!(member.value.as_number(), Some("-1.50e+3"));
    assert!(value.get("x").unwrap().is_null());
    assert_eq!(value.get("y").unwrap().as_bool(), Some(true));
}

#[test]
fn of_repeated_keys_all_are_kept_and_the_last_counts() {
    let value = read(r#"{"a": 1, "A": 2, "a": 3, "b": 4}"#);
    assert_eq!(value.members().len(), 4);
    assert_eq!(value.get("a").unwrap().as_number(), Some("3"));
    assert_eq!(value.get("A").unwrap().as_number(), Some("2"));
    assert_eq!(value.get("B"), None);
}

#[test]
fn keys_are_found_as_go_finds_them() {
    let value = read(
        "{\"defaultaction\": 1, \"SY\u{17f}CALLS\": 2, \"\u{212a}\": 3, \"DefaultAction\": 4}",
    );
    let number = |key: &str| value.get_ignoring_case(key).and_then(Value::as_number);
    assert_eq!(number("defaultAction"), Some("4"));
    assert_eq!(number("syscalls"), Some("2"));
    assert_eq!(number("k"), Some("3"));
    assert_eq!(number("other"), None);
    assert_eq!(read("{\"É\": 1}").get_ignoring_case("é"), None);
}

#[test]
fn half_a_surrogate_pair_is_a_replacement_character() {
    let text = |json: &str| read(json).as_str().unwrap().to_owned();
    assert_eq!(text(r#""\ud83d\ude00""#), "😀");
    assert_eq!(text(r#""\ud83d""#), "\u{fffd}");
    assert_eq!(text(r#""\ud83dx\udc00""#), "\u{fffd}x\u{fffd}");
    assert_eq!(text(r#""\ud83d\u0041""#), "\u{fffd}A");
    assert_eq!(text(r#""\ud83d\ud83d\ude00""#), "\u{fffd}😀");
    assert_eq!(
        text(r#""\\ud83d""#),
        r"\ud83d",
        "no escape but an escaped backslash"
    );
}

#[test]
fn comments_are_allowed_where_they_are() {
    let text = "// one\n{\"a\": /* two */ [1, 2,], // \"three\n \"b\": 3,\n}\n";
    let parsed = parse_with_comments(FileId::FIRST, text);
    assert_eq!(parsed.problems, []);
    let value = parsed.value.unwrap();
    assert_eq!(value.get("a").unwrap().items().len(), 2);
    assert!(matches!(value.get("b").unwrap().kind, Kind::Number(_)));
    assert_eq!(
        parse_with_comments(FileId::FIRST, "{a: 1}").problems.len(),
        1
    );
    assert_eq!(
        parse_with_comments(FileId::FIRST, "[1 2]").problems.len(),
        1
    );
}
