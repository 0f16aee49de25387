//! What a service mounts.

use caulk_model::{Entry, Mount, Relabel, State, Volume, VolumeKind};
use caulk_source::clean_path;

use super::tree::Value;
use super::value::{items, unique};
use crate::mounted::fields;

/// Everything that a service mounts with `volumes`, each target once.
pub(super) fn all(service: &Value<'_>) -> Vec<Entry<Volume>> {
    let volumes = unique(items(service, "volumes"), target);
    let volumes = volumes.iter().filter_map(|item| {
        Some(Entry {
            value: if item.is_mapping() {
                long(item)?
            } else {
                short(item)?
            },
            origin: item.origin(),
        })
    });
    volumes.collect()
}

/// The paths of the host among `volumes`, named volumes that stand for one included. `top` holds
/// the project's volumes.
pub(super) fn of_the_host(volumes: &[Entry<Volume>], top: Option<&Value<'_>>) -> Vec<Entry<Mount>> {
    let mounts = volumes.iter().filter_map(|entry| {
        let mount = &entry.value.mount;
        match entry.value.kind {
            VolumeKind::Bind | VolumeKind::Pipe | VolumeKind::Unknown => Some(Entry {
                value: mount.clone(),
                origin: entry.origin.clone(),
            }),
            VolumeKind::Volume => {
                let device = bound(top?, mount.source.known()?)?;
                Some(Entry {
                    value: Mount {
                        source: device,
                        ..mount.clone()
                    },
                    origin: entry.origin.clone(),
                })
            }
            VolumeKind::Tmpfs | VolumeKind::Image | VolumeKind::Cluster => None,
        }
    });
    mounts.collect()
}

/// The path of the host that a named volume stands for: the local driver binds its device.
fn bound(top: &Value<'_>, name: &str) -> Option<State<String>> {
    let volume = top.get(name)?;
    let driver = volume.get("driver");
    if driver.is_some_and(|driver| driver.known() != Some("local")) {
        return None;
    }
    let options = volume.get("driver_opts")?;
    let is_bind = |flags: &str| {
        let mut flags = flags.split(',').map(str::trim);
        flags.any(|flag| matches!(flag, "bind" | "rbind"))
    };
    let flags = options.get("o")?;
    if !flags.known().is_some_and(is_bind) {
        return None;
    }
    let device = options.get("device")?;
    whole_path(&device)
}

/// The path in the container, where it is known: what tells one mount from another.
fn target(item: &Value<'_>) -> Option<String> {
    let target = if item.is_mapping() {
        item.get("target")
            .and_then(|target| target.known().map(str::to_owned))
    } else {
        short(item).map(|volume| volume.mount.target)
    };
    target
        .filter(|target| !target.contains('$'))
        .map(|target| clean_path(&target))
}

fn long(item: &Value<'_>) -> Option<Volume> {
    let kind = match item.get("type") {
        None => return None,
        Some(kind) => match kind.known() {
            Some("bind") => VolumeKind::Bind,
            Some("npipe") => VolumeKind::Pipe,
            Some("volume") => VolumeKind::Volume,
            Some("tmpfs") => VolumeKind::Tmpfs,
            Some("image") => VolumeKind::Image,
            Some("cluster") => VolumeKind::Cluster,
            Some(_) => return None,
            None => VolumeKind::Unknown,
        },
    };
    let source = item.get("source").or_else(|| item.get("src"));
    let read = |key: &str| item.get("bind")?.get(key)?.text();
    let (propagation, label) = (read("propagation"), read("selinux"));
    let read_only = item
        .get("read_only")
        .and_then(|value| super::value::flag(&value));
    let options_unknown = match read_only.as_ref().map(|fact| &fact.state) {
        Some(State::Unknown { because }) => Some(because.clone()),
        Some(State::Known(_)) | None => [&propagation, &label]
            .into_iter()
            .flatten()
            .find_map(State::because),
    };
    let is_path = matches!(
        kind,
        VolumeKind::Bind | VolumeKind::Pipe | VolumeKind::Unknown
    );
    Some(Volume {
        kind,
        mount: Mount {
            source: match &source {
                None => State::Known(String::new()),
                Some(source) if is_path => whole_path(source)?,
                Some(source) => source.text()?,
            },
            place: source.as_ref().and_then(|source| source.origin().written()),
            target: item
                .get("target")
                .and_then(|target| target.known().map(str::to_owned))
                .unwrap_or_default(),
            read_only: read_only.is_some_and(|fact| fact.value() == Some(&true)),
            propagation: propagation.and_then(|state| state.known().cloned()),
            relabel: match label
                .as_ref()
                .and_then(|state| state.known())
                .map(String::as_str)
            {
                Some("z") => Relabel::Shared,
                Some("Z") => Relabel::Private,
                Some(_) | None => Relabel::None,
            },
            options_unknown,
        },
    })
}

