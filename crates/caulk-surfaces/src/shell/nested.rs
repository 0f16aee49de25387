//! What a shell or another interpreter is given to run.

use super::call::Call;
use super::options::{Item, Spec, read};
use super::program::{name_of, program_at};
use super::value::{PieceKind, Value};

/// What an interpreter runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Code {
    /// A text that stands among its words, or several that it joins.
    Text(Value),
    /// A file.
    File(Value),
    /// Its standard input.
    Input,
}

/// Shells, which read the rest of this crate's language.
const SHELLS: &[&str] = &["ash", "bash", "dash", "ksh", "mksh", "rbash", "sh", "zsh"];

/// Other interpreters, with the options whose value is a program, and those after which their
/// standard input is none.
const OTHERS: &[(&str, &str, &str)] = &[
    ("bun", "e", ""),
    ("deno", "", ""),
    ("lua", "e", ""),
    ("node", "ep", "r"),
    ("nodejs", "ep", "r"),
    ("perl", "eE", "npi"),
    ("php", "rBRE", "f"),
    ("pwsh", "c", "f"),
    ("python", "c", "m"),
    ("ruby", "e", "np"),
];

const SHELL: Spec = Spec {
    short: "oO",
    long: &["init-file", "rcfile"],
};

/// Shell text that a call has run.
pub(super) struct Nested {
    pub(super) text: Value,
    /// Whether the shell that runs it is the one that reads this.
    pub(super) here: bool,
}

/// The shell text that a call has run, where it is written here.
pub(super) fn text_of(call: &Call) -> Option<Nested> {
    let program = call.program()?;
    let reads = SHELLS.contains(&program.as_str())
        || matches!(program.as_str(), "eval" | "su" | "runuser" | "sg" | "ssh");
    if !reads {
        return None;
    }
    let text = match code_of(call)? {
        Code::Text(text) => text,
        Code::Input => call.fed.clone()?,
        Code::File(_) => return None,
    };
    let here = program == "eval";
    Some(Nested { text, here })
}

/// What a call gives an interpreter to run, where its program is one.
pub(crate) fn code_of(call: &Call) -> Option<Code> {
    let program = call.program()?;
    let operands = call.operands();
    match program.as_str() {
        "eval" => return Some(Code::Text(joined(operands)?)),
        "." | "source" => {
            let file = operands.first().cloned()?;
            return Some(if is_input(&file) {
                Code::Input
            } else {
                Code::File(file)
            });
        }
        "su" | "runuser" | "sg" => return su(operands),
        "ssh" => return remote(operands),
        _ => {}
    }
    if SHELLS.contains(&program.as_str()) {
        // What xargs reads is a list of words.
        let code = shell(operands);
        return code.filter(|code| *code != Code::Input || !call.has_wrapper("xargs"));
    }
    let name = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let (_, program, none) = OTHERS.iter().find(|(other, _, _)| *other == name)?;
    other(operands, program, none)
}

/// `-c TEXT`, `-s`, a script, or nothing: then it reads its standard input.
fn shell(operands: &[Value]) -> Option<Code> {
    let items = read(operands, &SHELL, true);
    let has = |letter: &str| {
        items
            .iter()
            .any(|item| matches!(item, Item::Option { name, .. } if name == letter))
    };
    let operand = items.iter().find_map(|item| match item {
        Item::Operand { value, .. } => Some(value.clone()),
        Item::Option { .. } => None,
    });
    if has("c") {
        return operand.map(Code::Text);
    }
    if has("version") || has("help") || has("n") {
        return None;
    }
    match operand {
        Some(file) if !has("s") && !is_input(&file) => Some(Code::File(file)),
        _ => Some(Code::Input),
    }
}

/// `su NAME -c TEXT`
fn su(operands: &[Value]) -> Option<Code> {
    let spec = Spec {
        short: "cCgGsTuw",
        long: &["command", "session-command", "group", "shell", "user"],
    };
    let items = read(operands, &spec, false);
    items.into_iter().find_map(|item| match item {
        Item::Option {
            name,
            value: Some(text),
            ..
        } if matches!(name.as_str(), "c" | "command" | "session-command") => Some(Code::Text(text)),
        Item::Option { .. } | Item::Operand { .. } => None,
    })
}

/// `ssh HOST COMMAND`: the words are joined, and a shell over there reads them; without any, it reads
/// its standard input.
fn remote(operands: &[Value]) -> Option<Code> {
    let spec = Spec {
        short: "BbcDEeFIiJLlmOoPpQRSWw",
        long: &[],
    };
    let host = read(operands, &spec, true)
        .into_iter()
        .find_map(|item| match item {
            Item::Operand { index, .. } => Some(index),
            Item::Option { .. } => None,
        })?;
    let words = operands.get(host + 1..).unwrap_or_default();
    if starts_a_shell(words) {
        return Some(Code::Input);
    }
    Some(joined(words).map_or(Code::Input, Code::Text))
}

/// Whether the text that the words make is no more than the start of a shell that reads its standard
/// input: `sudo bash -s`.
fn starts_a_shell(words: &[Value]) -> bool {
    let mut pieces = Vec::new();
    for word in words {
        let text = word.known().unwrap_or_default();
        let parts = text.split_whitespace();
        pieces.extend(parts.map(|part| Value::text(part, word.span)));
    }
    let program = program_at(&pieces).and_then(|at| pieces.get(at..));
    let Some((program, operands)) = program.and_then(<[Value]>::split_first) else {
        return false;
    };
    let program = program.known().unwrap_or_default();
    SHELLS.contains(&name_of(&program)) && shell(operands) == Some(Code::Input)
}

fn other(operands: &[Value], program: &str, none: &str) -> Option<Code> {
    for (index, word) in operands.iter().enumerate() {
        let start = word.known_start();
        if !start.starts_with('-') {
            break;
        }
        let letters = start.strip_prefix('-').unwrap_or_default();
        if letters.is_empty() || letters == "-" {
            // `php -- --option`: what follows is for the program that it reads.
            return Some(Code::Input);
        }
        if letters.ends_with(|letter| program.contains(letter)) && !letters.starts_with('-') {
            return operands.get(index + 1).cloned().map(Code::Text);
        }
        let other = letters.starts_with('-') || letters == "V";
        if other || letters.contains(|letter| none.contains(letter)) {
            return None;
        }
    }
    let file = operands
        .iter()
        .find(|word| !word.known_start().starts_with('-'));
    match file {
        Some(file) if !is_input(file) => Some(Code::File(file.clone())),
        _ => Some(Code::Input),
    }
}

fn is_input(file: &Value) -> bool {
    matches!(file.known().as_deref(), Some("-" | "/dev/stdin"))
}

/// Words with a blank between them.
fn joined(words: &[Value]) -> Option<Value> {
    let (first, rest) = words.split_first()?;
    let mut whole = first.clone();
    for word in rest {
        let gap = caulk_source::Span::at(word.span.file, word.span.range().start);
        whole.push(PieceKind::Text(" ".to_owned()), gap);
        for piece in &word.pieces {
            whole.push(piece.kind.clone(), piece.span);
        }
        whole.span = whole.span.to(word.span);
    }
    Some(whole)
}
