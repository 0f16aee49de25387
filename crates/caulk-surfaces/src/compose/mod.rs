//! Compose files: services into the model, remedies as keys and items.
//!
//! Thin: one file at a time. Override files, `include`, `extends` and `.env` have their place here
//! and are not read yet; what hangs on them is unknown, not guessed.

mod edits;
mod host;
mod interpolate;
mod own;
mod security;
mod service;
mod value;
mod volume;
mod written;

use caulk_syntax::yaml::{Stream, Value};

use self::security::Find;
pub(crate) use edits::{edits, exhausted};
pub(crate) use own::written_out;
pub(crate) use service::{Build, Service};
pub(crate) use written::written;

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
    let known = |name: &str| TOP_LEVEL.contains(&name) || name.starts_with("x-");
    if !members.iter().all(|member| known(member.name())) {
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
        refuse(root.span(), "a Compose file is a mapping");
    } else if let Some(services) = root.get("services") {
        if !services.is_mapping() && !services.is_null() {
            refuse(services.span(), "`services` is a mapping");
        }
        for service in services.members() {
            if !service.value.is_mapping()
                && !service.value.is_null()
                && !service.value.is_unresolved()
            {
                refuse(service.value.span(), "a service is a mapping");
            }
        }
    }
    problems.sort_by_key(|problem| problem.span);
    problems
}

/// The services of a Compose file. `find` gives the file at a path relative to its folder.
pub(crate) fn services(stream: &Stream, find: Find<'_>) -> Vec<Service> {
    let Some(services) = stream.root().and_then(|root| root.get("services")) else {
        return Vec::new();
    };
    let services = services
        .members()
        .into_iter()
        .filter(|member| member.value.is_mapping());
    services
        .map(|member| service::read(member.name(), member.key.span(), &member.value, find))
        .collect()
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
