//! Names that a service takes from its project and that the project does not have: the engine starts
//! none of its services then (compose-go, `loader/validate.go`, `checkConsistency`, and what
//! `loader/normalize.go` adds to `depends_on`).

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
    depends_on(value, &mut taken);
    joined(value, &mut taken);
    for section in ["networks", "secrets", "configs"] {
        names(value, section, section, &mut taken);
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

/// The services that it waits for. Of those that need not be there, nothing is said.
fn depends_on(service: &Value<'_>, taken: &mut Vec<Taken>) {
    let Some(value) = service.get("depends_on") else {
        return;
    };
    if !value.is_mapping() {
        return names(service, "depends_on", "services", taken);
    }
    for member in value.members() {
        let required = member.value.get("required");
        let optional = required.is_some_and(|required| required.known() != Some("true"));
        if !optional {
            taken.push(Taken {
                section: "services",
                name: member.name.clone().into_owned(),
                span: member.key,
            });
        }
    }
}

/// The services whose namespaces and volumes it shares.
fn joined(service: &Value<'_>, taken: &mut Vec<Taken>) {
    let mut take = |value: &Value<'_>, name: &str| {
        if value.env_variable().is_none() {
            taken.push(Taken {
                section: "services",
                name: name.to_owned(),
                span: value.span(),
            });
        }
    };
    for key in ["network_mode", "ipc", "pid"] {
        let value = service.get(key);
        let Some(value) = value else { continue };
        if let Some(name) = value.known().and_then(|text| text.strip_prefix("service:")) {
            take(&value, name);
        }
    }
    let from = service.get("volumes_from");
    for item in from.iter().flat_map(Value::items) {
        if let Some(text) = item.known().filter(|text| !text.starts_with("container:")) {
            take(&item, text.split(':').next().unwrap_or(text));
        }
    }
}

/// The names that a list or a mapping takes from a section.
fn names(service: &Value<'_>, key: &str, section: &'static str, taken: &mut Vec<Taken>) {
    let Some(value) = service.get(key) else {
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
