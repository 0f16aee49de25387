//! Programs that do nothing without the engine's socket, and how each is pointed at a proxy instead.

use caulk_model::{Container, ImageSource, Socket, State};

/// How a program is told where the engine is.
#[derive(Clone, Copy)]
enum Told {
    /// By a variable, for programs that only ask.
    Variable(&'static str),
    /// By an option of its command or configuration.
    Option(&'static str),
    /// By this, for programs that start and replace containers.
    Manager(&'static str),
}

/// Images by the end of their names, with how each is told where the engine is.
const USERS: &[(&str, Told)] = &[
    ("nginxproxy/nginx-proxy", Told::Variable("DOCKER_HOST")),
    ("jwilder/nginx-proxy", Told::Variable("DOCKER_HOST")),
    ("nginxproxy/docker-gen", Told::Variable("DOCKER_HOST")),
    ("jwilder/docker-gen", Told::Variable("DOCKER_HOST")),
    ("nginxproxy/acme-companion", Told::Variable("DOCKER_HOST")),
    (
        "jrcs/letsencrypt-nginx-proxy-companion",
        Told::Variable("DOCKER_HOST"),
    ),
    ("amir20/dozzle", Told::Variable("DOZZLE_REMOTE_HOST")),
    ("traefik", Told::Option("--providers.docker.endpoint")),
    (
        "containrrr/watchtower",
        Told::Manager("the variable `DOCKER_HOST`"),
    ),
    (
        "selenium/node-docker",
        Told::Manager("`url` below `[docker]` of its `config.toml`"),
    ),
    (
        "selenium/standalone-docker",
        Told::Manager("`url` below `[docker]` of its `config.toml`"),
    ),
    (
        "portainer/portainer",
        Told::Manager("`--host` of its command"),
    ),
    (
        "portainer/portainer-ce",
        Told::Manager("`--host` of its command"),
    ),
    (
        "portainer/portainer-ee",
        Told::Manager("`--host` of its command"),
    ),
];

/// What to do where a program for the engine's socket has it; nothing for every other program, and where
/// it is told already to look for the engine elsewhere.
pub(crate) fn instead(container: &Container, socket: Socket) -> Option<String> {
    // What is built on such an image, and starts as it does, is the same program.
    let starts_as_its_base = match container.source {
        ImageSource::Pulled { .. } => true,
        ImageSource::Built { .. } => {
            let start = container.image.entrypoint.as_ref();
            start.is_none_or(|start| !start.replaces_the_base)
        }
        ImageSource::Itself | ImageSource::Fragment => false,
    };
    if !starts_as_its_base || !matches!(socket.runtime, "Docker" | "Podman") {
        return None;
    }
    let name = container.image.base.name();
    let name = name.split(['@']).next().unwrap_or_default();
    // A colon before a `/` is that of a registry's port.
    let repository = match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => name,
    };
    let is_it = |image: &str| {
        let before = repository.strip_suffix(image);
        if image.contains('/') {
            before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
        } else {
            matches!(
                before,
                Some("" | "library/" | "docker.io/" | "docker.io/library/")
            )
        }
    };
    let (_, told) = USERS.iter().find(|(image, _)| is_it(image))?;
    if looks_elsewhere(container) {
        return None;
    }
    Some(match told {
        Told::Variable(name) => format!(
            "it does nothing without the engine: put a socket proxy between that lets only the requests \
             through that it needs, and point it there with `{name}: tcp://PROXY:2375`"
        ),
        Told::Option(option) => format!(
            "it does nothing with containers without the engine: put a socket proxy between that lets \
             only the requests through that it needs, and point it there with \
             `{option}=tcp://PROXY:2375`"
        ),
        Told::Manager(by) => format!(
            "it does nothing without the engine, and what lets it start containers is as good as root by \
             any way: keep it only where it may have the host; where it is to watch alone, put a socket \
             proxy between and point it there with {by}"
        ),
    })
}

/// Whether its command or its environment names an engine at an address of the network.
fn looks_elsewhere(container: &Container) -> bool {
    let declared = &container.declared;
    let mut words = declared.command.iter();
    let mut variables = declared.environment.iter();
    words.any(|word| word.value.contains("tcp://"))
        || variables.any(|entry| {
            let value = entry.value.value.as_ref().and_then(State::known);
            value.is_some_and(|value| value.starts_with("tcp://"))
        })
}
