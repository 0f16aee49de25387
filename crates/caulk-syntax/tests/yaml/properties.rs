//! What holds for any text.

use caulk_source::{FileId, Span};
use caulk_syntax::yaml::{Document, Kind, Node, Stream, Value, parse};
use proptest::prelude::{ProptestConfig, Strategy, any, prop, prop_assert_eq, proptest};

use crate::corpus::{Random, files, mutant, say};

/// Every place that a stream names.
fn places(stream: &Stream) -> Vec<Span> {
    let mut spans: Vec<Span> = stream.comments.iter().map(|comment| comment.span).collect();
    spans.extend(stream.problems.iter().map(|problem| problem.span));
    spans.extend(stream.skipped.iter().copied());
    for node in stream.documents.iter().flat_map(Document::nodes) {
        spans.extend([node.span(), node.full_span()]);
        spans.extend(
            node.entries()
                .flat_map(|entry| [Some(entry.span), entry.colon])
                .flatten(),
        );
        spans.extend(
            node.items()
                .flat_map(|item| [Some(item.span), item.dash])
                .flatten(),
        );
        spans.extend(
            [
                node.tag().map(|tag| tag.span),
                node.anchor().map(|anchor| anchor.span),
            ]
            .into_iter()
            .flatten(),
        );
    }
    spans
}

/// Reads a text and checks what must hold for any.
fn check(text: &str) {
    let stream = parse(FileId::FIRST, text);
    for span in places(&stream) {
        assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
    }
    for document in &stream.documents {
        let nodes = document.nodes().count();
        let mut reached = 0;
        reach(document.root_node(), &mut reached);
        assert_eq!(reached, nodes, "every node hangs on the root: {text:?}");
        for node in document.nodes() {
            check_node(text, node);
        }
    }
    for root in stream.roots() {
        walk(&root);
    }
}

fn reach(node: Node<'_>, reached: &mut usize) {
    *reached += 1;
    for item in node.items() {
        assert_eq!(item.value.parent(), Some(node));
        reach(item.value, reached);
    }
    for entry in node.entries() {
        assert_eq!(
            (entry.key.parent(), entry.value.parent()),
            (Some(node), Some(node))
        );
        reach(entry.key, reached);
        reach(entry.value, reached);
    }
}

fn check_node(text: &str, node: Node<'_>) {
    let at = |span: Span| &text[span.range()];
    for entry in node.entries() {
        assert!(
            entry.span.contains(entry.key.span()) && entry.span.contains(entry.value.full_span()),
            "{text:?}"
        );
        assert!(node.span().contains(entry.span), "{text:?}");
        assert!(entry.colon.is_none_or(|colon| at(colon) == ":"), "{text:?}");
    }
    let mut end = node.span().start;
    for item in node.items() {
        assert!(item.span.start >= end, "items in order: {text:?}");
        end = item.span.end;
        assert!(node.span().contains(item.span), "{text:?}");
        assert_eq!(item.dash.is_none(), node.is_flow(), "{text:?}");
        assert!(item.dash.is_none_or(|dash| at(dash) == "-"), "{text:?}");
    }
    match node.kind() {
        Kind::Alias(alias) => assert_eq!(node.source(), format!("*{}", alias.name), "{text:?}"),
        Kind::Scalar { .. } => assert_eq!(
            node.source(),
            node.source().trim_start_matches([' ', '\t', '\n', '\r']),
            "{text:?}"
        ),
        Kind::Sequence | Kind::Mapping => {}
    }
}

/// Meets every value.
fn walk(value: &Value<'_>) {
    let members = value.members();
    for member in &members {
        walk(&member.value);
    }
    for item in value.items() {
        walk(&item);
    }
    let first = members.iter().find(|member| member.key.text().is_some());
    if let Some(member) = first {
        assert_eq!(
            value.get(member.name()).unwrap().node(),
            member.value.node()
        );
    }
}

/// What a text means, without places.
fn shape(value: &Value<'_>) -> String {
    if value.is_sequence() {
        let items: Vec<String> = value.items().map(|item| shape(&item)).collect();
        return format!("[{}]", items.join(","));
    }
    if value.is_mapping() {
        let members: Vec<String> = value
            .members()
            .iter()
            .map(|member| format!("{}:{}", shape(&Value::at(member.key)), shape(&member.value)))
            .collect();
        return format!("{{{}}}", members.join(","));
    }
    format!("{:?}/{:?}", value.node().style(), value.text())
}

fn shapes(text: &str) -> Vec<String> {
    parse(FileId::FIRST, text)
        .roots()
        .map(|root| shape(&root))
        .collect()
}

/// Texts of what means something to a reader.
fn yamlish() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b: ",
        "- ",
        "? ",
        ": ",
        "\n",
        "\n  ",
        "\n    ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "# c",
        " #",
        "&a ",
        "*a",
        "!t ",
        "'",
        "\"",
        "|\n",
        ">-\n",
        "<<: ",
        "---\n",
        "...\n",
        "\t",
        "\r\n",
        "é",
        "\u{feff}",
        "\u{1a}",
        "\\",
        "%",
        "@",
        "~",
        "\u{85}",
        "*a : ",
        "-\n",
        ":\n",
        "<<: *a",
        "<<: [*a]",
        "&a {a: b}",
    ]);
    prop::collection::vec(piece, 0..25).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_of_pieces_gives_a_sound_tree(text in yamlish()) {
        check(&text);
    }

    #[test]
    fn any_text_gives_a_sound_tree(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn a_byte_order_mark_and_other_line_endings_change_nothing(text in yamlish()) {
        let text = text.replace(['\u{feff}', '\r', '\u{1a}'], "").trim_start().to_owned();
        prop_assert_eq!(shapes(&format!("\u{feff}{text}")), shapes(&text));
        prop_assert_eq!(shapes(&text.replace('\n', "\r\n")), shapes(&text));
    }
}

#[test]
fn real_files_and_broken_ones_give_sound_trees() {
    let mut random = Random::new(3);
    let mut checked = 0;
    for (_, text) in files("corpus", &["yml", "yaml"]) {
        check(&text);
        assert_eq!(shapes(&format!("\u{feff}{text}")), shapes(&text));
        assert_eq!(
            shapes(&text.replace("\r\n", "\n").replace('\n', "\r\n")),
            shapes(&text.replace("\r\n", "\n"))
        );
        for _ in 0..3 {
            check(&mutant(&text, &mut random));
            checked += 1;
        }
    }
    say(&format!("sound: {checked} mutants"));
}
