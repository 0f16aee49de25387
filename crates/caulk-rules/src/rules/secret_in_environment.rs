//! See the page below.

use std::collections::{BTreeMap, BTreeSet};

use caulk_model::credential::{self, Credential, CredentialKind};
use caulk_model::{Entry, Project, Variable};
use caulk_source::{FileId, Span, cut};

use crate::prelude::*;

rule! {
    /// A credential stands in the environment that a file gives to a container.
    ///
    /// ## Why it matters
    ///
    /// Whoever can read the file has the credential, and so has everybody who ever gets a copy of the
    /// repository: taking it out later leaves it in the history. In the container it is in the environment
    /// of every program, in the answer of `docker inspect`, and soon enough in a log.
    ///
    /// ## Bad
    ///
    /// ```yaml,bad
    /// services:
    ///   db:
    ///     image: postgres:17
    ///     environment:
    ///       POSTGRES_PASSWORD: tR7-kestrel
    /// ```
    ///
    /// ## Good
    ///
    /// The image reads it from a file that the engine mounts:
    ///
    /// ```yaml,good
    /// services:
    ///   db:
    ///     image: postgres:17
    ///     environment:
    ///       POSTGRES_PASSWORD_FILE: /run/secrets/db
    ///     secrets:
    ///       - db
    /// secrets:
    ///   db:
    ///     file: ./db.secret
    /// ```
    ///
    /// Where an image reads no such file, the value comes from the one who starts it:
    ///
    /// ```yaml,good
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:2
    ///     environment:
    ///       API_TOKEN: ${API_TOKEN:?}
    /// ```
    ///
    /// ## How it is judged
    ///
    /// - *By its name*: a variable whose name says that it holds a credential (`…_PASSWORD`, `…_TOKEN`,
    ///   `…_SECRET`, `…_API_KEY`), with a value. Not a name that says something about one (`…_FILE`,
    ///   `TOKEN_TTL`, `PASSWORD_MIN_LENGTH`).
    /// - *In an address*: the password of `postgres://user:password@host`, of `Password=…;` in a connection
    ///   string and of `?password=…`, whatever the variable is called.
    /// - *By its form*: a private key, or a token with the mark of its maker (AWS, GitHub, GitLab, Slack,
    ///   Stripe and others), whatever the variable is called.
    /// - *A key that looks drawn*: under a name such as `…_KEY` or `…_SALT`, a text of at least 20 letters and
    ///   digits without pattern: with medium confidence.
    /// - *Placeholder* (silent): a text that asks to be replaced or says what it is (`changeme`, `<token>`,
    ///   `your-password`, `my_secret`, `xxxx`).
    /// - *Known to everybody* (silent): a password that comes with a program (`postgres`, `guest`), and one
    ///   that is the name of the account, the database, the service, the image or the variable itself, or
    ///   of an account of another service of its project.
    /// - *The same credential again* (fires): where one file has it several times, that is one finding; each
    ///   further place is a related one, under whatever name a long one stands there.
    /// - *No value*: an empty text, a switch, a number, a path, a variable of whoever starts the container.
    ///   The default of a variable (`${TOKEN:-…}`) is a value.
    /// - *A file of variables*: what `env_file` names is judged where the variable stands, if the file is
    ///   scanned and git does not ignore it; `.env` too, where it is named so. What Compose alone takes out of
    ///   `.env` is not judged: it is the place for what stays out of the repository.
    ///
    /// What a report shows of the line has dots instead of the credential. A patch (`--format diff`) has the
    /// line as it is where it needs it, or else nothing could apply it.
    ///
    /// ## About the fix
    ///
    /// There is none: take the credential out, give it as a secret, and replace it, for it has been read.
    ///
    /// ## Sources
    ///
    /// Compose specification, "secrets"; Docker's documentation, "Manage secrets securely in Docker Compose";
    /// GitHub's documentation, "Using secrets in GitHub Actions"; the makers' documentation of their tokens.
    "secret-in-environment",
    since: "0.1.0",
    level: Level::Baseline,
    severity: Severities::Always(Severity::High),
    confidence: Confidence::High,
    fixes: Fixes::None,
    surfaces: &[Surface::Compose, Surface::CommandLine, Surface::DevContainer, Surface::Workflow],
    references: &[
        Reference::like(Authority::Cis, "4.10"),
        Reference::same(Authority::Owasp, "Rule 12"),
        Reference::like(Authority::Nist, "4.1.4"),
        Reference::same(Authority::ComposeLint, "CL-0020"),
        Reference::same(Authority::ComposeLint, "CL-0021"),
        Reference::same(Authority::DockSec, "compose-plaintext-secret-env"),
        Reference::like(Authority::DockSec, "compose-env-file-secret-risk"),
        Reference::same(Authority::ComposeAuditor, "SEC005"),
    ],
    check: check,
}

