//! From the disk to memory.

#![expect(
    clippy::disallowed_methods,
    reason = "this crate is the one that touches the disk"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use caulk_check::{Run, Wanted, may_matter};
use caulk_source::{SourceFile, Sources};
use ignore::{WalkBuilder, WalkState};

use crate::arguments::Check;
use crate::exit::Failure;
use crate::refusal::say;
use crate::root::Root;

/// A file larger than this declares no container that a person wrote.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// How often files may refer to files that refer to files.
const MAX_ROUNDS: usize = 8;

/// The files of a run, and those of them that are reported on.
pub(crate) struct Loaded {
    pub(crate) sources: Sources,
    pub(crate) reported: BTreeSet<String>,
}

/// Reads what was named, and what that refers to inside the root.
pub(crate) fn load(root: &Root, places: &[PathBuf], check: &Check) -> Result<Loaded, Failure> {
    let mut files = Vec::new();
    for place in places {
        if place.is_dir() {
            files.extend(walk(root, place, check)?);
        } else if !(check.force_exclude && is_ignored(root, place)) {
            files.extend(named(root, place)?);
        }
    }
    let reported = files.iter().map(|file| file.path().to_owned()).collect();
    let mut sources = Sources::from_files(files);
    follow(root, &mut sources);
    Ok(Loaded { sources, reported })
}

/// Adds what the files refer to, as long as that refers to more.
fn follow(root: &Root, sources: &mut Sources) {
    let mut asked = BTreeSet::new();
    let mut parsed = None;
    for _ in 0..MAX_ROUNDS {
        let (found, kept) = {
            let run = match parsed.take() {
                None => Run::new(sources),
                Some(parsed) => Run::resume(sources, parsed),
            };
            let wanted: Vec<String> = run
                .wanted()
                .into_iter()
                .filter(|path| asked.insert(path.clone()))
                .collect();
            let found: Vec<SourceFile> = wanted
                .iter()
                .filter_map(|path| referenced(root, path))
                .collect();
            (found, run.into_parsed())
        };
        if found.is_empty() {
            return;
        }
        parsed = Some(kept);
        for file in found {
            sources.add(file);
        }
    }
}

/// A file that another refers to, where it is a plain file inside the root. A link that leads out
/// is not followed.
fn referenced(root: &Root, path: &str) -> Option<SourceFile> {
    let place = root.folder.join(path).canonicalize().ok()?;
    if !place.starts_with(&root.folder) {
        return None;
    }
    Some(SourceFile::new(path, read(&place).ok()?))
}

/// A file that was named.
fn named(root: &Root, place: &Path) -> Result<Option<SourceFile>, Failure> {
    let bytes = read(place)
        .map_err(|error| Failure(format!("cannot read `{}`: {error}", place.display())))?;
    let Some(name) = root.name(place) else {
        return Ok(None);
    };
    Ok(Some(SourceFile::new(name, bytes)))
}

/// The bytes of a plain file of a sensible size.
fn read(place: &Path) -> std::io::Result<Vec<u8>> {
    let metadata = std::fs::metadata(place)?;
    if !metadata.is_file() {
        return Err(std::io::Error::other("it is no plain file"));
    }
    if metadata.len() > MAX_FILE {
        return Err(std::io::Error::other(format!(
            "it is larger than {MAX_FILE} bytes"
        )));
    }
    std::fs::read(place)
}

/// The files of a folder that may declare a container, read in parallel. Links are not followed:
/// what they lead to inside the folder is met where it lies, and what lies outside is not ours.
fn walk(root: &Root, folder: &Path, check: &Check) -> Result<Vec<SourceFile>, Failure> {
    let mut walker = WalkBuilder::new(folder);
    walker
        .hidden(check.no_hidden)
        .standard_filters_if(!check.no_ignore, check.no_hidden)
        .follow_links(false)
        .filter_entry(|entry| entry.file_name() != ".git");
    let found: Mutex<Vec<SourceFile>> = Mutex::new(Vec::new());
    let refused: Mutex<Option<Failure>> = Mutex::new(None);
    walker.build_parallel().run(|| {
        Box::new(|entry| {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    if let (Some(file), Ok(mut found)) =
                        (candidate(root, entry.path()), found.lock())
                    {
                        found.push(file);
                    }
                }
                Ok(_) => {}
                // The folder that was named must be readable; a folder below it is passed by.
                Err(error) if error.depth() == Some(0) => {
                    if let Ok(mut refused) = refused.lock() {
                        *refused = Some(Failure(error.to_string()));
                    }
                }
                Err(error) => say(&format!("passed by: {error}")),
            }
            WalkState::Continue
        })
    });
    if let Some(failure) = refused.into_inner().unwrap_or_default() {
        return Err(failure);
    }
    Ok(found.into_inner().unwrap_or_default())
}

/// A file that declares a container, by its name or by what is in it.
fn candidate(root: &Root, place: &Path) -> Option<SourceFile> {
    let name = root.name(place)?;
    let wanted = may_matter(&name);
    if wanted == Wanted::No {
        return None;
    }
    let bytes = match read(place) {
        Ok(bytes) => bytes,
        Err(error) => {
            if wanted == Wanted::ByName {
                say(&format!("passed by: `{}`: {error}", root.shown(&name)));
            }
            return None;
        }
    };
    let decided = wanted == Wanted::ByName || Wanted::by_content(&name, &bytes);
    decided.then(|| SourceFile::new(name, bytes))
}

/// Whether git ignores a file that was named.
fn is_ignored(root: &Root, place: &Path) -> bool {
    let mut folders: Vec<&Path> = place
        .ancestors()
        .skip(1)
        .take_while(|folder| folder.starts_with(&root.folder))
        .collect();
    folders.reverse();
    let mut ignored = false;
    for folder in folders {
        let (matcher, _) = ignore::gitignore::Gitignore::new(folder.join(".gitignore"));
        match matcher.matched_path_or_any_parents(place, false) {
            ignore::Match::Ignore(_) => ignored = true,
            ignore::Match::Whitelist(_) => ignored = false,
            ignore::Match::None => {}
        }
    }
    ignored
}

/// The walker's filters in one word.
trait Filters {
    /// Whether files that git ignores are left out.
    fn standard_filters_if(&mut self, on: bool, hidden: bool) -> &mut Self;
}

impl Filters for WalkBuilder {
    fn standard_filters_if(&mut self, on: bool, hidden: bool) -> &mut Self {
        self.standard_filters(on).hidden(hidden)
    }
}
