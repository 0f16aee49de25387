//! `serde_json` as the judge.

use caulk_source::{FileId, cut};
use caulk_syntax::json::{Kind, Value, parse};
use serde_json::Value as Theirs;

use crate::corpus::{Random, files, mutant, say};

fn same(ours: &Value, theirs: &Theirs) -> bool {
    match (&ours.kind, theirs) {
        (Kind::Null, Theirs::Null) => true,
        (Kind::Bool(ours), Theirs::Bool(theirs)) => ours == theirs,
        (Kind::Number(ours), Theirs::Number(theirs)) => {
            serde_json::from_str::<serde_json::Number>(ours).is_ok_and(|ours| ours == *theirs)
        }
        (Kind::String(ours), Theirs::String(theirs)) => ours == theirs,
        (Kind::Array(ours), Theirs::Array(theirs)) => {
            ours.len() == theirs.len()
                && ours
                    .iter()
                    .zip(theirs)
                    .all(|(ours, theirs)| same(ours, theirs))
        }
        (Kind::Object(_), Theirs::Object(theirs)) => {
            let known = |key: &String| theirs.contains_key(key);
            ours.members().iter().all(|member| known(&member.key.value))
                && theirs
                    .iter()
                    .all(|(key, theirs)| ours.get(key).is_some_and(|ours| same(ours, theirs)))
        }
        _ => false,
    }
}

/// Every piece of the text at a value's place is that value.
pub(crate) fn check_places(text: &str, value: &Value) {
    let piece = cut(text, value.span.range());
    let theirs = serde_json::from_str::<Theirs>(piece);
    let theirs = theirs.unwrap();
    assert!(same(value, &theirs), "{piece:?}");
    for item in value.items() {
        check_places(text, item);
    }
    for member in value.members() {
        let key: String = serde_json::from_str(cut(text, member.key.span.range())).unwrap();
        assert_eq!(key, member.key.value);
        check_places(text, &member.value);
    }
}

/// What `serde_json` says; nothing where it refuses for a reason that Go does not have: half a
/// surrogate pair, a number too large, nesting past 128, a byte that is not UTF-8.
fn judge(text: &str) -> Option<Result<Theirs, String>> {
    serde_json::from_str(text)
        .map(Ok)
        .or_else(|error| {
            let message = error.to_string();
            let own = ["surrogate", "hex escape", "out of range", "recursion limit"];
            let own = own.iter().any(|reason| message.contains(reason)) || text.contains('\u{1a}');
            if own { Err(()) } else { Ok(Err(message)) }
        })
        .ok()
}

fn compare(text: &str) -> Option<bool> {
    let theirs = judge(text)?;
    let ours = parse(FileId::FIRST, text);
    Some(match theirs {
        Ok(theirs) => {
            ours.problems.is_empty() && ours.value.is_some_and(|ours| same(&ours, &theirs))
        }
        Err(_) => ours.problems.len() == 1,
    })
}

fn json_files() -> Vec<String> {
    let seccomp = files("seccomp", &["json"]);
    let corpus = files("corpus", &["json"]);
    seccomp
        .into_iter()
        .chain(corpus)
        .map(|(_, text)| text)
        .collect()
}

#[test]
fn real_files_read_as_serde_json_reads_them() {
    let (mut compared, mut equal) = (0, 0);
    for text in json_files() {
        let Some(agree) = compare(&text) else {
            continue;
        };
        compared += 1;
        equal += usize::from(agree);
        let parsed = parse(FileId::FIRST, &text);
        if let (Some(value), []) = (&parsed.value, parsed.problems.as_slice()) {
            check_places(&text, value);
        }
    }
    say(&format!(
        "files against serde_json: compared {compared}, equal {equal}, listed 0"
    ));
    assert_eq!(compared, equal);
}

#[test]
fn broken_files_read_as_serde_json_reads_them() {
    let mut random = Random::new(5);
    let (mut compared, mut different) = (0, Vec::new());
    for text in json_files().iter().filter(|text| text.len() < 20_000) {
        for _ in 0..20 {
            let text = mutant(text, &mut random);
            let Some(agree) = compare(&text) else {
                continue;
            };
            compared += 1;
            if !agree {
                different.push(text);
            }
        }
    }
    say(&format!(
        "mutants against serde_json: compared {compared}, equal {}, listed 0",
        compared - different.len()
    ));
    assert_eq!(different, [""; 0]);
}
