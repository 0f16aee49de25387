//! The argument of a call that is worth a filter.

use super::seen::Value;

/// How long a value may be, in bytes.
const VALUE: usize = 200;

/// The calls of which an argument is kept.
pub(super) const KEPT: &[&str] = &["clone", "ioctl", "personality", "socket", "socketpair"];

/// What that argument holds.
pub(super) fn value<'l>(name: &str, arguments: &'l [u8]) -> Value<'l> {
    match written(name, arguments) {
        Some(value) => Value::Written(value),
        None => Value::Unknown,
    }
}

/// The argument as it is written; nothing where the line is cut before its end.
fn written<'l>(name: &str, arguments: &'l [u8]) -> Option<&'l str> {
    let start = match name {
        "ioctl" => second(arguments)?,
        "clone" => flags(arguments),
        _ => arguments,
    };
    let start = start.trim_ascii_start();
    let end = end(start)?;
    let written = std::str::from_utf8(start.get(..end)?).ok()?;
    // `0x2e /* AF_??? */`: the number is enough.
    let value = written.split(" /*").next().unwrap_or(written).trim();
    let is_constant = |byte: u8| byte.is_ascii_alphanumeric() || b"_|(), ".contains(&byte);
    (!value.is_empty() && value.bytes().all(is_constant)).then_some(value)
}

/// Where the argument ends: at a comma or parenthesis that is not inside another pair. What output
/// of the program or another process interrupts is not known.
fn end(text: &[u8]) -> Option<usize> {
    let mut depth = 0_u32;
    for (at, byte) in text.iter().take(VALUE).enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth > 0 => depth -= 1,
            b')' | b',' if depth == 0 => return Some(at),
            b' ' if depth == 0 && text.get(at..)?.starts_with(b" <unfinished ...>") => {
                return Some(at);
            }
            _ => {}
        }
    }
    None
}

/// What follows the first argument. With `-y` that is a number and `<…>`, in which `>` is escaped.
fn second(arguments: &[u8]) -> Option<&[u8]> {
    let near = arguments.get(..arguments.len().min(8192))?;
    let is_named = near.iter().find(|byte| !byte.is_ascii_digit()) == Some(&b'<');
    let after = if is_named {
        let close = near.iter().position(|byte| *byte == b'>')?;
        near.get(close..)?
    } else {
        near
    };
    let comma = after.iter().position(|byte| *byte == b',')?;
    after.get(comma + 1..)
}

/// `child_stack=NULL, flags=…`, or with raw arguments the first one: on every machine but s390.
fn flags(arguments: &[u8]) -> &[u8] {
    let near = arguments
        .get(..arguments.len().min(VALUE))
        .unwrap_or(arguments);
    let at = near.windows(6).position(|window| window == b"flags=");
    at.and_then(|at| arguments.get(at + 6..))
        .unwrap_or(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (name, arguments, wanted) in [
            (
                "socket",
                "AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3",
                Some("AF_INET"),
            ),
            (
                "socket",
                "0x2e /* AF_??? */, SOCK_STREAM, 0) = 3",
                Some("0x2e"),
            ),
            ("socket", "0x2, 0x1, 0) = 3", Some("0x2")),
            ("socket", "AF_IN", None),
            (
                "personality",
                "0xffffffff)  = 0 (PER_LINUX)",
                Some("0xffffffff"),
            ),
            (
                "personality",
                "PER_LINUX|ADDR_NO_RANDOMIZE) = 0",
                Some("PER_LINUX|ADDR_NO_RANDOMIZE"),
            ),
            ("ioctl", "0, TCGETS, {c_iflag=ICRNL}) = 0", Some("TCGETS")),
            ("ioctl", "3, TCGETS <unfinished ...>", Some("TCGETS")),
            ("ioctl", "3</a, b\\76>, FIONBIO, [1]) = 0", Some("FIONBIO")),
            (
                "ioctl",
                "3, _IOC(_IOC_READ, 0x54, 0x1, 0x4), 0) = 0",
                Some("_IOC(_IOC_READ, 0x54, 0x1, 0x4)"),
            ),
            ("ioctl", "3, TCGETSstrace: Process 4 attached", None),
            (
                "clone",
                "child_stack=NULL, flags=CLONE_VM|SIGCHLD, child_tidptr=0x7) = 12",
                Some("CLONE_VM|SIGCHLD"),
            ),
            (
                "clone",
                "child_stack=NULL, flags=SIGCHLD) = 12",
                Some("SIGCHLD"),
            ),
            ("clone", "0x1200011, 0, 0, 0x7, 0) = 12", Some("0x1200011")),
            (
                "clone",
                "child_stack=NULL, flags=CLONE_VM|SIGCHLDstrace: Process 1 attached",
                None,
            ),
        ] {
            assert_eq!(
                written(name, arguments.as_bytes()),
                wanted,
                "{name}({arguments}"
            );
        }
    }
}
