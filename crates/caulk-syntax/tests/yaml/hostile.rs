//! Texts that are made to hurt.

use std::fmt::Write as _;

use caulk_source::FileId;
use caulk_syntax::yaml::{Stream, Value, parse};

/// How many values aliases may add to those that are written.
const MOST_ADDED: usize = 400_000;

/// How many problems of a text are told: nobody reads more.
const MOST_PROBLEMS: usize = 1_000;

/// Reads a text and walks everything that a reader can meet; gives the number of values. What is
/// made of a text grows with it and not with what it pretends to be: each value that is written takes
/// a character, an empty one the colon before it.
fn walk(text: &str) -> (Stream, usize) {
    let stream = parse(FileId::FIRST, text);
    let count = stream.roots().map(|root| count(&root)).sum();
    assert!(
        count <= 2 * text.len() + MOST_ADDED,
        "{count} values from {} bytes",
        text.len()
    );
    let problems = stream.problems.len();
    assert!(problems <= MOST_PROBLEMS, "{problems} problems");
    (stream, count)
}

fn count(value: &Value<'_>) -> usize {
    let items: usize = value.items().map(|item| count(&item)).sum();
    let members: usize = value
        .members()
        .iter()
        .map(|member| count(&member.value))
        .sum();
    1 + items + members
}

fn has_problem(stream: &Stream, message: &str) -> bool {
    stream
        .problems
        .iter()
        .any(|problem| problem.message.contains(message))
}

#[test]
fn a_billion_laughs_are_cut_short() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let alias = format!("*a{}", level - 1);
        writeln!(text, "a{level}: &a{level} [{}]", vec![alias; 9].join(", ")).unwrap();
    }
    let (stream, count) = walk(&text);
    assert!(has_problem(&stream, "expand it too far"));
    assert!(count > 1000);
}

#[test]
fn merge_keys_cannot_multiply_either() {
    let mut text = "m0: &m0 {k: v}\n".to_owned();
    for level in 1..30 {
        let before = level - 1;
        writeln!(text, "m{level}: &m{level} {{<<: [*m{before}, *m{before}], k{level}: {{<<: [*m{before}, *m{before}]}}}}").unwrap();
    }
    let (stream, _) = walk(&text);
    assert!(has_problem(&stream, "expand it too far"));
}

#[test]
fn a_long_chain_of_aliases_is_not_too_deep_to_walk() {
    let mut text = "- &a0 [x]\n".to_owned();
    for level in 1..5000 {
        writeln!(text, "- &a{level} [*a{}]", level - 1).unwrap();
    }
    let (stream, count) = walk(&text);
    assert!(has_problem(&stream, "expand it too far"));
    assert!(count > 5000);
}

#[test]
fn a_million_aliases_of_a_scalar_are_no_more_than_a_million_scalars() {
    let text = format!("- &a x\n{}", "- *a\n".repeat(1_000_000));
    let (stream, count) = walk(&text);
    assert_eq!(stream.problems, []);
    assert_eq!(count, 1_000_002);
    assert_eq!(
        stream.root().unwrap().items().next().unwrap().node().uses(),
        1_000_000
    );
}

#[test]
fn nesting_past_the_limit_is_a_problem_and_no_crash() {
    for text in [
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        "- ".repeat(100_000),
        "? ".repeat(100_000),
        "[{a: ".repeat(50_000),
        "a: &x ".repeat(50_000),
        "!t ".repeat(50_000),
    ] {
        let (stream, _) = walk(&text);
        assert!(!stream.problems.is_empty());
    }
    let deep: String = (0..20_000)
        .map(|depth| format!("{}a:\n", " ".repeat(depth)))
        .take(2000)
        .collect();
    let (stream, count) = walk(&deep);
    assert!(!stream.problems.is_empty());
    assert!(count > 100, "what was not too deep is there");
}

#[test]
fn long_texts_take_no_more_than_their_length() {
    for text in [
        "a: \"".repeat(50_000),
        "a: [\n".repeat(50_000),
        "#\n".repeat(200_000),
        "- a: b\n".repeat(100_000),
        "? a\n".repeat(50_000),
        "k: |\n  x\n".repeat(50_000),
        format!("a: |\n{}", "  x\n".repeat(200_000)),
        "'".repeat(100_001),
        "a: \"x\"#c\n".repeat(5_000),
        "[a, ".repeat(200) + &"b, ".repeat(50_000),
        "\u{feff}\n".repeat(50_000),
        "a: x\n\u{1a}\n".repeat(20_000),
        "&a ".repeat(100_000),
        "*a ".repeat(100_000),
        "%TAG ! x\n".repeat(20_000),
        "---\n".repeat(100_000),
        "a: @\n".repeat(100_000),
    ] {
        walk(&text);
    }
}
