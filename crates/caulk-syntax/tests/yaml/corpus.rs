//! Real files, where the corpus is at hand, and broken ones made from them.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read the corpus from the disk"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Every file below `../shared/<folder>` (seen from the repository) that is text and has one of
/// these endings; none where there is no such folder.
pub(crate) fn files(folder: &str, endings: &[&str]) -> Vec<(PathBuf, String)> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = shared.join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let ending = path
                .extension()
                .and_then(|ending| ending.to_str())
                .unwrap_or_default();
            if path.is_dir() {
                folders.push(path);
            } else if endings.contains(&ending)
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                let short = path.strip_prefix(&root).unwrap_or(&path).to_owned();
                found.push((short, text));
            }
        }
    }
    found.sort();
    if found.is_empty() {
        say(&format!("skipped: no files at {}", root.display()));
    }
    found
}

/// Prints a line past the test harness, which would keep it.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A small generator, so that every run tries the same texts.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % limit.max(1)
    }
}

/// Pieces that mean something to a reader.
const PIECES: &[&str] = &[
    ":",
    ": ",
    "- ",
    "? ",
    "#",
    " #",
    "&a ",
    "*a",
    "*a ",
    "!t ",
    "!!str ",
    "|",
    ">-",
    "|2+\n",
    "'",
    "\"",
    "\\",
    "[",
    "]",
    "{",
    "}",
    ",",
    ", ",
    "\n",
    "\r\n",
    "\t",
    " ",
    "  ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "<<: *a\n",
    "<<",
    "\u{feff}",
    "é",
    "~",
    "@",
    "`",
    "%",
    "a: b\n",
    "- c\n",
    "\n\n",
    "null",
    "''",
    "\"\"",
    "\u{85}",
];

/// A text that differs from the given one in a few places.
pub(crate) fn mutant(text: &str, random: &mut Random) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(3) {
        let at = random.below(chars.len() + 1);
        let end = (at + 1 + random.below(12)).min(chars.len());
        match random.below(5) {
            0 => drop(chars.drain(at..end)),
            1 => {
                let copied: Vec<char> = chars.get(at..end).unwrap_or_default().to_vec();
                let target = random.below(chars.len() + 1);
                chars.splice(target..target, copied);
            }
            2 => chars.truncate(chars.len() - random.below(chars.len() / 4 + 1)),
            _ => {
                let piece = PIECES
                    .get(random.below(PIECES.len()))
                    .copied()
                    .unwrap_or_default();
                chars.splice(at..at, piece.chars());
            }
        }
    }
    chars.into_iter().collect()
}
