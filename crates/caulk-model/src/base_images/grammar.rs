//! The letters of a reference: which texts are hosts, paths, tags and digests.
//!
//! Source: `github.com/distribution/reference`, `regexp.go` and `normalize.go`.

/// The registry of a reference that names none.
pub(super) const DEFAULT_REGISTRY: &str = "docker.io";

/// A repository's name with its registry, or nothing where it is not a name.
pub(super) fn full_name(name: &str) -> Option<String> {
    let (registry, path) = match name.split_once('/') {
        Some((first, rest)) if is_registry(first) => (first, rest),
        _ => (DEFAULT_REGISTRY, name),
    };
    let registry = match registry {
        "index.docker.io" => DEFAULT_REGISTRY,
        other => other,
    };
    if !is_host(registry) || !path.split('/').all(is_path_part) || name.len() > LONGEST_NAME {
        return None;
    }
    let is_official = registry == DEFAULT_REGISTRY && !path.contains('/');
    let official = if is_official { "library/" } else { "" };
    Some(format!("{registry}/{official}{path}"))
}

/// The longest name that the engine takes, in bytes.
const LONGEST_NAME: usize = 255;

/// Whether the first part of a name is a registry, and not a part of the path.
pub(super) fn is_registry(first: &str) -> bool {
    first == "localhost"
        || first.contains(['.', ':'])
        || first.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// A host name or an address, with or without a port.
fn is_host(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !text.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let port_is_fine =
        port.is_none_or(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
    let address = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let host_is_fine = match address {
        Some(address) => {
            !address.is_empty()
                && address
                    .bytes()
                    .all(|byte| byte.is_ascii_hexdigit() || byte == b':')
        }
        None => host.split('.').all(is_host_part),
    };
    port_is_fine && host_is_fine
}

/// Letters, digits and inner hyphens.
fn is_host_part(part: &str) -> bool {
    !part.is_empty()
        && !part.starts_with('-')
        && !part.ends_with('-')
        && part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Lower-case letters and digits, joined by one `.`, one or two `_`, or any number of `-`.
fn is_path_part(part: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let mut rest = part;
    loop {
        let after = rest.trim_start_matches(|letter: char| u8::try_from(letter).is_ok_and(is_word));
        if after.len() == rest.len() {
            return false;
        }
        if after.is_empty() {
            return true;
        }
        let hyphens = after.trim_start_matches('-');
        rest = if hyphens.len() < after.len() {
            hyphens
        } else {
            let joint = ["__", "_", "."]
                .iter()
                .find_map(|joint| after.strip_prefix(joint));
            match joint {
                Some(joined) => joined,
                None => return false,
            }
        };
    }
}

/// A letter, digit or `_`, and up to 127 more of them, `.` and `-`.
pub(super) fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(is_word)
        && tag
            .bytes()
            .all(|byte| is_word(byte) || byte == b'.' || byte == b'-')
}

/// An algorithm, a colon and at least 32 hexadecimal digits.
pub(super) fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else {
        return false;
    };
    let algorithm_is_fine = algorithm.split(['-', '_', '+', '.']).all(|part| {
        part.bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphabetic())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    algorithm_is_fine && hex.len() >= 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::super::ImageReference;

    #[test]
    fn what_the_engine_refuses_is_no_reference() {
        let long_tag = format!("x:{}", "a".repeat(129));
        let long_name = "a".repeat(256);
        for text in [
            "",
            ":",
            "@",
            "/",
            "x:",
            "x@",
            "/x",
            "x/",
            "a//b",
            "Alpine",
            "a/B",
            "a b",
            "$IMAGE",
            "${REGISTRY}/x",
            "x:$TAG",
            "x:-1",
            "x@sha256:12",
            "x@sha256",
            "-a",
            "a-",
            "a___b",
            "a._b",
            "a..b",
            "host.tld:/x",
            "host.tld:x/y",
            "-host.tld/x",
            "[]/x",
            "é",
            &long_tag,
            &long_name,
        ] {
            assert_eq!(ImageReference::parse(text), None, "{text:?}");
        }
    }
}
