//! Command lines as values in YAML and JSON.

use std::ops::Range;

use caulk_source::{FileId, Span, cut};
use caulk_syntax::Joined;
use caulk_syntax::json;
use caulk_syntax::yaml::{self, Kind, Node};

/// Keys whose value a shell reads, in workflows and actions of GitHub and pipelines of GitLab.
const KEYS: &[&str] = &["run", "script", "before_script", "after_script"];

/// Shells of a step that are none of ours.
const OTHER_SHELLS: &[&str] = &["cmd", "node", "nu", "perl", "powershell", "pwsh", "python"];

/// The steps of a pipeline.
pub(super) fn pipeline(id: FileId, text: &str) -> Vec<Joined> {
    let stream = yaml::parse(id, text);
    let mut texts = Vec::new();
    if let Some(root) = stream.root() {
        collect(root.node(), text, &mut texts);
    }
    texts
}

fn collect(node: Node<'_>, source: &str, texts: &mut Vec<Joined>) {
    match node.kind() {
        Kind::Mapping => {
            let shell = node
                .entries()
                .find(|entry| entry.key.text() == Some("shell"))
                .and_then(|entry| entry.value.text());
            let ours = shell.is_none_or(|shell| {
                let name = shell.split_whitespace().next().unwrap_or_default();
                !OTHER_SHELLS.contains(&name)
            });
            for entry in node.entries() {
                let is_text = entry.key.text().is_some_and(|key| KEYS.contains(&key));
                if is_text && ours {
                    texts.extend(scripts(entry.value, source));
                }
                collect(entry.value, source, texts);
            }
        }
        Kind::Sequence => {
            for item in node.items() {
                collect(item.value, source, texts);
            }
        }
        Kind::Scalar { .. } | Kind::Alias(_) => {}
    }
}

/// A scalar, or a list of them that one shell reads.
fn scripts(node: Node<'_>, source: &str) -> Option<Joined> {
    match node.kind() {
        Kind::Scalar { .. } => scalar(node, source),
        Kind::Sequence => {
            let mut items = node.items().filter_map(|item| scalar(item.value, source));
            let mut whole = items.next()?;
            for item in items {
                let span = item.whole();
                whole.push_for("\n", Span::at(span.file, span.start as usize));
                whole.append(&item);
            }
            Some(whole)
        }
        Kind::Mapping | Kind::Alias(_) => None,
    }
}

/// A scalar's text, each line of it with its place.
pub(crate) fn scalar(node: Node<'_>, source: &str) -> Option<Joined> {
    let text = node.text()?;
    let span = node.span();
    let mut joined = Joined::new(span.file, span.start as usize);
    let mut from = span.start as usize;
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            joined.push_for("\n", Span::at(span.file, from));
        }
        if line.is_empty() {
            continue;
        }
        match cut(source, from..span.end as usize).find(line) {
            Some(found) => {
                push(&mut joined, span.file, line, from + found);
                from += found + line.len();
            }
            None => from = folded(&mut joined, line, source, from..span.end as usize, span),
        }
    }
    Some(joined)
}

/// Adds a line that was put together from several: each word has its place. One with escapes has
/// that of the whole. Gives where what follows begins.
fn folded(
    joined: &mut Joined,
    line: &str,
    source: &str,
    within: Range<usize>,
    span: Span,
) -> usize {
    let mut from = within.start;
    for (index, word) in line.split(' ').enumerate() {
        if index > 0 {
            joined.push_for(" ", Span::at(span.file, from));
        }
        match cut(source, from..within.end).find(word) {
            Some(found) => {
                push(joined, span.file, word, from + found);
                from += found + word.len();
            }
            None => joined.push_for(&without_expressions(word), span),
        }
    }
    from
}

/// Adds a line that stands in the file; `${{ … }}` stands for what is not known.
fn push(joined: &mut Joined, file: FileId, line: &str, start: usize) {
    let mut at = 0;
    for range in expressions(line) {
        joined.push(cut(line, at..range.start), start + at);
        let span = Span::new(file, start + range.start..start + range.end);
        joined.push_for("${_}", span);
        at = range.end;
    }
    joined.push(cut(line, at..line.len()), start + at);
}

