//! Whether what a service starts does nothing but print something or end.

use super::service::one_or_more;
use super::tree::Value;
use crate::shell;

/// Programs that print something, or touch a file, and end.
const ENDS: &[&str] = &[
    ":", "[", "cut", "date", "echo", "exit", "export", "false", "grep", "head", "hostname", "id",
    "ls", "mkdir", "printenv", "printf", "ps", "pwd", "sort", "stat", "test", "touch", "tr",
    "true", "uname", "wc", "whoami",
];

/// Programs that start what stands behind them, without options.
const STARTS: &[&str] = &["busybox", "catatonit", "dumb-init", "tini"];

/// Programs that run the text behind `-c`.
const SHELLS: &[&str] = &["ash", "bash", "dash", "sh"];

/// Whether the service's own command, behind its own entrypoint where it has one, only prints.
pub(super) fn only_prints(service: &Value<'_>) -> bool {
    let mut words = Vec::new();
    for key in ["entrypoint", "command"] {
        let Some(value) = service.get(key) else {
            continue;
        };
        for item in one_or_more(service, key) {
            let Some(text) = item.known() else {
                return false;
            };
            // Of a list, each item is a word as it is.
            words.push(if value.is_list() {
                quoted(text)
            } else {
                text.to_owned()
            });
        }
    }
    ends(&words.join(" "))
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn ends(text: &str) -> bool {
    let commands = shell::commands(text);
    let repeats = text.contains("while ") || text.contains("until ");
    !repeats && !commands.is_empty() && commands.iter().all(|words| prints(words))
}

fn prints(words: &[String]) -> bool {
    let Some((program, rest)) = words.split_first() else {
        return true;
    };
    match program.rsplit('/').next().unwrap_or_default() {
        // With words behind it, it starts another program.
        "env" => rest.is_empty(),
        // Alone it waits for somebody who types.
        "cat" => !rest.is_empty(),
        // What they run is among the commands by itself.
        shell if SHELLS.contains(&shell) => rest.first().is_some_and(|option| option == "-c"),
        name if STARTS.contains(&name) => prints(rest) && !rest.is_empty(),
        name => ENDS.contains(&name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_prints_and_ends() {
        for text in [
            "env",
            "/bin/echo hello",
            "sh -c 'env | grep ZZ'",
            "'/bin/busybox' 'sh' '-c' 'env | grep ZZ'",
            "sh -c 'export A=b; touch /x && exit 1'",
            "busybox true",
            "cat /etc/os-release",
        ] {
            assert!(ends(text), "{text}");
        }
        for text in [
            "",
            "cat",
            "env A=b server",
            "sh",
            "sh script.sh",
            "sh -c '$X'",
            "sh -c 'echo x; exec server'",
            "sh -c 'while true; do echo x; done'",
            "busybox sh -c 'echo x; httpd -f'",
            "busybox httpd",
            "sleep 1",
        ] {
            assert!(!ends(text), "{text}");
        }
    }
}
