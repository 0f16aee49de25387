//! Where cases come from: the fixture pages, and the examples of the rules' own pages.
#![expect(
    clippy::disallowed_methods,
    reason = "the pages lie on disk, and only tests call this"
)]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use caulk_rules::{ALL, Rule};

use crate::case::{Case, CaseFile, Kind};
use crate::markdown::{Block, blocks, default_path};
use crate::marker::separate;
use crate::{Failures, assert_none};

/// The folder of the fixture pages: one folder in it for each rule.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../caulk-rules/fixtures")
}

/// What is in a folder, sorted; nothing where it cannot be read.
pub(crate) fn listing(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    paths
}

/// The name of a file or folder.
pub(crate) fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

static CASES: LazyLock<(Vec<Case>, Failures)> = LazyLock::new(|| {
    let (mut cases, mut failures) = fixtures();
    let (examples, more) = examples();
    cases.extend(examples);
    failures.extend(more);
    (cases, failures)
});

/// Every case of every fixture page, and every example of every rule's own page.
///
/// # Panics
///
/// Where a page cannot be read as one.
#[track_caller]
pub fn cases() -> &'static [Case] {
    let (cases, failures) = &*CASES;
    assert_none(failures);
    cases
}

/// The cases of every fixture page, and what is wrong with the pages.
fn fixtures() -> (Vec<Case>, Failures) {
    let (mut cases, mut failures) = (Vec::new(), Failures::new());
    for folder in listing(&folder()) {
        let rule = name(&folder);
        let pages = listing(&folder);
        for page in pages
            .iter()
            .filter(|page| page.extension().is_some_and(|end| end == "md"))
        {
            let origin = format!("fixtures/{rule}/{}", name(page));
            let text = std::fs::read_to_string(page).map_err(|error| error.to_string());
            match text.and_then(|text| read(&origin, &rule, &text)) {
                Ok(read) => cases.extend(read),
                Err(error) => failures.push(format!("{origin}: {error}")),
            }
        }
    }
    (cases, failures)
}

/// The cases of one fixture page.
pub(crate) fn read(origin: &str, rule: &str, page: &str) -> Result<Vec<Case>, String> {
    let mut cases: Vec<Case> = Vec::new();
    let mut path: Option<&str> = None;
    for (line, block) in blocks(page)? {
        let wrong = |what: &str| format!("line {line}: {what}");
        let case = cases.last_mut();
        match block {
            Block::Heading(heading) => {
                let origin = format!("{origin}:{line}: {heading}");
                cases.push(case_of(origin, rule, Kind::Fixture));
                path = None;
            }
            Block::Line(text) => {
                if let Some(target) = text.strip_prefix("options: target=") {
                    let case = case.ok_or_else(|| wrong("options come after a heading"))?;
                    case.target = Some(target.trim().to_owned());
                } else if let Some(name) = text.strip_prefix("condition:") {
                    let case = case.ok_or_else(|| wrong("a condition comes after a heading"))?;
                    case.conditions.push(name.trim().to_owned());
                } else if let Some(words) = text.strip_prefix("says:") {
                    let case = case.ok_or_else(|| wrong("what it says comes after a heading"))?;
                    case.says.push((true, words.trim().to_owned()));
                } else if let Some(words) = text.strip_prefix("never says:") {
                    let case = case.ok_or_else(|| wrong("what it says comes after a heading"))?;
                    case.says.push((false, words.trim().to_owned()));
                } else {
                    path = path_line(text);
                }
            }
            Block::Fence {
                language: "diff",
                text,
                ..
            } => {
                let file = case.and_then(|case| case.files.last_mut());
                let file =
                    file.ok_or_else(|| wrong("a diff comes after the file that it changes"))?;
                let body = text.lines().filter(|line| !is_header(line));
                file.patch
                    .get_or_insert_default()
                    .extend(body.map(str::to_owned));
            }
            Block::Fence { language, text, .. } => {
                let case = case.ok_or_else(|| wrong("a file comes after a heading"))?;
                let path = path.take().or_else(|| default_path(language));
                let path =
                    path.ok_or_else(|| wrong("no name line, and no default for the language"))?;
                add(case, path, language, &text).map_err(|what| wrong(&what))?;
            }
        }
    }
    match cases.iter().find(|case| case.files.is_empty()) {
        Some(empty) => Err(format!("no file in the case {}", empty.origin)),
        None => Ok(cases),
    }
}

fn case_of(origin: String, rule: &str, kind: Kind) -> Case {
    Case {
        origin,
        rule: rule.to_owned(),
        kind,
        files: Vec::new(),
        conditions: Vec::new(),
        says: Vec::new(),
        target: None,
    }
}

