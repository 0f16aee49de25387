//! What was made of Dockerfiles before, so that nobody makes it twice.
//!
//! One Dockerfile is asked for by each service that builds it, by every look for the files it needs,
//! and again for every fix that is tried on a file beside it. What comes of it hangs on its text, on
//! the arguments, and on the scripts that it looked at: as long as these are the same, so is the
//! image.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use caulk_model::Image;
use caulk_source::FileId;

use crate::dockerfile::BuildArguments;

/// Images and scripts of Dockerfiles, by file and stage.
#[derive(Debug, Default)]
pub(crate) struct Evaluated {
    known: Mutex<Known>,
}

#[derive(Clone, Debug, Default)]
struct Known {
    images: BTreeMap<(FileId, usize), Vec<Arc<Evaluation>>>,
    scripts: BTreeMap<FileId, Arc<BTreeSet<String>>>,
}

#[derive(Debug)]
struct Evaluation {
    arguments: BuildArguments,
    /// The files of the build context that were asked for, and which they were.
    asked: Vec<(String, Option<FileId>)>,
    image: Option<Image>,
}

/// The files that an evaluation asks for, noted.
pub(crate) struct Asking<'a> {
    find: &'a dyn Fn(&str) -> Option<FileId>,
    asked: RefCell<Vec<(String, Option<FileId>)>>,
}

impl Asking<'_> {
    /// The file at this path of the build context.
    pub(crate) fn find(&self, path: &str) -> Option<FileId> {
        let found = (self.find)(path);
        self.asked.borrow_mut().push((path.to_owned(), found));
        found
    }
}

impl Evaluated {
    /// What is still true where only these files are as they were.
    pub(crate) fn of(&self, unchanged: &BTreeSet<FileId>) -> Self {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let holds = |evaluation: &Arc<Evaluation>| {
            let mut asked = evaluation.asked.iter().filter_map(|(_, found)| *found);
            asked.all(|file| unchanged.contains(&file))
        };
        let mut kept = Known::default();
        for file in unchanged {
            for (key, images) in known.images.range((*file, 0)..=(*file, usize::MAX)) {
                let images = images.iter().filter(|image| holds(image));
                kept.images.insert(*key, images.map(Arc::clone).collect());
            }
            if let Some(scripts) = known.scripts.get(file) {
                kept.scripts.insert(*file, Arc::clone(scripts));
            }
        }
        Self {
            known: Mutex::new(kept),
        }
    }

    /// The image that a stage is with these arguments, where `find` gives the files of its build
    /// context. `evaluate` makes it where it is not known.
    pub(crate) fn image(
        &self,
        stage: (FileId, usize),
        arguments: &BuildArguments,
        find: &dyn Fn(&str) -> Option<FileId>,
        evaluate: impl FnOnce(&Asking<'_>) -> Option<Image>,
    ) -> Option<Image> {
        let found = |known: &Known| {
            let images = known.images.get(&stage)?;
            let is_same = |evaluation: &&Arc<Evaluation>| {
                let mut asked = evaluation.asked.iter();
                evaluation.arguments == *arguments && asked.all(|(path, was)| find(path) == *was)
            };
            images.iter().find(is_same).map(Arc::clone)
        };
        let known = found(&self.known.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(evaluation) = known {
            return evaluation.image.clone();
        }
        let asking = Asking {
            find,
            asked: RefCell::default(),
        };
        let image = evaluate(&asking);
        let evaluation = Evaluation {
            arguments: arguments.clone(),
            asked: asking.asked.into_inner(),
            image: image.clone(),
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let images = known.images.entry(stage).or_default();
        images.push(Arc::new(evaluation));
        image
    }

    /// The scripts that may start what a Dockerfile builds. `look` finds them where they are not
    /// known.
    pub(crate) fn scripts(
        &self,
        file: FileId,
        look: impl FnOnce() -> BTreeSet<String>,
    ) -> Arc<BTreeSet<String>> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known().scripts.get(&file).map(Arc::clone);
        found.unwrap_or_else(|| {
            let scripts = Arc::new(look());
            known().scripts.insert(file, Arc::clone(&scripts));
            scripts
        })
    }
}
