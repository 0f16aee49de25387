//! How a mount is written.

use caulk_source::cut;

/// The mount that `text` writes, as one that can only be read: with `ro` among the options of
/// `SOURCE:TARGET[:OPTIONS]`, or with `readonly` behind the fields of `type=…,source=…,target=…`.
/// Nothing where it is neither, or says something of that already that cannot be turned.
pub(crate) fn read_only(text: &str) -> Option<String> {
    let named = |names: &[&str]| {
        text.split(',').any(|field| {
            let name = field.split('=').next().unwrap_or_default().trim();
            names.contains(&name)
        })
    };
    if text.contains('=') && named(&["dst", "destination", "source", "src", "target", "type"]) {
        return (!named(&["readonly", "ro", "rw"])).then(|| format!("{text},readonly"));
    }
    match fields(text).as_slice() {
        [_, _] => Some(format!("{text}:ro")),
        [source, target, options] if !options.is_empty() => {
            let mut all: Vec<&str> = options.split(',').collect();
            if all.contains(&"ro") {
                return None;
            }
            match all.iter_mut().find(|option| **option == "rw") {
                Some(option) => *option = "ro",
                None => all.insert(0, "ro"),
            }
            Some(format!("{source}:{target}:{}", all.join(",")))
        }
        _ => None,
    }
}

/// The fields between colons. A colon in `${…}` parts nothing, nor does the one of a drive.
pub(crate) fn fields(text: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    let mut start = 0;
    let mut variables = 0_usize;
    let bytes = text.as_bytes();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' if at > 0 && bytes.get(at - 1) == Some(&b'$') => variables += 1,
            b'}' => variables = variables.saturating_sub(1),
            b':' if variables == 0 => {
                let drive =
                    at == start + 1 && bytes.get(start).is_some_and(u8::is_ascii_alphabetic);
                if drive {
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
    fn fields_as_the_engine_parts_them() {
        for (text, parts) in [
            ("./a:/b", &["./a", "/b"] as &[&str]),
            ("/x", &["/x"]),
            ("${DIR:-/srv}:/b:ro", &["${DIR:-/srv}", "/b", "ro"]),
            ("c:/x:/y", &["c:/x", "/y"]),
            ("a:/x", &["a:/x"]),
            (
                r"\\.\pipe\docker_engine:\\.\pipe\docker_engine",
                &[r"\\.\pipe\docker_engine", r"\\.\pipe\docker_engine"],
            ),
        ] {
            assert_eq!(fields(text), parts, "{text}");
        }
    }

    #[test]
    fn a_mount_that_can_only_be_read() {
        for (text, expected) in [
            ("/etc:/x", Some("/etc:/x:ro")),
            ("/etc:/x:rw", Some("/etc:/x:ro")),
            ("/etc:/x:rw,z", Some("/etc:/x:ro,z")),
            ("/etc:/x:Z", Some("/etc:/x:ro,Z")),
            ("${A:-/etc}:/x", Some("${A:-/etc}:/x:ro")),
            (
                "type=bind,source=/etc,target=/x",
                Some("type=bind,source=/etc,target=/x,readonly"),
            ),
            ("/etc:/x:ro", None),
            ("type=bind,src=/etc,dst=/x,readonly=false", None),
            ("/etc", None),
        ] {
            assert_eq!(read_only(text).as_deref(), expected, "{text}");
        }
    }
}
