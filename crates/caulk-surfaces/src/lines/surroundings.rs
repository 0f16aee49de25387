//! What a pipeline sets around its scripts: variables, and services beside them.

use std::collections::BTreeMap;
use std::rc::Rc;

use caulk_model::State;
use caulk_source::{SourceFile, Span};
use caulk_syntax::dockerfile::Lookup;
use caulk_syntax::yaml::{Kind, Node};

use super::clients::Endpoint;
use crate::shell::{self, PieceKind};

/// The variables of a place in a pipeline: its own, and those of what it stands in.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    own: BTreeMap<String, Held>,
    outer: Option<Rc<Self>>,
}

/// What a variable holds; nothing where an expression or another variable decides.
#[derive(Debug)]
struct Held {
    text: Option<String>,
    span: Span,
}

impl Surroundings {
    /// Those of a mapping: `env` of a workflow, a job or a step, `variables` of a pipeline or a job.
    pub(super) fn of(node: Node<'_>, outer: &Rc<Self>) -> Rc<Self> {
        let mut own = BTreeMap::new();
        for entry in node.entries() {
            if !matches!(entry.key.text(), Some("env" | "variables")) {
                continue;
            }
            for variable in entry.value.entries() {
                // GitLab's long form: `NAME: {value: …, description: …}`.
                let long = variable.value.entries();
                let mut value = long.filter(|entry| entry.key.text() == Some("value"));
                let value = value.next().map_or(variable.value, |entry| entry.value);
                if let (Some(name), Some(text)) = (variable.key.text(), value.text()) {
                    let held = Held {
                        text: (!text.contains('$')).then(|| text.to_owned()),
                        span: value.span(),
                    };
                    own.insert(name.to_owned(), held);
                }
            }
        }
        if own.is_empty() {
            return Rc::clone(outer);
        }
        Rc::new(Self {
            own,
            outer: Some(Rc::clone(outer)),
        })
    }

    fn get(&self, name: &str) -> Option<&Held> {
        let mut at = Some(self);
        while let Some(here) = at {
            if let Some(held) = here.own.get(name) {
                return Some(held);
            }
            at = here.outer.as_deref();
        }
        None
    }

    /// The value of a variable. Whoever starts the pipeline may set another one, as with the default
    /// of `${NAME:-default}`: its author counted on this.
    pub(super) fn lookup(&self, name: &str) -> Lookup {
        match self.get(name).map(|held| &held.text) {
            Some(Some(text)) => Lookup::Set(text.clone()),
            Some(None) => Lookup::Unknown,
            None => Lookup::UnsetHere,
        }
    }

    /// Where a variable of these has its value that is a part of a word.
    pub(super) fn held_in(&self, word: &shell::Value, file: &SourceFile) -> Option<Span> {
        word.pieces.iter().find_map(|piece| {
            let name = file.slice(piece.span).strip_prefix('$')?;
            let name = name.trim_start_matches('{');
            let name = name
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .next()?;
            let held = self.get(name)?;
            // The program may have given it another value.
            let is_it =
                matches!(&piece.kind, PieceKind::Text(text) if Some(text) == held.text.as_ref());
            is_it.then_some(held.span)
        })
    }

    /// The engine that its own variables name.
    pub(super) fn endpoint(&self) -> Option<Endpoint> {
        let host = self.own.get("DOCKER_HOST")?;
        let asks = ["DOCKER_TLS_VERIFY", "DOCKER_TLS"];
        let tls = asks.iter().find_map(|name| self.get(name));
        Some(Endpoint {
            place: host.span,
            text: host.text.clone()?,
            tls: tls.map(|held| match &held.text {
                Some(text) => State::Known(!text.is_empty()),
                None => State::unknown("a variable decides"),
            }),
            service: None,
        })
    }
}

/// The names under which the services of jobs are reached.
pub(super) fn services(node: Node<'_>, names: &mut BTreeMap<String, Span>) {
    match node.kind() {
        Kind::Mapping => {
            for entry in node.entries() {
                if entry.key.text() == Some("services") {
                    named(entry.value, names);
                }
                services(entry.value, names);
            }
        }
        Kind::Sequence => {
            for item in node.items() {
                services(item.value, names);
            }
        }
        Kind::Scalar { .. } | Kind::Alias(_) => {}
    }
}

fn named(node: Node<'_>, names: &mut BTreeMap<String, Span>) {
    let mut add = |name: &str, node: Node<'_>| {
        names.entry(name.to_owned()).or_insert_with(|| node.span());
    };
    for entry in node.entries() {
        if let Some(name) = entry.key.text() {
            add(name, entry.key);
        }
    }
    for item in node.items() {
        for name in of_image(item.value) {
            add(&name, item.value);
        }
        for entry in item.value.entries() {
            let value = entry.value;
            let text = value.text().unwrap_or_default();
            let names = match entry.key.text() {
                Some("name") => of_image(value).to_vec(),
                Some("alias") => text.split([' ', ',']).map(str::to_owned).collect(),
                _ => Vec::new(),
            };
            for name in names {
                add(&name, value);
            }
        }
    }
}

/// The names that GitLab gives a service of an image.
fn of_image(image: Node<'_>) -> [String; 2] {
    let text = image.text().unwrap_or_default();
    let name = text.split([':', '@']).next().unwrap_or(text);
    ["__", "-"].map(|sign| name.replace('/', sign))
}
