//! What holds for any text.

use caulk_source::FileId;
use caulk_syntax::json::{Value, parse, parse_with_comments};
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use serde_json::Value as Theirs;

use crate::oracle::check_places;

fn check(text: &str) {
    for parsed in [
        parse(FileId::FIRST, text),
        parse_with_comments(FileId::FIRST, text),
    ] {
        assert!(
            parsed.value.is_some() || !parsed.problems.is_empty(),
            "{text:?}"
        );
        for problem in &parsed.problems {
            assert!(
                text.get(problem.span.range()).is_some(),
                "{problem:?} in {text:?}"
            );
        }
        if let Some(value) = &parsed.value {
            check_value(text, value);
        }
    }
}

fn check_value(text: &str, value: &Value) {
    assert!(
        text.get(value.span.range())
            .is_some_and(|piece| !piece.is_empty()),
        "{text:?}"
    );
    for item in value.items() {
        assert!(value.span.contains(item.span));
        check_value(text, item);
    }
    for member in value.members() {
        assert!(value.span.contains(member.span()));
        assert!(text.get(member.key.span.range()).is_some());
        check_value(text, &member.value);
    }
}

/// Texts of what means something to a reader.
fn jsonish() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{", "}", "[", "]", ",", ":", "\"a\"", "\"", "'", "\\", "\\u12", "\\ud800", "\\udc00", "1",
        "-", "0", ".5", "e1", "true", "null", "NaN", "Infinity", " ", "\n", "//", "/*", "*/",
        "\u{feff}", "\u{1a}", "é", "\u{2028}", "a", "\\x4", "\\0", "\t", "\r", "$",
    ]);
    prop::collection::vec(piece, 0..25).prop_map(|pieces| pieces.concat())
}

fn document() -> impl Strategy<Value = Theirs> {
    let leaf = prop_oneof![
        Just(Theirs::Null),
        any::<bool>().prop_map(Theirs::from),
        any::<i64>().prop_map(Theirs::from),
        any::<f64>().prop_map(Theirs::from),
        any::<String>().prop_map(Theirs::from),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Theirs::from),
            prop::collection::btree_map(any::<String>(), inner, 0..8).prop_map(|members| members
                .into_iter()
                .collect::<serde_json::Map<_, _>>()
                .into()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_of_pieces_is_read(text in jsonish()) {
        check(&text);
    }

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn what_serde_json_writes_is_what_we_read(document in document(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) };
        let text = text.unwrap();
        let parsed = parse(FileId::FIRST, &text);
        prop_assert_eq!(&parsed.problems, &[]);
        let value = parsed.value.unwrap();
        prop_assert!(value.span.range().len() == text.len());
        check_places(&text, &value);
    }

    #[test]
    fn a_mark_and_a_comment_hide_nothing(document in document()) {
        let text = serde_json::to_string_pretty(&document).unwrap();
        let strict = parse(FileId::FIRST, &text).value.unwrap();
        for (changed, refused) in [
            (format!("\u{feff}{text}"), 1),
            (format!("{text} // c"), 1),
            (format!("/* c */{text}"), 1),
            (text.replace('\n', "\r\n"), 0),
        ] {
            let parsed = parse(FileId::FIRST, &changed);
            prop_assert_eq!(parsed.problems.len(), refused);
            prop_assert!(same_tree(&parsed.value.unwrap(), &strict));
        }
    }
}

/// Whether both hold the same, wherever.
fn same_tree(a: &Value, b: &Value) -> bool {
    use caulk_syntax::json::Kind;
    match (&a.kind, &b.kind) {
        (Kind::Array(_), Kind::Array(_)) => {
            a.items().len() == b.items().len()
                && a.items()
                    .iter()
                    .zip(b.items())
                    .all(|(a, b)| same_tree(a, b))
        }
        (Kind::Object(_), Kind::Object(_)) => {
            a.members().len() == b.members().len()
                && a.members()
                    .iter()
                    .zip(b.members())
                    .all(|(a, b)| a.key.value == b.key.value && same_tree(&a.value, &b.value))
        }
        (a, b) => a == b,
    }
}
