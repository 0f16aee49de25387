//! What each container of a repository ends up holding: as a table, as JSON, and fact by fact with
//! who said so.
//!
//! Nothing is judged here. A pure function from the model and its files to text.
//!
//! **Invariant:** what is not known is said to be unknown: `?` in the table, `null` and a reason in
//! the JSON, the reason in words in the explanation.

mod capabilities;
mod cell;
mod declared;
mod explain;
mod host;
mod json;
mod port;
mod seccomp;
mod show;
mod table;
mod user;
mod who;

use std::collections::BTreeSet;

use caulk_model::{Container, Repository};
use caulk_source::Sources;

pub use show::Show;

/// The containers of a repository, by path and place, and how they are shown.
#[derive(Clone)]
pub struct Posture<'a> {
    repository: &'a Repository,
    sources: &'a Sources,
    show: Show<'a>,
    containers: Vec<Container>,
}

impl<'a> Posture<'a> {
    /// The containers that the files at `paths` declare; of every file where there is no list.
    pub fn new(
        repository: &'a Repository,
        sources: &'a Sources,
        paths: Option<&BTreeSet<String>>,
        show: Show<'a>,
    ) -> Self {
        let is_shown = |container: &&Container| {
            paths.is_none_or(|paths| paths.contains(sources.path(container.file)))
        };
        let containers = repository.containers().filter(is_shown);
        let mut containers: Vec<Container> = containers.map(Container::for_display).collect();
        containers.sort_by_key(|container| (sources.path(container.file), container.anchor));
        Self {
            repository,
            sources,
            show,
            containers,
        }
    }

    /// What somebody can call the containers: by name, by path, and by path and line.
    pub fn names(&self) -> BTreeSet<String> {
        let names = self.containers.iter().flat_map(|container| {
            let path = self.path(container.anchor);
            let place = self.place(container.anchor);
            container.name.clone().into_iter().chain([path, place])
        });
        names.collect()
    }

    /// The containers that somebody calls so.
    fn called(&self, name: &str) -> Vec<&Container> {
        let is_called = |container: &&Container| {
            container.name.as_deref() == Some(name)
                || self.path(container.anchor) == name
                || self.place(container.anchor) == name
        };
        self.containers.iter().filter(is_called).collect()
    }
}
