//! A project: the files that the engine reads together, as one.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use caulk_model::{Referred, Stated, UnresolvedReference, WhyUnresolved};
use caulk_source::{FileId, Sources, Span, in_nearest_folder, join_path, parent_path};
use caulk_syntax::Problem;
use caulk_syntax::yaml::Stream;

use super::consistency;
use super::convert;
use super::environment::{EnvFile, Environment};
use super::merge::{self, Place};
use super::networks;
use super::reader::Reader;
use super::service::{self, Service};
use super::shape;
use super::tree::{Content, Member, Value};

/// How many files one project may read, each as often as it is referred to.
const MAX_FILES: usize = 1000;

/// What a run says of projects.
#[derive(Clone, Default, Debug)]
pub struct ComposeOptions {
    /// Files that stand in for each project's `.env`, as text.
    pub env_files: Option<Vec<String>>,
    /// The profiles whose services are judged; all where there is no list.
    pub profiles: Option<BTreeSet<String>>,
    /// Whether the shell that starts a project is known to set no variables: then one that no file
    /// sets is blank, and not unknown.
    pub empty_shell: bool,
    /// What configurations state of the files around them; no two of them have one folder.
    pub stated: Arc<Vec<Stated>>,
}

/// The files of a project, before they are read.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The project's folder.
    pub(crate) folder: String,
    /// Its files, each over those before it.
    pub(crate) files: Vec<FileId>,
    /// Whether the engine finds them by itself.
    pub(crate) discovered: bool,
}

/// A project, read.
#[derive(Default, Debug)]
pub(crate) struct Project {
    pub(crate) folder: String,
    pub(crate) discovered: bool,
    /// Its first file.
    pub(crate) main: Option<FileId>,
    pub(crate) services: Vec<Service>,
    /// What the engine refuses.
    pub(crate) problems: Vec<Problem>,
    pub(crate) unresolved: Vec<UnresolvedReference>,
    /// Paths that it refers to, whether they are there or not.
    pub(crate) wanted: BTreeSet<String>,
    /// Compose files with any name that it refers to.
    pub(crate) referred: BTreeSet<String>,
    /// The files that it reads besides its first.
    pub(crate) used: BTreeSet<FileId>,
    /// Files that it includes as seen from another folder than theirs, or with variables of its
    /// choice: what they refer to is not there where they lie.
    pub(crate) moved: BTreeSet<FileId>,
    /// The keys of services that others extend.
    pub(crate) extended: BTreeSet<Span>,
    /// Every place at which a service of more than one file is written, by the first of them.
    pub(crate) written: BTreeMap<Span, Vec<Span>>,
}

impl Project {
    /// Whether some of `bases`, the keys of services that others extend, are services of this project
    /// and nobody in it extends them.
    pub(crate) fn has_foreign_bases(&self, bases: &BTreeSet<Span>) -> bool {
        self.services.iter().any(|service| {
            bases.contains(&service.anchor) && !self.extended.contains(&service.anchor)
        })
    }
}

/// Reads a project. `stream` gives the text of a Compose file as a tree; `bases` are the keys of
/// services that other projects extend.
pub(crate) fn load<'d>(
    plan: &Plan,
    sources: &'d Sources,
    stream: &dyn Fn(FileId) -> Option<&'d Stream>,
    options: &ComposeOptions,
    bases: &BTreeSet<Span>,
) -> Project {
    let mut loader = Loader {
        sources,
        stream,
        bases,
        project: Project {
            folder: plan.folder.clone(),
            discovered: plan.discovered,
            main: plan.files.first().copied(),
            used: plan.files.iter().skip(1).copied().collect(),
            ..Project::default()
        },
        budget: MAX_FILES,
        spent: false,
    };
    let mut environment = if options.empty_shell {
        Environment::empty()
    } else {
        Environment::default()
    };
    match &options.env_files {
        Some(texts) => {
            let files: Vec<_> = texts.iter().map(|text| EnvFile::given(text)).collect();
            environment.read(&files);
        }
        None => {
            if let Some(path) = join_path(&plan.folder, ".env") {
                loader.read_environment(&[path], &mut environment);
            }
        }
    }
    let mut scope = Scope::new(environment, &plan.folder);
    let root = loader.read(&mut scope, &plan.files, &mut Vec::new());
    loader.finish(root.as_ref(), &plan.files)
}

