//! Which client is called, and what for.

use caulk_source::Span;

use super::flags;
use super::grammar::{self, Line, Refusal};
use super::run::Client;
use super::text::{Argument, Text};

/// What a client is called for, as far as it is about privileges.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// `run` and `create`: a container.
    Run,
    /// `exec`: another process in a container.
    Exec,
    /// `build`: an image.
    Build,
    /// `pull`: an image, which nothing runs yet.
    Pull,
    /// `compose run`: a service, once, with more than its file says.
    RunService,
    /// `compose exec`: another process in the container of a service.
    ExecService,
}

/// A call of a client.
#[derive(Clone, Debug)]
pub struct Invocation<'w> {
    /// Whose.
    pub client: Client,
    /// What for.
    pub action: Action,
    /// Where the client and its command are written: what a reader takes for the whole.
    pub name: Span,
    /// The words behind the command.
    pub words: &'w [Argument],
}

/// The client that a program is, by its name.
fn client(program: &str) -> Option<Client> {
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    match name.strip_suffix(".exe").unwrap_or(name) {
        "docker" => Some(Client::Docker),
        // podman-remote has the flags of podman.
        "podman" | "podman-remote" => Some(Client::Podman),
        "nerdctl" | "nerdctl.lima" => Some(Client::Nerdctl),
        _ => None,
    }
}

/// The client whose services a program of its own starts.
fn client_of_compose(program: &str) -> Option<Client> {
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    match name.strip_suffix(".exe").unwrap_or(name) {
        "docker-compose" => Some(Client::Docker),
        "podman-compose" => Some(Client::Podman),
        _ => None,
    }
}

/// The client that a variable most likely holds, where its own name says so: `$(DOCKER)`,
/// `${CONTAINER_ENGINE}`. Their flags are docker's.
fn client_of_variable(written: &str) -> Option<Client> {
    let name = written.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let name = name.split([':', '-', '?']).next().unwrap_or(name);
    match name.to_ascii_uppercase().as_str() {
        "DOCKER" | "DOCKER_CMD" | "DOCKER_BIN" | "DOCKER_BINARY" | "DOCKER_COMMAND"
        | "DOCKER_CLI" | "CONTAINER_ENGINE" | "CONTAINER_RUNTIME" | "CONTAINER_TOOL"
        | "CONTAINER_CMD" | "CONTAINER_CLI" | "OCI_BIN" => Some(Client::Docker),
        "PODMAN" | "PODMAN_CMD" | "PODMAN_BINARY" => Some(Client::Podman),
        "NERDCTL" => Some(Client::Nerdctl),
        _ => None,
    }
}

/// The call that `words` make, the program first; nothing where it is none about containers.
pub fn invocation(words: &[Argument]) -> Option<Invocation<'_>> {
    let (program, rest) = words.split_first()?;
    if let Some(client) = program.text.value().and_then(client_of_compose) {
        let (action, command, words) = action_of_services(rest)?;
        return Some(Invocation {
            client,
            action,
            name: program.span.to(command.span),
            words,
        });
    }
    let client = match program.text.value() {
        Some(name) => client(name)?,
        None => client_of_variable(program.text.written())?,
    };
    let line = grammar::parse(&flags::global(client), rest).ok()?;
    let rest = rest.get(line.rest..)?;
    let (action, command, words) = action(rest).or_else(|| of_services(rest.split_first()?))?;
    Some(Invocation {
        client,
        action,
        name: program.span.to(command.span),
        words,
    })
}

/// The endpoint that a call names, `-H tcp://…`, and whether it asks for TLS.
pub fn endpoint(words: &[Argument]) -> Option<(Argument, bool)> {
    let (program, rest) = words.split_first()?;
    let client = client(program.text.value()?)?;
    let line = grammar::parse(&flags::global(client), rest).ok()?;
    let mut given = line.given.iter();
    let host = given.rfind(|given| matches!(given.flag.name, "host" | "url"))?;
    let (first, count) = host.words;
    let word = rest.get(first + count - 1)?;
    let tls = line.given.iter().any(|given| {
        matches!(given.flag.name, "tls" | "tlsverify") && given.value.value() != Some("false")
    });
    let host = Argument {
        text: host.value.clone(),
        span: word.span,
        shared: word.shared,
    };
    Some((host, tls))
}

