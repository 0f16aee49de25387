//! The stages of a Dockerfile, and the image that one of them is.

use caulk_model::base_images::ImageReference;
use caulk_model::{Base, Fact, Image, Origin, RootOnly, State, Step, StepKind, User};
use caulk_source::{Span, cut, cut_to};
use caulk_syntax::dockerfile::{Dockerfile, Instruction, Keyword, Lookup, Template};
use caulk_syntax::shell::{self, Command};

use super::entrypoint::Start;
use super::scope::{BuildArguments, Scope};
use super::{accounts, privileged_files};

/// A stage: its `FROM` and what follows up to the next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage<'a> {
    /// The `FROM`.
    pub(crate) from: &'a Instruction,
    /// What follows.
    pub(crate) steps: &'a [Instruction],
}

impl<'a> Stage<'a> {
    /// The name after `AS`.
    pub(crate) fn name(self) -> Option<&'a str> {
        Some(&self.from.from()?.name.as_ref()?.value)
    }
}

/// The stages of `dockerfile`, in order.
pub(crate) fn stages(dockerfile: &Dockerfile) -> Vec<Stage<'_>> {
    let mut stages = Vec::new();
    let mut rest = dockerfile.instructions.as_slice();
    while let Some((first, after)) = rest.split_first() {
        if first.keyword != Keyword::From {
            rest = after;
            continue;
        }
        let next = after.iter().position(|step| step.keyword == Keyword::From);
        let (steps, following) = after.split_at(next.unwrap_or(after.len()));
        stages.push(Stage { from: first, steps });
        rest = following;
    }
    stages
}

/// The stage that `target` names, in any case, else the last.
pub(crate) fn target(stages: &[Stage<'_>], target: Option<&str>) -> Option<usize> {
    let Some(target) = target.filter(|target| !target.is_empty()) else {
        return stages.len().checked_sub(1);
    };
    stages.iter().rposition(|stage| {
        stage
            .name()
            .is_some_and(|name| name.eq_ignore_ascii_case(target))
    })
}

/// Evaluates stages for one set of build arguments.
pub(crate) struct Builder<'a> {
    stages: Vec<Stage<'a>>,
    global: Scope,
    arguments: &'a BuildArguments,
    /// The text of the Dockerfile.
    text: &'a str,
    escape: char,
    /// The text of a file of the build context.
    read: &'a dyn Fn(&str) -> Option<String>,
}

/// A stage as far as it is evaluated: what the next stage on it inherits.
#[derive(Clone, Debug)]
struct Built {
    image: Image,
    scope: Scope,
    start: Start,
}

impl<'a> Builder<'a> {
    /// A builder for `dockerfile`.
    pub(crate) fn new(
        dockerfile: &'a Dockerfile,
        text: &'a str,
        arguments: &'a BuildArguments,
        read: &'a dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let mut global = Scope::global();
        for instruction in &dockerfile.instructions {
            if instruction.keyword == Keyword::From {
                break;
            }
            global.run(instruction, arguments, None);
        }
        Self {
            stages: stages(dockerfile),
            global,
            arguments,
            text,
            escape: dockerfile.escape,
            read,
        }
    }

    /// The stages.
    pub(crate) fn stages(&self) -> &[Stage<'a>] {
        &self.stages
    }

    /// The image that the stage at `index` is.
    pub(crate) fn image(&self, index: usize) -> Option<Image> {
        // The chain from the external base down to the stage. A stage can only stand on an earlier
        // one, so it ends.
        let mut chain = vec![index];
        let mut lowest = index;
        while let Some(parent) = self.parent(lowest) {
            chain.push(parent);
            lowest = parent;
        }
        let mut built: Option<Built> = None;
        let mut triggers: Vec<&Instruction> = Vec::new();
        for index in chain.into_iter().rev() {
            let stage = *self.stages.get(index)?;
            let mut current = match built {
                None => self.bottom(stage),
                Some(parent) => inherit(parent, stage.from.span),
            };
            for step in triggers.into_iter().chain(stage.steps) {
                self.run(&mut current, step);
            }
            triggers = stage
                .steps
                .iter()
                .filter_map(Instruction::trigger)
                .collect();
            built = Some(current);
        }
        let mut built = built?;
        let base_step = built.image.base.step_down();
        let (entrypoint, steps_down) = built.start.finish(self.read, base_step);
        if let Some((program, span)) = entrypoint
            .as_ref()
            .and_then(|start| Some((root_program(&start.words)?, start.span)))
        {
            let why = format!("is `{program}`, which starts as root to do its work");
            built.image.root_only = Some(RootOnly { why, span });
        }
        built.image.entrypoint = entrypoint;
        built.image.steps_down = steps_down;
        Some(built.image)
    }

