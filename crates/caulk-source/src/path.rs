//! Paths inside the root: text with `/`, never the operating system's.

/// `path` without `.`, `..` and doubled `/`; nothing where it leaves the root or is absolute.
///
/// This is the one gate through which what a file says becomes a place to read: a reference that
/// leads out of the scanned root does not pass.
pub fn normalize_path(path: &str) -> Option<String> {
    let looks_like_a_drive = path.as_bytes().get(1) == Some(&b':');
    if path.starts_with('/') || looks_like_a_drive || path.contains(['\\', '\0']) {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// `relative` as seen from `folder`, both inside the root; nothing where the result is not.
pub fn join_path(folder: &str, relative: &str) -> Option<String> {
    if relative.starts_with('/') {
        return None;
    }
    if folder.is_empty() {
        return normalize_path(relative);
    }
    normalize_path(&format!("{folder}/{relative}"))
}

/// A path, of the host or of a container, without `.`, doubled `/` and what `..` takes back: as Go's
/// `path.Clean` has it. It may lead anywhere; nothing is read by it.
pub fn clean_path(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// What there is for the nearest folder around the file at `path`, the root being the farthest.
pub fn in_nearest_folder<T>(path: &str, of: impl Fn(&str) -> Option<T>) -> Option<T> {
    let mut place = path;
    while !place.is_empty() {
        place = parent_path(place);
        if let Some(found) = of(place) {
            return Some(found);
        }
    }
    None
}

/// The folder that holds `path`; the root is the empty path.
pub fn parent_path(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// What follows the last dot of a path's last part; nothing where there is none.
pub fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension,
        Some(_) | None => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_cannot_leave_the_root() {
        assert_eq!(join_path("a/b", "../c").as_deref(), Some("a/c"));
        assert_eq!(join_path("a", "./").as_deref(), Some("a"));
        assert_eq!(join_path("", ".").as_deref(), Some(""));
        assert_eq!(join_path("a", "../../etc/passwd"), None);
        assert_eq!(join_path("a", "/etc/passwd"), None);
        assert_eq!(join_path("", "C:/x"), None);
        assert_eq!(join_path("", "a\\..\\b"), None);
    }

    #[test]
    fn parent_of_a_top_file_is_the_root() {
        assert_eq!(parent_path("Dockerfile"), "");
        assert_eq!(parent_path("a/b/c"), "a/b");
    }
}
