//! From the disk to memory.

#![expect(
    clippy::disallowed_methods,
    reason = "this crate is the one that touches the disk"
)]

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use caulk_check::{ComposeOptions, Parsed, Run, Wanted, may_matter};
use caulk_source::{SourceFile, Sources};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{WalkBuilder, WalkState};

use crate::arguments::{Configured, Projects, Reading};
use crate::configuration::Configurations;
use crate::exit::Failure;
use crate::installed;
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
    /// What was read of them.
    pub(crate) parsed: Parsed,
    pub(crate) configurations: Configurations,
}

/// How files are found and read.
#[derive(Clone, Copy)]
pub(crate) struct How<'a> {
    pub(crate) reading: &'a Reading,
    pub(crate) configured: &'a Configured,
    pub(crate) projects: &'a Projects,
}

/// Reads what was named, and what that refers to inside the root.
pub(crate) fn load(root: &Root, places: &[PathBuf], how: How<'_>) -> Result<Loaded, Failure> {
    let reading = how.reading;
    let options = options(how.projects)?;
    let mut files = Vec::new();
    let mut folders = Vec::new();
    for place in places {
        if place.is_dir() {
            if reading.force_exclude && is_left_out(root, place) {
                continue;
            }
            files.extend(walk(root, place, reading)?);
            folders.extend(root.name(place));
        } else if !(reading.force_exclude && is_left_out(root, place)) {
            files.extend(named(root, place)?);
        }
    }
    let mut reported: BTreeSet<String> = files.iter().map(|file| file.path().to_owned()).collect();
    let mut sources = Sources::from_files(files);
    let mut configurations = Configurations::typed(root, how.configured, &mut sources)?;
    configurations.find(root, &mut sources)?;
    let options = ComposeOptions {
        stated: Arc::new(configurations.stated()),
        ..options
    };
    let (found, parsed) = follow(root, &mut sources, options);
    // What lies in a folder that was named is reported, whatever it is called; but nothing is shown
    // of what git is told to keep to itself.
    let within = |path: &String| {
        let in_folder = |folder: &String| {
            let below = if folder.is_empty() {
                Some(path.as_str())
            } else {
                let rest = path.strip_prefix(folder);
                rest.and_then(|rest| rest.strip_prefix('/'))
            };
            below.is_some_and(|below| reading.no_ignore || !installed::holds_file(Path::new(below)))
        };
        folders.iter().any(in_folder) && !is_ignored(root, &root.folder.join(path))
    };
    reported.extend(found.into_iter().filter(within));
    configurations.find(root, &mut sources)?;
    leave_out_excluded(root, places, how, &configurations, &mut reported);
    Ok(Loaded {
        sources,
        reported,
        parsed,
        configurations,
    })
}

