//! Where the repository begins, and how its paths are shown.

#![expect(
    clippy::disallowed_methods,
    reason = "this crate is the one that touches the disk"
)]

use std::path::{Component, Path, PathBuf};

use crate::exit::Failure;
use crate::suggest::{did_you_mean, nearest};

/// The root of a run, and the working directory from which its paths are seen.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    /// The root, absolute, without links.
    pub(crate) folder: PathBuf,
    working: PathBuf,
}

/// The place of a path that was given: absolute and without links.
pub(crate) fn locate(path: &Path) -> Result<PathBuf, Failure> {
    path.canonicalize().map_err(|error| {
        let shown = path.display();
        if error.kind() != std::io::ErrorKind::NotFound {
            return Failure(format!("cannot read `{shown}`: {error}"));
        }
        let neighbours: Vec<String> = path
            .parent()
            .map(|parent| {
                if parent.as_os_str().is_empty() {
                    Path::new(".")
                } else {
                    parent
                }
            })
            .and_then(|parent| std::fs::read_dir(parent).ok())
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let mut neighbours: Vec<&str> = neighbours.iter().map(String::as_str).collect();
        neighbours.sort_unstable();
        let meant = did_you_mean(nearest(name, neighbours));
        Failure(format!("no file or folder `{shown}`{meant}"))
    })
}

impl Root {
    /// The root for these places: the git work tree around the first, else that folder itself;
    /// and where others lie outside of it, the folder that holds all.
    pub(crate) fn around(places: &[PathBuf]) -> Result<Self, Failure> {
        let working = std::env::current_dir()
            .and_then(|folder| folder.canonicalize())
            .map_err(|error| Failure(format!("cannot read the working directory: {error}")))?;
        let mut roots = places.iter().map(|place| of(place));
        let mut folder = roots.next().unwrap_or_else(|| working.clone());
        for other in roots {
            while !other.starts_with(&folder) {
                if !folder.pop() {
                    break;
                }
            }
        }
        Ok(Self { folder, working })
    }

    /// A place inside the root as caulk names it: relative, with `/`.
    pub(crate) fn name(&self, place: &Path) -> Option<String> {
        let relative = place.strip_prefix(&self.folder).ok()?;
        let mut parts = Vec::new();
        for part in relative.components() {
            match part {
                Component::Normal(part) => parts.push(part.to_string_lossy()),
                Component::CurDir => {}
                Component::Prefix(_) | Component::RootDir | Component::ParentDir => return None,
            }
        }
        Some(parts.join("/"))
    }

    /// A name inside the root as seen from the working directory.
    pub(crate) fn shown(&self, name: &str) -> String {
        let from = absolute(&self.working);
        let root = absolute(&self.folder);
        caulk_report::relative_path(&from, &format!("{root}/{name}"))
    }
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
