//! A service's keys as the model knows them.

use std::collections::BTreeMap;

use caulk_linux::CapabilityWord;
use caulk_model::{
    Declared, Entry, Fact, Mount, Origin, Seccomp, SecurityOption, State, Step, StepKind, User,
};
use caulk_source::{FileId, Span, Spanned};
use caulk_syntax::yaml::Value;

use super::interpolate::interpolate;
use super::volume;
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

/// Where a value comes from. What an anchor shares is inherited even where it is written: an edit
/// there would change others too.
fn origin(value: &Value<'_>) -> Origin {
    if value.is_own() {
        return Origin::Written(value.span());
    }
    let steps = value.via().iter().map(|step| Step {
        kind: StepKind::Alias,
        span: step.used,
    });
    Origin::Inherited {
        from: value.span(),
        steps: steps.collect(),
    }
}

fn text(value: &Value<'_>) -> Option<State<String>> {
    if value.is_unresolved() {
        return Some(State::unknown("an alias leads nowhere"));
    }
    Some(interpolate(value.as_str()?))
}

/// Reads a service. `find` gives the file at a path relative to the project's folder.
pub(crate) fn read(
    name: &str,
    anchor: Span,
    service: &Value<'_>,
    find: &dyn Fn(&str) -> Option<FileId>,
) -> Service {
    let boolean = |key: &str| service.get(key).and_then(|value| flag(&value));
    let is_host = |key: &str| {
        let value = service.get(key)?;
        let state = text(&value)?.map(|text| text == "host");
        Some(Fact {
            state,
            origin: origin(&value),
        })
    };
    let mut declared = Declared {
        user: service.get("user").and_then(|value| {
            Some(Fact {
                state: text(&value)?.map(User::new),
                origin: origin(&value),
            })
        }),
        privileged: boolean("privileged"),
        cap_add: capabilities(service, "cap_add"),
        cap_drop: capabilities(service, "cap_drop"),
        mounts: mounts(service),
        entrypoint: service
            .get("entrypoint")
            .filter(|value| !value.is_null())
            .map(|value| value.span()),
        network: is_host("network_mode"),
        pid: is_host("pid"),
        ipc: is_host("ipc"),
        api_socket: boolean("use_api_socket"),
        ..Declared::default()
    };
    security_options(service, &mut declared, find);
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

/// A boolean as compose-go casts it: YAML's own, or text that says so.
fn flag(value: &Value<'_>) -> Option<Fact<bool>> {
    let origin = origin(value);
    if let Some(flag) = value.as_bool() {
        return Some(Fact::known(flag, origin));
    }
    match text(value)? {
        State::Known(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "t" | "y" | "yes" | "on" => Some(Fact::known(true, origin)),
            "false" | "0" | "f" | "n" | "no" | "off" => Some(Fact::known(false, origin)),
            _ => None,
        },
        State::Unknown { because } => Some(Fact::unknown(because, origin)),
    }
}

fn items<'d>(service: &Value<'d>, key: &str) -> Vec<Value<'d>> {
    let list = service.get(key);
    list.iter()
        .flat_map(|list| list.items().collect::<Vec<_>>())
        .collect()
}

fn capabilities(service: &Value<'_>, key: &str) -> Vec<Entry<CapabilityWord>> {
    let entries = items(service, key).into_iter().filter_map(|item| {
        let word = text(&item)?.known()?.parse().ok()?;
        Some(Entry {
            value: word,
            origin: origin(&item),
        })
    });
    entries.collect()
}

/// Later entries win, as the daemon's loop assigns them.
fn security_options(
    service: &Value<'_>,
    declared: &mut Declared,
    find: &dyn Fn(&str) -> Option<FileId>,
) {
    for item in items(service, "security_opt") {
        let Some(state) = text(&item) else {
            continue;
        };
        let origin = origin(&item);
        let written = item.as_str().unwrap_or_default();
        let option = SecurityOption::parse(state.known().map_or(written, String::as_str));
        if let Some(on) = option.no_new_privileges() {
            declared.no_new_privileges = Some(Fact::known(on, origin.clone()));
        }
        if option.key != "seccomp" {
            continue;
        }
        let value = match state {
            State::Unknown { because } => State::Unknown { because },
            State::Known(_) => State::Known(match option.value.as_deref() {
                Some("unconfined") => Seccomp::Disabled,
                None | Some("" | "builtin") => Seccomp::Default,
                Some(path) => Seccomp::Profile {
                    path: path.to_owned(),
                    file: find(path),
                },
            }),
        };
        declared.seccomp = Some(Fact {
            state: value,
            origin,
        });
    }
}

fn mounts(service: &Value<'_>) -> Vec<Entry<Mount>> {
    let mounts = items(service, "volumes").into_iter().filter_map(|item| {
        let value = if item.is_mapping() {
            long_mount(&item)?
        } else {
            short_mount(&item)?
        };
        Some(Entry {
            value,
            origin: origin(&item),
        })
    });
    mounts.collect()
}

fn short_mount(item: &Value<'_>) -> Option<Mount> {
    let path = volume::host_path(item.as_str()?)?;
    Some(Mount {
        source: path.source,
        target: path.target,
        read_only: path.read_only,
    })
}

fn long_mount(item: &Value<'_>) -> Option<Mount> {
    let kind = item.get("type")?;
    if !matches!(kind.as_str(), Some("bind" | "npipe")) {
        return None;
    }
    let source = item.get("source").or_else(|| item.get("src"))?;
    let target = item.get("target");
    Some(Mount {
        source: text(&source)?,
        target: target
            .as_ref()
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        read_only: item
            .get("read_only")
            .and_then(|value| value.as_bool())
            .unwrap_or(false),
    })
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
