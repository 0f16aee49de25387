//! The configurations of a run: where they lie, and for which files they hold.

#![expect(
    clippy::disallowed_methods,
    reason = "this crate is the one that touches the disk"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::path::Path;

use anstream::AutoStream;
use caulk_check::{Choice, Stated};
use caulk_config::{Configuration, NAMES};
use caulk_finding::Label;
use caulk_source::{SourceFile, Sources, in_nearest_folder, parent_path};

use crate::arguments::Configured;
use crate::exit::Failure;
use crate::output;
use crate::root::{self, Root};
use crate::select;

/// A configuration larger than this was not written by a person.
const MAX_FILE: u64 = 1024 * 1024;

/// The configurations of a run, by the folder for which each holds.
#[derive(Default)]
pub(crate) struct Configurations {
    by_folder: BTreeMap<String, Configuration>,
    /// The folders in which was looked already.
    seen: BTreeSet<String>,
    /// Whether nothing is looked for: one was named, or none is wanted.
    settled: bool,
}

impl Configurations {
    /// What was typed of configurations.
    pub(crate) fn typed(
        root: &Root,
        typed: &Configured,
        sources: &mut Sources,
    ) -> Result<Self, Failure> {
        let mut configurations = Self {
            settled: typed.isolated,
            ..Self::default()
        };
        if let Some(path) = &typed.config {
            let place = root::locate(path)?;
            configurations.settled = true;
            let shown = path.display().to_string();
            let file = SourceFile::new(root.name_of_any(&place), bytes(&place, &shown)?);
            configurations.add(sources, [(String::new(), file)], root)?;
        }
        Ok(configurations)
    }

    /// Looks for the configuration of each file: in its folder, and in those above it up to the root.
    /// In no folder is looked twice.
    pub(crate) fn find(&mut self, root: &Root, sources: &mut Sources) -> Result<(), Failure> {
        if self.settled {
            return Ok(());
        }
        let mut found = Vec::new();
        for (_, file) in sources.iter() {
            let mut place = file.path();
            while !place.is_empty() {
                place = parent_path(place);
                if !self.seen.insert(place.to_owned()) {
                    break;
                }
                found.extend(in_folder(root, place)?.map(|file| (place.to_owned(), file)));
            }
        }
        self.add(sources, found, root)
    }

    fn add(
        &mut self,
        sources: &mut Sources,
        found: impl IntoIterator<Item = (String, SourceFile)>,
        root: &Root,
    ) -> Result<(), Failure> {
        let rules = select::infos();
        let mut wrong: Vec<Label> = Vec::new();
        let mut broken = 0;
        for (folder, file) in found {
            let id = sources.add(file);
            let (configuration, problems) = match sources.get(id) {
                Some(file) => caulk_config::read(id, file, &folder, &rules),
                None => continue,
            };
            broken += usize::from(!problems.is_empty());
            wrong.extend(
                problems
                    .into_iter()
                    .map(|problem| Label::new(problem.span, problem.message)),
            );
            self.by_folder.insert(folder, configuration);
        }
        if wrong.is_empty() {
            return Ok(());
        }
        show(&wrong, sources, root);
        let what = if broken == 1 {
            "the configuration is"
        } else {
            "configurations are"
        };
        Err(Failure(format!("nothing is judged: {what} not understood")))
    }

    /// What is chosen, by folder.
    pub(crate) fn choices(&self) -> BTreeMap<String, Choice> {
        let choices = self.by_folder.iter();
        choices
            .map(|(folder, configuration)| (folder.clone(), configuration.choice.clone()))
            .collect()
    }

    /// What is stated of the containers.
    pub(crate) fn stated(&self) -> Vec<Stated> {
        let configurations = self.by_folder.values();
        configurations
            .map(|configuration| configuration.stated.clone())
            .collect()
    }

    /// Whether nothing is reported on the file or folder at `path`.
    pub(crate) fn excludes(&self, path: &str, is_folder: bool) -> bool {
        let nearest = in_nearest_folder(path, |folder| self.by_folder.get(folder));
        nearest.is_some_and(|configuration| {
            let seen = path.strip_prefix(configuration.folder.as_str());
            configuration
                .excluded
                .excludes(seen.unwrap_or(path), is_folder)
        })
    }

    /// The folders that have one.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &str> {
        self.by_folder.keys().map(String::as_str)
    }
}

/// The configuration in a folder, where there is one.
fn in_folder(root: &Root, folder: &str) -> Result<Option<SourceFile>, Failure> {
    for name in NAMES {
        let path = if folder.is_empty() {
            name.to_owned()
        } else {
            format!("{folder}/{name}")
        };
        let place = root.folder.join(&path);
        if std::fs::symlink_metadata(&place).is_err() {
            continue;
        }
        let shown = root.shown(&path);
        if !root.holds(&place) {
            return Err(Failure(format!(
                "`{shown}` is a link that leads out of the repository, or to nothing"
            )));
        }
        return Ok(Some(SourceFile::new(path, bytes(&place, &shown)?)));
    }
    Ok(None)
}

/// The bytes of a configuration.
fn bytes(place: &Path, shown: &str) -> Result<Vec<u8>, Failure> {
    let refuse = |why: &dyn std::fmt::Display| Failure(format!("cannot read `{shown}`: {why}"));
    let metadata = std::fs::metadata(place).map_err(|error| refuse(&error))?;
    if !metadata.is_file() {
        return Err(refuse(&"it is no plain file"));
    }
    if metadata.len() > MAX_FILE {
        return Err(refuse(&format!("it is larger than {MAX_FILE} bytes")));
    }
    std::fs::read(place).map_err(|error| refuse(&error))
}

/// What is wrong, each with its lines.
fn show(wrong: &[Label], sources: &Sources, root: &Root) {
    crate::progress::clear();
    let color = AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
    let display_path = |path: &str| root.shown(path);
    let text = caulk_report::wrong(wrong, sources, &display_path, color, output::width());
    let _ = io::stderr().write_all(text.as_bytes());
}
