//! Command lines in files: scripts, Makefiles, documentation, pipelines, units.
//!
//! `source` finds the shell texts of a file, [`shell`](crate::shell) the commands in them and what
//! each word says, and [`command_line`](crate::command_line) what the words mean. `edits` writes
//! remedies back, flag by flag.

mod called;
mod clients;
mod edits;
mod justfile;
mod line_edits;
mod makefile;
mod markdown;
mod placeholder;
mod source;
mod structured;
mod surroundings;
mod unit;
mod words;

use caulk_finding::Change;
use caulk_model::{
    Around, Declared, DeclaredBuild, EngineClient, Entry, Extent, Fact, Origin, Repository,
    RequestedBuild, SelinuxOff, State,
};
use caulk_source::{Edit, FileId, SourceFile, Span, Spanned, Surface, parent_path};
use caulk_syntax::dockerfile::Lookup;
use caulk_syntax::{Joined, Problem};

use self::called::{Called, called};
use self::clients::Endpoints;
use crate::NotOffered;
use crate::command_line::{self, Action, Argument, Image, Invocation, Run};
use crate::declaring::{Declaration, Declaring, FindFrom};
use crate::{selinux, shell, workflow};

pub(crate) use line_edits::{add_flags, become_value, read_only};
pub(crate) use source::{Kind, is_script, kind_of};
pub(crate) use structured::{expressions, scalar};

/// How many calls of one file are kept. Nobody writes a hundred; a hostile file has a million.
const MAX_CALLS: usize = 100_000;

/// A container that a line starts.
#[derive(Debug)]
struct Call {
    /// Where the client and its command are written.
    name: Span,
    words: Vec<Argument>,
    action: Called,
    /// Whether root on the host calls it.
    by_root: bool,
}

/// A file with command lines.
#[derive(Debug)]
pub(crate) struct File {
    folder: String,
    kind: Kind,
    calls: Vec<Call>,
    problems: Vec<Problem>,
    /// Commands that keep SELinux from being enforced.
    selinux: Vec<SelinuxOff>,
    /// The names that builds give their images.
    built: Vec<String>,
    /// The names that stand for something else in the Dockerfiles of builds.
    contexts: Vec<String>,
    /// The engines that clients are told to use.
    clients: Vec<EngineClient>,
}

/// Reads one; nothing where no line in it starts a container.
pub(crate) fn read(id: FileId, file: &SourceFile, kind: Kind) -> Option<File> {
    let mut read = File {
        kind,
        folder: parent_path(file.path()).to_owned(),
        calls: Vec::new(),
        problems: Vec::new(),
        selinux: Vec::new(),
        built: Vec::new(),
        contexts: Vec::new(),
        clients: Vec::new(),
    };
    let texts = source::texts(id, file, kind);
    let mut endpoints = Endpoints::default();
    for (text, around) in texts.scripts {
        let mut printer: Option<shell::Call> = None;
        shell::each_call(&text, &|name| around.lookup(name), &mut |call| {
            let words = words::arguments(call);
            read.take(call, &words);
            if kind != Kind::Documentation {
                endpoints.take(call, &words);
                read.take_selinux(call, printer.take().as_ref());
                printer = prints(call).then(|| call.clone());
            }
        });
    }
    let is_workflow = workflow::is_workflow(file.path());
    let around = texts.endpoints.iter().map(|endpoint| {
        endpoint.client(if is_workflow {
            Surface::Workflow
        } else {
            Surface::CommandLine
        })
    });
    read.clients.extend(around);
    let named = endpoints.all();
    let named = named
        .iter()
        .map(|endpoint| endpoint.client(Surface::CommandLine));
    read.clients.extend(named);
    (!read.says_nothing()).then_some(read)
}

/// Whether what a command writes may be worth knowing to the next.
fn prints(call: &shell::Call) -> bool {
    matches!(call.program().as_deref(), Some("cat" | "echo" | "printf"))
}

/// Visits the words of every command that a text runs, each from its program on.
pub(crate) fn every_command(text: &Joined, visit: &mut dyn FnMut(&[Argument])) {
    // Whoever starts it may set a variable before. Its author counted on a default.
    let lookup = |_: &str| Lookup::UnsetHere;
    shell::each_call(text, &lookup, &mut |call| visit(&words::arguments(call)));
}

