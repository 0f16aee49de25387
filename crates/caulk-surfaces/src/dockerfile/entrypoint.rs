//! How an image's first process starts, and whether it gives root up by itself.

use caulk_model::{Entrypoint, StepDown};
use caulk_source::{Span, cut};
use caulk_syntax::dockerfile::{Instruction, Keyword, Template};
use caulk_syntax::shell;

/// Programs that become another user and then run what follows.
const STEPPERS: &[&str] = &[
    "chpst",
    "gosu",
    "runuser",
    "s6-applyuidgid",
    "s6-setuidgid",
    "setpriv",
    "setuidgid",
    "su",
    "su-exec",
    "suexec",
];

/// Programs that run the rest of their words.
const WRAPPERS: &[&str] = &[
    "bash",
    "catatonit",
    "dash",
    "docker-init",
    "dumb-init",
    "env",
    "exec",
    "init",
    "sh",
    "tini",
    "tini-static",
];

/// What the instructions of a stage say of how its image starts.
#[derive(Clone, Default, Debug)]
pub(super) struct Start {
    entrypoint: Option<(Vec<String>, Span)>,
    command: Option<(Vec<String>, Span)>,
    /// Tools that step down, seen in the text of build steps.
    installed: Option<(&'static str, Span)>,
    /// Files copied from the build context: source and destination.
    copied: Vec<(String, String)>,
}

impl Start {
    /// Takes an instruction into account.
    pub(super) fn run(&mut self, instruction: &Instruction) {
        let keyword = instruction.keyword;
        if keyword == Keyword::Entrypoint {
            self.entrypoint = words(instruction);
            // BuildKit drops the base's CMD where a stage sets its own ENTRYPOINT.
            self.command = None;
        } else if keyword == Keyword::Cmd {
            self.command = words(instruction);
        } else if matches!(keyword, Keyword::Run | Keyword::Copy | Keyword::Add) {
            self.look_for_tools(instruction);
            if keyword != Keyword::Run && instruction.flag("from").is_none() {
                self.copied.extend(copies(instruction));
            }
        }
    }

    fn look_for_tools(&mut self, instruction: &Instruction) {
        let text = instruction.rest.text();
        let found = ["gosu", "su-exec", "setpriv", "s6-overlay", "s6-setuidgid"]
            .into_iter()
            .find(|tool| mentions(text, tool));
        if let Some(tool) = found {
            self.installed = Some((tool, instruction.keyword_span));
        }
    }

    /// The words with which the first process starts.
    fn words(&self) -> Option<(Vec<String>, Span)> {
        let (mut words, span) = self.entrypoint.clone().or_else(|| self.command.clone())?;
        if let (Some(_), Some((command, _))) = (&self.entrypoint, &self.command) {
            words.extend(command.iter().cloned());
        }
        Some((words, span))
    }

    /// Paths, relative to the build context, at which a script that starts the container may lie.
    pub(super) fn scripts(&self) -> Vec<String> {
        let Some((words, _)) = self.words() else {
            return Vec::new();
        };
        let mut paths = Vec::new();
        for word in words.iter().take(8) {
            let Some(name) = word.rsplit('/').next().filter(|name| !name.is_empty()) else {
                continue;
            };
            for (source, _) in &self.copied {
                let source = source.trim_end_matches('/');
                let last = source.rsplit('/').next().unwrap_or(source);
                if last == name {
                    paths.push(source.to_owned());
                } else if !last.contains('.') || last == "." {
                    paths.push(format!("{source}/{name}"));
                }
            }
        }
        paths
    }

    /// How the image starts and how it gives root up. `read` gives the text of a script.
    pub(super) fn finish(
        &self,
        read: &dyn Fn(&str) -> Option<String>,
        base: Option<StepDown>,
    ) -> (Option<Entrypoint>, Option<StepDown>) {
        let Some((words, span)) = self.words() else {
            return (None, base);
        };
        let script = self.scripts().iter().find_map(|path| read(path));
        let by_words = stepper(&words).map(|(tool, to)| StepDown {
            to,
            through: tool.to_owned(),
            span: Some(span),
        });
        let by_script = || {
            let tool = script.as_deref().and_then(script_steps_down)?;
            Some(StepDown {
                to: None,
                through: tool.to_owned(),
                span: Some(span),
            })
        };
        // A script that is not in the repository, in an image into which such a tool was put: it
        // was put there to be used.
        let by_tool = || {
            let (tool, span) = self.installed?;
            let hidden = script.is_none() && self.entrypoint.is_some();
            hidden.then(|| StepDown {
                to: None,
                through: tool.to_owned(),
                span: Some(span),
            })
        };
        let inherited = base.filter(|_| self.entrypoint.is_none());
        let was_read = script.is_some() || !words.iter().any(|word| looks_like_a_script(word));
        let entrypoint = Entrypoint {
            words,
            span,
            was_read,
            replaces_the_base: self.entrypoint.is_some(),
        };
        let steps_down = by_words.or_else(by_script).or_else(by_tool).or(inherited);
        (Some(entrypoint), steps_down)
    }
}

fn looks_like_a_script(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word);
    name.rsplit_once('.')
        .is_some_and(|(_, extension)| extension == "sh")
        || name.contains("entrypoint")
        || name == "init"
}

