//! What calls take, against the kernel's own prototypes: `include/linux/syscalls.h`, which Debian
//! ships in `linux-headers-*-common`.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads the file that it compares with"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Write as _, stderr};

use caulk_linux::syscalls::{ArgumentKind, all_names, arguments};

/// Calls whose function has another name than they.
const FUNCTIONS: &[(&str, &str)] = &[
    ("_llseek", "llseek"),
    ("_newselect", "select"),
    ("fstat", "newfstat"),
    ("lstat", "newlstat"),
    ("oldfstat", "fstat"),
    ("oldlstat", "lstat"),
    ("oldolduname", "olduname"),
    ("oldstat", "stat"),
    ("olduname", "uname"),
    ("sendfile", "sendfile64"),
    ("stat", "newstat"),
    ("ugetrlimit", "getrlimit"),
    ("umount", "oldumount"),
    ("umount2", "umount"),
    ("uname", "newuname"),
];

/// Where we are right to differ.
const LISTED: &[(&str, &str)] = &[
    (
        "clone",
        "declared in three orders, and of its flags it takes the low half",
    ),
    ("fanotify_mark", "its compatible form is declared first"),
];

/// The kind of an argument that is declared like this, `unsigned int fd` or `char __user *`.
fn kind(declared: &str) -> Option<ArgumentKind> {
    const WORDS: &[&str] = &["const", "enum"];
    if declared.contains('*') {
        return Some(ArgumentKind::Pointer);
    }
    let words: Vec<&str> = declared
        .split_whitespace()
        .filter(|word| !WORDS.contains(word))
        .collect();
    Some(match *words.first()? {
        "unsigned" if words.get(1) == Some(&"long") => ArgumentKind::Long,
        "unsigned" | "u32" | "__u32" | "uint32_t" | "uid_t" | "gid_t" | "qid_t" => {
            ArgumentKind::Unsigned32
        }
        "int" | "pid_t" | "clockid_t" | "key_t" | "key_serial_t" | "mqd_t" | "timer_t"
        | "rwf_t" | "__s32" | "landlock_rule_type" => ArgumentKind::Int,
        "umode_t" => ArgumentKind::Unsigned16,
        "long" | "size_t" | "off_t" | "loff_t" | "aio_context_t" | "u64" | "__u64" => {
            ArgumentKind::Long
        }
        "cap_user_header_t" | "cap_user_data_t" | "__sighandler_t" => ArgumentKind::Pointer,
        _ => return None,
    })
}

/// The prototypes of the header: `asmlinkage long sys_NAME(…);`, the first of each name.
fn prototypes(header: &str) -> BTreeMap<&str, &str> {
    let mut all = BTreeMap::new();
    for part in header.split("asmlinkage long sys_").skip(1) {
        let Some((name, rest)) = part.split_once('(') else {
            continue;
        };
        if let Some((declared, _)) = rest.split_once(");") {
            all.entry(name.trim()).or_insert(declared);
        }
    }
    all
}

#[test]
fn arguments_are_the_kernels() {
    let header = fs::read_dir("/usr/src").ok().and_then(|folder| {
        folder.filter_map(Result::ok).find_map(|entry| {
            fs::read_to_string(entry.path().join("include/linux/syscalls.h")).ok()
        })
    });
    let Some(header) = header else {
        // Nothing to do where stderr is closed.
        let _ = writeln!(
            stderr(),
            "skipped: no include/linux/syscalls.h under /usr/src"
        );
        return;
    };
    let prototypes = prototypes(&header);
    let mut compared = 0;
    for name in all_names() {
        let function = FUNCTIONS.iter().find(|one| one.0 == name);
        let function = function.map_or(name, |(_, function)| function);
        let (Some(ours), Some(declared)) = (arguments(name), prototypes.get(function)) else {
            continue;
        };
        if LISTED.iter().any(|(listed, _)| *listed == name) {
            continue;
        }
        let declared = declared.split(',').map(str::trim);
        let theirs: Vec<_> = declared.filter(|one| *one != "void").map(kind).collect();
        let ours: Vec<_> = ours.iter().map(|argument| Some(argument.kind)).collect();
        assert_eq!(ours, theirs, "{name}");
        compared += 1;
    }
    let listed = LISTED.len();
    let _ = writeln!(
        stderr(),
        "the kernel's prototypes: {compared} equal, {listed} listed"
    );
    assert!(compared > 350, "the header was not understood");
}