pub(super) struct Loader<'d, 's> {
    pub(super) sources: &'d Sources,
    stream: &'s dyn Fn(FileId) -> Option<&'d Stream>,
    bases: &'s BTreeSet<Span>,
    pub(super) project: Project,
    budget: usize,
    spent: bool,
}

/// What one set of files is read with: the project's, or those of an include.
pub(super) struct Scope<'d> {
    pub(super) environment: Environment,
    /// The folder in which their references begin.
    pub(super) folder: String,
    documents: BTreeMap<FileId, Rc<Vec<Value<'d>>>>,
    pub(super) bases: BTreeMap<FileId, Rc<Services<'d>>>,
    pub(super) extended: BTreeMap<(FileId, usize, String), Value<'d>>,
}

/// Services by name.
pub(super) type Services<'d> = BTreeMap<String, Member<'d>>;

impl Scope<'_> {
    pub(super) fn new(environment: Environment, folder: &str) -> Self {
        Self {
            environment,
            folder: folder.to_owned(),
            documents: BTreeMap::new(),
            bases: BTreeMap::new(),
            extended: BTreeMap::new(),
        }
    }
}

/// The services of a document, by name.
pub(super) fn services<'d>(root: &Value<'d>) -> Services<'d> {
    let services = root.get("services");
    let members = services.iter().flat_map(|services| {
        let members: Vec<Member<'d>> = services.members().collect();
        members
    });
    members
        .map(|member| (member.name.clone().into_owned(), member))
        .collect()
}

/// A mapping with one value replaced or added.
pub(super) fn with<'d>(root: &Value<'d>, name: &'static str, value: Value<'d>) -> Value<'d> {
    let members = root.mapping().iter().map(|member| root.member(member));
    let mut members: Vec<Member<'d>> = members.collect();
    match members.iter_mut().find(|member| member.name == name) {
        Some(member) => member.value = value,
        None => members.push(Member {
            name: name.into(),
            key: value.span(),
            value,
        }),
    }
    Value::new(root.span(), Content::Mapping(members))
}

