//! The containers of a workflow: `jobs.*.container` and `jobs.*.services.*`.
//!
//! The runner starts them with `docker create`, `options` put between its own flags
//! (actions/runner, `src/Runner.Worker/Container/DockerCommandManager.cs`).

mod edits;

use caulk_finding::Change;
use caulk_model::{
    Declared, DeclaredBuild, Entry, Fact, ImagePull, Origin, Repository, RequestedBuild, State,
};
use caulk_source::{Edit, FileId, SourceFile, Span, Spanned, Surface, extension};
use caulk_syntax::yaml::{self, Node, Stream, Value};
use caulk_syntax::{Joined, Problem};

use crate::command_line::{self, Argument, Client, Flags, Run, Text};
use crate::declaring::{Declaration, Declaring, FindFrom};
use crate::lines;
use crate::read::pulled;
use crate::{NotOffered, compose};

/// Whether the file at a path is a workflow.
pub(crate) fn is_workflow(path: &str) -> bool {
    let folders = [
        ".github/workflows/",
        ".gitea/workflows/",
        ".forgejo/workflows/",
    ];
    let is_yaml = matches!(extension(path), "yml" | "yaml");
    let inside = |folder: &&str| path.starts_with(*folder) || path.contains(&format!("/{folder}"));
    is_yaml && folders.iter().any(inside)
}

/// A container of a job.
#[derive(Debug)]
struct Started {
    name: String,
    anchor: Span,
    image: Option<Spanned<State<String>>>,
    run: Run,
    /// The words of its `options`.
    options: Vec<Argument>,
}

/// The file, read: its containers, and the lines of its steps.
#[derive(Debug)]
pub(crate) struct File {
    stream: Stream,
    started: Vec<Started>,
    problems: Vec<Problem>,
    lines: Option<lines::File>,
    /// What steps ask of the builder.
    builds: Vec<RequestedBuild>,
    /// The images that steps run.
    pulls: Vec<ImagePull>,
}

/// Reads one; nothing where it starts no container.
pub(crate) fn read(id: FileId, file: &SourceFile) -> Option<File> {
    let stream = yaml::parse(id, file.text());
    let mut started = Vec::new();
    let mut problems = Vec::new();
    let mut builds = Vec::new();
    let mut pulls = Vec::new();
    let root = stream.root()?;
    let jobs = root
        .get("jobs")
        .map(|jobs| jobs.members())
        .unwrap_or_default();
    for job in &jobs {
        let mut take = |name: &str, key: Node<'_>, value: &Value<'_>| match container(
            name,
            key.span(),
            value,
            file.text(),
        ) {
            Ok(container) => started.extend(container),
            Err(problem) => problems.push(problem),
        };
        let members = job.value.members();
        for member in &members {
            match member.name() {
                "container" => take(job.name(), member.key, &member.value),
                "services" => {
                    for service in member.value.members() {
                        let name = format!("{}.{}", job.name(), service.name());
                        take(&name, service.key, &service.value);
                    }
                }
                "steps" => {
                    for step in member.value.items() {
                        builds.extend(build(job.name(), &step));
                        pulls.extend(pull(job.name(), &step, file.text()));
                    }
                }
                _ => {}
            }
        }
    }
    let lines = lines::read(id, file, lines::Kind::Pipeline);
    let asks = !started.is_empty() || !builds.is_empty() || !pulls.is_empty();
    (asks || !problems.is_empty() || lines.is_some()).then_some(File {
        stream,
        started,
        problems,
        lines,
        builds,
        pulls,
    })
}

/// Actions that build, and take from `with` what the builder may grant.
const BUILDERS: &[&str] = &["docker/bake-action", "docker/build-push-action"];

/// What a step asks of the builder, where it asks for more than builds have.
fn build(job: &str, step: &Value<'_>) -> Option<RequestedBuild> {
    let uses = step.get("uses")?;
    let action = uses.as_str()?.split('@').next()?;
    if !BUILDERS.contains(&action) {
        return None;
    }
    let with = step.get("with")?;
    let mut entitlements = Vec::new();
    if let Some(allow) = with.get("allow") {
        let words = allow.as_str().unwrap_or_default().split([',', '\n']);
        let words = words.map(str::trim).filter(|word| !word.is_empty());
        entitlements.extend(words.map(|word| Entry {
            value: word.to_owned(),
            origin: Origin::Written(allow.span()),
        }));
    }
    let network = with.get("network").and_then(|network| {
        let text = expressions(network.as_str()?);
        Some(Fact {
            state: text.state(),
            origin: Origin::Written(network.span()),
        })
    });
    let here = || State::Known(".".to_owned());
    Some(RequestedBuild {
        surface: Surface::Workflow,
        title: format!("a build of job `{job}`"),
        anchor: uses.span(),
        build: DeclaredBuild {
            context: here(),
            dockerfile: here(),
            target: None,
            inline: false,
            privileged: None,
            entitlements,
            arguments: Vec::new(),
            network,
        },
    })
}

