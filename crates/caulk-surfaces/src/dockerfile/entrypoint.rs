//! How an image's first process starts, and whether it gives root up by itself.

use std::collections::BTreeMap;

use caulk_model::{Entrypoint, StepDown, behind_the_usual_entrypoint};
use caulk_source::{Span, cut};
use caulk_syntax::dockerfile::{Instruction, Keyword, Template};

use super::stepping::{self, Runs, name_of};
use crate::shell;

/// Folders in which a program without a path is looked for.
const SEARCHED: &[&str] = &[
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
];

/// What the instructions of a stage say of how its image starts.
#[derive(Clone, Debug)]
pub(super) struct Start {
    /// `ENTRYPOINT`; an empty one takes the base's away.
    entrypoint: Option<(Vec<String>, Span)>,
    /// The program that the engine starts for it.
    first_program: Option<String>,
    command: Option<(Vec<String>, Span)>,
    /// Whether the `CMD` is one text for a shell, which is then the program that is started.
    command_is_shell: bool,
    /// Whether the `CMD` is this stage's own, and not that of the stage below.
    own_command: bool,
    /// Tools that step down, seen where build steps install something.
    installed: Option<(&'static str, Span)>,
    /// Files copied from the build context: source, and destination as a whole path.
    copied: Vec<(String, String)>,
    /// Files written out in the Dockerfile itself, by their path.
    written: BTreeMap<String, String>,
    /// Whether a step may have put another script where the base has its entrypoint.
    hides_the_bases: bool,
    workdir: String,
}

impl Default for Start {
    fn default() -> Self {
        Self {
            entrypoint: None,
            first_program: None,
            command: None,
            command_is_shell: false,
            own_command: false,
            installed: None,
            copied: Vec::new(),
            written: BTreeMap::new(),
            hides_the_bases: false,
            workdir: "/".to_owned(),
        }
    }
}

impl Start {
    /// What a stage on this one begins with.
    pub(super) fn inherited(mut self) -> Self {
        self.own_command = false;
        self
    }

    /// Takes an instruction into account. `text` is the Dockerfile's.
    pub(super) fn run(&mut self, instruction: &Instruction, text: &str) {
        let keyword = instruction.keyword;
        if matches!(keyword, Keyword::Run | Keyword::Copy | Keyword::Add) {
            // `/docker-entrypoint-initdb.d` and `/docker-entrypoint.d` are where the base's own looks for more.
            self.hides_the_bases |= instruction.rest.text().contains("entrypoint.sh");
        }
        if keyword == Keyword::Entrypoint {
            self.entrypoint = Some((words(instruction), instruction.span));
            self.first_program = first_program(instruction);
            // BuildKit drops a CMD that comes from below, and keeps one of the stage itself.
            if !self.own_command {
                self.command = None;
            }
        } else if keyword == Keyword::Cmd {
            self.command = Some((words(instruction), instruction.span));
            self.command_is_shell = instruction.exec().is_none();
            self.own_command = true;
        } else if keyword == Keyword::Workdir {
            let folder = instruction.one().and_then(Template::as_literal);
            self.workdir = absolute(&self.workdir, &folder.unwrap_or_default());
        } else if keyword == Keyword::Run {
            self.look_for_tools(instruction);
        } else if matches!(keyword, Keyword::Copy | Keyword::Add) {
            self.copy(instruction, text);
        }
    }

    fn look_for_tools(&mut self, instruction: &Instruction) {
        for command in shell::commands(instruction.rest.text()) {
            let removes = ["purge", "remove", "del", "rm", "autoremove"];
            if command.iter().any(|word| removes.contains(&word.as_str())) {
                continue;
            }
            let mentioned = ["gosu", "su-exec", "s6-overlay", "s6-setuidgid"]
                .into_iter()
                .find(|tool| command.iter().any(|word| mentions(word, tool)));
            if let Some(tool) = mentioned {
                // What installs the tool comes first; what comes later may be another name for it.
                self.installed
                    .get_or_insert((tool, instruction.keyword_span));
            }
        }
    }

