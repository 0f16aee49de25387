//! `extends`: a service that begins as another.

use std::collections::BTreeSet;
use std::rc::Rc;

use caulk_model::{Referred, Step, StepKind};
use caulk_source::{FileId, Span};

use super::merge::{self, Place};
use super::path;
use super::project::{Loader, Scope, Services, folder_of, services, with};
use super::tree::{Content, Member, Value};

/// The documents of a file that another extends from, taken together.
const TOGETHER: usize = usize::MAX;

/// A service on the way from one that extends to the last of its bases.
struct Link<'d> {
    file: FileId,
    document: usize,
    name: String,
    service: Value<'d>,
    /// Where it says what it extends, and the folder of that, where it is another file's.
    extends: Span,
    below: Option<String>,
}

/// Where services are looked for.
#[derive(Clone)]
struct Listing<'d> {
    file: FileId,
    document: usize,
    services: Rc<Services<'d>>,
    /// The folder in which references begin.
    folder: String,
}

impl<'d> Loader<'d, '_> {
    /// A document with every service whole.
    pub(super) fn extend_all(
        &mut self,
        scope: &mut Scope<'d>,
        file: FileId,
        document: usize,
        root: &Value<'d>,
    ) -> Value<'d> {
        let Some(list) = root.get("services") else {
            return root.clone();
        };
        let extends = |member: &Member<'d>| member.value.get("extends").is_some();
        if !list.members().any(|member| extends(&member)) {
            return root.clone();
        }
        let listing = Listing {
            file,
            document,
            services: Rc::new(services(root)),
            folder: scope.folder.clone(),
        };
        let members = list.mapping().iter().map(|member| {
            let mut member = list.member(member);
            if extends(&member) {
                let mark = member.value.mark();
                member.value = self.extended(scope, &listing, &member).marked(mark);
            }
            member
        });
        let members = members.collect();
        with(
            root,
            "services",
            Value::new(list.span(), Content::Mapping(members)),
        )
    }

    /// A service with all of its bases below it. Step by step, not by recursion: a chain may be as
    /// long as its file.
    fn extended(
        &mut self,
        scope: &mut Scope<'d>,
        listing: &Listing<'d>,
        member: &Member<'d>,
    ) -> Value<'d> {
        let mut chain: Vec<Link<'d>> = Vec::new();
        let mut seen: BTreeSet<(FileId, String)> = BTreeSet::new();
        let mut listing = listing.clone();
        let mut name = member.name.clone().into_owned();
        let mut service = member.value.clone();
        let mut whole = loop {
            let key = (listing.file, listing.document, name.clone());
            if let Some(known) = scope.extended.get(&key) {
                break Some(known.clone());
            }
            let Some(extends) = service.get("extends") else {
                break Some(service);
            };
            if !seen.insert((listing.file, name.clone())) {
                self.refuse(extends.span(), "services extend each other in a circle");
                break None;
            }
            let Some((base, next, below)) = self.base(scope, &listing, &extends) else {
                // What is not there adds nothing.
                break Some(service);
            };
            self.project.extended.insert(base.key);
            chain.push(Link {
                file: listing.file,
                document: listing.document,
                name,
                service,
                extends: extends.span(),
                below,
            });
            name = base.name.clone().into_owned();
            service = base.value;
            listing = next;
        };
        while let Some(link) = chain.pop() {
            let merged = match whole {
                Some(base) if base.is_mapping() => self.over(base, &link),
                Some(_) | None => link.service,
            };
            let key = (link.file, link.document, link.name);
            scope.extended.insert(key, merged.clone());
            whole = Some(merged);
        }
        whole.unwrap_or_else(|| member.value.clone())
    }

    fn over(&mut self, base: Value<'d>, link: &Link<'d>) -> Value<'d> {
        // A base whose own base is missing still says what it extends.
        let mut base = base.without("extends").by([Step {
            kind: StepKind::Extends,
            span: link.extends,
        }]);
        if let Some(folder) = &link.below {
            base = base.below(folder);
        }
        let problems = &mut self.project.problems;
        merge::mappings(&base, &link.service, Place::Service, problems)
    }

    /// The service that `extends` names, where it lies, and the folder of its file seen from here.
    fn base(
        &mut self,
        scope: &mut Scope<'d>,
        listing: &Listing<'d>,
        extends: &Value<'d>,
    ) -> Option<(Member<'d>, Listing<'d>, Option<String>)> {
        let (wanted, file) = if extends.is_mapping() {
            (extends.get("service"), extends.get("file"))
        } else {
            (Some(extends.clone()), None)
        };
        let Some(wanted) = wanted else {
            self.refuse(extends.span(), "`extends` names no service");
            return None;
        };
        let name = wanted.known()?;
        let (listing, below) = match &file {
            None => (listing.clone(), None),
            Some(written) => {
                let file = self.refer(Referred::Extends, &listing.folder, written)?;
                let folder = folder_of(self.sources, file).to_owned();
                let below = path::relative(&listing.folder, &folder);
                let services = self.bases(scope, file)?;
                let listing = Listing {
                    file,
                    document: TOGETHER,
                    services,
                    folder,
                };
                (listing, Some(below))
            }
        };
        let Some(found) = listing.services.get(name) else {
            self.refuse(
                wanted.span(),
                format!(
                    "there is no service `{}` to extend under `services`",
                    written(&wanted)
                ),
            );
            return None;
        };
        Some((found.clone(), listing, below))
    }

    /// The services of a file that another extends from. What it includes is not among them.
    fn bases(&mut self, scope: &mut Scope<'d>, file: FileId) -> Option<Rc<Services<'d>>> {
        if let Some(known) = scope.bases.get(&file) {
            return Some(Rc::clone(known));
        }
        let documents = self.documents(scope, file)?;
        let mut whole: Option<Value<'d>> = None;
        for document in documents.iter() {
            whole = Some(match whole {
                None => document.clone(),
                Some(before) => {
                    let problems = &mut self.project.problems;
                    merge::mappings(&before, document, Place::Project, problems)
                }
            });
        }
        let found = Rc::new(whole.as_ref().map(services).unwrap_or_default());
        scope.bases.insert(file, Rc::clone(&found));
        Some(found)
    }
}

/// A name as it is written: what a `.env` file says is not shown.
fn written(value: &Value<'_>) -> String {
    value.written().unwrap_or_default().to_owned()
}
