//! A service's keys as the model knows them.

use std::collections::BTreeMap;

use caulk_model::{Declared, DeclaredBuild, Entry, State, Step, User};
use caulk_source::{Span, Spanned};

use super::merge::{build as build_mapping, list, names, pairs};
use super::own::{Extended, extended};
use super::security::Find;
use super::tree::Value;
use super::value::{distinct, entries, fact, flag, items, texts};
use super::{host, security, settings};
use crate::dockerfile::{BuildArguments, Given};

/// What a service is read with.
pub(super) struct Context<'c, 'd> {
    /// Gives the file at a path relative to the project's folder.
    pub(super) find: Find<'c>,
    /// The project's volumes.
    pub(super) volumes: Option<&'c Value<'d>>,
    /// The project's secrets and configurations.
    pub(super) files: [Option<&'c Value<'d>>; 2],
}

/// What one service says.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) name: String,
    /// The service's key.
    pub(crate) anchor: Span,
    /// By what the service came into the project, where another file has it.
    pub(crate) steps: Vec<Step>,
    pub(crate) image: Option<Spanned<State<String>>>,
    /// Whether a `.env` file has a part in the image's name.
    pub(crate) image_hidden: bool,
    pub(crate) build: Option<Build>,
    pub(crate) declared: Declared,
    /// What it has from services that it extends.
    pub(crate) extended: Vec<Extended>,
}

/// What a service says of its build.
#[derive(Debug)]
pub(crate) struct Build {
    /// Where: the `build` key's value.
    pub(crate) span: Span,
    /// Where the Dockerfile is named, or else the build.
    pub(crate) place: Span,
    /// What is named there, as it is written.
    pub(crate) written: String,
    /// The build context, relative to the project's folder.
    pub(crate) context: State<String>,
    /// The Dockerfile, relative to the context.
    pub(crate) dockerfile: State<String>,
    /// The stage.
    pub(crate) target: Option<State<String>>,
    pub(crate) arguments: BuildArguments,
    /// The names that stand for other images or folders in the Dockerfile, with the image of those that
    /// are pulled.
    pub(crate) contexts: BTreeMap<String, Option<String>>,
    /// Where the Dockerfile is written in the Compose file itself.
    pub(crate) inline: Option<Span>,
}

/// Reads a service.
pub(super) fn read(
    name: &str,
    anchor: Span,
    service: &Value<'_>,
    context: &Context<'_, '_>,
) -> Service {
    let boolean = |key: &str| service.get(key).and_then(|value| flag(&value));
    let image = service.get("image");
    let mut declared = Declared {
        user: service
            .get("user")
            .and_then(|value| fact(&value, User::new)),
        privileged: boolean("privileged"),
        read_only: boolean("read_only"),
        group_add: texts(&items(service, "group_add")),
        entrypoint: settings::entrypoint(service),
        init: boolean("init"),
        api_socket: boolean("use_api_socket"),
        image: image.as_ref().and_then(|value| fact(value, |text| text)),
        profiles: entries(&distinct(service, "profiles"), |name| Some(name.to_owned())),
        volumes_from: texts(&items(service, "volumes_from")),
        needs: needs(service),
        ..Declared::default()
    };
    host::read(service, context, &mut declared);
    security::read(service, &mut declared, context.find);
    settings::read(service, &mut declared);
    let build = service.get("build").map(|value| build_mapping(&value));
    declared.build = build.as_ref().map(declared_build);
    if let Some(networks) = service.get("networks") {
        let named = names(&networks);
        let origin = networks.origin();
        let members = named.members().map(|member| Entry {
            value: member.name.into_owned(),
            origin: origin.clone(),
        });
        declared.networks = Some(members.collect());
    }
    Service {
        name: name.to_owned(),
        anchor,
        steps: service.steps().to_vec(),
        image: image
            .as_ref()
            .and_then(|value| Some(Spanned::new(value.text()?, value.span()))),
        image_hidden: image.is_some_and(|value| value.env_variable().is_some()),
        build: build.as_ref().map(build_of),
        declared,
        extended: extended(service),
    }
}

/// The services that a service waits for, or is linked with: `NAME[:ALIAS]`.
fn needs(service: &Value<'_>) -> Vec<String> {
    let waits = service.get("depends_on").map(|value| names(&value));
    let waits = waits.iter().flat_map(Value::members);
    let mut all: Vec<String> = waits.map(|member| member.name.into_owned()).collect();
    for link in items(service, "links") {
        let name = link.known().and_then(|link| link.split(':').next());
        all.extend(name.map(str::to_owned));
    }
    all
}

/// The services for whose end a service waits: they do one job.
pub(super) fn awaited(service: &Value<'_>) -> Vec<String> {
    let waits = service.get("depends_on");
    let waits = waits.iter().flat_map(Value::members);
    let ended = waits.filter(|member| {
        let condition = member.value.get("condition");
        let condition = condition.as_ref().and_then(Value::known);
        condition == Some("service_completed_successfully")
    });
    ended.map(|member| member.name.into_owned()).collect()
}