/// A credential with this many signs is nothing else by chance.
const LONG: usize = 20;

/// How many accounts of a project are looked at; nobody has so many.
const MOST_ACCOUNTS: usize = 256;

fn check(repository: &Repository, findings: &mut Findings) {
    let accounts = accounts_by_project(repository);
    // A file and a credential in it: one thing to replace.
    let mut found: BTreeMap<(FileId, &str), Finding> = BTreeMap::new();
    let mut again = Vec::new();
    for container in judged(repository) {
        let mut around = words_around(container);
        let project = container.project.as_ref();
        around.extend(
            project
                .and_then(|project| accounts.get(project))
                .into_iter()
                .flatten()
                .cloned(),
        );
        for (entry, place, value) in values_of(container) {
            let key = (place.file, value);
            let credential = credential::in_variable(&entry.value.name, value, &around);
            let Some(credential) = credential else {
                continue;
            };
            let one = finding(container, entry, value, &credential);
            match found.get(&key) {
                None => {
                    let one = match entry.value.in_file {
                        Some(place) => with_others(one, repository, container, value, place),
                        None => one,
                    };
                    found.insert(key, one);
                }
                // Whoever shares the very place is named by that.
                Some(first) if first.primary.span == place => again.push(one),
                Some(_) => {}
            }
        }
    }
    for container in judged(repository) {
        for (entry, place, value) in values_of(container) {
            if let Some(finding) = found.get_mut(&(place.file, value)) {
                note_again(finding, container, entry, place, value);
            }
        }
    }
    findings.extend(found.into_values());
    findings.extend(again);
}

/// The containers whose environment is judged.
fn judged(repository: &Repository) -> impl Iterator<Item = &Container> {
    let containers = repository.containers();
    containers.filter(|container| RULE.info.surfaces.contains(&container.surface))
}

/// The variables of a container that a file sets, each with its place and its value.
fn values_of(container: &Container) -> impl Iterator<Item = (&Entry<Variable>, Span, &str)> {
    let variables = container.declared.environment.iter();
    variables.filter_map(|entry| {
        let in_file = entry.value.in_file;
        // `.env` is where Compose wants what is not in the repository.
        if entry.origin.is_from_env() && in_file.is_none() {
            return None;
        }
        let value = entry.value.value.as_ref()?.known()?;
        Some((
            entry,
            in_file.unwrap_or(entry.origin.span()),
            value.as_str(),
        ))
    })
}

/// How many places of one credential are named.
const MOST_PLACES: usize = 64;

/// Notes that a credential stands in another place of its file as well: under a name that says so, or so
/// long that it is the same under any name.
fn note_again(
    finding: &mut Finding,
    container: &Container,
    entry: &Entry<Variable>,
    place: Span,
    value: &str,
) {
    let name = &entry.value.name;
    let is_noted = place == finding.primary.span
        || finding.related.len() >= MOST_PLACES
        || finding.related.iter().any(|label| label.span == place);
    if is_noted || !credential::names_one(name) && value.len() < LONG {
        return;
    }
    finding.hidden.push(Hidden {
        span: place,
        text: value.to_owned(),
    });
    let text = format!(
        "and it stands here too, as `{name}` of {}",
        container.title()
    );
    finding.related.push(Label::new(place, text));
}

/// The accounts that the services of a project are given, by the names of their variables.
fn accounts_by_project(repository: &Repository) -> BTreeMap<&Project, BTreeSet<String>> {
    let mut accounts: BTreeMap<&Project, BTreeSet<String>> = BTreeMap::new();
    for container in judged(repository) {
        let Some(project) = &container.project else {
            continue;
        };
        let accounts = accounts.entry(project).or_default();
        for (entry, _, value) in values_of(container) {
            let name = entry.value.name.to_lowercase();
            if name.contains("user") && is_word(value) && accounts.len() < MOST_ACCOUNTS {
                accounts.insert(value.to_owned());
            }
        }
    }
    accounts
}

/// An address holds too much, the password itself among it.
fn is_word(value: &str) -> bool {
    let mut signs = value.chars();
    signs.all(|c| c.is_alphanumeric() || "_-.".contains(c))
}

