//! The names of values against the system's own headers.
#![expect(
    clippy::disallowed_methods,
    reason = "the test compiles a program and runs it"
)]

use std::fmt::Write as _;
use std::io::{Write as _, stderr};
use std::process::{Command, Stdio};

use caulk_linux::syscalls::{Abi, constants};

/// Which argument of which call, and where its names are.
const ARGUMENTS: &[(&str, usize, &[&str])] = &[
    ("socket", 0, &["sys/socket.h"]),
    ("socket", 1, &["sys/socket.h"]),
    ("clone", 0, &["linux/sched.h", "signal.h"]),
    ("unshare", 0, &["linux/sched.h"]),
    ("setns", 1, &["linux/sched.h"]),
    ("personality", 0, &["sys/personality.h"]),
    ("ioctl", 1, &["sys/ioctl.h"]),
    ("mprotect", 2, &["sys/mman.h"]),
    ("prctl", 0, &["linux/prctl.h"]),
    ("ptrace", 0, &["linux/ptrace.h"]),
    ("keyctl", 0, &["linux/keyctl.h"]),
    ("bpf", 0, &["linux/bpf.h"]),
    ("seccomp", 0, &["linux/seccomp.h"]),
    ("fcntl", 1, &["linux/fcntl.h"]),
];

/// The values of names as a C compiler sees them; nothing where it cannot.
fn values(headers: &[&str], names: &[&str], program: &str) -> Option<Vec<u64>> {
    let mut source = String::from("#define _GNU_SOURCE\n#include <stdio.h>\n");
    for header in headers {
        let _ = writeln!(source, "#include <{header}>");
    }
    source.push_str("int main(void) {\n");
    for name in names {
        let _ = writeln!(source, "printf(\"%llu\\n\", (unsigned long long)({name}));");
    }
    source.push_str("return 0; }\n");
    let mut compiler = Command::new("cc")
        .args(["-x", "c", "-w", "-o", program, "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    compiler.stdin.take()?.write_all(source.as_bytes()).ok()?;
    if !compiler.wait().ok()?.success() {
        return None;
    }
    let output = Command::new(program).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().map(|line| line.parse().ok()).collect()
}

#[test]
fn values_are_those_of_the_headers() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let mut compared = 0;
    for (call, index, headers) in ARGUMENTS {
        let constants = constants(Abi::X86_64, call, *index).expect("names");
        let names: Vec<&str> = constants.names().collect();
        let program = format!("{folder}/constants-{call}-{index}");
        let Some(values) = values(headers, &names, &program) else {
            // Old headers may not have the newest names.
            let _ = writeln!(stderr(), "skipped: no compiler here knows {call}'s names");
            continue;
        };
        for (name, value) in names.iter().zip(&values) {
            // `int` constants come with their sign.
            let ours = constants.value(name).map(|value| value & 0xffff_ffff);
            assert_eq!(ours, Some(value & 0xffff_ffff), "{name} of {call}");
            compared += 1;
        }
    }
    println!("{compared} names compared with the headers");
}
