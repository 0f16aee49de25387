//! Real Compose projects, as compose-go itself loads them.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read the corpus from the disk"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use caulk_model::Referred;
use caulk_posture::{Posture, Show};
use caulk_source::{SourceFile, Sources, parent_path};
use caulk_surfaces::{ComposeOptions, Parsed, Wanted, Workspace, may_matter};
use serde_json::{Map, Value};

/// Lists whose order the engine does not keep.
const MULTISETS: &[&str] = &["ports"];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut folders = vec![folder.to_path_buf()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files
}

/// The environment of the expectation is empty: where a `.env` file lies beside a project, it has
/// the variables of that file blank, too.
fn options(empty_shell: bool) -> ComposeOptions {
    ComposeOptions {
        env_files: Some(Vec::new()),
        profiles: None,
        empty_shell,
        ..ComposeOptions::default()
    }
}

/// What caulk reads.
struct Ours {
    /// The services, by project and name.
    services: BTreeMap<(String, String), Value>,
    /// The folders with files that are said to be refused, or to refer to what is not there.
    complained_of: BTreeSet<String>,
}

/// The files of the corpus with everything that they refer to.
///
/// A file that another includes as if it lay elsewhere is no project of its own. compose-go was asked
/// about each by itself: so the others are left out in a second reading.
fn load(corpus: &Path, empty_shell: bool, without_movers: bool) -> (Sources, Parsed) {
    let is_left = |bytes: &[u8]| {
        let moves = || String::from_utf8_lossy(bytes).contains("\ninclude:\n");
        !(without_movers && moves())
    };
    let read = |path: PathBuf| {
        let name = path.strip_prefix(corpus).ok()?.to_str()?;
        let wanted = may_matter(name) != Wanted::No;
        let bytes = wanted.then(|| std::fs::read(&path).expect("a corpus file"))?;
        is_left(&bytes).then(|| SourceFile::new(name, bytes))
    };
    let mut sources = Sources::from_files(files(corpus).into_iter().filter_map(read));
    let mut parsed = None;
    loop {
        let workspace = match parsed.take() {
            None => Workspace::with(&sources, options(empty_shell)),
            Some(parsed) => Workspace::resume(&sources, parsed),
        };
        let wanted = workspace.wanted();
        parsed = Some(workspace.into_parsed());
        let new = wanted.into_iter().filter_map(|path| {
            let bytes = std::fs::read(corpus.join(&path)).ok()?;
            is_left(&bytes).then(|| SourceFile::new(path, bytes))
        });
        let new: Vec<SourceFile> = new.collect();
        if new.is_empty() {
            break;
        }
        for file in new {
            sources.add(file);
        }
    }
    (sources, parsed.unwrap_or_default())
}

/// What caulk makes of the corpus, and of the files in it that are included from elsewhere.
fn ours(corpus: &Path, empty_shell: bool) -> Ours {
    let mut ours = read(corpus, empty_shell, false);
    let alone = read(corpus, empty_shell, true);
    for (key, service) in alone.services {
        ours.services.entry(key).or_insert(service);
    }
    ours.complained_of.extend(alone.complained_of);
    ours
}

fn read(corpus: &Path, empty_shell: bool, without_movers: bool) -> Ours {
    let (sources, parsed) = load(corpus, empty_shell, without_movers);
    let workspace = Workspace::resume(&sources, parsed);
    let repository = workspace.repository(None);
    let show = Show {
        display_path: &|path: &str| path.to_owned(),
        visible: str::to_owned,
        columns: |_| 1,
        color: false,
    };
    let json = Posture::new(&repository, &sources, None, show).json();
    let document: Value = serde_json::from_str(&json).expect("JSON");
    let text = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let mut services = BTreeMap::new();
    let containers = document.get("containers").and_then(Value::as_array);
    for container in containers.expect("a list") {
        if text(container, "surface") == "compose" {
            let key = (text(container, "project"), text(container, "name"));
            // Files that the engine would not find are projects of their own in the same folder.
            services
                .entry(key)
                .or_insert_with(Vec::new)
                .push(container.clone());
        }
    }
    let discovered = |(key, mut entries): ((String, String), Vec<Value>)| {
        let rank = |entry: &Value| rank(&text(entry, "path"));
        entries.sort_by_key(rank);
        (key, entries.swap_remove(0))
    };
    let problems = repository
        .unreadable()
        .flat_map(|unreadable| &unreadable.problems);
    let unresolved = repository
        .unresolved()
        .filter(|reference| reference.kind != Referred::Dockerfile)
        .map(|reference| reference.span.file);
    let files = problems.map(|refused| refused.span.file).chain(unresolved);
    Ours {
        complained_of: files
            .map(|file| parent_path(sources.path(file)).to_owned())
            .collect(),
        services: services.into_iter().map(discovered).collect(),
    }
}

/// The engine's order of preference.
fn rank(path: &str) -> usize {
    let name = path.rsplit('/').next().unwrap_or_default();
    let names = [
        "compose.yaml",
        "compose.yml",
        "docker-compose.yml",
        "docker-compose.yaml",
    ];
    names.iter().position(|known| *known == name).unwrap_or(9)
}

