//! The formats from outside.
#![expect(
    clippy::disallowed_methods,
    reason = "the proof of a patch is that other programs apply it"
)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up has failed"
)]

mod excerpts;
mod findings;
mod generated;
mod patch;
mod patch_bytes;
mod programs;
mod support;
mod tools;
