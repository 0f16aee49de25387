//! `devcontainer.json`: the container that a development environment runs in.
//!
//! Its keys become flags of `docker run`, as in the reference implementation
//! (devcontainers/cli, `src/spec-node/singleContainer.ts`); `runArgs` are flags as they are. With a
//! Compose file the keys are put over the service.

mod edits;
mod features;
mod people;
mod text;

use caulk_finding::Change;
use caulk_model::{Declared, Fact, Origin, State, Step, StepKind};
use caulk_source::{Edit, FileId, SourceFile, Span, Spanned, Surface, parent_path};
use caulk_syntax::Problem;
use caulk_syntax::json::{self, Value};

use self::text::text;
use crate::NotOffered;
use crate::command_line::{self, Argument, Client, Flags, Run};
use crate::declaring::{BuiltFrom, Declaration, Declaring, FindFrom};
use crate::lines::profile_path;

/// Whether a file with this name is one.
pub(crate) fn is_devcontainer(name: &str) -> bool {
    matches!(
        name,
        "devcontainer.json" | ".devcontainer.json" | "devcontainer-feature.json"
    )
}

/// The file, read.
#[derive(Debug)]
pub(crate) struct File {
    folder: String,
    is_feature: bool,
    parsed: json::Parsed,
    run: Option<Run>,
    refused: Option<Problem>,
}

/// Reads one.
pub(crate) fn read(id: FileId, file: &SourceFile, name: &str) -> Option<File> {
    let parsed = json::parse_with_comments(id, file.text());
    let mut read = File {
        folder: parent_path(file.path()).to_owned(),
        is_feature: name == "devcontainer-feature.json",
        parsed,
        run: None,
        refused: None,
    };
    if let Some(root) = read.parsed.value.as_ref() {
        if root.members().is_empty() && !matches!(root.kind, json::Kind::Object(_)) {
            return None;
        }
        let anchor = anchor(root);
        let flags = flags(root);
        match flags.run(Client::Docker, anchor) {
            Ok(mut run) => {
                run.point_at_values(flags.words());
                read.run = Some(run);
            }
            Err(refusal) => {
                read.refused = Some(Problem {
                    span: refusal.span.unwrap_or(anchor),
                    message: refusal.message,
                });
            }
        }
    }
    Some(read)
}

