//! Files that build steps give privileges: setuid bits and file capabilities.

use caulk_model::{FileGrant, PrivilegedFile, State};
use caulk_source::Span;
use caulk_syntax::dockerfile::{Instruction, Template};

use crate::shell::{Call, Value, name_of};

/// Takes the commands of a step into account: the files that they give privileges, and those that
/// lose what they had.
pub(super) fn run(files: &mut Vec<PrivilegedFile>, calls: &[Call]) {
    for call in calls {
        for change in changes(call).into_iter().flatten() {
            apply(files, change, call.span);
        }
    }
}

/// Takes a `COPY` or `ADD` into account: the mode that `--chmod` gives what it brings.
///
/// A file that comes without one may have brought privileges too, and nobody here has seen it.
pub(super) fn copied(files: &mut Vec<PrivilegedFile>, step: &Instruction) {
    let exec = step.exec().unwrap_or_default().iter();
    let plain = step.words().unwrap_or_default().iter();
    let words: Vec<String> = exec
        .map(|word| word.value.clone())
        .chain(plain.filter_map(Template::as_literal))
        .collect();
    let (Some(mode), Some((target, sources))) = (step.flag("chmod"), words.split_last()) else {
        return;
    };
    let (loses, gives) = bits(mode.value);
    let is_folder = target.ends_with('/') || sources.len() > 1 || target == ".";
    for source in sources {
        let path = if is_folder {
            format!("{}/{}", target.trim_end_matches('/'), name_of(source))
        } else {
            target.clone()
        };
        let change = Change {
            path,
            loses,
            gives: gives.iter().copied().map(State::Known).collect(),
        };
        apply(files, change, step.keyword_span);
    }
}

/// What a command does to the privileges of a file.
struct Change {
    path: String,
    /// What it takes away before it gives.
    loses: Loss,
    gives: Vec<State<FileGrant>>,
}

/// What a file loses. Setting its capabilities replaces them, setting its mode replaces the bits,
/// and changing its owner takes both away (chown(2)).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Loss {
    Nothing,
    Bits,
    Capabilities,
    Both,
}

impl Loss {
    fn takes(self, grant: &State<FileGrant>) -> bool {
        let is_bit = matches!(grant, State::Known(FileGrant::SetUid | FileGrant::SetGid));
        match self {
            Self::Nothing => false,
            Self::Bits => is_bit,
            Self::Capabilities => !is_bit,
            Self::Both => true,
        }
    }
}

/// How many files of an image are kept: a build that gives more of them privileges is none that
/// somebody wrote, and each step looks at all of them.
const MOST_FILES: usize = 256;

fn apply(files: &mut Vec<PrivilegedFile>, change: Change, span: Span) {
    let Change { path, loses, gives } = change;
    files.retain(|file| file.path != path || !loses.takes(&file.grant));
    if files.len() >= MOST_FILES {
        return;
    }
    files.extend(gives.into_iter().map(|grant| PrivilegedFile {
        path: path.clone(),
        grant,
        span,
    }));
}

fn changes(call: &Call) -> Option<Vec<Change>> {
    let program = call.program()?;
    if !matches!(program.as_str(), "setcap" | "chmod" | "chown" | "chgrp") {
        return None;
    }
    let words: Vec<String> = call.operands().iter().map(Value::shown).collect();
    let operands: Vec<&String> = words
        .iter()
        .filter(|word| !word.starts_with("--") && !is_option(word))
        .collect();
    let (first, paths) = operands.split_first()?;
    match program.as_str() {
        // One pair after the other.
        "setcap" => Some(
            operands
                .chunks_exact(2)
                .filter_map(|pair| match pair {
                    [grant, path] => Some(capabilities(grant, path)),
                    _ => None,
                })
                .collect(),
        ),
        "chmod" => {
            let (loses, gives) = bits(first);
            let change = |path: &&String| Change {
                path: (*path).clone(),
                loses,
                gives: gives.iter().copied().map(State::Known).collect(),
            };
            Some(paths.iter().map(change).collect())
        }
        "chown" | "chgrp" => {
            let change = |path: &&String| Change {
                path: (*path).clone(),
                loses: Loss::Both,
                gives: Vec::new(),
            };
            Some(paths.iter().map(change).collect())
        }
        _ => None,
    }
}

/// What `setcap` does. A text that it refuses stops the build; what a variable says is not known.
fn capabilities(grant: &str, path: &str) -> Change {
    let gives = match grant.parse() {
        _ if grant == "-r" => Vec::new(),
        Ok(capabilities) => vec![State::Known(FileGrant::Capabilities(capabilities))],
        Err(_) => vec![State::unknown(format!("`{grant}` is not known here"))],
    };
    Change {
        path: path.to_owned(),
        loses: Loss::Capabilities,
        gives,
    }
}