    /// Paths, relative to the build context, of scripts that may start the image.
    pub(crate) fn scripts(&self, index: usize) -> Vec<String> {
        let mut start = Start::default();
        let Some(stage) = self.stages.get(index) else {
            return Vec::new();
        };
        for step in stage.steps {
            start.run(step, self.text);
        }
        start.scripts()
    }

    /// The name of a stage's base, as far as the arguments before the first `FROM` decide it.
    fn base_name(&self, stage: Stage<'_>) -> (State<String>, Span) {
        match stage.from.from() {
            Some(from) => (self.global.expand(&from.base), from.base.span),
            None => (State::unknown("its `FROM` cannot be read"), stage.from.span),
        }
    }

    /// The earlier stage on which a stage stands.
    fn parent(&self, index: usize) -> Option<usize> {
        let (name, _) = self.base_name(*self.stages.get(index)?);
        let name = name.known()?.clone();
        let earlier = self.stages.get(..index)?;
        earlier
            .iter()
            .rposition(|stage| stage.name().is_some_and(|own| own.to_lowercase() == name))
    }

    fn bottom(&self, stage: Stage<'_>) -> Built {
        let (name, span) = self.base_name(stage);
        let base = match name {
            State::Known(name) if name == "scratch" => Base::Scratch,
            State::Known(name) => {
                let reference = ImageReference::parse(&name).map_or_else(
                    || State::unknown(format!("`{}` names no image", shortened(&name))),
                    State::Known,
                );
                Base::external(reference, span)
            }
            State::Unknown { because } => {
                Base::partly_known(cut(self.text, span.range()), &because, span)
            }
        };
        let open = !matches!(base, Base::Scratch);
        let platform = stage.from.flag("platform").map(|flag| flag.value);
        let windows =
            self.escape == '`' || platform.is_some_and(|name| name.starts_with("windows"));
        Built {
            image: Image {
                user: base.default_user(stage.from.span),
                user_from_base: open,
                accounts: Vec::new(),
                privileged_files: Vec::new(),
                root_only: None,
                windows,
                entrypoint: None,
                steps_down: None,
                base,
            },
            scope: Scope::stage(open),
            start: Start::default(),
        }
    }

    /// The commands of a `RUN`: its words, or the shell text of its line; and what a heredoc feeds
    /// to a shell. Text that goes into the passwd file comes as commands that print it.
    fn commands(&self, step: &Instruction) -> Vec<Command> {
        if let Some(words) = step.exec() {
            let words: Vec<String> = words.iter().map(|word| word.value.clone()).collect();
            return match words.as_slice() {
                [shell, flag, script] if shell.ends_with("sh") && flag.starts_with('-') => {
                    shell::commands(script)
                }
                _ => vec![words],
            };
        }
        let line = step.rest.text();
        let mut commands = shell::commands(line);
        for heredoc in &step.heredocs {
            let body = cut(self.text, heredoc.body.range());
            if line.contains("/etc/passwd") {
                commands.push(vec![
                    "echo".to_owned(),
                    body.to_owned(),
                    "/etc/passwd".to_owned(),
                ]);
            } else if line.trim_start().starts_with("<<") || line.contains("sh ") {
                commands.extend(shell::commands(body));
            }
        }
        commands
    }

