//! Rows for the table of base images, from the Dockerfiles of the images.
//!
//! Nothing here knows what a Dockerfile means: the product's own reader says as whom an image starts
//! and whether its entrypoint gives root up, and the table says what is known of what it stands on.
//! To renew the table, put Dockerfiles and the scripts that they copy into a folder, and say which
//! image each of them builds:
//!
//! ```console
//! $ cat images/list
//! redis:8 = redis/Dockerfile from redis/docker-library-redis: debian/Dockerfile
//! postgres = postgres/Dockerfile from docker-library/postgres: 18/trixie/Dockerfile
//! $ cargo dev images images/list
//! ```
//!
//! A folder will do instead of a list: then each folder in it that holds a `Dockerfile` is called
//! as its image is.

mod compare;
mod derive;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use caulk_model::base_images::{self, ImageReference};

use crate::files::{folders_with, read};
pub use compare::{Outcome, compare};
pub use derive::{Derived, Step, derive};

/// An image, and the Dockerfile that builds it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The image.
    pub image: ImageReference,
    /// Its Dockerfile, relative to the folder.
    pub path: String,
    /// Where the Dockerfile is published, as the table says it.
    pub source: String,
}

/// The folder and the entries that `from` means: a list, or a folder.
pub fn entries(from: &Path) -> Result<(PathBuf, Vec<Entry>), String> {
    if from.is_dir() {
        let folders = folders_with(from, "Dockerfile").map_err(|error| error.to_string())?;
        let entries = folders
            .iter()
            .map(|folder| entry(folder, &format!("{folder}/Dockerfile"), None));
        return Ok((from.to_owned(), entries.collect::<Result<_, _>>()?));
    }
    let folder = from.parent().unwrap_or(Path::new("."));
    Ok((folder.to_owned(), list(&read(from)?)?))
}

/// The entries of a list: `IMAGE = PATH`, or `IMAGE = PATH from SOURCE`. A line that begins with `#`
/// is for the reader.
pub fn list(text: &str) -> Result<Vec<Entry>, String> {
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let entries = lines.map(|line| {
        let (image, rest) = line
            .split_once(" = ")
            .ok_or_else(|| format!("`{line}` is no line `IMAGE = PATH`"))?;
        match rest.split_once(" from ") {
            Some((path, source)) => entry(image.trim(), path.trim(), Some(source.trim())),
            None => entry(image.trim(), rest.trim(), None),
        }
    });
    entries.collect()
}

fn entry(image: &str, path: &str, source: Option<&str>) -> Result<Entry, String> {
    let image = ImageReference::parse(image).ok_or_else(|| format!("`{image}` is no image"))?;
    let source = match source {
        Some(source) => source.to_owned(),
        None => format!("SAY/WHERE: {path}"),
    };
    Ok(Entry {
        image,
        path: path.to_owned(),
        source,
    })
}

/// What the Dockerfiles say, beside what the table says: a line for each image, a row for each that
/// the table has not or has otherwise, and the counts.
pub fn report(folder: &Path, entries: &[Entry]) -> Result<String, String> {
    let mut text = String::new();
    let mut counts = [0_usize; 4];
    for entry in entries {
        let derived = derive(folder, &entry.path)?;
        let row = base_images::find_image(&entry.image);
        let outcome = compare(row, &derived);
        if let Some(count) = counts.get_mut(outcome.index()) {
            *count += 1;
        }
        text.push_str(&outcome.told(entry, row));
    }
    let [same, different, new, unknown] = counts;
    let _ = writeln!(
        text,
        "{} images: {same} same, {different} different, {new} new, {unknown} unknown",
        entries.len()
    );
    Ok(text)
}