impl<'d> Loader<'d, '_> {
    /// What the files say together. `stack` holds the files that are being read.
    pub(super) fn read(
        &mut self,
        scope: &mut Scope<'d>,
        files: &[FileId],
        stack: &mut Vec<FileId>,
    ) -> Option<Value<'d>> {
        let mut whole: Option<Value<'d>> = None;
        for file in files {
            let documents = self.documents(scope, *file)?;
            stack.push(*file);
            for (index, document) in documents.iter().enumerate() {
                let document = self.extend_all(scope, *file, index, document);
                let document = self.include_all(scope, &document, stack);
                whole = Some(match whole {
                    None => document,
                    Some(before) => {
                        let problems = &mut self.project.problems;
                        merge::mappings(&before, &document, Place::Project, problems)
                    }
                });
            }
            stack.pop();
        }
        whole
    }

    /// The documents of a file, with its variables replaced.
    pub(super) fn documents(
        &mut self,
        scope: &mut Scope<'d>,
        file: FileId,
    ) -> Option<Rc<Vec<Value<'d>>>> {
        if let Some(known) = scope.documents.get(&file) {
            return Some(Rc::clone(known));
        }
        let Some(left) = self.budget.checked_sub(1) else {
            if !self.spent {
                self.spent = true;
                let message = format!("a project of more than {MAX_FILES} files is not read whole");
                self.refuse(Span::at(file, 0), message);
            }
            return None;
        };
        self.budget = left;
        let mut documents = Vec::new();
        for root in (self.stream)(file)?.roots() {
            // Documents without anything in them are passed over.
            if !root.is_mapping() {
                continue;
            }
            let (value, problems) = convert::document(&root, &scope.environment);
            self.project.problems.extend(problems);
            documents.push(value);
        }
        let documents = Rc::new(documents);
        scope.documents.insert(file, Rc::clone(&documents));
        Some(documents)
    }

    /// Whether the project has read as many files as it may.
    pub(super) fn is_spent(&self) -> bool {
        self.spent
    }

    /// Adds the variables of `.env` files, of those that are there.
    pub(super) fn read_environment(&mut self, paths: &[String], environment: &mut Environment) {
        let sources = self.sources;
        self.project.wanted.extend(paths.iter().cloned());
        let files = paths.iter().filter_map(|path| sources.find(path));
        let files: Vec<_> = files.map(|file| EnvFile::of(sources, file)).collect();
        environment.read(&files);
        if paths.iter().any(|path| sources.is_withheld(path)) {
            environment.withhold();
        }
    }

    /// The Compose file that `written` names, seen from `folder`; else what could not be read is
    /// noted.
    pub(super) fn refer(
        &mut self,
        kind: Referred,
        folder: &str,
        written: &Value<'d>,
    ) -> Option<FileId> {
        let shown = written.written().unwrap_or_default().to_owned();
        let discovered = self.project.discovered;
        let mut note = |why| {
            self.project.unresolved.push(UnresolvedReference {
                kind,
                span: written.span(),
                target: shown.clone(),
                why,
                discovered,
            });
        };
        let Some(target) = written.known() else {
            note(WhyUnresolved::Unknown);
            return None;
        };
        if is_remote(target) {
            note(WhyUnresolved::Remote);
            return None;
        }
        let Some(path) = join_path(folder, target).filter(|path| !path.is_empty()) else {
            note(WhyUnresolved::Outside);
            return None;
        };
        let found = self.sources.find(&path);
        if let Some(file) = found.filter(|file| (self.stream)(*file).is_some()) {
            self.project.used.insert(file);
            return Some(file);
        }
        let (sources, stream) = (self.sources, self.stream);
        let above = |folder: &str| {
            let file = sources.find(&join_path(folder, target)?)?;
            (stream)(file)
        };
        let why = match found {
            Some(_) => WhyUnresolved::OtherKind,
            None if self.sources.is_withheld(&path) => WhyUnresolved::Unread,
            None => WhyUnresolved::Missing,
        };
        // What the engine does not find by itself may be read from a folder above.
        let is_moved = why == WhyUnresolved::Missing
            && !discovered
            && in_nearest_folder(folder, above).is_some();
        if !is_moved {
            note(why);
        }
        self.project.wanted.insert(path.clone());
        self.project.referred.insert(path);
        None
    }

    pub(super) fn refuse(&mut self, span: Span, message: impl Into<String>) {
        self.project.problems.push(Problem {
            span,
            message: message.into(),
        });
    }

    fn finish(mut self, root: Option<&Value<'d>>, files: &[FileId]) -> Project {
        let Some(root) = root else {
            return self.project;
        };
        let folder = self.project.folder.clone();
        let sources = self.sources;
        let find = |path: &str| {
            use caulk_model::State;
            match join_path(&folder, path) {
                Some(whole) if sources.is_withheld(&whole) => {
                    State::unknown(format!("`{path}` is not read"))
                }
                whole => State::Known(whole.and_then(|whole| sources.find(&whole))),
            }
        };
        let services = root.get("services");
        let members: Vec<_> = services.iter().flat_map(Value::members).collect();
        let mappings = members.iter().filter(|member| member.value.is_mapping());
        let from_files = mappings.map(|member| self.variables_from_files(&member.value));
        let mut from_files = from_files.collect::<Vec<_>>().into_iter();
        let awaited: BTreeSet<String> = members
            .iter()
            .flat_map(|member| service::awaited(&member.value))
            .collect();
        let volumes = root.get("volumes");
        let (secrets, configs) = (root.get("secrets"), root.get("configs"));
        let context = service::Context {
            find: &find,
            volumes: volumes.as_ref(),
            files: [secrets.as_ref(), configs.as_ref()],
        };
        let beside = OnceCell::new();
        let path = self.project.main.map_or("", |main| sources.path(main));
        let reader = Reader::of(path, root, self.project.discovered);
        for member in members {
            if !member.value.is_mapping() {
                if member.value.is_null() {
                    self.refuse(member.key, "a service has to be a mapping");
                }
                continue;
            }
            shape::check(&member.name, &member.value, &mut self.project.problems);
            let is_base = self.is_base(&member.key);
            let value = member.value.shared(is_base);
            let mut read = service::read(&member.name, member.key, &value, &context);
            reader.note(&value, &mut read.declared);
            read.declared.around.has_no_ports = networks::have_no_ports(root, &read.declared);
            // What the service says itself stands over its files.
            let own = &mut read.declared.environment;
            let mut more = from_files.next().unwrap_or_default();
            more.retain(|file| own.iter().all(|own| own.value.name != file.value.name));
            own.append(&mut more);
            self.check_names(root, &value, &read, &beside);
            self.project.services.push(read);
        }
        for service in &mut self.project.services {
            service.declared.one_off |= awaited.contains(&service.name);
        }
        self.note_places(files);
        self.project
    }

    /// Whether others extend the service of this key.
    fn is_base(&self, key: &Span) -> bool {
        self.project.extended.contains(key) || self.bases.contains(key)
    }

    /// Notes names that a service takes from the project and that it does not have. Only of what the
    /// engine starts by itself, and reads whole. A file beside it may have them, with which somebody
    /// starts it by hand; and a file without such a section may be a piece that is put together with
    /// others from anywhere.
    fn check_names(
        &mut self,
        root: &Value<'d>,
        service: &Value<'d>,
        read: &Service,
        beside: &OnceCell<BTreeSet<(String, String)>>,
    ) {
        if !self.project.discovered || !self.project.unresolved.is_empty() || self.spent {
            return;
        }
        let own = |section: &str, name: &str| {
            let is_default = section == "networks" && name == "default";
            let has =
                |section: &Value<'_>| section.mapping().is_empty() || section.get(name).is_some();
            is_default || root.get(section).as_ref().is_none_or(has)
        };
        let has = |section: &str, name: &str| {
            own(section, name) || {
                let names = beside.get_or_init(|| self.names_beside());
                names.contains(&(section.to_owned(), name.to_owned()))
            }
        };
        let mut problems = Vec::new();
        consistency::check(service, read, &has, &mut problems);
        self.project.problems.extend(problems);
    }

    /// The names that the Compose files of the project's folder have, by section.
    fn names_beside(&self) -> BTreeSet<(String, String)> {
        let folder = self.project.folder.as_str();
        let files = self.sources.iter();
        let files = files.filter(|(_, file)| parent_path(file.path()) == folder);
        let streams = files.filter_map(|(id, _)| (self.stream)(id));
        let mut names = BTreeSet::new();
        for root in streams.flat_map(Stream::roots) {
            for part in root.members() {
                let section = part.name().to_owned();
                let members = part.value.members().into_iter();
                names.extend(members.map(|member| (section.clone(), member.name().to_owned())));
            }
        }
        names
    }

    /// Where services of several files are written, file by file.
    fn note_places(&mut self, files: &[FileId]) {
        if files.len() < 2 {
            return;
        }
        let mut by_name: BTreeMap<String, Vec<Span>> = BTreeMap::new();
        for file in files {
            let roots = (self.stream)(*file).into_iter().flat_map(Stream::roots);
            for services in roots.filter_map(|root| root.get("services")) {
                for member in services.members() {
                    let places = by_name.entry(member.name().to_owned()).or_default();
                    places.push(member.key.span());
                }
            }
        }
        let several = by_name.into_values().filter(|places| places.len() > 1);
        self.project.written = several
            .filter_map(|places| Some((*places.first()?, places)))
            .collect();
    }
}

/// Whether a reference is one that the engine fetches.
fn is_remote(target: &str) -> bool {
    target.contains("://") || target.starts_with("git@") || target.starts_with("github.com/")
}

/// The folder of a file.
pub(super) fn folder_of(sources: &Sources, file: FileId) -> &str {
    parent_path(sources.path(file))
}
