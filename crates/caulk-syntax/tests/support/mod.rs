//! What the tests that read real files share.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read the corpus from the disk"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The corpus beside the project, or nothing (said where a person sees it) where it is not there.
pub(crate) fn corpus(test: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    if path.is_dir() {
        return Some(path);
    }
    say(&format!(
        "skipped: {test}: there is no ../shared/corpus beside the project"
    ));
    None
}

/// A line that a person sees: libtest hides what passing tests print.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// The JSON objects of a file with one on each line.
pub(crate) fn json_lines(path: &Path) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(path).expect("the corpus has its expected answers");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a JSON object a line"))
        .collect()
}

/// The text of a corpus file as caulk sees it.
pub(crate) fn text(path: &Path) -> String {
    caulk_source::decode(&std::fs::read(path).expect("a corpus file"))
}
