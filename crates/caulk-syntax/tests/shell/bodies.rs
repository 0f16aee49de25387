//! The `RUN` bodies of the corpus.

use caulk_source::FileId;
use caulk_syntax::Joined;
use caulk_syntax::dockerfile::{self, Instruction, Keyword};

use crate::support;

/// A `RUN` body: its file, the file's text, and what a shell reads.
pub(crate) struct Body {
    pub(crate) path: String,
    pub(crate) source: String,
    pub(crate) text: Joined,
}

/// Every `RUN` body of the corpus that a shell like sh reads.
pub(crate) fn all(test: &str) -> Option<Vec<Body>> {
    let corpus = support::corpus(test)?;
    let mut bodies = Vec::new();
    for expected in support::json_lines(&corpus.join("expected/dockerfile-instructions.jsonl")) {
        let path = expected["file"].as_str().unwrap_or_default();
        let source = support::text(&corpus.join("projects").join(path));
        let dockerfile = dockerfile::parse(FileId::FIRST, &source);
        let other_shell = dockerfile.escape == '`'
            || dockerfile
                .instructions
                .iter()
                .any(|step| step.keyword == Keyword::Shell && !step.rest.text().contains("sh\""));
        if other_shell {
            continue;
        }
        let scripts = dockerfile
            .instructions
            .iter()
            .map(|step| step.trigger().unwrap_or(step))
            .filter(|step| step.keyword == Keyword::Run)
            .filter_map(|step: &Instruction| step.script(&source));
        bodies.extend(
            scripts
                .filter(|script| {
                    let interpreter = script.interpreter.as_deref();
                    interpreter.is_none_or(|interpreter| interpreter.contains("sh"))
                })
                .map(|script| Body {
                    path: path.to_owned(),
                    source: source.clone(),
                    text: script.text,
                }),
        );
    }
    Some(bodies)
}
