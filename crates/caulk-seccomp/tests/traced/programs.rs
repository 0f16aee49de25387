//! Programs of different kinds, and what they do.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use caulk_linux::syscalls::Abi;
use caulk_seccomp::draft::Draft;
use caulk_seccomp::generate::{Generated, Request, Runtimes, generate};
use caulk_seccomp::trace::Trace;

use crate::machine::{read, say};

/// A program: what kind it is, its command line, and a part of what it prints.
#[derive(Clone, Copy)]
pub(crate) struct Program<'p> {
    pub(crate) kind: &'static str,
    pub(crate) command: &'p [&'p str],
    pub(crate) prints: &'static str,
}

/// Programs of this many kinds.
const PROGRAMS: &[Program<'static>] = &[
    Program {
        kind: "a static tool",
        command: &["/usr/bin/busybox", "ls", "/usr"],
        prints: "bin\n",
    },
    Program {
        kind: "a dynamic tool",
        command: &["/usr/bin/ls", "-l", "/usr"],
        prints: " bin\n",
    },
    Program {
        kind: "a shell pipeline",
        command: &[
            "/usr/bin/sh",
            "-c",
            "seq 30 | tac | grep 7 | head -n 2 | sort; mkdir -p /tmp/a && rmdir /tmp/a",
        ],
        prints: "17\n27\n",
    },
    Program {
        kind: "a pipeline of busybox",
        command: &[
            "/usr/bin/busybox",
            "sh",
            "-c",
            "busybox seq 30 | busybox grep 7 | busybox wc -l",
        ],
        prints: "3\n",
    },
    Program {
        kind: "threads",
        command: &[
            "/usr/bin/sh",
            "-c",
            "seq 300000 | sort --parallel=2 -S 64M -r | sed 1q",
        ],
        prints: "99999\n",
    },
    Program {
        kind: "a server and its client",
        command: &[
            "/usr/bin/busybox",
            "sh",
            "-c",
            "p=$((20000 + $$ % 20000)); busybox httpd -f -p 127.0.0.1:$p -h /etc & for i in 1 2 3 4 5; do busybox sleep 0.2; busybox wget -q -O - http://127.0.0.1:$p/debian_version && break; done; kill $!",
        ],
        prints: ".",
    },
    Program {
        kind: "an interpreter",
        command: &[
            "/usr/bin/perl",
            "-e",
            "open F, '<', '/etc/passwd'; print scalar(grep /root/, <F>), \"\\n\"; print `echo child`",
        ],
        prints: "child\n",
    },
];

/// How often each is traced.
const RUNS: u32 = 3;

impl Program<'_> {
    /// What it does on this machine, over several runs, as no two need be alike; nothing where it
    /// does not do it.
    pub(crate) fn trace(&self) -> Option<Trace> {
        let folder = tempfile::tempdir().expect("a folder");
        for run in 1..=RUNS {
            let output = Command::new("strace")
                .args(["-f", "-o", &format!("log.run{run}")])
                .args(self.command)
                .current_dir(folder.path())
                .env("LC_ALL", "C")
                .stdin(Stdio::null())
                .output();
            let output = output.expect("strace starts");
            let printed = String::from_utf8_lossy(&output.stdout);
            if !printed.contains(self.prints) {
                let (kind, command) = (self.kind, self.command);
                say(&format!("skipped: {kind} does not run here: {command:?}"));
                return None;
            }
        }
        let trace = read(folder.path(), "log");
        let symptoms = &trace.symptoms;
        assert!(symptoms.is_empty(), "{}: {symptoms:?}", self.kind);
        Some(trace)
    }
}

/// A program of 32 bits that opens a socket, compiled here; nothing where that cannot be done.
pub(crate) fn of_32_bits(test: &str) -> Option<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let source = folder.join("small.c");
    let program = folder.join("small");
    let code = "#include <stdio.h>\n#include <sys/socket.h>\nint main(void) { return printf(\"socket %d\\n\", socket(AF_INET, SOCK_STREAM, 0) > 0) < 0; }\n";
    fs::write(&source, code).expect("a file");
    let compiled = Command::new("cc")
        .args(["-m32", "-static", "-o"])
        .args([&program, &source])
        .stderr(Stdio::null())
        .status();
    let runs = compiled.is_ok_and(|status| status.success())
        && Command::new(&program)
            .stdout(Stdio::null())
            .status()
            .is_ok();
    if !runs {
        say(&format!(
            "skipped: {test}: no program of 32 bits can be compiled and run here"
        ));
        return None;
    }
    Some(program.to_string_lossy().into_owned())
}

/// The programs that do something here, with what they do. Each is traced once.
pub(crate) fn traced() -> &'static [(Program<'static>, Trace)] {
    static TRACED: OnceLock<Vec<(Program<'static>, Trace)>> = OnceLock::new();
    TRACED.get_or_init(|| {
        let traces = PROGRAMS.iter();
        let traces = traces.filter_map(|program| Some((*program, program.trace()?)));
        traces.collect()
    })
}

/// The program of this kind, where it does something here.
pub(crate) fn of_kind(kind: &str) -> Option<&'static (Program<'static>, Trace)> {
    traced().iter().find(|(program, _)| program.kind == kind)
}

/// A profile for these runtimes.
pub(crate) fn profile(trace: &Trace, runtimes: Runtimes, no_new_privileges: bool) -> Generated {
    let request = Request {
        machines: vec![Abi::X86_64],
        runtimes,
        no_new_privileges,
        portable: false,
        arguments: false,
    };
    generate(trace, &request).expect("something was seen")
}

/// The same without some calls.
pub(crate) fn without(draft: &Draft, names: &[&str]) -> Draft {
    let mut less = draft.clone();
    for rule in &mut less.rules {
        if !rule.answer.denies() {
            rule.names.retain(|name| !names.contains(&name.as_str()));
        }
    }
    less.rules.retain(|rule| !rule.names.is_empty());
    less
}