/// The command, its last word, and what follows it.
fn action(words: &[Argument]) -> Option<(Action, &Argument, &[Argument])> {
    let (first, rest) = words.split_first()?;
    let own = |name: &str| match name {
        "run" | "create" => Some(Action::Run),
        "exec" => Some(Action::Exec),
        "build" => Some(Action::Build),
        "pull" => Some(Action::Pull),
        _ => None,
    };
    let group = first.text.value()?;
    if let Some(action) = own(group) {
        return Some((action, first, rest));
    }
    let rest = match group {
        "container" | "image" | "builder" => rest,
        "buildx" => {
            let line = grammar::parse(&flags::buildx(), rest).ok()?;
            rest.get(line.rest..)?
        }
        _ => return None,
    };
    let (command, rest) = rest.split_first()?;
    let action = match (group, command.text.value()?) {
        ("container", name @ ("run" | "create" | "exec")) => own(name)?,
        ("image" | "builder", "build") | ("buildx", "build" | "b") => Action::Build,
        ("image", "pull") => Action::Pull,
        _ => return None,
    };
    Some((action, command, rest))
}

/// What `compose` is asked for, behind a client.
fn of_services<'w>(
    (first, rest): (&'w Argument, &'w [Argument]),
) -> Option<(Action, &'w Argument, &'w [Argument])> {
    (first.text.value() == Some("compose")).then(|| action_of_services(rest))?
}

fn action_of_services(words: &[Argument]) -> Option<(Action, &Argument, &[Argument])> {
    let line = grammar::parse(&flags::compose(), words).ok()?;
    let (command, rest) = words.get(line.rest..)?.split_first()?;
    let action = match command.text.value()? {
        "run" => Action::RunService,
        "exec" => Action::ExecService,
        _ => return None,
    };
    Some((action, command, rest))
}

/// An `exec`, taken apart.
#[derive(Clone, Debug)]
pub struct Exec {
    /// Its flags.
    pub line: Line<'static>,
    /// The container in which the process is started.
    pub container: Option<Argument>,
}

/// The words behind `exec`, taken apart.
pub fn exec(client: Client, words: &[Argument]) -> Result<Exec, Refusal> {
    let line = grammar::parse(&flags::exec(client), words)?;
    let container = words.get(line.rest).cloned();
    Ok(Exec { line, container })
}

/// The words behind `compose exec`, taken apart.
pub fn exec_service(words: &[Argument]) -> Result<Exec, Refusal> {
    let line = grammar::parse(&flags::compose_exec(), words)?;
    let container = words.get(line.rest).cloned();
    Ok(Exec { line, container })
}

/// The words behind `build`, taken apart: flags may stand anywhere among them.
pub fn build(client: Client, words: &[Argument]) -> Result<Line<'static>, Refusal> {
    let table = flags::build(client);
    let mut line = grammar::parse(&table, words)?;
    // What is no flag is the context; more flags may follow it.
    while let Some(rest) = words.get(line.rest + 1..).filter(|rest| !rest.is_empty()) {
        let behind = words
            .get(line.rest)
            .is_some_and(|word| word.text.written() == "--");
        if behind {
            break;
        }
        let skipped = line.rest + 1;
        let more = grammar::parse(&table, rest)?;
        line.rest = skipped + more.rest;
        line.help |= more.help;
        line.unsure = line.unsure.or(more.unsure);
        line.given.extend(more.given.into_iter().map(|mut given| {
            given.words.0 += skipped;
            given
        }));
    }
    Ok(line)
}

/// The image that the words behind `pull` name: the last of them, for its flags stand before.
pub fn pulled(words: &[Argument]) -> Option<&Argument> {
    words
        .last()
        .filter(|word| !word.text.written().starts_with('-'))
}

