//! The commands of a program, wherever they stand in it.

use caulk_syntax::Joined;
use caulk_syntax::shell::{
    Assigned, Command, CommandKind, List, PartKind, Program, RedirectionOperator, Simple, Target,
    Word, parse,
};

use crate::command_line::Argument;

/// How deep a program may be text in another: `sh -c "sh -c '…'"`.
const MAX_PROGRAMS: usize = 4;

/// Visits every simple command: in conditions, loops, functions, substitutions, and in the text
/// that a shell is given.
pub(super) fn commands(program: &Program, visit: &mut dyn FnMut(&Simple)) {
    Walk {
        program,
        visit,
        depth: 0,
    }
    .list(&program.list);
}

struct Walk<'p, 'v> {
    program: &'p Program,
    visit: &'v mut dyn FnMut(&Simple),
    depth: usize,
}

impl Walk<'_, '_> {
    fn list(&mut self, list: &List) {
        for statement in &list.statements {
            for pipeline in statement.pipelines() {
                for command in &pipeline.commands {
                    self.command(command);
                }
            }
        }
    }

    fn command(&mut self, command: &Command) {
        match &command.kind {
            CommandKind::Simple(simple) => self.simple(simple, command),
            CommandKind::Group(list) | CommandKind::Subshell(list) => self.list(list),
            CommandKind::If {
                branches,
                otherwise,
            } => {
                for (condition, body) in branches {
                    self.list(condition);
                    self.list(body);
                }
                if let Some(list) = otherwise {
                    self.list(list);
                }
            }
            CommandKind::Loop { condition, body } => {
                self.list(condition);
                self.list(body);
            }
            CommandKind::For { words, body, .. } => {
                for word in words.iter().flatten() {
                    self.word(word);
                }
                self.list(body);
            }
            CommandKind::Counting { body, .. } => self.list(body),
            CommandKind::Case { word, arms } => {
                self.word(word);
                for arm in arms {
                    self.list(&arm.body);
                }
            }
            CommandKind::Function { body, .. } => self.command(body),
            CommandKind::Test(words) => {
                for word in words {
                    self.word(word);
                }
            }
            CommandKind::Arithmetic(_) => {}
        }
        for redirection in &command.redirections {
            if let Target::Word(word) = &redirection.target {
                self.word(word);
            }
        }
    }

    fn simple(&mut self, simple: &Simple, command: &Command) {
        for assignment in &simple.assignments {
            match &assignment.value {
                Assigned::Word(word) => self.word(word),
                Assigned::Array(words) => {
                    for word in words {
                        self.word(word);
                    }
                }
            }
        }
        for word in &simple.words {
            self.word(word);
        }
        (self.visit)(simple);
        if self.depth < MAX_PROGRAMS {
            for text in given_to_a_shell(self.program, simple, command) {
                let program = parse(&text);
                Walk {
                    program: &program,
                    visit: &mut *self.visit,
                    depth: self.depth + 1,
                }
                .list(&program.list);
            }
        }
    }

    /// The substitutions in a word.
    fn word(&mut self, word: &Word) {
        for part in &word.parts {
            match &part.kind {
                PartKind::Command(list) | PartKind::Process(list) => self.list(list),
                PartKind::Literal(_) | PartKind::Parameter(_) | PartKind::Arithmetic(_) => {}
            }
        }
    }
}

/// Programs that run text as a program.
const SHELLS: &[&str] = &["ash", "bash", "dash", "ksh", "sh", "zsh"];

/// The texts that a command runs as programs: after `-c`, of `eval`, for `ssh`, in a heredoc.
fn given_to_a_shell(program: &Program, simple: &Simple, command: &Command) -> Vec<Joined> {
    let words: Vec<(usize, String)> = simple
        .words
        .iter()
        .enumerate()
        .filter_map(|(at, word)| Some((at, word.as_literal()?)))
        .collect();
    let named = |names: &[&str]| {
        let mut words = words.iter();
        words.find(|(_, word)| {
            let name = word.rsplit('/').next().unwrap_or(word);
            names.contains(&name)
        })
    };
    let first = |at: usize| at == 0 || leads(&words, at);
    let mut texts = Vec::new();
    if let Some((at, _)) = named(SHELLS).filter(|(at, _)| first(*at)) {
        let flag = words
            .iter()
            .find(|(place, word)| place > at && word.starts_with('-') && word.ends_with('c'));
        let text = flag.and_then(|(place, _)| simple.words.get(place + 1));
        texts.extend(text.and_then(joined));
        texts.extend(heredocs(program, command));
    } else if named(&["eval"]).is_some_and(|(at, _)| *at == 0) {
        texts.extend(simple.words.get(1).and_then(joined));
    } else if named(&["ssh"]).is_some_and(|(at, _)| first(*at)) {
        texts.extend(
            simple
                .words
                .get(1..)
                .and_then(<[Word]>::last)
                .and_then(joined),
        );
        texts.extend(heredocs(program, command));
    }
    texts
}

fn heredocs<'p>(program: &'p Program, command: &'p Command) -> impl Iterator<Item = Joined> + 'p {
    let heredocs = command.redirections.iter().filter_map(|redirection| {
        let Target::Heredoc(index) = redirection.target else {
            return None;
        };
        (redirection.operator == RedirectionOperator::Heredoc).then_some(index)
    });
    heredocs.filter_map(|index| joined(&program.heredocs.get(index)?.body))
}

/// Whether only programs stand before the word at `at` that run the one behind them.
fn leads(words: &[(usize, String)], at: usize) -> bool {
    words
        .first()
        .is_some_and(|(first, word)| *first == 0 && at > 0 && runs_another(word))
}

/// A word as a text of its own: what is quoted in it is read again. What hangs on a variable stands
/// as it is written.
fn joined(word: &Word) -> Option<Joined> {
    let first = word.parts.first()?;
    let mut text = Joined::new(first.span.file, first.span.start as usize);
    for part in &word.parts {
        match &part.kind {
            PartKind::Literal(literal) if literal.len() == part.span.range().len() => {
                text.push(literal, part.span.start as usize);
            }
            PartKind::Literal(literal) => text.push_for(literal, part.span),
            PartKind::Parameter(parameter) => {
                text.push_for(&format!("${{{}}}", parameter.name), part.span);
            }
            PartKind::Command(_) | PartKind::Process(_) | PartKind::Arithmetic(_) => {
                text.push_for("${_}", part.span);
            }
        }
    }
    Some(text)
}

/// Programs that run the program behind their own options.
const PREFIXES: &[&str] = &[
    "!", "builtin", "chronic", "command", "doas", "env", "exec", "ionice", "nice", "nohup",
    "retry", "setsid", "stdbuf", "sudo", "time", "timeout", "unbuffer", "watch", "winpty", "xargs",
];

fn runs_another(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word);
    PREFIXES.contains(&name)
}

/// Whether the word at `at` is the program: it stands first, or behind programs that run another.
pub(super) fn leads_to(words: &[Argument], at: usize) -> bool {
    let first = words.first().and_then(|word| word.text.value());
    at == 0 || first.is_some_and(runs_another)
}

/// The words from the client on: it stands first, or behind programs that run another.
pub(super) fn client(words: &[Argument]) -> Option<&[Argument]> {
    let first = words.first()?;
    if !first.text.value().is_some_and(runs_another) {
        return Some(words);
    }
    let names = ["docker", "podman", "nerdctl"];
    let at = words.iter().position(|word| {
        let text = word.text.value().unwrap_or_default();
        names.contains(&text.rsplit('/').next().unwrap_or(text))
    })?;
    words.get(at..)
}
