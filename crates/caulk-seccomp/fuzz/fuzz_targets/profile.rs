//! Any bytes as a profile: read, resolved, decided, compared and compiled.

#![no_main]

#[path = "../../tests/support/everything.rs"]
mod everything;
#[path = "../../tests/support/interpret.rs"]
#[allow(dead_code, reason = "the tests use the rest of it")]
mod interpret;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    everything::everything(&String::from_utf8_lossy(data));
});
