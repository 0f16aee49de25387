//! Where things are written.

use caulk_source::{FileId, Span};
use caulk_syntax::yaml::{Entry, Item, Node, Role, ScalarStyle};

use crate::read;

fn at(text: &str, span: Span) -> &str {
    &text[span.range()]
}

/// The only entry of the root with this key, as it is written.
fn entry<'d>(root: Node<'d>, key: &str) -> Entry<'d> {
    root.entries()
        .find(|entry| entry.key.text() == Some(key))
        .unwrap()
}

/// What is written at the value of `a`.
fn value_of_a(text: &str) -> String {
    let stream = read(text);
    entry(stream.documents[0].root_node(), "a")
        .value
        .source()
        .to_owned()
}

#[test]
fn scalars_end_where_their_text_ends() {
    assert_eq!(value_of_a("a: foo  # bar\n"), "foo");
    assert_eq!(value_of_a("a: foo\n  bar # c\nb: 1"), "foo\n  bar");
    assert_eq!(value_of_a("a: \"1:2\" # c\n"), "\"1:2\"");
    assert_eq!(value_of_a("a: 'it''s'\r\n"), "'it''s'");
    assert_eq!(value_of_a("a: !!str &x foo\n"), "foo");
    assert_eq!(value_of_a("{a: b c , d: e}"), "b c");
    assert_eq!(value_of_a("\u{feff}a: é\nb: ü\n"), "é");
}

#[test]
fn block_scalars_begin_at_their_header() {
    assert_eq!(
        value_of_a("a: |\n  one\n  two\n\n\nb: 1\n"),
        "|\n  one\n  two"
    );
    assert_eq!(value_of_a("a: >2-  # c\n   one\n"), ">2-  # c\n   one");
    assert_eq!(
        value_of_a("a: |\r\n  one\r\n  two\r\nb: 1\r\n"),
        "|\r\n  one\r\n  two"
    );
    assert_eq!(
        value_of_a("a: |\n  ends in blanks  \nb: 1\n"),
        "|\n  ends in blanks  "
    );
    assert_eq!(value_of_a("a: |+\n\n\nb: 1\n"), "|+");
    assert_eq!(value_of_a("a: !t &x\n  # c\n  |-\n  one\n"), "|-\n  one");
    assert_eq!(value_of_a("a: |\n  no newline"), "|\n  no newline");
}

#[test]
fn block_collections_reach_from_first_entry_to_last() {
    assert_eq!(
        value_of_a("a:\n  b: 1\n  c: 2 # c\n  # d\ne: 3\n"),
        "b: 1\n  c: 2"
    );
    assert_eq!(
        value_of_a("a:\n- 1\n- - 2\n  - 3\n\nb: 1\n"),
        "- 1\n- - 2\n  - 3"
    );
    assert_eq!(value_of_a("a: &x !t\n  - 1\n  -\n"), "- 1\n  -");
    assert_eq!(value_of_a("a:\n  ? b\n  : c\n"), "? b\n  : c");
    assert_eq!(value_of_a("a: [1, {b: c}, ] # d\n"), "[1, {b: c}, ]");
    assert_eq!(value_of_a("a: [b: c, d]\n"), "[b: c, d]");
}

#[test]
fn absent_values_stand_right_behind_what_asks_for_them() {
    for (text, place) in [
        ("a:\nb: 1\n", 2),
        ("a: # c\nb: 1\n", 2),
        ("a: &x\nb: 1\n", 5),
        ("a: !reset\n", 9),
        ("a: !t &x # c\n", 8),
        ("{a: , b: c}", 3),
        ("{a, b: c}", 2),
        ("? a\n? b\n", 3),
    ] {
        let stream = read(text);
        let value = entry(stream.documents[0].root_node(), "a").value;
        assert!(value.is_absent(), "{text}");
        assert_eq!(value.span(), Span::at(FileId::FIRST, place), "{text}");
        assert_eq!(value.text(), Some(""));
    }
    let stream = read("- a\n-\n- b\n");
    let items: Vec<Item<'_>> = stream.documents[0].root_node().items().collect();
    assert_eq!(items[1].value.span(), Span::at(FileId::FIRST, 5));
}

