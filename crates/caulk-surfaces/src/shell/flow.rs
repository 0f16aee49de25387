//! Where what was downloaded goes.

use super::call::{Call, Flow};
use super::fetch::Saved;

/// Programs that print what they read, changed or not.
const FILTERS: &[&str] = &[
    "awk", "base64", "bunzip2", "bzcat", "cat", "cut", "dd", "dos2unix", "envsubst", "gawk",
    "grep", "gunzip", "gzip", "head", "openssl", "pv", "sed", "sponge", "tail", "tac", "tee", "tr",
    "uniq", "unxz", "unzip", "xz", "xzcat", "zcat", "zstd",
];

/// What the call at `index` prints, as far as it was downloaded.
pub(super) fn printed(call: &Call, index: usize) -> Flow {
    if let Some(fetch) = call.fetch() {
        return match fetch.saved {
            Saved::Printed if !fetch.is_local() => Flow::of(index),
            Saved::Printed | Saved::File(_) | Saved::Named | Saved::Nowhere => Flow::default(),
        };
    }
    let program = call.program().unwrap_or_default();
    let mut output = Flow::default();
    if matches!(program.as_str(), "echo" | "printf") {
        for word in call.operands() {
            output.add(&word.output());
        }
    } else if FILTERS.contains(&program.as_str()) {
        output.add(&call.piped);
        for word in call.operands() {
            output.add(&word.file());
        }
        if let Some(text) = &call.fed {
            output.add(&text.output());
        }
    }
    output
}
