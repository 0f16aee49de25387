//! Command lines as values in YAML and JSON.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use caulk_source::{FileId, Span, cut};
use caulk_syntax::Joined;
use caulk_syntax::json;
use caulk_syntax::yaml::{self, Kind, Node};

use super::clients::Endpoint;
use super::source::Texts;
use super::surroundings::{self, Surroundings};

/// Keys whose value a shell reads, in workflows and actions of GitHub and pipelines of GitLab.
const KEYS: &[&str] = &["run", "script", "before_script", "after_script"];

/// Shells of a step that are none of ours.
const OTHER_SHELLS: &[&str] = &["cmd", "node", "nu", "perl", "powershell", "pwsh", "python"];

/// The steps of a pipeline.
pub(super) fn pipeline(id: FileId, text: &str) -> Texts {
    let stream = yaml::parse(id, text);
    let mut reading = Reading {
        source: text,
        texts: Texts::default(),
        services: BTreeMap::new(),
    };
    if let Some(root) = stream.root() {
        surroundings::services(root.node(), &mut reading.services);
        reading.collect(root.node(), &Rc::new(Surroundings::default()), false, true);
    }
    reading.texts
}

struct Reading<'t> {
    source: &'t str,
    texts: Texts,
    /// The services of all jobs.
    services: BTreeMap<String, Span>,
}

impl Reading<'_> {
    /// Collects what a node has. A `container` has variables of its own, which are declared there.
    /// `ours` is whether a shell like sh reads the steps where none is named.
    fn collect(&mut self, node: Node<'_>, outer: &Rc<Surroundings>, container: bool, ours: bool) {
        match node.kind() {
            Kind::Mapping => {
                let around = Surroundings::of(node, outer);
                if !container && !Rc::ptr_eq(&around, outer) {
                    self.endpoint(&around);
                }
                let ours = shell_of(node).unwrap_or(ours);
                for entry in node.entries() {
                    let key = entry.key.text().unwrap_or_default();
                    if KEYS.contains(&key) && ours {
                        let script = scripts(entry.value, self.source);
                        let script = script.filter(|text| !is_powershell(text.text()));
                        let script = script.map(|text| (text, Rc::clone(&around)));
                        self.texts.scripts.extend(script);
                    }
                    let container = container || matches!(key, "container" | "services");
                    self.collect(entry.value, &around, container, ours);
                }
            }
            Kind::Sequence => {
                for item in node.items() {
                    self.collect(item.value, outer, container, ours);
                }
            }
            Kind::Scalar { .. } | Kind::Alias(_) => {}
        }
    }

    fn endpoint(&mut self, around: &Surroundings) {
        let Some(endpoint) = around.endpoint() else {
            return;
        };
        let service = self.services.get(endpoint.host()).copied();
        let endpoint = Endpoint {
            service,
            ..endpoint
        };
        self.texts.endpoints.push(endpoint);
    }
}

/// Whether a shell of ours reads the steps of a node, where it says so: a step names its `shell`, a
/// job or a workflow its `defaults`, and on Windows it is PowerShell.
fn shell_of(node: Node<'_>) -> Option<bool> {
    let defaults = || entry(entry(entry(node, "defaults")?, "run")?, "shell");
    if let Some(shell) = entry(node, "shell").or_else(defaults) {
        let name = shell.text()?.split_whitespace().next()?;
        return Some(!OTHER_SHELLS.contains(&name));
    }
    let runner = entry(node, "runs-on")?.text()?;
    Some(!runner.starts_with("windows"))
}

/// What stands behind a key of a mapping.
fn entry<'n>(node: Node<'n>, key: &str) -> Option<Node<'n>> {
    let mut entries = node.entries();
    let found = entries.find(|entry| entry.key.text() == Some(key));
    found.map(|entry| entry.value)
}

/// Whether a text is PowerShell by itself: no other shell takes a line that begins with its call
/// operator.
fn is_powershell(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with("& "))
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
        match near(source, from..span.end as usize, line) {
            Some(found) => {
                push(&mut joined, span.file, line, from + found);
                from += found + line.len();
            }
            None => from = folded(&mut joined, line, source, from..span.end as usize, span),
        }
    }
    Some(joined)
}

/// How much may stand before a line that belongs to it: what it is set in, and blank lines.
const MAX_BEFORE: usize = 1024;

