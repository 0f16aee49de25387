//! What Go's reader refuses although the syntax is right.

use caulk_source::FileId;
use caulk_syntax::yaml::parse;

use crate::read;

/// What is wrong with a text: the place and the message.
fn problems(text: &str) -> Vec<(String, String)> {
    let stream = parse(FileId::FIRST, text);
    stream
        .problems
        .iter()
        .map(|problem| {
            (
                text[problem.span.range()].to_owned(),
                problem.message.clone(),
            )
        })
        .collect()
}

fn only_problem(text: &str) -> (String, String) {
    let mut found = problems(text);
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    found.remove(0)
}

#[test]
fn a_key_may_stand_once_and_the_last_one_counts() {
    let text = "a: 1\nb: 2\n'a': 3\n";
    let (place, message) = only_problem(text);
    assert_eq!(
        (place.as_str(), message.as_str()),
        ("'a'", "key `a` is already in this mapping")
    );
    let stream = parse(FileId::FIRST, text);
    let root = stream.root().unwrap();
    assert_eq!(root.get("a").unwrap().as_int(), Some(3));
    let members: Vec<(String, i64)> = root
        .members()
        .iter()
        .map(|member| (member.name().to_owned(), member.value.as_int().unwrap()))
        .collect();
    assert_eq!(members, [("b".to_owned(), 2), ("a".to_owned(), 3)]);
    assert_eq!(root.node().entries().len(), 3, "what is written stays");
}

#[test]
fn every_repetition_in_a_large_mapping_is_found() {
    let lines: Vec<String> = (0..40)
        .map(|index| format!("k{}: {index}\n", index % 30))
        .collect();
    let found = problems(&lines.concat());
    let places: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
    let expected: Vec<String> = (0..10).map(|index| format!("k{index}")).collect();
    assert_eq!(places, expected);
}

#[test]
fn an_alias_needs_an_anchor_before_it() {
    assert_eq!(only_problem("a: *b\nc: &b 1\n").1, "unknown anchor `b`");
    assert_eq!(
        only_problem("a: &x 1\n---\nb: *x\n").1,
        "unknown anchor `x`",
        "anchors end with their document"
    );
    let stream = parse(FileId::FIRST, "a: *b\n");
    assert!(stream.root().unwrap().get("a").unwrap().is_unresolved());
}

#[test]
fn an_anchor_may_not_contain_itself() {
    assert_eq!(
        only_problem("a: &a [1, *a]\n"),
        ("*a".to_owned(), "anchor `a` contains itself".to_owned())
    );
    assert_eq!(
        only_problem("a: &a\n  <<: *a\n").1,
        "anchor `a` contains itself"
    );
}

#[test]
fn a_merge_key_merges_mappings() {
    assert_eq!(
        only_problem("a: {<<: }").1,
        "`<<` merges a mapping or a list of mappings, nothing else"
    );
    assert_eq!(only_problem("<<: [{a: b}, c]\n").0, "c");
    assert_eq!(only_problem("x: &x [1]\n<<: *x\n").0, "*x");
    assert_eq!(only_problem("x: &x 1\n<<: [*x]\n").0, "*x");
    read("x: &x {a: 1}\ny: {<<: [*x, {b: 2}]}\nz: {<<: *x}\n");
}

#[test]
fn a_value_needs_a_key() {
    for text in [
        ": v\n",
        "{: v}",
        "[: v]",
        "a: 1\n: b\n",
        "a: # c\n  # d\n  : b\n",
    ] {
        let (place, message) = only_problem(text);
        assert_eq!(
            (place.as_str(), message.as_str()),
            (":", "a key should stand before this `:`")
        );
    }
    read("?\n: v\n");
    read("{? : v}");
}

#[test]
fn control_characters_are_refused_and_read_past() {
    let text = "a: \u{1a}b\nc: d\u{7}\n";
    assert_eq!(
        only_problem(text),
        (
            "\u{1a}".to_owned(),
            "this byte is not UTF-8 text".to_owned()
        )
    );
    let stream = parse(FileId::FIRST, text);
    assert_eq!(
        stream.root().unwrap().get("a").unwrap().as_str(),
        Some("\u{1a}b")
    );
    assert_eq!(
        stream.root().unwrap().get("c").unwrap().as_str(),
        Some("d\u{7}")
    );
    assert_eq!(
        only_problem("a: b\u{9f}\n").1,
        "control character U+009F is not allowed"
    );
    read("a: b\tc\u{85}\n");
}
