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
    /// By `DOCKER_HOST`, and it runs commands in another container.
    Companion,
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
    ("nginxproxy/acme-companion", Told::Companion),
    ("jrcs/letsencrypt-nginx-proxy-companion", Told::Companion),
    ("amir20/dozzle", Told::Variable("DOZZLE_REMOTE_HOST")),
    ("traefik", Told::Traefik),
    ("fluent/fluent-bit", Told::Events),
    (
        "containrrr/watchtower",
        Told::Manager("the variable `DOCKER_HOST`"),
    ),
    ("selenium/node-docker", Told::Starts),
    ("selenium/standalone-docker", Told::Starts),
    ("portainer/portainer", Told::Manager(PORTAINER)),
    ("portainer/portainer-ce", Told::Manager(PORTAINER)),
    ("portainer/portainer-ee", Told::Manager(PORTAINER)),
];

/// Where Portainer is told of another engine: the option counts as long as it knows of none.
const PORTAINER: &str =
    "`--host` of the command, or in its settings where it has been set up before";

/// What to do where a program for the engine's socket has it; nothing for every other program, and where
/// it is told already to look for the engine elsewhere.
pub(crate) fn instead(container: &Container, socket: Socket) -> Option<String> {
    let (image, told) = the_user(container, socket)?;
    if looks_elsewhere(container) {
        return None;
    }
    Some(advice(container, last_name(image), *told))
}

/// The row of the program that the container is.
fn the_user(container: &Container, socket: Socket) -> Option<&'static (&'static str, Told)> {
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
    // A variable may hide the owner. `traefik` alone has none.
    let last = container.image.base.last_part();
    let ends_so = |image: &str| image.contains('/') && last == Some(last_name(image));
    let mut users = USERS.iter();
    users.find(|(image, _)| is_it(image) || runs(image) || ends_so(image))
}

/// What to do about the socket of a program that is told so where the engine is.
fn advice(container: &Container, program: &str, told: Told) -> String {
    let finds = format!(
        "`{program}` finds containers through the engine: put a socket proxy in between that lets only the \
         requests through that are needed, and name the proxy by"
    );
    let may_start = "who may start containers is root on the host";
    match told {
        Told::Variable(name) => format!("{finds} `{name}: tcp://PROXY:2375`"),
        Told::Companion => format!(
            "`{program}` runs a command in the container of its nginx through the engine, and who may do that \
             in any container is root on the host: with `docker-gen` as a container of its own it sends \
             signals instead, and a socket proxy in between can let only those and what it reads through \
             (`DOCKER_HOST: tcp://PROXY:2375`)"
        ),
        Told::Traefik if has_a_file(container) => format!(
            "{finds} `endpoint: tcp://PROXY:2375` below `providers.docker` in the configuration file"
        ),
        Told::Traefik => format!("{finds} `--providers.docker.endpoint=tcp://PROXY:2375`"),
        Told::Starts => format!(
            "`{program}` starts containers, and {may_start}: run it on a machine that holds nothing else"
        ),
        Told::Events => format!(
            "`{program}` takes the engine's events from a socket file and from nowhere else: do without that \
             input, or mount the socket of a proxy that lets only events through"
        ),
        Told::Manager(by) => format!(
            "`{program}` is there to manage containers, and {may_start}: run it only where that is meant; to \
             let it watch and no more, put a socket proxy in between and name the proxy by {by}"
        ),
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