    fn copy(&mut self, instruction: &Instruction, text: &str) {
        let exec = instruction.exec().unwrap_or_default().iter();
        let plain = instruction.words().unwrap_or_default().iter();
        let words: Vec<String> = exec
            .map(|word| word.value.clone())
            .chain(plain.filter_map(Template::as_literal))
            .collect();
        let Some((target, sources)) = words.split_last() else {
            return;
        };
        let is_folder = target.ends_with('/') || sources.len() > 1 || target == ".";
        let mut target = absolute(&self.workdir, target);
        if is_folder && !target.ends_with('/') {
            target.push('/');
        }
        if let [heredoc] = instruction.heredocs.as_slice() {
            let body = cut(text, heredoc.body.range()).to_owned();
            let name = if is_folder { heredoc.name.as_str() } else { "" };
            self.written.insert(format!("{target}{name}"), body);
        } else if instruction.flag("from").is_none() {
            let pairs = sources
                .iter()
                .map(|source| (source.clone(), target.clone()));
            self.copied.extend(pairs);
        } else if sources
            .iter()
            .chain([&target])
            .any(|word| mentions(word, "gosu") || mentions(word, "su-exec"))
        {
            self.installed = Some(("gosu", instruction.keyword_span));
        }
    }

    /// The words with which the first process starts.
    fn words(&self) -> Option<(Vec<String>, Span)> {
        let empty = |(words, _): &&(Vec<String>, Span)| words.is_empty();
        let entrypoint = self.entrypoint.as_ref().filter(|words| !empty(words));
        let command = self.command.as_ref().filter(|words| !empty(words));
        let (mut words, span) = entrypoint.or(command)?.clone();
        if let (Some(_), Some((command, _))) = (entrypoint, command) {
            words.extend(command.iter().cloned());
        }
        Some((words, span))
    }

    /// Paths, relative to the build context, at which the script that starts the container may lie.
    pub(super) fn scripts(&self) -> Vec<String> {
        let program = match self.words().and_then(|(words, _)| stepping::runs(&words)) {
            Some(Runs::Program(program)) => program,
            Some(Runs::Stepping(_)) | None => return Vec::new(),
        };
        let places = self.places(&program);
        let mut paths = Vec::new();
        // What is copied later lies on top.
        for (source, target) in self.copied.iter().rev() {
            for place in &places {
                paths.extend(origin_of(place, source, target));
            }
        }
        paths
    }

    /// What an `ENTRYPOINT` hands to the script that the base has for one: it names that once more, or there
    /// is none.
    fn behind_the_bases(&self) -> Option<&[String]> {
        match &self.entrypoint {
            None => Some(&[]),
            Some(_) if self.hides_the_bases => None,
            Some((words, _)) => behind_the_usual_entrypoint(words),
        }
    }

    /// Where in the image a program may lie.
    fn places(&self, program: &str) -> Vec<String> {
        if program.contains('/') {
            return vec![absolute(&self.workdir, program)];
        }
        let searched = SEARCHED.iter().map(|folder| format!("{folder}/{program}"));
        let here = absolute(&self.workdir, program);
        searched.chain([here]).collect()
    }

