//! `PyYAML` as the judge: it stands on libyaml, and so does, by descent, the reader in Go.

#![expect(clippy::disallowed_methods, reason = "tests ask another program")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use caulk_source::{FileId, cut_from, cut_to};
use caulk_syntax::Problem;
use caulk_syntax::yaml::{Node, ScalarStyle, Value, parse};
use serde_json::{Value as Json, json};

use crate::corpus::{Random, files, mutant, say};

/// Reads a list of texts, prints for each its documents with aliases and merge keys resolved, or
/// null where it refuses the text. A scalar is its text behind `p` (plain) or `q`.
const SCRIPT: &str = r#"
import json, sys
try:
    import yaml
except ImportError:
    sys.exit(3)
Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
def dump(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
def convert(loader, node, open, budget):
    budget[0] -= 1
    if id(node) in open or budget[0] < 0:
        raise yaml.YAMLError("recursive")
    if isinstance(node, yaml.ScalarNode):
        return ("q" if node.style else "p") + node.value
    open = open | {id(node)}
    if isinstance(node, yaml.SequenceNode):
        return [convert(loader, item, open, budget) for item in node.value]
    loader.flatten_mapping(node)
    result = {}
    for key, value in node.value:
        name = convert(loader, key, open, budget)
        name = name[1:] if isinstance(name, str) else dump(name)
        result[name] = convert(loader, value, open, budget)
    return result
for text in json.load(sys.stdin):
    try:
        loader = Base(text)
        documents = []
        while loader.check_node():
            documents.append(convert(loader, loader.get_node(), frozenset(), [20000]))
        line = json.dumps(documents)
        json.dumps(documents, ensure_ascii=False).encode("utf-8")
    except (yaml.YAMLError, ValueError, RecursionError):
        line = "null"
    print(line)
"#;

/// What `PyYAML` says of each text; nothing where there is no `PyYAML`.
fn ask(texts: &[String]) -> Option<Vec<Json>> {
    let mut python = Command::new("python3")
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let input = serde_json::to_vec(texts).ok()?;
    let written = python.stdin.take()?.write_all(&input).is_ok();
    let output = python.wait_with_output().ok()?;
    if !written || !output.status.success() {
        return None;
    }
    let lines = String::from_utf8(output.stdout).ok()?;
    lines
        .lines()
        .map(|line| serde_json::from_str(line).ok())
        .collect()
}

fn ours(value: &Value<'_>) -> Json {
    if value.is_sequence() {
        return value.items().map(|item| ours(&item)).collect();
    }
    if value.is_mapping() {
        let members = value.members();
        return members
            .iter()
            .map(|member| (name(member.key), ours(&member.value)))
            .collect();
    }
    scalar(value.node())
}

fn scalar(node: Node<'_>) -> Json {
    let plain = node.style() == Some(ScalarStyle::Plain);
    let kind = if plain { "p" } else { "q" };
    json!(format!("{kind}{}", node.text().unwrap_or("?")))
}

/// A key as the script names it.
fn name(key: Node<'_>) -> String {
    let text = key.text().map(ToOwned::to_owned);
    text.unwrap_or_else(|| ours(&Value::at(key)).to_string())
}

/// Whether Go refuses what `PyYAML` takes: it must not be held against us.
fn is_only_gos(problem: &Problem) -> bool {
    problem.message.contains("is already in this mapping")
}

/// Whether this is the one thing that libyaml takes and our parser does not: the header of a block
/// scalar that stands no deeper than the key it belongs to.
fn is_shallow_block_scalar(text: &str, problem: &Problem) -> bool {
    let end = problem.span.range().start;
    let line = cut_to(text, end).rsplit('\n').next().unwrap_or_default();
    let rest = cut_from(text, end);
    line.trim().is_empty() && rest.starts_with(['|', '>'])
}

/// Whether a byte-order mark begins a line: Go and libyaml skip it between tokens, and inside
/// text, where libyaml keeps it, we skip it too.
fn has_mark_in_the_middle(text: &str) -> bool {
    text.contains("\n\u{feff}")
}

struct Tally {
    compared: usize,
    equal: usize,
    listed: usize,
    only_here: usize,
    different: Vec<String>,
}

fn compare(texts: &[String]) -> Option<Tally> {
    let answers = ask(texts)?;
    assert_eq!(answers.len(), texts.len());
    let mut tally = Tally {
        compared: 0,
        equal: 0,
        listed: 0,
        only_here: 0,
        different: Vec::new(),
    };
    for (text, answer) in texts.iter().zip(&answers) {
        let stream = parse(FileId::FIRST, text);
        if answer.is_null() {
            tally.only_here += usize::from(stream.problems.is_empty());
            continue;
        }
        tally.compared += 1;
        let problem = stream.problems.iter().find(|problem| !is_only_gos(problem));
        let mine: Json = stream.roots().map(|root| ours(&root)).collect();
        match problem {
            None if mine == *answer => tally.equal += 1,
            Some(problem) if is_shallow_block_scalar(text, problem) => tally.listed += 1,
            _ if has_mark_in_the_middle(text) => tally.listed += 1,
            _ => tally.different.push(format!(
                "{problem:?}\n{text}\nours   {mine}\ntheirs {answer}"
            )),
        }
    }
    Some(tally)
}

fn judge(what: &str, texts: &[String]) {
    let Some(tally) = compare(texts) else {
        say("skipped: no python3 with yaml");
        return;
    };
    say(&format!(
        "{what} against PyYAML: compared {}, equal {}, listed {}; {} that PyYAML refuses and we do not",
        tally.compared, tally.equal, tally.listed, tally.only_here
    ));
    assert!(
        tally.different.is_empty(),
        "{}",
        tally.different.join("\n\n")
    );
}

#[test]
fn real_files_mean_what_pyyaml_says() {
    let files = files("corpus", &["yml", "yaml"]);
    let texts: Vec<String> = files.into_iter().map(|(_, text)| text).collect();
    judge("files", &texts);
}

#[test]
fn broken_files_mean_what_pyyaml_says() {
    let mut random = Random::new(11);
    let files = files("corpus", &["yml", "yaml"]);
    let short = files.iter().filter(|(_, text)| text.len() < 2500);
    let texts: Vec<String> = short
        .flat_map(|(_, text)| {
            [
                mutant(text, &mut random),
                mutant(text, &mut random),
                mutant(text, &mut random),
            ]
        })
        .collect();
    judge("mutants", &texts);
}
