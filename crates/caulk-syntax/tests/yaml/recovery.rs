//! Reading on after what cannot be read.

use caulk_source::FileId;
use caulk_syntax::yaml::{Stream, Value, parse};

fn broken(text: &str) -> Stream {
    let stream = parse(FileId::FIRST, text);
    assert_eq!(stream.problems.len(), 1, "{text}\n{:?}", stream.problems);
    stream
}

fn text_at(stream: &Stream, path: &[&str]) -> Option<String> {
    let root = stream.root()?;
    let found = path
        .iter()
        .try_fold(root, |value: Value<'_>, key| value.get(key))?;
    found.as_str().map(ToOwned::to_owned)
}

#[test]
fn one_bad_line_costs_that_line() {
    let text =
        "services:\n  a:\n    image: x: y\n    user: root\n  b:\n    user: app\nvolumes: v\n";
    let stream = broken(text);
    assert_eq!(
        text_at(&stream, &["services", "a", "user"]).as_deref(),
        Some("root")
    );
    assert_eq!(
        text_at(&stream, &["services", "b", "user"]).as_deref(),
        Some("app")
    );
    assert_eq!(text_at(&stream, &["volumes"]).as_deref(), Some("v"));
    assert_eq!(&text[stream.problems[0].span.range()], ":");
    let skipped: Vec<&str> = stream
        .skipped
        .iter()
        .map(|span| &text[span.range()])
        .collect();
    assert_eq!(skipped, ["    image: x: y"]);
}

#[test]
fn an_open_quote_costs_its_line() {
    let stream = broken("a:\n  b: \"x\n  c: d\ne: f\n");
    assert_eq!(text_at(&stream, &["a", "c"]).as_deref(), Some("d"));
    assert_eq!(text_at(&stream, &["e"]).as_deref(), Some("f"));
}

#[test]
fn an_open_bracket_costs_what_is_nested_under_it() {
    let stream = broken("a:\n  b: [x,\n    y\n  c: d\ne: f\n");
    assert_eq!(text_at(&stream, &["a", "c"]).as_deref(), Some("d"));
    assert_eq!(text_at(&stream, &["e"]).as_deref(), Some("f"));
}

#[test]
fn what_is_nested_under_a_bad_line_goes_with_it() {
    // Else `privileged` would belong to `db`.
    let stream = broken("services:\n  db:\n    image: x\n\tweb:\n    privileged: true\nname: n\n");
    assert_eq!(
        text_at(&stream, &["services", "db", "image"]).as_deref(),
        Some("x")
    );
    assert_eq!(text_at(&stream, &["services", "db", "privileged"]), None);
    assert_eq!(text_at(&stream, &["name"]).as_deref(), Some("n"));
}

#[test]
fn anchors_before_a_bad_line_hold_after_it() {
    let stream = broken("a: &x {user: root}\nb: ]\nc: *x\n");
    assert_eq!(text_at(&stream, &["c", "user"]).as_deref(), Some("root"));
}

#[test]
fn comments_of_lines_left_out_stay() {
    let text = "a: @x\n  # caulk: ignore\nb: c # d\n";
    let stream = broken(text);
    let comments: Vec<&str> = stream
        .comments
        .iter()
        .map(|comment| &text[comment.span.range()])
        .collect();
    assert_eq!(comments, ["# caulk: ignore", "# d"]);
}

#[test]
fn many_bad_lines_are_left_out_one_by_one() {
    let lines: Vec<String> = (0..12)
        .map(|index| format!("bad{index}: @\ngood{index}: 1\n"))
        .collect();
    let stream = broken(&lines.concat());
    assert_eq!(stream.root().unwrap().members().len(), 12);
    assert_eq!(stream.skipped.len(), 12);
}

#[test]
fn more_bad_lines_than_patience_still_give_a_tree() {
    let lines: Vec<String> = (0..500)
        .map(|index| format!("good{index}: 1\nbad{index}: @\n"))
        .collect();
    let stream = broken(&lines.concat());
    assert!(stream.root().unwrap().members().len() > 12);
    assert!(stream.root().unwrap().get("good0").is_some());
}

#[test]
fn a_text_that_breaks_off_keeps_what_it_said() {
    let stream = broken("services:\n  web:\n    user: root\n    command: [\"a\", \"b");
    assert_eq!(
        text_at(&stream, &["services", "web", "user"]).as_deref(),
        Some("root")
    );
}
