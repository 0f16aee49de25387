//! The shell texts of a file.

use std::rc::Rc;

use caulk_source::{BOM, FileId, SourceFile};
use caulk_syntax::Joined;

use super::clients::Endpoint;
use super::surroundings::Surroundings;
use super::{justfile, makefile, markdown, structured, unit};

/// The kinds of file that hold command lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A shell script.
    Script,
    /// A Makefile.
    Makefile,
    /// A justfile.
    Justfile,
    /// Markdown and reStructuredText.
    Documentation,
    /// A workflow or an action of GitHub, a pipeline of GitLab.
    Pipeline,
    /// `package.json`.
    Package,
    /// A unit of systemd.
    Unit,
}

/// The kind of the file at a path; of one without an extension its first line decides, which is
/// asked for as `Some(None)`.
pub(crate) fn kind_of(path: &str, name: &str) -> Option<Kind> {
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "makefile" | "gnumakefile" => return Some(Kind::Makefile),
        "justfile" | ".justfile" => return Some(Kind::Justfile),
        "package.json" => return Some(Kind::Package),
        "action.yml" | "action.yaml" => return Some(Kind::Pipeline),
        _ => {}
    }
    let (_, extension) = lower.rsplit_once('.').unwrap_or(("", ""));
    match extension {
        "sh" | "bash" | "zsh" | "ksh" | "bats" => Some(Kind::Script),
        "mk" => Some(Kind::Makefile),
        "just" => Some(Kind::Justfile),
        "md" | "markdown" | "mdx" | "rst" => Some(Kind::Documentation),
        "service" => Some(Kind::Unit),
        "yml" | "yaml" => is_pipeline(path, &lower).then_some(Kind::Pipeline),
        _ => None,
    }
}

fn is_pipeline(path: &str, name: &str) -> bool {
    let inside = |folder: &str| path.starts_with(folder) || path.contains(&format!("/{folder}"));
    inside(".github/workflows/")
        || inside(".gitea/workflows/")
        || inside(".forgejo/workflows/")
        || inside(".gitlab/")
        || name.trim_end_matches(".yaml").trim_end_matches(".yml") == ".gitlab-ci"
        || name.ends_with(".gitlab-ci.yml")
}

/// Whether a file without an extension is a script by its first line.
pub(crate) fn is_script(name: &str, text: &[u8]) -> bool {
    if name.contains('.') {
        return false;
    }
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let Some(interpreter) = line.strip_prefix(b"#!") else {
        return false;
    };
    let interpreter = String::from_utf8_lossy(interpreter);
    let mut words = interpreter
        .split_whitespace()
        .filter_map(|word| word.rsplit('/').next());
    words.any(|word| matches!(word, "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh"))
}

/// What a file has for shells.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// The texts, each a program of its own, with what is set around it.
    pub(super) scripts: Vec<(Joined, Rc<Surroundings>)>,
    /// The engines that variables around them name.
    pub(super) endpoints: Vec<Endpoint>,
}

/// The texts of a file.
pub(super) fn texts(id: FileId, file: &SourceFile, kind: Kind) -> Texts {
    let texts = match kind {
        Kind::Script => {
            let bare = file.text().trim_start_matches(BOM);
            vec![Joined::whole_text(id, bare, file.text().len() - bare.len())]
        }
        Kind::Makefile => makefile::recipes(id, file.text()),
        Kind::Justfile => justfile::recipes(id, file.text()),
        Kind::Documentation => markdown::fences(id, file.text()),
        Kind::Pipeline => return structured::pipeline(id, file.text()),
        Kind::Package => structured::package(id, file.text()),
        Kind::Unit => unit::commands(id, file.text()),
    };
    let around = Rc::new(Surroundings::default());
    let texts = texts.into_iter();
    Texts {
        scripts: texts.map(|text| (text, Rc::clone(&around))).collect(),
        endpoints: Vec::new(),
    }
}
