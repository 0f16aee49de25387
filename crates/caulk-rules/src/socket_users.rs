//! Programs that do nothing without the engine's socket, and how each is pointed at a proxy instead.

use caulk_model::{Container, ImageSource, Socket, State};
use caulk_source::clean_path;

use crate::images::last_name;

/// How a program is told where the engine is.
#[derive(Clone, Copy)]
enum Told {
    /// Nowhere: it starts containers, and does nothing else.
    Starts,
    /// Nowhere: it reads events, and only from a socket in the filesystem.
    Events,
    /// By a variable, for programs that only ask.
    Variable(&'static str),
    /// As traefik is: by an option of its command, or by a key of its configuration.
    Traefik,
    /// By this, for programs that start and replace containers, or watch them alone.
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
    ("traefik", Told::Traefik),
    ("fluent/fluent-bit", Told::Events),
    (
        "containrrr/watchtower",
        Told::Manager("the variable `DOCKER_HOST`"),
    ),
    ("selenium/node-docker", Told::Starts),
    ("selenium/standalone-docker", Told::Starts),
    (
        "portainer/portainer",
        Told::Manager("`--host` of the command"),
    ),
    (
        "portainer/portainer-ce",
        Told::Manager("`--host` of the command"),
    ),
    (
        "portainer/portainer-ee",
        Told::Manager("`--host` of the command"),
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
    // What the command starts by its path is known by its name: `/app/portainer`.
    let program = container.declared.command.first();
    let program = program.and_then(|word| word.value.rsplit_once('/'));
    let runs = |image: &str| program.is_some_and(|(_, name)| name == last_name(image));
    let (_, told) = USERS
        .iter()
        .find(|(image, _)| is_it(image) || runs(image))?;
    if looks_elsewhere(container) {
        return None;
    }
    Some(told.advice(container))
}

impl Told {
    /// What to do with a program that is told so.
    fn advice(self, container: &Container) -> String {
        match self {
            Self::Variable(name) => format!(
                "this program does nothing without the engine: put a socket proxy in between that lets only \
                 the requests through that are needed, and name the proxy by `{name}: tcp://PROXY:2375`"
            ),
            Self::Traefik => {
                let by = if has_a_file(container) {
                    "`endpoint: tcp://PROXY:2375` below `providers.docker` in the configuration file"
                } else {
                    "`--providers.docker.endpoint=tcp://PROXY:2375`"
                };
                format!(
                    "put a socket proxy in between that lets only the requests through that are needed, and \
                     name it by {by}"
                )
            }
            Self::Starts => "this program starts containers, and who may do that is root on the host: run it \
                             on a machine that holds nothing else"
                .to_owned(),
            Self::Events => "this program takes the engine's events from a socket file and from nowhere else: \
                             do without that input, or mount the socket of a proxy that lets only events \
                             through"
                .to_owned(),
            Self::Manager(by) => format!(
                "this program does nothing without the engine, and who may start containers is root on the \
                 host: run it only where that is meant; to let it watch and no more, put a socket proxy in \
                 between and name that by {by}"
            ),
        }
    }
}

/// Whether traefik has its settings from a file: it takes them from one source alone, and a file comes
/// before its command.
fn has_a_file(container: &Container) -> bool {
    let declared = &container.declared;
    let words = || {
        declared
            .command
            .iter()
            .map(|word| word.value.to_lowercase())
    };
    let targets = || {
        let mounts = declared.mounts.iter();
        mounts.map(|mount| clean_path(&mount.value.target))
    };
    words().any(|word| word.starts_with("--configfile"))
        || targets().any(|target| target.starts_with("/etc/traefik/traefik."))
        || (targets().any(|target| target == "/etc/traefik")
            && !words().any(|word| word.starts_with("--providers")))
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
