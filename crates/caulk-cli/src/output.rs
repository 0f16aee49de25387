//! Where reports go.

#![expect(
    clippy::disallowed_methods,
    reason = "this crate is the one that touches the disk"
)]

use std::io::{self, Write as _};
use std::path::Path;

use anstream::AutoStream;
use caulk_config::{did_you_mean, nearest};
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
pub(crate) fn targets(format: Format, outputs: &[String]) -> Result<Vec<Target>, Failure> {
    let mut targets = Vec::new();
    let mut replaced = false;
    for output in outputs {
        let named = match output.split_once('=') {
            Some((name, file)) => match name.parse::<Format>() {
                Ok(format) => Some((format, file)),
                Err(error) if is_a_word(name) => {
                    let meant = did_you_mean(nearest(name, Format::NAMES.iter().copied()));
                    return Err(Failure(format!("no format `{}`{meant}", error.given)));
                }
                Err(_) => None,
            },
            None => None,
        };
        let (format, file) = named.unwrap_or((format, output));
        let file = (file != "-").then(|| file.to_owned());
        replaced |= named.is_none() || file.is_none();
        targets.push(Target { format, file });
    }
    if !replaced {
        targets.insert(0, Target { format, file: None });
    }
    // Files first: what cannot be written is known before anything is printed.
    targets.sort_by_key(|target| target.file.is_none());
    Ok(targets)
}

/// Whether what stands before `=` is meant as a format.
fn is_a_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase())
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

/// A report as a workflow's runner may read it: it obeys commands in what a step prints, so that
/// a file's name or line could give it orders. An invisible character makes them plain text.
pub(crate) fn for_runner(format: Format, bytes: Vec<u8>) -> Vec<u8> {
    let runner = ["GITHUB_ACTIONS", "TF_BUILD"];
    let watched = runner.iter().any(|name| std::env::var_os(name).is_some());
    // A patch is for programs, byte by byte.
    if !watched || format == Format::Diff {
        return bytes;
    }
    let text = String::from_utf8_lossy(&bytes);
    if format == Format::Json {
        return text.replace("##[", "#\\u0023[").into_bytes();
    }
    let lines = text.split_inclusive('\n').map(|line| {
        let line = line.replace("##[", "##\u{2060}[");
        if line.trim_start().starts_with("::") {
            format!("\u{2060}{line}")
        } else {
            line
        }
    });
    lines.collect::<String>().into_bytes()
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
    let typed = Path::new(file);
    // A link is written through, and stays one.
    let place = &typed.canonicalize().unwrap_or_else(|_| typed.to_path_buf());
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
            let targets = targets(Format::Full, &outputs).expect("formats that are known");
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
        assert_eq!(of(&["json=x"]), ["json=x", "full=-"]);
        assert_eq!(of(&["json=x", "concise=-"]), ["json=x", "concise=-"]);
        assert_eq!(of(&["./a=b"]), ["full=./a=b"], "a file");
        assert!(super::targets(Format::Full, &["jsno=b".to_owned()]).is_err());
    }
}