/// What the label `devcontainer.metadata` of an image says, and who says so.
pub(crate) struct Label {
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

/// Where to point where something is absent: at the name, else at the opening brace.
fn anchor(root: &Value) -> Span {
    match root.get("name") {
        Some(name) => name.span,
        None => Span::new(
            root.span.file,
            root.span.start as usize..root.span.start as usize + 1,
        ),
    }
}

/// The keys as flags. Where the file is put over a Compose service, `runArgs` is not read.
fn flags(root: &Value) -> Flags {
    let mut flags = keys(root);
    if root.get("dockerComposeFile").is_none() {
        flags.extend(run_arguments(root));
    }
    flags
}

/// The keys that a feature and the label of an image may have too, as flags.
fn keys(root: &Value) -> Flags {
    let mut flags = Flags::default();
    let mut add = |name: &str, value: &Value| {
        if let Some(text) = text(value) {
            flags.add(name, &text, value.span);
        }
    };
    if let Some(value) = root.get("containerUser") {
        add("user", value);
    }
    for (key, name) in [("capAdd", "cap-add"), ("securityOpt", "security-opt")] {
        for item in root.get(key).map(Value::items).unwrap_or_default() {
            add(name, item);
        }
    }
    // The second is not the container's, but that of all that the tools start in it.
    for key in ["containerEnv", "remoteEnv"] {
        let members = root.get(key).map(Value::members).unwrap_or_default();
        for member in members {
            if let Some(value) = text(&member.value) {
                let mut variable = command_line::Text::known(format!("{}=", member.key.value));
                variable.append(&value);
                flags.add("env", &variable, member.value.span);
            }
        }
    }
    if let Some(value) = root.get("privileged")
        && let Some(on) = value.as_bool()
    {
        let text = command_line::Text::known(on.to_string());
        flags.add("privileged", &text, value.span);
    }
    for item in root.get("mounts").map(Value::items).unwrap_or_default() {
        match item.as_str() {
            Some(_) => {
                if let Some(text) = text(item) {
                    flags.add("mount", &text, item.span);
                }
            }
            None => flags.extend(mount(item)),
        }
    }
    flags
}

/// A mount that is written as an object.
fn mount(item: &Value) -> Option<Argument> {
    let mut whole = command_line::Text::known("--mount=");
    let mut fields = item.members().iter().peekable();
    fields.peek()?;
    for (index, member) in item.members().iter().enumerate() {
        if index > 0 {
            whole.push(",");
        }
        whole.push(&member.key.value);
        whole.push("=");
        whole.append(&text(&member.value)?);
    }
    Some(Argument {
        text: whole,
        span: item.span,
        shared: false,
    })
}

/// `runArgs`, each item a word.
fn run_arguments(root: &Value) -> Vec<Argument> {
    let items = root.get("runArgs").map(Value::items).unwrap_or_default();
    let words = items.iter().filter_map(|item| {
        Some(Argument {
            text: text(item)?,
            span: item.span,
            shared: false,
        })
    });
    words.collect()
}

impl File {
    fn declaration(&self, root: &Value, run: &Run, find: FindFrom<'_>) -> Declaration {
        // The command line is run from the folder that holds the configuration's.
        let here = |path: &str| match find(workspace(&self.folder), path) {
            State::Known(None) => find(&self.folder, path),
            found @ (State::Known(Some(_)) | State::Unknown { .. }) => found,
        };
        let mut declared = command_line::declared(run, &here);
        declared.around.attached_as = people::attached_as(root);
        declared.around.calls_sudo = people::calls_sudo(root);
        add_features(root, &mut declared);
        // They start a shell that waits in the place of what the image starts, unless they are told not
        // to (devcontainers/cli, `src/spec-node/singleContainer.ts`, `spawnDevContainer`).
        let replaces = root.get("overrideCommand").and_then(Value::as_bool);
        if replaces != Some(false) {
            declared.entrypoint.get_or_insert_with(|| {
                Fact::known(vec!["/bin/sh".to_owned()], Origin::Default(anchor(root)))
            });
        }
        // Its tools attach as another user than the one it starts as.
        declared.one_off = true;
        // They keep it, and what was put into it, until somebody builds it anew.
        declared.removed = false;
        let name = root.get("name").and_then(Value::as_str);
        let image = root.get("image").and_then(|image| {
            let text = text(image)?;
            Some(Spanned::new(text.state(), image.span))
        });
        Declaration {
            surface: Surface::DevContainer,
            name: name.map(str::to_owned),
            anchor: anchor(root),
            image,
            build: build(root, &self.folder),
            declared,
        }
    }
}

/// The keys of the features, the last first: of two that exclude each other it holds.
fn features(root: &Value) -> impl Iterator<Item = &Spanned<String>> {
    let features = root.get("features").map(Value::members).unwrap_or_default();
    features.iter().rev().map(|member| &member.key)
}

/// A feature said it, whose key stands at `span`.
fn by_feature(span: Span) -> Origin {
    Origin::Inherited {
        from: span,
        steps: vec![Step {
            kind: StepKind::Feature,
            span,
        }],
    }
}

/// What published features ask for.
fn add_features(root: &Value, declared: &mut Declared) {
    for key in features(root) {
        if let Some(part) = features::published(&key.value, key.span) {
            features::add(part, &by_feature(key.span), declared);
        }
    }
}

/// The folder that is opened: the one that holds `.devcontainer`.
fn workspace(folder: &str) -> &str {
    let parts: Vec<&str> = folder.split('/').collect();
    match parts.iter().rposition(|part| *part == ".devcontainer") {
        Some(0) => "",
        Some(at) => {
            let length: usize = parts.iter().take(at).map(|part| part.len() + 1).sum();
            caulk_source::cut_to(folder, length.saturating_sub(1))
        }
        None => folder,
    }
}

fn build(root: &Value, folder: &str) -> Option<BuiltFrom> {
    let section = root.get("build");
    let file = section
        .and_then(|build| build.get("dockerfile").or_else(|| build.get("dockerFile")))
        .or_else(|| root.get("dockerFile"))?;
    let read = |value: Option<&Value>| Some(text(value?)?.state());
    let dockerfile = text(file)?.state();
    let target = read(section.and_then(|build| build.get("target")));
    let mut arguments = std::collections::BTreeMap::new();
    let given = section.and_then(|build| build.get("args"));
    for member in given.map(Value::members).unwrap_or_default() {
        if let Some(text) = text(&member.value) {
            arguments.insert(member.key.value.clone(), text.state().into());
        }
    }
    Some(BuiltFrom {
        span: file.span,
        // It is seen from the configuration, whatever the context is.
        folder: folder.to_owned(),
        dockerfile,
        target,
        arguments,
    })
}

impl File {
    /// Adds what features ask for that lie in the repository, and then what the label of the image
    /// asks for: everything else stands over that. `feature` gives the file at a path.
    pub(crate) fn complete<'f>(
        &self,
        declared: &mut Declared,
        feature: &dyn Fn(&str, &str) -> Option<&'f Self>,
        label: Option<Label>,
    ) {
        if self.is_feature {
            return;
        }
        let root = self.parsed.value.as_ref();
        for key in root.into_iter().flat_map(features) {
            let file = features::local(&key.value).and_then(|path| feature(&self.folder, &path));
            let value = file.and_then(|file| file.parsed.value.as_ref());
            if let Some(part) = value.and_then(|value| features::part(value, key.span)) {
                features::add(part, &by_feature(key.span), declared);
            }
        }
        let Some(label) = label else {
            return;
        };
        for part in features::label(&label.text, label.origin.span()) {
            features::add(part, &label.origin, declared);
        }
    }
}

