//! The short syntax of a volume.

use caulk_model::{Mount, Relabel, State};
use caulk_source::cut;

use super::interpolate::interpolate;

/// What `SOURCE:TARGET[:OPTIONS]` mounts from the host; nothing for a volume with a name or none.
pub(super) fn host_path(text: &str) -> Option<Mount> {
    let fields = fields(text);
    let (source, target, options) = match fields.as_slice() {
        [source, target] => (*source, *target, ""),
        [source, target, options] => (*source, *target, *options),
        _ => return None,
    };
    if !is_path(source) {
        return None;
    }
    let (options, options_unknown) = match interpolate(options) {
        State::Known(options) => (options, None),
        State::Unknown { because } => (String::new(), Some(because)),
    };
    let has = |wanted: &str| options.split(',').any(|option| option == wanted);
    let propagation = options
        .split(',')
        .find(|option| PROPAGATIONS.contains(option));
    Some(Mount {
        source: path(source),
        place: None,
        target: interpolate(target)
            .known()
            .map_or(target, String::as_str)
            .to_owned(),
        read_only: has("ro"),
        propagation: propagation.map(str::to_owned),
        relabel: match (has("Z"), has("z")) {
            (true, _) => Relabel::Private,
            (false, true) => Relabel::Shared,
            (false, false) => Relabel::None,
        },
        options_unknown,
    })
}

/// The path that a source names. The folder of a user's runtime is part of a socket's usual
/// spelling, so that variable stays as it is written.
pub(super) fn path(source: &str) -> State<String> {
    match interpolate(source) {
        State::Unknown { .. } if source.contains("XDG_RUNTIME_DIR") => {
            State::Known(source.to_owned())
        }
        state @ (State::Known(_) | State::Unknown { .. }) => state,
    }
}

/// How mounts below a mount can travel.
const PROPAGATIONS: &[&str] = &[
    "private", "rprivate", "rshared", "rslave", "shared", "slave",
];

/// Whether a source is a path and not the name of a volume.
fn is_path(source: &str) -> bool {
    let drive = source.as_bytes().get(1) == Some(&b':');
    source.starts_with(['/', '.', '~', '\\', '$']) || drive
}

/// The fields between colons. A colon in `${…}` parts nothing, nor does the one of a drive.
fn fields(text: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    let mut start = 0;
    let mut braces = 0_usize;
    let bytes = text.as_bytes();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => braces += 1,
            b'}' => braces = braces.saturating_sub(1),
            b':' if braces == 0 => {
                let letter =
                    at == start + 1 && bytes.get(start).is_some_and(u8::is_ascii_alphabetic);
                let path = matches!(bytes.get(at + 1), Some(b'\\' | b'/'));
                let last = cut(text, at + 1..text.len());
                // `c:/x` is a drive; `a:/x` with nothing further is a volume called `a`.
                if letter && path && (last.contains(':') || last.starts_with('\\')) {
                    continue;
                }
                fields.push(cut(text, start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    fields.push(cut(text, start..text.len()));
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_the_host() {
        let source = |text: &str| host_path(text).and_then(|path| path.source.known().cloned());
        assert_eq!(
            source("/var/run/docker.sock:/x:ro").as_deref(),
            Some("/var/run/docker.sock")
        );
        assert_eq!(source("./a:/b").as_deref(), Some("./a"));
        assert_eq!(source("${DIR:-/srv}:/b").as_deref(), Some("/srv"));
        assert_eq!(source("c:/x:/y").as_deref(), Some("c:/x"));
        assert_eq!(
            source(r"\\.\pipe\docker_engine:\\.\pipe\docker_engine").as_deref(),
            Some(r"\\.\pipe\docker_engine")
        );
        assert!(host_path("data:/var/lib").is_none());
        assert!(host_path("/var/lib").is_none(), "an anonymous volume");
        assert!(host_path("${DIR}:/x").is_some_and(|path| path.source.known().is_none()));
    }
}
