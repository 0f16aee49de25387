//! What a line says, once its prefix is off.

use memchr::memmem;

use super::ending::{Ending, ending};
use super::prefix::{decimal, digits};
use super::seen::Mode;

/// What a line says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Body<'l> {
    /// `name(arguments…`. Whether there is such a call is for the caller to judge.
    Call {
        name: &'l [u8],
        arguments: &'l [u8],
        ending: Ending,
    },
    /// `<... name resumed>…`
    Resumed { name: &'l [u8], ending: Ending },
    /// `+++ exited with 0 +++`
    Exited,
    /// `+++ killed by SIGSYS +++`
    Killed { by_filter: bool },
    /// `[ Process PID=12 runs in 32 bit mode. ]`
    RunsIn { pid: u32, mode: Mode },
    /// `strace: Process 12 attached`
    Attached { pid: u32 },
    /// Something else that `strace` says: a signal, a stack, a diagnostic.
    Remark,
    /// The rest of a line that output of the program has cut: ` <unfinished ...>` or `) = 0`.
    Rest(Ending),
    /// Nothing that `strace` writes.
    Other,
}

/// Reads a body.
pub(super) fn body(text: &[u8]) -> Body<'_> {
    match text.first() {
        Some(b'a'..=b'z' | b'_' | b'S') => word(text),
        Some(b'<') => angle(text),
        Some(b'+') if text.starts_with(b"+++ ") => ended(text),
        Some(b'-') if text.starts_with(b"--- ") => Body::Remark,
        Some(b'>') if text.starts_with(b"> ") => Body::Remark,
        Some(b'[') if text.starts_with(b"[ Process PID=") => runs_in(text),
        _ => rest(text),
    }
}

/// Where a line that does not begin as one of `strace`'s may begin to be one: the program wrote
/// without a line end.
pub(super) fn restart(line: &[u8]) -> Option<&[u8]> {
    let process = memmem::find(line, b"[pid ");
    let at = process.filter(|at| *at > 0)?;
    line.get(at..)
}

fn word(text: &[u8]) -> Body<'_> {
    if let Some(said) = text.strip_prefix(b"strace: ") {
        return diagnostic(said);
    }
    let is_name = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_';
    // `SYS_333(…)` is what very old versions write.
    let upper = if text.starts_with(b"SYS_") { 3 } else { 0 };
    let length = text
        .iter()
        .skip(upper)
        .take_while(|byte| is_name(byte))
        .count()
        + upper;
    let Some((name, arguments)) = text.split_at_checked(length) else {
        return Body::Other;
    };
    match arguments.strip_prefix(b"(") {
        Some(arguments) => Body::Call {
            name,
            arguments,
            ending: ending(text),
        },
        None => rest(text),
    }
}

fn angle(text: &[u8]) -> Body<'_> {
    let Some(said) = text.strip_prefix(b"<... ") else {
        return rest(text);
    };
    let end = said.iter().position(|byte| *byte == b' ');
    match said.split_at_checked(end.unwrap_or(0)) {
        Some((name, after)) if after.starts_with(b" resumed") => Body::Resumed {
            name,
            ending: ending(text),
        },
        _ => Body::Other,
    }
}

fn ended(text: &[u8]) -> Body<'_> {
    if let Some(signal) = text.strip_prefix(b"+++ killed by ") {
        return Body::Killed {
            by_filter: signal.starts_with(b"SIGSYS"),
        };
    }
    if text.starts_with(b"+++ exited with ") {
        return Body::Exited;
    }
    Body::Remark
}

fn runs_in(text: &[u8]) -> Body<'_> {
    let notice = text.strip_prefix(b"[ Process PID=").unwrap_or(text);
    let (pid, rest) = digits(notice);
    let mode = match rest {
        b" runs in 32 bit mode. ]" | b" runs in 31 bit mode. ]" => Some(Mode::Bits32),
        b" runs in x32 mode. ]" => Some(Mode::X32),
        b" runs in 64 bit mode. ]" => Some(Mode::Native),
        _ => None,
    };
    match (decimal(pid), mode) {
        (Some(pid), Some(mode)) => Body::RunsIn { pid, mode },
        _ => Body::Other,
    }
}

fn diagnostic(said: &[u8]) -> Body<'_> {
    let attached = said.strip_prefix(b"Process ").and_then(|said| {
        let (pid, rest) = digits(said);
        rest.starts_with(b" attached").then(|| decimal(pid))?
    });
    match attached {
        Some(pid) => Body::Attached { pid },
        None => Body::Remark,
    }
}

fn rest(text: &[u8]) -> Body<'_> {
    let ending = ending(text);
    if ending == Ending::Open {
        Body::Other
    } else {
        Body::Rest(ending)
    }
}
