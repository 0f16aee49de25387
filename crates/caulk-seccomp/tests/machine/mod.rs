//! What the tests share that run other programs.

use std::io::Write as _;
use std::process::{Command, Stdio};

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
