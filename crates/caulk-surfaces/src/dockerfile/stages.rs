//! The stages of a Dockerfile, and the image that one of them is.

use std::collections::BTreeSet;

use caulk_model::base_images::{ImageReference, Platform};
use caulk_model::build::{self, BaseUse, Build, BuildFact, SecretKind, UserArgument};
use caulk_model::{Base, Fact, Image, Origin, State, Step, StepKind, User};
use caulk_source::{SUBSTITUTE, Span, cut, cut_to};
use caulk_syntax::dockerfile::{Dockerfile, Instruction, Keyword};

use super::accounts::Groups;
use super::entrypoint::Start;
use super::facts::{Downloads, Notes};
use super::run::ShellForm;
use super::scope::{BuildArguments, Scope};
use super::{accounts, facts, made_folders, naming, privileged_files, root_only, run};
use crate::shell::Call;

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
    pub(super) stages: Vec<Stage<'a>>,
    global: Scope,
    arguments: &'a BuildArguments,
    /// The text of the Dockerfile.
    text: &'a str,
    comments: &'a [Span],
    escape: char,
    /// The text of a file of the build context.
    read: &'a dyn Fn(&str) -> Option<String>,
}

/// A stage as far as it is evaluated: what the next stage on it inherits.
#[derive(Clone, Debug)]
pub(super) struct Built {
    pub(super) image: Image,
    scope: Scope,
    start: Start,
    shell: ShellForm,
    downloads: Downloads,
    groups: Groups,
    /// The build arguments that cannot be root's number: a step makes a new account with it.
    unique: BTreeSet<UserArgument>,
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
            comments: &dockerfile.comments,
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
        let by_program = entrypoint.as_ref().and_then(root_only::by_program);
        let by_comments = || root_only::by_comments(self.comments, self.text);
        let by_steps = built.image.root_only.take();
        built.image.root_only = by_program.or(by_steps).or_else(by_comments);
        built.image.build.home = built.scope.environment("HOME").cloned();
        built.image.entrypoint = entrypoint;
        built.image.steps_down = steps_down;
        self.add_dependencies(index, &mut built.image.build);
        Some(built.image)
    }

    /// The stage at `index`, with every stage on which it stands. A stage can only stand on an
    /// earlier one, so the chain ends.
    pub(super) fn evaluate(&self, index: usize, ships: bool) -> Option<Built> {
        let mut built: Option<Built> = None;
        let mut triggers: Vec<&Instruction> = Vec::new();
        for index in self.chain(index).into_iter().rev() {
            let stage = *self.stages.get(index)?;
            let mut current = match built {
                None => self.bottom(stage),
                Some(parent) => inherit(parent, stage.from.span),
            };
            let own = stage.described(ships);
            current.note_base(stage, &own, &self.global);
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
    pub(super) fn chain(&self, index: usize) -> Vec<usize> {
        let mut chain = vec![index];
        let mut lowest = index;
        while let Some(parent) = self.parent(lowest) {
            chain.push(parent);
            lowest = parent;
        }
        chain
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
            State::Known(name) if ImageReference::parse(&name).is_some() => {
                Base::named(&name, span)
            }
            State::Known(name) => {
                let because = format!("`{}` names no image", shortened(&name));
                Base::external(State::unknown(because), span)
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
                stated: None,
                base,
            },
            scope: Scope::stage(open),
            start: Start::default(),
            shell,
            downloads: Downloads::default(),
            groups: Groups::new(),
            unique: BTreeSet::new(),
        }
    }

    fn run(&self, state: &mut Built, step: &Instruction, own: &build::Stage) {
        state.scope.run(step, self.arguments, Some(&self.global));
        state.start.run(step, self.text);
        state.shell.run(step);
        if step.keyword == Keyword::User {
            state.set_user(step);
        }
        if let Some(root_only) = root_only::by_step(step) {
            state.image.root_only = Some(root_only);
        }
        if matches!(step.keyword, Keyword::Copy | Keyword::Add) {
            privileged_files::copied(&mut state.image.privileged_files, step);
        }
        let scope = &state.scope;
        let mut notes = Notes {
            build: &mut state.image.build,
            stage: own,
            source: self.text,
            surroundings: Vec::new(),
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
        notes.surroundings = facts::surroundings(&calls, scope);
        facts::of_run(&mut notes, &calls, &mut state.downloads);
        state.note_root(&calls);
        accounts::run(&mut state.image.accounts, &mut state.groups, &calls);
        let numbers = calls.iter().filter_map(accounts::unique_number);
        for number in numbers {
            let written = cut(self.text, number.span.range());
            let arguments = variables(written).filter_map(|name| state.scope.argument(name));
            state.unique.extend(arguments.cloned());
        }
        privileged_files::run(&mut state.image.privileged_files, &calls);
    }
}

/// The names of the variables in a word, as it is written.
fn variables(word: &str) -> impl Iterator<Item = &str> {
    word.split('$').skip(1).map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        cut_to(rest, end.unwrap_or(rest.len()))
    })
}

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
    /// Takes a `USER` into account.
    fn set_user(&mut self, step: &Instruction) {
        let Some(user) = step.one() else {
            return;
        };
        self.image.user = Fact {
            state: self.scope.expand(user).map(User::new),
            origin: Origin::Written(user.span),
        };
        self.image.user_from_base = false;
        let mut arguments = user
            .variables()
            .into_iter()
            .filter_map(|name| self.scope.argument(name));
        let argument = arguments.next();
        let argument = argument.filter(|argument| !self.unique.contains(argument));
        self.image.build.user_argument = argument.cloned();
    }

    /// Notes what the commands of a step put into root's own folder and which folders they make, where it is
    /// root that runs them; and where they show that it is.
    fn note_root(&mut self, calls: &[Call]) {
        let user = self.image.user.value();
        let is_unknown = user.is_none();
        if user.is_none_or(|user| self.image.is_root(user)) {
            let home = self.scope.lookup("HOME");
            let in_home = root_only::by_calls(calls, &home);
            self.image.root_only = in_home.or(self.image.root_only.take());
            made_folders::run(&mut self.image.build.root_folders, calls);
        }
        if self.image.user_from_base && is_unknown {
            let as_root = calls.iter().find(|call| root_only::works_as_root(call));
            let place = &mut self.image.build.works_as_root;
            *place = place.or(as_root.map(|call| call.span));
        }
    }

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
    fn note_base(&mut self, stage: Stage<'_>, own: &build::Stage, global: &Scope) {
        let Base::External {
            reference,
            repository,
            tag_is_written,
            span,
            ..
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
        let literal = from.base.as_literal();
        let by_argument = literal
            .is_none()
            .then(|| naming::by_argument(&from.base, global));
        self.image.build.bases.push(BuildFact {
            value: BaseUse {
                reference: reference.clone(),
                repository: repository.clone(),
                tag_is_written: *tag_is_written,
                by_argument,
                copied_from: false,
            },
            span: *span,
            stage: own.clone(),
            only_where: None,
            arms: Vec::new(),
        });
    }
}

/// Whether a file is no archive by its first bytes.
fn is_plain(text: &str) -> bool {
    let start: Vec<char> = text.chars().take(262).collect();
    let tar: String = start.iter().skip(257).collect();
    !start.contains(&SUBSTITUTE) && !text.starts_with("BZh") && tar != "ustar"
}

/// What a stage on another stage begins with. The engine clones the image; the triggers do not
/// come along.
fn inherit(parent: Built, from: Span) -> Built {
    let mut state = Built {
        start: parent.start.inherited(),
        scope: parent.scope.inherited(),
        shell: parent.shell,
        downloads: parent.downloads,
        groups: parent.groups,
        unique: parent.unique,
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

fn shortened(text: &str) -> String {
    let mut end = text.len().min(80);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    cut_to(text, end).to_owned()
}