    fn run(&self, state: &mut Built, step: &Instruction) {
        state.scope.run(step, self.arguments, Some(&self.global));
        state.start.run(step, self.text);
        if step.keyword == Keyword::User
            && let Some(user) = step.one()
        {
            state.image.user = Fact {
                state: state.scope.expand(user).map(User::new),
                origin: Origin::Written(user.span),
            };
            state.image.user_from_base = false;
        }
        if let Some(why) = needs_root(step) {
            state.image.root_only = Some(RootOnly {
                why,
                span: step.keyword_span,
            });
        }
        if matches!(step.keyword, Keyword::Copy | Keyword::Add) {
            privileged_files::copied(&mut state.image.privileged_files, step);
        }
        if step.keyword == Keyword::Run {
            let scope = &state.scope;
            let expand = |word: &str| expand_word(word, scope);
            let commands = self.commands(step);
            let place = step.keyword_span;
            accounts::run(&mut state.image.accounts, &commands, place, &expand);
            privileged_files::run(&mut state.image.privileged_files, &commands, place);
        }
    }
}

/// What a stage on another stage begins with. The engine clones the image; the triggers do not
/// come along.
fn inherit(parent: Built, from: Span) -> Built {
    let mut state = Built {
        start: parent.start.inherited(),
        scope: parent.scope.inherited(),
        image: parent.image,
    };
    let user = state.image.user.clone();
    state.image.user = match user.origin {
        // A default points at the `FROM` of the stage that is judged.
        Origin::Default(_) => Fact {
            state: user.state,
            origin: Origin::Default(from),
        },
        Origin::Written(_) | Origin::Inherited { .. } => user.through(Step {
            kind: StepKind::BaseStage,
            span: from,
        }),
    };
    state
}

/// Programs that cannot do their work as anybody but root.
const ROOT_PROGRAMS: &[&str] = &[
    "cron",
    "crond",
    "dockerd",
    "fail2ban-server",
    "gparted",
    "init",
    "openvpn",
    "s6-svscan",
    "sshd",
    "supervisord",
    "systemd",
    "wg-quick",
];

/// The program among the first words of a process that needs root.
fn root_program(words: &[String]) -> Option<&'static str> {
    let mut names = words
        .iter()
        .take(3)
        .map(|word| word.rsplit('/').next().unwrap_or(word));
    names.find_map(|name| {
        ROOT_PROGRAMS
            .iter()
            .find(|program| **program == name)
            .copied()
    })
}

/// Why a step shows that the image's program needs root: it works in root's own folder.
fn needs_root(step: &Instruction) -> Option<String> {
    let is_root_home = |path: &str| path == "/root" || path.starts_with("/root/");
    let uses = match step.keyword {
        Keyword::Workdir => step
            .one()
            .and_then(Template::as_literal)
            .is_some_and(|path| is_root_home(&path)),
        Keyword::Volume | Keyword::Copy | Keyword::Add => {
            let exec = step
                .exec()
                .unwrap_or_default()
                .iter()
                .map(|word| word.value.clone());
            let plain = step
                .words()
                .unwrap_or_default()
                .iter()
                .filter_map(Template::as_literal);
            exec.chain(plain)
                .last()
                .is_some_and(|path| is_root_home(&path))
        }
        Keyword::Env => {
            let pairs = step.pairs().unwrap_or_default().iter();
            let mut values = pairs.filter_map(|pair| pair.value.as_ref()?.as_literal());
            values.any(|value| is_root_home(&value))
        }
        Keyword::Arg
        | Keyword::Cmd
        | Keyword::Entrypoint
        | Keyword::Expose
        | Keyword::From
        | Keyword::Healthcheck
        | Keyword::Label
        | Keyword::Maintainer
        | Keyword::Onbuild
        | Keyword::Run
        | Keyword::Shell
        | Keyword::Stopsignal
        | Keyword::User
        | Keyword::Unknown => false,
    };
    uses.then(|| "works in `/root`, which only root may enter".to_owned())
}

/// A shell word with `$NAME` and `${NAME}` replaced where the value is known.
fn expand_word(word: &str, scope: &Scope) -> String {
    let name = word
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
        .or_else(|| word.strip_prefix('$'));
    if let Some(Lookup::Set(value)) = name.map(|name| scope.lookup(name)) {
        return value;
    }
    word.to_owned()
}

fn shortened(text: &str) -> String {
    let mut end = text.len().min(80);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    cut_to(text, end).to_owned()
}
