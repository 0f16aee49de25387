//! The `caulk` program; everything it does is in the crate `caulk-cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    caulk_cli::install_panic_hook();
    caulk_cli::main(std::env::args_os())
}
