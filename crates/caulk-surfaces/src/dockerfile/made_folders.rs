//! The folders that a build makes as root and leaves to root.

use crate::shell::{Call, Value, name_of};

/// Signs with which a path stands for several, or for one that is not known.
const WILD: [char; 4] = ['*', '?', '[', '$'];

/// How many folders are kept. Nobody makes a hundred.
const MOST: usize = 256;

/// Whether an option of `mkdir` gives the folder a mode: `-m`, also among others.
fn sets_a_mode(word: &str) -> bool {
    word.starts_with("--mode")
        || word
            .strip_prefix('-')
            .is_some_and(|letters| !letters.starts_with('-') && letters.contains('m'))
}

/// Whether a word may be a path that hangs on a variable, or on the folder in which the command runs.
fn is_unclear(word: &str) -> bool {
    let is_path = word == "." || word.starts_with("./") || word.starts_with("..");
    is_path || word.contains('$') && !word.starts_with('/')
}

/// Runs the commands of a step that root runs on the folders so far.
pub(super) fn run(folders: &mut Vec<String>, calls: &[Call]) {
    for call in calls {
        let words: Vec<String> = call.own_words().iter().map(Value::shown).collect();
        let Some((program, rest)) = words.split_first() else {
            continue;
        };
        let paths = rest.iter().filter(|word| word.starts_with('/'));
        let paths = paths.map(|path| path.trim_end_matches('/'));
        match name_of(program) {
            // With a mode of its own it may be open to others.
            "mkdir" if !rest.iter().any(|word| sets_a_mode(word)) => {
                let room = MOST.saturating_sub(folders.len());
                folders.extend(paths.take(room).map(str::to_owned));
            }
            // Which folder that is, nobody here knows.
            "chgrp" | "chmod" | "chown" if rest.iter().any(|word| is_unclear(word)) => {
                folders.clear();
            }
            "chgrp" | "chmod" | "chown" | "mv" | "rm" => {
                let is_moved = matches!(name_of(program), "mv" | "rm");
                let mut options = rest.iter().filter(|word| word.starts_with('-'));
                let takes_all =
                    is_moved || options.any(|word| word.contains('R') || *word == "--recursive");
                let changed: Vec<&str> = paths.collect();
                let is_changed = |folder: &String| {
                    let mut changed = changed.iter();
                    changed.any(|path| {
                        *path == folder || (takes_all || path.contains(WILD)) && holds(path, folder)
                    })
                };
                folders.retain(|folder| !is_changed(folder));
            }
            _ => {}
        }
    }
}

/// Whether a path, with wildcards maybe, is a folder or above it.
fn holds(path: &str, folder: &str) -> bool {
    let path = path.split(WILD).next().unwrap_or_default();
    folder
        .strip_prefix(path.trim_end_matches('/'))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::run::calls_of;

    #[test]
    fn what_is_made_and_left_to_root() {
        for (text, expected) in [
            ("mkdir -p /x/config /y/", &["/x/config", "/y"][..]),
            ("mkdir -p /x/config && chown -R app /x", &[]),
            ("mkdir /x && chmod 1777 /x/*", &[]),
            ("mkdir -m 1777 /x", &[]),
            ("mkdir -pm 1777 /x", &[]),
            ("mkdir /x && cd /x && chown -R app .", &[]),
            ("mkdir /x && chown -R app $DATA", &[]),
            ("mkdir -p /x/config && chmod 1777 /x", &["/x/config"]),
            ("mkdir x && chown app /y", &[]),
        ] {
            let mut folders = Vec::new();
            run(&mut folders, &calls_of(text));
            assert_eq!(folders, expected, "{text}");
        }
    }
}