fn without_expressions(line: &str) -> String {
    let mut text = String::new();
    let mut at = 0;
    for range in expressions(line) {
        text.push_str(cut(line, at..range.start));
        text.push_str("${_}");
        at = range.end;
    }
    text.push_str(cut(line, at..line.len()));
    text
}

/// Where `${{ … }}` stands.
pub(crate) fn expressions(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(found) = cut(text, at..text.len()).find("${{") {
        let start = at + found;
        let Some(length) = cut(text, start..text.len()).find("}}") else {
            break;
        };
        at = start + length + 2;
        ranges.push(start..at);
    }
    ranges
}

/// The scripts of a `package.json`.
pub(super) fn package(id: FileId, text: &str) -> Vec<Joined> {
    let parsed = json::parse(id, text);
    let scripts = parsed.value.as_ref().and_then(|root| root.get("scripts"));
    let members = scripts.map(json::Value::members).unwrap_or_default();
    let texts = members.iter().filter_map(|member| {
        member.value.as_str()?;
        Some(string(member.value.span, text))
    });
    texts.collect()
}

/// A string of JSON as a text of its own: what is escaped stands for what it means.
pub(crate) fn string(span: Span, source: &str) -> Joined {
    let start = span.start as usize + 1;
    let raw = cut(source, start..(span.end as usize).saturating_sub(1));
    let mut joined = Joined::new(span.file, start);
    let mut at = 0;
    while let Some(found) = cut(raw, at..raw.len()).find('\\') {
        let escape = at + found;
        joined.push(cut(raw, at..escape), start + at);
        let (length, text) = escaped(cut(raw, escape..raw.len()));
        let place = Span::new(span.file, start + escape..start + escape + length);
        joined.push_for(&text, place);
        at = escape + length;
    }
    joined.push(cut(raw, at..raw.len()), start + at);
    joined
}

/// An escape: how long it is, and what it means. A character outside the basic plane, written as two
/// halves, is none that a command needs.
fn escaped(text: &str) -> (usize, String) {
    let sign = text.chars().nth(1);
    let simple = match sign {
        Some('n') => "\n",
        Some('t') => "\t",
        Some('r') => "\r",
        Some('b') => "\u{8}",
        Some('f') => "\u{c}",
        Some('u') => {
            let code = u32::from_str_radix(cut(text, 2..6), 16).ok();
            let character = code.and_then(char::from_u32);
            return (
                6.min(text.len()),
                character.unwrap_or('\u{fffd}').to_string(),
            );
        }
        Some(other) => return (1 + other.len_utf8(), other.to_string()),
        None => return (1, String::new()),
    };
    (2, simple.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_have_their_places() {
        let text = "jobs:\n  a:\n    steps:\n      - run: |\n          docker run \\\n            ${{ x }} b\n      - shell: python\n        run: docker run c\n      - run: docker run d\n";
        let texts = pipeline(FileId::FIRST, text);
        let read: Vec<&str> = texts.iter().map(Joined::text).collect();
        assert_eq!(read, ["docker run \\\n  ${_} b\n", "docker run d"]);
        let at = read[0].find("${_}").unwrap();
        assert_eq!(cut(text, texts[0].span(at..at + 4).range()), "${{ x }}");
        let at = read[0].find('b').unwrap();
        assert_eq!(
            texts[0].span(at..at + 1).start as usize,
            text.find(" b\n").unwrap() + 1
        );
    }

    #[test]
    fn folded_lines_keep_the_places_of_their_words() {
        let text = "run: >-\n  docker run\n  --rm a\n";
        let texts = pipeline(FileId::FIRST, text);
        assert_eq!(texts[0].text(), "docker run --rm a");
        let at = texts[0].text().find("--rm").unwrap();
        assert_eq!(cut(text, texts[0].span(at..at + 4).range()), "--rm");
    }

    #[test]
    fn a_script_of_several_items_is_one() {
        let text = "job:\n  script:\n    - A=1\n    - 'docker run a'\n";
        let texts = pipeline(FileId::FIRST, text);
        assert_eq!(texts[0].text(), "A=1\ndocker run a");
    }

    #[test]
    fn strings_of_json() {
        let text = r#"{"scripts": {"a": "docker run \"x y\" \u0041"}}"#;
        let texts = package(FileId::FIRST, text);
        assert_eq!(texts[0].text(), r#"docker run "x y" A"#);
    }
}
