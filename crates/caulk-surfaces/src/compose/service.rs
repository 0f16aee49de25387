//! A service's keys as the model knows them.

use std::collections::BTreeMap;

use caulk_model::{Declared, State, User};
use caulk_source::{Span, Spanned};
use caulk_syntax::yaml::Value;

use super::interpolate::interpolate;
use super::security::Find;
use super::value::{fact, flag, text, words};
use super::{host, security};
use crate::dockerfile::BuildArguments;

/// What one service says.
pub(crate) struct Service {
    pub(crate) name: String,
    /// The service's key.
    pub(crate) anchor: Span,
    pub(crate) image: Option<Spanned<State<String>>>,
    pub(crate) build: Option<Build>,
    pub(crate) declared: Declared,
}

/// What a service says of its build.
pub(crate) struct Build {
    /// Where: the `build` key's value.
    pub(crate) span: Span,
    /// The build context, relative to the Compose file's folder.
    pub(crate) context: State<String>,
    /// The Dockerfile, relative to the context.
    pub(crate) dockerfile: State<String>,
    /// The stage.
    pub(crate) target: Option<State<String>>,
    pub(crate) arguments: BuildArguments,
    /// Whether the Dockerfile is written in the Compose file itself.
    pub(crate) inline: bool,
}

/// Reads a service. `find` gives the file at a path relative to the project's folder.
pub(crate) fn read(name: &str, anchor: Span, service: &Value<'_>, find: Find<'_>) -> Service {
    let boolean = |key: &str| service.get(key).and_then(|value| flag(&value));
    let mut declared = Declared {
        user: service
            .get("user")
            .and_then(|value| fact(&value, User::new)),
        privileged: boolean("privileged"),
        read_only: boolean("read_only"),
        group_add: words(service, "group_add"),
        entrypoint: service
            .get("entrypoint")
            .filter(|value| !value.is_null())
            .map(|value| value.span()),
        api_socket: boolean("use_api_socket"),
        ..Declared::default()
    };
    host::read(service, &mut declared);
    security::read(service, &mut declared, find);
    Service {
        name: name.to_owned(),
        anchor,
        image: service
            .get("image")
            .and_then(|value| Some(Spanned::new(text(&value)?, value.span()))),
        build: service.get("build").and_then(|value| build(&value)),
        declared,
    }
}

fn build(value: &Value<'_>) -> Option<Build> {
    if value.is_null() {
        return None;
    }
    let default = || State::Known("Dockerfile".to_owned());
    if !value.is_mapping() {
        return Some(Build {
            span: value.span(),
            context: text(value)?,
            dockerfile: default(),
            target: None,
            arguments: BTreeMap::new(),
            inline: false,
        });
    }
    let read = |key: &str| value.get(key).and_then(|value| text(&value));
    Some(Build {
        span: value.span(),
        context: read("context").unwrap_or_else(|| State::Known(".".to_owned())),
        dockerfile: read("dockerfile").unwrap_or_else(default),
        target: read("target"),
        arguments: value
            .get("args")
            .map(|args| arguments(&args))
            .unwrap_or_default(),
        inline: value.get("dockerfile_inline").is_some(),
    })
}

/// `args` as a mapping or as a list of `NAME=value`. A name without a value is taken from the
/// builder's environment.
fn arguments(args: &Value<'_>) -> BuildArguments {
    let from_environment =
        |name: &str| State::unknown(format!("`{name}` comes from the environment"));
    let mut arguments = BTreeMap::new();
    for member in args.members() {
        let value = text(&member.value).unwrap_or_else(|| from_environment(member.name()));
        arguments.insert(member.name().to_owned(), value);
    }
    for item in args.items() {
        let Some(written) = item.as_str() else {
            continue;
        };
        match written.split_once('=') {
            Some((name, value)) => arguments.insert(name.to_owned(), interpolate(value)),
            None => arguments.insert(written.to_owned(), from_environment(written)),
        };
    }
    arguments
}
