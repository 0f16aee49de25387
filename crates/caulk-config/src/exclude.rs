//! The files on which nothing is reported.

use caulk_source::Spanned;
use caulk_syntax::Problem;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Which paths are left out, seen from the folder of the configuration.
#[derive(Clone, Debug)]
pub struct Excluded {
    patterns: Gitignore,
}

impl Default for Excluded {
    fn default() -> Self {
        let patterns = Gitignore::empty();
        Self { patterns }
    }
}

impl Excluded {
    /// What these patterns leave out; those that are none are problems.
    pub(crate) fn new(patterns: &[Spanned<String>], problems: &mut Vec<Problem>) -> Self {
        let mut builder = GitignoreBuilder::new("");
        for pattern in patterns {
            if let Err(error) = builder.add_line(None, &pattern.value) {
                problems.push(Problem {
                    span: pattern.span,
                    message: format!("no pattern for paths: {error}"),
                });
            }
        }
        let patterns = match (builder.build(), patterns.first()) {
            (Ok(patterns), _) => patterns,
            (Err(error), Some(first)) => {
                problems.push(Problem {
                    span: first.span,
                    message: format!("these patterns are too much together: {error}"),
                });
                Gitignore::empty()
            }
            (Err(_), None) => Gitignore::empty(),
        };
        Self { patterns }
    }

    /// Whether the file or folder at `path`, seen from the folder of the configuration, is left out,
    /// or lies in a folder that is.
    pub fn excludes(&self, path: &str, is_folder: bool) -> bool {
        if self.patterns.is_empty() || path.is_empty() {
            return false;
        }
        let path = path.trim_start_matches('/');
        let matched = self.patterns.matched_path_or_any_parents(path, is_folder);
        matched.is_ignore()
    }
}
