//! The program from outside, as a user and a script meet it: what it says, what it reads, how it exits.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "these tests drive the program, git and the disk"
)]
#![expect(
    clippy::unwrap_used,
    reason = "a failure of the scene is a failure of the test"
)]

#[path = "program/colour.rs"]
mod colour;
#[path = "program/exits.rs"]
mod exits;
#[path = "program/fix.rs"]
mod fix;
#[path = "program/hostile.rs"]
mod hostile;
#[path = "program/json.rs"]
mod json;
#[path = "program/kill.rs"]
mod kill;
#[path = "program/open.rs"]
mod open;
#[path = "program/outputs.rs"]
mod outputs;
#[path = "program/patch.rs"]
mod patch;
#[path = "program/progress.rs"]
mod progress;
#[path = "program/reach.rs"]
mod reach;
#[path = "program/scene.rs"]
mod scene;
#[path = "program/seccomp.rs"]
mod seccomp;