impl File {
    fn says_nothing(&self) -> bool {
        self.calls.is_empty()
            && self.problems.is_empty()
            && self.selinux.is_empty()
            && self.clients.is_empty()
            && self.built.is_empty()
            && self.contexts.is_empty()
    }

    fn take_selinux(&mut self, call: &shell::Call, printer: Option<&shell::Call>) {
        let printer = printer.filter(|_| call.piped_from.is_some());
        if let Some((place, how)) = selinux::switched_off(call, printer) {
            self.selinux.push(SelinuxOff {
                surface: Surface::CommandLine,
                place,
                how,
                instead: None,
            });
        }
    }

    /// Takes a command with its own words.
    fn take(&mut self, command: &shell::Call, words: &[Argument]) {
        let Some(call) = command_line::invocation(words).or_else(|| behind_a_variable(words))
        else {
            return;
        };
        if self.calls.len() >= MAX_CALLS {
            return;
        }
        let before = words.len() - call.words.len();
        let begins_elsewhere = |at: usize| {
            let word = command.own_words().get(before + at);
            word.is_some_and(shell::Value::begins_elsewhere)
        };
        if call.action == Action::Build {
            self.built.extend(command_line::tags(call.words));
            self.contexts.extend(command_line::contexts(call.words));
        }
        match called(&call) {
            Ok(Some(mut action)) => {
                // Flags are added before the image, so that is all that counts of it.
                if let Called::Run(run) = &mut action
                    && let Image::Named(image) = &mut run.image
                {
                    image.shared = begins_elsewhere(run.line.rest);
                }
                self.calls.push(Call {
                    name: call.name,
                    words: call.words.to_vec(),
                    action,
                    by_root: command.sudo().is_some(),
                });
            }
            Ok(None) => {}
            // Documentation shows lines with `...` and `<image>` in them.
            Err(_) if self.kind == Kind::Documentation => {}
            Err(refusal) => self.problems.push(Problem {
                span: refusal.span.unwrap_or(call.name),
                message: refusal.message,
            }),
        }
    }
}

/// `$SUDO docker run`: the variable holds nothing, or what runs the rest.
fn behind_a_variable(words: &[Argument]) -> Option<Invocation<'_>> {
    let (first, rest) = words.split_first()?;
    let alone = first.text.beginning().is_empty() && first.text.splits();
    command_line::invocation(rest).filter(|_| alone)
}

/// What a line asks of the builder.
fn requested(name: Span, line: &command_line::Line<'_>) -> RequestedBuild {
    let here = || State::Known(".".to_owned());
    let mut entitlements = Vec::new();
    for given in line.given.iter().filter(|given| given.flag.name == "allow") {
        let words = given.value.value().unwrap_or_default().split(',');
        entitlements.extend(words.map(|word| Entry {
            value: word.to_owned(),
            origin: Origin::Written(given.span),
        }));
    }
    let network = line
        .given
        .iter()
        .rfind(|given| given.flag.name == "network");
    RequestedBuild {
        surface: Surface::CommandLine,
        title: "the build".to_owned(),
        anchor: name,
        build: DeclaredBuild {
            context: here(),
            dockerfile: here(),
            target: None,
            inline: false,
            privileged: None,
            entitlements,
            network: network.map(|given| Fact {
                state: given.value.state(),
                origin: Origin::Written(given.span),
            }),
        },
    }
}

impl Declaring for File {
    fn surface(&self) -> Surface {
        Surface::CommandLine
    }

    fn problems(&self) -> Vec<Problem> {
        self.problems.clone()
    }

    fn declarations(&self, find: FindFrom<'_>) -> Vec<Declaration> {
        // From which folder a line is run is not known: its own, or that of the repository.
        let find = |path: &str| match find(&self.folder, path) {
            State::Known(None) => match find("", path) {
                State::Known(None) if self.kind == Kind::Documentation => {
                    State::unknown(format!("`{path}` is the reader's file"))
                }
                found @ (State::Known(_) | State::Unknown { .. }) => found,
            },
            found @ (State::Known(Some(_)) | State::Unknown { .. }) => found,
        };
        let declarations = self.calls.iter().filter_map(|call| match &call.action {
            Called::Build(_) => None,
            Called::Run(run) => {
                let mut declaration = declaration(call, run, &find);
                let stays = ["detach", "restart"]
                    .iter()
                    .any(|name| run.last(name).is_some());
                let example = self.kind == Kind::Documentation;
                declaration.declared.one_off = !stays || example;
                declaration.declared.example = example;
                declaration.declared.around.by_root = call.by_root;
                Some(declaration)
            }
            Called::Service(run) => {
                let mut declaration = declaration(call, run, &find);
                // What it names is a service: its image, and all that no flag says, is the file's.
                declaration.image = None;
                declaration.declared.one_off = run.last("detach").is_none();
                declaration.declared.example = self.kind == Kind::Documentation;
                declaration.declared.around.by_root = call.by_root;
                Some(declaration)
            }
            Called::Exec(exec) => Some(joins(call.name, exec)),
        });
        declarations.collect()
    }

