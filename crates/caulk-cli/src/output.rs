//! Where reports go.

#![expect(
    clippy::disallowed_methods,
    reason = "this crate is the one that touches the disk"
)]

use std::io::{self, Write as _};
use std::path::Path;

use anstream::AutoStream;
use caulk_report::Format;
use clap::ColorChoice;

use crate::exit::Failure;

/// One report of a run: how it is said, and where it goes; nothing for standard output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Target {
    pub(crate) format: Format,
    pub(crate) file: Option<String>,
}

/// The reports that are asked for. `--output FILE` takes the place of standard output;
/// `--output FORMAT=FILE` is one more; `--output FORMAT=-` is what standard output gets instead.
pub(crate) fn targets(format: Format, outputs: &[String]) -> Vec<Target> {
    let mut targets = Vec::new();
    let mut replaced = false;
    for output in outputs {
        let named = output
            .split_once('=')
            .and_then(|(format, file)| Some((format.parse::<Format>().ok()?, file)));
        let (format, file) = named.unwrap_or((format, output));
        let file = (file != "-").then(|| file.to_owned());
        replaced |= named.is_none() || file.is_none();
        targets.push(Target { format, file });
    }
    if !replaced {
        targets.insert(0, Target { format, file: None });
    }
    targets
}

/// Whether standard output gets colours. `auto` asks the terminal, `NO_COLOR` and
/// `CLICOLOR_FORCE`.
pub(crate) fn color(choice: ColorChoice) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
    }
}

/// How many columns standard output has.
pub(crate) fn width() -> usize {
    terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0))
}

/// Prints. A reader that has seen enough (`| head`) is no failure.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure(format!("cannot write to standard output: {error}"))),
    }
}

/// Writes a whole file or none: beside it first, then in its place.
pub(crate) fn write(file: &str, bytes: &[u8]) -> Result<(), Failure> {
    let place = Path::new(file);
    let refuse = |error: io::Error| Failure(format!("cannot write `{file}`: {error}"));
    if place.exists() && !place.is_file() {
        // A device or a pipe is written to, not replaced.
        return std::fs::write(place, bytes).map_err(refuse);
    }
    let name = place
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let name = name.ok_or_else(|| Failure(format!("cannot write `{file}`: it names no file")))?;
    let beside = place.with_file_name(format!(".{name}.{}.caulk", std::process::id()));
    let written = std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, place));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        refuse(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_gets_standard_output() {
        let of = |outputs: &[&str]| {
            let outputs: Vec<String> = outputs.iter().map(|text| (*text).to_owned()).collect();
            let targets = targets(Format::Full, &outputs);
            let text = |target: &Target| {
                format!(
                    "{}={}",
                    target.format,
                    target.file.as_deref().unwrap_or("-")
                )
            };
            targets.iter().map(text).collect::<Vec<_>>()
        };
        assert_eq!(of(&[]), ["full=-"]);
        assert_eq!(of(&["x.txt"]), ["full=x.txt"]);
        assert_eq!(of(&["json=x"]), ["full=-", "json=x"]);
        assert_eq!(of(&["json=x", "concise=-"]), ["json=x", "concise=-"]);
        assert_eq!(of(&["a=b"]), ["full=a=b"], "no format of that name: a file");
    }
}
