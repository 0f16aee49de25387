//! The stages of a Dockerfile, and the image that one of them is.

use std::collections::BTreeSet;

use caulk_model::base_images::{ImageReference, Platform};
use caulk_model::build::{self, BaseUse, Build, BuildFact, SecretKind};
use caulk_model::{Base, Fact, Image, Origin, RootOnly, State, Step, StepKind, User};
use caulk_source::{SUBSTITUTE, Span, cut, cut_to};
use caulk_syntax::dockerfile::{Dockerfile, Instruction, Keyword, Template};

use super::entrypoint::Start;
use super::facts::{Downloads, Notes};
use super::run::ShellForm;
use super::scope::{BuildArguments, Scope};
use super::{accounts, facts, privileged_files, run};

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
    shell: ShellForm,
    downloads: Downloads,
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
        let mut built = self.evaluate(index, true)?;
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
        self.add_dependencies(index, &mut built.image.build);
        Some(built.image)
    }

    /// The stage at `index`, with every stage on which it stands. A stage can only stand on an
    /// earlier one, so the chain ends.
    fn evaluate(&self, index: usize, ships: bool) -> Option<Built> {
        let mut built: Option<Built> = None;
        let mut triggers: Vec<&Instruction> = Vec::new();
        for index in self.chain(index).into_iter().rev() {
            let stage = *self.stages.get(index)?;
            let mut current = match built {
                None => self.bottom(stage),
                Some(parent) => inherit(parent, stage.from.span),
            };
            let own = stage.described(ships);
            current.note_base(stage, &own);
            for step in triggers.into_iter().chain(stage.steps) {
                self.run(&mut current, step, &own);
            }
            current.forget_unused_arguments(stage);
            triggers = stage
                .steps
                .iter()
                .filter_map(Instruction::trigger)
                .collect();
            built = Some(current);
        }
        built
    }

    /// The stages on which a stage stands, itself first.
    fn chain(&self, index: usize) -> Vec<usize> {
        let mut chain = vec![index];
        let mut lowest = index;
        while let Some(parent) = self.parent(lowest) {
            chain.push(parent);
            lowest = parent;
        }
        chain
    }

    /// Adds what the stages do from which the one at `index` takes files.
    fn add_dependencies(&self, index: usize, build: &mut Build) {
        let mut known: BTreeSet<usize> = self.chain(index).into_iter().collect();
        let mut pending: Vec<usize> = known.iter().copied().collect();
        let mut left = MAX_DEPENDENCIES;
        while let Some(index) = pending.pop() {
            let Some(stage) = self.stages.get(index) else {
                continue;
            };
            let names = stage.steps.iter().flat_map(facts::sources_of);
            let sources: Vec<usize> = names
                .filter_map(|(name, _)| self.earlier(&name, index))
                .filter(|source| !known.contains(source))
                .collect();
            for source in sources {
                if left == 0 || known.contains(&source) {
                    continue;
                }
                left -= 1;
                let whole = build
                    .whole_copies
                    .iter()
                    .any(|copy| self.earlier(&copy.value.from, index) == Some(source));
                let chain = self.chain(source);
                let new: Vec<Span> = chain
                    .iter()
                    .filter(|stage| !known.contains(stage))
                    .filter_map(|stage| Some(self.stages.get(*stage)?.from.span))
                    .collect();
                if let Some(built) = self.evaluate(source, whole) {
                    merge(build, built.image.build, &new, whole);
                }
                known.extend(&chain);
                pending.extend(chain);
            }
        }
    }

    /// The stage before the one at `index` that `name` means: a name, or a number.
    fn earlier(&self, name: &str, index: usize) -> Option<usize> {
        let earlier = self.stages.get(..index)?;
        let by_name = earlier.iter().rposition(|stage| {
            stage
                .name()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
        });
        by_name.or_else(|| name.parse().ok().filter(|number| *number < index))
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
        let known_windows = base
            .row()
            .is_some_and(|row| row.platform == Platform::Windows);
        let shell = ShellForm::of_base(windows || known_windows);
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
                build: Build::default(),
                base,
            },
            scope: Scope::stage(open),
            start: Start::default(),
            shell,
            downloads: Downloads::default(),
        }
    }

    fn run(&self, state: &mut Built, step: &Instruction, own: &build::Stage) {
        state.scope.run(step, self.arguments, Some(&self.global));
        state.start.run(step, self.text);
        state.shell.run(step);
        if step.keyword == Keyword::User
            && let Some(user) = step.one()
        {
            state.image.user = Fact {
                state: state.scope.expand(user).map(User::new),
                origin: Origin::Written(user.span),
            };
            state.image.user_from_base = false;
            let mut arguments = user
                .variables()
                .into_iter()
                .filter_map(|name| state.scope.argument(name));
            state.image.build.user_argument = arguments.next().cloned();
        }
        if let Some(why) = needs_root(step) {
            state.image.root_only = Some(RootOnly {
                why,
                span: step.keyword_span,
            });
        }
        let scope = &state.scope;
        let mut notes = Notes {
            build: &mut state.image.build,
            stage: own,
            source: self.text,
        };
        facts::images(&mut notes, step, &|name| {
            name.parse::<usize>().is_ok()
                || self.stages.iter().any(|stage| {
                    stage
                        .name()
                        .is_some_and(|own| own.eq_ignore_ascii_case(name))
                })
        });
        if step.keyword != Keyword::Run {
            let is_here = |path: &str| (self.read)(path).is_some_and(|text| is_plain(&text));
            facts::of_step(&mut notes, step, scope, &is_here);
            return;
        }
        let lookup = |name: &str| scope.lookup(name);
        let calls = run::calls(step, self.text, state.shell, &lookup);
        facts::of_run(&mut notes, &calls, &mut state.downloads);
        accounts::run(&mut state.image.accounts, &calls);
        let files = privileged_files::made_by(&calls);
        state.image.privileged_files.extend(files);
    }
}

