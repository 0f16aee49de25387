//! Compose files: projects into the model, remedies as keys and items.
//!
//! The engine reads several files as one project: override files, what is included, what is
//! extended, and the variables of `.env`. [`project`] makes one tree of them in which every value
//! knows where it is written and by what it came from there; the readers of keys work on that tree
//! and know nothing of files.
//!
//! The rules of the merge are those of compose-go 2 (`loader`, `override`, `template`, `dotenv`,
//! `paths`), read in its source.

mod consistency;
mod convert;
mod edits;
mod env_file;
mod environment;
mod extends;
mod host;
mod include;
pub(crate) mod inline;
mod interpolate;
mod merge;
mod networks;
mod own;
mod path;
mod plan;
mod prints;
mod project;
mod reader;
pub(crate) mod security;
mod service;
mod settings;
mod shape;
mod tree;
mod value;
mod volume;
mod written;

use caulk_syntax::yaml::{Stream, Value};

pub(crate) use edits::{edits, exhausted, keys_of};
pub(crate) use own::{Extended, edits as edits_at, needs, written_out};
pub(crate) use plan::{discoverable, drop_parts, named, plans};
pub use project::ComposeOptions;
pub(crate) use project::{Plan, Project, load};
pub(crate) use service::{Build, Service, is_remote};
pub(crate) use written::{has_key, holds, written};

/// The keys that a Compose file may have at its top.
const TOP_LEVEL: &[&str] = &[
    "configs", "include", "models", "name", "networks", "secrets", "services", "version", "volumes",
];

/// Whether a file with this name is a Compose file.
pub(crate) fn is_compose(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let stem = name
        .strip_suffix(".yaml")
        .or_else(|| name.strip_suffix(".yml"));
    stem.is_some_and(|stem| {
        let rest = stem.strip_prefix("docker-").unwrap_or(stem);
        rest.strip_prefix("compose")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
    })
}

/// Whether a YAML file with another name is one by what it says: `services` is a mapping in which
/// some service has an image or a build, and nothing stands at the top that Compose would refuse.
pub(crate) fn looks_like_compose(stream: &Stream) -> bool {
    let Some(root) = stream.root() else {
        return false;
    };
    let members = root.members();
    if !members.iter().all(|member| is_top_level(member.name())) {
        return false;
    }
    let services = root
        .get("services")
        .map(|services| services.members())
        .unwrap_or_default();
    let is_service =
        |value: &Value<'_>| value.get("image").or_else(|| value.get("build")).is_some();
    services.iter().any(|service| is_service(&service.value))
}

/// Whether a file that another includes or extends from is one: it has services, or what else
/// projects share. One of version 1 is one that the engine refuses.
pub(crate) fn is_compose_file(stream: &Stream) -> bool {
    stream.roots().any(|root| {
        let mut parts = TOP_LEVEL.iter().filter_map(|name| root.get(name));
        parts.any(|part| part.is_mapping() || part.is_sequence())
            || first_of_version_1(&root).is_some()
    })
}

fn is_top_level(name: &str) -> bool {
    TOP_LEVEL.contains(&name) || name.starts_with("x-")
}

/// The first service of a file of version 1, which had no `services` around them.
fn first_of_version_1(root: &Value<'_>) -> Option<caulk_source::Span> {
    if root.get("services").is_some() || root.get("version").is_some() {
        return None;
    }
    let members = root.members().into_iter();
    let mut services = members.filter(|member| {
        let is_known = is_top_level(member.name());
        let says = |key: &str| member.value.get(key).is_some();
        !is_known && (says("image") || says("build"))
    });
    services.next().map(|member| member.key.span())
}

/// Whether a file is refused for its shape, so that there is no service in it to judge.
pub(crate) fn is_refused_whole(stream: &Stream) -> bool {
    stream.root().is_some_and(|root| {
        let is_mapping = root.is_mapping() || root.is_null();
        !is_mapping || first_of_version_1(&root).is_some()
    })
}

/// What the engine refuses beyond YAML itself, with its place.
pub(crate) fn problems(stream: &Stream) -> Vec<caulk_syntax::Problem> {
    let mut problems = stream.problems.clone();
    let Some(root) = stream.root() else {
        return problems;
    };
    let mut refuse = |span, message: &str| {
        problems.push(caulk_syntax::Problem {
            span,
            message: message.to_owned(),
        });
    };
    if root.is_null() {
        return problems;
    }
    if !root.is_mapping() {
        refuse(root.span(), "a Compose file has to be a mapping");
    } else if let Some(service) = first_of_version_1(&root) {
        refuse(
            service,
            "services stand at the top, as in version 1, and belong under `services`",
        );
        return problems;
    }
    for member in root.members() {
        if !is_top_level(member.name()) {
            let message = format!("`{}` is no key of a Compose file", member.name());
            refuse(member.key.span(), &message);
        }
    }
    if let Some(services) = root.get("services") {
        if !services.is_mapping() && !services.is_null() {
            refuse(services.span(), "`services` has to be a mapping");
        }
        for service in services.members() {
            if !service.value.is_mapping()
                && !service.value.is_null()
                && !service.value.is_unresolved()
            {
                refuse(service.value.span(), "a service has to be a mapping");
            }
        }
    }
    problems.sort_by_key(|problem| problem.span);
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_a_compose_file() {
        for name in [
            "compose.yaml",
            "docker-compose.yml",
            "docker-compose.override.yml",
            "compose-dev.yaml",
            "docker-compose_default.yaml",
        ] {
            assert!(is_compose(name), "{name}");
        }
        for name in [
            "composer.yaml",
            "compose.json",
            "my-compose.txt",
            "decompose.yml",
        ] {
            assert!(!is_compose(name), "{name}");
        }
    }

    #[test]
    fn what_merely_looks_like_compose() {
        let looks = |text: &str| {
            looks_like_compose(&caulk_syntax::yaml::parse(
                caulk_source::FileId::FIRST,
                text,
            ))
        };
        assert!(looks("services:\n  a:\n    image: x\n"));
        assert!(looks("x-a: 1\nservices: {a: {build: .}}\n"));
        assert!(!looks("services:\n  - docker\n"), "a CI file");
        assert!(
            !looks("stages: []\nservices:\n  a:\n    image: x\n"),
            "another CI file"
        );
        assert!(
            !looks("services:\n  App\\:\n    resource: ../src\n"),
            "a framework's services"
        );
        assert!(!looks("image: x\n"));
    }
}
