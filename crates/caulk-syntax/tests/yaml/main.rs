//! The YAML reader: what it says of a text, and what other readers say of the same text.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fall over; these lints spare only the test functions themselves"
)]

mod corpus;
mod hostile;
mod meaning;
mod places;
mod properties;
mod pyyaml_oracle;
mod recovery;
mod refusals;
mod serde_yaml_oracle;

use caulk_source::FileId;
use caulk_syntax::yaml::{Stream, parse};

/// Reads a text that must have no problems.
fn read(text: &str) -> Stream {
    let stream = parse(FileId::FIRST, text);
    assert_eq!(stream.problems, [], "{text}");
    stream
}