/// How many stages are looked at from which files are taken. Nobody writes so many.
const MAX_DEPENDENCIES: usize = 64;

impl Stage<'_> {
    fn described(self, ships: bool) -> build::Stage {
        build::Stage {
            name: self.name().map(str::to_owned),
            from: self.from.span,
            ships,
        }
    }
}

impl Built {
    /// The history of an image keeps the arguments of its `RUN` steps. One after which no step runs
    /// leaves nothing.
    fn forget_unused_arguments(&mut self, stage: Stage<'_>) {
        let last_run = stage
            .steps
            .iter()
            .rfind(|step| step.keyword == Keyword::Run)
            .map_or(stage.from.span, |step| step.span);
        self.image.build.secrets.retain(|fact| {
            fact.value.kind != SecretKind::Argument
                || fact.stage.from != stage.from.span
                || fact.span < last_run
        });
    }

    /// Notes the image on which a stage stands, where that is not built here.
    fn note_base(&mut self, stage: Stage<'_>, own: &build::Stage) {
        let Base::External {
            reference, span, ..
        } = &self.image.base
        else {
            return;
        };
        let Some(from) = stage.from.from() else {
            return;
        };
        if from.base.span != *span {
            return;
        }
        let written = from.base.as_literal().unwrap_or_default();
        self.image.build.bases.push(BuildFact {
            value: BaseUse {
                reference: reference.clone(),
                tag_is_written: written.is_empty() || facts::tag_is_written(&written),
                copied_from: false,
            },
            span: *span,
            stage: own.clone(),
        });
    }
}

/// Adds to `build` what the stages at `new` do on the way; and all of it, where their files are all
/// copied.
fn merge(build: &mut Build, other: Build, new: &[Span], whole: bool) {
    fn add<T>(list: &mut Vec<BuildFact<T>>, other: Vec<BuildFact<T>>, new: &[Span]) {
        list.extend(
            other
                .into_iter()
                .filter(|fact| new.contains(&fact.stage.from)),
        );
    }
    add(&mut build.remote_code, other.remote_code, new);
    add(&mut build.unchecked_peers, other.unchecked_peers, new);
    add(&mut build.unsigned_packages, other.unsigned_packages, new);
    add(&mut build.unverified_files, other.unverified_files, new);
    add(&mut build.bases, other.bases, new);
    add(&mut build.added, other.added, new);
    if whole {
        add(&mut build.passwords, other.passwords, new);
        add(&mut build.sudo, other.sudo, new);
        add(&mut build.root_equivalents, other.root_equivalents, new);
        add(&mut build.modes, other.modes, new);
        add(&mut build.file_capabilities, other.file_capabilities, new);
    }
}

/// Whether a file is no archive by its first bytes.
fn is_plain(text: &str) -> bool {
    let start: Vec<char> = text.chars().take(262).collect();
    let tar: String = start.iter().skip(257).collect();
    !start.contains(&SUBSTITUTE)
        && !text.starts_with("PK")
        && !text.starts_with("BZh")
        && tar != "ustar"
}

/// What a stage on another stage begins with. The engine clones the image; the triggers do not
/// come along.
fn inherit(parent: Built, from: Span) -> Built {
    let mut state = Built {
        start: parent.start.inherited(),
        scope: parent.scope.inherited(),
        shell: parent.shell,
        downloads: parent.downloads,
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

fn shortened(text: &str) -> String {
    let mut end = text.len().min(80);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    cut_to(text, end).to_owned()
}
