//! The `caulk` program; everything it does is in the crate `caulk-cli`.

fn main() {}
