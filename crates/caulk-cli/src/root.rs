//! Where the repository begins, and how its paths are shown.

#![expect(
    clippy::disallowed_methods,
    reason = "this crate is the one that touches the disk"
)]

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use caulk_config::{did_you_mean, nearest};

use crate::exit::Failure;

/// The root of a run, and the working directory from which its paths are seen.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    /// The root, absolute, without links.
    pub(crate) folder: PathBuf,
    working: PathBuf,
}

/// The place of a path that was given: absolute, and without links above its last part. A file that
/// is a link itself stays one, so that what it leads to does not decide where the repository is.
pub(crate) fn locate(path: &Path) -> Result<PathBuf, Failure> {
    let refuse = |error: std::io::Error| refusal(path, &error);
    let target = path.canonicalize().map_err(refuse)?;
    let link = path.file_name().filter(|_| path.is_symlink());
    match link {
        Some(name) if !target.is_dir() => {
            let folder = folder_of(path).canonicalize().map_err(refuse)?;
            Ok(folder.join(name))
        }
        Some(_) | None => Ok(target),
    }
}

fn refusal(path: &Path, error: &std::io::Error) -> Failure {
    let shown = path.display();
    if error.kind() != std::io::ErrorKind::NotFound {
        return Failure(format!("cannot read `{shown}`: {error}"));
    }
    let neighbours = std::fs::read_dir(folder_of(path)).into_iter().flatten();
    let mut neighbours: Vec<String> = neighbours
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    neighbours.sort_unstable();
    let name = path.file_name().and_then(|name| name.to_str());
    let neighbours = neighbours.iter().map(String::as_str);
    let meant = did_you_mean(nearest(name.unwrap_or_default(), neighbours));
    Failure(format!("no file or folder `{shown}`{meant}"))
}

/// The folder in which a path lies.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

impl Root {
    /// The root for these places: the git work tree around them, else the folder that holds them.
    ///
    /// # Errors
    ///
    /// Where they lie in different work trees: a root above both would let the files of one refer
    /// to the other's.
    pub(crate) fn around(places: &[PathBuf]) -> Result<Self, Failure> {
        let working = std::env::current_dir()
            .and_then(|folder| folder.canonicalize())
            .map_err(|error| Failure(format!("cannot read the working directory: {error}")))?;
        let roots: Vec<PathBuf> = places.iter().map(|place| of(place)).collect();
        let mut folder = roots.first().unwrap_or(&working).clone();
        for other in &roots {
            while !other.starts_with(&folder) && folder.pop() {}
        }
        // A folder above them all is a root only where the user stands in it, and in no work tree of
        // its own: what a file refers to is read anywhere in the root.
        let named = roots.is_empty() || roots.contains(&folder);
        let in_work_tree = roots.iter().any(|root| root.join(".git").exists());
        if !named && (in_work_tree || !folder.starts_with(&working)) {
            return Err(Failure(
                "the paths lie in different repositories or folders: check one at a time, or name \
                 the folder that holds them"
                    .to_owned(),
            ));
        }
        Ok(Self { folder, working })
    }

    /// Whether a place, once every link is followed, is inside the root.
    pub(crate) fn holds(&self, place: &Path) -> bool {
        place
            .canonicalize()
            .is_ok_and(|place| place.starts_with(&self.folder))
    }

    /// A place inside the root as caulk names it: relative, with `/`. A byte that is no text is
    /// spelt out, so that two files never have one name.
    pub(crate) fn name(&self, place: &Path) -> Option<String> {
        let relative = place.strip_prefix(&self.folder).ok()?;
        let mut parts = Vec::new();
        for part in relative.components() {
            match part {
                Component::Normal(part) => parts.push(spelt_out(part)),
                Component::CurDir => {}
                Component::Prefix(_) | Component::RootDir | Component::ParentDir => return None,
            }
        }
        Some(parts.join("/"))
    }

    /// The same of a place that need not be inside: then it begins with `..`.
    pub(crate) fn name_of_any(&self, place: &Path) -> String {
        self.name(place).unwrap_or_else(|| {
            caulk_report::relative_path(&absolute(&self.folder), &absolute(place))
        })
    }

    /// A name inside the root as seen from the working directory.
    pub(crate) fn shown(&self, name: &str) -> String {
        let from = absolute(&self.working);
        let root = absolute(&self.folder);
        caulk_report::relative_path(&from, &format!("{root}/{name}"))
    }
}

fn spelt_out(part: &OsStr) -> String {
    let mut text = String::new();
    for chunk in part.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

fn absolute(path: &Path) -> String {
    path.to_string_lossy()
        .replace(std::path::MAIN_SEPARATOR, "/")
}

/// The git work tree around a place, else the place itself, or its folder.
fn of(place: &Path) -> PathBuf {
    let folder = if place.is_dir() {
        place
    } else {
        place.parent().unwrap_or(place)
    };
    let mut above = folder.ancestors();
    let work_tree = above.find(|folder| folder.join(".git").exists());
    work_tree.unwrap_or(folder).to_path_buf()
}
