//! `--mount type=bind,source=/a,target=/b,readonly` (docker/cli, `opts/mount.go`).

use caulk_model::{Mount, Relabel};

use super::super::check::boolean;
use super::super::text::Text;
use super::super::{csv, size};

/// A mount.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct MountOption {
    /// `bind`, `volume`, `tmpfs` …
    pub kind: Text,
    /// What is mounted.
    pub source: Text,
    /// Where.
    pub target: Text,
    /// Whether it may only be read.
    pub read_only: bool,
    /// How mounts below it travel.
    pub propagation: Option<Text>,
    /// podman's `relabel=shared` and `relabel=private`.
    pub relabel: Relabel,
    /// `volume-opt`: what the volume's driver is told.
    pub volume_options: Vec<Text>,
}

/// Which families of options were used: each belongs to one kind of mount.
#[derive(Default)]
struct Families {
    bind: bool,
    volume: bool,
    tmpfs: bool,
    recursive: Option<String>,
}

/// The mount that a value spells.
pub fn mount(value: &Text) -> Result<MountOption, String> {
    let mut mount = MountOption {
        kind: Text::known("volume"),
        ..MountOption::default()
    };
    let mut families = Families::default();
    let mut gap = false;
    for field in csv::fields(value)? {
        let parts = field.split_once('=');
        let key = parts.as_ref().map_or(&field, |(key, _)| key);
        let Some(name) = key.value().map(str::to_ascii_lowercase) else {
            // It may be any key.
            gap = true;
            continue;
        };
        match parts {
            Some((_, value)) => keyed(&mut mount, &mut families, &name, &value, &field)?,
            None => bare(&mut mount, &mut families, &name, &field)?,
        }
    }
    if !gap {
        consistent(&mount, &families)?;
    }
    Ok(mount)
}

fn bare(
    mount: &mut MountOption,
    families: &mut Families,
    name: &str,
    field: &Text,
) -> Result<(), String> {
    match name {
        "readonly" | "ro" => mount.read_only = true,
        // podman alone has these.
        "rw" | "z" | "u" | "chown" => {}
        "volume-nocopy" => families.volume = true,
        "bind-nonrecursive" => families.bind = true,
        _ => {
            let field = field.written();
            return Err(format!("invalid field '{field}' must be a key=value pair"));
        }
    }
    Ok(())
}

fn keyed(
    mount: &mut MountOption,
    families: &mut Families,
    name: &str,
    value: &Text,
    field: &Text,
) -> Result<(), String> {
    let refuse = || format!("invalid value for {name}: {}", value.written());
    let known = value.value();
    match name {
        "type" => {
            mount.kind = match known {
                Some(kind) => Text::known(kind.to_ascii_lowercase()),
                None => value.clone(),
            };
        }
        "source" | "src" => mount.source = value.clone(),
        "target" | "dst" | "destination" => mount.target = value.clone(),
        "readonly" | "ro" => {
            if let Some(known) = known {
                mount.read_only = boolean(known).map_err(|_| refuse())?;
            }
        }
        "bind-propagation" => {
            families.bind = true;
            mount.propagation = Some(value.clone());
        }
        "bind-nonrecursive" => families.bind = true,
        "bind-recursive" => {
            let wanted = known.unwrap_or("enabled");
            if !matches!(wanted, "enabled" | "disabled" | "writable" | "readonly") {
                return Err(refuse()
                    + " (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")");
            }
            families.bind |= wanted != "enabled";
            families.recursive = known.map(str::to_owned);
        }
        "volume-opt" => {
            families.volume = true;
            mount.volume_options.push(value.clone());
        }
        "volume-subpath" | "volume-nocopy" | "volume-label" | "volume-driver" => {
            families.volume = true;
        }
        "tmpfs-size" => {
            families.tmpfs = true;
            if let Some(known) = known {
                size::bytes(known).map_err(|_| refuse())?;
            }
        }
        "tmpfs-mode" => {
            families.tmpfs = true;
            if known.is_some_and(|mode| u32::from_str_radix(mode, 8).is_err()) {
                return Err(refuse());
            }
        }
        "relabel" => mount.relabel = relabel(known),
        "consistency" | "image-subpath" | "bind-create-src" | "subpath" | "chown" | "idmap"
        | "uid" | "gid" | "mode" | "notmpcopyup" | "rw" | "u" => {}
        _ => return Err(format!("unexpected key '{name}' in '{}'", field.written())),
    }
    Ok(())
}

