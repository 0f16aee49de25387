//! Which files make a project.

use std::collections::{BTreeMap, BTreeSet};

use caulk_source::{FileId, Sources, join_path, parent_path};

use super::environment::{EnvFile, Environment};
use super::project::{Plan, Project};

/// The names under which the engine looks for a project, the first that is there.
const MAIN: &[&str] = &[
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];

/// The names of the file that it puts over that, the first that is there.
const OVERRIDE: &[&str] = &[
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// The projects that the engine finds in the folders of `files`, and each other file as one of its
/// own.
pub(crate) fn plans(files: &BTreeSet<FileId>, sources: &Sources) -> Vec<Plan> {
    let mut folders: BTreeMap<&str, BTreeSet<FileId>> = BTreeMap::new();
    for file in files {
        let folder = parent_path(sources.path(*file));
        folders.entry(folder).or_default().insert(*file);
    }
    let mut plans = Vec::new();
    let mut placed: BTreeSet<FileId> = BTreeSet::new();
    for folder in folders.keys() {
        let found = discovered(folder, files, sources);
        if let Some(first) = found.first() {
            placed.extend(&found);
            plans.push(Plan {
                folder: parent_path(sources.path(*first)).to_owned(),
                files: found,
                discovered: true,
            });
        }
    }
    let alone = files.iter().filter(|file| !placed.contains(file));
    plans.extend(alone.map(|file| Plan {
        folder: parent_path(sources.path(*file)).to_owned(),
        files: vec![*file],
        discovered: false,
    }));
    plans
}

/// The files that the engine reads when it is started in a folder.
fn discovered(folder: &str, files: &BTreeSet<FileId>, sources: &Sources) -> Vec<FileId> {
    let find = |name: &str| {
        let file = sources.find(&join_path(folder, name)?)?;
        files.contains(&file).then_some(file)
    };
    if let Some(names) = names(folder, sources) {
        return names.iter().filter_map(|name| find(name)).collect();
    }
    let Some(main) = MAIN.iter().find_map(|name| find(name)) else {
        return Vec::new();
    };
    let over = OVERRIDE.iter().find_map(|name| find(name));
    [Some(main), over].into_iter().flatten().collect()
}

/// The paths of the files that `COMPOSE_FILE` names in a folder's `.env`.
pub(crate) fn named(folder: &str, sources: &Sources) -> BTreeSet<String> {
    let names = names(folder, sources).unwrap_or_default();
    let paths = names.iter().filter_map(|name| join_path(folder, name));
    paths.collect()
}

fn names(folder: &str, sources: &Sources) -> Option<Vec<String>> {
    let file = sources.find(&join_path(folder, ".env")?)?;
    let mut environment = Environment::default();
    environment.read(&[EnvFile::of(sources, file)]);
    let separator = environment.known("COMPOSE_PATH_SEPARATOR").unwrap_or(":");
    let names = environment.known("COMPOSE_FILE")?;
    let separator = if separator.is_empty() { ":" } else { separator };
    Some(names.split(separator).map(str::to_owned).collect())
}

/// The paths at which the engine would look when it is started in a folder.
pub(crate) fn discoverable(folder: &str, sources: &Sources) -> BTreeSet<String> {
    let usual = MAIN.iter().chain(OVERRIDE).chain(&[".env"]);
    let usual = usual.filter_map(|name| join_path(folder, name));
    usual.chain(named(folder, sources)).collect()
}

/// A file that the engine would not find by itself is no project where another has it as a part, and
/// neither is one that another includes as if it lay elsewhere: it was written for that.
pub(crate) fn drop_parts(projects: &mut Vec<Project>) {
    let mut users: BTreeMap<FileId, BTreeSet<usize>> = BTreeMap::new();
    for (index, project) in projects.iter().enumerate() {
        for file in project
            .used
            .iter()
            .filter(|file| Some(**file) != project.main)
        {
            users.entry(*file).or_default().insert(index);
        }
    }
    let moved: BTreeSet<FileId> = projects
        .iter()
        .flat_map(|project| project.moved.iter().copied())
        .collect();
    let mut dropped: BTreeSet<usize> = BTreeSet::new();
    for (index, project) in projects.iter().enumerate() {
        let users = project.main.and_then(|main| users.get(&main));
        // Of files that have each other as a part, one stays.
        let is_part = users.is_some_and(|users| users.iter().any(|user| !dropped.contains(user)));
        let is_found =
            project.discovered && !project.main.is_some_and(|main| moved.contains(&main));
        if is_part && !is_found {
            dropped.insert(index);
        }
    }
    let mut index = 0;
    projects.retain(|_| {
        index += 1;
        !dropped.contains(&(index - 1))
    });
}
