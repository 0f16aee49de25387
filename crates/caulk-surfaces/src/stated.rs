//! What configurations state, joined to the files around them.

use std::collections::BTreeMap;
use std::sync::Arc;

use caulk_model::{Daemon, Origin, Repository, Setting, Stated};
use caulk_source::{FileId, Span, Surface, in_nearest_folder, join_path};

use crate::workspace::Workspace;

impl Workspace<'_> {
    /// Takes what configurations state of the files around them. No two have one folder.
    pub fn state(&mut self, stated: Vec<Stated>) {
        self.options.stated = Arc::new(stated);
    }

    /// What configurations state, and of which files.
    pub(crate) fn read_stated(&self, repository: &mut Repository) {
        for (index, stated) in self.options.stated.iter().enumerate() {
            if let Some(host) = self.host(stated) {
                repository.add_host(index, host);
            }
        }
        repository.state(Arc::clone(&self.options.stated), self.stated_of());
    }

    /// The engine that a configuration states.
    fn host(&self, stated: &Stated) -> Option<Daemon> {
        let first = stated.host.first()?.span;
        let mut host = Daemon::new(first.file, Span::new(first.file, first.range()));
        let find = |path: &str| self.find_from(&stated.folder, path);
        for said in &stated.host {
            // What an engine refuses was said where the configuration was read.
            let origin = Origin::Written(said.span);
            let _refusal = host.set(said.key, said.setting.clone(), origin, &find);
        }
        Some(host)
    }

    /// The profiles that configurations name.
    pub(crate) fn references_of_hosts(&self) -> impl Iterator<Item = (String, Surface)> {
        let stated = self.options.stated.iter();
        stated.flat_map(|stated| {
            let named = stated.host.iter().filter_map(|said| match &said.setting {
                Setting::Text(path) if said.key == "seccomp-profile" => Some(path),
                Setting::Text(_) | Setting::Switch(_) | Setting::Texts(_) | Setting::Ulimits(_) => {
                    None
                }
            });
            let named =
                named.filter(|path| !matches!(path.as_str(), "" | "builtin" | "unconfined"));
            named.filter_map(|path| Some((join_path(&stated.folder, path)?, Surface::Seccomp)))
        })
    }

    /// Which of the configurations holds for which file.
    fn stated_of(&self) -> BTreeMap<FileId, usize> {
        let stated = self.options.stated.iter();
        let folders: BTreeMap<&str, usize> = stated
            .map(|stated| stated.folder.as_str())
            .zip(0..)
            .collect();
        if folders.is_empty() {
            return BTreeMap::new();
        }
        let files = self.trees.keys().filter_map(|file| {
            let path = self.sources.path(*file);
            let index = in_nearest_folder(path, |folder| folders.get(folder))?;
            Some((*file, *index))
        });
        files.collect()
    }
}
