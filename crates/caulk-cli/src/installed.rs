//! Folders that a package manager fills: what stands there is other people's, and a change of it is
//! gone with the next installation.

use std::ffi::OsStr;
use std::path::Path;

/// Whether a folder, seen from the one that was named, lies in such a place: in `node_modules`, or in
/// `vendor/OWNER/PACKAGE`, as Composer, Go and Bundler lay packages out.
///
/// What lies in `vendor` itself or one folder below it may well be the repository's own.
pub(crate) fn holds(folder: &Path) -> bool {
    let names: Vec<&OsStr> = folder.iter().collect();
    let vendor = names.iter().position(|name| *name == "vendor");
    names.iter().any(|name| *name == "node_modules")
        || vendor.is_some_and(|at| names.len() > at + 2)
}

/// The same of a file.
pub(crate) fn holds_file(file: &Path) -> bool {
    file.parent().is_some_and(holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_others_and_nothing_else() {
        for (path, expected) in [
            ("node_modules/a/Dockerfile", true),
            ("web/node_modules/Dockerfile", true),
            ("lib/vendor/acme/tool/compose.yaml", true),
            ("vendor/github.com/acme/tool/Dockerfile", true),
            ("vendor/Dockerfile", false),
            ("vendor/nginx/Dockerfile", false),
            ("images/vendors/a/b/Dockerfile", false),
            ("Dockerfile", false),
        ] {
            assert_eq!(holds_file(Path::new(path)), expected, "{path}");
        }
    }
}
