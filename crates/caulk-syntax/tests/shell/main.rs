//! The shell reader on real `RUN` bodies: against another reader, and under mutation.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fall over; the lints spare only the test functions themselves"
)]
#![expect(
    clippy::format_push_string,
    reason = "a drawing is put together piece by piece"
)]

#[path = "../support/mod.rs"]
mod support;

mod bodies;
mod brush;
mod drawn;
mod oracle;
mod properties;