/// How far behind the start of `range` the line begins, where that is near.
fn near(source: &str, range: Range<usize>, line: &str) -> Option<usize> {
    let mut end = range.end.min(range.start + line.len() + MAX_BEFORE);
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    cut(source, range.start..end).find(line)
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
        match near(source, from..within.end, word) {
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
    use caulk_syntax::dockerfile::Lookup;

    use super::*;

    fn read_pipeline(text: &str) -> Vec<Joined> {
        let texts = pipeline(FileId::FIRST, text);
        texts.scripts.into_iter().map(|(text, _)| text).collect()
    }

    #[test]
    fn steps_have_their_places() {
        let text = "jobs:\n  a:\n    steps:\n      - run: |\n          docker run \\\n            ${{ x }} b\n      - shell: python\n        run: docker run c\n      - run: docker run d\n";
        let texts = read_pipeline(text);
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
    fn other_shells_are_not_read() {
        let step = "    steps: [{run: docker run a}, {run: docker run b, shell: bash}]\n";
        for (job, count) in [
            ("    runs-on: ubuntu-latest\n", 2),
            ("    runs-on: windows-2025\n", 1),
            ("    runs-on: '${{ matrix.os }}'\n", 2),
            ("    defaults: {run: {shell: pwsh}}\n", 1),
            (
                "    runs-on: windows-2025\n    defaults: {run: {shell: bash}}\n",
                2,
            ),
        ] {
            let text = format!("jobs:\n  a:\n{job}{step}");
            assert_eq!(read_pipeline(&text).len(), count, "{job}");
        }
        let text = "steps:\n  - run: |\n      & docker run `\n        a\n";
        assert!(read_pipeline(text).is_empty());
    }

    #[test]
    fn folded_lines_keep_the_places_of_their_words() {
        let text = "run: >-\n  docker run\n  --rm a\n";
        let texts = read_pipeline(text);
        assert_eq!(texts[0].text(), "docker run --rm a");
        let at = texts[0].text().find("--rm").unwrap();
        assert_eq!(cut(text, texts[0].span(at..at + 4).range()), "--rm");
    }

    #[test]
    fn a_script_of_several_items_is_one() {
        let text = "job:\n  script:\n    - A=1\n    - 'docker run a'\n";
        let texts = read_pipeline(text);
        assert_eq!(texts[0].text(), "A=1\ndocker run a");
    }

    #[test]
    fn strings_of_json() {
        let text = r#"{"scripts": {"a": "docker run \"x y\" \u0041"}}"#;
        let texts = package(FileId::FIRST, text);
        assert_eq!(texts[0].text(), r#"docker run "x y" A"#);
    }

    #[test]
    fn variables_around_a_script() {
        let text = "variables:\n  A: x\n  B: {value: y, description: z}\n  C: $A/z\njob:\n  variables: {A: own}\n  script: [docker run a]\nother:\n  script: docker run b\n";
        let texts = pipeline(FileId::FIRST, text);
        let values = |index: usize| {
            let around = &texts.scripts[index].1;
            ["A", "B", "C", "D"].map(|name| around.lookup(name))
        };
        let set = |text: &str| Lookup::Set(text.to_owned());
        let (unknown, unset) = (Lookup::Unknown, Lookup::UnsetHere);
        let expected = [set("own"), set("y"), unknown.clone(), unset.clone()];
        assert_eq!(values(0), expected);
        assert_eq!(values(1), [set("x"), set("y"), unknown, unset]);
    }

    #[test]
    fn engines_that_variables_name() {
        let text = "services: [{name: 'docker:dind', alias: d}]\nvariables: {DOCKER_HOST: 'tcp://d:2375'}\na:\n  variables: {DOCKER_HOST: 'tcp://x:1', DOCKER_TLS_VERIFY: 1}\n  container: {env: {DOCKER_HOST: 'tcp://y:1'}}\nb:\n  variables: {DOCKER_HOST: 'tcp://docker:2'}\nc:\n  variables: {DOCKER_HOST: $X}\n";
        let texts = pipeline(FileId::FIRST, text);
        let found = texts.endpoints.iter().map(|endpoint| {
            let tls = endpoint.tls.as_ref().and_then(|tls| tls.known().copied());
            (endpoint.text.as_str(), endpoint.service.is_some(), tls)
        });
        let found: Vec<_> = found.collect();
        assert_eq!(
            found,
            [
                ("tcp://d:2375", true, None),
                ("tcp://x:1", false, Some(true)),
                ("tcp://docker:2", true, None)
            ]
        );
    }
}
