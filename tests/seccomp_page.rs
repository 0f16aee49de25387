//! The page on profiles from traces, block by block.
#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_methods,
    reason = "it does in a folder of its own what the page says"
)]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const PAGE: &str = "docs/seccomp-from-strace.md";

/// A block: what it is, the file that it is, and its lines.
struct Block {
    kind: String,
    file: Option<String>,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut file = None;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(kind) = line.strip_prefix("```") {
            let text = lines.by_ref().take_while(|line| *line != "```");
            let text: Vec<&str> = text.collect();
            blocks.push(Block {
                kind: kind.to_owned(),
                file: file.take(),
                text: text.join("\n") + "\n",
            });
        } else if let Some(name) = line
            .strip_prefix('`')
            .and_then(|rest| rest.strip_suffix('`'))
        {
            file = Some(name.to_owned()).filter(|name| !name.contains(['`', ' ']));
        }
    }
    blocks
}

/// Runs a script in the folder, with this build's `caulk` before any other.
fn run(script: &str, folder: &Path) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_caulk"));
    let own = program.parent().unwrap_or(program).display();
    let path = std::env::var("PATH").unwrap_or_default();
    Command::new("sh")
        .args(["-eu", "-c", script])
        .current_dir(folder)
        .env("PATH", format!("{own}:{path}"))
        .output()
        .expect("a shell starts")
}

fn can_trace() -> bool {
    let traced = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .stderr(Stdio::null())
        .status();
    traced.is_ok_and(|status| status.success())
}

#[test]
fn every_block_does_what_the_page_says() {
    if !can_trace() || std::env::consts::ARCH != "x86_64" {
        let line = format!("skipped: {PAGE}: there is no strace here, or no x86_64");
        let _ = writeln!(std::io::stderr(), "{line}");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join(PAGE)).expect("the page");
    let blocks = blocks(&page);
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let mut kinds = [0; 3];
    for Block { kind, file, text } in &blocks {
        match (kind.as_str(), file) {
            ("sh", None) => {
                kinds[0] += 1;
                let output = run(text, folder);
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{text}: {said}");
            }
            ("console", None) => {
                kinds[1] += 1;
                let (typed, printed) = text.split_once('\n').expect("a command and what it says");
                let output = run(typed.trim_start_matches("$ "), folder);
                assert_eq!(String::from_utf8_lossy(&output.stdout), *printed, "{typed}");
            }
            (_, Some(file)) => {
                kinds[2] += 1;
                fs::write(folder.join(file), text).expect("a file");
            }
            (kind, None) => panic!("nothing is done with a block of {kind:?}: {text}"),
        }
    }
    let [scripts, sessions, files] = kinds;
    assert!(scripts > 4 && sessions > 2 && files > 1, "{kinds:?}");
    for profile in ["app.json", "from-kernel.json", "more.json"] {
        let text = fs::read_to_string(folder.join(profile)).expect("a profile");
        let profile: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(profile["defaultAction"], "SCMP_ACT_ERRNO");
    }
}