/// The image that a step runs: `uses: docker://…`.
fn pull(job: &str, step: &Value<'_>, source: &str) -> Option<ImagePull> {
    let uses = step.get("uses")?;
    let text = expressions(uses.as_str()?.strip_prefix("docker://")?);
    let written = caulk_source::cut(source, uses.span().range());
    let written = written.split_once("docker://")?.1;
    let (_, image) = pulled(&text.state(), written, uses.span());
    Some(ImagePull {
        surface: Surface::Workflow,
        title: format!("a step of job `{job}`"),
        anchor: uses.span(),
        image: image.base,
    })
}

fn container(
    name: &str,
    anchor: Span,
    value: &Value<'_>,
    source: &str,
) -> Result<Option<Started>, Problem> {
    let image = if value.is_mapping() {
        value.get("image")
    } else {
        Some(value.clone())
    };
    let image = image.and_then(|image| {
        let text = expressions(image.as_str()?);
        Some(Spanned::new(text.state(), image.span()))
    });
    if image.is_none() && !value.is_mapping() {
        return Ok(None);
    }
    let mut flags = Flags::default();
    for (key, flag) in [("volumes", "volume"), ("ports", "publish")] {
        let list = value.get(key);
        for item in list.iter().flat_map(Value::items) {
            if let Some(text) = item.as_str() {
                flags.add(flag, &expressions(text), item.span());
            }
        }
    }
    let environment = value.get("env");
    for member in environment.iter().flat_map(Value::members) {
        if let Some(text) = member.value.as_str() {
            let mut variable = Text::known(format!("{}=", member.name()));
            variable.append(&expressions(text));
            flags.add("env", &variable, member.value.span());
        }
    }
    let options = match value.get("options") {
        Some(options) => lines::scalar(options.node(), source)
            .map(|text| words(&text))
            .unwrap_or_default(),
        None => Vec::new(),
    };
    flags.extend(options.clone());
    match flags.run(Client::Docker, anchor) {
        Ok(run) => Ok(Some(Started {
            name: name.to_owned(),
            anchor,
            image,
            run,
            options,
        })),
        Err(refusal) => Err(Problem {
            span: refusal.span.unwrap_or(anchor),
            message: refusal.message,
        }),
    }
}

/// The words of an option string: quotes are a shell's, and line breaks are blanks.
fn words(text: &Joined) -> Vec<Argument> {
    let mut all = Vec::new();
    lines::every_command(text, &mut |words| all.extend_from_slice(words));
    all
}

/// Text in which `${{ … }}` stands for what is not known.
fn expressions(text: &str) -> Text {
    let mut whole = Text::default();
    let mut at = 0;
    for range in lines::expressions(text) {
        whole.push(caulk_source::cut(text, at..range.start));
        let written = caulk_source::cut(text, range.clone());
        whole.push_unknown(written, "an expression decides it when the job runs", false);
        at = range.end;
    }
    whole.push(caulk_source::cut_from(text, at));
    whole
}

impl Declaring for File {
    fn surface(&self) -> Surface {
        Surface::Workflow
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = self.problems.clone();
        if let Some(lines) = &self.lines {
            problems.extend(lines.problems());
        }
        problems
    }

    fn unjudged_from(&self) -> Option<Span> {
        self.lines.as_ref()?.unjudged_from()
    }

    fn declarations(&self, find: FindFrom<'_>) -> Vec<Declaration> {
        let here = |path: &str| find("", path);
        let mut declarations: Vec<Declaration> = self
            .started
            .iter()
            .map(|started| Declaration {
                surface: Surface::Workflow,
                name: Some(started.name.clone()),
                anchor: started.anchor,
                image: started.image.clone(),
                build: None,
                declared: Declared {
                    one_off: true,
                    ..command_line::declared(&started.run, &here)
                },
            })
            .collect();
        if let Some(lines) = &self.lines {
            declarations.extend(lines.declarations(find));
        }
        declarations
    }

    fn below(&self, find: FindFrom<'_>, repository: &mut Repository) {
        if let Some(lines) = &self.lines {
            lines.below(find, repository);
        }
        for build in &self.builds {
            repository.add_requested_build(build.clone());
        }
        for pull in &self.pulls {
            repository.add_image_pull(pull.clone());
        }
    }

    fn references(&self) -> Vec<(String, String, Surface)> {
        self.lines
            .as_ref()
            .map(Declaring::references)
            .unwrap_or_default()
    }

    fn edits(&self, source: &SourceFile, change: &Change) -> Result<Vec<Edit>, NotOffered> {
        let place = change.place();
        let mut asked = self.builds.iter().flat_map(|build| build.build.origins());
        if asked.any(|origin| origin.span() == place) {
            return compose::edits(&self.stream, source, change);
        }
        let started = self.started.iter().find(|started| started.holds(place));
        match (started, &self.lines) {
            (Some(started), _) => edits::edits(&self.stream, source, started, change),
            (None, Some(lines)) => lines.edits(source, change),
            (None, None) => Err(NotOffered("no container is written there")),
        }
    }
}

impl Started {
    fn holds(&self, place: Span) -> bool {
        let mut given = self.run.line.given.iter();
        self.anchor == place || given.any(|given| given.span == place)
    }
}
