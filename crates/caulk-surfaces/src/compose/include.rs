//! `include`: another project as a part of this one.

use caulk_model::{Referred, Step, StepKind};
use caulk_source::{FileId, join_path};

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
            self.refuse(includes.span(), "`include` is a list");
            return root.clone();
        }
        let mut whole = root.clone();
        for entry in includes.items() {
            if let Some(included) = self.included(scope, &entry, stack) {
                for part in PARTS {
                    whole = self.import(&whole, &included, part);
                }
            }
        }
        whole
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
        match env_files {
            Some(files) => {
                for written in files.items() {
                    let target = written.known().filter(|target| *target != "/dev/null");
                    let path = target.and_then(|target| join_path(&scope.folder, target));
                    if let Some(path) = path {
                        self.read_environment(&path, &mut environment);
                    }
                }
            }
            None => {
                if let Some(path) = join_path(&folder, ".env") {
                    self.read_environment(&path, &mut environment);
                }
            }
        }
        let below = path::relative(&scope.folder, &folder);
        let mut inner = Scope::new(environment, &folder);
        let root = self.read(&mut inner, &files, stack)?;
        let step = Step {
            kind: StepKind::Include,
            span: entry.span(),
        };
        Some(root.by([step]).below(&below))
    }

    /// Adds what `included` has of one kind. A name that is there already is refused.
    fn import(&mut self, whole: &Value<'d>, included: &Value<'d>, part: &'static str) -> Value<'d> {
        let Some(brought) = included.get(part) else {
            return whole.clone();
        };
        let own = whole.get(part);
        let mut members: Vec<Member<'d>> = own
            .iter()
            .flat_map(|own| own.mapping().iter().map(|member| own.member(member)))
            .collect();
        let names: std::collections::BTreeMap<String, caulk_source::Span> = members
            .iter()
            .map(|member| (member.name.clone().into_owned(), member.key))
            .collect();
        for member in brought.members() {
            match names.get(&*member.name) {
                None => members.push(member),
                // The same file by two ways.
                Some(key) if *key == member.key => {}
                Some(key) => {
                    let message = format!("`{}` is in an included file too", member.name);
                    self.refuse(*key, message);
                }
            }
        }
        let span = own.as_ref().unwrap_or(&brought).span();
        with(whole, part, Value::new(span, Content::Mapping(members)))
    }
}
