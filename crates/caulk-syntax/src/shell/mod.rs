//! Shell text as commands and words.
//!
//! Thin: enough to see which programs a `RUN` step or a script calls and with which words. It knows
//! quotes, escapes, operators, comments and substitutions (which it skips over as part of a word),
//! and nothing of control flow.

use caulk_source::cut_from;

/// One simple command: its words, with their quotes and escapes resolved. Variables stand for
/// themselves.
pub type Command = Vec<String>;

/// The commands of `text`, in order.
pub fn commands(text: &str) -> Vec<Command> {
    let mut reader = Reader {
        text,
        at: 0,
        word: None,
        command: Vec::new(),
        commands: Vec::new(),
    };
    while let Some(next) = reader.next() {
        reader.step(next);
    }
    reader.end_command();
    reader.commands
}

/// Where in a command its program stands: past assignments, reserved words and the programs that
/// only run another with the same words.
pub fn program(command: &[String]) -> Option<usize> {
    const BEFORE: &[&str] = &[
        "!", "builtin", "command", "do", "elif", "else", "env", "exec", "if", "nohup", "sudo",
        "then", "time", "until", "while",
    ];
    let mut at = 0;
    let mut passed = false;
    while let Some(word) = command.get(at) {
        let assigns = word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        });
        let option = passed && word.starts_with('-');
        let before = BEFORE.contains(&word.as_str());
        if !assigns && !option && !before {
            return Some(at);
        }
        passed |= before;
        at += 1;
    }
    None
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    word: Option<String>,
    command: Command,
    commands: Vec<Command>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        cut_from(self.text, self.at).chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn push(&mut self, character: char) {
        self.word.get_or_insert_default().push(character);
    }

    fn end_word(&mut self) {
        self.command.extend(self.word.take());
    }

    fn end_command(&mut self) {
        self.end_word();
        // Braces group commands; they are words of their own.
        self.command.retain(|word| word != "{" && word != "}");
        if !self.command.is_empty() {
            self.commands.push(std::mem::take(&mut self.command));
        }
    }

    fn step(&mut self, next: char) {
        match next {
            '\n' | ';' | '&' | '|' | '(' | ')' => self.end_command(),
            space if space.is_whitespace() => self.end_word(),
            '#' if self.word.is_none() => {
                while self.peek().is_some_and(|next| next != '\n') {
                    self.next();
                }
            }
            '\\' => match self.next() {
                Some('\n') | None => {}
                Some(escaped) => self.push(escaped),
            },
            '\'' => self.single_quoted(),
            '"' => self.double_quoted(),
            '$' if self.peek() == Some('(') => {
                self.push('$');
                self.substitution();
            }
            '`' => {
                self.push('`');
                while let Some(next) = self.next() {
                    self.push(next);
                    if next == '`' {
                        break;
                    }
                }
            }
            '<' | '>' => {
                self.end_word();
                self.push(next);
                while let Some(more @ ('<' | '>' | '&')) = self.peek() {
                    self.next();
                    self.push(more);
                }
                self.end_word();
            }
            other => self.push(other),
        }
    }

    fn single_quoted(&mut self) {
        self.word.get_or_insert_default();
        while let Some(next) = self.next() {
            if next == '\'' {
                return;
            }
            self.push(next);
        }
    }

    fn double_quoted(&mut self) {
        self.word.get_or_insert_default();
        while let Some(next) = self.next() {
            match next {
                '"' => return,
                '\\' => match self.next() {
                    Some('\n') | None => {}
                    Some(escaped @ ('"' | '\\' | '$' | '`')) => self.push(escaped),
                    Some(other) => {
                        self.push('\\');
                        self.push(other);
                    }
                },
                '$' if self.peek() == Some('(') => {
                    self.push('$');
                    self.substitution();
                }
                other => self.push(other),
            }
        }
    }

    /// Past `(…)`, brackets counted and quotes respected.
    fn substitution(&mut self) {
        let mut open = 0_usize;
        let mut quote: Option<char> = None;
        while let Some(next) = self.next() {
            self.push(next);
            match (next, quote) {
                ('\\', None | Some('"')) => {
                    if let Some(escaped) = self.next() {
                        self.push(escaped);
                    }
                }
                ('\'' | '"', None) => quote = Some(next),
                (_, Some(closing)) if next == closing => quote = None,
                ('(', None) => open += 1,
                (')', None) => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        return;
                    }
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_part_commands_and_quotes_hold_words() {
        let read = commands("set -ex; a 'b c' && \"d $(x; y)\" | e # not\nf\\ g > /x");
        let expected: &[&[&str]] = &[
            &["set", "-ex"],
            &["a", "b c"],
            &["d $(x; y)"],
            &["e"],
            &["f g", ">", "/x"],
        ];
        assert_eq!(read, expected);
    }

    #[test]
    fn where_the_program_stands() {
        let at = |text: &str| {
            let command = commands(text).remove(0);
            program(&command).map(|at| command[at].clone())
        };
        assert_eq!(at("A=b sudo -E useradd x").as_deref(), Some("useradd"));
        assert_eq!(at("if ! grep x y").as_deref(), Some("grep"));
        assert_eq!(at("adduser curl").as_deref(), Some("adduser"));
        assert_eq!(at("apt-get install adduser").as_deref(), Some("apt-get"));
        assert_eq!(at("exec gosu a").as_deref(), Some("gosu"));
    }

    #[test]
    fn what_is_quoted_is_no_operator() {
        assert_eq!(commands("echo 'a && b'"), [["echo", "a && b"]]);
        assert_eq!(commands("(a\\\n b)"), [["a", "b"]]);
        assert_eq!(commands("echo \"open"), [["echo", "open"]]);
    }
}