/// The path that a line like `` `compose.yaml` `` names.
fn path_line(line: &str) -> Option<&str> {
    let path = line.strip_prefix('`')?.strip_suffix('`')?;
    (!path.contains('`')).then_some(path)
}

/// Whether a line of a diff says where, not what. A page may leave these lines out.
fn is_header(line: &str) -> bool {
    ["--- ", "+++ ", "@@ "]
        .iter()
        .any(|sign| line.starts_with(sign))
}

fn add(case: &mut Case, path: &str, language: &str, marked: &str) -> Result<(), String> {
    if case.files.iter().any(|file| file.path == path) {
        return Err(format!("`{path}` is there twice"));
    }
    let (text, marks) = separate(marked)?;
    case.files.push(CaseFile {
        path: path.to_owned(),
        language: language.to_owned(),
        text,
        marks,
        patch: None,
    });
    Ok(())
}

/// The bad and good examples of every rule's own page.
///
/// Fences of one kind that follow each other, with nothing between and with different names, are
/// the files of one example.
fn examples() -> (Vec<Case>, Failures) {
    let (mut cases, mut failures) = (Vec::new(), Failures::new());
    for rule in ALL {
        match examples_of(rule) {
            Ok(examples) => cases.extend(examples),
            Err(error) => failures.push(format!("page of {}: {error}", rule.info.id)),
        }
    }
    (cases, failures)
}

fn examples_of(rule: &Rule) -> Result<Vec<Case>, String> {
    let page = rule.info.page();
    let mut cases: Vec<Case> = Vec::new();
    let mut joins = false;
    for (line, block) in blocks(&page)? {
        let Block::Fence {
            language,
            words,
            text,
        } = block
        else {
            joins = false;
            continue;
        };
        let kind = match (words.contains(&"bad"), words.contains(&"good")) {
            (true, false) => Kind::Bad,
            (false, true) => Kind::Good,
            _ => {
                joins = false;
                continue;
            }
        };
        let named = words.iter().find_map(|word| word.strip_prefix("file="));
        let path = named.or_else(|| default_path(language));
        let path = path.ok_or_else(|| format!("line {line}: no `file=`, and no default"))?;
        let last = cases.last().filter(|case| joins && case.kind == kind);
        let last = last.filter(|case| case.files.iter().all(|file| file.path != path));
        if last.is_none() {
            let origin = format!("page of {}, line {line}", rule.info.id);
            cases.push(case_of(origin, rule.info.id, kind));
        }
        if let Some(case) = cases.last_mut() {
            add(case, path, language, &text)?;
        }
        joins = true;
    }
    Ok(cases)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_case_by_case() {
        let page = "# Title\n\n## First\n\nIt shows.\n\n```dockerfile\nFROM a\n#^^^ high\n```\n\n```diff\n@@ -1 +1,2 @@\n FROM a\n+USER 1\n```\n\noptions: target=build\n\n`sub/compose.yaml`\n```yaml\na: 1\n```\n\n## Second\n\n```json\n{}\n```\n";
        let cases = read("page.md", "privileged", page).unwrap();
        assert_eq!(cases.len(), 2);
        assert_eq!(cases[0].origin, "page.md:3: First");
        assert_eq!(cases[0].target.as_deref(), Some("build"));
        let paths: Vec<_> = cases[0]
            .files
            .iter()
            .map(|file| file.path.as_str())
            .collect();
        assert_eq!(paths, ["Dockerfile", "sub/compose.yaml"]);
        assert_eq!(cases[0].files[0].text, "FROM a\n");
        assert_eq!(cases[0].files[0].marks.len(), 1);
        let patch = cases[0].files[0].patch.clone().unwrap();
        assert_eq!(patch, [" FROM a", "+USER 1"]);
        assert_eq!(cases[1].files[0].path, "seccomp.json");
    }

    #[test]
    fn a_page_that_asserts_nothing_is_refused() {
        let wrong = |page: &str| read("page.md", "privileged", page).unwrap_err();
        assert!(wrong("## A\n\nwords\n").contains("no file"));
        assert!(wrong("## A\n```yaml\na: 1\n").contains("does not end"));
        assert!(wrong("```yaml\na: 1\n```\n").contains("after a heading"));
        assert!(wrong("## A\n```text\na\n```\n").contains("no default"));
        assert!(wrong("## A\n```yaml\na: 1\n```\n```yaml\nb: 1\n```\n").contains("twice"));
    }
}
