//! Files that are named on the command line, and standard input.

#![expect(
    clippy::disallowed_methods,
    reason = "this crate is the one that touches the disk"
)]

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::exit::Failure;
use crate::root;

/// The name of standard input.
const STANDARD_INPUT: &str = "-";

/// Opens a file, or standard input.
pub(crate) fn open(name: &str) -> Result<Box<dyn Read>, Failure> {
    if name == STANDARD_INPUT {
        return Ok(Box::new(io::stdin().lock()));
    }
    let path = root::locate(Path::new(name))?;
    if path.is_dir() {
        return Err(Failure(format!(
            "`{name}` is a folder, and a file is wanted"
        )));
    }
    let file = File::open(path).map_err(|error| cannot_read(name, &error))?;
    Ok(Box::new(file))
}

/// That reading failed.
pub(crate) fn cannot_read(name: &str, error: &io::Error) -> Failure {
    Failure(format!("cannot read `{name}`: {error}"))
}
