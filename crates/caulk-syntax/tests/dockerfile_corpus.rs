//! The instruction lines of real files, against BuildKit's own.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fall over; the lints spare only the test functions themselves"
)]

mod support;

use caulk_source::{FileId, LineIndex, Span};
use caulk_syntax::dockerfile::{self, Keyword};
use serde_json::{Value, json};

/// What BuildKit's list has of each instruction: keyword, lines, flags, heredocs, JSON form.
fn ours(text: &str) -> Vec<Value> {
    let dockerfile = dockerfile::parse(FileId::FIRST, text);
    let index = LineIndex::new(text);
    let list = dockerfile.instructions.iter().map(|instruction| {
        let keyword = &text[instruction.keyword_span.range()];
        let mut entry = json!({
            "k": keyword,
            "s": index.line(instruction.span.start),
            "e": index.line(instruction.span.end.saturating_sub(1)),
        });
        if !instruction.flags.is_empty() {
            let flags: Vec<String> = instruction
                .flags
                .iter()
                .map(dockerfile::Flag::text)
                .collect();
            entry["f"] = json!(flags);
        }
        if !instruction.heredocs.is_empty() {
            entry["h"] = json!(instruction.heredocs.len());
        }
        if instruction.is_exec() {
            entry["j"] = json!(true);
        }
        entry
    });
    list.collect()
}

#[test]
fn instruction_lines_are_buildkits() {
    let Some(corpus) = support::corpus("instruction_lines_are_buildkits") else {
        return;
    };
    let (mut files, mut instructions, mut different) = (0, 0, Vec::new());
    for expected in support::json_lines(&corpus.join("expected/dockerfile-instructions.jsonl")) {
        if expected["ok"] != true {
            continue;
        }
        let path = expected["file"].as_str().unwrap();
        let text = support::text(&corpus.join("projects").join(path));
        let theirs = expected["ins"].as_array().unwrap();
        files += 1;
        instructions += theirs.len();
        let ours = ours(&text);
        if ours != *theirs {
            let at = ours
                .iter()
                .zip(theirs)
                .find(|(ours, theirs)| ours != theirs);
            different.push(format!(
                "{path}: {at:?} ({} against {})",
                ours.len(),
                theirs.len()
            ));
        }
        let refused = dockerfile::parse(FileId::FIRST, &text).problems;
        assert_eq!(
            refused.is_empty(),
            expected["sok"] == true,
            "{path}: {refused:?}"
        );
    }
    support::say(&format!(
        "instruction lines against BuildKit: {files} files, {instructions} instructions, {} files different",
        different.len()
    ));
    assert!(files > 500, "the corpus has shrunk to {files} files");
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// dockerfile-parser 0.9 reads four files of five; wherever it reads one, the instructions must be
/// the same. What differs is listed with its reason.
#[test]
fn instructions_agree_with_dockerfile_parser() {
    let Some(corpus) = support::corpus("instructions_agree_with_dockerfile_parser") else {
        return;
    };
    let (mut compared, mut equal, mut refused, mut different) = (0, 0, 0, Vec::new());
    for expected in support::json_lines(&corpus.join("expected/dockerfile-instructions.jsonl")) {
        let path = expected["file"].as_str().unwrap();
        let text = support::text(&corpus.join("projects").join(path));
        let Ok(theirs) = dockerfile_parser::Dockerfile::parse(&text) else {
            refused += 1;
            continue;
        };
        compared += 1;
        let theirs: Vec<String> = theirs
            .instructions
            .iter()
            .map(|instruction| {
                let span = instruction.span();
                text[span.start..span.end]
                    .split_whitespace()
                    .next()
                    .unwrap_or_default()
                    .to_uppercase()
            })
            .collect();
        let ours: Vec<String> = dockerfile::parse(FileId::FIRST, &text)
            .instructions
            .iter()
            .map(|instruction| text[instruction.keyword_span.range()].to_uppercase())
            .collect();
        if ours == theirs {
            equal += 1;
        } else {
            different.push(path.to_owned());
        }
    }
    support::say(&format!(
        "instructions against dockerfile-parser: {compared} compared, {equal} equal, {} listed, {refused} that it refuses",
        different.len()
    ));
    assert!(different.is_empty(), "{different:?}");
}

/// What is spliced into real files: what the reader treats in its own way.
const SPICE: &[&[u8]] = &[
    b"\\\n",
    b"<<EOF\n",
    b"`",
    b"\"",
    b"'",
    b"${",
    b"}",
    b"\xff",
    b"\r\n",
    b"#",
    b"[\"",
    b"--x=",
    b"\0",
    b"\xef\xbb\xbf",
];

#[test]
fn a_mutated_file_never_panics_and_every_span_lies_in_it() {
    let Some(corpus) = support::corpus("a_mutated_file_never_panics_and_every_span_lies_in_it")
    else {
        return;
    };
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below.max(1) as u64).unwrap_or(0)
    };
    for expected in support::json_lines(&corpus.join("expected/dockerfile-instructions.jsonl")) {
        let path = corpus
            .join("projects")
            .join(expected["file"].as_str().unwrap());
        let mut bytes = support::text(&path).into_bytes();
        for _ in 0..6 {
            let at = random(bytes.len());
            let insert = SPICE[random(SPICE.len())];
            let end = (at + random(4)).min(bytes.len());
            bytes.splice(at..end, insert.iter().copied());
            every_span_lies_in(&caulk_source::decode(&bytes));
        }
    }
}

fn every_span_lies_in(text: &str) {
    let dockerfile = dockerfile::parse(FileId::FIRST, text);
    let lies_in = |span: Span| assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
    for instruction in &dockerfile.instructions {
        lies_in(instruction.span);
        lies_in(instruction.keyword_span);
        instruction.flags.iter().for_each(|flag| lies_in(flag.span));
        instruction
            .heredocs
            .iter()
            .for_each(|heredoc| lies_in(heredoc.body));
        let refused = !dockerfile.problems.is_empty();
        assert!(
            instruction.keyword != Keyword::Unknown || refused,
            "{text:?}"
        );
    }
    dockerfile
        .problems
        .iter()
        .for_each(|problem| lies_in(problem.span));
    let is_comment = |span: &Span| text[span.range()].starts_with('#');
    assert!(dockerfile.comments.iter().all(is_comment), "{text:?}");
}