fn words(instruction: &Instruction) -> Option<(Vec<String>, Span)> {
    let words: Vec<String> = match instruction.exec() {
        Some(words) => words.iter().map(|word| word.value.clone()).collect(),
        None => shell::commands(instruction.rest.text())
            .pop()
            .unwrap_or_default(),
    };
    (!words.is_empty()).then_some((words, instruction.span))
}

/// Sources and destination of a copy from the build context.
fn copies(instruction: &Instruction) -> Vec<(String, String)> {
    let exec = instruction.exec().unwrap_or_default().iter();
    let plain = instruction.words().unwrap_or_default().iter();
    let words: Vec<String> = exec
        .map(|word| word.value.clone())
        .chain(plain.filter_map(Template::as_literal))
        .collect();
    let Some((target, sources)) = words.split_last() else {
        return Vec::new();
    };
    let pairs = sources
        .iter()
        .map(|source| (source.clone(), target.clone()));
    pairs.collect()
}

/// The tool that the words of a first process begin with, past wrappers, and the account after it.
fn stepper(words: &[String]) -> Option<(&'static str, Option<String>)> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let name = word.rsplit('/').next().unwrap_or(word);
        if let Some(tool) = STEPPERS.iter().find(|tool| **tool == name) {
            let rest: Vec<&String> = words.collect();
            let to = account(tool, &rest);
            let root = to.as_deref().is_some_and(|to| matches!(to, "root" | "0"));
            return (!root).then_some((tool, to));
        }
        let passes = WRAPPERS.contains(&name) || word.starts_with('-') || word.contains('=');
        if name.contains(' ') {
            let inner = shell::commands(word);
            return stepper(inner.last()?);
        }
        if !passes {
            return None;
        }
    }
    None
}

/// The account that a stepper's words name.
fn account(tool: &str, words: &[&String]) -> Option<String> {
    let option = |names: &[&str]| {
        let at = words
            .iter()
            .position(|word| names.contains(&word.as_str()))?;
        Some((*words.get(at + 1)?).clone())
    };
    let attached = |name: &str| {
        words
            .iter()
            .find_map(|word| word.strip_prefix(name))
            .map(str::to_owned)
    };
    let named = match tool {
        "setpriv" => attached("--reuid=").or_else(|| option(&["--reuid"])),
        "runuser" | "chpst" => option(&["-u", "--user"]),
        _ => None,
    };
    let first = || {
        words
            .iter()
            .find(|word| !word.starts_with('-'))
            .map(|word| (**word).clone())
    };
    let to = named.or_else(first)?;
    let to = to.split(':').next().unwrap_or_default();
    (!to.contains('$')).then(|| to.to_owned())
}

/// The tool through which a script gives root up.
fn script_steps_down(script: &str) -> Option<&'static str> {
    let commands = shell::commands(script);
    let programs = commands.iter().flat_map(|command| command.iter().take(4));
    let mut programs = programs.map(|word| word.rsplit('/').next().unwrap_or(word));
    programs.find_map(|program| STEPPERS.iter().find(|tool| **tool == program).copied())
}

/// Whether `text` mentions `tool` as a word of its own: `apk add su-exec`, `…/gosu-amd64`.
fn mentions(text: &str, tool: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut from = 0;
    while let Some(at) = cut(text, from..text.len()).find(tool) {
        let start = from + at;
        let before = cut(text, 0..start).chars().next_back();
        let after = cut(text, start + tool.len()..text.len()).chars().next();
        if !before.is_some_and(is_part) && !after.is_some_and(is_part) {
            return true;
        }
        from = start + tool.len();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(words: &[&str]) -> Option<(&'static str, Option<String>)> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        stepper(&words)
    }

    #[test]
    fn who_steps_down_and_to_whom() {
        let to = |name: &str| Some(name.to_owned());
        assert_eq!(steps(&["gosu", "app", "serve"]), Some(("gosu", to("app"))));
        assert_eq!(
            steps(&["tini", "--", "su-exec", "a:b", "x"]),
            Some(("su-exec", to("a")))
        );
        assert_eq!(
            steps(&["setpriv", "--reuid=7", "--", "x"]),
            Some(("setpriv", to("7")))
        );
        assert_eq!(
            steps(&["sh", "-c", "cd /x && exec gosu app y"]),
            Some(("gosu", to("app")))
        );
        assert_eq!(steps(&["gosu", "root", "x"]), None);
        assert_eq!(steps(&["python", "gosu"]), None);
    }

    #[test]
    fn a_tool_is_a_word_of_its_own() {
        assert!(mentions("apk add --no-cache su-exec", "su-exec"));
        assert!(mentions("wget …/gosu-amd64", "gosu"));
        assert!(!mentions("the consul-gosubox", "gosu"));
    }
}