fn relabel(word: Option<&str>) -> Relabel {
    match word {
        Some("shared" | "z") => Relabel::Shared,
        Some("private" | "Z") => Relabel::Private,
        Some(_) | None => Relabel::None,
    }
}

fn consistent(mount: &MountOption, families: &Families) -> Result<(), String> {
    let kind = mount.kind.written();
    if kind.is_empty() {
        return Err("type is required".to_owned());
    }
    if mount.target.is_empty() {
        return Err("target is required".to_owned());
    }
    let mixed = [
        ("volume", families.volume),
        ("bind", families.bind),
        ("tmpfs", families.tmpfs),
    ];
    let kind_known = mount.kind.value().is_some();
    for (family, used) in mixed {
        if used && kind_known && kind != family {
            return Err(format!(
                "cannot mix '{family}-*' options with mount type '{kind}'"
            ));
        }
    }
    let recursive = families.recursive.as_deref().unwrap_or_default();
    if matches!(recursive, "writable" | "readonly") && !mount.read_only {
        return Err(format!(
            "option 'bind-recursive={recursive}' requires 'readonly' to be specified in conjunction"
        ));
    }
    let private = mount.propagation.as_ref().map(Text::written) == Some("rprivate");
    if recursive == "readonly" && !private {
        return Err(
            "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction"
                .to_owned(),
        );
    }
    Ok(())
}

/// What a mount shows of the host: a bind, or a volume that its driver binds.
pub fn bind(mount: &MountOption) -> Option<Mount> {
    let source = match mount.kind.value() {
        Some("bind" | "npipe") => mount.source.clone(),
        Some("volume") => device_of_volume(mount)?,
        Some(_) | None => return None,
    };
    Some(Mount {
        source: super::volume::path(&source),
        place: None,
        options_unknown: None,
        target: mount.target.written().to_owned(),
        read_only: mount.read_only,
        propagation: mount
            .propagation
            .as_ref()
            .and_then(Text::value)
            .map(str::to_owned),
        relabel: mount.relabel,
    })
}

/// `volume-opt=o=bind` and `volume-opt=device=/x` are a bind by another name.
fn device_of_volume(mount: &MountOption) -> Option<Text> {
    let options: Vec<(Text, Text)> = mount
        .volume_options
        .iter()
        .filter_map(|option| option.split_once('='))
        .collect();
    let named = |name: &str| {
        let mut values = options.iter().filter(|(key, _)| key.value() == Some(name));
        values.next().map(|(_, value)| value)
    };
    let how = named("o")?.value()?;
    let binds = how.split(',').any(|part| matches!(part, "bind" | "rbind"));
    if !binds {
        return None;
    }
    named("device").cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<MountOption, String> {
        mount(&Text::known(text))
    }

    #[test]
    fn options_belong_to_a_kind() {
        assert!(read("type=bind,source=/a,target=/b,bind-propagation=rshared").is_ok());
        assert!(read("source=a,target=/b,volume-nocopy").is_ok());
        for text in [
            "type=tmpfs,target=/b,bind-propagation=rshared",
            "type=bind,source=/a,target=/b,volume-nocopy",
            "type=bind,source=/a",
            "type=bind,source=/a,target=/b,bind-recursive=readonly,readonly",
            "type=bind,source=/a,target=/b,what=ever",
            "type=bind,source=/a,target=/b,whatever",
            "target=/b,readonly=perhaps",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_volume_may_be_a_bind_by_another_name() {
        let mount = read(r#"source=v,target=/b,"volume-opt=o=bind,ro",volume-opt=device=/etc"#);
        let source = bind(&mount.unwrap()).unwrap().source;
        assert_eq!(source.known().map(String::as_str), Some("/etc"));
        assert!(bind(&read("source=v,target=/b").unwrap()).is_none());
    }
}
