//! What configurations state, joined to the files around them.

use std::collections::BTreeMap;
use std::sync::Arc;

use caulk_model::{Repository, Stated};
use caulk_source::{FileId, in_nearest_folder};

use crate::workspace::Workspace;

impl Workspace<'_> {
    /// Takes what configurations state of the files around them. No two have one folder.
    pub fn state(&mut self, stated: Vec<Stated>) {
        self.options.stated = Arc::new(stated);
    }

    /// What configurations state, and of which files.
    pub(crate) fn read_stated(&self, repository: &mut Repository) {
        repository.state(Arc::clone(&self.options.stated), self.stated_of());
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
