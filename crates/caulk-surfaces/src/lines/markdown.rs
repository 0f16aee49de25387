//! Documentation: what a reader is told to type.
//!
//! A fence in a shell's language is a script, unless it shows a session: then what stands behind
//! the prompt is typed, and the rest is output. In a fence without a language, and in text that is
//! set in, only lines count that call a client.

use caulk_source::{BOM, FileId, Span, cut};
use caulk_syntax::Joined;

use super::placeholder;

/// Languages of fences that hold what a shell reads.
const SHELLS: &[&str] = &[
    "bash",
    "ksh",
    "posh-git",
    "sh",
    "shell",
    "shellscript",
    "zsh",
];

/// Languages of fences that show what is typed and what comes back.
const SESSIONS: &[&str] = &[
    "cmd",
    "console",
    "powershell",
    "sh-session",
    "shell-session",
    "shellsession",
    "terminal",
];

/// What a fence holds, by its language.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// What a shell reads.
    Script,
    /// What is typed and what comes back.
    Session,
    /// Anything.
    Anything,
}

/// Programs that start containers.
const CLIENTS: &[&str] = &[
    "docker",
    "docker-compose",
    "nerdctl",
    "podman",
    "podman-compose",
];

/// Commands that are about containers.
const IS_ABOUT: &[&str] = &["compose", "container", "create", "exec", "run"];

/// Whether a line goes on as PowerShell and `cmd` have it.
fn goes_on_in_windows(text: &str) -> bool {
    text.ends_with(" `") || text.ends_with(" ^")
}

/// A line of a file: where it begins, and what stands on it.
#[derive(Clone, Copy)]
struct Line<'t> {
    start: usize,
    text: &'t str,
}

impl Line<'_> {
    /// What stands behind `count` bytes.
    fn behind(self, count: usize) -> Self {
        Self {
            start: self.start + count,
            text: caulk_source::cut_from(self.text, count),
        }
    }

    fn trimmed(self) -> Self {
        let trimmed = self.text.trim_start();
        self.behind(self.text.len() - trimmed.len())
    }

    fn continues(self) -> bool {
        let text = self.text.trim_end();
        text.ends_with('\\') || goes_on_in_windows(text)
    }
}

/// The texts to type.
pub(super) fn fences(id: FileId, text: &str) -> Vec<Joined> {
    let mut texts = Vec::new();
    let mut fence: Option<(char, usize, Holds)> = None;
    let mut inside: Vec<Line<'_>> = Vec::new();
    let mut set_in: Vec<Line<'_>> = Vec::new();
    let bare = text.trim_start_matches(BOM);
    let mut at = text.len() - bare.len();
    for raw in bare.split_inclusive('\n') {
        let line = Line {
            start: at,
            text: raw.trim_end_matches(['\r', '\n']),
        };
        at += raw.len();
        let bare = line.trimmed();
        let bare = quoted(bare);
        let mark = bare
            .text
            .chars()
            .next()
            .filter(|mark| matches!(mark, '`' | '~'));
        let length = mark.map_or(0, |mark| {
            bare.text.len() - bare.text.trim_start_matches(mark).len()
        });
        match fence {
            None if length >= 3 => {
                texts.extend(lines_to_type(id, &set_in, true));
                set_in.clear();
                let language = cut(bare.text, length..bare.text.len());
                fence = Some((mark.unwrap_or('`'), length, holds(language)));
                inside.clear();
            }
            None => {
                if line.text.starts_with("    ") || line.text.starts_with('\t') {
                    set_in.push(bare);
                } else if !set_in.last().is_some_and(|last| last.continues()) {
                    texts.extend(lines_to_type(id, &set_in, true));
                    set_in.clear();
                }
            }
            Some((open, least, holds)) => {
                let closes =
                    mark == Some(open) && length >= least && bare.text.trim_end().len() == length;
                if closes {
                    texts.extend(typed(id, &inside, holds));
                    fence = None;
                } else {
                    inside.push(quoted(line));
                }
            }
        }
    }
    let rest = match fence {
        Some((_, _, holds)) => typed(id, &inside, holds),
        None => lines_to_type(id, &set_in, true),
    };
    texts.extend(rest);
    texts
}

