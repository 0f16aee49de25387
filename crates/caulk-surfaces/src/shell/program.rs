//! Which word of a command is its program.

use caulk_syntax::shell::Word;

use super::options::{Item, Spec, read};
use super::value::Value;

/// A program that runs the rest of its words.
struct Wrapper {
    name: &'static str,
    spec: Spec,
    /// How many operands of its own stand before the program.
    operands: usize,
}

const fn wrapper(
    name: &'static str,
    short: &'static str,
    long: &'static [&'static str],
    operands: usize,
) -> Wrapper {
    Wrapper {
        name,
        spec: Spec { short, long },
        operands,
    }
}

/// The programs, with their options that take a value from the next word.
#[rustfmt::skip]
const WRAPPERS: &[Wrapper] = &[
    wrapper("builtin", "", &[], 0),
    wrapper("busybox", "", &[], 0),
    wrapper("chronic", "", &[], 0),
    wrapper("chroot", "", &[], 1),
    wrapper("chrt", "", &[], 1),
    wrapper("command", "", &[], 0),
    wrapper("coproc", "", &[], 0),
    wrapper("doas", "uC", &[], 0),
    wrapper("eatmydata", "", &[], 0),
    wrapper("env", "uCS", &["chdir", "split-string", "unset"], 0),
    wrapper("exec", "a", &[], 0),
    wrapper("fakeroot", "", &[], 0),
    wrapper("flock", "Ew", &["conflict-exit-code", "timeout", "wait"], 1),
    wrapper("gosu", "", &[], 1),
    wrapper("ionice", "cnp", &["class", "classdata", "pid"], 0),
    wrapper("nice", "n", &["adjustment"], 0),
    wrapper("nohup", "", &[], 0),
    wrapper("pkexec", "", &["user"], 0),
    wrapper("retry", "dt", &["delay", "times"], 0),
    wrapper("setarch", "", &[], 1),
    wrapper("setsid", "", &[], 0),
    wrapper("stdbuf", "ioe", &["error", "input", "output"], 0),
    wrapper("su-exec", "", &[], 1),
    wrapper("sudo", "ugpChrtTUDR", SUDO, 0),
    wrapper("time", "fo", &["format", "output"], 0),
    wrapper("timeout", "sk", &["kill-after", "signal"], 1),
    wrapper("tini", "", &[], 0),
    wrapper("unbuffer", "", &[], 0),
    wrapper("watch", "nq", &["equexit", "interval"], 0),
    wrapper("winpty", "", &[], 0),
    wrapper("xargs", "adEILnPs", XARGS, 0),
];

const SUDO: &[&str] = &[
    "chdir",
    "chroot",
    "close-from",
    "command-timeout",
    "group",
    "host",
    "other-user",
    "prompt",
    "role",
    "type",
    "user",
];

const XARGS: &[&str] = &[
    "arg-file",
    "delimiter",
    "max-args",
    "max-chars",
    "max-lines",
    "max-procs",
];

/// Whether the words are those of a program that sets variables: what follows a `=` is not split.
pub(super) fn declares(words: &[Word]) -> bool {
    let program = words.first().and_then(Word::as_bare);
    matches!(
        program.as_deref(),
        Some("declare" | "export" | "local" | "readonly" | "typeset")
    )
}

/// Where among `words` the program stands. Assignments in front of a command are no words.
pub(super) fn program_at(words: &[Value]) -> Option<usize> {
    let mut at = 0;
    // Nobody stacks more than a few.
    for _ in 0..8 {
        let word = words.get(at)?.known();
        let name = word.as_deref().map_or("", name_of);
        let Some(wrapper) = WRAPPERS.iter().find(|wrapper| wrapper.name == name) else {
            return Some(at);
        };
        let rest = words.get(at + 1..).unwrap_or_default();
        let Some(inner) = behind(rest, wrapper) else {
            // It runs nothing, so it is the program itself: `sudo -v`, `command -v x`.
            return Some(at);
        };
        at += 1 + inner;
    }
    Some(at)
}

/// Where the program stands behind a wrapper's own options, operands and assignments.
fn behind(words: &[Value], wrapper: &Wrapper) -> Option<usize> {
    let mut left = wrapper.operands;
    for item in read(words, &wrapper.spec, true) {
        match item {
            Item::Option { name, .. } => {
                let asks = matches!((wrapper.name, name.as_str()), ("command", "v" | "V"));
                if asks {
                    return None;
                }
            }
            Item::Operand { value, index } => {
                let start = value.known_start();
                let assigns = matches!(wrapper.name, "env" | "sudo" | "doas")
                    && start.split_once('=').is_some_and(|(name, _)| is_name(name));
                if assigns {
                    continue;
                }
                if left == 0 {
                    return Some(index);
                }
                left -= 1;
            }
        }
    }
    None
}

/// Whether `text` is a variable's name.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The last part of a program's path.
pub(crate) fn name_of(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}
