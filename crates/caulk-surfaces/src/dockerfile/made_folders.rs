//! The folders that a build makes as root and leaves to root.

use crate::shell::{Call, Value, name_of};

/// Signs with which a path stands for several, or for one that is not known.
const WILD: [char; 4] = ['*', '?', '[', '$'];

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
            "mkdir"
                if !rest
                    .iter()
                    .any(|word| word.starts_with("-m") || word.starts_with("--mode")) =>
            {
                folders.extend(paths.map(str::to_owned));
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
            ("mkdir -p /x/config && chmod 1777 /x", &["/x/config"]),
            ("mkdir x && chown app /y", &[]),
        ] {
            let mut folders = Vec::new();
            run(&mut folders, &calls_of(text));
            assert_eq!(folders, expected, "{text}");
        }
    }
}