/// A line in a quotation, without its sign.
fn quoted(line: Line<'_>) -> Line<'_> {
    let bare = line.trimmed();
    if bare.text.starts_with("> ") || bare.text == ">" {
        return bare.behind(1);
    }
    line
}

fn holds(language: &str) -> Holds {
    let word = language
        .trim()
        .trim_start_matches(['{', '.'])
        .split([' ', ',', '}', '{', ':', ';'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if SHELLS.contains(&word.as_str()) {
        Holds::Script
    } else if SESSIONS.contains(&word.as_str()) {
        Holds::Session
    } else {
        Holds::Anything
    }
}

/// What is typed of a fence. A script that shows a prompt is a session too.
fn typed(id: FileId, lines: &[Line<'_>], holds: Holds) -> Option<Joined> {
    let root = holds != Holds::Script;
    let has_prompt = lines.iter().any(|line| prompt(*line, root).is_some());
    match holds {
        Holds::Script if !has_prompt => join(id, lines, false),
        Holds::Script | Holds::Session if has_prompt => session(id, lines, root),
        Holds::Script | Holds::Session | Holds::Anything => lines_to_type(id, lines, false),
    }
}

/// What stands behind the prompt, where one stands there. That of root is also what a comment of a
/// script begins with.
fn prompt(line: Line<'_>, root: bool) -> Option<Line<'_>> {
    let bare = line.trimmed();
    if bare.text.starts_with("$ ") || bare.text.starts_with("% ") {
        return Some(bare.behind(2));
    }
    // `user@host:~$ `, `PS C:\\> `
    let words = bare.text.split([' ', '\t']).next().unwrap_or_default();
    if words.contains('@') && words.ends_with(['$', '#', '%']) {
        return Some(bare.behind(words.len() + 1));
    }
    // `host$ `, `(inside) $ `
    let host = words.strip_suffix('$').filter(|host| !host.is_empty());
    if host.is_some_and(|host| host.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')) {
        return Some(bare.behind(words.len() + 1));
    }
    if words.starts_with('(') && words.ends_with(')') {
        let inside = bare.behind(words.len()).trimmed();
        return inside.text.starts_with("$ ").then(|| inside.behind(2));
    }
    if words == "PS"
        && let Some(at) = bare.text.find("> ")
    {
        return Some(bare.behind(at + 2));
    }
    let behind = bare.text.strip_prefix("# ").filter(|_| root)?;
    calls_a_client(behind).then(|| bare.behind(2))
}

/// The lines that are typed in a session, each with those that continue it.
fn session(id: FileId, lines: &[Line<'_>], root: bool) -> Option<Joined> {
    let mut typed = Vec::new();
    let mut continues = false;
    for line in lines {
        let taken = match prompt(*line, root) {
            Some(behind) => Some(behind),
            None if continues => {
                let bare = line.trimmed();
                Some(if bare.text.starts_with("> ") {
                    bare.behind(2)
                } else {
                    *line
                })
            }
            None => None,
        };
        continues = taken.is_some_and(Line::continues);
        typed.extend(taken);
    }
    join(id, &typed, true)
}

/// Lines that call a client, by themselves or behind a prompt, each with those that continue it.
///
/// Text that is `set_in` may be prose that goes on, so a line counts there only with flags.
fn lines_to_type(id: FileId, lines: &[Line<'_>], set_in: bool) -> Option<Joined> {
    let mut typed = Vec::new();
    let mut continues = false;
    for line in lines {
        let behind = prompt(*line, true);
        let is_typed = behind.is_some_and(|behind| names_a_client(behind.text));
        let behind = behind.unwrap_or_else(|| line.trimmed());
        let is_sure = !set_in || has_flags(behind.text);
        let calls = is_typed || (is_sure && calls_a_client(behind.text));
        let taken = continues || calls;
        continues = taken && line.continues();
        if taken {
            typed.push(behind);
        }
    }
    join(id, &typed, true)
}

/// Whether a line begins with a client and a command that is about containers.
fn calls_a_client(text: &str) -> bool {
    let is_before = |word: &&str| {
        let assigned = word.split_once('=');
        matches!(*word, "env" | "nohup" | "sudo" | "time" | "winpty")
            || assigned.is_some_and(|(name, _)| {
                name.chars().all(|c| c.is_ascii_uppercase() || c == '_') && !name.is_empty()
            })
    };
    let mut words = text.split_whitespace().skip_while(is_before);
    let is_client = words.next().is_some_and(|word| CLIENTS.contains(&word));
    // A global flag may take the next word.
    let mut of_a_flag = false;
    for word in words {
        if is_client && IS_ABOUT.contains(&word) {
            return true;
        }
        if !word.starts_with('-') && !of_a_flag {
            return false;
        }
        of_a_flag = word.starts_with('-') && !word.contains('=');
    }
    false
}

/// Whether a client is named anywhere in a text that is typed for sure.
fn names_a_client(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'));
    words.any(|word| CLIENTS.contains(&word))
}

/// Whether a line has a flag or goes on: prose does not.
fn has_flags(text: &str) -> bool {
    let mut words = text.split_whitespace();
    words.any(|word| word.starts_with('-') || word == "\\")
}

/// Lines as one text. Where they may be for `windows`, its way to go on becomes a shell's.
fn join(id: FileId, lines: &[Line<'_>], windows: bool) -> Option<Joined> {
    let (last, before) = lines.split_last()?;
    let first = lines.first()?;
    let mut joined = Joined::new(id, first.start);
    for line in before {
        let text = line.text.trim_end();
        let length = text.len() - usize::from(windows && goes_on_in_windows(text));
        placeholder::push(&mut joined, id, cut(text, 0..length), line.start);
        let sign = line.start + length;
        if length < text.len() {
            joined.push_for("\\", Span::new(id, sign..sign + 1));
        }
        joined.push("\n", line.start + text.len());
    }
    let text = last.text.trim_end();
    placeholder::push(&mut joined, id, text, last.start);
    joined.push("\n", last.start + text.len());
    Some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let texts = fences(FileId::FIRST, text);
        texts
            .iter()
            .map(|text| text.text().trim_end().to_owned())
            .collect()
    }

    #[test]
    fn a_session_shows_output_too() {
        let text = "```console\n$ docker run \\\n    a\ndocker run output\n$ ls\n```\n";
        assert_eq!(read(text), ["docker run \\\n    a\nls"]);
    }

    #[test]
    fn a_script_is_whole() {
        let text = "- a\n\n  ```bash title=x\n  # docker run is fun\n  docker run b\n  ```\n";
        assert_eq!(read(text), ["  # docker run is fun\n  docker run b"]);
    }

    #[test]
    fn elsewhere_only_calls_count() {
        let text = "```\ndocker run -it a\nsome output\n```\n\ndocker run -d prose\n\n    $ docker run --rm b\n    docker run starts things\n";
        assert_eq!(read(text), ["docker run -it a", "docker run --rm b"]);
    }

    #[test]
    fn what_a_reader_puts_in_is_not_known() {
        let text = "```sh\ndocker run -v <my-vol>:/x {{ image }} < input > output\n```\n";
        assert_eq!(read(text), ["docker run -v ${_}:/x ${_} < input > output"]);
    }

    #[test]
    fn prompts() {
        let text = "```console\nme@box:~$ docker run a\nPS C:\\x> docker run b\n# docker run c\n# a comment\n```\n";
        assert_eq!(read(text), ["docker run a\ndocker run b\ndocker run c"]);
    }

    #[test]
    fn lines_go_on_as_windows_has_it() {
        let text = "```powershell\n$ docker run -d `\n    --rm `\n    a\n```\n```\ndocker run ^\n  b\n```\n";
        assert_eq!(
            read(text),
            ["docker run -d \\\n    --rm \\\n    a", "docker run \\\nb"]
        );
    }

    #[test]
    fn a_prompt_says_that_a_line_is_typed() {
        let text = "```\n$ docker rm $(docker create a) | cat\nhost$ podman run b\n(x) $ time docker run c\n$ ls\ndocker is great\n```\n";
        assert_eq!(
            read(text),
            ["docker rm $(docker create a) | cat\npodman run b\ntime docker run c"]
        );
        let text =
            "```\nX=1 docker run a\ndocker -H tcp://x:1 run b\ndocker ps run\ndocker -v\n```\n";
        assert_eq!(read(text), ["X=1 docker run a\ndocker -H tcp://x:1 run b"]);
    }

    #[test]
    fn languages() {
        for language in ["bash", " sh {linenos}", "{.bash}", "Console", "shell,copy"] {
            assert!(holds(language) != Holds::Anything, "{language}");
        }
        for language in ["", "yaml", "dockerfile", "json"] {
            assert!(holds(language) == Holds::Anything, "{language}");
        }
    }
}
