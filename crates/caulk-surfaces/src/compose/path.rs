//! Paths of the host, as Go's `filepath` joins them.

use caulk_source::clean_path;

/// Whether a path begins where its file lies: not at the root, not in a home folder, on no drive.
pub(super) fn is_relative(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':');
    !path.starts_with(['/', '~', '\\']) && !drive
}

/// Two parts of a path as one, without `.`, doubled `/` and what `..` takes back.
pub(super) fn join(folder: &str, path: &str) -> String {
    clean_path(&format!("{folder}/{path}"))
}

/// `to` as seen from `from`, both inside the root.
pub(super) fn relative(from: &str, to: &str) -> String {
    let parts = |path: &str| -> Vec<String> {
        let parts = path.split('/').filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    let (from, to) = (parts(from), parts(to));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from.iter().skip(common).map(|_| "..");
    let down = to.iter().skip(common).map(String::as_str);
    let joined: Vec<&str> = up.chain(down).collect();
    if joined.is_empty() {
        ".".to_owned()
    } else {
        joined.join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_as_go_joins() {
        for (folder, path, whole) in [
            (".", "./data", "data"),
            ("sub", "../assets", "assets"),
            ("..", "../x", "../../x"),
            ("a", ".", "a"),
            ("a/..", "", "."),
            ("/srv", "../../x", "/x"),
        ] {
            assert_eq!(join(folder, path), whole);
        }
    }

    #[test]
    fn one_folder_from_another() {
        assert_eq!(relative("", "sub"), "sub");
        assert_eq!(relative("a/b", "a/c"), "../c");
        assert_eq!(relative("a", "a"), ".");
    }
}
