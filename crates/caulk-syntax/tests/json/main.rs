//! The JSON reader: what it says of a text, and what `serde_json` says of the same text.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fall over; these lints spare only the test functions themselves"
)]

#[path = "../yaml/corpus.rs"]
mod corpus;
mod oracle;
mod properties;
mod strictness;
mod tree;
