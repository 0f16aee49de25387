//! `include`: another project as a part of this one.

use std::collections::BTreeMap;

use caulk_model::{Referred, Step, StepKind};
use caulk_source::{FileId, Span, join_path};
use caulk_syntax::Problem;

use super::merge::list;
use super::path;
use super::project::{Loader, Scope, folder_of, with};
use super::tree::{Content, Member, Value};

/// How deep includes may nest.
const MAX_DEPTH: usize = 64;

/// What an include brings.
const PARTS: &[&str] = &["services", "volumes", "networks", "secrets", "configs"];

impl<'d> Loader<'d, '_> {
    /// A document with everything that it includes.
    pub(super) fn include_all(
        &mut self,
        scope: &mut Scope<'d>,
        root: &Value<'d>,
        stack: &mut Vec<FileId>,
    ) -> Value<'d> {
        let Some(includes) = root.get("include") else {
            return root.clone();
        };
        if !includes.is_list() {
            self.refuse(includes.span(), "`include` has to be a list");
            return root.clone();
        }
        let mut parts: Vec<Part<'d>> = PARTS.iter().map(|name| Part::of(root, name)).collect();
        for entry in includes.items() {
            if self.is_spent() {
                break;
            }
            let Some(brought) = self.included(scope, &entry, stack) else {
                continue;
            };
            for part in &mut parts {
                part.import(&brought, &mut self.project.problems);
            }
        }
        parts.into_iter().fold(root.clone(), Part::put_into)
    }

    /// What one entry of the list brings, with the way it came.
    fn included(
        &mut self,
        scope: &Scope<'d>,
        entry: &Value<'d>,
        stack: &mut Vec<FileId>,
    ) -> Option<Value<'d>> {
        let paths = if entry.is_mapping() {
            entry.get("path").map(|paths| list(&paths))
        } else {
            Some(list(entry))
        };
        let Some(paths) = paths else {
            self.refuse(entry.span(), "an include names its files with `path`");
            return None;
        };
        let mut files = Vec::new();
        for written in paths.items() {
            let file = self.refer(Referred::Include, &scope.folder, &written)?;
            if stack.contains(&file) || stack.len() > MAX_DEPTH {
                self.refuse(written.span(), "files include each other in a circle");
                return None;
            }
            files.push(file);
        }
        let first = files.first()?;
        let folder = match entry.get("project_directory") {
            Some(written) => join_path(&scope.folder, written.known()?)?,
            None => folder_of(self.sources, *first).to_owned(),
        };
        let mut environment = scope.environment.clone();
        let env_files = entry.get("env_file").map(|files| list(&files));
        let paths: Vec<String> = match env_files {
            Some(files) => {
                let files: Vec<Value<'d>> = files.items().collect();
                let named = files.iter().filter_map(Value::known);
                let named = named.filter(|name| *name != "/dev/null");
                named
                    .filter_map(|name| join_path(&scope.folder, name))
                    .collect()
            }
            None => join_path(&folder, ".env").into_iter().collect(),
        };
        let is_moved = folder != folder_of(self.sources, *first) || entry.get("env_file").is_some();
        if is_moved {
            self.project.moved.extend(&files);
        }
        self.read_environment(&paths, &mut environment);
        let below = path::relative(&scope.folder, &folder);
        let mut inner = Scope::new(environment, &folder);
        let root = self.read(&mut inner, &files, stack)?;
        let step = Step {
            kind: StepKind::Include,
            span: entry.span(),
        };
        Some(root.by([step]).below(&below))
    }
}

/// What a project has of one kind, by name.
struct Part<'d> {
    name: &'static str,
    span: Option<Span>,
    members: Vec<Member<'d>>,
    names: BTreeMap<String, Span>,
}

impl<'d> Part<'d> {
    fn of(root: &Value<'d>, name: &'static str) -> Self {
        let own = root.get(name);
        let members = own.iter().flat_map(|own| {
            let members = own.mapping().iter().map(|member| own.member(member));
            members.collect::<Vec<_>>()
        });
        let members: Vec<Member<'d>> = members.collect();
        Self {
            name,
            span: own.as_ref().map(Value::span),
            names: members
                .iter()
                .map(|member| (member.name.clone().into_owned(), member.key))
                .collect(),
            members,
        }
    }

    /// Adds what another project has. A name that is there already is refused.
    fn import(&mut self, other: &Value<'d>, problems: &mut Vec<Problem>) {
        let Some(brought) = other.get(self.name) else {
            return;
        };
        self.span.get_or_insert(brought.span());
        for member in brought.members() {
            match self.names.get(&*member.name) {
                None => {
                    self.names
                        .insert(member.name.clone().into_owned(), member.key);
                    self.members.push(member);
                }
                // The same file by two ways.
                Some(key) if *key == member.key => {}
                Some(key) => problems.push(Problem {
                    span: *key,
                    message: format!("`{}` is in an included file too", member.name),
                }),
            }
        }
    }

    fn put_into(root: Value<'d>, part: Self) -> Value<'d> {
        match part.span {
            Some(span) => with(
                &root,
                part.name,
                Value::new(span, Content::Mapping(part.members)),
            ),
            None => root,
        }
    }
}
