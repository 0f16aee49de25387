//! What `strace` puts before a call: the process, the time, the number of the call, the instruction
//! pointer.

/// What stands before a body.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Prefix {
    /// The process or thread (`1234  ` with `-o`, `[pid  1234] ` without).
    pub(super) pid: Option<u32>,
}

/// The longest number that is a process: `PID_MAX_LIMIT` is 4194304. A longer one is a time.
const PID_DIGITS: usize = 7;

/// The longest `(…)` or `<…>` that is looked through: a process' name has at most 15 bytes, of which
/// each may be written as four.
const NAME: usize = 80;

/// More parts than any combination of options writes.
const PARTS: usize = 8;

/// Takes the prefix off. Any part may be absent, and the order hangs on the version.
pub(super) fn strip(line: &[u8]) -> (Prefix, &[u8]) {
    let mut prefix = Prefix::default();
    let mut rest = line;
    for _ in 0..PARTS {
        let is_indented = rest.first() == Some(&b' ');
        let start = rest.trim_ascii_start();
        let after = match start.first() {
            Some(b'0'..=b'9') => number(start, is_indented, &mut prefix),
            Some(b'[') => bracket(start, &mut prefix),
            // The time since the line before, beside an absolute one.
            Some(b'(') if start.starts_with(b"(+") => behind(start, b") "),
            _ => None,
        };
        match after {
            Some(after) => rest = after,
            None => break,
        }
    }
    (prefix, rest.trim_ascii_start())
}

/// `1234 `, `1234<comm> `, `12:00:00.123 `, `1700000000.123456 `, `0.000117 `.
fn number<'l>(text: &'l [u8], is_indented: bool, prefix: &mut Prefix) -> Option<&'l [u8]> {
    let (digits, rest) = digits(text);
    let is_pid = prefix.pid.is_none() && !is_indented && digits.len() <= PID_DIGITS;
    match rest.first()? {
        b' ' if is_pid => {
            prefix.pid = decimal(digits);
            Some(rest)
        }
        b' ' => Some(rest),
        b'<' if is_pid => {
            prefix.pid = decimal(digits);
            behind(rest, b"> ")
        }
        b':' | b'.' => {
            let is_time = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b':' | b'.');
            let end = rest.iter().position(|byte| !is_time(byte))?;
            let after = rest.get(end..)?;
            after.starts_with(b" ").then_some(after)
        }
        _ => None,
    }
}

/// `[pid  1234] `, `[pid  1234<comm>] `, `[ 334] `, `[???] `, `[00007fc429c0c1b3] `.
fn bracket<'l>(text: &'l [u8], prefix: &mut Prefix) -> Option<&'l [u8]> {
    let inner = text.strip_prefix(b"[")?;
    if let Some(process) = inner.strip_prefix(b"pid ") {
        let (digits, rest) = digits(process.trim_ascii_start());
        prefix.pid = Some(decimal(digits)?);
        return rest.strip_prefix(b"] ").or_else(|| {
            let named = rest.starts_with(b"<");
            named.then(|| behind(rest, b">] ")).flatten()
        });
    }
    let end = inner.iter().take(NAME).position(|byte| *byte == b']')?;
    let (written, rest) = inner.split_at_checked(end)?;
    let rest = rest.strip_prefix(b"] ")?;
    let written = written.trim_ascii_start();
    let all = |is: fn(&u8) -> bool| !written.is_empty() && written.iter().all(is);
    if all(|byte| *byte == b'?') {
        return Some(rest);
    }
    // A pointer is written with all its digits, a number is not.
    let is_pointer = matches!(written.len(), 8 | 16);
    if is_pointer && all(u8::is_ascii_hexdigit) {
        return Some(rest);
    }
    all(u8::is_ascii_digit).then_some(rest)
}

/// What follows the first `end` of a short run.
fn behind<'l>(text: &'l [u8], end: &[u8]) -> Option<&'l [u8]> {
    let near = text.get(..text.len().min(NAME))?;
    let at = near.windows(end.len()).position(|window| window == end)?;
    text.get(at + end.len()..)
}

/// The leading digits, and the rest.
pub(super) fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    text.split_at_checked(end.unwrap_or(text.len()))
        .unwrap_or((text, &[]))
}

/// A number of decimal digits alone.
pub(super) fn decimal<N: std::str::FromStr>(digits: &[u8]) -> Option<N> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn stripped(line: &str) -> (Option<u32>, String) {
        let (prefix, rest) = strip(line.as_bytes());
        let rest = String::from_utf8_lossy(rest).into_owned();
        (prefix.pid, rest)
    }

    #[test]
    fn every_form_leaves_the_body() {
        let forms = [
            ("", None),
            ("[pid  1234] ", Some(1234)),
            ("[pid 1234567<some name>] ", Some(1_234_567)),
            ("1234  ", Some(1234)),
            ("1234<a> b> ", Some(1234)),
            ("12:00:59 ", None),
            ("12:00:59.123456 ", None),
            ("1700000000 ", None),
            ("1700000000.123456 ", None),
            ("1700000000.123456789 ", None),
            ("     0.000117 ", None),
            ("     0 ", None),
            ("12:00:59.123456 (+     0.000117) ", None),
            ("1234  12:00:59.123456 ", Some(1234)),
            ("1234  1700000000 ", Some(1234)),
            ("1234       0.000117 ", Some(1234)),
            ("[ 334] ", None),
            ("[1073741825] ", None),
            ("[???] ", None),
            ("[00007fc429c0c1b3] ", None),
            ("[08048000] ", None),
            ("[????????????????] ", None),
            ("[pid  12] 12:00:59 [   3] [00007fc429c0c1b3] ", Some(12)),
            ("12<sh> 12:00:59 [00007fc429c0c1b3] [   3] ", Some(12)),
        ];
        for (form, pid) in forms {
            let line = format!("{form}close(3) = 0");
            // Of `1234<a> b> close(3)` nothing tells the name from what follows it.
            let body = if form.starts_with("1234<a>") {
                "b> close(3) = 0"
            } else {
                "close(3) = 0"
            };
            assert_eq!(stripped(&line), (pid, body.to_owned()), "{line}");
        }
    }

    #[test]
    fn what_is_no_prefix_stays() {
        for line in [
            "[ Process PID=12 runs in 32 bit mode. ]",
            "[pid x] close(3) = 0",
            "12close(3) = 0",
            "12:00close",
            "(a) close(3) = 0",
        ] {
            assert_eq!(stripped(line).1, line);
        }
    }
}