/// With the other services of its project whose environment gets the same out of `.env`. Where this one
/// only takes the file in, which has it at `place`, it is about the first of those that use it.
fn with_others(
    mut finding: Finding,
    repository: &Repository,
    container: &Container,
    value: &str,
    place: Span,
) -> Finding {
    let takes_the_file = |other: &Container| {
        let mut variables = other.declared.environment.iter();
        variables.any(|entry| entry.value.in_file == Some(place))
    };
    let uses = |other: &Container| {
        let mut variables = other.declared.environment.iter();
        variables.any(|entry| is_given(entry, value))
    };
    let mut is_used = uses(container);
    let others = repository.containers().filter(|other| {
        other.anchor != container.anchor
            && other.project.is_some()
            && other.project == container.project
            && !takes_the_file(other)
    });
    for other in others {
        let mut variables = other.declared.environment.iter();
        if let Some(same) = variables.find(|entry| is_given(entry, value)) {
            let title = other.title();
            let text = format!("and this gives it to {title}");
            finding = finding.related(same.origin.span(), text);
            if !is_used {
                is_used = true;
                finding.message = message(&title, &same.value.name);
                finding = finding.container(title, other.anchor);
            }
        }
    }
    finding
}

/// Whether a variable is set to something that holds a value out of `.env`.
fn is_given(entry: &Entry<Variable>, value: &str) -> bool {
    let known = entry.value.value.as_ref().and_then(State::known);
    let is_set_here = entry.value.in_file.is_none() && entry.origin.is_from_env();
    is_set_here && known.is_some_and(|known| known.contains(value))
}

fn message(title: &str, name: &str) -> String {
    format!("{title} is given a credential in its variable `{name}`")
}

/// What the same container has for other things: a password that is one of these is an example.
fn words_around(container: &Container) -> Vec<String> {
    let variables = container.declared.environment.iter();
    let others = variables.filter_map(|entry| {
        let value = entry.value.value.as_ref()?.known()?;
        (is_word(value) && !credential::names_one(&entry.value.name)).then(|| value.clone())
    });
    let image = container.image.base.name();
    let names = container.name.iter().cloned().chain([image]);
    let parts = names.flat_map(|name| {
        let parts = name.split(|c: char| !c.is_alphanumeric());
        parts.map(str::to_owned).collect::<Vec<_>>()
    });
    let folder = container.project.iter().flat_map(|project| {
        let name = project.folder.rsplit('/').next().unwrap_or_default();
        let parts = name.split(|c: char| !c.is_alphanumeric());
        parts.chain([name]).map(str::to_owned)
    });
    others
        .chain(parts)
        .chain(folder)
        .filter(|word| !word.is_empty())
        .collect()
}

fn finding(
    container: &Container,
    entry: &Entry<Variable>,
    value: &str,
    credential: &Credential,
) -> Finding {
    let Variable { name, in_file, .. } = &entry.value;
    let title = container.title();
    let label = match credential.kind {
        CredentialKind::Named => "stands here for whoever reads the file".to_owned(),
        CredentialKind::Random => {
            "reads like a key, and stands here for whoever reads the file".to_owned()
        }
        CredentialKind::Connection => "has a password in it for whoever reads the file".to_owned(),
        CredentialKind::Token(what) => format!("is {what}, for whoever reads the file"),
        CredentialKind::PrivateKey => "is a private key, for whoever reads the file".to_owned(),
    };
    let confidence = match credential.kind {
        CredentialKind::Random => Confidence::Medium,
        CredentialKind::Named
        | CredentialKind::Connection
        | CredentialKind::Token(_)
        | CredentialKind::PrivateKey => Confidence::High,
    };
    let written = entry.origin.span();
    let place = in_file.unwrap_or(written);
    let finding = Finding::new(
        &RULE.info,
        container.surface,
        Label::new(place, label),
        message(&title, name),
    )
    .doubted(
        confidence,
        "it reads like a key, and may be something else",
    )
    .container(&title, container.anchor)
    .fact(format!("credential {name}"))
    .why(
        "it is in every copy of the repository and in its history, and in the container every program \
         and `docker inspect` see it",
    )
    .advice(advice(container.surface, name, in_file.is_some()))
    .hide(place, cut(value, credential.part.clone()));
    match in_file {
        Some(_) => finding.related(written, "and this takes the file in"),
        None => finding,
    }
}

fn advice(surface: Surface, name: &str, in_file: bool) -> String {
    let instead = match surface {
        Surface::CommandLine => {
            format!("pass it from the caller's environment (`-e {name}`) or mount it as a file")
        }
        Surface::DevContainer => format!("take it from the machine: `${{localEnv:{name}}}`"),
        Surface::Workflow => {
            format!("take it from the repository's secrets: `${{{{ secrets.{name} }}}}`")
        }
        Surface::Compose if in_file => {
            "give it as a file with `secrets`, where the program reads one, or keep this file out of the \
             repository"
                .to_owned()
        }
        Surface::Compose
        | Surface::Dockerfile
        | Surface::Seccomp
        | Surface::Quadlet
        | Surface::Bake
        | Surface::Daemon
        | Surface::Kernel => {
            format!(
                "give it as a file with `secrets`, where the program reads one, or leave it to whoever \
                 starts it: `${{{name}:?}}`"
            )
        }
    };
    format!("{instead}; and replace the credential if others could read it")
}
