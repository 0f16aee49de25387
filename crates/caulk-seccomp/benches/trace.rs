//! How fast logs are read: lines for each second.

use std::fmt::Write as _;

use caulk_seccomp::trace::Reader;
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

/// How many lines a log has.
const LINES: usize = 200_000;

fn main() {
    divan::main();
}

/// What `strace -f -tt` writes for a program of two processes.
fn log() -> String {
    let mut log = String::new();
    for line in 0..LINES {
        let process = 3137 + line / 7 % 2;
        let time = format!("{process}  07:22:55.{:06}", line % 1_000_000);
        let _ = match line % 5 {
            0 => writeln!(
                log,
                "{time} openat(AT_FDCWD, \"/usr/lib/x86_64-linux-gnu/libc.so.6\", O_RDONLY|O_CLOEXEC) = 3"
            ),
            1 => writeln!(
                log,
                "{time} newfstatat(3, \"\", {{st_mode=S_IFREG|0755, st_size=1922136, ...}}, AT_EMPTY_PATH) = 0"
            ),
            2 => writeln!(
                log,
                "{time} read(3, \"\\177ELF\\2\\1\\1\\3\\0\\0\\0\\0\\0\\0\\0\\0\\3\\0>\\0\\1\\0\\0\\0\"..., 832) = 832"
            ),
            3 => writeln!(
                log,
                "{time} futex(0x7f1bb47dc990, FUTEX_WAIT_BITSET_PRIVATE, 3140, NULL, FUTEX_BITSET_MATCH_ANY <unfinished ...>"
            ),
            _ => writeln!(
                log,
                "{time} <... futex resumed>) = -1 EAGAIN (Resource temporarily unavailable)"
            ),
        };
    }
    log
}

#[divan::bench]
fn strace(bencher: Bencher<'_, '_>) {
    let log = log();
    bencher
        .counter(ItemsCount::new(LINES))
        .counter(BytesCount::new(log.len()))
        .bench(|| {
            let mut reader = Reader::new();
            let read = reader.strace("log", log.as_bytes());
            read.map(|()| reader.finish())
        });
}
