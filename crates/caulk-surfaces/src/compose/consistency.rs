//! Names that a service takes from its project and that the project does not have: the engine starts
//! none of its services then (compose-go, `loader/validate.go`, `checkConsistency`).
//!
//! Of services that are not there nothing is said: many files are pieces whose `depends_on` somebody
//! completes.

use caulk_model::{State, VolumeKind};
use caulk_source::Span;
use caulk_syntax::Problem;

use super::service::Service;
use super::tree::{Content, Value};

/// A name, where it is taken, and from which section of the project.
struct Taken {
    section: &'static str,
    name: String,
    span: Span,
}

/// Whether the project, or a file with which it may be started together, has a name in a section.
pub(super) type Has<'h> = &'h dyn Fn(&str, &str) -> bool;

/// Adds what the engine refuses of a service.
pub(super) fn check(value: &Value<'_>, read: &Service, has: Has<'_>, problems: &mut Vec<Problem>) {
    let mut taken = Vec::new();
    for section in ["networks", "secrets", "configs"] {
        names(value, section, &mut taken);
    }
    volumes(read, &mut taken);
    let missing = taken
        .into_iter()
        .filter(|taken| !has(taken.section, &taken.name));
    problems.extend(missing.map(|taken| {
        let Taken {
            section,
            name,
            span,
        } = taken;
        Problem {
            span,
            message: format!("`{name}` is none of the project's `{section}`"),
        }
    }));
}

/// The names that a list or a mapping takes from the section that is called as its key.
fn names(service: &Value<'_>, section: &'static str, taken: &mut Vec<Taken>) {
    let Some(value) = service.get(section) else {
        return;
    };
    for member in value.members() {
        taken.push(Taken {
            section,
            name: member.name.clone().into_owned(),
            span: member.key,
        });
    }
    for item in value.items() {
        let named = match item.content() {
            Content::Mapping(_) => item.get("source"),
            Content::Null | Content::Scalar(_) | Content::List(_) => Some(item),
        };
        let Some(named) = named.filter(|named| named.env_variable().is_none()) else {
            continue;
        };
        if let Some(name) = named.known().filter(|name| !name.is_empty()) {
            taken.push(Taken {
                section,
                name: name.to_owned(),
                span: named.span(),
            });
        }
    }
}

/// The volumes that it names.
fn volumes(read: &Service, taken: &mut Vec<Taken>) {
    for entry in &read.declared.volumes {
        let volume = &entry.value;
        let is_named = volume.kind == VolumeKind::Volume && !entry.origin.is_from_env();
        if let State::Known(name) = &volume.mount.source
            && is_named
            && !name.is_empty()
        {
            taken.push(Taken {
                section: "volumes",
                name: name.clone(),
                span: entry.origin.span(),
            });
        }
    }
}
