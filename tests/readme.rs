//! The README shows what the program really prints.

#![expect(
    clippy::disallowed_methods,
    reason = "it runs the program and reads the page"
)]

use std::path::Path;
use std::process::Command;

/// The `console` blocks: what is typed, and what is printed.
fn blocks(page: &str) -> Vec<(Vec<String>, String)> {
    let mut blocks = Vec::new();
    for block in page.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap_or_default();
        if let Some((typed, printed)) = block.split_once('\n') {
            let words = typed.trim_start_matches("$ ").split_whitespace();
            blocks.push((words.map(str::to_owned).collect(), printed.to_owned()));
        }
    }
    blocks
}

#[test]
fn console_blocks_are_what_the_program_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("README.md")).expect("a README");
    let blocks = blocks(&page);
    assert!(blocks.len() >= 3, "the README has lost its examples");
    for (typed, printed) in blocks {
        assert_eq!(typed.first().map(String::as_str), Some("caulk"));
        let output = Command::new(env!("CARGO_BIN_EXE_caulk"))
            .args(typed.iter().skip(1))
            .current_dir(root)
            .output()
            .expect("the program runs");
        let out = String::from_utf8(output.stdout).expect("text");
        assert_eq!(out, printed, "{typed:?}");
    }
}