/// A part of a build context: what is fetched is no path.
fn context_of(build: &Value<'_>) -> State<String> {
    let Some(context) = build.get("context") else {
        return State::Known(build.path("."));
    };
    match context.text() {
        Some(State::Known(text)) if is_remote(&text) => State::Known(text),
        Some(State::Known(text)) => State::Known(context.path(&text)),
        Some(unknown @ State::Unknown { .. }) => unknown,
        None => State::unknown("it is no path"),
    }
}

/// Whether a build context is fetched.
pub(crate) fn is_remote(context: &str) -> bool {
    context.contains("://") || context.starts_with("git@") || context.starts_with("github.com/")
}

fn dockerfile_of(build: &Value<'_>) -> State<String> {
    let named = build.get("dockerfile").and_then(|value| value.text());
    named.unwrap_or_else(|| State::Known("Dockerfile".to_owned()))
}

/// A text that may be shown: what a `.env` file says is not. Build arguments are among these, for
/// they come out again as the image's user.
fn shown(value: &Value<'_>) -> Option<State<String>> {
    match value.env_variable() {
        Some(set) => Some(State::unknown(format!(
            "an environment file sets `${}`",
            set.name
        ))),
        None => value.text(),
    }
}

fn declared_build(build: &Value<'_>) -> DeclaredBuild {
    DeclaredBuild {
        context: match build.get("context").and_then(|value| shown(&value)) {
            Some(State::Unknown { because }) => State::Unknown { because },
            Some(State::Known(_)) | None => context_of(build),
        },
        dockerfile: match build.get("dockerfile") {
            Some(value) => shown(&value).unwrap_or_else(|| dockerfile_of(build)),
            None => dockerfile_of(build),
        },
        target: build.get("target").and_then(|value| shown(&value)),
        inline: build.get("dockerfile_inline").is_some(),
        privileged: build.get("privileged").and_then(|value| flag(&value)),
        entitlements: entries(&items(build, "entitlements"), |name| Some(name.to_owned())),
        network: build
            .get("network")
            .and_then(|value| fact(&value, |text| text)),
        arguments: argument_names(build),
    }
}

fn build_of(build: &Value<'_>) -> Build {
    let named = build.get("dockerfile");
    let written = written_dockerfile(build);
    let named = named.or_else(|| build.get("context"));
    Build {
        span: build.span(),
        place: named.map_or(build.span(), |value| value.span()),
        written,
        context: context_of(build),
        dockerfile: dockerfile_of(build),
        target: build.get("target").and_then(|value| value.text()),
        arguments: build
            .get("args")
            .map(|args| arguments(&args))
            .unwrap_or_default(),
        contexts: build
            .get("additional_contexts")
            .map(|contexts| {
                pairs(&contexts)
                    .members()
                    .map(|member| {
                        let target = member.value.known();
                        let image =
                            target.and_then(|target| target.strip_prefix("docker-image://"));
                        (member.name.clone().into_owned(), image.map(str::to_owned))
                    })
                    .collect()
            })
            .unwrap_or_default(),
        inline: build.get("dockerfile_inline").map(|value| value.span()),
    }
}

/// The Dockerfile as a reader of the file would name it.
fn written_dockerfile(build: &Value<'_>) -> String {
    let written = |key: &str| Some(build.get(key)?.written()?.to_owned());
    match (written("dockerfile"), written("context")) {
        (_, Some(context)) if is_remote(&context) => context,
        (Some(dockerfile), _) => dockerfile,
        (None, Some(context)) if context != "." => {
            format!("{}/Dockerfile", context.trim_end_matches('/'))
        }
        (None, _) => "Dockerfile".to_owned(),
    }
}

/// The build arguments that are given, each where it is.
fn argument_names(build: &Value<'_>) -> Vec<Entry<String>> {
    let given = build.get("args").map(|args| pairs(&args));
    let members = given.iter().flat_map(Value::members);
    let names = members.map(|member| Entry {
        origin: member.value.origin(),
        value: member.name.into_owned(),
    });
    names.collect()
}

/// `args` as a mapping or as a list of `NAME=value`. A name without a value is taken from the
/// builder's environment.
fn arguments(args: &Value<'_>) -> BuildArguments {
    let mut arguments = BTreeMap::new();
    for member in pairs(args).members() {
        let name = member.name.into_owned();
        let value = shown(&member.value)
            .unwrap_or_else(|| State::unknown(format!("`{name}` comes from the environment")));
        let is_hidden = member.value.env_variable().is_some();
        let hidden = member.value.known().filter(|_| is_hidden);
        let given = Given {
            shown: value,
            hidden: hidden.map(str::to_owned),
        };
        arguments.insert(name, given);
    }
    arguments
}

/// The names in a list, or the one that stands without it.
pub(super) fn one_or_more<'d>(service: &Value<'d>, key: &str) -> Vec<Value<'d>> {
    let value = service.get(key).map(|value| list(&value));
    value
        .iter()
        .flat_map(|value| value.items().collect::<Vec<_>>())
        .collect()
}