/// `SOURCE:TARGET[:OPTIONS]`, or a target alone.
fn short(item: &Value<'_>) -> Option<Volume> {
    // Where a variable is unknown, the rest of the line still says something.
    let known = item.known();
    let text = known.or_else(|| item.written())?;
    // So short a text is the path in the container, whatever is in it.
    let fields = if matches!(text.len(), 1 | 2) {
        vec![text]
    } else {
        fields(text)
    };
    let (source, target, options) = match fields.as_slice() {
        [target] if !target.is_empty() => ("", *target, ""),
        [source, target] => (*source, *target, ""),
        [source, target, options] => (*source, *target, *options),
        _ => return None,
    };
    let options_unknown = match item.text() {
        Some(State::Unknown { because }) if options.contains('$') => Some(because),
        Some(_) | None => None,
    };
    let has = |wanted: &str| options.split(',').any(|option| option == wanted);
    let propagation = options
        .split(',')
        .find(|option| PROPAGATIONS.contains(option));
    let kind = kind(source, known.is_some());
    let is_path = kind != VolumeKind::Volume;
    Some(Volume {
        kind,
        mount: Mount {
            source: if is_path {
                host_path(item, source)
            } else {
                State::Known(source.to_owned())
            },
            place: None,
            target: target.to_owned(),
            read_only: has("ro"),
            propagation: propagation.map(str::to_owned),
            relabel: match (has("Z"), has("z")) {
                (true, _) => Relabel::Private,
                (false, true) => Relabel::Shared,
                (false, false) => Relabel::None,
            },
            options_unknown,
        },
    })
}

/// A path of the host as it is seen from the project's folder. `source` is the part of the item
/// that names it, as it is written where the item is not known. The folder of a user's runtime is
/// part of a socket's usual spelling, so that variable stays as it is written.
fn host_path(item: &Value<'_>, source: &str) -> State<String> {
    match item.text() {
        Some(State::Unknown { .. }) if source.contains("XDG_RUNTIME_DIR") => {
            State::Known(source.to_owned())
        }
        Some(State::Unknown { because }) if source.contains('$') => State::Unknown { because },
        Some(_) | None => State::Known(item.path(source)),
    }
}

/// The same of a value that is nothing but the path.
fn whole_path(value: &Value<'_>) -> Option<State<String>> {
    let written = value.written()?;
    Some(host_path(value, value.known().unwrap_or(written)))
}

/// How mounts below a mount can travel.
const PROPAGATIONS: &[&str] = &[
    "private", "rprivate", "rshared", "rslave", "shared", "slave",
];

/// What a source of the short syntax names. One that begins with an unknown variable may be either.
fn kind(source: &str, known: bool) -> VolumeKind {
    let drive = source.as_bytes().get(1) == Some(&b':');
    if source.starts_with(['/', '.', '~']) || source.starts_with(r"\\") || drive {
        return VolumeKind::Bind;
    }
    if !known && source.starts_with('$') {
        return VolumeKind::Unknown;
    }
    VolumeKind::Volume
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_source_names() {
        for (source, is) in [
            ("./a", VolumeKind::Bind),
            ("/srv", VolumeKind::Bind),
            ("~/x", VolumeKind::Bind),
            ("c:/x", VolumeKind::Bind),
            // The long syntax alone has a type of its own for it.
            (r"\\.\pipe\docker_engine", VolumeKind::Bind),
            ("data", VolumeKind::Volume),
            ("", VolumeKind::Volume),
        ] {
            assert_eq!(kind(source, true), is, "{source}");
        }
        assert_eq!(kind("${DIR}", false), VolumeKind::Unknown);
    }
}
