//! What a shell or another interpreter is given to run.

use super::call::Call;
use super::options::{Item, Spec, read};
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

/// Whether a program reads shell text.
pub(crate) fn is_shell(program: &str) -> bool {
    SHELLS.contains(&program)
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
        "su" | "runuser" => return su(operands),
        _ => {}
    }
    if is_shell(&program) {
        return shell(operands);
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