/// Options of chmod and setcap that are no mode: `-R`, `-v`, `-q`.
fn is_option(word: &str) -> bool {
    let letters = word.strip_prefix('-').unwrap_or_default();
    !letters.is_empty() && letters.chars().all(|c| "RvcfqnHLP".contains(c))
}

/// The bits that a mode takes away and gives.
fn bits(mode: &str) -> (Loss, Vec<FileGrant>) {
    let mut given = Vec::new();
    if mode.bytes().all(|byte| byte.is_ascii_digit()) {
        let special = mode.bytes().rev().nth(3).unwrap_or(b'0');
        if matches!(special, b'4'..=b'7') {
            given.push(FileGrant::SetUid);
        }
        if matches!(special, b'2' | b'3' | b'6' | b'7') {
            given.push(FileGrant::SetGid);
        }
        return (Loss::Bits, given);
    }
    let mut loses = Loss::Nothing;
    for clause in mode.split(',') {
        let Some((who, what)) = clause.split_once(['+', '=', '-']) else {
            continue;
        };
        let takes = clause.contains('-') && what.contains('s');
        if takes || clause.contains('=') {
            loses = Loss::Bits;
        }
        if takes || !what.contains('s') {
            continue;
        }
        if who.is_empty() || who.contains(['u', 'a']) {
            given.push(FileGrant::SetUid);
        }
        if who.is_empty() || who.contains(['g', 'a']) {
            given.push(FileGrant::SetGid);
        }
    }
    (loses, given)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::run::calls_of;

    fn made(text: &str) -> Vec<String> {
        let mut files = Vec::new();
        run(&mut files, &calls_of(text));
        let grant = |grant: State<FileGrant>| match grant {
            State::Known(FileGrant::SetUid) => "setuid",
            State::Known(FileGrant::SetGid) => "setgid",
            State::Known(FileGrant::Capabilities(_)) => "capabilities",
            State::Unknown { .. } => "unknown",
        };
        files
            .into_iter()
            .map(|file| format!("{} {}", grant(file.grant), file.path))
            .collect()
    }

    #[test]
    fn what_gives_privileges() {
        assert_eq!(made("chmod u+s /bin/x"), ["setuid /bin/x"]);
        assert_eq!(made("x; chmod -R 4755 /bin/x"), ["setuid /bin/x"]);
        assert_eq!(made("chmod 6755 /x"), ["setuid /x", "setgid /x"]);
        assert_eq!(made("chmod g+s /x"), ["setgid /x"]);
        assert_eq!(
            made("apk add y && setcap 'cap_net_raw+ep' /bin/x"),
            ["capabilities /bin/x"]
        );
        assert_eq!(made("setcap $CAPS /x"), ["unknown /x"]);
        assert_eq!(made("chmod 4755 /x /y"), ["setuid /x", "setuid /y"]);
        assert_eq!(
            made("setcap cap_kill=ep /x cap_kill+p /y"),
            ["capabilities /x", "capabilities /y"]
        );
    }

    #[test]
    fn what_does_not() {
        assert!(made("chmod 755 /bin/x").is_empty());
        assert!(made("chmod 1777 /tmp").is_empty());
        assert!(made("chmod u-s /bin/su").is_empty());
        assert!(made("apk add libcap-setcap").is_empty());
        assert!(made("setcap -r /bin/x").is_empty());
    }

    #[test]
    fn a_long_list_is_cut() {
        let many: Vec<String> = (0..10_000).map(|number| format!("/x{number}")).collect();
        let files = made(&format!("chmod 4755 {}", many.join(" ")));
        assert_eq!(files.len(), MOST_FILES);
    }

    #[test]
    fn what_takes_them_away_again() {
        assert!(made("chmod u+s /x; chmod 755 /x").is_empty());
        assert!(made("chmod u+s /x; chmod u-s /x").is_empty());
        assert!(made("setcap cap_kill=ep /x; setcap -r /x").is_empty());
        assert!(made("setcap cap_kill=ep /x; chown app /x").is_empty());
        assert_eq!(made("chmod u+s /x; chmod u+w /x"), ["setuid /x"]);
        assert_eq!(made("chmod u+s /x; chmod 755 /y"), ["setuid /x"]);
        assert_eq!(
            made("setcap cap_kill=p /x; setcap cap_kill=ep /x"),
            ["capabilities /x"]
        );
    }
}