#[test]
fn entries_know_key_colon_and_value() {
    let text = "x:\n  ? a b\n  : &n !t c # d\n  \"e\":\n";
    let stream = read(text);
    let mapping = entry(stream.documents[0].root_node(), "x").value;
    let entries: Vec<Entry<'_>> = mapping.entries().collect();
    assert_eq!(at(text, entries[0].span), "? a b\n  : &n !t c");
    assert_eq!(at(text, entries[0].key.span()), "a b");
    assert_eq!(at(text, entries[0].value.span()), "c");
    assert_eq!(at(text, entries[0].value.full_span()), "&n !t c");
    assert_eq!(entries[0].colon.unwrap().start, 13);
    assert_eq!(at(text, entries[1].span), "\"e\":");
    assert_eq!(entries[1].key.style(), Some(ScalarStyle::DoubleQuoted));
    let anchor = entries[0].value.anchor().unwrap();
    assert_eq!((anchor.value, at(text, anchor.span)), ("n", "&n"));
    let tag = entries[0].value.tag().unwrap();
    assert_eq!((tag.value, at(text, tag.span)), ("!t", "!t"));
}

#[test]
fn a_colon_belongs_to_the_key_it_stands_under() {
    let text = "? ? a\n: b\n";
    let stream = read(text);
    let outer: Vec<Entry<'_>> = stream.documents[0].root_node().entries().collect();
    assert_eq!(at(text, outer[0].span), "? ? a\n: b");
    assert_eq!(outer[0].colon.unwrap().start, 6);
    let inner: Vec<Entry<'_>> = outer[0].key.entries().collect();
    assert_eq!((at(text, inner[0].span), inner[0].colon), ("? a", None));
}

#[test]
fn items_know_their_dash() {
    let text = "a:\n- 1\n-   b: 2\n    c: 3\n-\n  # comment\n  - 4\n- - 5\n";
    let stream = read(text);
    let list = entry(stream.documents[0].root_node(), "a").value;
    let items: Vec<&str> = list.items().map(|item| at(text, item.span)).collect();
    assert_eq!(
        items,
        [
            "- 1",
            "-   b: 2\n    c: 3",
            "-\n  # comment\n  - 4",
            "- - 5"
        ]
    );
    assert!(list.items().all(|item| at(text, item.dash.unwrap()) == "-"));
    let flow = read("[1, 2]");
    assert!(
        flow.documents[0]
            .root_node()
            .items()
            .all(|item| item.dash.is_none())
    );
}

#[test]
fn a_node_is_found_by_its_place_and_knows_its_part() {
    let text = "services:\n  web:\n    cap_add: [ALL]\n";
    let stream = read(text);
    let start = text.find("ALL").unwrap();
    let node = stream
        .node_at(Span::new(FileId::FIRST, start..start + 3))
        .unwrap();
    let Role::Item(item) = node.role() else {
        panic!("{:?}", node.role())
    };
    assert_eq!(item.value, node);
    let Role::Value(entry) = node.parent().unwrap().role() else {
        panic!("no value")
    };
    assert_eq!(at(text, entry.span), "cap_add: [ALL]");
    assert!(matches!(entry.key.role(), Role::Key(_)));
    assert!(matches!(stream.documents[0].root_node().role(), Role::Root));
    assert!(stream.node_at(Span::new(FileId::FIRST, 1..2)).is_none());
}

#[test]
fn comments_know_their_line() {
    let text = "# one\r\na: |  # two\n  # not three\n# four\nb: 'x' #five\n";
    let stream = read(text);
    let found: Vec<(&str, bool)> = stream
        .comments
        .iter()
        .map(|comment| (stream.comment_text(comment), comment.own_line))
        .collect();
    assert_eq!(
        found,
        [
            (" one", true),
            (" two", false),
            (" four", true),
            ("five", false)
        ]
    );
    assert_eq!(at(text, stream.comments[0].span), "# one");
}

#[test]
fn a_comment_right_behind_a_quote_is_one_as_it_is_to_go() {
    let text = "ports: [\"80:80\"]#one\nb: \"x\"#two\r\nc: 1\n";
    let stream = read(text);
    let found: Vec<&str> = stream
        .comments
        .iter()
        .map(|comment| at(text, comment.span))
        .collect();
    assert_eq!(found, ["#one", "#two"]);
    assert_eq!(stream.root().unwrap().get("c").unwrap().as_int(), Some(1));
}