#[derive(Default)]
struct Tally {
    compared: usize,
    equal: usize,
    unknown: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn compare(&mut self, place: &str, expected: &Map<String, Value>, ours: &Map<String, Value>) {
        let mut keys: Vec<&String> = expected.keys().chain(ours.keys()).collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            self.compared += 1;
            let (theirs, own) = (expected.get(key), ours.get(key));
            let normal = |value: Option<&Value>| {
                let mut value = value.cloned().unwrap_or(Value::Null);
                if let (Value::Array(items), true) = (&mut value, MULTISETS.contains(&key.as_str()))
                {
                    items.sort_by_key(ToString::to_string);
                }
                value
            };
            let (theirs, own) = (normal(theirs), normal(own));
            if theirs == own && ours.contains_key(key) {
                self.equal += 1;
            } else if is_unknown(&own) && ours.contains_key(key) && agrees(&theirs, &own) {
                self.unknown += 1;
            } else {
                self.wrong
                    .push(format!("{place}: {key}: {theirs} is read as {own}"));
            }
        }
    }
}

/// Whether some of it is not known.
fn is_unknown(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(is_unknown),
        Value::Object(members) => members.values().any(is_unknown),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Whether what is known of it is right.
fn agrees(theirs: &Value, own: &Value) -> bool {
    match (theirs, own) {
        (_, Value::Null) => true,
        (Value::Array(theirs), Value::Array(own)) => {
            let known = own.iter().filter(|item| !item.is_null());
            // A range of ports that is not known may be many.
            known.into_iter().all(|item| theirs.contains(item))
        }
        (Value::Object(theirs), Value::Object(own)) => own
            .iter()
            .all(|(key, value)| agrees(theirs.get(key).unwrap_or(&Value::Null), value)),
        (theirs, own) => theirs == own,
    }
}

/// What compose-go makes of the corpus, line by line; or none, said where a person sees it.
fn expected(test: &str) -> Option<(PathBuf, Vec<Value>)> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let Ok(jsonl) = std::fs::read_to_string(shared.join("expected/compose-services.jsonl")) else {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: {test}: there is no ../shared/corpus beside the project"
        );
        return None;
    };
    let lines = jsonl
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    Some((shared.join("projects"), lines.collect()))
}

/// Compares every service; how many projects and services, how many projects compose-go refuses, and
/// of how many of those caulk complains.
fn compare(expected: &[Value], ours: &Ours, tally: &mut Tally) -> [usize; 4] {
    let mut counts = [0; 4];
    let [projects, services, refused, complained_of] = &mut counts;
    for entry in expected {
        let project = entry.get("project").and_then(Value::as_str);
        let project = project.expect("a project");
        let Some(expected) = entry.get("services").and_then(Value::as_object) else {
            // Most hang on a variable, which may be set where the project runs: they are judged. Of
            // the others, the fault is a finding, and what is around it is judged.
            *refused += 1;
            *complained_of += usize::from(ours.complained_of.contains(project));
            continue;
        };
        *projects += 1;
        for (name, expected) in expected {
            *services += 1;
            let place = format!("{project} {name}");
            let expected = expected.as_object().expect("an object");
            match ours.services.get(&(project.to_owned(), name.clone())) {
                Some(own) => {
                    let empty = Map::new();
                    let own = own.get("declared").and_then(Value::as_object);
                    tally.compare(&place, expected, own.unwrap_or(&empty));
                }
                None => tally.wrong.push(format!("{place} is not read")),
            }
        }
    }
    counts
}

#[test]
fn services_are_what_compose_go_makes_of_them() {
    let Some((corpus, expected)) = expected("services_are_what_compose_go_makes_of_them") else {
        return;
    };
    let mut tally = Tally::default();
    let ours = ours(&corpus, false);
    let [projects, services, refused, complained_of] = compare(&expected, &ours, &mut tally);
    let _ = writeln!(
        std::io::stderr(),
        "corpus: {projects} projects with {services} services: {} fields compared, {} equal, {} not \
         known here; compose-go refuses {refused} more, of {complained_of} of which caulk complains",
        tally.compared,
        tally.equal,
        tally.unknown
    );
    assert!(tally.wrong.is_empty(), "{}", tally.wrong.join("\n"));
}

#[test]
fn in_an_empty_shell_nothing_is_unknown() {
    let Some((corpus, expected)) = expected("in_an_empty_shell_nothing_is_unknown") else {
        return;
    };
    let mut tally = Tally::default();
    let ours = ours(&corpus, true);
    compare(&expected, &ours, &mut tally);
    let _ = writeln!(
        std::io::stderr(),
        "corpus: in an empty shell, {} fields compared, {} equal, {} not known",
        tally.compared,
        tally.equal,
        tally.unknown
    );
    assert!(tally.wrong.is_empty(), "{}", tally.wrong.join("\n"));
    assert_eq!(tally.unknown, 0);
}
