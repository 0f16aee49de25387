//! How a line of a call ends: with what the kernel answered, in the middle, or not at all.

use memchr::memmem;

use super::prefix::{decimal, digits};

/// What the kernel answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Answer {
    /// The number, where it is a decimal one: what is wanted of it is the process that was started,
    /// as the other lines of the log call it.
    pub(super) value: Option<u32>,
    /// Whether it is a result, and not an error or nothing (`?`).
    pub(super) succeeded: bool,
    /// Whether it is an error.
    pub(super) failed: bool,
    /// Whether the error is `ENOSYS`: this kernel, or the filter, has no such call.
    pub(super) is_enosys: bool,
}

/// How a line ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ending {
    /// `) = 0`
    Answered(Answer),
    /// `<unfinished ...>`, `<detached ...>`: the rest stands on a later line, or nowhere.
    Unfinished,
    /// Neither: the line is cut, split by output of the program, or no call.
    Open,
}

/// Reads the end of a line.
pub(super) fn ending(line: &[u8]) -> Ending {
    let line = line.trim_ascii_end();
    if line.ends_with(b"<unfinished ...>") || line.ends_with(b"<detached ...>") {
        return Ending::Unfinished;
    }
    match answer(line) {
        Some(answer) => Ending::Answered(answer),
        None => Ending::Open,
    }
}

/// The answer behind the last `) = `. The answer itself may hold text (`= 3</a) = b>`, `= 1
/// ([{fd=3}])`); that is read as far as it is a number and an error, so the last one that begins
/// like an answer is taken.
fn answer(line: &[u8]) -> Option<Answer> {
    for at in memmem::rfind_iter(line, b"= ") {
        let before = line.get(..at)?.trim_ascii_end();
        let has_gap = before.len() < at;
        let after = line.get(at + 2..)?;
        if has_gap
            && before.ends_with(b")")
            && matches!(after.first(), Some(b'0'..=b'9' | b'-' | b'?'))
        {
            return Some(read(after));
        }
    }
    None
}

fn read(text: &[u8]) -> Answer {
    let end = text.iter().position(|byte| matches!(byte, b' ' | b'<'));
    let (value, rest) = text
        .split_at_checked(end.unwrap_or(text.len()))
        .unwrap_or((text, &[]));
    let failed = value == b"-1";
    Answer {
        value: outer(rest).or_else(|| decimal(value)),
        succeeded: !failed && value != b"?",
        failed,
        is_enosys: failed && rest.trim_ascii_start().starts_with(b"ENOSYS"),
    }
}

/// `/* 4711 in strace's PID NS */`: the process' number where `strace` runs, which is what its
/// lines begin with.
fn outer(text: &[u8]) -> Option<u32> {
    let start = text.strip_prefix(b" /* ")?;
    let (digits, rest) = digits(start);
    rest.starts_with(b" in strace's PID NS */")
        .then(|| decimal(digits))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn answered(line: &str) -> (Option<u32>, bool, bool) {
        let Ending::Answered(answer) = ending(line.as_bytes()) else {
            panic!("no answer in {line}");
        };
        (answer.value, answer.failed, answer.is_enosys)
    }

    #[test]
    fn answers() {
        for (line, wanted) in [
            ("close(3)                = 0", (Some(0), false, false)),
            ("close(3) = 0 <0.000098>", (Some(0), false, false)),
            ("brk(NULL) = 0x558bcad73000", (None, false, false)),
            ("exit_group(0) = ?", (None, false, false)),
            (
                "pause() = ? ERESTARTNOHAND (To be restarted if no handler)",
                (None, false, false),
            ),
            (
                "open(\"x\") = -1 ENOENT (No such file or directory)",
                (None, true, false),
            ),
            (
                "clone3(0, 88) = -1 ENOSYS (Function not implemented) (INJECTED)",
                (None, true, true),
            ),
            ("openat(3</a>, \"b\") = 3</c) = d>", (Some(3), false, false)),
            (
                "poll([{fd=3}], 1, 0) = 1 ([{fd=3, revents=POLLIN}])",
                (Some(1), false, false),
            ),
            (
                "fcntl(3, F_GETFL) = 0x8000 (flags O_RDONLY)",
                (None, false, false),
            ),
            ("write(1, \") = 7\", 5) = 5", (Some(5), false, false)),
            (
                "clone(child_stack=NULL) = 12 /* 4711 in strace's PID NS */",
                (Some(4711), false, false),
            ),
        ] {
            assert_eq!(answered(line), wanted, "{line}");
        }
    }

    #[test]
    fn no_answers() {
        for line in [
            "close(3",
            "close(3)",
            "mount(8) failed",
            "a = 5",
            "f(x)= 5",
            "\"(x) = \"",
            "",
        ] {
            assert_eq!(ending(line.as_bytes()), Ending::Open, "{line}");
        }
        for line in ["close(3 <unfinished ...>", "read(0,  <detached ...>"] {
            assert_eq!(ending(line.as_bytes()), Ending::Unfinished, "{line}");
        }
    }
}