impl Declaring for File {
    fn surface(&self) -> Surface {
        Surface::DevContainer
    }

    fn dev_container(&self) -> Option<&File> {
        Some(self)
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = self.parsed.problems.clone();
        problems.extend(self.refused.clone());
        problems
    }

    fn declarations(&self, find: FindFrom<'_>) -> Vec<Declaration> {
        let (Some(root), Some(run)) = (&self.parsed.value, &self.run) else {
            return Vec::new();
        };
        let mut declaration = self.declaration(root, run, find);
        if self.is_feature {
            declaration.name = root.get("id").and_then(Value::as_str).map(str::to_owned);
        }
        vec![declaration]
    }

    fn references(&self) -> Vec<(String, String, Surface)> {
        let Some(root) = &self.parsed.value else {
            return Vec::new();
        };
        let mut references = Vec::new();
        if let Some(build) = build(root, &self.folder)
            && let State::Known(path) = build.dockerfile
        {
            references.push((self.folder.clone(), path, Surface::Dockerfile));
        }
        for path in features(root).filter_map(|key| features::local(&key.value)) {
            references.push((self.folder.clone(), path, Surface::DevContainer));
        }
        let options = self.run.iter().flat_map(|run| run.all("security-opt"));
        for given in options {
            if let Some(path) = given.value.value().and_then(profile_path) {
                for folder in [workspace(&self.folder), &self.folder] {
                    references.push((folder.to_owned(), path.to_owned(), Surface::Seccomp));
                }
            }
        }
        references
    }

    fn edits(&self, source: &SourceFile, change: &Change) -> Result<Vec<Edit>, NotOffered> {
        let root = self.parsed.value.as_ref();
        let root = root.ok_or(NotOffered("the file cannot be read"))?;
        edits::edits(source, root, change)
    }
}
