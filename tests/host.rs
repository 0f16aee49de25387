//! `caulk host`, as somebody types it: on whatever machine, it reads and prints and changes nothing.

#![expect(clippy::disallowed_methods, reason = "it runs the program")]

use std::process::Command;

#[test]
fn it_says_what_the_machine_gives() {
    let output = Command::new(env!("CARGO_BIN_EXE_caulk"))
        .arg("host")
        .env_remove("HOME")
        .env_remove("XDG_RUNTIME_DIR")
        .output()
        .expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    for row in [
        "kernel ",
        "SELinux ",
        "user namespaces ",
        "engine without root ",
    ] {
        assert!(
            text.lines().any(|line| line.starts_with(row)),
            "{row}\n{text}"
        );
    }
    // What cannot be read is said to be unknown, never guessed.
    assert!(output.stderr.is_empty());
}
