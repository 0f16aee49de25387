//! What the tests share that run other programs.

use std::fs;
use std::io::{BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use caulk_seccomp::trace::{Reader, Trace};

/// Says it past the test harness, which swallows what a passing test prints.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Whether `strace` is there and may trace.
pub(crate) fn can_trace(test: &str) -> bool {
    let traced = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let can = traced.is_ok_and(|status| status.success());
    if !can {
        say(&format!(
            "skipped: {test}: there is no strace here, or it may not trace"
        ));
    }
    can
}

/// Every file of a folder whose name begins so, in one reading.
pub(crate) fn read(folder: &Path, stem: &str) -> Trace {
    let mut reader = Reader::new();
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.file_stem().is_some_and(|name| name == stem))
        .collect();
    names.sort();
    for path in names {
        let log = BufReader::new(fs::File::open(&path).expect("a log"));
        reader
            .strace(&path.to_string_lossy(), log)
            .expect("it can be read");
    }
    reader.finish()
}