/// The names that the words behind `build` give the image, `-t NAME`. Builders have more flags than
/// one page, so nothing else of them is read.
pub fn tags(words: &[Argument]) -> Vec<String> {
    let known = |text: &Text| text.value().unwrap_or_default().to_owned();
    let mut names = given_to(words, &["-t", "--tag"], &known);
    names.retain(|name| !name.is_empty());
    names
}

/// The names that the words behind `build` say what they stand for, `--build-context NAME=PATH`.
pub fn contexts(words: &[Argument]) -> Vec<String> {
    let name = |text: &Text| {
        text.beginning()
            .split('=')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    given_to(words, &["--build-context"], &name)
}

/// What is given to a flag, of which `read` takes what it needs.
fn given_to(words: &[Argument], flags: &[&str], read: &dyn Fn(&Text) -> String) -> Vec<String> {
    let mut given = Vec::new();
    let mut words = words.iter().map(|word| &word.text);
    while let Some(word) = words.next() {
        if flags.iter().any(|flag| word.value() == Some(flag)) {
            given.extend(words.next().map(read));
            continue;
        }
        let attached = flags.iter().find_map(|flag| {
            let rest = word.beginning().strip_prefix(flag)?;
            (flag.starts_with("--") && rest.starts_with('=')).then(|| word.from(flag.len() + 1))
        });
        given.extend(attached.as_ref().map(read));
    }
    given
}

#[cfg(test)]
mod tests {
    use caulk_source::FileId;

    use super::*;

    fn words(line: &str) -> Vec<Argument> {
        let word = |text: &str| Argument {
            text: Text::known(text),
            span: Span::at(FileId::FIRST, 0),
            shared: false,
        };
        line.split(' ').map(word).collect()
    }

    #[test]
    fn calls_in_every_spelling() {
        let action = |line: &str| {
            let words = words(line);
            invocation(&words).map(|call| (call.client, call.action, call.words.len()))
        };
        let docker = |action, count| Some((Client::Docker, action, count));
        assert_eq!(action("docker run a"), docker(Action::Run, 1));
        assert_eq!(
            action("/usr/bin/docker -H x create a"),
            docker(Action::Run, 1)
        );
        assert_eq!(
            action("docker --context=x container run a b"),
            docker(Action::Run, 2)
        );
        assert_eq!(action("docker buildx build ."), docker(Action::Build, 1));
        assert_eq!(
            action("docker buildx --builder x b ."),
            docker(Action::Build, 1)
        );
        assert_eq!(action("docker exec -u 0 a"), docker(Action::Exec, 3));
        assert_eq!(
            action("nerdctl -n k8s.io run a"),
            Some((Client::Nerdctl, Action::Run, 1))
        );
        assert_eq!(
            action("docker compose -f x run --rm a"),
            docker(Action::RunService, 2)
        );
        assert_eq!(
            action("docker-compose exec --privileged a b"),
            docker(Action::ExecService, 3)
        );
        assert_eq!(action("docker compose up a"), None);
        assert_eq!(action("docker ps"), None);
        assert_eq!(action("echo docker run"), None);
    }

    #[test]
    fn a_variable_may_name_the_client() {
        let program = |written: &str| {
            let mut words = words("x run a");
            words[0].text = Text::default();
            words[0]
                .text
                .push_unknown(written, "it is not set here", true);
            invocation(&words).map(|call| call.client)
        };
        assert_eq!(program("$(DOCKER)"), Some(Client::Docker));
        assert_eq!(program("${CONTAINER_ENGINE:-docker}"), Some(Client::Docker));
        assert_eq!(program("$PODMAN"), Some(Client::Podman));
        assert_eq!(program("$CMD"), None);
    }

    #[test]
    fn the_names_of_an_image_that_is_built() {
        let names = tags(&words("--unknown x -t a . --tag=b:1 --tag c -t"));
        assert_eq!(names, ["a", "b:1", "c"]);
    }

    #[test]
    fn flags_of_a_build_stand_anywhere() {
        let line = build(Client::Docker, &words("-t a . --allow security.insecure")).unwrap();
        let names: Vec<&str> = line.given.iter().map(|given| given.flag.name).collect();
        assert_eq!(names, ["tag", "allow"]);
        assert_eq!(line.given[1].words, (3, 2));
    }
}
