//! `caulk seccomp check | explain | diff | resolve | export`, as somebody types them.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "these tests drive the program, the kernel and the disk"
)]
#![expect(
    clippy::unwrap_used,
    reason = "a failure of the scene is a failure of the test"
)]
#![expect(
    clippy::indexing_slicing,
    reason = "a key that is not there is null in JSON"
)]

#[path = "seccomp/check.rs"]
mod check;
#[path = "seccomp/diff.rs"]
mod diff;
#[path = "seccomp/explain.rs"]
mod explain;
#[path = "seccomp/export.rs"]
mod export;
#[path = "seccomp/hostile.rs"]
mod hostile;
#[path = "seccomp/json.rs"]
mod json;
#[path = "seccomp/published.rs"]
mod published;
#[path = "seccomp/resolve.rs"]
mod resolve;
#[path = "seccomp/scene.rs"]
mod scene;