/// Reports nothing on what a configuration excludes, unless it was named, or lies in a folder that
/// was named and is excluded itself.
fn leave_out_excluded(
    root: &Root,
    places: &[PathBuf],
    how: How<'_>,
    configurations: &Configurations,
    reported: &mut BTreeSet<String>,
) {
    let named = places.iter().filter_map(|place| {
        let name = root.name(place)?;
        let is_meant = configurations.excludes(&name, place.is_dir());
        (is_meant && !how.reading.force_exclude).then_some(name)
    });
    let meant: Vec<String> = named.collect();
    reported.retain(|path| {
        let is_meant = meant.iter().any(|name| {
            let rest = path.strip_prefix(name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        is_meant || !configurations.excludes(path, false)
    });
}

/// What is typed of Compose projects.
fn options(projects: &Projects) -> Result<ComposeOptions, Failure> {
    let text = |path: &PathBuf| {
        let shown = path.display();
        let bytes =
            read(path).map_err(|error| Failure(format!("cannot read `{shown}`: {error}")))?;
        Ok(caulk_source::decode(&bytes))
    };
    let texts: Vec<String> = projects
        .env_file
        .iter()
        .map(text)
        .collect::<Result<_, Failure>>()?;
    Ok(ComposeOptions {
        env_files: (!texts.is_empty()).then_some(texts),
        profiles: (!projects.profile.is_empty())
            .then(|| projects.profile.iter().cloned().collect()),
        empty_shell: false,
        stated: Arc::default(),
    })
}

/// Reads standard input as the file of this name, and what it refers to inside the root.
pub(crate) fn standard_input(
    name: &Path,
    configured: &Configured,
    projects: &Projects,
) -> Result<(Root, Loaded), Failure> {
    let options = options(projects)?;
    let mut bytes = Vec::new();
    std::io::stdin()
        .take(MAX_FILE)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure(format!("cannot read standard input: {error}")))?;
    let refuse = || Failure(format!("`{}` names no file", name.display()));
    // The file need not exist; the folder that it would lie in does.
    let folder = name.parent().ok_or_else(refuse)?;
    let here = folder.as_os_str().is_empty();
    let folder = crate::root::locate(if here { Path::new(".") } else { folder })?;
    let root = Root::around(std::slice::from_ref(&folder))?;
    let place = folder.join(name.file_name().ok_or_else(refuse)?);
    let path = root.name(&place).ok_or_else(refuse)?;
    let mut sources = Sources::from_files([SourceFile::new(path.clone(), bytes)]);
    let mut configurations = Configurations::typed(&root, configured, &mut sources)?;
    configurations.find(&root, &mut sources)?;
    let options = ComposeOptions {
        stated: Arc::new(configurations.stated()),
        ..options
    };
    let (_, parsed) = follow(&root, &mut sources, options);
    configurations.find(&root, &mut sources)?;
    let reported = BTreeSet::from([path]);
    let loaded = Loaded {
        sources,
        reported,
        parsed,
        configurations,
    };
    Ok((root, loaded))
}

/// Adds what the files refer to, as long as that refers to more; the paths that were added, and
/// what was read.
fn follow(root: &Root, sources: &mut Sources, options: ComposeOptions) -> (Vec<String>, Parsed) {
    let mut asked = BTreeSet::new();
    let mut parsed = Run::with(&Sources::new(), options).into_parsed();
    let mut added = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let (found, kept) = {
            let run = Run::resume(sources, parsed);
            let wanted: Vec<String> = run
                .wanted()
                .into_iter()
                .filter(|path| asked.insert(path.clone()))
                .collect();
            let found: Vec<(String, Referenced)> = wanted
                .into_iter()
                .filter_map(|path| {
                    let referenced = referenced(root, &path)?;
                    Some((path, referenced))
                })
                .collect();
            (found, run.into_parsed())
        };
        parsed = kept;
        if found.is_empty() {
            break;
        }
        for (path, referenced) in found {
            match referenced {
                Referenced::Read(file) => {
                    added.push(path);
                    sources.add(file);
                }
                Referenced::Withheld => sources.withhold(path),
            }
        }
    }
    (added, parsed)
}

/// What a file refers to.
enum Referenced {
    Read(SourceFile),
    /// Something that is not read.
    Withheld,
}

/// What another file refers to, if anything is there: read where it is a plain file inside the root. A link that leads out
/// is not followed.
fn referenced(root: &Root, path: &str) -> Option<Referenced> {
    let place = root.folder.join(path);
    if path.split('/').any(|part| part == ".git") {
        return Some(Referenced::Withheld);
    }
    if root.holds(&place)
        && let Ok(bytes) = read(&place)
    {
        return Some(Referenced::Read(SourceFile::new(path, bytes)));
    }
    (!is_missing(root, path)).then_some(Referenced::Withheld)
}

/// Whether nothing lies at a path inside the root. Nothing is asked of what lies behind a link.
fn is_missing(root: &Root, path: &str) -> bool {
    let mut place = root.folder.clone();
    for part in path.split('/') {
        place.push(part);
        match std::fs::symlink_metadata(&place) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => return false,
            Err(error) => return error.kind() == std::io::ErrorKind::NotFound,
        }
    }
    false
}

/// A file that was named.
fn named(root: &Root, place: &Path) -> Result<Option<SourceFile>, Failure> {
    let Some(name) = root.name(place) else {
        return Ok(None);
    };
    let shown = root.shown(&name);
    if !root.holds(place) {
        say(&format!(
            "passed by: `{shown}` is a link that leads out of the repository"
        ));
        return Ok(None);
    }
    let bytes = read(place).map_err(|error| Failure(format!("cannot read `{shown}`: {error}")))?;
    let wanted = may_matter(&name);
    let by_content = wanted == Wanted::ByContent && Wanted::by_content(&name, &bytes);
    if wanted != Wanted::ByName && !by_content {
        say(&format!(
            "passed by: nothing in `{shown}` declares a container"
        ));
        return Ok(None);
    }
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
    let bytes = std::fs::read(place);
    crate::progress::one_more_file();
    bytes
}

/// The files of a folder that may declare a container, read in parallel. Links are not followed:
/// what they lead to inside the folder is met where it lies, and what lies outside is not ours.
fn walk(root: &Root, folder: &Path, reading: &Reading) -> Result<Vec<SourceFile>, Failure> {
    let (named, no_ignore) = (folder.to_owned(), reading.no_ignore);
    let mut walker = WalkBuilder::new(folder);
    walker
        .hidden(reading.no_hidden)
        .standard_filters_if(!reading.no_ignore, reading.no_hidden)
        .follow_links(false)
        .filter_entry(move |entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            let below = entry.path().strip_prefix(&named);
            let is_installed = is_folder && below.is_ok_and(installed::holds);
            entry.file_name() != ".git" && (no_ignore || !is_installed)
        });
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

/// Whether what was named is left out of the folders around it.
fn is_left_out(root: &Root, place: &Path) -> bool {
    let below = place.strip_prefix(&root.folder).unwrap_or(place);
    let is_installed = if place.is_dir() {
        installed::holds(below)
    } else {
        installed::holds_file(below)
    };
    is_installed || is_ignored(root, place)
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
    let mut judge =
        |matcher: &Gitignore| match matcher.matched_path_or_any_parents(place, place.is_dir()) {
            ignore::Match::Ignore(_) => ignored = true,
            ignore::Match::Whitelist(_) => ignored = false,
            ignore::Match::None => {}
        };
    let mut own = GitignoreBuilder::new(&root.folder);
    own.add(root.folder.join(".git/info/exclude"));
    judge(&own.build().unwrap_or_else(|_| Gitignore::empty()));
    for folder in folders {
        judge(&Gitignore::new(folder.join(".gitignore")).0);
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
