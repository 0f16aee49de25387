//! What is generated against what is on disk.
#![expect(
    clippy::disallowed_methods,
    reason = "this program maintains files on disk"
)]

use std::collections::BTreeSet;
use std::path::Path;

/// How much of a file is generated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Extent {
    /// All of it.
    Whole,
    /// All of it, and its lines may stand in any order: branches are merged by union.
    Lines,
    /// What stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->`.
    Section(String),
}

/// A file, or a part of one, that is generated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Generated {
    /// Where, relative to the root.
    pub path: String,
    /// How much of the file.
    pub extent: Extent,
    /// What stands there.
    pub text: String,
}

/// How a generated file was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum State {
    /// As it is generated.
    Fresh,
    /// Not as it is generated: what the whole file should be.
    Stale(String),
    /// It has no markers to write between.
    NoMarkers,
}

impl Generated {
    /// A file that is generated as a whole.
    pub fn whole(path: &str, text: String) -> Self {
        Self::new(path, Extent::Whole, text)
    }

    /// A file whose lines may stand in any order.
    pub fn lines(path: &str, text: String) -> Self {
        Self::new(path, Extent::Lines, text)
    }

    /// A part of a file that people write.
    pub fn section(path: &str, name: &str, text: String) -> Self {
        Self::new(path, Extent::Section(name.to_owned()), text)
    }

    fn new(path: &str, extent: Extent, text: String) -> Self {
        Self {
            path: path.to_owned(),
            extent,
            text,
        }
    }

    /// How it compares with `on_disk`, the file as it is.
    pub fn compare(&self, on_disk: Option<&str>) -> State {
        let on_disk = on_disk.unwrap_or_default();
        let wanted = match &self.extent {
            Extent::Whole => self.text.clone(),
            Extent::Lines => {
                let lines =
                    |text: &str| -> BTreeSet<String> { text.lines().map(str::to_owned).collect() };
                if lines(on_disk) == lines(&self.text) {
                    return State::Fresh;
                }
                self.text.clone()
            }
            Extent::Section(name) => match between(on_disk, name, &self.text) {
                Some(wanted) => wanted,
                None => return State::NoMarkers,
            },
        };
        if wanted == on_disk {
            State::Fresh
        } else {
            State::Stale(wanted)
        }
    }

    /// How it compares with the file under `root`.
    pub fn state(&self, root: &Path) -> State {
        let on_disk = std::fs::read_to_string(root.join(&self.path)).ok();
        self.compare(on_disk.map(|text| text.replace("\r\n", "\n")).as_deref())
    }

    /// Writes the whole file.
    pub fn write(&self, root: &Path, whole: &str) -> std::io::Result<()> {
        write(&root.join(&self.path), whole)
    }
}

/// The text of a file, or what is wrong with it, with its name.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// The bytes of a file, where there is one and it is no larger than a script is.
pub(crate) fn read_bytes(path: &Path) -> Option<Vec<u8>> {
    let size = std::fs::metadata(path)
        .ok()
        .filter(std::fs::Metadata::is_file)?;
    if size.len() > LARGEST_SCRIPT {
        return None;
    }
    std::fs::read(path).ok()
}

const LARGEST_SCRIPT: u64 = 1 << 20;

/// The folders below `folder`, relative to it, that hold a file of this name, sorted.
pub(crate) fn folders_with(folder: &Path, name: &str) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![String::new()];
    while let Some(relative) = open.pop() {
        if !relative.is_empty() && folder.join(&relative).join(name).is_file() {
            found.push(relative.clone());
        }
        for entry in std::fs::read_dir(folder.join(&relative))? {
            let entry = entry?;
            // A link to a folder is none here, so that nothing is walked in circles.
            if entry.file_type()?.is_dir() {
                let inside = entry.file_name().to_string_lossy().into_owned();
                open.push(match relative.as_str() {
                    "" => inside,
                    above => format!("{above}/{inside}"),
                });
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Writes a file, and the folders that it lies in.
pub(crate) fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)
}

/// `whole` with `text` between the markers of this name.
fn between(whole: &str, name: &str, text: &str) -> Option<String> {
    let (begin, end) = (
        format!("<!-- {name}:begin -->"),
        format!("<!-- {name}:end -->"),
    );
    let (before, rest) = whole.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!(
        "{before}{begin}\n\n{}\n\n{end}{after}",
        text.trim()
    ))
}

/// The names in a folder that end in `end`, without it, sorted.
pub fn names(folder: &Path, end: &str) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(end).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// Removes what nothing generates any longer.
pub fn remove(path: &Path) -> std::io::Result<()> {
    std::fs::remove_file(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_leaves_the_rest_of_the_file_alone() {
        let generated = Generated::section("README.md", "rules", "| a |\n".to_owned());
        let before = "# Top\n<!-- rules:begin -->\nold\n<!-- rules:end -->\nend\n";
        let wanted = "# Top\n<!-- rules:begin -->\n\n| a |\n\n<!-- rules:end -->\nend\n";
        assert_eq!(
            generated.compare(Some(before)),
            State::Stale(wanted.to_owned())
        );
        assert_eq!(generated.compare(Some(wanted)), State::Fresh);
        assert_eq!(generated.compare(Some("# Top\n")), State::NoMarkers);
    }

    #[test]
    fn lines_may_stand_in_any_order() {
        let generated = Generated::lines("mod.rs", "mod a;\nmod b;\n".to_owned());
        assert_eq!(generated.compare(Some("mod b;\nmod a;\n")), State::Fresh);
        let stale = State::Stale(generated.text.clone());
        assert_eq!(generated.compare(Some("mod b;\n")), stale);
        assert_eq!(generated.compare(None), stale);
    }
}