    fn below(&self, _find: FindFrom<'_>, repository: &mut Repository) {
        for off in &self.selinux {
            repository.add_selinux_off(off.clone());
        }
        for name in &self.built {
            repository.add_built_image(name);
        }
        for name in &self.contexts {
            repository.add_build_context(name);
        }
        for client in &self.clients {
            repository.add_client(client.clone());
        }
        for call in &self.calls {
            if let Called::Build(line) = &call.action {
                repository.add_requested_build(requested(call.name, line));
            }
        }
    }

    fn references(&self) -> Vec<(String, String, Surface)> {
        let mut references = Vec::new();
        for call in &self.calls {
            let Called::Run(run) = &call.action else {
                continue;
            };
            for given in run.all("security-opt") {
                let path = given.value.value().and_then(profile_path);
                for folder in [self.folder.as_str(), ""] {
                    references.extend(
                        path.map(|path| (folder.to_owned(), path.to_owned(), Surface::Seccomp)),
                    );
                }
            }
        }
        references
    }

    fn edits(&self, source: &SourceFile, change: &Change) -> Result<Vec<Edit>, NotOffered> {
        let place = change.place();
        let call = self.calls.iter().find(|call| call.holds(place));
        let call = call.ok_or(NotOffered("no line is written there"))?;
        match &call.action {
            Called::Run(run) => edits::edits(source, run, &call.words, change),
            Called::Service(run) => edits::of_line(source, &run.line, &call.words, change),
            Called::Exec(exec) => edits::of_line(source, &exec.line, &call.words, change),
            Called::Build(line) => edits::of_line(source, line, &call.words, change),
        }
    }
}

impl Call {
    fn holds(&self, place: Span) -> bool {
        let end = self.words.last().map_or(self.name, |word| word.span);
        self.name == place || self.name.to(end).contains(place)
    }
}

/// The file that a security option names.
pub(crate) fn profile_path(option: &str) -> Option<&str> {
    let path = option.strip_prefix("seccomp")?.strip_prefix(['=', ':'])?;
    (!matches!(path, "" | "unconfined" | "builtin") && !path.starts_with('{')).then_some(path)
}

/// What a `run` declares.
fn declaration(call: &Call, run: &Run, find: command_line::Find<'_>) -> Declaration {
    let image = match &run.image {
        Image::Named(image) => Some(Spanned::new(image.text.state(), image.span)),
        Image::Unknown => None,
    };
    let said = run.last("name").and_then(|given| given.value.value());
    let named = said.map(str::to_owned).or_else(|| {
        let image = image.as_ref()?.value.known()?;
        Some(image.clone())
    });
    Declaration {
        surface: Surface::CommandLine,
        name: named,
        anchor: call.name,
        image,
        build: None,
        declared: Declared {
            command: command_line::command(run, &call.words),
            ..command_line::declared(run, find)
        },
    }
}

/// A process that is started in a container with every privilege.
fn joins(name: Span, exec: &command_line::Exec) -> Declaration {
    let mut privileged = exec.line.given.iter();
    let given = privileged.find(|given| given.flag.name == "privileged");
    let place = given.map_or(name, |given| given.span);
    let container = exec.container.as_ref().and_then(|word| word.text.value());
    Declaration {
        surface: Surface::CommandLine,
        name: container.map(str::to_owned),
        anchor: name,
        image: None,
        build: None,
        declared: Declared {
            privileged: Some(Fact::known(true, Origin::Written(place))),
            around: Around {
                extent: Extent::Process,
                ..Around::default()
            },
            ..Declared::default()
        },
    }
}
