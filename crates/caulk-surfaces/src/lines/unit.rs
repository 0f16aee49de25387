//! Units of systemd: the commands that they start.

use caulk_source::{FileId, cut};
use caulk_syntax::Joined;

/// The commands of a unit, each with the lines that continue it.
pub(super) fn commands(id: FileId, text: &str) -> Vec<Joined> {
    let mut commands: Vec<Joined> = Vec::new();
    let mut continues = false;
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.trim_end_matches(['\r', '\n']);
        let trimmed = line.trim_start();
        if trimmed.starts_with(['#', ';']) {
            continue;
        }
        let content = if continues {
            line
        } else {
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            if !key.trim().starts_with("Exec") {
                continue;
            }
            let value = value
                .trim_start()
                .trim_start_matches(['@', '-', ':', '+', '!', '|']);
            commands.push(Joined::new(id, start + line.len() - value.len()));
            value
        };
        let Some(command) = commands.last_mut() else {
            continue;
        };
        let bare = content.trim_end();
        let bare = bare.strip_suffix('\\');
        continues = bare.is_some();
        let bare = bare.unwrap_or(content);
        let from = start + line.len() - content.len();
        command.push(cut(bare, 0..bare.len()), from);
        if continues {
            // The line that follows is part of it.
            command.push(" ", from + bare.len());
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_go_over_lines() {
        let text = "[Service]\nEnvironment=A=b\nExecStartPre=-/usr/bin/docker rm x\nExecStart=/usr/bin/docker run \\\n  # not this\n  --rm a\n";
        let commands = commands(FileId::FIRST, text);
        let read: Vec<&str> = commands.iter().map(Joined::text).collect();
        assert_eq!(
            read,
            ["/usr/bin/docker rm x", "/usr/bin/docker run    --rm a"]
        );
    }
}