    /// How the image starts and how it gives root up. `read` gives the text of a script.
    pub(super) fn finish(
        &self,
        read: &dyn Fn(&str) -> Option<String>,
        base: Option<StepDown>,
    ) -> (Option<Entrypoint>, Option<StepDown>) {
        // The base's entrypoint gets the new command, and may not step down for it.
        let own = self.command.as_ref().and_then(|(words, _)| words.first());
        let own = own.map(|word| {
            if self.command_is_shell {
                "/bin/sh"
            } else {
                word
            }
        });
        let inherited = self.behind_the_bases().and_then(|handed| {
            let first = handed.first().map(String::as_str).or(own);
            base.filter(|step| first.is_none_or(|word| step.takes(word)))
        });
        let Some((words, span)) = self.words() else {
            return (None, inherited);
        };
        let found = |stepping: stepping::Stepping| StepDown {
            to: stepping.to,
            through: stepping.tool.to_owned(),
            span: Some(span),
            seals: stepping.seals,
            ..StepDown::default()
        };
        let (mut was_read, mut steps_down) = (true, None);
        match stepping::runs(&words) {
            Some(Runs::Stepping(stepping)) => steps_down = Some(found(stepping)),
            Some(Runs::Program(program)) => {
                let places = self.places(&program);
                let written = places
                    .iter()
                    .find_map(|place| self.written.get(place).cloned());
                let script = written.or_else(|| self.scripts().iter().find_map(|path| read(path)));
                let is_known = script.is_some() || inherited.is_some();
                was_read = is_known || !looks_like_a_script(&program);
                steps_down = if let Some(script) = script {
                    is_shell(&program, &script)
                        .then(|| stepping::of_script(&script).map(found))
                        .flatten()
                } else {
                    // A script that is not in the repository, in an image into which such a tool
                    // was put: it was put there to be used.
                    let installed = self.installed.filter(|_| !was_read);
                    installed.map(|(tool, span)| StepDown {
                        to: None,
                        through: tool.to_owned(),
                        span: Some(span),
                        assumed: true,
                        ..StepDown::default()
                    })
                };
            }
            None => {}
        }
        let command = self.command.as_ref().filter(|(words, _)| !words.is_empty());
        let entrypoint = Entrypoint {
            command: command.map(|(command, place)| (words.len() - command.len(), *place)),
            words,
            span,
            was_read,
            replaces_the_base: self.entrypoint.is_some(),
            first_program: self.first_program.clone(),
        };
        (Some(entrypoint), steps_down.or(inherited))
    }
}

fn words(instruction: &Instruction) -> Vec<String> {
    match instruction.exec() {
        Some(words) => words.iter().map(|word| word.value.clone()).collect(),
        None => shell::commands(instruction.rest.text())
            .pop()
            .unwrap_or_default(),
    }
}

/// The program that the engine starts for an `ENTRYPOINT`: its first word, or a shell.
fn first_program(instruction: &Instruction) -> Option<String> {
    match instruction.exec() {
        Some(words) => words.first().map(|word| word.value.clone()),
        None => Some("/bin/sh".to_owned()),
    }
}

/// The file of the build context that lies at `place` of the image once `source` is copied to
/// `target`: a file under its own name or a new one, or a file of a folder.
fn origin_of(place: &str, source: &str, target: &str) -> Vec<String> {
    let source = source.trim_end_matches('/');
    let mut origins = Vec::new();
    if place == target {
        origins.push(source.to_owned());
    }
    let folder = target.trim_end_matches('/');
    let below = place
        .strip_prefix(folder)
        .and_then(|rest| rest.strip_prefix('/'));
    if let Some(below) = below {
        if name_of(source) == below {
            origins.push(source.to_owned());
        }
        origins.push(format!("{source}/{below}"));
    }
    origins
}

/// A path of the image as a whole one.
fn absolute(workdir: &str, path: &str) -> String {
    let whole = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{workdir}/{path}")
    };
    let parts: Vec<&str> = whole
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    let end = if path.ends_with('/') && !parts.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{end}", parts.join("/"))
}

/// Whether a file is a shell's to read: it says so itself, or its name does.
fn is_shell(name: &str, script: &str) -> bool {
    let first = script.lines().next().unwrap_or_default();
    match first.strip_prefix("#!") {
        Some(interpreter) => interpreter
            .split([' ', '/'])
            .any(|part| part.ends_with("sh")),
        None => name
            .rsplit_once('.')
            .is_some_and(|(_, extension)| extension == "sh"),
    }
}

fn looks_like_a_script(word: &str) -> bool {
    let name = name_of(word);
    name.rsplit_once('.')
        .is_some_and(|(_, extension)| extension == "sh")
        || name.contains("entrypoint")
        || name == "init"
}

/// Whether `text` mentions `tool` as a word of its own: `su-exec`, `…/gosu-amd64`.
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

    #[test]
    fn a_tool_is_a_word_of_its_own() {
        assert!(mentions("su-exec", "su-exec"));
        assert!(mentions("https://x/gosu-amd64", "gosu"));
        assert!(!mentions("consul-gosubox", "gosu"));
    }

    #[test]
    fn where_a_copied_file_comes_from() {
        assert_eq!(
            origin_of("/e.sh", "docker/start.sh", "/e.sh"),
            ["docker/start.sh"]
        );
        assert!(origin_of("/app/docker/e.sh", ".", "/app").contains(&"./docker/e.sh".to_owned()));
        assert!(
            origin_of("/usr/local/bin/e.sh", "scripts/e.sh", "/usr/local/bin/")
                .contains(&"scripts/e.sh".to_owned())
        );
        assert!(origin_of("/opt/run.sh", ".", "/app").is_empty());
        assert_eq!(absolute("/app", "./x/"), "/app/x/");
    }
}
